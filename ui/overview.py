"""What the first page shows: the way through the lab, and where the last visit ended."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.jobfolder import OPEN_STATES
from core.photos.dataset import Dataset
from core.runs import Run
from core.workspace import Workspace
from ui import faces, places, words
from ui.state import Param, Widget

MOST_IN_LINE = 8


def steps() -> None:
    """Draw the four steps in a row."""
    drawn = "".join(f"<li><b>{number}</b>{step}</li>" for number, step in enumerate(words.STEPS, start=1))
    st.html(f'<ol class="lab-steps">{drawn}</ol>')


def question(found: Sequence[Dataset]) -> str:
    """Give the lab's question; about the people of the newest photos, where there are some."""
    return words.question_these(len(found[0].people)) if found else words.QUESTION


def lineup(workspace: Workspace, found: Sequence[Dataset]) -> None:
    """Draw one face of each person of the newest photos, with the name."""
    if not found:
        return
    practice = {item.person: item for item in reversed(found[0].of("train"))}
    shown = [(label, practice[person]) for label, person in enumerate(found[0].people) if person in practice]
    faces.lineup(workspace, found[0], shown[:MOST_IN_LINE])


def go_on(found: Sequence[Run]) -> bool:
    """Draw the button back to the newest experiment, with its result; tell whether there is one."""
    if not found:
        return False
    newest = found[0]
    page = places.TEST if newest.summary() and newest.status().state not in OPEN_STATES else places.TRAIN
    if st.button(words.go_on_with(last_result(newest)), key=Widget.GO_ON, type="primary"):
        st.switch_page(page, query_params={Param.RUN: newest.id})
    return True


def last_result(run: Run) -> str:
    """Give a run's result in a few words, or its state."""
    summary = run.summary()
    if summary and summary["test_total"]:
        return words.exam(summary["test_correct"], summary["test_total"])
    return words.RUN_STATES[run.status().state]
