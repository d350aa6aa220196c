from __future__ import annotations

import numpy as np
import pytest

PEOPLE = np.repeat([f"person {n}" for n in range(20)], 2)
TRAINED = np.arange(10, 40)


@pytest.fixture
def blending(program):
    return program("blend")


def test_only_two_people_who_train_are_blended(blending, directions) -> None:
    pairs = blending.choose_pairs(directions, TRAINED, PEOPLE, 300, 0)
    assert len(pairs["first"]) > 250
    assert np.isin([pairs["first"], pairs["second"]], TRAINED).all()
    assert (PEOPLE[pairs["first"]] != PEOPLE[pairs["second"]]).all()
    assert pairs["share"].min() >= 0.3
    assert pairs["share"].max() <= 0.7


def test_partners_are_nearer_than_chance(blending, directions) -> None:
    pairs = blending.choose_pairs(directions, TRAINED, PEOPLE, 300, 0)
    likeness = (directions[pairs["first"]] * directions[pairs["second"]]).sum(axis=1)
    assert likeness.mean() > np.median(directions @ directions.T) + 0.05


def test_more_blends_begin_with_the_same_ones(blending, directions) -> None:
    few, many = (blending.choose_pairs(directions, TRAINED, PEOPLE, count, 0) for count in (200, 600))
    for key, array in few.items():
        assert np.array_equal(many[key][: len(array)], array)


def test_a_blend_holds_its_share_of_each_face(blending) -> None:
    faces_rgb = np.stack([np.full((4, 4, 3), 100, np.uint8), np.full((4, 4, 3), 200, np.uint8)])
    pairs = {"first": np.array([0]), "second": np.array([1]), "share": np.array([0.3], np.float32)}
    (mixed,) = blending.blend(faces_rgb, pairs)
    assert mixed.dtype == np.uint8
    assert (mixed == 170).all()
