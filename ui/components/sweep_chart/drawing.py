"""The answer to "how many layers?" as one SVG: a dot a try over the boundary it froze up to, on the strip of layers.

The page shows and the report prints the same text, so it brings its own style and needs nothing from outside. Text is
at least 16 px at its full width.
"""

from __future__ import annotations

from ui.components.sweep_chart import row, svg
from ui.components.sweep_chart.chart import ChartLine, ChartPoint, SweepChart
from ui.components.sweep_chart.sheet import MARK_PX, SECOND_PX, Sheet, Slot, entry_px
from ui.text import sweeps

_LEAST_TEXT_PX = 16
_NAME_ROWS = 3
# From the baseline of a text up to its middle, of its size.
_MIDDLE = 0.34


def draw(chart: SweepChart, *, narrow: bool = False) -> str:
    """Draw the chart.

    Args:
        narrow: for a phone, where the usual 1216 px would be too small to read.

    Returns:
        An <svg> element as text, all of its words escaped.
    """
    sheet = Sheet(chart, narrow=narrow)
    return svg.element(
        "svg",
        svg.element("style", svg.STYLE),
        _legend(sheet),
        _levels(sheet),
        row.votes(sheet),
        row.strip(sheet),
        _results(sheet),
        row.times(sheet),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {sheet.width} {sheet.height}",
        class_="sweep-chart sweep-narrow" if narrow else "sweep-chart",
        role="group",
        aria_label=sweeps.CHART.format(points=chart.n_points),
        font_size=sheet.text,
    )


def _levels(sheet: Sheet) -> str:
    """Draw what height means: all right, guessing, none right."""
    guessing = sheet.y(sheet.chart.guessing)
    drawn = [
        _level(sheet, sheet.top, "sweep-edge"),
        _level(sheet, guessing, "sweep-guessing"),
        _level(sheet, sheet.base, "sweep-edge sweep-base"),
    ]
    if sheet.narrow:
        y = sheet.top - sheet.over
        drawn.append(svg.text(sweeps.RIGHT, sheet.left, y, "sweep-soft"))
        drawn.append(svg.text(_all_right(sheet), sheet.right, y, "sweep-soft", "end"))
        return svg.element("g", *drawn, data_key="levels")
    drawn.append(svg.text(sweeps.RIGHT, row.NAMES_X, sheet.top + 110, "sweep-soft"))
    return svg.element("g", *drawn, _beside(sheet), data_key="levels")


def _all_right(sheet: Sheet) -> str:
    return sweeps.ALL_RIGHT.format(total=sheet.chart.total)


def _level(sheet: Sheet, y: float, class_: str) -> str:
    return svg.element("line", x1=sheet.left, x2=sheet.right, y1=y, y2=y, class_=class_)


def _results(sheet: Sheet) -> str:
    drawn = []
    for number, line in enumerate(sheet.chart.lines):
        drawn.append(_course(sheet, number, line))
        drawn.extend(_point(sheet, number, place, point) for place, point in enumerate(line.points))
    return svg.element("g", *drawn, data_key="results", aria_hidden="true")


def _course(sheet: Sheet, number: int, line: ChartLine) -> str:
    """Join the means: the shape is the answer. Where a point has no result yet, the line is broken."""
    path, pen = "", "M"
    for place, point in enumerate(line.points):
        mean = point.mean
        if mean is None:
            pen = "M"
            continue
        path += f"{pen}{svg.number(sheet.slot(number, place).centre)} {svg.number(sheet.y(mean))}"
        pen = "L"
    if not path:
        return ""
    return svg.element("path", d=path, class_=f"sweep-course sweep-line{number}", data_key=f"course-{number}")


def _point(sheet: Sheet, number: int, place: int, point: ChartPoint) -> str:
    """Draw a point: a mark a try, side by side so that equal ones do not hide each other, and their mean."""
    slot, dots, mean = sheet.slot(number, place), point.dots, point.mean
    key = f"{number}-{place}"
    drawn = [
        svg.mark(number, slot.x(nth, len(dots)), sheet.y(right), slot.radius, data_key=f"dot-{key}-{nth}")
        for nth, right in enumerate(dots)
    ]
    highest = min([sheet.y(right) for right in dots], default=sheet.base) - slot.radius
    if point.mock is not None:
        y = sheet.y(point.mock * sheet.chart.total)
        drawn.append(svg.diamond(slot.diamond, y, data_key=f"mock-{key}"))
        if slot.diamond == slot.centre:
            highest = min(highest, y - svg.DIAMOND_PX)
    if mean is not None:
        half = max(0.5 * slot.pitch * len(dots) + 3, 16 if slot.width > 40 else 0)
        drawn.append(svg.mean(slot.centre, sheet.y(mean), half, data_key=f"mean-{key}"))
        drawn.append(_number(sheet, slot, number, mean, highest))
    return svg.element("g", *drawn, data_key=f"point-{key}")


def _number(sheet: Sheet, slot: Slot, number: int, mean: float, highest: float) -> str:
    said = f"{round(mean)}"
    size = min(sheet.text + 2, 0.95 * slot.width / svg.width_px(said, 1, bold=True))
    if size < _LEAST_TEXT_PX:
        return ""
    colour = f"sweep-number sweep-line{number}" if len(sheet.chart.lines) > 1 else "sweep-number"
    return svg.text(said, slot.centre, highest - 6, colour, "middle", font_size=size)


def _legend(sheet: Sheet) -> str:
    """Draw over the chart what the marks mean."""
    drawn = []
    for nth, shown in enumerate(sheet.legend):
        x, y = sheet.left, (nth + 0.9) * 1.5 * sheet.text
        for kind, said in shown:
            drawn.extend(_mark(sheet, kind, x + 9, y - _MIDDLE * sheet.text))
            drawn.append(svg.text(said, x + MARK_PX + (SECOND_PX if kind == "both" else 0), y, "sweep-soft"))
            x += entry_px((kind, said), sheet.text)
    return svg.element("g", *drawn, data_key="legend", aria_hidden="true")


def _mark(sheet: Sheet, kind: str, x: float, y: float) -> list[str]:
    if kind == "mean":
        return [svg.mean(x, y, 10)]
    if kind == "mock":
        return [svg.diamond(x, y)]
    if kind == "guessing":
        return [svg.element("line", x1=x - 9, x2=x + 11, y1=y, y2=y, class_="sweep-guessing")]
    if kind == "both":
        return [svg.mark(number, x + SECOND_PX * number, y, 7.5) for number in range(2)]
    return [svg.mark(int(kind.removeprefix("line")), x, y, 7.5)]


def _beside(sheet: Sheet) -> str:
    """Say right of the plot what its lines are, at their heights, each out of the others' way."""
    chart, size, x = sheet.chart, sheet.text, sheet.right + 12
    drawn: list[str] = []
    taken: list[tuple[float, float]] = []
    by_chance = sweeps.BY_CHANCE.format(right=chart.guessing)
    for said, height in ((_all_right(sheet), sheet.top), (by_chance, sheet.y(chart.guessing))):
        middle = free(height, 1.2 * size, taken, sheet.base)
        drawn.append(svg.text(said, x, middle + _MIDDLE * size, "sweep-soft"))
    for number, line in enumerate(chart.lines if len(chart.lines) > 1 else ()):
        last = next((point.mean for point in reversed(line.points) if point.mean is not None), None)
        height = sheet.top + 40.0 * (number + 1) if last is None else sheet.y(last)
        rows = svg.wrapped(line.name, sheet.width - x - 22, size, _NAME_ROWS, bold=True)
        middle = free(height, 1.2 * size * len(rows), taken, sheet.base)
        y = middle + (_MIDDLE - 0.6 * (len(rows) - 1)) * size
        drawn.append(svg.mark(number, x + 8, y - _MIDDLE * size, 7.0))
        class_ = f"sweep-number sweep-line{number}"
        drawn += [svg.text(said, x + 22, y + 1.2 * size * nth, class_) for nth, said in enumerate(rows)]
    return svg.element("g", *drawn, data_key="beside")


def free(wanted: float, height: float, taken: list[tuple[float, float]], lowest: float) -> float:
    """Return the middle nearest to the wanted one at which a label of a height covers no other, and take it.

    Args:
        taken: from where to where the others reach; the new one is added.
        lowest: no middle lies below it, unless there is no room above.
    """
    half = height / 2
    middles = [wanted + by for by in sorted(range(-600, 601), key=abs)]
    open_ones = [each for each in middles if all(each + half <= top or each - half >= low for top, low in taken)]
    best = next((each for each in open_ones if half <= each <= lowest), open_ones[0])
    taken.append((best - half, best + half))
    return best
