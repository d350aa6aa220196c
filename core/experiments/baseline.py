"""The baseline of an experiment: the earlier one that differs in exactly one thing, on the same test photos.

The rule, of all earlier experiments that were tested with the same photos:

1. One that differs in exactly one setting. Each setting that Train folds away counts, and so do other training photos.
   The number of head epochs follows from the epochs and is no change of its own.
2. Else one where an untrained network, all of whose blocks train, is compared with a pretrained one. Their freeze
   depths differ as a consequence: frozen blocks that were never trained would be useless.
3. Else one with the same settings.

Of several the one that the idea for the experiment came from, else the newest. One in which the unfrozen blocks did not
train is no baseline: it is not what its settings say. Where there is none, nothing is compared unless the user asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.config import TrainConfig
from core.data.dataset import Dataset
from core.data.photoset import PhotoSet
from core.errors import LabError
from core.experiments.compare_runs import Setting, all_settings, count_all_changes, count_changes, differences
from core.experiments.runs import Run, damage, files_of
from core.models.registry import frozen_units
from core.remembered import remembered_of_files

# The parts of the rule.
_ONE, _FOLLOWS, _SAME = range(3)


@dataclass(frozen=True)
class Baseline:
    """An earlier experiment, and in what it differs; `follows` where that includes what `follows` tells."""

    run: Run
    differ: tuple[Setting, ...]
    follows: bool = False


@dataclass(frozen=True)
class _Request:
    """The requested settings of an experiment, and its photos."""

    config: TrainConfig
    photos: PhotoSet

    def differs_from(self, before: _Request) -> tuple[Setting, ...]:
        same = before.photos.train == self.photos.train
        return (*differences(before.config, self.config), *(() if same else ("data",)))


def photos_of_run(run: Run) -> PhotoSet | None:
    """Return the photos of an experiment; None where they cannot be read."""
    request = _request(run)
    return None if request is None else request.photos


def _request(run: Run) -> _Request | None:
    try:
        return _read(run)
    except (LabError, OSError):
        return None


@remembered_of_files(files_of, most=5000)
def _read(run: Run) -> _Request:
    return _Request(run.requested_config, run.digest().photos)


def between(before: Run, now: Run) -> tuple[Setting, ...]:
    """Return in what two experiments differ, in the order in which it is shown; other training photos come last."""
    was, request = _request(before), _request(now)
    return (
        request.differs_from(was)
        if was and request
        else (*differences(before.requested_config, now.requested_config), "data")
    )


def count_between(before: Run, now: Run) -> int:
    """Count in how many things two experiments differ, each setting that Train folds away by itself."""
    return count_changes(before.requested_config, now.requested_config) + ("data" in between(before, now))


class Tested:
    """The tested ones of some experiments, read once, so as to find the baselines of many.

    Args:
        everything: newest first, those of sweeps too. A damaged one is passed over.
    """

    def __init__(self, everything: Sequence[Run]) -> None:
        tested = [run for run in everything if (run.path / "predictions.json").exists()]
        self._requests = [(run, request) for run in tested if (request := _request(run))]
        # Each value as a number: with 500 experiments there are more than 100,000 pairs.
        self._numbers: dict[object, int] = {}
        self._ids = np.array([run.id for run, _ in self._requests], str)
        self._tests = np.array([request.photos.test for _, request in self._requests], str)
        self._values = np.array([self._numbered(request) for _, request in self._requests], np.int64)

    def earlier(self, run: Run) -> list[Run]:
        """Return those that are older than an experiment and were tested with the same photos."""
        request = _request(run)
        return [self._requests[place][0] for place in self._comparable(request, run.id)] if request else []

    def baseline(self, run: Run) -> Baseline | None:
        """Return the baseline of an experiment, by the rule above; None where there is none."""
        request = _request(run)
        return self._fairest(request, self._comparable(request, run.id), run.came_from) if request else None

    def baseline_for(self, config: TrainConfig, dataset: Dataset, came_from: str = "") -> Baseline | None:
        """Return the baseline that an experiment with these settings and photos would have, before it is begun.

        Args:
            came_from: id of the experiment that the idea for it started from.
        """
        request = _Request(config, PhotoSet.of(dataset))
        return self._fairest(request, self._comparable(request), came_from)

    def newest_for(self, config: TrainConfig, dataset: Dataset) -> Baseline | None:
        """Return the newest experiment with the same test photos, in however many things it differs."""
        request = _Request(config, PhotoSet.of(dataset))
        for place in self._comparable(request)[:1]:
            newest, before = self._requests[place]
            return Baseline(newest, request.differs_from(before))
        return None

    def _comparable(self, request: _Request, before_id: str | None = None) -> np.ndarray:
        """Return the places of those with the same test photos, newest first; only older ones with `before_id`."""
        same = self._tests == request.photos.test
        return np.flatnonzero(same if before_id is None else same & (self._ids < before_id))

    def _numbered(self, request: _Request) -> list[int]:
        values = (*all_settings(request.config), request.photos.train)
        return [self._numbers.setdefault(value, len(self._numbers)) for value in values]

    def _fairest(self, request: _Request, places: np.ndarray, came_from: str) -> Baseline | None:
        if len(places) == 0:
            return None
        changes = count_all_changes(self._values[places] != self._numbered(request))
        ranked = []
        for place, changed in zip(places[changes <= 2].tolist(), changes[changes <= 2].tolist(), strict=True):
            run, before = self._requests[place]
            if changed < 2 or follows(before.config, request.config):
                ranked.append(((_SAME, _ONE, _FOLLOWS)[changed], run.id != came_from, place))
        for rank, _, place in sorted(ranked):
            run, before = self._requests[place]
            if _is_valid(run):
                return Baseline(run, request.differs_from(before), follows=rank == _FOLLOWS)
        return None


def follows(before: TrainConfig, now: TrainConfig) -> bool:
    """Return whether the freeze depths differ only because one of the two is untrained, and so has nothing frozen."""
    if before.pretrained == now.pretrained or "freeze" not in differences(before, now):
        return False
    untrained = before if now.pretrained else now
    return frozen_units(untrained) == 0


def _is_valid(run: Run) -> bool:
    """Return whether an experiment can be read, and its unfrozen blocks trained."""
    if damage(run) is not None:  # which is remembered, unlike the answers it has looked through
        return False
    try:
        return run.numbers() is not None and run.outcome().retrained
    except (LabError, OSError):  # deleted meanwhile
        return False
