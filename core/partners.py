"""Which earlier experiment a result is held against: the one that differs in exactly one thing, on the same photos.

The rule, of all earlier experiments that took their final exam with the same photos:

1. One that differs in exactly one setting. Each setting that is folded away on Train counts, and so do other practice
   photos. The number of head-only rounds follows from the rounds and is no change of its own.
2. Else one where an untrained network, all of whose blocks learn, stands against one that has learned before: that its
   blocks are frozen otherwise follows from it, for frozen blocks that never learned anything tell nothing.
3. Else one with the same settings.

Of several the one that the idea for the experiment came from, else the newest. Where there is none, nothing is held
against anything unless the user asks for it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.comparison import Setting, asked_for, count_changes, differences
from core.config import TrainConfig
from core.errors import LabError
from core.models.backbones import frozen_units
from core.photos.dataset import Dataset
from core.runs import Run

# The parts of the rule.
_ONE, _FOLLOWS, _SAME = range(3)


@dataclass(frozen=True)
class Photos:
    """What tells one set of photos from another.

    Attributes:
        name: of the data set.
        exam, practice: digests of which photos and faces these are; practice is with the mock exam.
        fewest, most: practice photos of the person who has the fewest and the most.
        total: practice photos of all people.
    """

    name: str
    exam: str
    practice: str
    fewest: int
    most: int
    total: int

    def each(self, limit: int | None) -> tuple[int, int]:
        """Return the fewest and the most practice photos a person has where `limit` of each are used."""
        return (self.fewest, self.most) if limit is None else (min(self.fewest, limit), min(self.most, limit))


@dataclass(frozen=True)
class Partner:
    """An earlier experiment, and in what it differs; `follows` where frozen blocks follow from how one starts."""

    run: Run
    differ: tuple[Setting, ...]
    follows: bool = False


def photos_of(dataset: Dataset) -> Photos:
    """Return what tells these photos from others."""
    counts = Counter(item.person for item in dataset.of("train") if item.person in dataset.people).values()
    return Photos(
        name=dataset.name,
        exam=_digest((item.sha256, item.face) for item in dataset.of("test") if item.person is not None),
        practice=_digest((item.sha256, item.face) for item in (*dataset.of("train"), *dataset.of("validation"))),
        fewest=min(counts, default=0),
        most=max(counts, default=0),
        total=sum(counts),
    )


def _digest(photos: Iterable[tuple[str, int | None]]) -> str:
    return hashlib.sha256(repr(sorted(photos, key=str)).encode()).hexdigest()


def photos_of_run(run: Run) -> Photos | None:
    """Return the same of an experiment; None where its photos cannot be read."""
    try:
        return _photos_of_run(run, (run.path / "dataset.json").stat().st_mtime_ns)
    except (LabError, OSError, KeyError, TypeError, ValueError):
        return None


@lru_cache(maxsize=2000)
def _photos_of_run(run: Run, changed_ns: int) -> Photos:
    """Read the photos once; another time of the file makes it another."""
    del changed_ns
    return photos_of(run.dataset)


def between(before: Run, now: Run) -> tuple[Setting, ...]:
    """Return in what two experiments differ, in the order in which it is told; other practice photos come last."""
    return _differ(asked_for(before), photos_of_run(before), asked_for(now), photos_of_run(now))


def _differ(before: TrainConfig, was: Photos | None, now: TrainConfig, are: Photos | None) -> tuple[Setting, ...]:
    same = was is not None and are is not None and was.practice == are.practice
    return (*differences(before, now), *(() if same else ("data",)))


def earlier(run: Run, everything: Sequence[Run]) -> list[Run]:
    """Return those of `everything` that are older and took their final exam with the same photos, in the same order."""
    photos = photos_of_run(run)
    return [] if photos is None else _tested_with(photos, [other for other in everything if other.id < run.id])


def _tested_with(photos: Photos, everything: Sequence[Run]) -> list[Run]:
    found = []
    for other in everything:
        theirs = photos_of_run(other) if (other.path / "predictions.json").exists() else None
        if theirs is not None and theirs.exam == photos.exam:
            found.append(other)
    return found


def partner(run: Run, everything: Sequence[Run]) -> Partner | None:
    """Return what an experiment is held against (see the rule above); None where nothing is fair.

    Args:
        everything: newest first, those of comparisons too. A damaged one is passed over.
    """
    photos = photos_of_run(run)
    if photos is None:
        return None
    return _fairest(asked_for(run), photos, earlier(run, everything), run.came_from)


def partner_for(
    config: TrainConfig, dataset: Dataset, everything: Sequence[Run], came_from: str = ""
) -> Partner | None:
    """Return what an experiment with these settings and photos would be held against, before it is begun.

    Args:
        everything: newest first, those of comparisons too.
        came_from: id of the experiment that the idea for it started from.
    """
    photos = photos_of(dataset)
    return _fairest(config, photos, _tested_with(photos, everything), came_from)


def newest_for(config: TrainConfig, dataset: Dataset, everything: Sequence[Run]) -> Partner | None:
    """Return the newest experiment with the same final exam, in however many things it differs."""
    photos = photos_of(dataset)
    last = next(iter(_tested_with(photos, everything)), None)
    return None if last is None else Partner(last, _differ(asked_for(last), photos_of_run(last), config, photos))


def _fairest(config: TrainConfig, photos: Photos, others: Sequence[Run], came_from: str) -> Partner | None:
    ranked = []
    for place, other in enumerate(others):
        rank = _rank(asked_for(other), photos_of_run(other), config, photos)
        if rank is not None:
            ranked.append((rank, other.id != came_from, place, other))
    for rank, _, _, other in sorted(ranked, key=lambda found: found[:3]):
        if _is_whole(other):
            differ = _differ(asked_for(other), photos_of_run(other), config, photos)
            return Partner(other, differ, follows=rank == _FOLLOWS)
    return None


def _rank(before: TrainConfig, was: Photos | None, now: TrainConfig, are: Photos) -> int | None:
    """Return which part of the rule two experiments fulfil; None: none."""
    changes = count_changes(before, now) + (was is None or was.practice != are.practice)
    if changes <= 1:
        return _ONE if changes else _SAME
    return _FOLLOWS if changes == 2 and follows(before, now) else None


def follows(before: TrainConfig, now: TrainConfig) -> bool:
    """Return whether frozen blocks differ only because one of the two is untrained, and so learns with all of them."""
    if not {"start", "freeze"} <= set(differences(before, now)):
        return False
    untrained = before if now.pretrained else now
    return frozen_units(untrained) == 0


def _is_whole(run: Run) -> bool:
    try:
        return run.predictions() is not None and run.summary() is not None
    except (LabError, OSError, KeyError, TypeError, ValueError):
        return False
