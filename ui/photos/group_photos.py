"""Photos of several faces: which one is the person's? Our guess is chosen beforehand, two close ones are asked."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.data import edits, review
from core.data.dataset import Dataset, Item
from core.data.read import LeftOut
from core.data.similarity import Guess, Similarity, key_of
from core.workspace import Workspace
from ui.components import faces
from ui.photos import actions, photo_cards, stacks
from ui.state import Widget
from ui.text import escape
from ui.text import photos as words

A_PAGE = 8
MOST_FACES = 8
FACE_WIDTH_PX = 112


def show(workspace: Workspace, dataset: Dataset, entries: Sequence[LeftOut], similarity: Similarity | None) -> None:
    """Draw the photos, each with its faces to choose from."""
    items = [item for entry in entries if (item := review.item_of(dataset, entry))]
    guesses = {key_of(dataset, item): _guess(dataset, item, similarity) for item in items}
    sure = {key: guess.face for key, guess in guesses.items() if guess and guess.sure}
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(words.question("several_faces", len(items)), anchor=False)
        if sure:
            st.button(
                words.take_guesses(len(sure), len(items)),
                key=Widget.TAKE_GUESSES,
                type="primary",
                on_click=actions.make,
                args=(workspace, dataset, edits.choose_faces, sure),
            )
    first = stacks.page_start(len(items), A_PAGE, f"{Widget.REVIEW_PAGE}-several")
    for place, item in enumerate(items[first : first + A_PAGE], start=first):
        with st.container(border=True):
            _photo(workspace, dataset, item, guesses[key_of(dataset, item)], place)


def _guess(dataset: Dataset, item: Item, similarity: Similarity | None) -> Guess | None:
    return similarity.guesses.get(key_of(dataset, item)) if similarity else None


def _photo(workspace: Workspace, dataset: Dataset, item: Item, guess: Guess | None, place: int) -> None:
    # With its place: one folder may hold the same photo twice.
    key = f"{place}-{item.sha256[:16]}-{item.person}-{dataset.version}"
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
            photo_cards.leave_out(workspace, dataset, item.sha256, item.person, key)


def _face(workspace: Workspace, dataset: Dataset, item: Item, face: int, key: str, tag: str) -> None:
    src = faces.face_of(workspace, dataset, item.sha256, face)
    st.html(
        f'<div class="lab-choice{" lab-ours" if tag else ""}"><img src="{src}" alt=""><b>{tag or "&nbsp;"}</b></div>'
    )
    st.button(
        words.THIS_ONE,
        key=f"{Widget.THIS_FACE}-{face}-{key}",
        type="primary" if tag else "secondary",
        width="stretch",
        on_click=actions.make,
        args=(workspace, dataset, edits.choose_face, item.sha256, face),
        kwargs={"of": item.person},
    )
