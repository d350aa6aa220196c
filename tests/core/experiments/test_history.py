from __future__ import annotations

from typing import Any

import pytest

from core.experiments.history import earlier_seconds


def log(*entries: tuple[str, float]) -> list[dict[str, Any]]:
    return [{"event": event, "at": at} for event, at in entries]


def test_an_interrupted_training_counts_what_it_worked_before_but_not_the_pause() -> None:
    events = log(("started", 10), ("epoch", 25), ("started", 900), ("epoch", 907), ("started", 2000), ("epoch", 2001))
    assert earlier_seconds(events) == pytest.approx(15 + 7)
    assert earlier_seconds(events[:2]) == 0
    assert earlier_seconds([]) == 0
