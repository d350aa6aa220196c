"""My experiments: which one is looked at, the lists of runs and of sweeps, and what can be done with one of them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from pathvalidate import sanitize_filename

from core.experiments import archive, baseline, restore
from core.experiments.listing import ListedRun, RunList
from core.experiments.runs import Run
from core.jobfolder import LONGEST_NAME, OPEN_STATES, JobFolder
from core.jobs import deletion
from core.sweeps.results import progress
from core.sweeps.sweep import Sweep
from core.workspace import Workspace
from ui import navigation, page, state, uploads
from ui.compare import selection
from ui.experiments import storage
from ui.state import Param, Widget
from ui.text import common, escape, sweep_names
from ui.text import compare as compare_words
from ui.text import experiments as words
from ui.text import runs as run_words

ROW_PX = 40
MOST_ROWS, MOST_SWEEPS = 10, 6
NARROW_PX, NUMBER_PX, BAR_PX = 45, 80, 105


def tested(listed: RunList) -> ListedRun | None:
    """Return the tested run to show: the one the address names, else the newest; None where there is none."""
    named = listed.row(st.query_params.get(Param.RUN))
    if named and named.is_tested:
        return named
    # Runs of sweeps are shown only where there are no others.
    return next(iter(listed.all_tested), None)


def missing(listed: RunList) -> None:
    """Say why there is no test result to look at, with the button that leads on."""
    running = next((row for row in listed.rows if row.state in OPEN_STATES), None)
    if running:
        page.missing(words.STILL_RUNNING, common.TO_RUNNING, navigation.TRAIN, **{Param.RUN: running.id})
    else:
        page.missing(words.NO_RUNS, words.TO_TRAIN, navigation.TRAIN)


def pick(listed: RunList, row: ListedRun) -> None:
    """Draw which run this is, as a picker where there are several."""
    by_id = {found.id: found for found in sorted({row, *listed.tested}, key=lambda found: found.id, reverse=True)}
    order = list(by_id)
    titles = common.distinct({run_id: common.numbered(by_id[run_id].number, _title(by_id[run_id])) for run_id in order})
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


def _title(row: ListedRun) -> str:
    """Return a run on one line: its name or when it began, what came out, its settings."""
    return f"{row.title} · {_result(row)} · {run_words.settings_line(row.config, row.outcome)}"


def _result(row: ListedRun) -> str:
    if row.total and row.correct is not None:
        return common.exam(row.correct, row.total)
    return common.RUN_STATES[row.state]


def take_along(workspace: Workspace, row: ListedRun) -> None:
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
        # Its title in the list, as far as a file name allows.
        file_name=f"{sanitize_filename(row.title, '-') or run.id}.zip",
        mime="application/zip",
        key=Widget.TAKE_MODEL,
        on_click="ignore",
        help=words.TAKE_HOW,
    )


def table(rows: Sequence[ListedRun], of_sweeps: Sequence[ListedRun] = ()) -> ListedRun:
    """Draw the list; return the run that is chosen in it, the newest where none was.

    Args:
        of_sweeps: runs of sweeps; they have no row of their own, but can be the baseline of one that has.
    """
    ids = [row.id for row in rows]
    wanted = st.query_params.get(Param.RUN)
    first = ids.index(wanted) if wanted in ids else 0
    everything = sorted((*rows, *of_sweeps), key=lambda row: row.id, reverse=True)
    tested = baseline.Tested([row.run for row in everything if row.is_tested])
    numbers = {row.id: row.number for row in everything}
    drawn = pd.DataFrame([_cells(row, tested, numbers) for row in rows], columns=list(words.LIBRARY_COLUMNS))
    number, *_, hundred, seconds = words.LIBRARY_COLUMNS
    chosen = _choose_row(
        drawn,
        first,
        common.LIBRARY,
        f"{Widget.LIBRARY}-{len(rows)}-{ids[0]}",
        MOST_ROWS,
        {
            number: st.column_config.NumberColumn(format="%d", width=NARROW_PX),
            hundred: st.column_config.ProgressColumn(min_value=0, max_value=100, format="%d", width=BAR_PX),
            seconds: st.column_config.NumberColumn(format="%d", width=NUMBER_PX),
        },
    )
    st.query_params[Param.RUN] = rows[chosen].id
    return rows[chosen]


def _choose_row(
    drawn: pd.DataFrame,
    first: int,
    alt: str,
    key: str,
    most_rows: int,
    columns: Mapping[str, Any] | None = None,
) -> int:
    """Draw a table; return the row that is chosen in it, `first` where none was."""
    chosen = st.dataframe(
        drawn,
        hide_index=True,
        height=ROW_PX * (1 + min(len(drawn), most_rows)) + 3,
        row_height=ROW_PX,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [first], "columns": [], "cells": []}},
        column_config=columns,
        placeholder="",
        key=key,
        alt=alt,
    )
    picked = chosen["selection"]["rows"]
    return picked[0] if picked and picked[0] < len(drawn) else first


def _cells(row: ListedRun, tested: baseline.Tested, numbers: Mapping[str, int]) -> tuple[object, ...]:
    photos = baseline.photos_of_run(row.run)
    return (
        row.number,
        row.title,
        photos.name if photos else "",
        words.practice_each(*photos.each(row.config.train_per_class)) if photos else "",
        run_words.what_learned(row),
        _differs(row.run, tested, numbers),
        _result(row),
        round(100 * row.correct / row.total) if row.total and row.correct is not None else None,
        row.seconds,
    )


def _differs(run: Run, tested: baseline.Tested, numbers: Mapping[str, int]) -> str:
    """Say in what a run differs from its baseline, which is named by its number."""
    fair = tested.baseline(run)
    if fair:
        # An untrained network has all blocks unfrozen, which is no difference of its own.
        differ = tuple(each for each in fair.differ if not (fair.follows and each == "freeze"))
        return words.differs(numbers[fair.run.id], differ)
    return words.NOT_TO_COMPARE if tested.earlier(run) else words.FIRST_ONE


def actions(workspace: Workspace, row: ListedRun) -> None:
    """Draw what can be done with a run: open it, rename it, take it along, delete it."""
    st.subheader(escape.plain(row.title), anchor=False)
    st.caption(f"{escape.plain(_result(row))} · {run_words.settings_line(row.config, row.outcome)}")
    with st.container(horizontal=True):
        if row.is_tested and st.button(common.TO_EXAM, key=Widget.OPEN_TEST, type="primary"):
            st.switch_page(navigation.TEST, query_params={Param.RUN: row.id})
        kind = "secondary" if row.is_tested else "primary"
        if st.button(words.OPEN_CURVES, key=Widget.OPEN_CURVES, type=kind):
            st.switch_page(navigation.TRAIN, query_params={Param.RUN: row.id})
        _rename(row.run.job, row.name)
        if row.is_tested:
            take_along(workspace, row)
        if storage.sure(words.DELETE_RUN, Widget.DELETE_RUN, Widget.DELETE_RUN_SURE, row.title):
            storage.delete(partial(deletion.delete_run, workspace, row.run))


def _rename(job: JobFolder, name: str) -> None:
    """Draw the button that gives a run or a sweep another name.

    Args:
        name: as it is now; empty where it has none.
    """
    # With a new name it is another popover, which is closed.
    with (
        st.popover(words.RENAME, key=f"{Widget.RENAME}-{job.id}-{zlib.crc32(name.encode())}"),
        st.form(f"{Widget.RENAME}-form-{job.id}", border=False),
    ):
        new = st.text_input(words.RENAME_AS, name, max_chars=LONGEST_NAME, key=f"{Widget.RENAME_AS}-{job.id}")
        if st.form_submit_button(words.RENAME_SAVE, type="primary", key=f"{Widget.RENAME_SAVE}-{job.id}"):
            with page.errors_as_sentences():
                job.rename(new)
                st.rerun()


def bring_back(workspace: Workspace) -> None:
    """Draw the upload of a run that was taken along."""
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
                run = restore.unpack_run(upload, workspace)
                uploads.give_back([upload])
                state.count_up(state.BACK_UPLOADS)
                st.query_params[Param.RUN] = run.id
                st.toast(words.BROUGHT_BACK)
                st.rerun()


def sweeps(workspace: Workspace, found: Sequence[Sweep]) -> None:
    """Draw the list of sweeps, newest first, and what can be done with one; nothing where there are none."""
    if not found:
        return
    st.header(compare_words.COMPARISONS, anchor=False)
    st.markdown(compare_words.COMPARISONS_HOW)
    drawn = pd.DataFrame([_sweep_cells(sweep) for sweep in found], columns=list(compare_words.LIST_COLUMNS))
    key = f"{Widget.COMPARISON}-list-{len(found)}-{found[0].id}"
    chosen = found[_choose_row(drawn, 0, compare_words.COMPARISONS, key, MOST_SWEEPS)]
    title = selection.title(chosen)
    st.caption(escape.plain(title))
    with st.container(horizontal=True):
        if st.button(compare_words.OPEN, key=Widget.OPEN_COMPARISON, type="primary"):
            st.switch_page(navigation.COMPARE, query_params={Param.SWEEP: chosen.id})
        _rename(chosen.job, chosen.name)
        if storage.sure(words.DELETE_RUN, Widget.DELETE_COMPARISON, Widget.DELETE_COMPARISON_SURE, title):
            storage.delete(partial(deletion.delete_sweep, workspace, chosen))


def _sweep_cells(sweep: Sweep) -> tuple[object, ...]:
    plan, done = sweep.plan, progress(sweep)
    return (
        selection.when(sweep),
        selection.what(sweep),
        ", ".join(sweep_names.line_title(start) for start in plan.starts),
        common.dataset(sweep.dataset.name, len(sweep.dataset.people)),
        compare_words.of_tries(done.done, done.total),
        common.RUN_STATES[sweep.status().state],
    )
