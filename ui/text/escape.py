"""Names from users as text: what someone called a person or a photo never becomes markdown, HTML or a link."""

from __future__ import annotations

import html
import re
import string

from core.visible import visible

NAMELESS = "(no name)"
_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")
# Emoji and icon shortcodes (":smile:"), addresses and e-mails are found in the text after escapes were read; a word
# joiner, which is not visible, takes their shape away.
_WORD_JOINER = "\u2060"
_LINK_LIKE = re.compile(r"[:@]|\bwww(?=\.)", re.IGNORECASE)


def plain(name: str) -> str:
    """Return a name for a place where Streamlit reads markdown; it looks as it was typed, on one line."""
    one_line = _seen(name)
    broken = _LINK_LIKE.sub(lambda found: found.group() + _WORD_JOINER, one_line)
    return _PUNCTUATION.sub(r"\\\1", broken)


def as_html(name: str) -> str:
    """Return a name for a place where the lab writes HTML of its own."""
    return html.escape(_seen(name))


def _seen(name: str) -> str:
    return visible(" ".join(name.split())) or (NAMELESS if name else "")
