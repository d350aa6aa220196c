"""The chart that stands on the strip, on the page: it is drawn in place, its stops can be chosen, and voted for.

An inline component: `core.evaluation.sweepchart` draws, chart.js puts what has changed into what is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from core.evaluation import sweepchart
from core.evaluation.sweepchart import SweepChart

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
    _draw(replace(chart, can_choose=False), key)


def choose(chart: SweepChart, key: str) -> int | None:
    """Draw the chart, its stops to be clicked where they have a result; give the one that was, kept under `key`."""

    def keep() -> None:
        place = st.session_state[_component(key)]["place"]
        if place is not None:
            st.session_state[key] = int(place)

    opened = st.session_state.get(key)
    # What was opened of another chart may not be there in this one.
    if opened is not None and not (0 <= opened < _stops(chart) and chart.has_result(opened)):
        opened = None
    _draw(replace(chart, can_choose=True, opened=opened), key, on_place_change=keep)
    return opened


def vote(chart: SweepChart, key: str) -> tuple[int, ...]:
    """Draw the chart with + and − under each stop; give the votes a stop, kept in the session under `key` as a list."""

    def keep() -> None:
        counts = st.session_state[_component(key)]["votes"]
        if counts is not None:
            st.session_state[key] = [min(max(int(count), 0), MOST_VOTES) for count in counts]

    counts = tuple(st.session_state.get(key, ()))
    if len(counts) != _stops(chart):
        counts = (0,) * _stops(chart)
    _draw(replace(chart, can_choose=False, guesses=counts), key, votes=True, on_votes_change=keep)
    return counts


def _stops(chart: SweepChart) -> int:
    return len(chart.lines[0].points)


def _component(key: str) -> str:
    return f"sweep-{key}"


def _draw(chart: SweepChart, key: str, *, votes: bool = False, **heard: Callable[[], None]) -> None:
    _mount(key=_component(key), data=data(chart, votes=votes), **heard)


def data(chart: SweepChart, *, votes: bool = False) -> dict[str, Any]:
    """Return everything the drawing needs; chart.js names the same fields."""
    said = [" ".join(filter(None, (line.points[place].said for line in chart.lines))) for place in range(_stops(chart))]
    return {
        "wide": sweepchart.draw(chart),
        "narrow": sweepchart.draw(chart, narrow=True),
        "votes": {
            "counts": list(chart.guesses),
            "most": MOST_VOTES,
            "more": [chart.labels.one_more.format(stop=each) for each in said],
            "fewer": [chart.labels.one_fewer.format(stop=each) for each in said],
        }
        if votes
        else None,
    }
