"""What the chart of a sweep shows, as plain data, and how it comes of a sweep's lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from core.data.dataset import Dataset
from core.models.architectures import Architecture
from core.models.registry import backbone
from core.sweeps.plan import SweepPlan
from core.sweeps.recommendation import guessing
from core.sweeps.results import Line, Point, labelled_test_items
from ui.text import sweep_names, sweeps


@dataclass(frozen=True)
class ChartPoint:
    """One point of one line.

    Attributes:
        dots: right answers in the final exam, one a try; may be empty.
        mock: mean share of right answers in the mock exam, 0 to 1; None draws nothing.
        seconds: what a try takes; None draws nothing.
        label: under the point where there are no blocks, "3".
        alt: for screen readers and as a tooltip.
    """

    dots: tuple[int, ...] = ()
    mock: float | None = None
    seconds: float | None = None
    label: str = ""
    alt: str = ""

    @property
    def mean(self) -> float | None:
        """Return the mean of the dots; None where there is none."""
        return sum(self.dots) / len(self.dots) if self.dots else None


@dataclass(frozen=True)
class ChartLine:
    """One network along the points; its name is drawn where there are two lines."""

    name: str
    points: tuple[ChartPoint, ...]


@dataclass(frozen=True)
class SweepChart:
    """What is drawn. A place is that of a point on the axis, counted from 0.

    Attributes:
        lines: one or two, with as many points each, from left to right.
        total: photos in the final exam.
        guessing: how many of them guessing gets right.
        row: what the row of points is, "frozen up to", "practice photos each".
        ends: what stands over a point left of all blocks and over one right of them.
        blocks: titles of the boxes between the points; empty on other axes.
        at: where each point lies: 0 left of the first box, k behind box k, fractions inside a box; empty: evenly.
        votes: one number a place; empty: none.
        recommended: the place that is recommended.
        running: the place at which a try is running.
        opened: the place whose details are shown beside the chart; `choose` fills it in.
        can_choose: points that have a result can be clicked.

    Raises:
        ValueError: what belongs to the points is not as many as there are points, or they are in disorder.
    """

    lines: tuple[ChartLine, ...]
    total: int
    guessing: int
    row: str
    ends: tuple[str, str] = ("", "")
    blocks: tuple[str, ...] = ()
    at: tuple[float, ...] = ()
    votes: tuple[int, ...] = ()
    recommended: int | None = None
    running: int | None = None
    opened: int | None = None
    can_choose: bool = False

    def __post_init__(self) -> None:
        sizes = [len(line.points) for line in self.lines]
        if len(sizes) not in (1, 2) or sizes[0] == 0 or sizes[-1] != sizes[0]:
            raise ValueError(f"A chart has one or two lines of as many points each, received {sizes}.")
        for name, given in (("at", self.at), ("votes", self.votes)):
            if given and len(given) != sizes[0]:
                raise ValueError(f'"{name}" needs {sizes[0]} values, one a point, received {given}; give one for each.')
        if any(a >= b for a, b in pairwise(self.at)):
            raise ValueError(f"Points lie from left to right, received {self.at}; give each a place of its own (at).")
        if self.blocks and not self.at and sizes[0] != len(self.blocks) + 1:
            raise ValueError(f"Between {len(self.blocks)} blocks lie not {sizes[0]} points; say where they lie (at).")

    @property
    def places(self) -> tuple[float, ...]:
        """Return where each point lies, counted in blocks, or in points where there are none."""
        return self.at or tuple(float(place) for place in range(self.n_points))

    @property
    def n_points(self) -> int:
        return len(self.lines[0].points)

    @property
    def alts(self) -> list[str]:
        """Return what is said at each place, of both lines."""
        return [" ".join(filter(None, (line.points[k].alt for line in self.lines))) for k in range(self.n_points)]

    def has_result(self, place: int) -> bool:
        """Return whether a try at this place is finished."""
        return any(line.points[place].dots for line in self.lines)


def chart_of(
    plan: SweepPlan,
    lines: Sequence[Line],
    dataset: Dataset,
    *,
    votes: Mapping[int, int] | None = None,
    recommended: int | None = None,
) -> SweepChart:
    """Return the chart of a sweep, of an unfinished one and of one without any try as well.

    Args:
        lines: as `core.sweeps.results.lines` gives them; the first one says where the points are.
        votes: by place on the axis; none at all draws no bars.
        recommended: the recommended place.
    """
    points, network = lines[0].points, backbone(plan.starts[0].backbone).architecture
    on_blocks, word = plan.axis == "depth", sweep_names.block_word(network.name).capitalize()
    label, total = sweep_names.boundary_label, len(labelled_test_items(dataset))
    return SweepChart(
        lines=tuple(
            ChartLine(sweep_names.line_title(line.start), tuple(_point(line, point, total) for point in line.points))
            for line in lines
        ),
        total=total,
        guessing=guessing(lines[0], dataset),
        row=sweeps.ROW_OF_POINTS[plan.axis],
        ends=(label(network.name, 0), label(network.name, len(network.units))),
        blocks=tuple(f"{word} {k + 1}" for k in range(len(network.blocks))) if on_blocks else (),
        at=tuple(_at(network, point.value or 0) for point in points) if on_blocks else (),
        votes=tuple((votes or {}).get(point.place, 0) for point in points) if any((votes or {}).values()) else (),
        recommended=recommended,
    )


def _point(line: Line, point: Point, total: int) -> ChartPoint:
    label = "" if line.axis == "depth" else "all" if point.value is None else str(point.value)
    return ChartPoint(
        dots=tuple(result.correct for result in point.results),
        mock=point.validation_accuracy if isfinite(point.validation_accuracy) else None,
        seconds=point.seconds if isfinite(point.seconds) else None,
        label=label,
        alt=sweeps.point_alt(line, point, total),
    )


def _at(network: Architecture, depth: int) -> float:
    """Return where a freeze depth lies among the blocks: 2 behind the second, 2.5 in the middle of the third."""
    boundaries = network.freeze_boundaries()
    block = min(bisect_right(boundaries, depth) - 1, len(boundaries) - 2)
    return block + (depth - boundaries[block]) / (boundaries[block + 1] - boundaries[block])
