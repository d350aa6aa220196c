"""What the marks mean: the row over the chart, and the words beside its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.evaluation.sweepchart import marks, svg
from core.evaluation.sweepchart.legend_rows import MARK_PX, SECOND_PX, width_px

if TYPE_CHECKING:
    from core.evaluation.sweepchart.sheet import Sheet

_NAME_ROWS = 3
# From the baseline of a text up to its middle, of its size.
_MIDDLE = 0.34


def draw(sheet: Sheet) -> str:
    """Draw the legend over the chart."""
    drawn = []
    for row, shown in enumerate(sheet.legend):
        x, y = sheet.left, (row + 0.9) * 1.5 * sheet.text
        for kind, said in shown:
            drawn.extend(_mark(sheet, kind, x + 9, y - _MIDDLE * sheet.text))
            drawn.append(svg.text(said, x + MARK_PX + (SECOND_PX if kind == "both" else 0), y, "sweep-soft"))
            x += width_px((kind, said), sheet.text)
    return svg.element("g", *drawn, data_key="legend", aria_hidden="true")


def _mark(sheet: Sheet, kind: str, x: float, y: float) -> list[str]:
    if kind == "mean":
        return [marks.mean(x, y, 10)]
    if kind == "mock":
        return [marks.diamond(x, y)]
    if kind == "guessing":
        return [svg.element("line", x1=x - 9, x2=x + 11, y1=y, y2=y, class_="sweep-guessing")]
    if kind == "both":
        return [marks.mark(number, x + SECOND_PX * number, y, 7.5) for number in range(2)]
    return [marks.mark(int(kind.removeprefix("line")), x, y, 7.5)]


def beside(sheet: Sheet) -> str:
    """Say right of the plot what its lines are, at their heights, each out of the others' way."""
    chart, labels, size = sheet.chart, sheet.chart.labels, sheet.text
    x = sheet.right + 12
    drawn: list[str] = []
    taken: list[tuple[float, float]] = []
    for said, height in (
        (labels.all_right.format(total=chart.total), sheet.top),
        (labels.guessing.format(right=chart.guessing), sheet.y(chart.guessing)),
    ):
        middle = free(height, 1.2 * size, taken, sheet.base)
        drawn.append(svg.text(said, x, middle + _MIDDLE * size, "sweep-soft"))
    for number, line in enumerate(chart.lines if len(chart.lines) > 1 else ()):
        last = next((point.mean for point in reversed(line.points) if point.mean is not None), None)
        height = sheet.top + 40.0 * (number + 1) if last is None else sheet.y(last)
        rows = svg.wrapped(line.name, sheet.width - x - 22, size, _NAME_ROWS, bold=True)
        middle = free(height, 1.2 * size * len(rows), taken, sheet.base)
        y = middle + (_MIDDLE - 0.6 * (len(rows) - 1)) * size
        drawn.append(marks.mark(number, x + 8, y - _MIDDLE * size, 7.0))
        class_ = f"sweep-number sweep-line{number}"
        drawn += [svg.text(row, x + 22, y + 1.2 * size * nth, class_) for nth, row in enumerate(rows)]
    return svg.element("g", *drawn, data_key="beside")


def free(wanted: float, height: float, taken: list[tuple[float, float]], lowest: float) -> float:
    """Return the middle nearest to the wanted one at which a label of a height covers no other, and take it.

    Args:
        taken: from where to where the others reach; the new one is added.
        lowest: no middle lies below it, unless there is no room above.
    """
    ways = sorted((float(by) for by in range(-600, 601)), key=abs)
    middles = [wanted + by for by in ways]

    def is_free(middle: float) -> bool:
        return all(middle + height / 2 <= top or middle - height / 2 >= low for top, low in taken)

    open_ones = [middle for middle in middles if is_free(middle)]
    best = next((middle for middle in open_ones if middle - height / 2 >= 0 and middle <= lowest), open_ones[0])
    taken.append((best - height / 2, best + height / 2))
    return best
