"""What the legend has to explain, and how it breaks into rows. Pixels of the drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.evaluation.sweepchart import svg

if TYPE_CHECKING:
    from core.evaluation.sweepchart.parts import SweepChart

MARK_PX, SECOND_PX, AFTER_PX = 26, 19, 14
Entry = tuple[str, str]


def entries(chart: SweepChart, *, narrow: bool) -> list[Entry]:
    """Return what there is to be explained, as kind of mark and words: nothing that is not on the chart.

    Where it is narrow there is no room beside the lines, so their words stand here.
    """
    labels, points = chart.labels, [point for line in chart.lines for point in line.points]
    shown = []
    if narrow and len(chart.lines) > 1:
        shown += [(f"line{number}", line.name) for number, line in enumerate(chart.lines)]
    if any(point.finite_dots for point in points):
        shown += [("both" if len(chart.lines) > 1 else "line0", labels.final), ("mean", labels.mean)]
    if any(point.finite_mock is not None for point in points):
        shown.append(("mock", labels.mock))
    if narrow:
        shown.append(("guessing", labels.guessing.format(right=chart.guessing)))
    return [entry for entry in shown if entry[1]]


def in_rows(shown: list[Entry], width: float, size_px: float) -> list[list[Entry]]:
    """Put entries side by side, as many as fit; at least one row, which keeps its room while it is empty."""
    rows: list[list[Entry]] = [[]]
    used = 0.0
    for entry in shown:
        needs = width_px(entry, size_px)
        if needs > width:
            entry = (entry[0], svg.wrapped(entry[1], width - MARK_PX - SECOND_PX - AFTER_PX, size_px, 1)[0])
        if rows[-1] and used + needs > width:
            rows.append([])
            used = 0.0
        rows[-1].append(entry)
        used += needs
    return rows


def width_px(entry: Entry, size_px: float) -> float:
    """Return what an entry takes, its mark included."""
    return MARK_PX + (SECOND_PX if entry[0] == "both" else 0) + svg.width_px(entry[1], size_px) + AFTER_PX
