"""Where everything of a sweep's chart lies, so that nothing runs into anything else. Pixels of the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from ui.components.sweep_chart import svg
from ui.components.sweep_chart.chart import SweepChart
from ui.text import sweeps
from ui.text.amounts import measured

WIDE_PX, NARROW_PX = 1216, 640
_PLOT_PX, _BARS_PX, _VOTE_PX = 216, 40, 8.0
_OVER_PX, _OVER_NARROW_PX = 34, 48
_LEAST_DOT_PX = 4.0
_DIAMOND_PX = 22
# In the legend: a mark, a second one beside it, and what is free behind an entry.
MARK_PX, SECOND_PX, _AFTER_PX = 26, 19, 14
Entry = tuple[str, str]


@dataclass(frozen=True)
class Slot:
    """The room of one line over one point: where its dots stand side by side, and where its diamond.

    Attributes:
        centre: x of the middle of the dots.
        pitch: from dot to dot.
        radius: of a dot.
        diamond: x of the diamond.
        width: of all of it.
    """

    centre: float
    pitch: float
    radius: float
    diamond: float
    width: float

    def x(self, place: int, count: int) -> float:
        """Return where a dot of several stands."""
        return self.centre + (place - (count - 1) / 2) * self.pitch


class Sheet:
    """Where the chart's parts lie, across and down; computed once a drawing.

    Attributes:
        left, right: edges of the plot; words stand outside of it where it is wide.
        xs: where each point lies.
        room: the smallest distance of two points.
        legend: what the marks mean, in rows.
        over: room over the top, for the number over the highest dot.
        top, base: height of all right, and of none right.
        bars_base: what the bars of votes stand on.
        names_y: baseline of what stands over the points; `recommended_y` of "take this one".
        row_y, box: middle of the row of points, and half the height of its boxes.
        labels_y, times_y: baselines under the points.
        height: of all.
    """

    def __init__(self, chart: SweepChart, *, narrow: bool) -> None:
        self.chart, self.narrow = chart, narrow
        self.text: float = 24 if narrow else 17
        self.width = NARROW_PX if narrow else WIDE_PX
        self._across()
        self.legend = _in_rows(_entries(chart, narrow=narrow), self.right - self.left, self.text)
        self._down()

    def _across(self) -> None:
        chart = self.chart
        self.left: float = 10 if self.narrow else 150
        self.right: float = self.width - (10 if self.narrow else 205 if len(chart.lines) > 1 else 165)
        at = chart.places
        first, last = (0.0, float(len(chart.blocks))) if chart.blocks else (at[0], at[-1])
        self._edge = 54.0 if len(chart.lines) == 1 else 60.0 if self.narrow else 86.0
        start, end = self.left + self._edge, self.right - self._edge
        if first == last:
            start = end = (start + end) / 2
        self._start, self._step = start, (end - start) / ((last - first) or 1.0)
        self.xs = tuple(self.at(place - first) for place in at)
        self.room = min((b - a for a, b in pairwise(self.xs)), default=2 * self._edge)
        self.has_inner_points = bool(chart.blocks) and any(place != round(place) for place in at)
        self.circle = min(10.0, 0.32 * self.room)
        self.gap = min(19.0 if self.narrow or len(chart.lines) > 1 else 25.0, 0.5 * self.room)

    def at(self, place: float) -> float:
        """Return x of a place on the strip, 0 being left of the first box."""
        return self._start + place * self._step

    def _down(self) -> None:
        chart, line = self.chart, 1.5 * self.text
        self.over = float(_OVER_NARROW_PX if self.narrow else _OVER_PX)
        self.top = len(self.legend) * line + (line if self.narrow else 0) + self.over
        self.base = self.bars_base = self.top + _PLOT_PX
        if chart.votes:
            self.bars_base += _BARS_PX + 1.7 * self.text + (line if self.narrow else 0)
        y = self.bars_base + (line if self.narrow else 0)
        names = bool(chart.blocks) or chart.recommended is not None
        self.recommended_y = self.names_y = y + (line + 4 if names else 4)
        if self._recommended_meets_an_end():
            self.names_y = self.recommended_y + line
        self.box = self._half_a_box()
        self.row_y = self.names_y + 12 + self.box
        # Where points lie inside the boxes, titles stand over them.
        self.point_dy = 0.0 if not self.has_inner_points else self.box - 24
        y = self.row_y + self.box
        has_labels = not chart.blocks and any(point.label for point in chart.lines[0].points)
        self.label_rows = _rows([point.label for point in chart.lines[0].points], self.room, self.text)
        self.labels_y = y + line
        if has_labels:
            y += self.label_rows * line
        self.times = tuple(
            tuple("" if p.seconds is None else measured(p.seconds) for p in line.points) for line in chart.lines
        )
        self.time_rows = _rows([said for row in self.times for said in row], self.room, self.text)
        self.times_y = y + line + (line if self.narrow else 0) + 4
        if self.has_times:
            y = self.times_y + (self.time_rows * len(chart.lines) - 1) * line
        self.height = ceil(y + 12)

    @property
    def has_times(self) -> bool:
        """Whether there is a row of times: its place is kept while the first try is running."""
        return self.chart.running is not None or any(said for row in self.times for said in row)

    @property
    def ends(self) -> list[tuple[int, str]]:
        """Return the points left of all blocks and right of them, where there are such, and what stands over them."""
        blocks = len(self.chart.blocks)
        named = {0.0: self.chart.ends[0], float(blocks): self.chart.ends[1]} if blocks else {}
        return [(place, named[where]) for place, where in enumerate(self.chart.places) if named.get(where)]

    def inside(self, x: float, said: str) -> float:
        """Return the middle of a bold text at x, moved where it would leave the drawing."""
        half = svg.width_px(said, self.text, bold=True) / 2 + 2
        return min(max(x, half), self.width - half)

    def _half_a_box(self) -> float:
        if not self.chart.blocks:
            return self.circle + 4
        if self.narrow:
            return 62 if self.has_inner_points else 48
        return 36 if self.has_inner_points else 23

    def _recommended_meets_an_end(self) -> bool:
        chart = self.chart
        if chart.recommended is None:
            return False
        half = svg.width_px(sweeps.RECOMMENDED, self.text, bold=True) / 2
        return any(
            abs(self.xs[chart.recommended] - self.xs[place]) < half + svg.width_px(said, self.text) / 2 + 8
            for place, said in self.ends
        )

    def y(self, right: float) -> float:
        """Return the height of so many right answers."""
        return self.base - _PLOT_PX * right / max(self.chart.total, 1)

    def bar(self, count: int) -> float:
        """Return how high the bar of so many votes is."""
        return count * min(_VOTE_PX, _BARS_PX / max(*self.chart.votes, 1))

    def column(self, place: int) -> tuple[float, float]:
        """Return the left edge and the width of what belongs to a point."""
        half = min(self.room / 2, 70.0)
        return self.xs[place] - half, 2 * half

    def slot(self, line: int, place: int) -> Slot:
        """Return the room of one line over one point; it is the same over all points."""
        lines, dot = len(self.chart.lines), 10.0 if self.narrow else 8.0
        tries = max(1, *(len(point.dots) for each in self.chart.lines for point in each.points))
        width = min(0.94 * self.room, 2 * self._edge) / lines
        centre = self.xs[place] + (line - (lines - 1) / 2) * width
        beside, aside = ((width - rooms * _DIAMOND_PX) / tries for rooms in (2, 1))
        # The diamond stands right of the dots, which move aside for it, or where even that is too narrow, over them.
        pitch = min(beside if beside >= 1.2 * dot else aside if aside >= dot else width / tries, 2 * dot + 1)
        if aside >= dot:
            centre -= 0 if beside >= 1.2 * dot else _DIAMOND_PX / 2
            diamond = centre + (pitch * tries + _DIAMOND_PX) / 2
        else:
            diamond = centre
        return Slot(centre, pitch, min(dot, max(_LEAST_DOT_PX, 0.68 * pitch)), diamond, width)


def _rows(texts: list[str], room: float, size_px: float) -> int:
    """Return in how many rows texts must be staggered so that neighbours do not touch."""
    widest = max((svg.width_px(text, size_px) for text in texts), default=0.0)
    return max(1, min(3, ceil((widest + 4) / room)))


def _entries(chart: SweepChart, *, narrow: bool) -> list[Entry]:
    """Return what is to be explained, as kind of mark and words: nothing that is not on the chart.

    Where it is narrow there is no room beside the lines, so their words stand here.
    """
    points, several = [point for line in chart.lines for point in line.points], len(chart.lines) > 1
    shown = [(f"line{number}", line.name) for number, line in enumerate(chart.lines)] if narrow and several else []
    if any(point.dots for point in points):
        shown += [("both" if several else "line0", sweeps.FINAL), ("mean", sweeps.MEAN)]
    if any(point.mock is not None for point in points):
        shown.append(("mock", sweeps.MOCK))
    if narrow:
        shown.append(("guessing", sweeps.BY_CHANCE.format(right=chart.guessing)))
    return shown


def _in_rows(shown: list[Entry], width: float, size_px: float) -> list[list[Entry]]:
    """Put entries side by side, as many as fit; at least one row, which keeps its room while it is empty."""
    rows: list[list[Entry]] = [[]]
    used = 0.0
    for kind, said in shown:
        entry = kind, svg.wrapped(said, width - MARK_PX - SECOND_PX - _AFTER_PX, size_px, 1)[0]
        needs = entry_px(entry, size_px)
        if rows[-1] and used + needs > width:
            rows.append([])
            used = 0.0
        rows[-1].append(entry)
        used += needs
    return rows


def entry_px(entry: Entry, size_px: float) -> float:
    """Return the width of an entry of the legend."""
    return MARK_PX + (SECOND_PX if entry[0] == "both" else 0) + svg.width_px(entry[1], size_px) + _AFTER_PX
