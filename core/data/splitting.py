"""Whole groups of photos -> practice, mock exam and final exam."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from core.config import MAX_PEOPLE, MIN_PEOPLE, SPLITS, Split, SplitConfig
from core.errors import DatasetError


def splits_to_allot(given: Iterable[Split | None]) -> list[Split]:
    """Return the splits that photos without one are allotted to: train, and those that the source gave nothing to."""
    known = set(given)
    return [split for split in SPLITS if split == "train" or split not in known]


def check_people(named: Collection[str]) -> None:
    """Raise DatasetError unless there are 2 to 200 people."""
    if len(named) < MIN_PEOPLE:
        only = f'only "{next(iter(named))}" was found' if named else "nobody was found"
        raise DatasetError(
            f"Telling people apart needs at least {MIN_PEOPLE} of them, {only}; add photos of more people."
        )
    check_most_people(named)


def check_most_people(named: Collection[str]) -> None:
    """Raise DatasetError where there are more people than can be learned."""
    if len(named) > MAX_PEOPLE:
        raise DatasetError(f"There are {len(named)} people, at most {MAX_PEOPLE} can be learned; bring fewer.")


def split_person(
    person: str,
    groups: Sequence[int],
    fixed: Sequence[Split | None],
    to_allot: Sequence[Split],
    config: SplitConfig,
) -> list[Split]:
    """Allot the whole groups of one person: at least one to each split of `to_allot`, then by the fractions, seeded.

    Args:
        groups: number of each photo's group.
        fixed: the photo's split where it has one already; None where it is to be allotted.
        to_allot: where photos without one may go. So a validation (or test) split that a source lacks is taken from its
            train photos.
        config: fractions and seed. The result depends on the seed, the name and the sizes of the groups only.

    Returns:
        The split of each photo. The arguments are not changed.

    Raises:
        DatasetError: there are too few groups.
    """
    mine = [place for place, split in enumerate(fixed) if split is None]
    taken = Counter(split for split in fixed if split in to_allot)
    allotted = _allot(person, [groups[place] for place in mine], to_allot, taken, config) if mine else {}
    return [split or allotted[group] for split, group in zip(fixed, groups, strict=True)]


def _allot(
    person: str, groups: Sequence[int], splits: Sequence[Split], taken: Counter[Split | None], config: SplitConfig
) -> dict[int, Split]:
    """Return each group of one person its split; `taken` counts the person's photos that have one already."""
    sizes = Counter(groups)
    if len(sizes) < len(splits) and not taken:
        raise DatasetError(_too_few(person, len(groups), len(sizes), splits))
    # Seeded by the name too, so that one person's photos fall the same whoever else is there.
    rng = np.random.default_rng([config.seed, zlib.crc32(person.encode("utf-8"))])
    order = rng.permutation(sorted(sizes)).tolist()
    # Large groups first: the small ones then even out what is missing.
    order.sort(key=lambda group: -sizes[group])
    whole = sum(config.fraction(split) for split in splits)
    total = len(groups) + sum(taken.values())
    missing = {split: total * config.fraction(split) / whole - taken[split] for split in splits}
    allotted: dict[int, Split] = {}
    for place, group in enumerate(order):
        empty = [split for split in splits if not taken[split] and split not in allotted.values()]
        # The last groups go to splits still empty, however little these are short of.
        choice = empty if empty and len(order) - place <= len(empty) else splits
        split = max(choice, key=lambda candidate: missing[candidate])
        allotted[group] = split
        missing[split] -= sizes[group]
    return allotted


def _too_few(person: str, n_photos: int, n_groups: int, splits: Sequence[Split]) -> str:
    words = {"train": "practice", "validation": "mock exam", "test": "final exam"}
    *first, last = (words[split] for split in splits)
    parts = f"{', '.join(first)} and {last}" if first else last
    photos = f"{n_photos} photo" if n_photos == 1 else f"{n_photos} photos"
    alike = "" if n_groups == n_photos else f", of which only {n_groups} differ enough (the others are near copies)"
    return (
        f'Person "{person}" has {photos}{alike}; {parts} need at least {len(splits)}. '
        f'Add photos or leave "{person}" out.'
    )
