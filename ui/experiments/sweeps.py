"""My experiments: the comparisons, to be opened again, renamed or deleted."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.jobs import deletion
from core.sweeps import charted
from core.sweeps.results import progress
from core.sweeps.sweep import Sweep, damaged_sweeps
from core.workspace import Workspace
from ui import navigation, page, state
from ui.compare import selection
from ui.experiments import renaming, storage
from ui.state import Param, Widget
from ui.text import common, escape
from ui.text import compare as compare_words
from ui.text import experiments as words

ROW_PX = 40
MOST_ROWS = 6


def section(workspace: Workspace, found: Sequence[Sweep]) -> None:
    """Draw the list of comparisons, newest first, and what can be done with one; nothing where there are none."""
    if not found:
        return
    st.header(compare_words.COMPARISONS, anchor=False)
    st.markdown(compare_words.COMPARISONS_HOW)
    chosen = _table(found)
    st.caption(escape.plain(selection.title(chosen)))
    with st.container(horizontal=True):
        if st.button(compare_words.OPEN, key=Widget.OPEN_COMPARISON, type="primary"):
            st.switch_page(navigation.COMPARE, query_params={Param.SWEEP: chosen.id})
        renaming.button(chosen.job, chosen.name)
        if storage.sure(
            words.DELETE_RUN, Widget.DELETE_COMPARISON, Widget.DELETE_COMPARISON_SURE, selection.title(chosen)
        ):
            _delete(workspace, chosen)


def damaged(workspace: Workspace) -> None:
    """Say which comparisons cannot be read, with the button that removes each."""
    for sweep, reason in damaged_sweeps(workspace):
        page.show_error(reason)
        keys = Widget.DELETE_COMPARISON.of(sweep.id), Widget.DELETE_COMPARISON_SURE.of(sweep.id)
        if storage.sure(words.DELETE_RUN, *keys, sweep.id):
            _delete(workspace, sweep)


def _table(found: Sequence[Sweep]) -> Sweep:
    drawn = pd.DataFrame([_cells(sweep) for sweep in found], columns=list(compare_words.LIST_COLUMNS))
    chosen = st.dataframe(
        drawn,
        hide_index=True,
        height=ROW_PX * (1 + min(len(found), MOST_ROWS)) + 3,
        row_height=ROW_PX,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0], "columns": [], "cells": []}},
        key=f"{Widget.COMPARISON}-list-{len(found)}-{found[0].id}",
        alt=compare_words.COMPARISONS,
    )
    picked = chosen["selection"]["rows"]
    return found[picked[0]] if picked and picked[0] < len(found) else found[0]


def _cells(sweep: Sweep) -> tuple[object, ...]:
    plan, done = sweep.plan, progress(sweep)
    return (
        selection.when(sweep),
        selection.what(sweep),
        ", ".join(charted.line_name(start) for start in plan.starts),
        common.dataset(sweep.dataset.name, len(sweep.dataset.people)),
        compare_words.of_tries(done.done, done.total),
        common.RUN_STATES[sweep.status().state],
    )


def _delete(workspace: Workspace, sweep: Sweep) -> None:
    with page.errors_as_sentences(), st.spinner(words.DELETING):
        deletion.delete_sweep(workspace, sweep)
        # Closes the question "really?".
        state.REMOVALS.set(state.REMOVALS.get() + 1)
        st.rerun()
