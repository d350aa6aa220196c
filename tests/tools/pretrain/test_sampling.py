from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def sampling(program):
    return program("sampling")


def test_without_neighbours_each_face_comes_once(sampling, directions) -> None:
    batches = list(sampling.draw_batches(directions, 8, 0, np.random.default_rng(0)))
    assert sorted(np.concatenate(batches)) == list(range(40))


def test_neighbours_are_nearer_than_chance_and_not_the_face_itself(sampling, directions) -> None:
    for rows in sampling.draw_batches(directions, 8, 0.5, np.random.default_rng(0)):
        chosen, near = rows[:4], rows[4:]
        assert len(near) == 4
        likeness = directions[near] @ directions[chosen].T
        assert likeness.max(axis=1).min() > np.median(directions @ directions.T)
        assert likeness.max() < 1 - 1e-6 or set(near) & set(chosen)  # a neighbour may be another's seed, never its own


def test_the_nearest_other_is_found(sampling, directions) -> None:
    rows = np.arange(40)
    found = sampling.nearest_candidates(directions, directions, np.random.default_rng(0), rows)
    likeness = directions @ directions.T
    np.fill_diagonal(likeness, -1)
    assert found.tolist() == likeness.argmax(axis=1).tolist()


def test_an_epoch_of_one_seed_is_the_same_again(sampling, directions) -> None:
    twice = [np.concatenate(list(sampling.draw_batches(directions, 8, 0.5, np.random.default_rng(3)))) for _ in "ab"]
    assert np.array_equal(*twice)


def test_blends_follow_the_faces(sampling, directions) -> None:
    faces = sampling.Lessons.of_faces(directions[:3])
    blends = sampling.Lessons(*np.array([[0], [2]], np.int32), np.array([0.4], np.float32), directions[3:4])
    joined = faces.joined(blends)
    assert joined.first.tolist() == [0, 1, 2, 0]
    assert joined.second.tolist() == [0, 1, 2, 2]
    assert joined.share.tolist() == pytest.approx([1, 1, 1, 0.4])
    assert np.array_equal(joined.targets, directions[:4])
