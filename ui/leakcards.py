"""Exam photos that also lie in practice: said in a sentence, shown in the review, and let count with a click."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.photos import edits, leaks
from core.photos.dataset import Dataset
from core.photos.intake import LeftOut
from core.workspace import Workspace
from ui import changes, lookcards, stacks, state, steps, words
from ui.state import Widget

A_PAGE = 12
CARD_WIDTH_PX = 250


def say(dataset: Dataset) -> None:
    """Say how many photos of which exam do not count, with the way to them; nothing where there are none."""
    found = {split: len(leaks.leaking(dataset, split)) for split in leaks.EXAMS}
    if not any(found.values()):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        said = " ".join(words.leak(photos, words.SPLITS[split]) for split, photos in found.items() if photos)
        st.warning(said, icon=":material/content_copy:")
        if state.STEP.get() != "check" or state.CHECKING.get() != "look":
            st.button(words.SEE_LEAKS, key=Widget.SEE_LEAKS, on_click=steps.go, args=("check", "look"))


def show(workspace: Workspace, dataset: Dataset, entries: Sequence[LeftOut]) -> None:
    """Draw them, each with a button that lets it count, and one for all."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(words.question(leaks.LEAK, len(entries)), anchor=False)
        st.button(
            words.COUNT_ALL,
            key=f"{Widget.ALL_OF_KIND}-{leaks.LEAK}",
            on_click=changes.make,
            args=(workspace, dataset, edits.count_leaks, [entry.sha256 for entry in entries if entry.sha256]),
        )
    st.markdown(words.LEAK_HOW)
    first = stacks.page_start(len(entries), A_PAGE, f"{Widget.REVIEW_PAGE}-{leaks.LEAK}")
    with st.grid(min_column_width=CARD_WIDTH_PX):
        for place, entry in enumerate(entries[first : first + A_PAGE], start=first):
            if entry.sha256 is None:
                continue
            with st.container(border=True):
                said = f"{entry.name} {entry.reason}"
                lookcards.card(workspace, dataset, entry.sha256, entry.face, entry.person, said)
                st.button(
                    words.LET_COUNT,
                    key=f"{Widget.LET_COUNT}-{place}-{dataset.version}",
                    on_click=changes.make,
                    args=(workspace, dataset, edits.count_leaks, [entry.sha256]),
                    kwargs={"of": entry.person},
                )
