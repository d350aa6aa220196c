"""Two experiments: which settings differ, and which answers on the same test photos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from core.config import MOST_EPOCHS, TrainConfig
from core.data.dataset import Dataset
from core.evaluation.metrics import AnswerChanges, compare_answers
from core.experiments.predictions import Predictions
from core.experiments.runs import Run
from core.models.registry import backbone, frozen_units
from core.remembered import remembered

Photo = tuple[str, int | None]
# What can differ between two experiments, in the order in which it is shown; "other" is all settings that Train folds
# away, "data" the training photos.
Setting = Literal["network", "start", "freeze", "size", "epochs", "photos", "other", "data"]


@dataclass(frozen=True)
class Changed:
    """A photo whose answer changed: its place in the newer predictions, and the names predicted before and now."""

    place: int
    before: str
    now: str


@dataclass(frozen=True, eq=False)
class PairedRuns:
    """Two experiments on the same test photos.

    Attributes:
        total: photos both were tested with.
        right_before, right_now: how many of these were right.
        fixed, broken: the photos whose answer became right, became wrong.
        changes: the numbers behind them.
    """

    total: int
    right_before: int
    right_now: int
    fixed: tuple[Changed, ...]
    broken: tuple[Changed, ...]
    changes: AnswerChanges


def tested_with(dataset_id: str, everything: Sequence[Run]) -> Iterator[Run]:
    """Yield the tested experiments with these photos, of any version, in the order given."""
    for run in everything:
        if run.job.request()["dataset_id"] == dataset_id and run.summary():
            yield run


@remembered(most=4096)
def differences(before: TrainConfig, now: TrainConfig) -> tuple[Setting, ...]:
    """Return which settings differ, in the order in which they are shown; empty where none does."""
    values: dict[Setting, tuple[object, object]] = {
        "network": (before.backbone, now.backbone),
        "start": (before.pretrained, now.pretrained),
        "freeze": (_frozen(before), _frozen(now)),
        "size": (before.image_size_px, now.image_size_px),
        "epochs": (before.epochs, now.epochs),
        "photos": (before.train_per_class, now.train_per_class),
        "other": (_rest(before, now), _rest(now, before)),
    }
    return tuple(setting for setting, (was, is_now) in values.items() if was != is_now)


def _frozen(config: TrainConfig) -> object:
    """Return the freeze depth in a form that compares across networks: "all", or the number of units."""
    depth = frozen_units(config)
    return "all" if depth == len(backbone(config.backbone).architecture.units) else depth


def _rest(config: TrainConfig, other: TrainConfig) -> TrainConfig:
    """Return the settings without those that are named, and without what follows from these."""
    plain = TrainConfig()
    return replace(
        config,
        backbone=plain.backbone,
        pretrained=plain.pretrained,
        freeze_depth=plain.freeze_depth,
        image_size_px=plain.image_size_px,
        # So many that any number of head epochs fits.
        epochs=MOST_EPOCHS,
        train_per_class=plain.train_per_class,
        preset=plain.preset,
        # With other epochs the number of head epochs changes too; that is no change of its own.
        head_epochs=config.head_epochs if config.epochs == other.epochs else 0,
    )


def count_changes(before: TrainConfig, now: TrainConfig) -> int:
    """Count the settings that differ, each one of "other" by itself."""
    differ = differences(before, now)
    if "other" not in differ:
        return len(differ)
    was, is_now = (_flat(_rest(*pair)) for pair in ((before, now), (now, before)))
    return len(differ) - 1 + sum(1 for name in was if was[name] != is_now[name])


def _flat(config: TrainConfig) -> dict[str, Any]:
    values = config.to_dict()
    head, augment = values.pop("head"), values.pop("augment")
    return {**values, **head, **augment}


def compare_runs(before: Run, now: Run) -> PairedRuns | None:
    """Compare two experiments on the photos both were tested with; None where they share none."""
    old, new = before.predictions(), now.predictions()
    if old is None or new is None:
        return None
    people, renamed = now.dataset.people, _renamed(before.dataset, now.dataset)
    names = [renamed.get(person, person) for person in before.dataset.people]
    old_answers = dict(zip(_photos_of(old), old.probabilities.argmax(axis=1).tolist(), strict=True))
    photos = _photos_of(new)
    places = [place for place, photo in enumerate(photos) if photo in old_answers and new.labels[place] >= 0]
    if not places:
        return None
    true = [people[int(new.labels[place])] for place in places]
    was = [names[old_answers[photos[place]]] for place in places]
    is_now = [people[int(new.probabilities[place].argmax())] for place in places]
    right_before = np.array([answer == person for answer, person in zip(was, true, strict=True)])
    right_now = np.array([answer == person for answer, person in zip(is_now, true, strict=True)])
    changes = compare_answers(right_before, right_now)

    def changed(rows: np.ndarray) -> tuple[Changed, ...]:
        return tuple(Changed(places[int(row)], was[int(row)], is_now[int(row)]) for row in rows)

    return PairedRuns(
        len(places),
        int(right_before.sum()),
        int(right_now.sum()),
        changed(changes.fixed),
        changed(changes.broken),
        changes,
    )


def _renamed(before: Dataset, now: Dataset) -> dict[str, str]:
    """Return the present names of people of an earlier version: the name that most of their photos have now."""
    today = {(item.sha256, item.face): item.person for item in now.items}
    names: dict[str, Counter[str]] = {}
    for item in before.items:
        name = today.get((item.sha256, item.face))
        if item.person is not None and name is not None:
            names.setdefault(item.person, Counter())[name] += 1
    return {person: found.most_common(1)[0][0] for person, found in names.items()}


def _photos_of(predictions: Predictions) -> list[Photo]:
    return list(zip(predictions.sha256s, predictions.faces, strict=True))
