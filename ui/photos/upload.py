"""Step 1, bringing photos: person by person, a folder, a zip, a path, the internet; then the search for faces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.config import MAX_PEOPLE, MIN_PEOPLE, CropConfig
from core.data import collections, filetype, read
from core.data.dataset import Dataset
from core.data.uploads import Upload
from core.jobfolder import JobFolder
from core.workspace import Workspace
from ui import dataset_choice, jobs, page, state, uploads
from ui.photos import capture, naming
from ui.state import Widget
from ui.text import common, escape
from ui.text import photos as words
from ui.text import webcam as webcam_words

SHARE_EXAMPLE = "photos\n├── Ada\n│   ├── 1.jpg\n│   └── 2.jpg\n└── Bruno\n    ├── 1.jpg\n    └── 2.jpg"

WAYS = (
    words.SOURCE_PEOPLE,
    words.SOURCE_WEBCAM,
    words.SOURCE_DROP,
    words.SOURCE_ZIP,
    words.SOURCE_FOLDER,
    words.SOURCE_INTERNET,
)

Way = Callable[[Workspace, Dataset | None], JobFolder | None]


def is_webcam(workspace: Workspace) -> bool:
    """Return whether photos are brought with the webcam, which needs the whole screen."""
    if Widget.SOURCE not in st.session_state:
        st.session_state[Widget.SOURCE] = _where_photos_wait(workspace)
    return bool(st.session_state[Widget.SOURCE] == words.SOURCE_WEBCAM)


def head(workspace: Workspace) -> None:
    """Draw the title of the step; before a webcam it says what to do there."""
    if is_webcam(workspace):
        page.head(webcam_words.CAPTURE_TITLE, webcam_words.CAPTURE_HOW)
    else:
        page.head(words.BRING, words.BRING_HOW)


def form(workspace: Workspace, found: Sequence[Dataset], chosen: Dataset | None) -> None:
    """Draw the form; a click queues the search for faces."""
    into = _into(found, chosen)
    way = st.segmented_control(
        words.SOURCE,
        WAYS[:-1] if into else WAYS,
        required=True,
        key=Widget.SOURCE,
        label_visibility="collapsed",
        persist_state="session",
    )
    ways: dict[str, Way] = dict(zip(WAYS, (_people, capture.form, _drop, _zip, _path, _internet), strict=True))
    with page.errors_as_sentences():
        job = ways[way](workspace, into)
        if job:
            state.CROP_JOB.set(job.id)
            state.TRAIN_NEXT.set(False)
            state.PERSON_CARDS.set(state.PERSON_CARDS.default)
            st.rerun()


def _where_photos_wait(workspace: Workspace) -> str:
    """Return the way by which photos were brought that wait for a search, as after a refusal."""
    drafts = {"cards": words.SOURCE_PEOPLE, "folder": words.SOURCE_DROP, "zip": words.SOURCE_ZIP}
    waiting = (way for name, way in drafts.items() if jobs.draft(workspace, name).n_files())
    usual = words.SOURCE_WEBCAM if jobs.takes(workspace).sitters() else words.SOURCE_PEOPLE
    return next(waiting, usual)


def _into(found: Sequence[Dataset], chosen: Dataset | None) -> Dataset | None:
    """Ask whether the photos are new ones or join others; not where there are no others."""
    if not found or chosen is None:
        return None
    by_id = {dataset.id: dataset for dataset in found}
    picked = st.selectbox(
        words.INTO,
        ["", *by_id],
        format_func=({"": words.INTO_NEW} | dataset_choice.labels(found)).get,
        key=Widget.INTO,
        width=dataset_choice.PICKER_WIDTH_PX,
    )
    return by_id.get(picked)


def _people(workspace: Workspace, into: Dataset | None) -> JobFolder | None:
    draft = jobs.draft(workspace, "cards")
    naming.cards(draft, into.people if into else ())
    return _go(workspace, draft, into, words.MY_PHOTOS, lambda: naming.ready(draft), named=True)


def _drop(workspace: Workspace, into: Dataset | None) -> JobFolder | None:
    draft = jobs.draft(workspace, "folder")
    with _with_example():
        # No filter for types: it would drop other files without a word.
        brought = st.file_uploader(
            words.WHOLE_FOLDER, accept_multiple_files="directory", key=f"{Widget.DROP}-{state.UPLOADS.get()}"
        )
        if brought:
            draft.add(0, [(upload.name, upload) for upload in brought])
            _renew(brought)
        name = _brought(draft)
    return _go(workspace, draft, into, name, lambda: "" if draft.n_files() else words.NO_SOURCE_DROP)


def _zip(workspace: Workspace, into: Dataset | None) -> JobFolder | None:
    draft = jobs.draft(workspace, "zip")
    with _with_example():
        # No filter for types: it would refuse others without a word of what to do.
        upload = st.file_uploader(words.ZIP, key=f"{Widget.ZIP}-{state.UPLOADS.get()}")
        kind = filetype.archive_name(upload.getvalue()[: filetype.HEAD_BYTES]) if upload else None
        if upload and kind != "zip":
            page.show_error(words.no_zip(upload.name, kind))
        elif upload:
            draft.set_zip(upload.name, upload)
            _renew([upload])
        name = _brought(draft)
    return _go(workspace, draft, into, name, lambda: "" if draft.n_files() else words.NO_SOURCE_ZIP)


def _path(workspace: Workspace, into: Dataset | None) -> JobFolder | None:
    with _with_example():
        typed = st.text_input(words.FOLDER, placeholder=words.FOLDER_EXAMPLE, key=Widget.FOLDER)
    above = st.container()
    crop = _advanced(into)
    # Explorer copies a path with quotes.
    path = (typed or "").strip().strip("\"'")
    folder = Path(path).expanduser()
    # Searched only after a click: a path may hold a whole disk.
    asked = bool(path) and path == state.ASKED_PATH.get()
    found = naming.of_source(lambda: folder) if asked else None
    people = naming.people_of(lambda: folder) if asked and not found else Counter(found.people if found else ())
    with above:
        without = naming.leave_out(people, into.people if into else (), path)
    with above if naming.asks(found, path) else st.container():
        people_from = naming.ask(found, path)
    if people_from is None or without is None:
        return None
    if not path:
        st.warning(words.NO_SOURCE_FOLDER)
        return None
    if path != state.ASKED_PATH.get():
        state.ASKED_PATH.set(path)
        if naming.of_source(lambda: folder) or len(naming.people_of(lambda: folder)) > MAX_PEOPLE:
            st.rerun()
    if into:
        return jobs.add_path(workspace, folder, into, people_from, without)
    return jobs.crop_folder(workspace, folder, crop, people_from=people_from, without=without)


def _internet(workspace: Workspace, into: Dataset | None) -> JobFolder | None:
    """Choose from the published collections that scikit-learn fetches."""
    name = st.radio(
        words.COLLECTION,
        list(collections.COLLECTIONS),
        format_func=lambda name: collections.COLLECTIONS[name].title,
        key=Widget.COLLECTION,
    )
    chosen = collections.COLLECTIONS[name]
    st.caption(words.collection(chosen.licence, chosen.download_bytes))
    many, each, _ = st.columns([2, 2, 3])
    people = many.number_input(
        words.HOW_MANY_PEOPLE, MIN_PEOPLE, chosen.people, 6, key=f"{Widget.COLLECTION_PEOPLE}-{name}"
    )
    photos = each.number_input(
        words.HOW_MANY_PHOTOS, collections.FEWEST_PHOTOS, chosen.photos, 10, key=f"{Widget.COLLECTION_PHOTOS}-{name}"
    )
    if not st.button(words.FETCH, key=Widget.FIND_FACES, type="primary"):
        return None
    return jobs.fetch(workspace, name, int(people), int(photos))


def _with_example() -> st.delta_generator.DeltaGenerator:
    """Draw how a folder should look; return the wider column beside it."""
    where, example = st.columns([3, 2], gap="large")
    with example:
        st.caption(words.LAYOUT)
        st.code(SHARE_EXAMPLE, language=None)
    return where


def _renew(on_disk: Sequence[UploadedFile]) -> None:
    """Take uploads that are on disk out of memory, and draw new, empty upload widgets."""
    uploads.give_back(on_disk)
    state.count_up(state.UPLOADS)
    st.rerun()


def _brought(draft: Upload) -> str:
    """Draw what was uploaded, with a button that removes it; return its name."""
    names = [name for pile in draft.piles() for name in pile.names]
    if not names:
        return ""
    paths = [PurePosixPath(name) for name in names]
    name = paths[0].parts[0] if len(paths[0].parts) > 1 else paths[0].stem
    folders = {path.parent for path in paths if len(path.parts) > 1 and not read.is_ignored(path.parts)}
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        # One folder around everything names no person.
        people = len(folders) if len(folders) > 1 else 0
        said = words.brought(name, len(names), people) if folders else paths[0].name
        st.markdown(f":material/check_circle: {words.BROUGHT_HERE} **{escape.plain(said)}**")
        st.button(words.REMOVE, key=Widget.DROP_DRAFT, type="tertiary", icon=":material/delete:", on_click=draft.clear)
    return name


def _go(
    workspace: Workspace,
    draft: Upload,
    into: Dataset | None,
    name: str,
    missing: Callable[[], str],
    *,
    named: bool = False,
) -> JobFolder | None:
    """Draw the last part of the form, and queue the search; `named` where the people are known."""
    found, source = None if named else naming.of_draft(draft), f"{draft.path.name} {name}"
    above = st.container()
    with above:
        without = naming.leave_out(naming.people_of_draft(draft, found), into.people if into else (), source)
    crop = _advanced(into)
    with above if naming.asks(found, source) else st.container():
        people_from = naming.ask(found, source)
    if people_from is None or without is None:
        return None
    if lacking := missing():
        st.warning(lacking)
        return None
    if into:
        return jobs.add_draft(workspace, draft, into, people_from, without)
    return jobs.crop_draft(workspace, draft, crop, name, people_from, without)


def _advanced(into: Dataset | None) -> CropConfig:
    """Ask how faces are found; photos that join others are treated as these were."""
    if into:
        return into.crop
    with st.expander(common.ADVANCED):
        return crop_settings(CropConfig())


def crop_settings(usual: CropConfig, *of: object) -> CropConfig:
    """Ask for the detector and the margin; `of` tells apart whose `usual` they are."""
    names = list(words.DETECTORS)
    detector = st.radio(
        words.DETECTOR,
        names,
        index=names.index(usual.detector),
        format_func=lambda name: words.DETECTORS[name],
        key=Widget.DETECTOR.of(*of),
    )
    now = round(100 * usual.margin)
    # The command line takes more than 100.
    percent = st.slider(words.MARGIN, 0, max(100, now), now, format="%d %%", key=Widget.MARGIN.of(*of))
    return CropConfig(detector=detector, margin=percent / 100)
