from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from core.evaluation import listing, metrics
from core.evaluation.listing import spread_evenly, wall_columns

#                           right        wrong, sure   wrong, unsure   unlabelled     right, unsure
PROBABILITIES = np.array([[0.9, 0.1, 0.0], [0.8, 0.2, 0.0], [0.3, 0.4, 0.3], [0.2, 0.7, 0.1], [0.35, 0.25, 0.4]])
LABELS = np.array([0, 1, 2, -1, 2])
NAMES = ("c", "B", "a", "e", "d")


def arranged(**asked: object) -> list[int]:
    return listing.arrange(PROBABILITIES, LABELS, NAMES, **asked).tolist()


def test_which_photos() -> None:
    assert set(arranged()) == {0, 1, 2, 3, 4}
    assert set(arranged(show="wrong")) == {1, 2}
    assert set(arranged(show="right")) == {0, 4}
    assert set(arranged(show="not_sure")) == {2, 4}
    # Of this person, or taken for this person.
    assert set(arranged(person=1)) == {1, 2, 3}
    assert arranged(show="wrong", person=0) == [1]
    assert arranged(show="right", person=1) == []


def test_in_which_order() -> None:
    assert arranged() == listing.worst_first(PROBABILITIES, LABELS).tolist()
    assert arranged(order="surest") == [0, 1, 3, 2, 4]
    assert arranged(order="name") == [2, 1, 0, 4, 3]


@pytest.mark.parametrize("order", ["worst", "surest", "name"])
@pytest.mark.parametrize("show", ["all", "wrong", "right", "not_sure"])
def test_nothing_gives_nothing(show, order) -> None:
    empty = listing.arrange(np.zeros((0, 3)), np.zeros(0, np.int64), (), show=show, order=order)
    assert empty.shape == (0,)


def test_the_table_opens_in_a_spreadsheet_and_names_are_no_formulas() -> None:
    people = ("=1+1", "Zoë", "a,b")
    data = listing.as_csv(PROBABILITIES, LABELS, ("@x", *NAMES[1:]), people, ("photo", "is", "says"))
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0] == ["photo", "is", "says", "'=1+1", "Zoë", "a,b"]
    assert rows[1] == ["'@x", "'=1+1", "'=1+1", "0.9000", "0.1000", "0.0000"]
    assert rows[4][1] == ""
    assert len(rows) == 6


def test_not_sure_is_a_fixed_leaning() -> None:
    assert metrics.is_sure(PROBABILITIES).tolist() == [True, True, False, True, False]
    assert bool(metrics.is_sure(np.array([0.5, 0.5])))


def test_percent_of_each_person() -> None:
    percent = metrics.row_percent(np.array([[3, 1], [0, 0]]))
    assert percent[0].tolist() == [75.0, 25.0]
    assert np.isnan(percent[1]).all()


def test_worst_first() -> None:
    probabilities = np.array(
        [
            [0.9, 0.1, 0.0],  # right, sure
            [0.2, 0.8, 0.0],  # wrong
            [0.0, 1.0, 0.0],  # wrong, and surest of it
            [0.4, 0.3, 0.3],  # right, unsure
            [0.6, 0.2, 0.2],  # nobody knows
            [0.5, 0.3, 0.2],  # nobody knows, leans less
        ]
    )
    assert listing.worst_first(probabilities, np.array([0, 0, 0, 0, -1, -1])).tolist() == [2, 1, 3, 0, 5, 4]


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
    assert wall_columns(np.array(counts, np.int64), 8) == expected
