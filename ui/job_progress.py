"""What every job that is going on has on its page: the way out when it is over, a button that stops it, its trouble."""

from __future__ import annotations

import streamlit as st

from core.jobfolder import OPEN_STATES, JobFolder
from ui import feedback, server
from ui.text import common

EVERY_S = 1.0


def counted(job: JobFolder) -> tuple[int, int]:
    """Return how much of a job is done, and how much there is; 0 of 0 while nobody knows."""
    events = [event for event in job.events() if event["event"] == "progress"]
    return (events[-1]["done"], events[-1]["total"]) if events else (0, 0)


def leave_when_over(job: JobFolder) -> None:
    """Draw the whole page anew when a job has ended, or was deleted in another tab."""
    if not job.exists() or job.status().state not in OPEN_STATES:
        st.rerun()


def stop_button(job: JobFolder, key: str) -> None:
    """Draw the button that asks a job to stop; once asked, it says so."""
    if (job.path / "stop").exists():
        st.button(common.STOPPING, key=key, disabled=True, width="stretch")
    else:
        st.button(common.STOP, key=key, icon=":material/stop_circle:", width="stretch", on_click=job.ask_to_stop)


def trouble(job: JobFolder) -> None:
    """Say so where no worker can be started at all."""
    said = server.workers().trouble(job.request()["lane"]) if job.status().state == "queued" else None
    if said:
        feedback.show_error(said)
