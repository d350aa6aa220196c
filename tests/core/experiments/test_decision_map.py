from __future__ import annotations

import pytest

from core.experiments import decision_map


@pytest.mark.parametrize(
    ("train_photos", "similar", "freeze"),
    [(30, True, "all"), (30, False, "some"), (5000, True, "some"), (5000, False, "none")],
)
def test_the_four_fields_of_the_map(train_photos: int, similar: bool, freeze: str) -> None:
    assert decision_map.advise(train_photos, similar).freeze == freeze


def test_the_dot_moves_by_tenfolds_and_crosses_in_the_middle() -> None:
    amounts = [decision_map.advise(photos, True).amount for photos in (0, 10, 100, 1000, 10_000, 100_000, 10**7)]
    assert amounts == pytest.approx([0, 0, 0.25, 0.5, 0.75, 1, 1])
    assert not decision_map.advise(decision_map.LARGE_FROM - 1, True).large
    assert decision_map.advise(decision_map.LARGE_FROM, True).large
    assert decision_map.advise(decision_map.LARGE_FROM, True).amount == pytest.approx(0.5)
