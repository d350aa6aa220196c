from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest


@pytest.fixture
def within(program) -> ModuleType:
    return program("within")


def likeness(directions: np.ndarray, people: np.ndarray) -> float:
    """Return how much more alike two photos of one person are than two of different people, by the cosine."""
    unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    cosine = unit @ unit.T
    same = (people[:, None] == people) & ~np.eye(len(people), dtype=bool)
    return float(cosine[same].mean() - cosine[people[:, None] != people].mean())


def test_photos_of_one_person_come_closer(within) -> None:
    rng = np.random.default_rng(0)
    people = np.repeat([f"person {n}" for n in range(30)], 6)
    who = np.repeat(rng.normal(size=(30, 8)), 6, axis=0)
    # Pose and light move every face along two axes, far more than who it is.
    embedding = who + rng.normal(size=(180, 2)) @ np.eye(8)[:2] * 5 + rng.normal(size=(180, 8)) * 0.2
    turned = embedding @ within.within_class_map(embedding, people)
    assert likeness(turned, people) > likeness(embedding, people) + 0.3


def test_the_map_evens_out_the_smoothed_spread_within_people(within) -> None:
    rng = np.random.default_rng(1)
    people = np.repeat(np.arange(40).astype(str), 5)
    embedding = rng.normal(size=(200, 4)) * [1, 2, 3, 4]
    turn = within.within_class_map(embedding, people)
    spread = np.mean([np.cov(embedding[people == person].T) for person in np.unique(people)], axis=0)
    share = within.SMOOTHING
    smoothed = (1 - share) * spread + share * np.trace(spread) / 4 * np.eye(4)
    assert np.allclose(turn.T @ smoothed @ turn, np.eye(4))
