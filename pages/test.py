"""Test: the final exam first, then who is taken for whom, every photo, and new ones."""

import streamlit as st

from ui import exam, experiment, look, newphotos, places, server, words
from ui.state import Widget

places.enter()
workspace = server.workspace()
run = experiment.tested(workspace)
if run:
    result = exam.sit(run)
    look.head(exam.title(result))
    experiment.pick(workspace, run)
    exam.in_words(result)
    views = [words.MATRIX_VIEW, words.EVERY_PHOTO, words.NEW_PHOTOS]
    matrix, photos, new = st.tabs(views, key=Widget.VIEW, on_change="rerun")
    if matrix.open:
        with matrix:
            exam.matrix(workspace, result)
    if photos.open:
        with photos:
            exam.photos(workspace, result)
    if new.open:
        with new:
            newphotos.ask(workspace, run)
    experiment.take_along(workspace, run)
else:
    look.head(words.TEST_TITLE)
    experiment.not_yet(workspace)
