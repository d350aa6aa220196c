"""Drawing as text: SVG elements, their words escaped, their numbers finite and short."""

from __future__ import annotations

import math
import re
from xml.sax.saxutils import escape, quoteattr

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Of the height of a letter, on the wide side of what system fonts have: what is laid out by it never runs together.
_LETTER, _BOLD_LETTER = 0.57, 0.62


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
    rows: list[str] = []
    fits = max(int(width / width_px("m", size_px, bold=bold)), 2)
    for word in said.split():
        if rows and len(rows[-1]) + 1 + len(word) <= fits:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    cut = [row if len(row) <= fits else row[: fits - 1] + "…" for row in rows[:most_rows]]
    if len(rows) > most_rows and not cut[-1].endswith("…"):
        cut[-1] = cut[-1][: fits - 1] + "…"
    return cut
