"""What the bundled network says of faces: which one in a group photo is the person's, and who may be mixed up."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.data import edits, review
from core.data.dataset import Dataset, Item
from core.data.read import LeftOut
from core.data.similarity import Guess, Mislabeled, Similarity, key_of
from core.jobfolder import JobFolder
from core.workspace import Workspace
from ui import job_progress, jobs, page, state
from ui.components import faces
from ui.photos import editing
from ui.state import Widget
from ui.text import escape
from ui.text import photos as words

GROUPS_A_PAGE = 8
MOST_FACES = 8
FACE_WIDTH_PX = 112


def compare_faces(workspace: Workspace, dataset: Dataset, *, at_once: bool) -> None:
    """Show the comparing of faces that is going on, else start or offer it; say why the last one failed."""
    open_job = jobs.open_job(workspace, "compare")
    job = open_job or jobs.job(workspace, state.SIMILARITY_JOB.get())
    mine = job and (job.request()["dataset_id"], job.request()["version"]) == (dataset.id, dataset.version)
    if open_job:
        st.fragment(_progress, run_every=job_progress.EVERY_S)(open_job)
        return
    if at_once and not mine:
        _compare(workspace, dataset)
    if job and mine and job.status().state == "failed":
        st.warning(escape.plain(job.status().message))
    if st.button(words.COMPARE, key=Widget.COMPARE_FACES, icon=":material/group_search:"):
        _compare(workspace, dataset)


def _compare(workspace: Workspace, dataset: Dataset) -> None:
    state.SIMILARITY_JOB.set(jobs.compare_faces(workspace, dataset).id)
    st.rerun()


@page.errors_as_sentences()
def _progress(job: JobFolder) -> None:
    job_progress.leave_when_over(job)
    done, total = job_progress.counted(job)
    st.progress(min(1.0, done / total) if total else 0.0, text=words.COMPARING)


def group_photos(
    workspace: Workspace, dataset: Dataset, entries: Sequence[LeftOut], compared: Similarity | None
) -> None:
    """Draw photos of several faces, each with its faces to choose from; two close ones are asked without a guess."""
    items = [item for entry in entries if (item := review.item_of(dataset, entry))]
    guesses = {key_of(dataset, item): _guess(dataset, item, compared) for item in items}
    sure = {key: guess.face for key, guess in guesses.items() if guess and guess.sure}
    with editing.heading(words.question("several_faces", len(items))):
        if sure:
            label = words.take_guesses(len(sure), len(items))
            editing.button(workspace, dataset, label, Widget.TAKE_GUESSES, edits.choose_faces, sure, type="primary")
    shown = page.paginate(len(items), GROUPS_A_PAGE, f"{Widget.REVIEW_PAGE}-several")
    for number, item in enumerate(items[shown], start=shown.start):
        with st.container(border=True):
            _group_photo(workspace, dataset, item, guesses[key_of(dataset, item)], number)


def _guess(dataset: Dataset, item: Item, compared: Similarity | None) -> Guess | None:
    return compared.guesses.get(key_of(dataset, item)) if compared else None


def _group_photo(workspace: Workspace, dataset: Dataset, item: Item, guess: Guess | None, number: int) -> None:
    # With its number: one folder may hold the same photo twice.
    key = f"{number}-{item.sha256[:16]}-{item.person}-{dataset.version}"
    st.markdown(words.which_is(escape.plain(item.person or ""), escape.plain(item.name)))
    if guess and not guess.sure:
        st.caption(words.CANNOT_TELL)
    with st.container(horizontal=True):
        for face in range(min(item.n_faces, MOST_FACES)):
            with st.container(width=FACE_WIDTH_PX):
                ours = face == guess.face if guess else face == item.face
                tag = (words.OUR_GUESS if guess else words.LARGEST) if ours and (not guess or guess.sure) else ""
                _face(workspace, dataset, item, face, key, tag)
        with st.container(width="content"):
            editing.leave_out_button(workspace, dataset, item.sha256, item.person, key)


def _face(workspace: Workspace, dataset: Dataset, item: Item, face: int, key: str, tag: str) -> None:
    src = faces.face_of(workspace, dataset, item.sha256, face)
    st.html(
        f'<div class="lab-choice{" lab-ours" if tag else ""}"><img src="{src}" alt=""><b>{tag or "&nbsp;"}</b></div>'
    )
    editing.button(
        workspace,
        dataset,
        words.THIS_ONE,
        f"{Widget.THIS_FACE}-{face}-{key}",
        edits.choose_face,
        item.sha256,
        face,
        of=item.person,
        type="primary" if tag else "secondary",
        width="stretch",
    )


def mix_ups(dataset: Dataset, compared: Similarity | None) -> list[Mislabeled]:
    """Return photos that look like somebody else, except where the names say that both may be one person."""
    alike = {frozenset(pair) for pair in review.similar_names(dataset.people)}
    alike -= {frozenset(pair) for pair in state.TWO_PEOPLE.get()}
    found = compared.mislabeled if compared else ()
    return [odd for odd in found if frozenset((odd.person, odd.looks_like)) not in alike]


def show_mix_ups(workspace: Workspace, dataset: Dataset, found: Sequence[Mislabeled]) -> None:
    """Draw photos that look like somebody else, each with both names to choose from."""
    if not found:
        return
    st.subheader(words.question("stranger", len(found)), anchor=False)
    face = {(item.sha256, item.person): item.face for item in dataset.items}

    def draw(number: int, odd: Mislabeled) -> None:
        key = f"stranger-{number}-{dataset.version}"
        said = words.looks_like(odd.name, odd.looks_like)
        editing.photo(workspace, dataset, odd.sha256, face.get((odd.sha256, odd.person)), odd.person, said)
        with st.container(horizontal=True):
            for person, edit, how in (
                (odd.person, edits.confirm, ([odd.sha256],)),
                (odd.looks_like, edits.move_photos, ([odd.sha256], odd.looks_like)),
            ):
                label, of = words.it_is(escape.plain(person)), odd.person
                editing.button(workspace, dataset, label, f"{Widget.IT_IS}-{person}-{key}", edit, *how, of=of)
            editing.leave_out_button(workspace, dataset, odd.sha256, odd.person, key)

    editing.cards("stranger", found, draw)
