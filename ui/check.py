"""Step 2, checking: how many faces there are, whose, and the ways on."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from core.photos.dataset import Dataset
from core.workspace import Workspace
from ui import collection, look, stacks, state, steps, words
from ui.state import Widget

FACES_A_PAGE = 120


def show(workspace: Workspace, dataset: Dataset) -> None:
    """Draw the step: the title with the numbers, the way on, and the faces of everybody."""
    to_look_at = steps.needs_look(dataset)
    look.head(words.checked(len(dataset.items), to_look_at))
    with st.container(horizontal=True):
        if st.button(words.CONTINUE, key=Widget.CONTINUE, type="primary"):
            go_on(dataset)
        if to_look_at and st.button(words.LOOK_AT_THEM, key=Widget.LOOK_AT_THEM):
            state.CHECKING.set("look")
            st.rerun()
    if state.CHECKING.get() == "look":
        collection.listed(words.LEFT_OUT, [(entry.name, entry.reason) for entry in dataset.left_out])
        collection.listed(words.NEED_A_LOOK, [(entry.name, entry.reason) for entry in dataset.to_review])
    else:
        _everybody(workspace, dataset)


def go_on(dataset: Dataset) -> None:
    """Take the photos as they are, and go to the split."""
    state.LOOKED.set(state.LOOKED.get() | {dataset.id})
    steps.go("split")
    st.rerun()


def _everybody(workspace: Workspace, dataset: Dataset) -> None:
    """Draw the faces, person by person, a page at a time."""
    first = stacks.page_start(len(dataset.items), FACES_A_PAGE, Widget.FACES_PAGE)
    label = {person: number for number, person in enumerate(dataset.people)}
    parts = []
    for person, items in groupby(dataset.items[first : first + FACES_A_PAGE], key=lambda item: item.person):
        faces = "".join(stacks.picture(workspace, dataset, item) for item in items)
        name = stacks.row_name(label.get(person or "", 0), person)
        parts.append(f'<section>{name}<div class="lab-wall">{faces}</div></section>')
    st.html(f'<div class="lab-people">{"".join(parts)}</div>')
