"""What the chart on the page is given, and what a click or a vote leaves in the session."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import pytest
import streamlit as st

from tests.ui.components.sweep_chart.test_drawing import CHART, TWO
from ui.components import sweep_chart
from ui.components.sweep_chart.chart import ChartLine, ChartPoint

KEY = "votes"


class _Mount:
    """Stands where the component is mounted: keeps what it was given, and answers as the browser would."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.heard: dict[str, Any] = {}
        self.key = ""

    def __call__(self, *, key: str, data: dict[str, Any], **heard: Any) -> None:
        self.key, self.data, self.heard = key, json.loads(json.dumps(data)), heard

    def tell(self, name: str, value: object) -> None:
        st.session_state[self.key] = {name: value}
        self.heard[f"on_{name}_change"]()


@pytest.fixture
def mount(monkeypatch: pytest.MonkeyPatch) -> _Mount:
    made = _Mount()
    monkeypatch.setattr(sweep_chart, "_mount", made)
    monkeypatch.setattr(st, "session_state", {})
    return made


def _buttons(mount: _Mount) -> list[ET.Element]:
    return [e for e in ET.fromstring(mount.data["wide"]).iter() if e.get("role") == "button"]


def test_a_chart_that_is_shown_is_the_drawing_and_nothing_to_click(mount: _Mount) -> None:
    sweep_chart.show(replace(CHART, can_choose=True), KEY)
    assert mount.data["wide"] == sweep_chart.draw(CHART)
    assert mount.data["narrow"] == sweep_chart.draw(CHART, narrow=True)
    assert mount.data["votes"] is None
    assert not _buttons(mount)
    assert not mount.heard


def test_a_click_opens_a_stop_which_looks_so(mount: _Mount) -> None:
    assert sweep_chart.choose(CHART, KEY) is None
    assert len(_buttons(mount)) == 6
    mount.tell("place", 3)
    assert sweep_chart.choose(CHART, KEY) == 3
    assert [e.get("data-place") for e in _buttons(mount) if e.get("aria-pressed") == "true"] == ["3"]
    mount.tell("place", None)
    assert sweep_chart.choose(CHART, KEY) == 3


def test_what_was_opened_of_another_chart_is_not_opened_here(mount: _Mount) -> None:
    st.session_state[KEY] = 5
    shorter = replace(CHART, lines=(ChartLine("Mini", CHART.lines[0].points[:3]),), at=(0, 1, 2))
    assert sweep_chart.choose(shorter, KEY) is None
    unfinished = replace(CHART, lines=(ChartLine("Mini", (*CHART.lines[0].points[:5], ChartPoint())),))
    assert sweep_chart.choose(unfinished, KEY) is None


def test_votes_are_kept_and_drawn_as_bars(mount: _Mount) -> None:
    assert sweep_chart.vote(CHART, KEY) == (0,) * 6
    assert mount.data["votes"]["counts"] == [0] * 6
    mount.tell("votes", [0, 2.0, -3, 1000, 0, 1])
    assert st.session_state[KEY] == [0, 2, 0, sweep_chart.MOST_VOTES, 0, 1]
    assert sweep_chart.vote(CHART, KEY) == (0, 2, 0, sweep_chart.MOST_VOTES, 0, 1)
    assert mount.data["wide"] == sweep_chart.draw(replace(CHART, votes=(0, 2, 0, sweep_chart.MOST_VOTES, 0, 1)))
    assert not _buttons(mount)


@pytest.mark.parametrize("left", [[1, 2], [], [0] * 9])
def test_votes_for_other_stops_do_not_count_here(mount: _Mount, left: list[int]) -> None:
    st.session_state[KEY] = left
    assert sweep_chart.vote(CHART, KEY) == (0,) * 6


def test_each_button_says_what_it_is_for(mount: _Mount) -> None:
    sweep_chart.vote(CHART, KEY)
    assert mount.data["votes"]["more"][2] == "+ Stop 2."
    assert mount.data["votes"]["fewer"][5] == "− Stop 5."
    sweep_chart.vote(TWO, KEY)
    assert mount.data["votes"]["more"][2] == "+ Stop 2. B."
