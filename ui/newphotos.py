"""New photos for a trained network: every face in them gets a name."""

from __future__ import annotations

import streamlit as st

from core.jobfolder import OPEN_STATES, JobFolder
from core.runs import Run
from core.workspace import Workspace
from ui import cards, collection, faces, feedback, jobs, live, state, words
from ui.cards import Card
from ui.state import Widget


def ask(workspace: Workspace, run: Run) -> None:
    """Draw the upload, the look at the photos while it runs, and the answer."""
    people = run.dataset.people
    st.markdown(f"{words.NEW_PHOTOS_HOW} {words.only_knows(len(people))}")
    uploads = st.file_uploader(
        words.CHOOSE_PHOTOS, accept_multiple_files=True, key=f"{Widget.NEW_PHOTOS}-{state.TEST_UPLOADS.get()}"
    )
    if st.button(words.ASK, key=Widget.ASK, type="primary"):
        if not uploads:
            st.warning(words.NO_PHOTOS_CHOSEN)
        else:
            with feedback.sentences():
                job = jobs.predict(workspace, run, uploads)
                state.PREDICT_JOB.set(job.id)
                state.TEST_UPLOADS.set(state.TEST_UPLOADS.get() + 1)
                st.rerun()
    asked = jobs.job(workspace, state.PREDICT_JOB.get())
    if asked and asked.request()["model"] == str(run.path):
        _show(workspace, asked)


def _show(workspace: Workspace, job: JobFolder) -> None:
    status = job.status()
    if status.state in OPEN_STATES:
        live.look(job)
        return
    jobs.drop_uploads(workspace)
    if status.state == "failed":
        feedback.show_error(status.message)
    elif status.state == "done":
        _answer(job)
    else:
        st.info(words.ASK_INTERRUPTED)


def _answer(job: JobFolder) -> None:
    answer = job.result()
    people = answer["people"]
    found = [
        Card(
            picture=faces.thumbnail(str(job.path / f"face-{number}.png")),
            name=row["name"],
            true=people.index(row["true"]) if row["true"] in people else None,
            probabilities=tuple(row["probabilities"][person] for person in people),
        )
        for number, row in enumerate(answer["predictions"])
    ]
    cards.draw(found[cards.page(len(found), f"{Widget.PREDICTIONS_PAGE}-{job.id}")], people)
    collection.listed(words.LEFT_OUT, [(entry["name"], entry["reason"]) for entry in answer["left_out"]])
