"""Changing people and photos: rename, merge, remove a person; remove photos, or say that they show somebody else."""

from __future__ import annotations

import streamlit as st

from core.data import edits
from core.data.dataset import Dataset, Item
from core.workspace import Workspace
from ui import page
from ui.components import faces
from ui.photos import editing
from ui.state import Widget
from ui.text import common, escape
from ui.text import photos as words

A_PAGE = 24
PHOTO_WIDTH_PX = 110


def show(workspace: Workspace, dataset: Dataset) -> None:
    """Draw the choice of a person, what can be done with the name, and the photos."""
    people = [*dataset.people, *dataset.waiting]
    if not people:
        return
    person = st.selectbox(words.WHOM, people, key=f"{Widget.WHOM}-{dataset.id}", width=360)
    name, merge, remove = st.columns([3, 3, 2], vertical_alignment="bottom")
    with name:
        _rename(workspace, dataset, person)
    with merge:
        _merge(workspace, dataset, person, [other for other in people if other != person])
    with remove, st.popover(words.remove_person(escape.plain(person)), key=Widget.REMOVE_PERSON, width="stretch"):
        keys, photos = (Widget.REMOVE_PERSON_SURE, Widget.REMOVE_PERSON_ALL), _photos_of(dataset, person)
        remove_it = edits.remove_person, person
        editing.remove_buttons(workspace, dataset, common.SURE, keys, photos, *remove_it, type="primary")
    _photos(workspace, dataset, person, people)
    _name_dataset(workspace, dataset)


def _photos_of(dataset: Dataset, person: str) -> set[str]:
    """Return all photos of a person, those left out as well."""
    entries = (*dataset.items, *dataset.left_out)
    return {entry.sha256 for entry in entries if entry.person == person and entry.sha256}


def _name_dataset(workspace: Workspace, dataset: Dataset) -> None:
    key = f"{Widget.CALLED}-{dataset.id}-{dataset.version}"

    def rename() -> None:
        typed = " ".join(str(st.session_state[key]).split())
        if typed and typed != dataset.name:
            editing.apply(workspace, dataset, edits.rename_dataset, typed)

    st.text_input(words.CALLED, dataset.name, key=key, max_chars=60, on_change=rename, width=360)


def _rename(workspace: Workspace, dataset: Dataset, person: str) -> None:
    key = f"{Widget.NEW_NAME}-{person}-{dataset.version}"

    def rename() -> None:
        typed = " ".join(str(st.session_state[key]).split())
        if typed and typed != person:
            editing.apply(workspace, dataset, edits.rename_person, person, typed)

    st.text_input(words.NEW_NAME, person, key=key, max_chars=60, on_change=rename)


def _merge(workspace: Workspace, dataset: Dataset, person: str, others: list[str]) -> None:
    key = f"{Widget.SAME_AS}-{person}-{dataset.version}"

    def merge() -> None:
        if other := st.session_state[key]:
            editing.apply(workspace, dataset, edits.rename_person, person, other)

    st.selectbox(
        words.same_as(escape.plain(person)), others, index=None, placeholder=words.NOBODY_ELSE, key=key, on_change=merge
    )


def _photos(workspace: Workspace, dataset: Dataset, person: str, people: list[str]) -> None:
    items = [item for item in dataset.items if item.person == person]
    shown = page.paginate(len(items), A_PAGE, f"{Widget.CHANGE_PAGE}-{person}")
    st.markdown(words.TICK_PHOTOS)
    with st.grid(min_column_width=PHOTO_WIDTH_PX):
        ticked = [
            item.sha256
            for number, item in enumerate(items[shown], start=shown.start)
            if _tick(workspace, dataset, item, number)
        ]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label, keys = words.remove_photos(len(ticked)), (Widget.REMOVE_PHOTOS, Widget.REMOVE_PHOTOS_ALL)
        remove = edits.remove_photos, ticked
        editing.remove_buttons(workspace, dataset, label, keys, ticked, *remove, of=person, disabled=not ticked)
        _move(workspace, dataset, person, ticked, [other for other in people if other != person])


def _tick(workspace: Workspace, dataset: Dataset, item: Item, number: int) -> bool:
    name = escape.as_html(item.name)
    with st.container(gap="xxsmall"):
        src = faces.face_of(workspace, dataset, item.sha256, item.face)
        st.html(f'<div class="lab-tick"><img src="{src}" alt="{name}" title="{name}"></div>')
        # With its number: one folder may hold the same photo twice.
        key = f"{Widget.TICK}-{number}-{item.sha256[:16]}-{item.face}-{item.person}-{dataset.version}"
        return st.checkbox(escape.plain(item.name), key=key, label_visibility="collapsed")


def _move(workspace: Workspace, dataset: Dataset, person: str, ticked: list[str], others: list[str]) -> None:
    key = f"{Widget.MOVE_TO}-{person}-{dataset.version}"

    def move() -> None:
        if other := st.session_state[key]:
            editing.apply(workspace, dataset, edits.move_photos, ticked, other, of=person)

    st.selectbox(
        words.THEY_SHOW,
        others,
        index=None,
        placeholder=words.SOMEBODY_ELSE,
        accept_new_options=True,
        disabled=not ticked,
        key=key,
        on_change=move,
        label_visibility="collapsed",
        width=260,
    )
