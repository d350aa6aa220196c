"""What a sweep has shown, as data: the verdict on each line, what it recommends, and what its test cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np

from core.data.dataset import Dataset
from core.evaluation import metrics
from core.evaluation.model_selection import Verdict, verdict
from core.models.weights import known_people
from core.remembered import remembered
from core.sweeps.results import Line, Point, groups, labelled_test_items


def place_of(line: Line, setting: int) -> int:
    """Return the place on the axis of a setting; settings are cheapest first, places smallest value first.

    It is its own inverse: of a place it returns the setting.
    """
    return len(line.points) - 1 - setting if line.axis == "depth" else setting


def point_of(line: Line, setting: int) -> Point:
    """Return the point of a setting."""
    return line.points[place_of(line, setting)]


def verdict_of(line: Line, dataset: Dataset) -> Verdict | None:
    """Compare the points of a line; None until every training is done, and where no test photo has a name.

    The cheapest setting is the one that retrains least, has the fewest photos, or the smallest faces.
    """
    if not line.is_complete or not labelled_test_items(dataset):
        return None
    points = [point_of(line, setting) for setting in range(len(line.points))]
    right = np.array([[result.right for result in point.results] for point in points], bool)
    learned = tuple(point.unlearned == 0 for point in points)
    return _verdict(right.tobytes(), right.shape, learned, guessing(line, dataset), tuple(groups(dataset).tolist()))


@remembered(most=128)
def _verdict(
    right: bytes, shape: tuple[int, ...], learned: tuple[bool, ...], guessing: int, group_of: tuple[int, ...]
) -> Verdict:
    """Compute a verdict once: a page asks for it each time it is drawn."""
    answers = np.frombuffer(right, bool).reshape(shape)
    return verdict(answers, guessing=guessing, groups=np.array(group_of, np.int64), learned=learned)


def recommended_place(line: Line, dataset: Dataset) -> int | None:
    """Return the place on the axis that is recommended; None without a verdict, or where it recommends nothing."""
    found = verdict_of(line, dataset)
    return None if found is None or found.recommended is None else place_of(line, found.recommended)


def guessing(line: Line, dataset: Dataset) -> int:
    """Return how many right answers guessing gives: the most frequent person always, or anybody, whichever is more."""
    people, photos = dataset.people, labelled_test_items(dataset)
    found = next((result.majority_correct for point in line.points for result in point.results), None)
    if found is None:
        train = np.array([people.index(item.person) for item in dataset.of("train") if item.person], np.int64)
        frequent = people[metrics.majority_label(train)]
        found = sum(item.person == frequent for item in photos)
    return max(found, round(len(photos) / len(people)))


def interval(correct: float, dataset: Dataset) -> tuple[float, float]:
    """Return the Wilson 95 % interval of a mean number of right answers, as shares; it counts groups, not photos."""
    return metrics.wilson_interval(correct, len(labelled_test_items(dataset)), len(set(groups(dataset).tolist())))


@dataclass(frozen=True)
class LimitsOfTest:
    """What the test cannot tell, whichever setting is recommended.

    Attributes:
        photos: labelled test photos.
        groups: how many of them count on their own: photos of one moment count once.
        is_rough: so few photos give a rough idea only.
        one_group_each: each person's photos are of a single moment.
        untested: people without a test photo.
        never_recognised: people whom no training recognised.
        seen_before: people whose photos the network has been trained with before.
    """

    photos: int
    groups: int
    is_rough: bool
    one_group_each: bool
    untested: tuple[str, ...]
    never_recognised: tuple[str, ...]
    seen_before: tuple[str, ...]


def limits_of_test(line: Line, dataset: Dataset) -> LimitsOfTest:
    """Return what the test cannot tell about a line, which must be complete."""
    photos = labelled_test_items(dataset)
    n_groups, person_of = len(set(groups(dataset).tolist())), np.array([item.person for item in photos])
    tested = tuple(person for person in dataset.people if person in person_of)
    ever = np.any([result.right for point in line.points for result in point.results], axis=0)
    return LimitsOfTest(
        photos=len(photos),
        groups=n_groups,
        is_rough=len(photos) < metrics.ROUGH_BELOW,
        one_group_each=n_groups <= len(tested) < len(photos),
        untested=tuple(person for person in dataset.people if person not in tested),
        never_recognised=tuple(person for person in tested if not ever[person_of == person].any()),
        seen_before=tuple(known_people(line.start.backbone, dataset.people)) if line.start.pretrained else (),
    )


def facts(lines: Sequence[Line], dataset: Dataset) -> dict[str, Any]:
    """Return every number of a sweep as plain JSON values.

    Returns:
        "depths": a row a point, whatever the axis ("value" is where on it, "fixed" what its line has of the other two:
        frozen layers, training photos a person, size of a face); its numbers are None before its first result.
        "interval" is the 95 % interval of "right" (Wilson; it counts groups). "unlearned": trainings that kept an epoch
        from before all that was to learn began to. "verdict": a row a line that has one; "recommended" is the value
        that is, "test_limits" what the test cannot tell. In it, "standings" has a row a setting, cheapest first: its
        mean of right answers, whether it is recommended, its word ("as_good", "clearly_worse", "cannot_tell") and what
        that rests on.
    """
    rows = [_row(line, point, dataset) for line in lines for point in line.points]
    found = [(line, verdict_of(line, dataset)) for line in lines]
    return {"depths": rows, "verdict": [_verdict_row(line, dataset, each) for line, each in found if each]}


def _shared(line: Line) -> dict[str, Any]:
    """Return what the points of a line have in common: its network, and what is crossed with the axis."""
    fixed = {"depth": line.fixed.depth, "photos": line.fixed.photos, "size": line.fixed.size_px}
    del fixed[line.axis]
    return {"network": line.start.backbone, "pretrained": line.start.pretrained, "axis": line.axis, "fixed": fixed}


def _row(line: Line, point: Point, dataset: Dataset) -> dict[str, Any]:
    total, tried = len(labelled_test_items(dataset)), bool(point.results and labelled_test_items(dataset))
    bounds = [round(total * end, 2) for end in interval(point.correct, dataset)] if tried else None
    return {
        **_shared(line),
        "value": point.value,
        "learning_rate": point.rate,
        "tries": len(point.results),
        "tries_planned": point.planned,
        "right": point.correct if tried else None,
        "total": total,
        "interval": bounds,
        "right_each_try": [result.correct for result in point.results],
        "validation_accuracy": point.validation_accuracy if isfinite(point.validation_accuracy) else None,
        "test_accuracy": point.correct / total if tried else None,
        "seconds": point.seconds if isfinite(point.seconds) else None,
        "unlearned": point.unlearned,
    }


def _verdict_row(line: Line, dataset: Dataset, found: Verdict) -> dict[str, Any]:
    def value(setting: int) -> int | None:
        return point_of(line, setting).value

    def standing(setting: int) -> dict[str, Any]:
        row = asdict(found.standings[setting])
        row |= {"rival": value(row["rival"]), "interval": list(row["interval"]), "helps": row.pop("needs_more")}
        right, recommended = point_of(line, setting).correct, setting == found.recommended
        return {"value": value(setting), "right": right, "recommended": recommended, **row}

    limits = asdict(limits_of_test(line, dataset))
    return {
        **_shared(line),
        "kind": found.kind,
        "recommended": None if found.recommended is None else value(found.recommended),
        "tied": [value(setting) for setting in found.those("as_good")],
        "margin_right": found.margin,
        "guessing": found.guessing,
        "total": found.total,
        "standings": [standing(setting) for setting in range(len(found.standings))],
        "test_limits": {name: list(each) if isinstance(each, tuple) else each for name, each in limits.items()},
    }
