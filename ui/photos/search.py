"""A search for faces: how far it is, the wall that fills, and how it ended; an interrupted one can be resumed."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from core import presets
from core.data.versions import load_dataset
from core.jobfolder import JobFolder
from core.models import registry
from core.workspace import Workspace
from ui import ended_jobs, job_progress, jobs, navigation, page, state
from ui.components import faces
from ui.photos import steps
from ui.state import Param, Widget
from ui.text import amounts, common
from ui.text import photos as words
from ui.train import settings

FACES_ON_WALL = 60


def show(workspace: Workspace, job: JobFolder) -> None:
    """Show a search for faces until it ends."""
    st.fragment(_show, run_every=job_progress.EVERY_S)(workspace, job)


@page.errors_as_sentences()
def _show(workspace: Workspace, job: JobFolder) -> None:
    job_progress.leave_when_over(job)
    bar, stop = st.columns([5, 1], vertical_alignment="bottom")
    with bar:
        # Events of an interrupted attempt say nothing about the speed of this one.
        began = job.status().changed_at
        _progress([event for event in job.events() if event["event"] == "progress" and event["at"] >= began])
    with stop:
        job_progress.stop_button(job, Widget.STOP_CROP)
    newest = faces.newest_crops(workspace.photos, job.status().changed_at, FACES_ON_WALL)
    faces.wall(faces.small_copies(newest), words.FINDING)


def _progress(events: Sequence[dict[str, object]]) -> None:
    """Draw a search's bar from its events."""
    if not events:
        st.progress(0.0, text=common.STEP_STARTING)
        return
    step, done, total = str(events[-1].get("step", "")), int(str(events[-1]["done"])), int(str(events[-1]["total"]))
    if step == "download":
        st.progress(min(1.0, done / max(total, 1)), text=words.fetching(done, total))
    elif step == "read" or not total:
        st.progress(0.0, text=f"{words.READING}: {words.READ_SO_FAR.format(done=done)}")
    else:
        left = amounts.seconds_left(_seconds_left(events, step, done, total))
        so_far = common.FOUND_SO_FAR.format(done=done, total=total)
        st.progress(min(1.0, done / total), text=" · ".join(part for part in (so_far, left) if part))


def _seconds_left(events: Sequence[dict[str, object]], step: str, done: int, total: int) -> float | None:
    first = next(event for event in events if event.get("step", "") == step)
    done_since = done - int(str(first["done"]))
    # A clock may be set back meanwhile.
    elapsed_s = max(0.0, time.time() - float(str(first["at"])))
    return elapsed_s / done_since * (total - done) if done_since > 0 else None


def settle(workspace: Workspace) -> None:
    """Open what the last search found, or say why it found nothing; offer to resume one that was interrupted."""
    ended_jobs.remove_uploads(workspace)
    mine = jobs.job(workspace, state.CROP_JOB.get())
    state.CROP_JOB.set(None)
    # Only a search that was started like this leads on to Train.
    train_next, at_once = state.TRAIN_NEXT.get(), state.TRAIN_AT_ONCE.get()
    state.TRAIN_NEXT.set(False)
    state.TRAIN_AT_ONCE.set("")
    unreported = ended_jobs.unreported_searches(workspace)
    cut_off = [job for job in unreported if job.status().state == "interrupted"]
    over = [job for job in unreported if job not in cut_off]
    if mine and mine not in unreported:
        # Shown in another window already, but not in the one that started it.
        over.insert(0, mine)
    for job in over:
        ended_jobs.mark_reported(job)
    if over:
        _take_over(workspace, over[0], train_next=train_next, at_once=at_once)
    if cut_off:
        _offer_to_resume(workspace, cut_off[0])


def _take_over(workspace: Workspace, job: JobFolder, *, train_next: bool, at_once: str) -> None:
    """Open what a search found.

    Args:
        train_next: go on to Train.
        at_once: start a training with the settings of this preset; "" starts none.
    """
    status = job.status()
    if status.state == "done":
        state.DATASET.set(job.result()["dataset_id"])
        steps.go("check")
        dataset = load_dataset(workspace, job.result()["dataset_id"])
        if at_once and dataset.is_trainable:
            run = jobs.train(workspace, dataset, registry.check_config(presets.preset(at_once)))
            state.LIVE_AFTER.set(run.id)
            st.switch_page(navigation.TRAIN, query_params={Param.RUN: run.id})
        if train_next:
            settings.fresh_for(dataset)
            st.switch_page(navigation.TRAIN)
    elif status.state == "failed":
        page.show_error(status.message)
    elif status.state == "stopped":
        st.info(words.CROP_STOPPED)


def _offer_to_resume(workspace: Workspace, job: JobFolder) -> None:
    """Ask whether to resume an interrupted search; where its photos are gone, only say so."""
    if message := job.status().message:
        page.show_error(message)
    if not ended_jobs.can_go_on(job):
        ended_jobs.mark_reported(job)
        st.info(words.CROP_INTERRUPTED)
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/pause_circle: {words.SEARCH_CUT_OFF}")
        if st.button(common.GO_ON, key=Widget.GO_ON_SEARCHING, type="primary"):
            with page.errors_as_sentences():
                jobs.resume_search(workspace, job)
                state.CROP_JOB.set(job.id)
                st.rerun()
        if st.button(words.LEAVE_IT, key=Widget.LEAVE_SEARCH):
            ended_jobs.remove(job)
            st.rerun()
