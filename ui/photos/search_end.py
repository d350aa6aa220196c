"""How searches for faces ended: told once, whoever looks first; an interrupted one can go on."""

from __future__ import annotations

import streamlit as st

from core.data.dataset import load_dataset
from core.jobfolder import JobFolder
from core.workspace import Workspace
from ui import feedback, jobs, places, state
from ui.photos import steps
from ui.state import Widget
from ui.text import common
from ui.text import photos as words
from ui.train import settings


def settle(workspace: Workspace) -> None:
    """Take over what the last search found, or say why it found nothing; offer to go on with one that was cut off."""
    jobs.drop_uploads(workspace)
    mine = jobs.job(workspace, state.CROP_JOB.get())
    state.CROP_JOB.set(None)
    # Only the search that was asked for with it leads on to Train.
    train_next = state.TRAIN_NEXT.get()
    state.TRAIN_NEXT.set(False)
    untold = jobs.untold_searches(workspace)
    cut_off = [job for job in untold if job.status().state == "interrupted"]
    over = [job for job in untold if job not in cut_off]
    if mine and mine not in untold:
        # Told in another window already; whoever asked for it is told as well.
        over.insert(0, mine)
    for job in over:
        jobs.tell(job)
    if over:
        _tell(workspace, over[0], train_next=train_next)
    if cut_off:
        _offer(workspace, cut_off[0])


def _tell(workspace: Workspace, job: JobFolder, *, train_next: bool) -> None:
    status = job.status()
    if status.state == "done":
        state.DATASET.set(job.result()["dataset_id"])
        steps.go("check")
        if train_next:
            settings.fresh_for(load_dataset(workspace, job.result()["dataset_id"]))
            st.switch_page(places.TRAIN)
    elif status.state == "failed":
        feedback.show_error(status.message)
    elif status.state == "stopped":
        st.info(words.CROP_STOPPED)


def _offer(workspace: Workspace, job: JobFolder) -> None:
    """Ask whether an interrupted search shall go on; where its photos are gone, only say so."""
    if not jobs.can_go_on(job):
        jobs.tell(job)
        st.info(words.CROP_INTERRUPTED)
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/pause_circle: {words.SEARCH_CUT_OFF}")
        if st.button(common.GO_ON, key=Widget.GO_ON_SEARCHING, type="primary"):
            with feedback.sentences():
                jobs.search_on(workspace, job)
                state.CROP_JOB.set(job.id)
                st.rerun()
        if st.button(words.LEAVE_IT, key=Widget.LEAVE_SEARCH):
            jobs.forget(job)
            st.rerun()
