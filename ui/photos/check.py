"""Step 2, checking: how many faces there are, whose, what needs a look, and the ways on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import streamlit as st

from core.data.dataset import Dataset
from core.data.review import open_questions, undecided_photos
from core.workspace import Workspace
from ui import dataset_choice, feedback, jobs, look, state
from ui.photos import actions, leak_cards, people, review, stacks, steps, upload
from ui.state import Widget
from ui.text import photos as words

FACES_A_PAGE = 120


def show(workspace: Workspace, found: Sequence[Dataset], dataset: Dataset) -> None:
    """Draw the step: the title with the numbers, the way on, and what was asked for."""
    to_look_at = open_questions(dataset)
    look.head(words.checked(len(dataset.items), to_look_at))
    dataset_choice.pick(found, dataset, words.PHOTOS_OF, Widget.PHOTOS_OF)
    actions.tell()
    stacks.who_waits(dataset)
    leak_cards.say(dataset)
    checking = state.CHECKING.get()
    with st.container(horizontal=True):
        if st.button(words.CONTINUE, key=Widget.CONTINUE, type="primary"):
            go_on(dataset)
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
        _everybody(workspace, dataset)
        _find_again(workspace, dataset)


def go_on(dataset: Dataset) -> None:
    """Take the photos as they are, and go to the split."""
    state.LOOKED.set(state.LOOKED.get() | {dataset.id})
    steps.go("split")
    st.rerun()


def _everybody(workspace: Workspace, dataset: Dataset) -> None:
    """Draw the faces, person by person, a page at a time."""
    first = stacks.page_start(len(dataset.items), FACES_A_PAGE, Widget.FACES_PAGE)
    label = {person: number for number, person in enumerate(dataset.people)}
    asked = undecided_photos(dataset)
    parts = []
    for person, items in groupby(dataset.items[first : first + FACES_A_PAGE], key=lambda item: item.person):
        faces = "".join(
            stacks.picture(workspace, dataset, item, to_check=(item.sha256, item.person) in asked) for item in items
        )
        name = stacks.row_name(label.get(person or "", 0), person)
        parts.append(f'<section>{name}<div class="lab-wall">{faces}</div></section>')
    st.html(f'<div class="lab-people">{"".join(parts)}</div>')


def _find_again(workspace: Workspace, dataset: Dataset) -> None:
    """Ask for another detector or margin; only what changes with it is done again."""
    with st.expander(words.HOW_FOUND):
        wanted = upload.crop_settings(dataset.crop, dataset.id, dataset.version)
        crop = replace(dataset.crop, detector=wanted.detector, margin=wanted.margin)
        if st.button(words.FIND_AGAIN, key=Widget.FIND_AGAIN, disabled=crop == dataset.crop):
            with feedback.sentences():
                state.CROP_JOB.set(jobs.recrop(workspace, dataset, crop).id)
                state.TRAIN_NEXT.set(False)
                st.rerun()
