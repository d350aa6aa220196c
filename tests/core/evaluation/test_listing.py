from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from core.evaluation import listing, metrics

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
    assert arranged() == metrics.worst_first(PROBABILITIES, LABELS).tolist()
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
