from __future__ import annotations

from typing import Any

import pytest

from core.experiments.history import computing_seconds, earlier_seconds, measured_photos


def log(*entries: tuple[str, float]) -> list[dict[str, Any]]:
    return [{"event": event, "at": at} for event, at in entries]


def test_a_clock_that_is_set_back_makes_no_time_negative() -> None:
    events = log(("started", 1000), ("epoch", 1002), ("phase", -2600), ("started", -2500))
    assert earlier_seconds(events) == 0


def test_what_was_computed_counts_and_what_the_head_took_does_not() -> None:
    events: list[dict[str, Any]] = [
        *log(("started", 10)),
        {"event": "phase", "at": 12, "phase": "prefix"},
        {"event": "phase", "at": 32, "phase": "train"},
        *({"event": "epoch", "at": 40, "epoch": epoch, "seconds": 3.0} for epoch in range(5)),
    ]
    assert computing_seconds(events, head_epochs=2) == 20 + 2 * 3
    assert computing_seconds(events, head_epochs=4) == 20
    assert computing_seconds([*events, *log(("started", 90))], head_epochs=4) == 0


def test_an_interrupted_training_counts_what_it_worked_before_but_not_the_pause() -> None:
    events = log(("started", 10), ("epoch", 25), ("started", 900), ("epoch", 907), ("started", 2000), ("epoch", 2001))
    assert earlier_seconds(events) == pytest.approx(15 + 7)
    assert earlier_seconds(events[:2]) == 0
    assert earlier_seconds([]) == 0


@pytest.mark.parametrize(
    ("n_train", "n_validation", "all_frozen", "expected"),
    [(60, 24, True, 60), (60, 24, False, 24), (60, 2, False, 10), (5, 2, False, 5), (2000, 400, False, 250)],
)
def test_where_units_train_as_many_practice_photos_are_measured_as_mock_exam_photos(
    n_train, n_validation, all_frozen, expected
):
    assert measured_photos(n_train, n_validation, all_frozen=all_frozen) == expected
