"""One run on the page Train: prepare it, watch it, go on with it, see how far its blocks moved."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.data.dataset import Dataset
from core.experiments import runs
from core.experiments.runs import Run
from core.jobfolder import OPEN_STATES
from core.models import registry
from core.workspace import Workspace
from ui import dataset_choice, jobs, navigation, page, state
from ui.components import strip
from ui.components.strip.parts import Parts
from ui.state import Param, Widget
from ui.text import common
from ui.text import runs as run_words
from ui.text import train as words
from ui.train import activations, live, networks, replay, settings


def shown(workspace: Workspace) -> Run | None:
    """Return the run that Train shows: the one in the address, else an open one; None shows the settings."""
    found = _named(runs.list_runs(workspace, of_sweeps=True))
    if found:
        state.CHOOSING_SETTINGS.set(False)
    elif not state.CHOOSING_SETTINGS.get():
        found = live.newest_to_show(workspace)
    if found:
        # So that it stays on the page when it ends.
        st.query_params[Param.RUN] = found.id
    return found


def _named(found: Sequence[Run]) -> Run | None:
    wanted = st.query_params.get(Param.RUN)
    return next((run for run in found if run.id == wanted), None)


def prepare(workspace: Workspace, found: Sequence[Dataset]) -> None:
    """Draw the settings and the button that starts; `found` are data sets a network can learn from."""
    networks.settle(workspace)
    live.show_sweep(workspace)
    dataset = dataset_choice.chosen(found)
    choice = settings.choose(workspace, found, dataset)
    with choice.start_here:
        st.markdown(settings.takes(workspace, dataset, choice.config))
        if not choice.weights_missing and st.button(
            words.START_TRAINING, key=Widget.START, type="primary", icon=":material/play_arrow:", width="stretch"
        ):
            with page.errors_as_sentences():
                run = jobs.train(workspace, dataset, registry.check_config(choice.config), state.CAME_FROM.get())
                settings.forget_idea()
                _open(run)
    if choice.weights_missing:
        with choice.below:
            networks.way_on(workspace, choice.backbone)


def _open(run: Run) -> None:
    state.CHOOSING_SETTINGS.set(False)
    st.query_params[Param.RUN] = run.id
    st.rerun()


def watch(workspace: Workspace, run: Run) -> None:
    """Show a run: live while it is open, with the way on once it has ended."""
    status = run.status()
    if status.state in OPEN_STATES or replay.is_played(run):
        live.training(workspace, run)
    else:
        _to_live_picture(run)
        replay.afterwards(workspace, run, partial(_head, workspace, run))
        _movement(workspace, run)
    st.caption(run_words.settings_line(run.config, run.outcome()))
    st.caption(" ".join(_how_to_read(run)))
    if st.button(words.ANOTHER, key=Widget.ANOTHER):
        settings.forget_idea()
        state.CHOOSING_SETTINGS.set(True)
        st.query_params.pop(Param.RUN, None)
        st.rerun()


def _to_live_picture(run: Run) -> None:
    """Go on to the live picture where the training was begun for it, and came to its end."""
    wanted = state.LIVE_AFTER.get()
    state.LIVE_AFTER.set("")
    if wanted == run.id and run.numbers() is not None:
        st.switch_page(navigation.TEST, query_params={Param.RUN: run.id, Param.LIVE: "1"})


def _movement(workspace: Workspace, run: Run) -> None:
    """Draw the strip with its handle fixed, saying how far each block moved; nothing before that was measured."""
    summary = run.numbers()
    if summary is None:
        return
    dataset, config = run.dataset, run.config
    parts = Parts(
        config,
        dataset.people,
        activations.face(workspace, dataset, config.image_size_px),
        activations.maps(workspace, dataset, config),
        summary.get("unit_movement") or {},
        run.outcome(),
    )
    st.subheader(words.HOW_FAR if parts.moved and not parts.as_it_was else words.WHAT_LEARNED, anchor=False)
    strip.show(parts, registry.frozen_units(config), Widget.FREEZE.of(run.id))


def _how_to_read(run: Run) -> list[str]:
    """Say how to read the curves: what an epoch is, validation, the two phases, the epoch that was kept."""
    config, did = run.config, run.outcome()
    said = [settings.epoch_sentence(run.dataset, config), words.MOCK_HOW]
    if did.head_epochs is not None:
        said.append(words.two_phases(did.head_epochs))
    if config.keep_best and did.kept_epoch is not None:
        said.append(words.kept(did.kept_epoch, did.head_epochs if did.retrained else None))
    events = run.job.events()
    said += [words.practice_sample(event["photos"]) for event in events if event["event"] == "sample"][-1:]
    return said + [event["message"] for event in events if event["event"] == "unkept"][-1:]


def _head(workspace: Workspace, run: Run) -> None:
    """Say how it ended, with the way on beside it, so that the faces below are on the first screen."""
    status, progress = run.status(), run.progress()
    title, on = st.columns([5, 2], vertical_alignment="center")
    title.title(words.ended(status.state, progress.epoch), anchor=False)
    if status.message:
        page.show_error(status.message)
    if said := run_words.surprise(run):
        st.markdown(said)
    if status.state == "failed" and progress.epoch:
        st.markdown(words.KEPT)
    elif status.state == "interrupted":
        if progress.epoch:
            st.markdown(words.INTERRUPTED_HOW)
        elif not status.message:
            st.markdown(words.INTERRUPTED_EARLY)
    with on, st.container(horizontal=True, horizontal_alignment="right"):
        _ways_on(workspace, run, common.GO_ON if progress.epoch else words.TRY_AGAIN)


def _ways_on(workspace: Workspace, run: Run, go_on: str) -> None:
    is_tested = run.numbers() is not None
    if is_tested and st.button(common.TO_EXAM, key=Widget.TO_TEST, type="primary"):
        st.switch_page(navigation.TEST, query_params={Param.RUN: run.id})
    kind = "secondary" if is_tested else "primary"
    if run.status().state != "done" and st.button(go_on, key=Widget.GO_ON_TRAINING, type=kind):
        with page.errors_as_sentences():
            jobs.resume(workspace, run)
            _open(run)
