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

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.config import TrainConfig
from core.data.dataset import Dataset
from core.errors import LabError
from core.experiments.compare_runs import Setting, count_changes, differences
from core.experiments.runs import Run, damage
from core.models.registry import frozen_units
from core.remembered import remembered

# The parts of the rule.
_ONE, _FOLLOWS, _SAME = range(3)


@dataclass(frozen=True)
class PhotoSet:
    """What tells the photos of one experiment from those of another.

    Attributes:
        name: of the data set.
        test, train: digests of which photos and faces these are; `train` includes validation.
        fewest, most: training photos of the person who has the fewest and the most.
        total: training photos of all people.
    """

    name: str
    test: str
    train: str
    fewest: int
    most: int
    total: int

    def each(self, limit: int | None) -> tuple[int, int]:
        """Return the fewest and the most training photos a person has where `limit` of each are used."""
        return (self.fewest, self.most) if limit is None else (min(self.fewest, limit), min(self.most, limit))


@dataclass(frozen=True)
class Baseline:
    """An earlier experiment, and in what it differs; `follows` where that includes what `follows` tells."""

    run: Run
    differ: tuple[Setting, ...]
    follows: bool = False


def photos_of(dataset: Dataset) -> PhotoSet:
    """Return the photos of a data set, as far as comparisons need them."""
    counts = Counter(item.person for item in dataset.of("train") if item.person in dataset.people).values()
    return PhotoSet(
        name=dataset.name,
        test=_digest((item.sha256, item.face) for item in dataset.of("test") if item.person is not None),
        train=_digest((item.sha256, item.face) for item in (*dataset.of("train"), *dataset.of("validation"))),
        fewest=min(counts, default=0),
        most=max(counts, default=0),
        total=sum(counts),
    )


def _digest(photos: Iterable[tuple[str, int | None]]) -> str:
    return hashlib.sha256(repr(sorted(photos, key=str)).encode()).hexdigest()


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
        return _read(run, (run.path / "dataset.json").stat().st_mtime_ns)
    except (LabError, OSError):
        return None


@remembered(most=2000)
def _read(run: Run, changed_ns: int) -> _Request:
    """Read a request once, for a list compares each experiment with all others; read again when its file changes."""
    del changed_ns
    return _Request(run.requested_config, photos_of(run.dataset))


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


def earlier(run: Run, everything: Sequence[Run]) -> list[Run]:
    """Return those of `everything` that are older and were tested with the same photos, in the same order."""
    request = _request(run)
    return [] if request is None else _tested_with(request, [other for other in everything if other.id < run.id])


def _tested_with(request: _Request, everything: Sequence[Run]) -> list[Run]:
    found = []
    for other in everything:
        theirs = photos_of_run(other) if (other.path / "predictions.json").exists() else None
        if theirs is not None and theirs.test == request.photos.test:
            found.append(other)
    return found


def find_baseline(run: Run, everything: Sequence[Run]) -> Baseline | None:
    """Return the baseline of an experiment, by the rule above; None where there is none.

    Args:
        everything: newest first, those of sweeps too. A damaged one is passed over.
    """
    request = _request(run)
    return _fairest(request, earlier(run, everything), run.came_from) if request else None


def baseline_for(
    config: TrainConfig, dataset: Dataset, everything: Sequence[Run], came_from: str = ""
) -> Baseline | None:
    """Return the baseline that an experiment with these settings and photos would have, before it is begun.

    Args:
        everything: newest first, those of sweeps too.
        came_from: id of the experiment that the idea for it started from.
    """
    request = _Request(config, photos_of(dataset))
    return _fairest(request, _tested_with(request, everything), came_from)


def newest_for(config: TrainConfig, dataset: Dataset, everything: Sequence[Run]) -> Baseline | None:
    """Return the newest experiment with the same test photos, in however many things it differs."""
    request = _Request(config, photos_of(dataset))
    for last in _tested_with(request, everything):
        if before := _request(last):
            return Baseline(last, request.differs_from(before))
    return None


def _fairest(request: _Request, others: Sequence[Run], came_from: str) -> Baseline | None:
    ranked = []
    for place, other in enumerate(others):
        before = _request(other)
        rank = _rank(before, request) if before else None
        if before and rank is not None:
            found = Baseline(other, request.differs_from(before), follows=rank == _FOLLOWS)
            ranked.append((rank, other.id != came_from, place, found))
    ranked.sort(key=lambda each: each[:3])
    return next((found for *_, found in ranked if _is_valid(found.run)), None)


def _rank(before: _Request, now: _Request) -> int | None:
    """Return which part of the rule two experiments meet; None: none."""
    changes = count_changes(before.config, now.config) + (before.photos.train != now.photos.train)
    if changes <= 1:
        return _ONE if changes else _SAME
    return _FOLLOWS if changes == 2 and follows(before.config, now.config) else None


def follows(before: TrainConfig, now: TrainConfig) -> bool:
    """Return whether the freeze depths differ only because one of the two is untrained, and so has nothing frozen."""
    if not {"start", "freeze"} <= set(differences(before, now)):
        return False
    untrained = before if now.pretrained else now
    return frozen_units(untrained) == 0


def _is_valid(run: Run) -> bool:
    """Return whether an experiment can be read, and its unfrozen blocks trained."""
    if damage(run) is not None:  # which is remembered, unlike the answers it has looked through
        return False
    try:
        return run.summary() is not None and run.outcome().retrained
    except (LabError, OSError):  # deleted meanwhile
        return False
