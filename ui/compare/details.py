"""A closer look at the tries of a comparison: photo by photo, side by side, and to take along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.experiments import listing
from core.experiments.listing import ListedRun
from core.experiments.runs import Run
from core.sweeps.results import Line, Point
from core.sweeps.sweep import Sweep
from core.workspace import Workspace
from ui.compare import changed_photos, chosen_point, export, side_by_side
from ui.state import Widget
from ui.text import compare as words
from ui.text.sweep_names import line_title, point_title


@dataclass(frozen=True, eq=False)
class _Tried:
    """One point of one network, with at least one try."""

    name: str
    run: Run

    @property
    def row(self) -> ListedRun:
        return listing.read_listed_run(self.run)


def look(workspace: Workspace, sweep: Sweep, drawn: Sequence[Line], recommended: int | None) -> None:
    """Draw what else can be seen, folded; nothing before the first result.

    Args:
        recommended: the recommended place, of the first network; None before its verdict.
    """
    tried = [_tried(sweep, line, point, len(drawn)) for line in drawn for point in line.points if point.results]
    if not tried:
        return
    first, second = _two(drawn[0], recommended, len(tried))
    # What is folded is not read: a comparison has many files.
    if len(tried) > 1:
        with st.expander(words.WHICH_CHANGED, key=Widget.FLIP_BOARD, on_change="rerun") as flip:
            if flip.open:
                _flip(workspace, tried, first, second)
    with st.expander(words.SIDE_BY_SIDE, key=Widget.BESIDE, on_change="rerun") as side:
        if side.open:
            tested = sorted(listing.list_all(workspace).all_tested, key=lambda row: row.id, reverse=True)
            side_by_side.show(tested, list(dict.fromkeys([tried[first].run.id, tried[second].run.id])))
    export.offer(sweep)


def _tried(sweep: Sweep, line: Line, point: Point, several: int) -> _Tried:
    name = point_title(line, point)
    if several > 1:
        name = f"{line_title(line.start)}, {name}"
    usual = chosen_point.usual(point)
    return _Tried(words.stop_and_right(name, usual.correct), Run(sweep.runs_home / usual.run_id))


def _two(line: Line, recommended: int | None, tried: int) -> tuple[int, int]:
    """Return the two points looked at first: the cheapest of a line and the recommended one, or the dearest instead."""
    done = [point.place for point in line.points if point.results]
    if recommended not in done or len(done) < 2:
        return 0, tried - 1
    # Of freeze depths the cheapest is the last, of photos and sizes the first.
    cheap, dear = (done[-1], done[0]) if line.axis == "depth" else (done[0], done[-1])
    other = cheap if recommended != cheap else dear
    return done.index(other), done.index(recommended)


def _flip(workspace: Workspace, tried: Sequence[_Tried], first: int, second: int) -> None:
    names = [each.name for each in tried]
    columns = st.columns(2, gap="medium")
    before, now = (
        column.selectbox(label, range(len(tried)), index=index, format_func=names.__getitem__, key=widget.of(*names))
        for column, label, index, widget in (
            (columns[0], words.FLIP_BEFORE, first, Widget.FLIP_BEFORE),
            (columns[1], words.FLIP_NOW, second, Widget.FLIP_NOW),
        )
    )
    if before != now:
        changed_photos.board(workspace, tried[before].row, tried[now].row)
