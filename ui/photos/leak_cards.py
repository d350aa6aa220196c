"""Exam photos that also lie in practice: said in a sentence, shown in the review, and let count with a click."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.data import edits, leaks
from core.data.dataset import Dataset
from core.data.read import LeftOut
from core.workspace import Workspace
from ui import state
from ui.photos import actions, photo_cards, stacks, steps
from ui.state import Widget
from ui.text import common
from ui.text import photos as words

A_PAGE = 12
CARD_WIDTH_PX = 250


def say(dataset: Dataset) -> None:
    """Say how many photos of which exam do not count, or count all the same, with the way to those that do not."""
    counted = [item.split for item, _ in leaks.counted(dataset)]
    said = []
    for split in leaks.HELD_OUT:
        if out := len(leaks.leaking(dataset, split)):
            said.append(words.leak(out, common.SPLITS[split]))
        if kept := counted.count(split):
            said.append(words.leak_counts(kept, common.SPLITS[split]))
    if not said:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(" ".join(said), icon=":material/content_copy:")
        to_see = any(entry.kind == leaks.LEAK for entry in dataset.left_out)
        if to_see and (state.STEP.get() != "check" or state.CHECKING.get() != "look"):
            st.button(words.SEE_LEAKS, key=Widget.SEE_LEAKS, on_click=steps.go, args=("check", "look"))


def show(workspace: Workspace, dataset: Dataset, entries: Sequence[LeftOut]) -> None:
    """Draw them, each with a button that lets it count, and one for all."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(words.question(leaks.LEAK, len(entries)), anchor=False)
        st.button(
            words.COUNT_ALL,
            key=f"{Widget.ALL_OF_KIND}-{leaks.LEAK}",
            on_click=actions.make,
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
                photo_cards.card(workspace, dataset, entry.sha256, entry.face, entry.person, said)
                st.button(
                    words.LET_COUNT,
                    key=f"{Widget.LET_COUNT}-{place}-{dataset.version}",
                    on_click=actions.make,
                    args=(workspace, dataset, edits.count_leaks, [entry.sha256]),
                    kwargs={"of": entry.person},
                )
