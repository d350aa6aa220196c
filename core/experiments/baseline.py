"""Which earlier experiment a result is held against: the one that differs in exactly one thing, on the same photos.

The rule, of all earlier experiments that took their final exam with the same photos:

1. One that differs in exactly one setting. Each setting that is folded away on Train counts, and so do other practice
   photos. The number of head-only rounds follows from the rounds and is no change of its own.
2. Else one where an untrained network, all of whose blocks learn, stands against one that has learned before: that its
   blocks are frozen otherwise follows from it, for frozen blocks that never learned anything tell nothing.
3. Else one with the same settings.

Of several the one that the idea for the experiment came from, else the newest. One in which what was to learn did not
learn is no partner: it is not what its settings say. Where there is none, nothing is held against anything unless the
user asks for it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.config import TrainConfig
from core.data.dataset import Dataset
from core.errors import LabError
from core.experiments.compare_runs import Setting, asked_for, count_changes, differences
from core.experiments.runs import Run
from core.models.registry import frozen_units

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


@dataclass(frozen=True)
class _Asked:
    """What an experiment was asked to do, and with which photos."""

    config: TrainConfig
    photos: Photos

    def differs_from(self, before: _Asked) -> tuple[Setting, ...]:
        same = before.photos.practice == self.photos.practice
        return (*differences(before.config, self.config), *(() if same else ("data",)))


def photos_of_run(run: Run) -> Photos | None:
    """Return what tells an experiment's photos from others; None where they cannot be read."""
    asked = _asked(run)
    return None if asked is None else asked.photos


def _asked(run: Run) -> _Asked | None:
    try:
        return _read(run, (run.path / "dataset.json").stat().st_mtime_ns)
    except (LabError, OSError, KeyError, TypeError, ValueError):
        return None


@lru_cache(maxsize=2000)
def _read(run: Run, changed_ns: int) -> _Asked:
    """Read them once: a list holds each experiment against all others. Another time of the file makes it another."""
    del changed_ns
    return _Asked(asked_for(run), photos_of(run.dataset))


def between(before: Run, now: Run) -> tuple[Setting, ...]:
    """Return in what two experiments differ, in the order in which it is told; other practice photos come last."""
    was, asked = _asked(before), _asked(now)
    return asked.differs_from(was) if was and asked else (*differences(asked_for(before), asked_for(now)), "data")


def count_between(before: Run, now: Run) -> int:
    """Return in how many things two experiments differ, each setting that is folded away counted by itself."""
    return count_changes(asked_for(before), asked_for(now)) + ("data" in between(before, now))


def earlier(run: Run, everything: Sequence[Run]) -> list[Run]:
    """Return those of `everything` that are older and took their final exam with the same photos, in the same order."""
    asked = _asked(run)
    return [] if asked is None else _tested_with(asked, [other for other in everything if other.id < run.id])


def _tested_with(asked: _Asked, everything: Sequence[Run]) -> list[Run]:
    found = []
    for other in everything:
        theirs = photos_of_run(other) if (other.path / "predictions.json").exists() else None
        if theirs is not None and theirs.exam == asked.photos.exam:
            found.append(other)
    return found


def partner(run: Run, everything: Sequence[Run]) -> Partner | None:
    """Return what an experiment is held against (see the rule above); None where nothing is fair.

    Args:
        everything: newest first, those of comparisons too. A damaged one is passed over.
    """
    asked = _asked(run)
    return _fairest(asked, earlier(run, everything), run.came_from) if asked else None


def partner_for(
    config: TrainConfig, dataset: Dataset, everything: Sequence[Run], came_from: str = ""
) -> Partner | None:
    """Return what an experiment with these settings and photos would be held against, before it is begun.

    Args:
        everything: newest first, those of comparisons too.
        came_from: id of the experiment that the idea for it started from.
    """
    asked = _Asked(config, photos_of(dataset))
    return _fairest(asked, _tested_with(asked, everything), came_from)


def newest_for(config: TrainConfig, dataset: Dataset, everything: Sequence[Run]) -> Partner | None:
    """Return the newest experiment with the same final exam, in however many things it differs."""
    asked = _Asked(config, photos_of(dataset))
    for last in _tested_with(asked, everything):
        if before := _asked(last):
            return Partner(last, asked.differs_from(before))
    return None


def _fairest(asked: _Asked, others: Sequence[Run], came_from: str) -> Partner | None:
    ranked = []
    for place, other in enumerate(others):
        before = _asked(other)
        rank = _rank(before, asked) if before else None
        if before and rank is not None:
            partner = Partner(other, asked.differs_from(before), follows=rank == _FOLLOWS)
            ranked.append((rank, other.id != came_from, place, partner))
    ranked.sort(key=lambda found: found[:3])
    return next((partner for *_, partner in ranked if _is_what_it_says(partner.run)), None)


def _rank(before: _Asked, now: _Asked) -> int | None:
    """Return which part of the rule two experiments fulfil; None: none."""
    changes = count_changes(before.config, now.config) + (before.photos.practice != now.photos.practice)
    if changes <= 1:
        return _ONE if changes else _SAME
    return _FOLLOWS if changes == 2 and follows(before.config, now.config) else None


def follows(before: TrainConfig, now: TrainConfig) -> bool:
    """Return whether frozen blocks differ only because one of the two is untrained, and so learns with all of them."""
    if not {"start", "freeze"} <= set(differences(before, now)):
        return False
    untrained = before if now.pretrained else now
    return frozen_units(untrained) == 0


def _is_what_it_says(run: Run) -> bool:
    """Return whether an experiment can be read, and what was to learn did learn."""
    try:
        return run.predictions() is not None and run.summary() is not None and run.outcome().retrained
    except (LabError, OSError, KeyError, TypeError, ValueError):
        return False
