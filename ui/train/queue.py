"""The queue of experiments, shown only while someone waits."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.experiments import runs
from core.experiments.runs import Run
from core.jobfolder import OPEN_STATES
from core.jobs import queue, supervisor
from core.sweeps.sweep import Sweep, list_sweeps
from core.workspace import Workspace
from ui import navigation, state
from ui.state import Param, Widget
from ui.text import common
from ui.text import compare as compare_words
from ui.text import train as words
from ui.train import settings

MOST_SHOWN = 5


def before(workspace: Workspace, run: Run) -> int:
    """Return how many experiments must end before a queued one begins."""
    ids = [job.id for job in queue.waiting(workspace, queue.TRAIN)]
    ahead = ids.index(run.id) if run.id in ids else 0
    return ahead + supervisor.is_lane_busy(workspace, queue.TRAIN)


def others(workspace: Workspace, run: Run) -> list[Run]:
    """Return the experiments that wait, other than the one on the page, the next one first."""
    waiting = (job for job in queue.waiting(workspace, queue.TRAIN) if job.path.parent == workspace.runs)
    return [Run(job.path) for job in waiting if job.id != run.id]


def show(waiting: Sequence[Run]) -> None:
    """Draw experiments that wait, each with a button that takes it out; nothing where there are none."""
    if not waiting:
        return
    st.markdown(f"**{words.WAITING_TITLE}**")
    for place, other in enumerate(waiting[:MOST_SHOWN], start=1):
        told, out = st.columns([5, 1], vertical_alignment="center")
        told.markdown(f"{place}. {settings.told(other.config)}")
        key = Widget.TAKE_OUT.of(other.id)
        out.button(words.TAKE_OUT, key=key, width="stretch", on_click=other.job.ask_to_stop)
    if len(waiting) > MOST_SHOWN:
        st.caption(words.and_more(len(waiting) - MOST_SHOWN))


def to_running(workspace: Workspace) -> None:
    """Draw the way from a waiting experiment to what runs."""
    running = next((run for run in runs.list_runs(workspace) if run.status().state == "running"), None)
    if running and st.button(common.TO_RUNNING, key=Widget.TO_RUNNING):
        state.CHOOSING_SETTINGS.set(False)
        st.query_params[Param.RUN] = running.id
        st.rerun()
    elif not running:
        _to_comparison(next((sweep for sweep in _open_sweeps(workspace) if sweep.status().state == "running"), None))


def comparison(workspace: Workspace) -> None:
    """Say that a whole comparison is at work, with the way to it; nothing where there is none."""
    found = next(iter(_open_sweeps(workspace)), None)
    if found:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(compare_words.ON_TRAIN, width="content")
            _to_comparison(found)


def _open_sweeps(workspace: Workspace) -> list[Sweep]:
    return [sweep for sweep in list_sweeps(workspace) if sweep.status().state in OPEN_STATES]


def _to_comparison(sweep: Sweep | None) -> None:
    if sweep and st.button(compare_words.TO_COMPARISON, key=Widget.TO_COMPARISON):
        st.switch_page(navigation.COMPARE, query_params={Param.SWEEP: sweep.id})
