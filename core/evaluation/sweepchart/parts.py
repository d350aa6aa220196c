"""What the chart of a sweep shows, as plain data; its words too."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite


@dataclass(frozen=True)
class ChartLabels:
    """Every word on the chart.

    Attributes:
        right: what height means, "right answers".
        all_right: the line at the top, with {total}: "all {total} right".
        guessing: the dotted line, with {right}: "guessing: {right}".
        guesses: the grey bars, "your guesses".
        stops: what the row of stops is, "frozen up to", "practice photos".
        first, last: over a stop left of all blocks and one right of them, "nothing" and "everything".
        take: over the chosen stop, "take this one".
        time: the row of times, "time a try".
        seconds, minutes: templates with {n}, "{n} s" and "{n} min".
        final, mean, mock: the legend, "one try in the final exam", "their mean", "mock exam"; "" leaves one out.
        said: the whole chart for a screen reader.
        one_more, one_fewer: what + and − under a stop are, with {stop}; only voting needs them.
    """

    right: str
    all_right: str
    guessing: str
    guesses: str
    stops: str
    first: str
    last: str
    take: str
    time: str
    seconds: str
    minutes: str
    final: str
    mean: str
    mock: str
    said: str
    one_more: str = "+ {stop}"
    one_fewer: str = "− {stop}"


@dataclass(frozen=True)
class ChartPoint:
    """One stop of one line.

    Attributes:
        dots: right answers in the final exam, one a try; may be empty.
        mock: mean share of right answers in the mock exam, 0 to 1; None draws nothing.
        seconds: what a try takes; None draws nothing.
        label: under the stop where there are no blocks, "3 photos".
        said: for screen readers and as a tooltip.
    """

    dots: tuple[float, ...] = ()
    mock: float | None = None
    seconds: float | None = None
    label: str = ""
    said: str = ""

    @property
    def finite_dots(self) -> tuple[float, ...]:
        """Return the dots that are numbers."""
        return tuple(right for right in self.dots if isfinite(right))

    @property
    def mean(self) -> float | None:
        """Return the mean of the dots; None where there is none."""
        dots = self.finite_dots
        return sum(dots) / len(dots) if dots else None

    @property
    def finite_mock(self) -> float | None:
        """Return the share in the mock exam; None where it is missing or no number."""
        return self.mock if self.mock is not None and isfinite(self.mock) else None


@dataclass(frozen=True)
class ChartLine:
    """One network along the stops; its name is drawn where there are two lines."""

    name: str
    points: tuple[ChartPoint, ...]


@dataclass(frozen=True)
class SweepChart:
    """What is drawn.

    Attributes:
        lines: one or two, with as many points each as there are stops, from left to right.
        total: photos in the final exam.
        guessing: how many of them guessing gets right.
        blocks: titles of the boxes between the stops; empty on other axes.
        at: where each stop lies: 0 left of the first box, k behind box k, fractions inside a box; empty: evenly.
        guesses: votes a stop; empty: none.
        chosen: the stop to take.
        running: the stop at which a try is running.
        opened: the stop whose details are shown beside the chart; `ui.components.sweep_chart.choose` fills it in.
        can_choose: stops that have a result can be clicked.

    Raises:
        ValueError: what belongs to the stops is not as many as there are stops, or they are in disorder.
    """

    lines: tuple[ChartLine, ...]
    total: int
    guessing: int
    labels: ChartLabels
    blocks: tuple[str, ...] = ()
    at: tuple[float, ...] = ()
    guesses: tuple[int, ...] = ()
    chosen: int | None = None
    running: int | None = None
    opened: int | None = None
    can_choose: bool = False

    def __post_init__(self) -> None:
        stops = [len(line.points) for line in self.lines]
        if len(stops) not in (1, 2) or stops[0] == 0 or stops[-1] != stops[0]:
            raise ValueError(f"A chart has one or two lines over the same stops, received {stops}; give each a point.")
        for name, given in (("at", self.at), ("guesses", self.guesses)):
            if given and len(given) != stops[0]:
                raise ValueError(f'"{name}" needs {stops[0]} values, one a stop, received {given}; give one for each.')
        if any(a >= b for a, b in pairwise(self.at)):
            raise ValueError(f"Stops lie from left to right, received {self.at}; give each a place of its own (at).")
        if self.blocks and not self.at and stops[0] != len(self.blocks) + 1:
            raise ValueError(f"Between {len(self.blocks)} blocks lie not {stops[0]} stops; say where they lie (at).")

    @property
    def places(self) -> tuple[float, ...]:
        """Return where each stop lies, counted in blocks, or in stops where there are none."""
        return self.at or tuple(float(place) for place in range(len(self.lines[0].points)))

    def has_result(self, place: int) -> bool:
        """Tell whether a try at this stop is finished."""
        return any(line.points[place].finite_dots for line in self.lines)
