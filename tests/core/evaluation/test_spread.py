from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.spread import columns, spread_evenly


def test_everybody_has_as_many_as_can_be() -> None:
    labels = np.repeat([0, 1, 2], [30, 2, 30])
    chosen = labels[spread_evenly(labels, 48)]
    assert np.bincount(chosen).tolist() == [23, 2, 23]


def test_it_is_always_the_same_ones_person_by_person_and_none_twice() -> None:
    labels = np.random.default_rng(3).integers(-1, 4, 100)
    before = labels.copy()
    places = spread_evenly(labels, 20, seed=5)
    assert (places == spread_evenly(labels, 20, seed=5)).all()
    assert (np.diff(labels[places]) >= 0).all()
    assert len(set(places.tolist())) == 20
    assert -1 not in labels[places]
    assert (labels == before).all()
    assert (places != spread_evenly(labels, 20, seed=6)).any()


def test_fewer_photos_than_room_are_all_there() -> None:
    assert spread_evenly(np.array([1, 0, -1, 1]), 48).tolist() == [1, 0, 3]
    assert spread_evenly(np.array([-1, -1]), 48).tolist() == []


def test_with_more_people_than_room_the_first_have_one_each() -> None:
    assert spread_evenly(np.arange(60), 48).tolist() == list(range(48))


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([6] * 6, 6), ([8] * 6, 8), ([4] * 6, 8), ([3] * 9, 6), ([16] * 3, 8), ([12] * 4, 6), ([5, 4, 6], 8), ([], 8)],
)
def test_no_row_ends_in_the_middle_of_a_person_where_that_is_possible(counts: list[int], expected: int) -> None:
    assert columns(np.array(counts, np.int64), 8) == expected
