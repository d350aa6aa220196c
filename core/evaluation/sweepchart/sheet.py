"""Where everything of a sweep's chart lies, so that nothing runs into anything else. Pixels of the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, isfinite
from typing import TYPE_CHECKING

from core.evaluation.sweepchart import legend_rows, svg

if TYPE_CHECKING:
    from core.evaluation.sweepchart.parts import ChartLabels, SweepChart

WIDE_PX, NARROW_PX = 1216, 640
_PLOT_PX, _BARS_PX, _VOTE_PX = 216, 40, 8.0
_OVER_PX, _OVER_NARROW_PX = 34, 48
_LEAST_DOT_PX = 4.0
_DIAMOND_PX = 22
_MINUTE_S = 60


@dataclass(frozen=True)
class Slot:
    """The room of one line over one stop: where its dots stand side by side, and where its diamond.

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
    """The chart's places, across and down; computed once a drawing.

    Attributes:
        left, right: edges of the plot; words stand outside of it where it is wide.
        xs: where each stop lies.
        room: the smallest distance of two stops.
        legend: what the marks mean, in rows.
        over: room over the top, for the number over the highest dot.
        top, base: height of all right, and of none right.
        bars_base: what the bars of guesses stand on.
        names_y: baseline of what stands over the stops; `take_y` of "take this one".
        row_y, box: middle of the row of stops, and half the height of its boxes.
        labels_y, times_y: baselines under the stops.
        height: of all.
    """

    def __init__(self, chart: SweepChart, *, narrow: bool) -> None:
        self.chart, self.narrow = chart, narrow
        self.text: float = 24 if narrow else 17
        self.width = NARROW_PX if narrow else WIDE_PX
        self._across()
        shown = legend_rows.entries(chart, narrow=narrow)
        self.legend = legend_rows.in_rows(shown, self.right - self.left, self.text)
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
        self.has_inner_stops = bool(chart.blocks) and any(place != round(place) for place in at)
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
        if chart.guesses:
            self.bars_base += _BARS_PX + 1.7 * self.text + (line if self.narrow else 0)
        y = self.bars_base + (line if self.narrow else 0)
        names = bool(chart.blocks) or chart.chosen is not None
        self.take_y = self.names_y = y + (line + 4 if names else 4)
        if self._take_meets_a_name():
            self.names_y = self.take_y + line
        self.box = self._half_a_box()
        self.row_y = self.names_y + 12 + self.box
        # Where stops lie inside the boxes, titles stand over them.
        self.stop_dy = 0.0 if not self.has_inner_stops else self.box - 24
        y = self.row_y + self.box
        has_labels = not chart.blocks and any(point.label for point in chart.lines[0].points)
        self.label_rows = _rows([point.label for point in chart.lines[0].points], self.room, self.text)
        self.labels_y = y + line
        if has_labels:
            y += self.label_rows * line
        self.times = tuple(tuple(said_time(p.seconds, chart.labels) for p in line.points) for line in chart.lines)
        self.time_rows = _rows([said for row in self.times for said in row], self.room, self.text)
        self.times_y = y + line + (line if self.narrow else 0) + 4
        if self.has_times:
            y = self.times_y + (self.time_rows * len(chart.lines) - 1) * line
        self.height = ceil(y + 12)

    @property
    def has_times(self) -> bool:
        """Tell whether there is a row of times: its place is kept while the first try is running."""
        return self.chart.running is not None or any(said for row in self.times for said in row)

    @property
    def label_x(self) -> float:
        """Return where the names of the rows begin, on the left."""
        return 4.0

    @property
    def ends(self) -> list[tuple[int, str]]:
        """Return the stops left of all blocks and right of them, where there are such, and what stands over them."""
        blocks, labels, at = len(self.chart.blocks), self.chart.labels, self.chart.places
        named = {0.0: labels.first, float(blocks): labels.last} if blocks else {}
        return [(place, named[where]) for place, where in enumerate(at) if named.get(where)]

    def inside(self, x: float, said: str) -> float:
        """Return the middle of a bold text at x, moved where it would leave the drawing."""
        half = svg.width_px(said, self.text, bold=True) / 2 + 2
        return min(max(x, half), self.width - half)

    def _half_a_box(self) -> float:
        if not self.chart.blocks:
            return self.circle + 4
        if self.narrow:
            return 62 if self.has_inner_stops else 48
        return 36 if self.has_inner_stops else 23

    def _take_meets_a_name(self) -> bool:
        chart = self.chart
        if chart.chosen is None:
            return False
        half = svg.width_px(chart.labels.take, self.text, bold=True) / 2
        return any(
            abs(self.xs[chart.chosen] - self.xs[place]) < half + svg.width_px(said, self.text) / 2 + 8
            for place, said in self.ends
        )

    def y(self, right: float) -> float:
        """Return the height of so many right answers."""
        return self.base - _PLOT_PX * right / max(self.chart.total, 1)

    def bar(self, count: int) -> float:
        """Return how high the bar of so many guesses is."""
        return count * min(_VOTE_PX, _BARS_PX / max(*self.chart.guesses, 1))

    def column(self, place: int) -> tuple[float, float]:
        """Return the left edge and the width of what belongs to a stop."""
        half = min(self.room / 2, 70.0)
        return self.xs[place] - half, 2 * half

    def slot(self, line: int, place: int) -> Slot:
        """Return the room of one line over one stop; it is the same over all stops."""
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


def said_time(seconds: float | None, labels: ChartLabels) -> str:
    """Say a time in whole seconds, or in minutes; "" where there is none."""
    if seconds is None or not isfinite(seconds):
        return ""
    if seconds < 99.5:
        return labels.seconds.format(n=f"{max(seconds, 0.1):.1f}" if seconds < 0.95 else round(seconds))
    minutes = seconds / _MINUTE_S
    return labels.minutes.format(n=svg.number(round(minutes, 1)) if minutes < 9.95 else f"{round(minutes):,}")
