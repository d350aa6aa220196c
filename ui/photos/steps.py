"""The three steps of the Photos page: which one is shown, and the bar that leads to each."""

from __future__ import annotations

from typing import Literal, cast

import streamlit as st

from core.data import review
from core.data.dataset import Dataset
from ui import state
from ui.state import Widget
from ui.text import photos as words

Step = Literal["bring", "check", "split"]
STEPS: tuple[Step, ...] = ("bring", "check", "split")


def current(dataset: Dataset | None) -> Step:
    """Return the step to show: the one asked for, else the first with something to do."""
    if state.BRINGING_PHOTOS.get():
        state.BRINGING_PHOTOS.set(False)
        state.STEP.set("bring")
    if dataset is None:
        return "bring"
    wanted = state.STEP.get()
    if wanted in STEPS:
        return cast("Step", wanted)
    return "split" if dataset.id in state.CHECKED.get() or not review.open_questions(dataset) else "check"


def go(step: Step, checking: str = "faces") -> None:
    """Make a step the one that is shown."""
    state.STEP.set(step)
    state.CHECKING.set(checking)


def bring_more(dataset: Dataset) -> None:
    """Go to the form, set for joining these photos."""
    st.session_state[Widget.INTO] = dataset.id
    go("bring")


def bar(now: Step, *, all_open: bool) -> None:
    """Draw the buttons of the steps; without photos only the first is open."""
    with st.container(horizontal=True, gap="small", key=Widget.STEP):
        for step, label in zip(STEPS, words.PHOTO_STEPS, strict=True):
            st.button(
                label,
                key=f"{Widget.STEP}-{step}",
                type="secondary" if step == now else "tertiary",
                disabled=step != now and not all_open,
                on_click=go,
                args=(step,),
            )
