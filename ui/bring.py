"""Bringing photos: a zip or a folder in, a search for faces out."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.config import MIN_PEOPLE, CropConfig
from core.jobfolder import OPEN_STATES, JobFolder
from core.photos import fetched
from core.workspace import Workspace
from ui import feedback, jobs, places, state, words
from ui.state import Widget

SHARE_EXAMPLE = "photos.zip\n├── Ada\n│   ├── 1.jpg\n│   └── 2.jpg\n└── Bruno\n    ├── 1.jpg\n    └── 2.jpg"


def form(workspace: Workspace, *, back: bool) -> None:
    """Draw the form; a click queues the search for faces. `back`: there are photos to go back to."""
    where, example = st.columns([3, 2], gap="large")
    with where:
        source = st.segmented_control(
            words.SOURCE,
            [words.SOURCE_ZIP, words.SOURCE_FOLDER, words.SOURCE_INTERNET],
            default=words.SOURCE_ZIP,
            required=True,
            key=Widget.SOURCE,
            label_visibility="collapsed",
            persist_state="session",
        )
        forms = {words.SOURCE_ZIP: _zip, words.SOURCE_FOLDER: _folder, words.SOURCE_INTERNET: _internet}
        job = forms[source](workspace)
    with example:
        if source != words.SOURCE_INTERNET:
            st.caption(words.LAYOUT)
            st.code(SHARE_EXAMPLE, language=None)
    if job:
        state.CROP_JOB.set(job.id)
        st.rerun()
    if back and st.button(words.BACK, key=Widget.BACK_TO_PHOTOS):
        state.BRINGING_PHOTOS.set(False)
        state.CROP_JOB.set(None)
        st.rerun()


def _zip(workspace: Workspace) -> JobFolder | None:
    upload = st.file_uploader(words.ZIP, type="zip", key=f"{Widget.ZIP}-{state.UPLOADS.get()}")
    crop = _advanced()
    if not st.button(words.FIND_FACES, key=Widget.FIND_FACES, type="primary"):
        return None
    if upload is None:
        st.warning(words.NO_SOURCE_ZIP)
        return None
    with feedback.sentences():
        job = jobs.crop_zip(workspace, upload, crop)
        # A new, empty widget: the old one's file leaves the memory with it.
        state.UPLOADS.set(state.UPLOADS.get() + 1)
        return job
    return None


def _folder(workspace: Workspace) -> JobFolder | None:
    typed = st.text_input(words.FOLDER, placeholder=words.FOLDER_EXAMPLE, key=Widget.FOLDER)
    crop = _advanced()
    if not st.button(words.FIND_FACES, key=Widget.FIND_FACES, type="primary"):
        return None
    # Explorer copies a path with quotes.
    path = (typed or "").strip().strip("\"'")
    if not path:
        st.warning(words.NO_SOURCE_FOLDER)
        return None
    with feedback.sentences():
        return jobs.crop_folder(workspace, Path(path).expanduser(), crop)
    return None


def _internet(workspace: Workspace) -> JobFolder | None:
    """Choose from the published collections that scikit-learn fetches."""
    name = st.radio(
        words.COLLECTION,
        list(fetched.COLLECTIONS),
        format_func=lambda name: fetched.COLLECTIONS[name].title,
        key=Widget.COLLECTION,
    )
    chosen = fetched.COLLECTIONS[name]
    st.caption(words.collection(chosen.licence, chosen.download_bytes))
    people = st.number_input(
        words.HOW_MANY_PEOPLE, MIN_PEOPLE, chosen.people, 6, key=f"{Widget.COLLECTION_PEOPLE}-{name}"
    )
    photos = st.number_input(
        words.HOW_MANY_PHOTOS, fetched.FEWEST_PHOTOS, chosen.photos, 10, key=f"{Widget.COLLECTION_PHOTOS}-{name}"
    )
    if not st.button(words.FETCH, key=Widget.FIND_FACES, type="primary"):
        return None
    with feedback.sentences():
        return jobs.fetch(workspace, name, int(people), int(photos))
    return None


def _advanced() -> CropConfig:
    usual = CropConfig()
    with st.expander(words.ADVANCED):
        detector = st.radio(
            words.DETECTOR, list(words.DETECTORS), format_func=lambda name: words.DETECTORS[name], key=Widget.DETECTOR
        )
        percent = st.slider(words.MARGIN, 0, 100, round(100 * usual.margin), format="%d %%", key=Widget.MARGIN)
    return CropConfig(detector=detector, margin=percent / 100)


def settle(workspace: Workspace) -> None:
    """Take over what the last search found, or say why it found nothing."""
    job = jobs.job(workspace, state.CROP_JOB.get())
    if job is None:
        return
    status = job.status()
    if status.state in OPEN_STATES:
        return
    jobs.drop_uploads(workspace)
    if status.state == "done":
        state.DATASET.set(job.result()["dataset_id"])
        state.BRINGING_PHOTOS.set(False)
        state.CROP_JOB.set(None)
        if state.TRAIN_NEXT.get():
            state.TRAIN_NEXT.set(False)
            state.CHOOSING_SETTINGS.set(True)
            st.switch_page(places.TRAIN)
    elif status.state == "failed":
        feedback.show_error(status.message)
    else:
        st.info(words.CROP_STOPPED if status.state == "stopped" else words.CROP_INTERRUPTED)
