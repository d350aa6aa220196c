"""Test: the result, what changed since the baseline, the next idea; then confusion matrix and new photos."""

import streamlit as st

from core.experiments import listing
from ui import navigation, page, server
from ui.experiments import damaged, library
from ui.test import before_after, evaluation, live, next_idea, reading
from ui.text import test as words
from ui.text import webcam as live_words

navigation.enter()
workspace = server.workspace()
listed = listing.list_all(workspace)
row = library.tested(listed)
if row and live.is_asked_for():
    page.head(live_words.LIVE_TITLE)
    library.pick(listed, row)
    live.show(workspace, listed, row)
elif row:
    found = evaluation.of_run(row.run)
    page.head(evaluation.title(found))
    which, try_live = st.columns([5, 1], vertical_alignment="center")
    with which:
        library.pick(listed, row)
    with try_live:
        live.offer(row)
    reading.result(found.result)
    reading.surprise(row.run)
    before_after.show(workspace, row, listed.all_tested)
    reading.published(row.config, found.result)
    next_idea.show(workspace, row, listed.all_tested)
    evaluation.views(workspace, found, row.run)
    library.take_along(workspace, row)
else:
    page.head(words.TEST_TITLE)
    library.missing(listed)
damaged.show(damaged.named_run(workspace))
