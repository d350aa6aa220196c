"""The data sets that are there: which one is worked with."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.data.dataset import Dataset
from ui import state
from ui.state import Widget
from ui.text import common, escape

PICKER_WIDTH_PX = 420


def chosen(found: Sequence[Dataset]) -> Dataset:
    """Return the data set to work with: the one chosen last, else the newest."""
    wanted = state.DATASET.get()
    return next((dataset for dataset in found if dataset.id == wanted), found[0])


def labels(found: Sequence[Dataset]) -> dict[str, str]:
    """Return the title of each data set by its id, no two alike."""
    titles = {dataset.id: common.dataset(dataset.name, len(dataset.people)) for dataset in found}
    return common.distinct(titles, "{title} · {number}")


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
        format_func=labels(found).get,
        key=f"{widget}-{current.id}-{current.version}-{len(order)}",
        width=PICKER_WIDTH_PX,
    )
    if picked != current.id:
        state.DATASET.set(picked)
        st.rerun()


def say_which(found: Sequence[Dataset]) -> None:
    """Say which photos are used where there is no choice, and so no picker that shows it."""
    if len(found) == 1:
        st.caption(common.learns_from(escape.plain(labels(found)[found[0].id])))
