"""Step 2, checking: how many faces there are, whose, what needs a look, and the ways on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.data import review as core_review
from core.data.dataset import Dataset
from core.workspace import Workspace
from ui import dataset_choice, jobs, page, state
from ui.components import faces
from ui.photos import people, review, steps, upload
from ui.state import Widget
from ui.text import photos as words

FACES_A_PAGE = 120


def show(workspace: Workspace, found: Sequence[Dataset], dataset: Dataset) -> None:
    """Draw the step: the title with the numbers, the way on, and what was asked for."""
    to_look_at = core_review.open_questions(dataset)
    page.head(words.checked(len(dataset.items), to_look_at))
    dataset_choice.pick(found, dataset, words.PHOTOS_OF, Widget.PHOTOS_OF)
    review.show_warnings(dataset)
    checking = state.CHECKING.get()
    with st.container(horizontal=True):
        if st.button(words.CONTINUE, key=Widget.CONTINUE, type="primary"):
            _go_on(dataset)
        if checking != "look":
            label = words.check_them(to_look_at) if to_look_at else words.LOOK_CLOSER
            st.button(label, key=Widget.LOOK_AT_THEM, on_click=steps.go, args=("check", "look"))
        if checking != "change":
            st.button(words.CHANGE_PEOPLE, key=Widget.CHANGE_PEOPLE, on_click=steps.go, args=("check", "change"))
        if checking != "faces":
            st.button(words.ALL_FACES, key=Widget.ALL_FACES, type="tertiary", on_click=steps.go, args=("check",))
    if checking == "look":
        review.show(workspace, dataset)
    elif checking == "change":
        people.show(workspace, dataset)
    else:
        shown = dataset.items[page.paginate(len(dataset.items), FACES_A_PAGE, Widget.FACES_PAGE)]
        faces.by_person(workspace, dataset, shown, to_check=core_review.undecided_photos(dataset))
        _find_again(workspace, dataset)


def _go_on(dataset: Dataset) -> None:
    """Accept the photos as they are, and go to the split."""
    state.CHECKED.set(state.CHECKED.get() | {dataset.id})
    steps.go("split")
    st.rerun()


def _find_again(workspace: Workspace, dataset: Dataset) -> None:
    """Ask for another detector or margin; only what changes with it is done again."""
    with st.expander(words.HOW_FOUND):
        wanted = upload.crop_settings(dataset.crop, dataset.id, dataset.version)
        crop = replace(dataset.crop, detector=wanted.detector, margin=wanted.margin)
        if st.button(words.FIND_AGAIN, key=Widget.FIND_AGAIN, disabled=crop == dataset.crop):
            with page.errors_as_sentences():
                state.CROP_JOB.set(jobs.recrop(workspace, dataset, crop).id)
                state.TRAIN_NEXT.set(False)
                st.rerun()
