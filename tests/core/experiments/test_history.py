from __future__ import annotations

from typing import Any

import pytest

from core.experiments.history import earlier_seconds, progress_from


def log(*entries: tuple[str, float]) -> list[dict[str, Any]]:
    return [{"event": event, "at": at} for event, at in entries]


def test_a_clock_that_is_set_back_makes_no_time_negative() -> None:
    log = [
        {"event": "started", "at": 1000.0},
        {"event": "phase", "at": 1001.0, "phase": "train"},
        {"event": "epoch", "at": 1002.0, "epoch": 1, "seconds": 2.0},
    ]
    # Set back by an hour while somebody watches.
    assert progress_from(log, 3, now=-2600.0).seconds_left == 4.0
    assert earlier_seconds([*log[:2], {"event": "phase", "at": -2600.0}, {"event": "started", "at": -2500.0}]) == 0


def test_an_interrupted_training_counts_what_it_worked_before_but_not_the_pause() -> None:
    events = log(("started", 10), ("epoch", 25), ("started", 900), ("epoch", 907), ("started", 2000), ("epoch", 2001))
    assert earlier_seconds(events) == pytest.approx(15 + 7)
    assert earlier_seconds(events[:2]) == 0
    assert earlier_seconds([]) == 0
