"""Drawing as text: SVG elements, and the marks of the chart with their looks.

A colour never speaks alone: the second line has another mark too.
"""

from __future__ import annotations

import math
import re
import textwrap
from xml.sax.saxutils import escape, quoteattr

from ui.charts import colours

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Of the height of a letter, on the wide side of what system fonts have: what is laid out by it never runs together.
_LETTER, _BOLD_LETTER = 0.57, 0.62

DIAMOND_PX = 7.0
# The final exam's, and one that is nobody's else; both are readable on a light page and on a dark one.
LINE_COLOURS = (colours.SPLIT_COLOURS["test"], "#C2528B")
_MEAN_PX = 4.0
# As large to the eye as the circle.
_TRIANGLE = 1.35
_LOCK = (
    "M7 10V7.5a5 5 0 0 1 10 0V10h.5A1.5 1.5 0 0 1 19 11.5v7a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 18.5v-7"
    "A1.5 1.5 0 0 1 6.5 10zm2.2 0h5.6V7.5a2.8 2.8 0 0 0-5.6 0z"
)
_FLAME = (
    "M12.6 2.5c.6 3-1 4.6-2.6 6.4C8.3 10.8 6.5 12.7 6.5 15.5a5.5 5.5 0 0 0 11 0c0-2.3-1-3.9-1.9-5.1"
    "-.2 1.3-.7 2.2-1.7 2.7.7-3.5-.1-8-1.3-10.6z"
)
SIGNS = {"frozen": _LOCK, "retrained": _FLAME}
# The page's own colours where there is a page around it; ice and warm are those of the strip of layers.
STYLE = f"""
.sweep-chart {{ display: block; width: 100%; height: auto; font-family: var(--st-font, system-ui, sans-serif);
  --paper: var(--st-background-color, #fff); --main: var(--st-primary-color, #1F6DB2);
  --ice: #5AA5DC; --warm: #E2703A; }}
.sweep-chart text {{ fill: currentColor; }}
.sweep-chart * {{ pointer-events: none; }}
.sweep-chart .sweep-soft {{ fill-opacity: 0.72; }}
.sweep-chart .sweep-line0 {{ fill: {LINE_COLOURS[0]}; }}
.sweep-chart .sweep-line1 {{ fill: {LINE_COLOURS[1]}; }}
.sweep-dot {{ fill-opacity: 0.88; stroke: var(--paper); stroke-width: 1; }}
.sweep-chart .sweep-course {{ fill: none; stroke: {LINE_COLOURS[0]}; stroke-width: 3; stroke-opacity: 0.38; }}
.sweep-chart .sweep-course.sweep-line1 {{ stroke: {LINE_COLOURS[1]}; stroke-dasharray: 9 6; }}
.sweep-mean {{ fill: currentColor; }}
.sweep-mock {{ fill: none; stroke: {colours.SPLIT_COLOURS["validation"]}; stroke-width: 2.5; }}
.sweep-number {{ font-weight: 700; stroke: var(--paper); stroke-width: 4; paint-order: stroke;
  stroke-linejoin: round; }}
.sweep-edge {{ stroke: currentColor; stroke-opacity: 0.22; stroke-width: 1.5; }}
.sweep-base {{ stroke-opacity: 0.45; }}
.sweep-guessing {{ stroke: {colours.NEUTRAL}; stroke-width: 2.5; stroke-dasharray: 2 6; stroke-linecap: round; }}
.sweep-bar {{ fill: #8FA3B8; fill-opacity: 0.38; }}
.sweep-bar, .sweep-mean {{ transition: y 0.25s, height 0.25s; }}
.sweep-box {{ fill: #8FA3B8; fill-opacity: 0.13; stroke: #9AAABA; stroke-width: 2; }}
.sweep-pipe {{ stroke: #9AAABA; stroke-width: 4; stroke-linecap: round; stroke-opacity: 0.7; }}
.sweep-box.sweep-frozen {{ fill: var(--ice); fill-opacity: 0.18; stroke: var(--ice); }}
.sweep-box.sweep-retrained {{ fill: var(--warm); fill-opacity: 0.16; stroke: var(--warm); }}
.sweep-pipe.sweep-frozen {{ stroke: var(--ice); }}
.sweep-pipe.sweep-retrained {{ stroke: var(--warm); }}
.sweep-sign.sweep-frozen {{ fill: var(--ice); }}
.sweep-sign.sweep-retrained {{ fill: var(--warm); }}
.sweep-block {{ font-weight: 600; }}
.sweep-circle {{ fill: var(--paper); stroke: #9AAABA; stroke-width: 3; }}
.sweep-recommended .sweep-circle {{ stroke: var(--main); stroke-width: 6; }}
.sweep-chart .sweep-word {{ fill: var(--main); font-weight: 800; }}
.sweep-column {{ fill: var(--main); fill-opacity: 0; stroke: none; }}
.sweep-chart .sweep-place, .sweep-chart .sweep-place * {{ pointer-events: all; }}
.sweep-place[role="button"] {{ cursor: pointer; outline: none; }}
.sweep-place[role="button"]:hover .sweep-column {{ fill-opacity: 0.07; }}
.sweep-opened .sweep-column, .sweep-opened:hover .sweep-column {{ fill-opacity: 0.11; }}
.sweep-place:focus-visible .sweep-column {{ stroke: var(--main); stroke-width: 3; }}
.sweep-running {{ fill: none; stroke: {LINE_COLOURS[0]}; stroke-width: 3; transform-box: fill-box;
  transform-origin: center; animation: sweep-pulse 1.4s ease-out infinite; }}
@keyframes sweep-pulse {{ from {{ transform: scale(0.75); stroke-opacity: 1; }}
  to {{ transform: scale(1.35); stroke-opacity: 0.1; }} }}
@media (prefers-reduced-motion: reduce) {{ .sweep-running {{ animation: none; }}
  .sweep-bar, .sweep-mean {{ transition: none; }} }}
"""


def element(tag: str, *children: str, **attributes: object) -> str:
    """Return an element as text.

    Args:
        tag: its name.
        children: elements as text, or words that `words` has escaped.
        attributes: `class_` is "class", other underscores are hyphens; None leaves one out.

    Raises:
        ValueError: a number is not finite, which no browser could draw.
    """
    said = "".join(
        f" {name.rstrip('_').replace('_', '-')}={quoteattr(_NOT_XML.sub('', _value(value)))}"
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{tag}{said}>{inside}</{tag}>" if inside else f"<{tag}{said}/>"


def text(said: str, x: float, y: float, class_: str, anchor: str = "start", **attributes: object) -> str:
    """Return a text at its baseline; an empty one draws nothing."""
    if not said:
        return ""
    middle = None if anchor == "start" else anchor
    return element("text", words(said), x=x, y=y, class_=class_, text_anchor=middle, **attributes)


def words(said: str) -> str:
    """Return text so that nothing of it is markup; what XML cannot hold is left out."""
    return escape(_NOT_XML.sub("", said))


def number(value: float) -> str:
    """Return a number with at most two decimals.

    Raises:
        ValueError: it is not finite.
    """
    if not math.isfinite(value):
        raise ValueError(f"A drawing needs finite numbers, received {value}; leave out what is missing.")
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def _value(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)


def width_px(said: str, size_px: float, *, bold: bool = False) -> float:
    """Guess how wide a text is, rather too wide than too narrow, in any system's font."""
    return len(said) * size_px * (_BOLD_LETTER if bold else _LETTER)


def wrapped(said: str, width: float, size_px: float, most_rows: int, *, bold: bool = False) -> list[str]:
    """Break text at its spaces into rows of a width in pixels; what is left over ends in an ellipsis."""
    fits = max(int(width / width_px("m", size_px, bold=bold)), 2)
    return textwrap.wrap(said, fits, max_lines=most_rows, placeholder="…")


def mark(line: int, x: float, y: float, radius: float, **attributes: object) -> str:
    """Draw what a line has instead of a dot: the first one a circle, the second a triangle. (x, y) is its middle."""
    class_ = f"sweep-dot sweep-line{line}"
    if line == 0:
        return element("circle", cx=x, cy=y, r=radius, class_=class_, **attributes)
    side = _TRIANGLE * radius
    d = f"M0 {number(-side)}L{number(0.87 * side)} {number(side / 2)}H{number(-0.87 * side)}Z"
    return element("path", d=d, transform=_moved(x, y), class_=class_, **attributes)


def diamond(x: float, y: float, **attributes: object) -> str:
    """Draw the mark of the mock exam: hollow, so that it is not taken for a result of the final exam."""
    size = number(DIAMOND_PX)
    d = f"M0 -{size}L{size} 0L0 {size}L-{size} 0Z"
    return element("path", d=d, transform=_moved(x, y), class_="sweep-mock", **attributes)


def mean(x: float, y: float, half: float, **attributes: object) -> str:
    """Draw the bar of a mean, so much to the left and to the right."""
    return element(
        "rect", x=x - half, y=y - _MEAN_PX / 2, width=2 * half, height=_MEAN_PX, rx=1, class_="sweep-mean", **attributes
    )


def sign(kind: str, x: float, y: float, size: float) -> str:
    """Draw the lock or the flame of a block around (x, y), as on the strip of layers."""
    place = f"{_moved(x - size / 2, y - size / 2)} scale({number(size / 24)})"
    return element("path", d=SIGNS[kind], transform=place, class_=f"sweep-sign sweep-{kind}")


def _moved(x: float, y: float) -> str:
    return f"translate({number(x)} {number(y)})"
