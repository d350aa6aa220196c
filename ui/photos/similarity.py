"""The network that comes with the lab compares all faces: for guesses in group photos, and for mix-ups."""

from __future__ import annotations

import streamlit as st

from core.data.dataset import Dataset
from core.jobfolder import OPEN_STATES, JobFolder
from core.workspace import Workspace
from ui import feedback, jobs, state
from ui.photos import search
from ui.state import Widget
from ui.text import escape
from ui.text import photos as words


def offer(workspace: Workspace, dataset: Dataset, *, at_once: bool) -> None:
    """Show the comparing that goes on; else start or offer it. A failure is told, and may be tried again."""
    open_job = jobs.open_job(workspace, "compare")
    job = open_job or jobs.job(workspace, state.COMPARE_JOB.get())
    mine = job and (job.request()["dataset_id"], job.request()["version"]) == (dataset.id, dataset.version)
    if job and open_job:
        st.fragment(_progress, run_every=search.EVERY_S)(job)
        return
    if at_once and not mine:
        state.COMPARE_JOB.set(jobs.compare(workspace, dataset).id)
        st.rerun()
    if job and mine and job.status().state == "failed":
        st.warning(escape.plain(job.status().message))
    if st.button(words.COMPARE, key=Widget.COMPARE, icon=":material/group_search:"):
        state.COMPARE_JOB.set(jobs.compare(workspace, dataset).id)
        st.rerun()


@feedback.sentences()
def _progress(job: JobFolder) -> None:
    if not job.exists() or job.status().state not in OPEN_STATES:
        st.rerun()
    events = [event for event in job.events() if event["event"] == "progress"]
    done, total = (events[-1]["done"], events[-1]["total"]) if events else (0, 0)
    st.progress(min(1.0, done / total) if total else 0.0, text=words.COMPARING)
