"""A sweep while it waits or runs: how far it is, and the chart that fills in. A refresh shows the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from statistics import median

import streamlit as st

from core.errors import LabError
from core.experiments import runs
from core.experiments.runs import Run
from core.sweeps.plan import Cell
from core.sweeps.results import Line, Point, Progress, Result, lines, progress, results
from core.sweeps.runtime_estimate import cell_seconds
from core.sweeps.sweep import Sweep, list_sweeps
from core.workspace import Workspace
from ui import job_progress, navigation, page
from ui.compare import selection
from ui.components import sweep_chart
from ui.components.sweep_chart.chart import chart_of
from ui.state import Param, Widget
from ui.text import amounts, common, sweeps
from ui.text import compare as words
from ui.text import train as train_words
from ui.text.sweep_names import point_title


def watch(workspace: Workspace, sweep: Sweep) -> None:
    """Show a sweep until it ends."""
    st.fragment(_watch, run_every=job_progress.EVERY_S)(workspace, sweep, _expected_s(workspace, sweep))


def _expected_s(workspace: Workspace, sweep: Sweep) -> dict[Cell, float]:
    """Return how long each run should take, in seconds. Called once a page, not once a second."""
    return cell_seconds(sweep.plan, list(sweep.plan.cells()), sweep.dataset, workspace)


@page.errors_as_sentences()
def _watch(workspace: Workspace, sweep: Sweep, expected_s: Mapping[Cell, float]) -> None:
    job_progress.leave_when_over(sweep.job)
    now = progress(sweep)
    found = results(sweep)
    drawn, running = lines(sweep.plan, found), _running(sweep)
    # In the same places as at its end, so that the chart stays where it is.
    with st.container(gap="xsmall"):
        with st.container(gap="xsmall"):
            _head(sweep, now, running)
            _bar(now, drawn, running, lambda share: _left_s(expected_s, found, now.now, share))
        with st.container(gap="xsmall"):
            _say_so_far(workspace, sweep, drawn)
        chart = chart_of(sweep.plan, drawn, sweep.dataset, votes=sweep.guesses)
        sweep_chart.show(replace(chart, running=_place(drawn, now.now)), Widget.STOPS.of(sweep.id))


def _running(sweep: Sweep) -> Run | None:
    """Return the run that is training, if one is."""
    for _, run in sweep.members():
        try:
            if run.status().state == "running":
                return run
        except (LabError, OSError):
            continue  # deleted in the meantime
    return None


def _head(sweep: Sweep, now: Progress, running: Run | None) -> None:
    title, stop = st.columns([5, 1], vertical_alignment="center")
    said = train_words.WAITS if now.state == "queued" else words.RUNS if running or now.done else words.GETTING_READY
    title.title(said, anchor=False)
    with stop:
        job_progress.stop_button(sweep.job, Widget.STOP_COMPARISON)


def _bar(now: Progress, drawn: Sequence[Line], running: Run | None, left_s: Callable[[float], float]) -> None:
    """Draw how far it is; `left_s` returns the seconds left when that share of the current run is done."""
    parts, share = [words.tries_done(now.done, now.total)], 0.0
    if running and now.now:
        trained = running.progress()
        share = min(1.0, trained.epoch / max(trained.epochs, 1))
        parts.append(words.trains_now(_named(drawn, now.now), trained.epoch, trained.epochs))
    if now.state != "queued":
        parts.append(amounts.seconds_left(left_s(share)))
    fraction = (now.done + share) / max(now.total, 1)
    st.progress(min(1.0, fraction), text=" · ".join(part for part in parts if part))


def _left_s(expected_s: Mapping[Cell, float], found: Sequence[Result], now: Cell | None, share: float) -> float:
    """Return the seconds left, scaled by how long finished runs took compared with what was expected."""
    done = {result.cell: result.seconds for result in found}
    # The median: the first run after the computer started is much slower than the others.
    factor = median([seconds / expected_s[cell] for cell, seconds in done.items()] or [1.0])
    left = sum(seconds for cell, seconds in expected_s.items() if cell not in done)
    return factor * (left - (share * expected_s[now] if now else 0.0))


def _say_so_far(workspace: Workspace, sweep: Sweep, drawn: Sequence[Line]) -> None:
    """Say why it waits, or what can be said so far."""
    if sweep.status().state == "queued":
        _what_trains_first(workspace)
        return
    for line in drawn:
        said = sweeps.so_far(line, sweep.dataset)
        if said:
            st.markdown(said)


def _what_trains_first(workspace: Workspace) -> None:
    """Say that another run or sweep trains first, with the way to it."""
    run = next((run for run in runs.list_runs(workspace) if run.status().state == "running"), None)
    other = next((each for each in list_sweeps(workspace) if each.status().state == "running"), None)
    if run is None and other is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(words.TRAINS_FIRST, width="content")
        if st.button(common.TO_RUNNING, key=Widget.TO_RUNNING):
            if run:
                st.switch_page(navigation.TRAIN, query_params={Param.RUN: run.id})
            elif other:
                selection.open_one(other)


def _named(drawn: Sequence[Line], cell: Cell) -> str:
    found = at(drawn, cell)
    return point_title(*found) if found else ""


def at(drawn: Sequence[Line], cell: Cell) -> tuple[Line, Point] | None:
    """Return the line and the point of a run; None where it has none."""
    for line in drawn:
        for point in line.points:
            if line.start == cell.start and point.value == _value(line, cell):
                return line, point
    return None


def _value(line: Line, cell: Cell) -> int | None:
    return {"depth": cell.depth, "photos": cell.photos, "size": cell.size_px}[line.axis]


def _place(drawn: Sequence[Line], cell: Cell | None) -> int | None:
    found = at(drawn, cell) if cell else None
    return found[1].place if found else None
