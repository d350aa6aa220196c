"""A photo that needs a look: its picture, whose it is, what is said about it; and the button that sets it aside."""

from __future__ import annotations

import streamlit as st

from core.data import edits
from core.data.dataset import Dataset
from core.workspace import Workspace
from ui.components import faces
from ui.photos import actions
from ui.state import Widget
from ui.text import escape
from ui.text import photos as words


def leave_out(workspace: Workspace, dataset: Dataset, sha256: str, person: str | None, key: str) -> None:
    """Draw the button that sets a photo aside."""
    st.button(
        words.LEAVE_OUT,
        key=f"{Widget.LEAVE_OUT}-{key}",
        type="tertiary",
        on_click=actions.make,
        args=(workspace, dataset, edits.leave_out, [sha256]),
        kwargs={"of": person} if person else {},
    )


def card(workspace: Workspace, dataset: Dataset, sha256: str, face: int | None, person: str | None, said: str) -> None:
    """Draw a photo's picture, whose it is, and a sentence about it."""
    src = faces.face_of(workspace, dataset, sha256, face, faces.LARGE_PX)
    # A photo's name mostly begins with its person's folder.
    whose = f"<b>{escape.as_html(person)}</b> " if person and person not in said else ""
    st.html(f'<div class="lab-look"><img src="{src}" alt=""><span>{whose}{escape.as_html(said)}</span></div>')
