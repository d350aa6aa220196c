"""The network as a row of blocks: which keep what they learned, which may learn, and the new last layers."""

from __future__ import annotations

from itertools import pairwise

import streamlit as st

from core.models.structure import Architecture
from ui import words


def whole_blocks(network: Architecture, depth: int) -> int | None:
    """Give how many blocks `depth` frozen units are, or None where they end inside one."""
    stops = network.stops()
    return stops.index(depth) if depth in stops else None


def draw(network: Architecture, depth: int) -> None:
    """Draw the blocks, each with what may happen to it."""
    stops = network.stops()
    parts = []
    for number, (first, last) in enumerate(pairwise(stops), start=1):
        frozen = min(max(depth - first, 0), last - first)
        parts.append(_block(words.BLOCK_NUMBER.format(number=number), frozen, last - first))
    parts.append(_look("lab-new", words.NEW_LAYERS, "auto_awesome", words.NEW))
    st.html(f'<div class="lab-blocks">{"".join(parts)}</div>')


def told(network: Architecture, depth: int) -> str:
    """Give the sentence that says what is frozen."""
    whole = whole_blocks(network, depth)
    if whole is None:
        return words.freeze_sentence(depth, len(network.units), words.LAYER)
    return words.freeze_sentence(whole, len(network.blocks), words.BLOCK)


def _block(title: str, frozen: int, layers: int) -> str:
    if frozen == layers:
        return _look("lab-frozen", title, "lock", words.FROZEN)
    if frozen == 0:
        return _look("lab-retrained", title, "local_fire_department", words.RETRAINED)
    return _look("lab-retrained", title, "lock", words.FROZEN_OF.format(frozen=frozen, layers=layers))


def _look(css_class: str, title: str, icon: str, what: str) -> str:
    return (
        f'<div class="{css_class}"><b>{title}</b><span class="lab-icon" aria-hidden="true">{icon}</span> {what}</div>'
    )
