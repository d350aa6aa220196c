"""The photos that are there: how many faces, what needs a look, the three stacks, and how all of it goes away again."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.photos.dataset import Dataset
from core.workspace import Workspace
from ui import decision, look, places, stacks, state, steps, words
from ui.state import Widget


def chosen(found: Sequence[Dataset]) -> Dataset:
    """Give the data set to work with: the one chosen last, else the newest."""
    wanted = state.DATASET.get()
    return next((dataset for dataset in found if dataset.id == wanted), found[0])


def pick(found: Sequence[Dataset], current: Dataset, label: str, widget: Widget) -> None:
    """Draw a picker where there are several data sets."""
    by_id = {dataset.id: dataset for dataset in found}
    if len(by_id) < 2:
        return
    order = list(by_id)
    picked = st.selectbox(
        label,
        order,
        index=order.index(current.id),
        format_func=lambda dataset_id: words.dataset(by_id[dataset_id].name, len(by_id[dataset_id].people)),
        key=f"{widget}-{current.id}-{len(order)}",
    )
    if picked != current.id:
        state.DATASET.set(picked)
        st.rerun()


def show(workspace: Workspace, found: Sequence[Dataset], dataset: Dataset) -> None:
    """Draw the split of a data set, with the way on to training."""
    look.head(words.STACKS, words.STACKS_WHY)
    pick(found, dataset, words.PHOTOS_OF, Widget.PHOTOS_OF)
    stacks.what_they_allow(dataset)
    with st.container(horizontal=True):
        if st.button(words.TRAIN_WITH_THESE, key=Widget.TRAIN_WITH_THESE, type="primary"):
            state.DATASET.set(dataset.id)
            state.CHOOSING_SETTINGS.set(True)
            st.switch_page(places.TRAIN)
        st.button(words.BRING_OTHERS, key=Widget.BRING_OTHERS, on_click=steps.go, args=("bring",))
    stacks.stacks(workspace, dataset)
    decision.show(dataset)


def listed(title: str, entries: Sequence[tuple[str, str]]) -> None:
    """Draw photos with a reason each as a table; nothing where there are none."""
    if entries:
        st.markdown(f"**{title}**")
        st.dataframe(pd.DataFrame(entries, columns=[words.PHOTO, words.REASON]), hide_index=True, alt=title)
