"""What a page shows of a running job: how far it is, the button that stops it, and why it cannot start."""

from __future__ import annotations

import streamlit as st

from core.jobfolder import OPEN_STATES, JobFolder
from ui import page, server
from ui.text import common

EVERY_S = 1.0


def counted(job: JobFolder) -> tuple[int, int]:
    """Return how much of a job is done and how much there is; 0 of 0 while that is unknown."""
    events = [event for event in job.events() if event["event"] == "progress"]
    return (events[-1]["done"], events[-1]["total"]) if events else (0, 0)


def is_open(job: JobFolder) -> bool:
    """Tell whether a job waits or runs, and was not deleted in another tab."""
    return job.exists() and job.status().state in OPEN_STATES


def leave_when_over(job: JobFolder) -> None:
    """Rerun the whole page when a job has ended or was deleted."""
    if not is_open(job):
        st.rerun()


def stop_button(job: JobFolder, key: str) -> None:
    """Draw the button that asks a job to stop; once asked, it says so."""
    if (job.path / "stop").exists():
        st.button(common.STOPPING, key=key, disabled=True, width="stretch")
    else:
        st.button(common.STOP, key=key, icon=":material/stop_circle:", width="stretch", on_click=job.ask_to_stop)


def show_trouble(job: JobFolder) -> bool:
    """Say so where a job waits because no worker can be started; return whether that is so."""
    trouble = server.workers().trouble(job.stored_request()["lane"]) if job.status().state == "queued" else None
    if trouble:
        page.show_error(trouble)
    return bool(trouble)
