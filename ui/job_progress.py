"""What a page shows of a running job: how far it is, the button that stops it, and why none can begin."""

from __future__ import annotations

import streamlit as st

from core.jobfolder import OPEN_STATES, JobFolder
from ui import server, state
from ui.text import common, escape
from ui.text import workers as words

EVERY_S = 1.0
# Fewer than the progress of a job, for it runs on every open page; and out of step with it, for of two parts that ask
# at the same moment only one is heard (`ui.sessions`).
_TROUBLES_EVERY_S = 2.3
# For what waits beside another job on one page.
OUT_OF_STEP_S = 1.3


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


def troubles() -> None:
    """Say on every page, as long as it is so, why no work can begin; nothing where all is well.

    It looks often, so it also draws a page anew that shows what somebody else has erased.
    """
    st.fragment(_troubles, run_every=_TROUBLES_EVERY_S)()


def _troubles() -> None:
    if not state.DRAWN.get():
        st.rerun()
    for trouble in server.workers().troubles():
        said = escape.plain(words.trouble(trouble, server.workspace().root))
        if trouble.kind == "unreadable":
            st.warning(said, icon=":material/warning:")
        else:
            st.error(said, icon=":material/error:")
