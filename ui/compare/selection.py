"""Which sweep the page shows, and the way to another one or to a new one."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from core.data.dataset import Dataset
from core.jobfolder import OPEN_STATES
from core.sweeps.sweep import Sweep
from ui import dataset_choice, state
from ui.state import Param, Widget
from ui.text import compare as words

PICKER_WIDTH_PX = 520
SCROLL_UP = "<script>document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0)</script>"


def shown(everything: Sequence[Sweep], trainable: Sequence[Dataset]) -> Sweep | None:
    """Return the sweep to show: the one in the address, else an open one, else the newest with the chosen photos.

    None where a new one is to be prepared.

    Args:
        everything: the sweeps there are, newest first.
        trainable: the photos there are to learn from.
    """
    found = next((sweep for sweep in everything if sweep.id == st.query_params.get(Param.SWEEP)), None)
    if found:
        state.CHOOSING_COMPARISON.set(False)
    elif not state.CHOOSING_COMPARISON.get():
        found = next((sweep for sweep in everything if is_open(sweep)), None) or _newest(everything, trainable)
    if found:
        # So that this one stays on the page when it ends.
        st.query_params[Param.SWEEP] = found.id
    else:
        st.query_params.pop(Param.SWEEP, None)
    return found


def _newest(everything: Sequence[Sweep], trainable: Sequence[Dataset]) -> Sweep | None:
    chosen = dataset_choice.chosen(trainable).id if trainable else None
    return next((sweep for sweep in everything if chosen is None or sweep.dataset.id == chosen), None)


def is_open(sweep: Sweep) -> bool:
    """Tell whether a sweep waits or runs."""
    return sweep.job.exists() and sweep.status().state in OPEN_STATES


def open_one(sweep: Sweep) -> None:
    """Show a sweep; the page is drawn again."""
    state.CHOOSING_COMPARISON.set(False)
    state.SCROLL_TO_TOP.set(True)
    st.query_params[Param.SWEEP] = sweep.id
    st.rerun()


def scroll_up() -> None:
    """Scroll to the top of a sweep that was just opened; the button for it may have been far down."""
    if state.SCROLL_TO_TOP.get():
        state.SCROLL_TO_TOP.set(False)
        st.html(SCROLL_UP, unsafe_allow_javascript=True)


def others(everything: Sequence[Sweep], current: Sweep | None) -> None:
    """Draw the way on: to a new sweep, and to the others there are."""
    rest = [sweep for sweep in everything if current is None or sweep.id != current.id]
    if current is None and not rest:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if current and st.button(words.NEW, key=Widget.NEW_COMPARISON):
            state.CHOOSING_COMPARISON.set(True)
            state.SCROLL_TO_TOP.set(True)
            st.query_params.pop(Param.SWEEP, None)
            st.rerun()
        if rest:
            _pick(rest)


def _pick(everything: Sequence[Sweep]) -> None:
    by_id = {sweep.id: sweep for sweep in everything}
    # The number tells apart two of the same minute with the same settings.
    numbered = {sweep_id: f"{len(by_id) - place}. {title(by_id[sweep_id])}" for place, sweep_id in enumerate(by_id)}
    picked = st.selectbox(
        words.EARLIER,
        list(by_id),
        index=None,
        format_func=numbered.__getitem__,
        placeholder=words.EARLIER,
        label_visibility="collapsed",
        width=PICKER_WIDTH_PX,
        # Another widget after each visit, so that it is empty again.
        key=Widget.COMPARISON.of(len(by_id), st.query_params.get(Param.SWEEP, "")),
    )
    if picked:
        open_one(by_id[picked])


def title(sweep: Sweep) -> str:
    """Return a sweep on one line; plain text."""
    return words.title(when(sweep), what(sweep), sweep.dataset.name)


def when(sweep: Sweep) -> str:
    """Return the name that the user gave a sweep, else the local time at which it was created."""
    return sweep.name or time.strftime("%d %b %H:%M", time.localtime(sweep.created_at))


def what(sweep: Sweep) -> str:
    """Say in a few words what was compared."""
    plan = sweep.plan
    stops = len({"depth": plan.depths, "photos": plan.photos, "size": plan.sizes_px}[plan.axis])
    return words.also_rates(words.compared(plan.axis, stops), len(plan.rates))
