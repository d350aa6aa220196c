"""The strip of layers: from a face through the blocks to the names, and the handle that freezes them from the left.

An inline component: strip.js draws, strip.css styles, and Python is told where the handle was released. The value is
kept under a session key of our own, so it outlives a visit to another page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from ui.components.strip.parts import Parts, data

_HERE = Path(__file__).parent
# The frame measures the width: a component does not know the screen.
_HTML = '<div class="strip-frame"><div class="strip"></div></div>'
_strip = st.components.v2.component(
    "strip_of_layers",
    html=_HTML,
    css=(_HERE / "strip.css").read_text(encoding="utf-8"),
    js=(_HERE / "strip.js").read_text(encoding="utf-8"),
)


def choose(parts: Parts, depths: tuple[int, ...], default: int, key: str) -> int:
    """Draw the strip with its handle; return how many units are frozen.

    Args:
        parts: what is drawn; its `frozen` is filled in here.
        depths: freeze depths at which the handle may stand.
        default: where it stands first.
        key: of the session value.
    """
    frozen = nearest(depths, int(st.session_state.get(key, default)))
    _mount(key, data(parts, depths, frozen))
    return frozen


def show(parts: Parts, frozen: int, key: str) -> None:
    """Draw the strip as it was trained, its handle fixed."""
    _mount(key, data(parts, (*sorted({*parts.network.freeze_boundaries(), frozen}),), frozen, fixed=True))


def nearest(depths: tuple[int, ...], wanted: int) -> int:
    """Return the depth the handle can stand at that is closest to what is wanted."""
    return min(depths, key=lambda depth: abs(depth - wanted))


def _mount(key: str, drawn: dict[str, Any]) -> None:
    component_key = f"strip-{key}"

    def keep() -> None:
        st.session_state[key] = int(st.session_state[component_key]["frozen"])

    _strip(key=component_key, data=drawn, on_frozen_change=keep)
