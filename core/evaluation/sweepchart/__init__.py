"""The answer to "how many layers?" as one SVG: a dot a try over the stop it froze up to, on the strip of layers.

The same text is shown on the page and printed in the report, so it brings its own style and needs nothing from outside.
Words come in from outside, so that the lab's sentences have one home; text is at least 16 px at its full width.
"""

from __future__ import annotations

from core.evaluation.sweepchart import legend, marks, row, svg
from core.evaluation.sweepchart.parts import ChartLabels, ChartLine, ChartPoint, SweepChart
from core.evaluation.sweepchart.sheet import Sheet, Slot

__all__ = ["ChartLabels", "ChartLine", "ChartPoint", "SweepChart", "draw"]

_LEAST_TEXT_PX = 16


def draw(chart: SweepChart, *, narrow: bool = False) -> str:
    """Draw the chart.

    Args:
        chart: what is drawn; what is not finite counts as missing.
        narrow: for a phone, where the usual 1216 px would be too small to read.

    Returns:
        An <svg> element as text, all of its words escaped.
    """
    sheet = Sheet(chart, narrow=narrow)
    return svg.element(
        "svg",
        svg.element("style", marks.STYLE),
        legend.draw(sheet),
        _levels(sheet),
        row.guesses(sheet),
        row.strip(sheet),
        _results(sheet),
        row.times(sheet),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {sheet.width} {sheet.height}",
        class_="sweep-chart sweep-narrow" if narrow else "sweep-chart",
        role="group",
        aria_label=chart.labels.said,
        font_size=sheet.text,
    )


def _levels(sheet: Sheet) -> str:
    """Draw what height means: all right, guessing, none right."""
    chart, labels = sheet.chart, sheet.chart.labels
    guessing = sheet.y(chart.guessing)
    drawn = [
        _level(sheet, sheet.top, "sweep-edge"),
        _level(sheet, guessing, "sweep-guessing"),
        _level(sheet, sheet.base, "sweep-edge sweep-base"),
    ]
    if sheet.narrow:
        y = sheet.top - sheet.over
        drawn.append(svg.text(labels.right, sheet.left, y, "sweep-soft"))
        drawn.append(svg.text(labels.all_right.format(total=chart.total), sheet.right, y, "sweep-soft", "end"))
        return svg.element("g", *drawn, data_key="levels")
    drawn.append(svg.text(labels.right, sheet.label_x, sheet.top + 110, "sweep-soft"))
    return svg.element("g", *drawn, legend.beside(sheet), data_key="levels")


def _level(sheet: Sheet, y: float, class_: str) -> str:
    return svg.element("line", x1=sheet.left, x2=sheet.right, y1=y, y2=y, class_=class_)


def _results(sheet: Sheet) -> str:
    drawn = []
    for number, line in enumerate(sheet.chart.lines):
        drawn.append(_course(sheet, number, line))
        drawn.extend(_point(sheet, number, place, point) for place, point in enumerate(line.points))
    return svg.element("g", *drawn, data_key="results", aria_hidden="true")


def _course(sheet: Sheet, number: int, line: ChartLine) -> str:
    """Join the means: the shape is the answer. Where a stop has no result yet, the line is broken."""
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
    slot, dots, mean = sheet.slot(number, place), point.finite_dots, point.mean
    key = f"{number}-{place}"
    drawn = [
        marks.mark(number, slot.x(nth, len(dots)), sheet.y(right), slot.radius, data_key=f"dot-{key}-{nth}")
        for nth, right in enumerate(dots)
    ]
    highest = min([sheet.y(right) for right in dots], default=sheet.base) - slot.radius
    if point.finite_mock is not None:
        y = sheet.y(point.finite_mock * sheet.chart.total)
        drawn.append(marks.diamond(slot.diamond, y, data_key=f"mock-{key}"))
        if slot.diamond == slot.centre:
            highest = min(highest, y - marks.DIAMOND_PX)
    if mean is not None:
        half = max(0.5 * slot.pitch * len(dots) + 3, 16 if slot.width > 40 else 0)
        drawn.append(marks.mean(slot.centre, sheet.y(mean), half, data_key=f"mean-{key}"))
        drawn.append(_number(sheet, slot, number, mean, highest))
    return svg.element("g", *drawn, data_key=f"point-{key}", data_line=number, data_place=place)


def _number(sheet: Sheet, slot: Slot, number: int, mean: float, highest: float) -> str:
    said = f"{round(mean)}"
    size = min(sheet.text + 2, 0.95 * slot.width / svg.width_px(said, 1, bold=True))
    if size < _LEAST_TEXT_PX:
        return ""
    colour = f"sweep-number sweep-line{number}" if len(sheet.chart.lines) > 1 else "sweep-number"
    return svg.text(said, slot.centre, highest - 6, colour, "middle", font_size=size)
