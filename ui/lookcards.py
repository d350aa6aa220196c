"""A photo that needs a look: its picture, whose it is, what is said about it; and the button that sets it aside."""

from __future__ import annotations

import streamlit as st

from core.photos import edits
from core.photos.dataset import Dataset
from core.workspace import Workspace
from ui import changes, faces, text, words
from ui.state import Widget


def leave_out(workspace: Workspace, dataset: Dataset, sha256: str, person: str | None, key: str) -> None:
    """Draw the button that sets a photo aside."""
    st.button(
        words.LEAVE_OUT,
        key=f"{Widget.LEAVE_OUT}-{key}",
        type="tertiary",
        on_click=changes.make,
        args=(workspace, dataset, edits.leave_out, [sha256]),
        kwargs={"of": person} if person else {},
    )


def card(workspace: Workspace, dataset: Dataset, sha256: str, face: int | None, person: str | None, said: str) -> None:
    """Draw a photo's picture, whose it is, and a sentence about it."""
    src = faces.face_of(workspace, dataset, sha256, face, faces.LARGE_PX)
    # A photo's name mostly begins with its person's folder.
    whose = f"<b>{text.as_html(person)}</b> " if person and person not in said else ""
    st.html(f'<div class="lab-look"><img src="{src}" alt=""><span>{whose}{text.as_html(said)}</span></div>')
