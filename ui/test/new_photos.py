"""New photos for a trained network, and strangers: every face in them gets a name, or "not sure"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.data import samples
from core.evaluation import metrics
from core.experiments.runs import Run
from core.jobfolder import OPEN_STATES, JobFolder
from core.workspace import Workspace
from ui import ended_jobs, job_progress, jobs, page, state
from ui.components import faces
from ui.state import Widget
from ui.test import prediction_cards
from ui.test.prediction_cards import Box, Prediction
from ui.text import common
from ui.text import test as words

LARGEST_PERCENT = 95
SHARE_OF_FINDING = 0.8


def ask(workspace: Workspace, run: Run) -> None:
    """Draw the upload beside the strangers, the progress while photos are predicted, and the answer."""
    own, strangers = st.columns([3, 2], gap="large")
    with own:
        _upload(workspace, run)
    with strangers:
        st.markdown(words.only_knows(len(run.dataset.people)))
        st.caption(words.not_sure_below(round(100 * sure_from(words.SURE_FROM))))
        _stranger(workspace, run)
    shown = _asked(workspace, run, state.STRANGERS_JOB.get())
    if shown and state.STRANGERS_SHOWN.get():
        _show(workspace, shown, _strangers)
    asked = _asked(workspace, run, state.PREDICT_JOB.get())
    if asked:
        _show(workspace, asked, _answer)


def _asked(workspace: Workspace, run: Run, job_id: str | None) -> JobFolder | None:
    """Return the prediction job of this id where it belongs to this run."""
    job = jobs.job(workspace, job_id)
    return job if job and job.request()["model"] == str(run.path) else None


def _upload(workspace: Workspace, run: Run) -> None:
    st.markdown(words.NEW_PHOTOS_HOW)
    uploads = st.file_uploader(
        words.ASK, accept_multiple_files=True, key=f"{Widget.NEW_PHOTOS}-{state.TEST_UPLOADS.get()}"
    )
    if uploads:
        # To choose photos is to ask about them.
        with page.errors_as_sentences():
            job = jobs.predict(workspace, run, uploads)
            state.PREDICT_JOB.set(job.id)
            state.STRANGERS_SHOWN.set(0)
            state.count_up(state.TEST_UPLOADS)
            st.rerun()


def sure_from(label: str) -> float:
    """Ask for the probability from which a name is said, 0 to 1; one answer for new photos and the live picture."""
    percent = st.slider(
        label,
        0,
        LARGEST_PERCENT,
        round(100 * metrics.SURE_FROM),
        step=5,
        format="%d %%",
        key=Widget.SURE_FROM,
        persist_state="session",
    )
    return percent / 100


def _stranger(workspace: Workspace, run: Run) -> None:
    """Draw the button that shows one more stranger."""
    shown = _strangers_shown(workspace, run)
    if shown >= len(samples.strangers()):
        return
    if st.button(
        words.ANOTHER_STRANGER if shown else words.STRANGER, key=Widget.STRANGER, icon=":material/person_add:"
    ):
        with page.errors_as_sentences():
            show_stranger(workspace, run)
            st.rerun()


def _strangers_shown(workspace: Workspace, run: Run) -> int:
    return state.STRANGERS_SHOWN.get() if _asked(workspace, run, state.STRANGERS_JOB.get()) else 0


def show_stranger(workspace: Workspace, run: Run) -> None:
    """Show one more stranger; all of them are predicted with the first."""
    shown = _strangers_shown(workspace, run)
    if _asked(workspace, run, state.STRANGERS_JOB.get()) is None:
        state.STRANGERS_JOB.set(jobs.show_strangers(workspace, run).id)
    state.STRANGERS_SHOWN.set(shown + 1)


def _show(workspace: Workspace, job: JobFolder, answer: Callable[[JobFolder], None]) -> None:
    status = job.status()
    if status.state in OPEN_STATES:
        _looking(job)
        return
    ended_jobs.remove_uploads(workspace)
    if status.message:
        page.show_error(status.message)
    elif status.state == "done":
        answer(job)
    else:
        st.info(words.ASK_INTERRUPTED)


def _strangers(job: JobFolder) -> None:
    """Draw the strangers shown so far, the newest first, and how many got a name."""
    answer = job.result()
    found = _predictions(job, answer, answer["predictions"][: state.STRANGERS_SHOWN.get()])
    named = sum(each.is_sure for each in found)
    st.subheader(words.STRANGERS, anchor=False)
    st.markdown(f"{words.STRANGERS_HOW} **{words.strangers_named(named, len(found))}**")
    prediction_cards.draw(found[::-1], answer["people"])


def _answer(job: JobFolder) -> None:
    answer = job.result()
    rows = answer["predictions"]
    shown = page.paginate(len(rows), prediction_cards.A_PAGE, f"{Widget.PREDICTIONS_PAGE}-{job.id}")
    found = _predictions(job, answer, rows[shown], shown.start)
    _group_photos(job, rows[shown], found, answer["people"])
    prediction_cards.draw(found, answer["people"])
    faces.reasons_table(words.LEFT_OUT, [(entry["name"], entry["reason"]) for entry in answer["left_out"]])


def _predictions(
    job: JobFolder, answer: dict[str, Any], rows: Sequence[dict[str, Any]], first: int = 0
) -> list[Prediction]:
    people = answer["people"]
    return [
        Prediction(
            picture=faces.thumbnail(str(job.path / f"face-{number}.png")),
            name=row["name"],
            true=people.index(row["true"]) if row["true"] in people else None,
            probabilities=tuple(row["probabilities"][person] for person in people),
            sure_from=st.session_state.get(Widget.SURE_FROM, 100 * metrics.SURE_FROM) / 100,
        )
        for number, row in enumerate(rows, start=first)
    ]


def _group_photos(
    job: JobFolder, rows: Sequence[dict[str, Any]], found: Sequence[Prediction], people: Sequence[str]
) -> None:
    """Draw the photos that show several faces, each face framed and named."""
    boxes: dict[int, list[Box]] = {}
    for row, prediction in zip(rows, found, strict=True):
        if row["face"]:
            width, height = row["size_px"]
            x, y, w, h = row["face"]["box"]
            boxes.setdefault(row["photo"], []).append(Box(x / width, y / height, w / width, h / height, prediction))
    for photo, inside in boxes.items():
        picture = job.path / f"photo-{photo}.jpg"
        if len(inside) > 1 and picture.exists():
            prediction_cards.group(faces.address(picture), inside, people)


def _looking(job: JobFolder) -> None:
    """Show a prediction job until it ends."""
    st.fragment(_look_at_work, run_every=job_progress.EVERY_S)(job)


@page.errors_as_sentences()
def _look_at_work(job: JobFolder) -> None:
    job_progress.leave_when_over(job)
    done, total = job_progress.counted(job)
    if done < total:
        said = f"{words.LOOKING}: {common.FOUND_SO_FAR.format(done=done, total=total)}"
    else:
        said = words.ANSWERING if total else common.STEP_STARTING
    # Faces are found first; the answers come all at once, after the last photo.
    st.progress(min(1.0, SHARE_OF_FINDING * done / max(total, 1)), text=said)
