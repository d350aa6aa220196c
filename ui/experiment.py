"""One experiment on the pages Train and Test: prepare it, watch it, open it again, take its network along."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core import packing, runs
from core.jobfolder import OPEN_STATES
from core.models import backbones
from core.photos.dataset import Dataset
from core.runs import Run
from core.workspace import Workspace
from ui import charts, collection, feedback, jobs, live, look, networks, overview, places, settings, state, words
from ui.state import Param, Widget


def shown(workspace: Workspace) -> Run | None:
    """Give the experiment the Train page shows: the one the address names, else what goes on; None: the settings."""
    found = _named(runs.list_runs(workspace))
    if found:
        state.CHOOSING_SETTINGS.set(False)
    elif not state.CHOOSING_SETTINGS.get():
        found = live.newest_to_show(workspace)
    if found:
        # So that this one stays on the page when it ends.
        st.query_params[Param.RUN] = found.id
    return found


def _named(found: Sequence[Run]) -> Run | None:
    wanted = st.query_params.get(Param.RUN)
    return next((run for run in found if run.id == wanted), None)


def prepare(workspace: Workspace, found: Sequence[Dataset]) -> None:
    """Draw the settings and the button that starts; `found` are data sets a network can learn from."""
    networks.settle(workspace)
    dataset = collection.chosen(found)
    choice = settings.choose(workspace, found, dataset)
    with choice.start_here:
        with st.container(horizontal=True, vertical_alignment="center"):
            if choice.weights_missing:
                networks.way_on(workspace, choice.backbone)
            elif st.button(words.START_TRAINING, key=Widget.START, type="primary", icon=":material/play_arrow:"):
                with feedback.sentences():
                    _open(jobs.train(workspace, dataset, backbones.check_config(choice.config)))
            st.markdown(settings.takes(workspace, dataset, choice.config))
        networks.in_progress(workspace)


def _open(run: Run) -> None:
    state.CHOOSING_SETTINGS.set(False)
    st.query_params[Param.RUN] = run.id
    st.rerun()


def watch(workspace: Workspace, run: Run) -> None:
    """Show an experiment: live while it is open, with the way on once it has ended."""
    status = run.status()
    if status.state in OPEN_STATES:
        live.training(run)
    else:
        _ended(workspace, run)
        if history := run.history():
            charts.curves(history, run.config.epochs, len(run.dataset.people), key="live")
    st.caption(settings.told(run.config))
    if st.button(words.ANOTHER, key=Widget.ANOTHER):
        state.CHOOSING_SETTINGS.set(True)
        st.query_params.pop(Param.RUN, None)
        st.rerun()


def _ended(workspace: Workspace, run: Run) -> None:
    status, progress = run.status(), run.progress()
    st.title(words.ended(status.state, progress.epoch), anchor=False)
    if status.state == "failed":
        feedback.show_error(status.message)
    if status.state == "failed" and progress.epoch:
        st.markdown(words.KEPT)
    elif status.state == "interrupted":
        st.markdown(words.INTERRUPTED_HOW if progress.epoch else words.INTERRUPTED_EARLY)
    with st.container(horizontal=True):
        if run.summary() and st.button(words.TO_EXAM, key=Widget.TO_EXAM, type="primary"):
            st.switch_page(places.TEST, query_params={Param.RUN: run.id})
        first = status.state == "interrupted"
        label = words.GO_ON if progress.epoch else words.TRY_AGAIN
        if status.state != "done" and st.button(
            label, key=Widget.GO_ON_TRAINING, type="primary" if first else "secondary"
        ):
            with feedback.sentences():
                jobs.go_on(workspace, run)
                _open(run)


def tested(workspace: Workspace) -> Run | None:
    """Give the tested experiment to show: the one the address names, else the newest; None where there is none."""
    found = _tested(workspace)
    return _named(found) or (found[0] if found else None)


def _tested(workspace: Workspace) -> list[Run]:
    return [run for run in runs.list_runs(workspace) if run.summary() and run.status().state not in OPEN_STATES]


def not_yet(workspace: Workspace) -> None:
    """Say why there is no final exam to look at, with the button that leads on."""
    running = next((run for run in runs.list_runs(workspace) if run.status().state in OPEN_STATES), None)
    if running:
        look.missing(words.STILL_RUNNING, words.TO_RUNNING, places.TRAIN, **{Param.RUN: running.id})
    else:
        look.missing(words.NO_RUNS, words.TO_TRAIN, places.TRAIN)


def pick(workspace: Workspace, run: Run) -> None:
    """Draw which experiment this is, as a picker where there are several."""
    by_id = {found.id: found for found in _tested(workspace)}
    order = list(by_id)
    # Two experiments of one minute with the same settings and result still have a number each.
    titles = {run_id: f"{len(order) - place}. {title(by_id[run_id])}" for place, run_id in enumerate(order)}
    st.query_params[Param.RUN] = run.id
    if len(by_id) == 1:
        st.caption(title(run))
        return
    chosen = st.selectbox(
        words.RUN,
        order,
        index=order.index(run.id),
        format_func=titles.__getitem__,
        key=f"{Widget.RUN}-{run.id}-{len(order)}",
        label_visibility="collapsed",
    )
    if chosen != run.id:
        st.query_params[Param.RUN] = chosen
        st.rerun()


def title(run: Run) -> str:
    """Give an experiment on one line: when, what came out, its settings."""
    when = time.strftime("%d %b %H:%M", time.localtime(run.created_at))
    return f"{when} · {overview.last_result(run)} · {settings.told(run.config)}"


def take_along(workspace: Workspace, run: Run) -> None:
    """Draw the download of a trained network, packed when it is asked for."""
    if not run.model_path.exists():
        return
    to = workspace.cache / f"{run.id}.zip"

    def pack() -> bytes:
        try:
            return packing.pack_model(run, to).read_bytes()
        finally:
            Path(to).unlink(missing_ok=True)

    st.download_button(
        words.TAKE_MODEL,
        pack,
        file_name=f"{run.id}.zip",
        mime="application/zip",
        key=Widget.TAKE_MODEL,
        on_click="ignore",
    )
