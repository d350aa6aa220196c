"""Two experiments: which settings differ, and which answers on the same test photos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np

from core.config import TrainConfig
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
        if run.job.request()["dataset_id"] == dataset_id and run.numbers():
            yield run


def differences(before: TrainConfig, now: TrainConfig) -> tuple[Setting, ...]:
    """Return which settings differ, in the order in which they are shown; empty where none does."""
    return tuple(dict.fromkeys(_differing(before, now)))


def count_changes(before: TrainConfig, now: TrainConfig) -> int:
    """Count the settings that differ, each one of "other" by itself."""
    return len(_differing(before, now))


def count_all_changes(differ: np.ndarray) -> np.ndarray:
    """Count the same for many pairs at once.

    Args:
        differ: bool, shape (n, n_values), in what of `all_settings` each pair differs; values behind these count too.

    Returns:
        int, shape (n,).
    """
    # With other epochs the number of head epochs changes too; that is no change of its own.
    return np.asarray(differ.sum(axis=1) - (differ[:, _EPOCHS] & differ[:, _HEAD_EPOCHS]))


def _differing(before: TrainConfig, now: TrainConfig) -> list[Setting]:
    """Return the name of each setting that differs, "other" as often as one of these does."""
    pairs = zip(_NAMES, all_settings(before), all_settings(now), strict=True)
    differ = [name for name, was, is_now in pairs if was != is_now]
    if before.epochs != now.epochs and before.head_epochs != now.head_epochs:
        differ.remove("other")
    return differ


@remembered(most=4096)
def all_settings(config: TrainConfig) -> tuple[object, ...]:
    """Return the values of all settings that can differ; of two settings the same ones stand in the same places."""
    named = (config.backbone, config.pretrained, _frozen(config), config.image_size_px, config.epochs)
    return (*named, config.train_per_class, config.head_epochs, *_rest(config).values())


def _frozen(config: TrainConfig) -> object:
    """Return the freeze depth in a form that compares across networks: "all", or the number of units."""
    depth = frozen_units(config)
    return "all" if depth == len(backbone(config.backbone).architecture.units) else depth


def _rest(config: TrainConfig) -> dict[str, Any]:
    """Return the settings that Train folds away, without what follows from others."""
    # Not `vars`: what a file leaves out is no attribute of the settings read from it, but of their class.
    parts = (config, config.head, config.augment)
    values = ((each.name, getattr(part, each.name)) for part in parts for each in fields(part))
    return {name: value for name, value in values if name not in _NAMED}


_NAMED = {"backbone", "pretrained", "freeze_depth", "image_size_px", "epochs", "train_per_class"}
_NAMED |= {"preset", "head_epochs", "head", "augment"}
_OTHER: Setting = "other"
_SHOWN: tuple[Setting, ...] = ("network", "start", "freeze", "size", "epochs", "photos")
_NAMES = (*_SHOWN, _OTHER, *(_OTHER for _ in _rest(TrainConfig())))
_EPOCHS, _HEAD_EPOCHS = _SHOWN.index("epochs"), len(_SHOWN)


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
