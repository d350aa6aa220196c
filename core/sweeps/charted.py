"""A sweep as the chart that answers "how many layers?": the same on the page and in the report."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite

from core.data.dataset import Dataset
from core.evaluation.sweepchart import ChartLabels, ChartLine, ChartPoint, SweepChart
from core.models.architectures import Architecture
from core.models.registry import backbone
from core.sweeps.naming import block_word, capital, counted, stop_label
from core.sweeps.plan import Axis, Start, SweepPlan
from core.sweeps.recommendation import guessing
from core.sweeps.results import Line, Point, exam

ROWS: dict[Axis, str] = {"depth": "frozen up to", "photos": "practice photos each", "size": "size of a face"}
SAID = "Right answers in the final exam, one dot a try, for each of {stops} settings."
LABELS = ChartLabels(
    right="right answers",
    all_right="all {total} right",
    guessing="guessing: {right}",
    guesses="your guesses",
    stops=ROWS["depth"],
    first="all blocks learn",
    last="all blocks frozen",
    take="take this one",
    time="time a try",
    seconds="{n} s",
    minutes="{n} min",
    final="one try in the final exam",
    mean="their mean",
    mock="mock exam, best rounds",
    said=SAID,
)


def chart_of(
    plan: SweepPlan,
    lines: Sequence[Line],
    dataset: Dataset,
    *,
    guesses: Mapping[int, int] | None = None,
    chosen: int | None = None,
) -> SweepChart:
    """Return the chart of a sweep, of an unfinished one and of one without any try as well.

    Args:
        lines: as `core.sweeps.results.lines` gives them; the first one says where the stops are.
        guesses: votes by place on the axis; none at all draws no bars.
        chosen: the stop to take, by its place.
    """
    points, network = lines[0].points, backbone(plan.starts[0].backbone).architecture
    on_blocks, word = plan.axis == "depth", capital(block_word(network.name))
    return SweepChart(
        lines=tuple(ChartLine(line_name(line.start), _points(line, dataset)) for line in lines),
        total=len(exam(dataset)),
        guessing=guessing(lines[0], dataset),
        labels=replace(
            LABELS,
            stops=ROWS[plan.axis],
            said=SAID.format(stops=len(points)),
            first=stop_label(network.name, 0),
            last=stop_label(network.name, len(network.units)),
        ),
        blocks=tuple(f"{word} {k + 1}" for k in range(len(network.blocks))) if on_blocks else (),
        at=tuple(_at(network, point.value or 0) for point in points) if on_blocks else (),
        guesses=tuple((guesses or {}).get(point.place, 0) for point in points) if any((guesses or {}).values()) else (),
        chosen=chosen,
    )


def line_name(start: Start) -> str:
    """Return what a line is called: its network, and that it is untrained where it is."""
    title = backbone(start.backbone).title
    return title if start.pretrained else f"{title}, untrained"


def stop_title(line: Line, point: Point) -> str:
    """Return what a stop is called in a table: what learns at it, how many photos, or the size of a face."""
    if line.axis == "depth":
        return stop_label(line.start.backbone, point.value or 0)
    if line.axis == "photos":
        return "all photos" if point.value is None else f"{counted(point.value, 'photo')} each"
    return f"{point.value} × {point.value} points"


def _points(line: Line, dataset: Dataset) -> tuple[ChartPoint, ...]:
    return tuple(_point(line, point, len(exam(dataset))) for point in line.points)


def _point(line: Line, point: Point, total: int) -> ChartPoint:
    what = capital(stop_title(line, point))
    came = f"{point.correct:.0f} of {total} right" if point.results else "not tried yet"
    if point.unlearned:
        came += f"; {counted(point.unlearned, 'try')} kept the frozen network"
    return ChartPoint(
        dots=tuple(float(result.correct) for result in point.results),
        mock=point.mock_accuracy if isfinite(point.mock_accuracy) else None,
        seconds=point.seconds if isfinite(point.seconds) else None,
        label=_label(line.axis, point.value),
        said=f"{what}: {came}",
    )


def _label(axis: Axis, value: int | None) -> str:
    if axis == "depth":
        return ""
    return "all" if value is None else str(value)


def _at(network: Architecture, depth: int) -> float:
    """Return where a freeze depth lies among the blocks: 2 behind the second, 2.5 in the middle of the third."""
    stops = network.freeze_boundaries()
    block = min(bisect_right(stops, depth) - 1, len(stops) - 2)
    return block + (depth - stops[block]) / (stops[block + 1] - stops[block])
