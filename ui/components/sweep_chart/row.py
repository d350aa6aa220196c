"""What the chart stands on: the votes, the row of points between the blocks, and what a try takes."""

from __future__ import annotations

from itertools import pairwise

from ui.components.sweep_chart import svg
from ui.components.sweep_chart.sheet import Sheet
from ui.text import sweeps

# Where the names of the rows begin.
NAMES_X = 4.0
_BAR_PX, _CORNER_PX = 60, 12
# Of the height of a letter, in the middle between narrow fonts and wide ones.
_TITLE_LETTER = 0.55


def votes(sheet: Sheet) -> str:
    """Draw a grey bar a point, with its count, on a ground of their own: they are votes, no right answers."""
    chart = sheet.chart
    if not chart.votes:
        return ""
    ground, half = sheet.bars_base, min(_BAR_PX, 0.7 * sheet.room) / 2
    drawn = [_named(sheet, sweeps.VOTES, ground - 4, sheet.base + 1.2 * sheet.text)]
    for place, count in enumerate(chart.votes):
        x, height = sheet.xs[place], sheet.bar(count)
        drawn.append(
            svg.element(
                "rect",
                x=x - half,
                y=ground - height - 2,
                width=2 * half,
                height=height + 2.0,
                rx=2,
                class_="sweep-bar",
                data_key=f"bar-{place}",
            )
        )
        drawn.append(svg.text(f"{count}", x, ground - height - 7, "sweep-soft", "middle", data_key=f"guess-{place}"))
    return svg.element("g", *drawn, data_key="guesses")


def _named(sheet: Sheet, said: str, beside_y: float, over_y: float) -> str:
    """Name a row: left of it, or over it where it is narrow."""
    if sheet.narrow:
        return svg.text(said, sheet.left, over_y, "sweep-soft")
    return svg.text(said, NAMES_X, beside_y, "sweep-soft")


def strip(sheet: Sheet) -> str:
    """Draw the points, and the blocks between them: what is left of the recommended one looks frozen."""
    chart = sheet.chart
    drawn = [
        _named(sheet, chart.row, sheet.row_y + sheet.point_dy + 0.34 * sheet.text, sheet.bars_base + 1.4 * sheet.text)
    ]
    drawn += [_block(sheet, number, title) for number, title in enumerate(chart.blocks)]
    drawn += _pipes(sheet)
    drawn += [_place(sheet, place) for place in range(len(sheet.xs))]
    for place, said in sheet.ends:
        x = sheet.inside(sheet.xs[place], said)
        drawn.append(svg.text(said, x, sheet.names_y, "sweep-soft", "middle"))
    if not chart.blocks:
        drawn += _under(sheet, [point.label for point in chart.lines[0].points], sheet.labels_y, sheet.label_rows)
    if chart.recommended is not None:
        x = sheet.inside(sheet.xs[chart.recommended], sweeps.RECOMMENDED)
        drawn.append(
            svg.text(sweeps.RECOMMENDED, x, sheet.recommended_y, "sweep-word", "middle", data_key="recommended")
        )
    return svg.element("g", *drawn, data_key="strip")


def _kind(sheet: Sheet, x: float) -> str:
    """Return "frozen" or "retrained" for what lies at x; "" while nothing is recommended, and without blocks."""
    if sheet.chart.recommended is None or not sheet.chart.blocks:
        return ""
    return "frozen" if x < sheet.xs[sheet.chart.recommended] else "retrained"


def _block(sheet: Sheet, number: int, title: str) -> str:
    x0, x1 = sheet.at(number) + sheet.gap, sheet.at(number + 1) - sheet.gap
    cut = None if sheet.chart.recommended is None else sheet.xs[sheet.chart.recommended]
    if cut is not None and x0 < cut < x1:
        # The recommended boundary cuts the block: its first layers are frozen, the others learn.
        drawn = [_box(sheet, x0, cut, "frozen", left=True), _box(sheet, cut, x1, "retrained", right=True)]
        kinds = ["frozen", "retrained"]
    else:
        kind = _kind(sheet, (x0 + x1) / 2)
        drawn = [_box(sheet, x0, x1, kind, left=True, right=True)]
        kinds = [kind] if kind else []
    drawn += _title(sheet, (x0 + x1) / 2, x1 - x0, title, kinds)
    return svg.element("g", *drawn, data_key=f"block-{number}")


def _box(sheet: Sheet, x0: float, x1: float, kind: str, *, left: bool = False, right: bool = False) -> str:
    """Draw a box whose corners are round where a block ends, and straight where it is cut."""
    top, low = sheet.row_y - sheet.box, sheet.row_y + sheet.box
    a, b = (min(_CORNER_PX, (x1 - x0) / 2) if end else 0.0 for end in (left, right))
    n = svg.number
    d = (
        f"M{n(x0 + a)} {n(top)}H{n(x1 - b)}a{n(b)} {n(b)} 0 0 1 {n(b)} {n(b)}V{n(low - b)}"
        f"a{n(b)} {n(b)} 0 0 1 {n(-b)} {n(b)}H{n(x0 + a)}a{n(a)} {n(a)} 0 0 1 {n(-a)} {n(-a)}V{n(top + a)}"
        f"a{n(a)} {n(a)} 0 0 1 {n(a)} {n(-a)}Z"
    )
    return svg.element("path", d=d, class_=f"sweep-box sweep-{kind}" if kind else "sweep-box")


def _title(sheet: Sheet, x: float, width: float, title: str, kinds: list[str]) -> list[str]:
    """Write a block's title behind its sign, where there is room for it; where it is narrow, under it, a word a row."""
    if sheet.narrow:
        return _title_in_words(sheet, x, width, title, kinds)
    size, y = sheet.text, sheet.row_y - (sheet.box - 18 if sheet.has_inner_points else 0)
    room = len(kinds) * 1.15 * size
    if not kinds or room + svg.width_px(title, size, bold=True) > width:
        return [svg.text(title, x, y + 0.34 * size, "sweep-block", "middle")]
    # The title begins where its sign ends, in whatever font it is.
    start = x - (room + _TITLE_LETTER * size * len(title)) / 2
    signs = [svg.sign(kind, start + (nth + 0.45) * 1.15 * size, y, 1.15 * size) for nth, kind in enumerate(kinds)]
    return [*signs, svg.text(title, start + room, y + 0.34 * size, "sweep-block")]


def _title_in_words(sheet: Sheet, x: float, width: float, title: str, kinds: list[str]) -> list[str]:
    words = title.split()
    size = min(sheet.text, (width - 8) / (0.62 * max((len(word) for word in words), default=1)))
    top = sheet.row_y - sheet.box + (26 if kinds else 14)
    signs = [svg.sign(kind, x + (nth - (len(kinds) - 1) / 2) * 20, top - 10, 19) for nth, kind in enumerate(kinds)]
    rows = [
        svg.text(word, x, top + (nth + 0.9) * 1.05 * size, "sweep-block", "middle", font_size=size)
        for nth, word in enumerate(words)
    ]
    return [*signs, *rows]


def _pipes(sheet: Sheet) -> list[str]:
    """Join the points and the blocks; where two blocks lie beside each other without a point, join those."""
    y, drawn = sheet.row_y + sheet.point_dy, []
    for x0, x1 in _spans(sheet):
        if x1 > x0:
            kind = _kind(sheet, (x0 + x1) / 2)
            class_ = f"sweep-pipe sweep-{kind}" if kind else "sweep-pipe"
            drawn.append(svg.element("line", x1=x0, x2=x1, y1=y, y2=y, class_=class_))
    return drawn


def _spans(sheet: Sheet) -> list[tuple[float, float]]:
    around, blocks = sheet.circle + 4, len(sheet.chart.blocks)
    if not blocks:
        return [(a + around, b - around) for a, b in pairwise(sheet.xs)]
    spans = []
    for boundary in range(blocks + 1):
        x, cut = sheet.at(boundary), around if boundary in sheet.chart.places else 0.0
        if boundary > 0 and (cut or boundary < blocks):
            spans.append((x - sheet.gap + 3, x - cut))
        if boundary < blocks and (cut or boundary > 0):
            spans.append((x + cut, x + sheet.gap - 3))
    return spans


def _place(sheet: Sheet, place: int) -> str:
    """Draw a place: its circle, and the column over it, which takes the click and says what a screen reader reads."""
    chart, x, y = sheet.chart, sheet.xs[place], sheet.row_y + sheet.point_dy
    said = chart.alts[place]
    left, width = sheet.column(place)
    is_button = chart.can_choose and chart.has_result(place)
    top = sheet.top - sheet.over + 4
    drawn = [
        svg.element("title", svg.words(said)) if said else "",
        svg.element("rect", x=left, y=top, width=width, height=sheet.height - top - 2.0, rx=10, class_="sweep-column"),
        svg.element("circle", cx=x, cy=y, r=sheet.circle, class_="sweep-circle"),
    ]
    if place == chart.running:
        drawn.append(svg.element("circle", cx=x, cy=y, r=sheet.circle + 7, class_="sweep-running"))
    states = {"sweep-recommended": place == chart.recommended, "sweep-opened": place == chart.opened}
    return svg.element(
        "g",
        *drawn,
        class_=" ".join(["sweep-place", *(name for name, holds in states.items() if holds)]),
        role="button" if is_button else "img" if said else None,
        tabindex=0 if is_button else None,
        aria_pressed=str(place == chart.opened).lower() if is_button else None,
        aria_label=said or None,
        data_place=place,
        data_x=x / sheet.width,
        data_key=f"place-{place}",
    )


def times(sheet: Sheet) -> str:
    """Write what a try takes at each point; with two lines a row each, behind the line's mark."""
    if not sheet.has_times:
        return ""
    drawn = [_named(sheet, sweeps.TIME, sheet.times_y, sheet.times_y - 1.5 * sheet.text)]
    for number, row in enumerate(sheet.times):
        y = sheet.times_y + number * sheet.time_rows * 1.5 * sheet.text
        if len(sheet.times) > 1 and any(row):
            drawn.append(
                svg.mark(number, sheet.left + 6 if sheet.narrow else sheet.xs[0] - _BAR_PX, y - 0.34 * sheet.text, 7.0)
            )
        drawn += _under(sheet, list(row), y, sheet.time_rows)
    return svg.element("g", *drawn, data_key="times", aria_hidden="true")


def _under(sheet: Sheet, texts: list[str], y: float, rows: int) -> list[str]:
    """Write under the points, neighbours in turn one row lower where they would touch."""
    lower = 1.5 * sheet.text
    return [
        svg.text(said, sheet.xs[place], y + place % rows * lower, "sweep-soft", "middle")
        for place, said in enumerate(texts)
    ]
