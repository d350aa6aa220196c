"""My experiments: which one is looked at, the list of all, and what can be done with one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import streamlit as st
from pathvalidate import sanitize_filename

from core.experiments import archive, baseline, restore
from core.experiments.listing import Row, Shelf
from core.jobfolder import OPEN_STATES
from core.workspace import Workspace
from ui import navigation, page, state
from ui.experiments import renaming, storage
from ui.state import Param, Widget
from ui.text import common, escape
from ui.text import experiments as words
from ui.text import runs as run_words

ROW_PX = 40
MOST_ROWS = 10
NARROW_PX, NUMBER_PX, BAR_PX = 45, 80, 105


def tested(shelf: Shelf) -> Row | None:
    """Return the tested experiment to show: the one the address names, else the newest; None where there is none."""
    named = shelf.row(st.query_params.get(Param.RUN))
    if named and named.is_tested:
        return named
    # What was made for a comparison is shown where there is nothing else.
    return next((row for row in (*shelf.tested, *shelf.of_sweeps) if row.is_tested), None)


def not_yet(shelf: Shelf) -> None:
    """Say why there is no final exam to look at, with the button that leads on."""
    running = next((row for row in shelf.rows if row.state in OPEN_STATES), None)
    if running:
        page.missing(words.STILL_RUNNING, common.TO_RUNNING, navigation.TRAIN, **{Param.RUN: running.id})
    else:
        page.missing(words.NO_RUNS, words.TO_TRAIN, navigation.TRAIN)


def pick(shelf: Shelf, row: Row) -> None:
    """Draw which experiment this is, as a picker where there are several."""
    by_id = {found.id: found for found in sorted({row, *shelf.tested}, key=lambda found: found.id, reverse=True)}
    order = list(by_id)
    titles = _apart({run_id: common.numbered(by_id[run_id].number, title(by_id[run_id])) for run_id in order})
    st.query_params[Param.RUN] = row.id
    if len(by_id) == 1:
        st.caption(escape.plain(titles[row.id]))
        return
    chosen = st.selectbox(
        words.RUN,
        order,
        index=order.index(row.id),
        format_func=titles.__getitem__,
        key=f"{Widget.RUN}-{row.id}-{len(order)}",
        label_visibility="collapsed",
    )
    if chosen != row.id:
        st.query_params[Param.RUN] = chosen
        st.rerun()


def _apart(titles: dict[str, str]) -> dict[str, str]:
    """Return the same with no two alike: a widget tells its options apart by what they are called."""
    written: dict[str, str] = {}
    for run_id, said in titles.items():
        taken = sum(other == said or other.startswith(f"{said} (") for other in written.values())
        written[run_id] = f"{said} ({taken + 1})" if taken else said
    return written


def title(row: Row) -> str:
    """Return an experiment on one line: its name or when it began, what came out, its settings."""
    return f"{row.title} · {_result(row)} · {run_words.settings_line(row.config, row.outcome)}"


def _result(row: Row) -> str:
    if row.total and row.correct is not None:
        return common.exam(row.correct, row.total)
    return common.RUN_STATES[row.state]


def take_along(workspace: Workspace, row: Row) -> None:
    """Draw the download of a trained network, packed when it is asked for."""
    run = row.run
    if not run.model_path.exists():
        return
    to = workspace.cache / f"{run.id}.zip"

    def pack() -> bytes:
        try:
            return archive.pack_run(run, to).read_bytes()
        finally:
            Path(to).unlink(missing_ok=True)

    st.download_button(
        words.TAKE_MODEL,
        pack,
        # As the list calls it, where a file may be called so.
        file_name=f"{sanitize_filename(row.title, '-') or run.id}.zip",
        mime="application/zip",
        key=Widget.TAKE_MODEL,
        on_click="ignore",
        help=words.TAKE_HOW,
    )


def table(rows: Sequence[Row], of_sweeps: Sequence[Row] = ()) -> Row:
    """Draw the list; return the experiment that is chosen in it, the newest where none was.

    Args:
        of_sweeps: those of comparisons, which have no row of their own, but may be what one is held against.
    """
    ids = [row.id for row in rows]
    wanted = st.query_params.get(Param.RUN)
    first = ids.index(wanted) if wanted in ids else 0
    everything = sorted((*rows, *of_sweeps), key=lambda row: row.id, reverse=True)
    tested = {row.id: row for row in everything if row.is_tested}
    drawn = pd.DataFrame([_cells(row, tested) for row in rows], columns=list(words.LIBRARY_COLUMNS))
    number, *_, hundred, seconds = words.LIBRARY_COLUMNS
    chosen = st.dataframe(
        drawn,
        hide_index=True,
        height=ROW_PX * (1 + min(len(rows), MOST_ROWS)) + 3,
        row_height=ROW_PX,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [first], "columns": [], "cells": []}},
        column_config={
            number: st.column_config.NumberColumn(format="%d", width=NARROW_PX),
            hundred: st.column_config.ProgressColumn(min_value=0, max_value=100, format="%d", width=BAR_PX),
            seconds: st.column_config.NumberColumn(format="%d", width=NUMBER_PX),
        },
        placeholder="",
        key=f"{Widget.LIBRARY}-{len(rows)}-{ids[0]}",
        alt=common.LIBRARY,
    )
    picked = chosen["selection"]["rows"]
    row = rows[picked[0]] if picked and picked[0] < len(rows) else rows[first]
    st.query_params[Param.RUN] = row.id
    return row


def _cells(row: Row, tested: Mapping[str, Row]) -> tuple[object, ...]:
    photos = baseline.photos_of_run(row.run)
    return (
        row.number,
        row.title,
        photos.name if photos else "",
        words.practice_each(*photos.each(row.config.train_per_class)) if photos else "",
        run_words.what_learned(row),
        _differs(row, tested),
        _result(row),
        round(100 * row.correct / row.total) if row.total and row.correct is not None else None,
        row.seconds,
    )


def _differs(row: Row, tested: Mapping[str, Row]) -> str:
    """Say in what an experiment differs from the one it is held against, by that one's number."""
    others = [other.run for other in tested.values()]
    fair = baseline.partner(row.run, others)
    if fair:
        # What an untrained network has unfrozen follows from its start.
        differ = tuple(each for each in fair.differ if not (fair.follows and each == "freeze"))
        return words.differs(tested[fair.run.id].number, differ)
    return words.NOT_TO_COMPARE if baseline.earlier(row.run, others) else words.FIRST_ONE


def actions(workspace: Workspace, row: Row) -> None:
    """Draw what can be done with an experiment: open it, rename it, take it along, delete it."""
    st.subheader(escape.plain(row.title), anchor=False)
    st.caption(f"{escape.plain(_result(row))} · {run_words.settings_line(row.config, row.outcome)}")
    with st.container(horizontal=True):
        if row.is_tested and st.button(common.TO_EXAM, key=Widget.OPEN_EXAM, type="primary"):
            st.switch_page(navigation.TEST, query_params={Param.RUN: row.id})
        kind = "secondary" if row.is_tested else "primary"
        if st.button(words.OPEN_CURVES, key=Widget.OPEN_CURVES, type=kind):
            st.switch_page(navigation.TRAIN, query_params={Param.RUN: row.id})
        renaming.button(row.run.job, row.name)
        if row.is_tested:
            take_along(workspace, row)
        if storage.sure(words.DELETE_RUN, Widget.DELETE_RUN, Widget.DELETE_RUN_SURE, row.title):
            storage.delete_run(workspace, row.run)


def bring_back(workspace: Workspace) -> None:
    """Draw the upload of an experiment that was taken along."""
    with st.expander(words.BRING_BACK):
        st.markdown(words.BRING_BACK_HOW)
        upload = st.file_uploader(
            words.BRING_BACK_FILE,
            type="zip",
            key=f"{Widget.BRING_BACK}-{state.BACK_UPLOADS.get()}",
            label_visibility="collapsed",
        )
        if upload:
            with page.errors_as_sentences():
                run = restore.bring_back(upload, workspace)
                # A new, empty widget: an upload lives in memory until then.
                state.BACK_UPLOADS.set(state.BACK_UPLOADS.get() + 1)
                st.query_params[Param.RUN] = run.id
                st.toast(words.BROUGHT_BACK)
                st.rerun()


def damaged(workspace: Workspace, shelf: Shelf) -> None:
    """Say which experiments cannot be read, with the button that removes each."""
    for run, reason in shelf.unreadable:
        page.show_error(reason)
        keys = f"{Widget.DELETE_RUN}-{run.id}", f"{Widget.DELETE_RUN_SURE}-{run.id}"
        if storage.sure(words.DELETE_RUN, *keys, run.id):
            storage.delete_run(workspace, run)
