"""A training that goes on, and the queue behind it, read from job folders twice a second.

Nothing is kept in the session, so a refresh shows the same.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.experiments import runs, runtime_estimate
from core.experiments.course import Course
from core.experiments.history import Epoch, Progress, epochs_from
from core.experiments.runs import Run
from core.jobfolder import OPEN_STATES
from core.jobs import queue
from core.models.registry import frozen_units
from core.sweeps.sweep import Sweep, list_sweeps
from core.workspace import Workspace
from ui import job_progress, navigation, page, server, state
from ui.state import Param, Widget
from ui.text import amounts, common
from ui.text import compare as compare_words
from ui.text import runs as run_words
from ui.text import train as words
from ui.train import replay
from ui.train.replay import EPOCHS_A_SECOND, Stage

MOST_SHOWN = 5
# So that a round is on the page within a second of its end, and so is a stop; it takes some ms of the server.
_EVERY_S = 0.5


def training(workspace: Workspace, run: Run) -> None:
    """Show a run while it is open, and until its last epoch was shown."""
    # Reading a run takes time from its training, so a slow one is read less often.
    is_fast = replay.far_behind(run, len(run.history()) - 1)
    every_s = 1 / EPOCHS_A_SECOND if is_fast else _EVERY_S
    expected = runtime_estimate.Forecast(run.dataset, workspace).next(run.requested_config)
    st.fragment(_training, run_every=every_s)(run, replay.stage(workspace, run), expected, is_fast)


@page.errors_as_sentences()
def _training(run: Run, stage: Stage, expected: Course, is_fast: bool) -> None:
    if not run.job.exists():
        st.rerun()
    # Read once: of a long training that takes a while.
    events, state_now = run.job.events(), run.status().state
    history = epochs_from(events)
    newest = len(history) - 1
    if not is_fast and replay.far_behind(run, newest):
        st.rerun()
    shown = replay.follow(run, newest)
    is_behind = shown < newest - (state_now in OPEN_STATES)
    if state_now not in OPEN_STATES and not (state_now == "done" and is_behind):
        replay.leave()
        st.rerun()
    workspace, progress = server.workspace(), run.progress(events)
    before = _n_before(workspace, run) if progress.phase == "waiting" else 0
    headline = _headline(progress, has_frozen=frozen_units(run.config) > 0)
    if before:
        headline = words.WAITS, 0.0, words.in_queue(before)
    if is_behind:
        headline = _replay_headline(progress, history, shown)
    others = _others(workspace, run)
    # In the same places as `replay.afterwards` has them, so that wall and curves stay where they are.
    with st.container():
        title, fraction, detail = headline
        left = "" if is_behind else _left(expected, progress, events)
        behind = words.waits_behind(len(others)) if others and not before else ""
        said = " · ".join(part for part in (detail, left, behind) if part)
        _head(run, (title, fraction, said), progress, is_behind)
    with st.container():
        if before:
            _to_running(workspace)
    if history or not before:
        stage.draw(history[: shown + 1])
    _show_queue(others)


def _left(expected: Course, progress: Progress, events: list[dict[str, Any]]) -> str:
    """Say how long it still takes; nothing while it waits and once it is over."""
    if progress.phase in ("waiting", "done"):
        return ""
    return amounts.seconds_left(runtime_estimate.seconds_left(expected, events, time.time()))


def _head(run: Run, headline: tuple[str, float, str], progress: Progress, is_behind: bool) -> None:
    """Draw the title, the bar with what stands over it, and the buttons to skip and to stop."""
    title, fraction, said = headline
    head, skip, stop = st.columns([4, 1.3, 1], vertical_alignment="center")
    with head:
        st.title(title, anchor=False)
    with skip:
        if is_behind:
            replay.skip_button()
    with stop:
        if progress.phase != "done":
            job_progress.stop_button(run.job, state.Widget.STOP)
    st.progress(min(1.0, fraction), text=said)


def _replay_headline(progress: Progress, history: Sequence[Epoch], shown: int) -> tuple[str, float, str]:
    """Return the same while epochs are shown slower than they were trained."""
    epochs = progress.epochs
    if progress.phase == "done":
        detail = words.finished_in(sum(epoch.seconds for epoch in history), shown, len(history) - 1)
        return words.REPLAY.format(epoch=shown, epochs=len(history) - 1), shown / max(len(history) - 1, 1), detail
    title = words.LEARNING.format(epoch=min(shown + 1, epochs), epochs=epochs)
    return title, shown / max(epochs, 1), words.IS_FASTER.format(newest=len(history) - 1)


def _headline(progress: Progress, *, has_frozen: bool) -> tuple[str, float, str]:
    """Return the title of a run that trains, how far its bar is (0 to 1), and what stands over the bar.

    Args:
        has_frozen: whether layers stay frozen to the end.
    """
    if progress.phase == "prefix":
        # Not so many pictures: several depths may be prepared, each with all of them.
        share = progress.done / max(progress.total, 1)
        said = words.PREPARING if has_frozen else words.PREPARING_ALL
        return said, share, words.PICTURES_SO_FAR.format(percent=round(100 * share)) if progress.total else ""
    if progress.phase == "train":
        running = min(progress.epoch + 1, progress.epochs)
        within = progress.batch / progress.batches if progress.batches else 0.0
        fraction = min(1.0, (progress.epoch + within) / max(progress.epochs, 1))
        detail = words.in_round(running, progress.batch, progress.batches)
        return words.LEARNING.format(epoch=running, epochs=progress.epochs), fraction, detail
    if progress.phase in ("test", "done"):
        return words.EXAM_RUNS, 1.0, ""
    return words.GETTING_READY, 0.0, common.STEP_STARTING


def newest_to_show(workspace: Workspace) -> Run | None:
    """Return the run that Train opens with: an open one, else the newest where it was interrupted; None elsewhere."""
    everything = runs.list_runs(workspace)
    states = [(run, run.status().state) for run in everything]
    open_ones = [run for run, found in states if found == "running"] or [
        run for run, found in states if found == "queued"
    ]
    if open_ones:
        return open_ones[0]
    return states[0][0] if states and states[0][1] == "interrupted" else None


def _n_before(workspace: Workspace, run: Run) -> int:
    """Return how many runs must end before a queued one begins."""
    ids = [job.id for job in queue.waiting(workspace, queue.TRAIN)]
    ahead = ids.index(run.id) if run.id in ids else 0
    return ahead + queue.is_lane_busy(workspace, queue.TRAIN)


def _others(workspace: Workspace, run: Run) -> list[Run]:
    """Return the runs that wait, other than the one on the page, the next one first."""
    waiting = (job for job in queue.waiting(workspace, queue.TRAIN) if job.path.parent == workspace.runs)
    return [Run(job.path) for job in waiting if job.id != run.id]


def _show_queue(waiting: Sequence[Run]) -> None:
    """Draw runs that wait, each with a button that takes it out; nothing where there are none."""
    if not waiting:
        return
    st.markdown(f"**{words.WAITING_TITLE}**")
    for place, other in enumerate(waiting[:MOST_SHOWN], start=1):
        settings, out = st.columns([5, 1], vertical_alignment="center")
        settings.markdown(f"{place}. {run_words.settings_line(other.config)}")
        key = Widget.TAKE_OUT.of(other.id)
        out.button(words.TAKE_OUT, key=key, width="stretch", on_click=other.job.ask_to_stop)
    if len(waiting) > MOST_SHOWN:
        st.caption(words.and_more(len(waiting) - MOST_SHOWN))


def _to_running(workspace: Workspace) -> None:
    """Draw the way from a waiting run to what runs."""
    running = next((run for run in runs.list_runs(workspace) if run.status().state == "running"), None)
    if running and st.button(common.TO_RUNNING, key=Widget.TO_RUNNING):
        state.CHOOSING_SETTINGS.set(False)
        st.query_params[Param.RUN] = running.id
        st.rerun()
    elif not running:
        _to_sweep(next((sweep for sweep in _open_sweeps(workspace) if sweep.status().state == "running"), None))


def show_sweep(workspace: Workspace) -> None:
    """Say that a sweep is running, with the way to it; nothing where there is none."""
    found = next(iter(_open_sweeps(workspace)), None)
    if found:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(compare_words.ON_TRAIN, width="content")
            _to_sweep(found)


def _open_sweeps(workspace: Workspace) -> list[Sweep]:
    return [sweep for sweep in list_sweeps(workspace) if sweep.status().state in OPEN_STATES]


def _to_sweep(sweep: Sweep | None) -> None:
    if sweep and st.button(compare_words.TO_COMPARISON, key=Widget.TO_COMPARISON):
        st.switch_page(navigation.COMPARE, query_params={Param.SWEEP: sweep.id})
