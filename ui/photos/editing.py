"""Edits of a data set from buttons, the cards of photos that need a look, and the lists they stand in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.data import edits
from core.data.dataset import Dataset
from core.data.versions import load_dataset
from core.errors import LabError
from core.experiments import runs
from core.jobs import deletion
from core.workspace import Workspace
from ui import page, state
from ui.components import faces
from ui.state import Widget
from ui.text import escape
from ui.text import photos as words

A_PAGE = 12
CARD_WIDTH_PX = 250

Entry = TypeVar("Entry")


def apply(workspace: Workspace, dataset: Dataset, edit: Callable[..., Dataset], *how: Any, **named: Any) -> None:
    """Make an edit of `core.data.edits`. Call it before the page is drawn; an error is kept for `show_trouble`.

    It is made on the newest version, which may be newer than what the button was drawn for: a second click can come
    before the page is drawn again. Edits name photos and people, so they mean the same there, or say what is gone.
    """
    try:
        newest = load_dataset(workspace, dataset.id)
        saved = edit(workspace, newest, *how, is_used=partial(runs.is_used, workspace), **named)
    except LabError as error:
        state.EDIT_ERROR.set(str(error))
    else:
        state.DATASET.set(saved.id)


def show_trouble() -> None:
    """Say once why the last edit could not be made."""
    if trouble := state.EDIT_ERROR.get():
        state.EDIT_ERROR.set("")
        page.show_error(trouble)


def button(
    workspace: Workspace,
    dataset: Dataset,
    label: str,
    key: str,
    edit: Callable[..., Dataset],
    *how: Any,
    of: str | None = None,
    **look: Any,
) -> None:
    """Draw a button that makes an edit.

    Args:
        of: the person whose photo is meant; None leaves it open.
        look: what else `st.button` takes.
    """
    named = {"of": of} if of else {}
    st.button(label, key=key, on_click=apply, args=(workspace, dataset, edit, *how), kwargs=named, **look)


def remove_buttons(
    workspace: Workspace,
    dataset: Dataset,
    label: str,
    keys: tuple[str, str],
    sha256s: Collection[str],
    edit: Callable[..., Dataset],
    *how: Any,
    **named: Any,
) -> None:
    """Draw the button of an edit that removes photos; where something keeps them, say so, with a button for both.

    Args:
        keys: of the two buttons.
        sha256s: of the photos that the edit removes.
        how, named: what else the edit takes, and `type` or `disabled` of the first button.
    """
    made = deletion.made_with(workspace, dataset, sha256s) if sha256s else None
    numbers = (len(made.runs), len(made.sweeps)) if made else (0, 0)
    if made:
        st.caption(words.kept_by(*numbers))
    button(workspace, dataset, label, keys[0], edit, *how, **named)
    if not made:
        return

    def remove_all() -> None:
        apply(workspace, dataset, edit, *how, **({"of": named["of"]} if named.get("of") else {}))
        if not state.EDIT_ERROR.get():
            try:
                deletion.delete_made(workspace, made)
            except LabError as error:
                state.EDIT_ERROR.set(str(error))

    st.button(words.remove_too(*numbers), key=keys[1], on_click=remove_all)


def leave_out_button(workspace: Workspace, dataset: Dataset, sha256: str, person: str | None, key: str) -> None:
    """Draw the button that leaves a photo out."""
    key = f"{Widget.LEAVE_OUT}-{key}"
    button(workspace, dataset, words.LEAVE_OUT, key, edits.leave_out, [sha256], of=person, type="tertiary")


def heading(title: str) -> DeltaGenerator:
    """Draw a heading; return its row, where a button for the whole list may stand."""
    row = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    row.subheader(title, anchor=False)
    return row


def cards(kind: str, entries: Sequence[Entry], draw: Callable[[int, Entry], None]) -> None:
    """Draw a framed card for each entry, a page at a time; `draw` gets its number and the entry."""
    shown = page.paginate(len(entries), A_PAGE, f"{Widget.REVIEW_PAGE}-{kind}")
    with st.grid(min_column_width=CARD_WIDTH_PX):
        for number, entry in enumerate(entries[shown], start=shown.start):
            with st.container(border=True):
                draw(number, entry)


def photo(workspace: Workspace, dataset: Dataset, sha256: str, face: int | None, person: str | None, said: str) -> None:
    """Draw a photo's picture, whose it is, and a sentence about it."""
    src = faces.face_of(workspace, dataset, sha256, face, faces.LARGE_PX)
    # A photo's name mostly begins with its person's folder.
    whose = f"<b>{escape.as_html(person)}</b> " if person and person not in said else ""
    st.html(f'<div class="lab-look"><img src="{src}" alt=""><span>{whose}{escape.as_html(said)}</span></div>')
