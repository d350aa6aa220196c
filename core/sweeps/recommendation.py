"""The rule that says which stop to take, held to the points of a line."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.data.dataset import Dataset
from core.evaluation import metrics
from core.evaluation.model_selection import Verdict, verdict
from core.sweeps.results import Line, Point, exam, groups


def place_of(line: Line, arm: int) -> int:
    """Return the place on the axis of a setting; settings are cheapest first, places smallest value first.

    It is its own inverse: of a place it returns the setting.
    """
    return len(line.points) - 1 - arm if line.axis == "depth" else arm


def point_of(line: Line, arm: int) -> Point:
    """Return the point of a setting."""
    return line.points[place_of(line, arm)]


def judge(line: Line, dataset: Dataset) -> Verdict | None:
    """Judge a line; None until every point has all its tries, and where the final exam has no photo with a name.

    Cheapest is what retrains least, has the fewest photos, or the smallest faces.
    """
    if not line.is_complete or not exam(dataset):
        return None
    points = [point_of(line, arm) for arm in range(len(line.points))]
    right = np.array([[result.right for result in point.results] for point in points], bool)
    did = tuple(point.unlearned == 0 for point in points)
    return _judged(right.tobytes(), right.shape, did, guessing(line, dataset), tuple(groups(dataset).tolist()))


@lru_cache(maxsize=128)
def _judged(
    right: bytes, shape: tuple[int, ...], did: tuple[bool, ...], guessing: int, takes: tuple[int, ...]
) -> Verdict:
    """Judge once what a page asks for with every look at it."""
    answers = np.frombuffer(right, bool).reshape(shape)
    return verdict(answers, guessing=guessing, groups=np.array(takes, np.int64), did=did)


def advised(line: Line, dataset: Dataset) -> int | None:
    """Return the place on the axis to take; None where there is no verdict, or nothing that could be advised."""
    found = judge(line, dataset)
    return None if found is None or found.take is None else place_of(line, found.take)


def guessing(line: Line, dataset: Dataset) -> int:
    """Return how many right answers guessing gives: the most frequent person always, or anybody, whichever is more."""
    people, photos = dataset.people, exam(dataset)
    found = next((result.majority_correct for point in line.points for result in point.results), None)
    if found is None:
        practice = np.array([people.index(item.person) for item in dataset.of("train") if item.person], np.int64)
        frequent = people[metrics.majority_label(practice)]
        found = sum(item.person == frequent for item in photos)
    return max(found, round(len(photos) / len(people)))
