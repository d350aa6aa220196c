"""Text from outside (names of people, photos, labels) made fit to be seen: nothing hidden, turned round or commanding.

Letters that write from right to left stay; marks that turn the letters around them do not, nor what has no width.
"""

from __future__ import annotations

import re
import unicodedata

# Unicode's general categories: control characters, format characters, surrogates, private use, line separators.
_CONTROL = ("Cc", "Zl", "Zp", "Cs", "Co")
# Joiners are part of how Persian, Hindi and composed emoji are written, between two signs that they join.
_JOINERS = "\u200c\u200d"
# Letters and symbols by category, and blank all the same: Hangul fillers, an empty Braille cell.
_BLANK = "\u115f\u1160\u3164\uffa0\u2800"


def visible(text: str) -> str:
    """Return a text on one line, as NFC, without signs that hide, turn round or command; empty if nothing is left.

    A control character becomes the sign for an unknown one; format characters (no width, direction) go.
    """
    # A file system may hold names that are no text; they come as lone surrogates, which no file of ours could hold.
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8")).strip()
    text = "".join(_kept(text, place) for place in range(len(text))).strip()
    return text if any(unicodedata.category(sign)[0] in "LNPS" and sign not in _BLANK for sign in text) else ""


def _kept(text: str, place: int) -> str:
    sign = text[place]
    category = unicodedata.category(sign)
    if category in _CONTROL:
        return "\N{REPLACEMENT CHARACTER}"
    if category != "Cf":
        return sign
    joins = 0 < place < len(text) - 1 and all(_is_joined(text[beside]) for beside in (place - 1, place + 1))
    return sign if sign in _JOINERS and joins else ""


def _is_joined(sign: str) -> bool:
    """Return whether a joiner beside this sign can do anything: other scripts than Latin, and emoji."""
    return unicodedata.category(sign)[0] in "LMS" and ord(sign) > 0x2FF


def for_terminal(text: str) -> str:
    """Return a text of several lines with nothing in it that a terminal would obey."""
    lines = ["".join(_kept(line, place) for place in range(len(line))) for line in text.split("\n")]
    return "\n".join(lines)


def for_json(dumped: str) -> str:
    """Return JSON text in which such signs are escaped; what a reader of the JSON gets stays the same."""

    def escaped(found: re.Match[str]) -> str:
        code = found.group().encode("utf-16-be", "surrogatepass").hex()
        return "".join(f"\\u{code[start : start + 4]}" for start in range(0, len(code), 4))

    hidden = "".join({sign for sign in dumped if unicodedata.category(sign) in ("Cf", *_CONTROL)})
    return re.sub(f"[{re.escape(hidden)}]", escaped, dumped) if hidden else dumped
