"""Edits from buttons: made before the page is drawn again, with the trouble they met told on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from core.data.dataset import Dataset, load_dataset
from core.errors import LabError
from core.experiments import runs
from core.workspace import Workspace
from ui import feedback, state


def make(workspace: Workspace, dataset: Dataset, edit: Callable[..., Dataset], *how: Any, **named: Any) -> None:
    """Make an edit of `core.data.edits`; a version that an experiment used stays beside the new one.

    It is made on the newest version, which may be newer than what the button was drawn for: a second click comes before
    the page is drawn anew. Edits name photos and people, so they mean the same there, or say what is gone.
    """
    try:
        newest = load_dataset(workspace, dataset.id)
        saved = edit(workspace, newest, *how, is_used=partial(runs.is_used, workspace), **named)
    except LabError as error:
        state.TROUBLE.set(str(error))
    else:
        state.DATASET.set(saved.id)


def tell() -> None:
    """Say once why the last edit could not be made."""
    if trouble := state.TROUBLE.get():
        state.TROUBLE.set("")
        feedback.show_error(trouble)
