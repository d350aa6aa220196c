"""The chart of a sweep on the page: it is drawn in place, its points can be chosen, and voted for.

An inline component: `drawing` writes an SVG, chart.js puts what has changed into what is there. The report prints the
same drawing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from ui.components.sweep_chart.chart import SweepChart
from ui.components.sweep_chart.drawing import draw
from ui.text import sweeps

_HERE = Path(__file__).parent
_mount = st.components.v2.component(
    "sweep_chart",
    html='<div class="sweep-frame"><div class="sweep"></div></div>',
    css=(_HERE / "chart.css").read_text(encoding="utf-8"),
    js=(_HERE / "chart.js").read_text(encoding="utf-8"),
)
# A class has not more hands than that.
MOST_VOTES = 99


def show(chart: SweepChart, key: str) -> None:
    """Draw the chart; where it changes under the same `key`, only what changed is drawn anew."""
    _put(replace(chart, can_choose=False), key)


def choose(chart: SweepChart, key: str) -> int | None:
    """Draw the chart, its points to be clicked where they have a result; return the place of the one that was.

    The session keeps it under `key`.
    """

    def keep() -> None:
        place = st.session_state[_component(key)]["place"]
        if place is not None:
            st.session_state[key] = int(place)

    opened = st.session_state.get(key)
    # What was opened of another chart may not be there in this one.
    if opened is not None and not (0 <= opened < chart.n_points and chart.has_result(opened)):
        opened = None
    _put(replace(chart, can_choose=True, opened=opened), key, on_place_change=keep)
    return opened


def vote(chart: SweepChart, key: str) -> tuple[int, ...]:
    """Draw the chart with + and − under each point; return its votes, kept in the session under `key` as a list."""

    def keep() -> None:
        counts = st.session_state[_component(key)]["votes"]
        if counts is not None:
            st.session_state[key] = [min(max(int(count), 0), MOST_VOTES) for count in counts]

    counts = tuple(st.session_state.get(key, ()))
    if len(counts) != chart.n_points:
        counts = (0,) * chart.n_points
    _put(replace(chart, can_choose=False, votes=counts), key, votes=True, on_votes_change=keep)
    return counts


def _component(key: str) -> str:
    return f"sweep-{key}"


def _put(chart: SweepChart, key: str, *, votes: bool = False, **heard: Callable[[], None]) -> None:
    _mount(key=_component(key), data=data(chart, votes=votes), **heard)


def data(chart: SweepChart, *, votes: bool = False) -> dict[str, Any]:
    """Return everything the drawing needs; chart.js names the same fields."""
    return {
        "wide": draw(chart),
        "narrow": draw(chart, narrow=True),
        "votes": {
            "counts": list(chart.votes),
            "most": MOST_VOTES,
            "more": [sweeps.ONE_MORE.format(point=each) for each in chart.alts],
            "fewer": [sweeps.ONE_FEWER.format(point=each) for each in chart.alts],
        }
        if votes
        else None,
    }
