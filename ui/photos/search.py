"""A search for faces that goes on: how far it is, and the wall that fills."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from core.jobfolder import OPEN_STATES, JobFolder
from core.workspace import Workspace
from ui import feedback, server, state
from ui.components import faces
from ui.text import amounts, common
from ui.text import photos as words

EVERY_S = 1.0
FACES_ON_WALL = 60


def show(workspace: Workspace, job: JobFolder) -> None:
    """Show a search for faces until it ends."""
    st.fragment(_show, run_every=EVERY_S)(workspace, job)


@feedback.sentences()
def _show(workspace: Workspace, job: JobFolder) -> None:
    if not job.exists() or job.status().state not in OPEN_STATES:
        # Ended, or deleted in another tab.
        st.rerun()
    bar, stop = st.columns([5, 1], vertical_alignment="bottom")
    with bar:
        # What an interrupted attempt did says nothing about how fast this one is.
        began = job.status().changed_at
        progress([event for event in job.events() if event["event"] == "progress" and event["at"] >= began])
    with stop:
        _stop(job)
    trouble = server.workers().trouble(job.request()["lane"]) if job.status().state == "queued" else None
    if trouble:
        feedback.show_error(trouble)
    newest = faces.newest_crops(workspace.photos, job.status().changed_at, FACES_ON_WALL)
    faces.wall(faces.small_copies(newest), words.FINDING)


def progress(events: Sequence[dict[str, object]]) -> None:
    """Draw a search's bar from its events."""
    if not events:
        st.progress(0.0, text=common.STEP_STARTING)
        return
    step, done, total = str(events[-1]["step"]), int(str(events[-1]["done"])), int(str(events[-1]["total"]))
    if step == "download":
        st.progress(min(1.0, done / max(total, 1)), text=words.fetching(done, total))
    elif step == "read" or not total:
        st.progress(0.0, text=f"{words.READING}: {words.READ_SO_FAR.format(done=done)}")
    else:
        left = amounts.seconds_left(_seconds_left(events, step, done, total))
        so_far = common.FOUND_SO_FAR.format(done=done, total=total)
        st.progress(done / total, text=" · ".join(part for part in (so_far, left) if part))


def _seconds_left(events: Sequence[dict[str, object]], step: str, done: int, total: int) -> float | None:
    first = next(event for event in events if event["step"] == step)
    done_since = done - int(str(first["done"]))
    elapsed_s = time.time() - float(str(first["at"]))
    return elapsed_s / done_since * (total - done) if done_since > 0 else None


def _stop(job: JobFolder) -> None:
    if (job.path / "stop").exists():
        st.button(common.STOPPING, key=state.Widget.STOP_CROP, disabled=True, width="stretch")
    else:
        st.button(
            common.STOP,
            key=state.Widget.STOP_CROP,
            icon=":material/stop_circle:",
            width="stretch",
            on_click=job.ask_to_stop,
        )
