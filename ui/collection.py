"""The photos that are there: how many faces, what needs a look, the three stacks, and how all of it goes away again."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core import runs
from core.jobs import queue
from core.photos import dataset as datasets
from core.photos.dataset import Dataset
from core.workspace import Workspace
from ui import faces, feedback, jobs, places, state, text, words
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


def show(workspace: Workspace, dataset: Dataset) -> None:
    """Show a data set, with the way on to training."""
    to_look_at = len(dataset.left_out) + len(dataset.to_review)
    with st.container(horizontal=True):
        if st.button(words.TRAIN_WITH_THESE, key=Widget.TRAIN_WITH_THESE, type="primary"):
            state.DATASET.set(dataset.id)
            state.CHOOSING_SETTINGS.set(True)
            st.switch_page(places.TRAIN)
        if st.button(words.BRING_OTHERS, key=Widget.BRING_OTHERS):
            state.BRINGING_PHOTOS.set(True)
            st.rerun()
    if to_look_at:
        with st.expander(words.needs_look(to_look_at)):
            listed(words.LEFT_OUT, [(entry.name, entry.reason) for entry in dataset.left_out])
            listed(words.NEED_A_LOOK, [(entry.name, entry.reason) for entry in dataset.to_review])
    st.subheader(words.STACKS, anchor=False)
    st.markdown(words.STACKS_WHY)
    faces.stacks(workspace, dataset)


def listed(title: str, entries: Sequence[tuple[str, str]]) -> None:
    """Draw photos with a reason each as a table; nothing where there are none."""
    if entries:
        st.markdown(f"**{title}**")
        st.dataframe(pd.DataFrame(entries, columns=[words.PHOTO, words.REASON]), hide_index=True, alt=title)


def going_away(workspace: Workspace, dataset: Dataset | None) -> None:
    """Draw where everything lies and what removes it: the next pupil on this computer must not find these faces."""
    with st.expander(words.ON_DISK):
        st.markdown(f"{words.STAYS_HERE} {text.plain(str(workspace.root))}")
        delete = dataset and _sure(words.DELETE_DATASET, Widget.DELETE_DATASET, Widget.DELETE_DATASET_SURE)
        erase = _sure(words.ERASE, Widget.ERASE, Widget.ERASE_SURE)
        if (delete or erase) and queue.open_jobs(workspace):
            st.warning(words.MOVED_ON)
        elif erase:
            _erase(workspace)
        elif delete and dataset:
            with feedback.sentences():
                _delete(workspace, dataset)
                st.rerun()


def _sure(label: str, ask: Widget, sure: Widget) -> bool:
    """Draw a button that removes something: the second click, on the button that then appears, counts."""
    with st.popover(label, key=ask):
        return st.button(words.SURE, key=sure, type="primary")


def _delete(workspace: Workspace, dataset: Dataset) -> None:
    for run in runs.list_runs(workspace):
        if run.dataset.id == dataset.id:
            runs.delete_run(run)
    datasets.delete_dataset(workspace, dataset.id)
    jobs.forget_ended(workspace)
    faces.thumbnail.clear()


def _erase(workspace: Workspace) -> None:
    erased = workspace.erase()
    faces.thumbnail.clear()
    # A toast outlives the rerun that draws the empty page.
    st.toast(words.erased(erased.photos, erased.bytes))
    state.DATASET.set(None)
    st.rerun()
