"""Whole groups of photos -> practice, mock exam and final exam."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence

import numpy as np

from core.config import MAX_PEOPLE, MIN_PEOPLE, SPLITS, Split, SplitConfig
from core.errors import DatasetError


def split_groups(
    people: Sequence[str | None],
    groups: Sequence[int],
    fixed: Sequence[Split | None],
    config: SplitConfig,
) -> list[Split]:
    """Allot whole groups of each person to the splits: at least one group to each, then by the fractions, seeded.

    Where some photos are fixed, their splits are given: the others go to train and to the splits that nothing is fixed
    to. So a validation (or test) split that a source lacks is taken from its train photos.

    Args:
        people: whose photo it is; None for an unlabelled test photo, which is fixed.
        groups: number of the photo's group; a number means one group of one person.
        fixed: the photo's split where the source says it; None where it is to be allotted.
        config: fractions and seed. A person's split depends on the seed, the name and the sizes of the groups only.

    Returns:
        The split of each photo. The arguments are not changed.

    Raises:
        DatasetError: a person has too few groups, or there are fewer than 2 or more than 200 people.
    """
    named = sorted({person for person in people if person is not None})
    _check_people(named)
    given = {split for split in fixed if split is not None}
    to_allot: list[Split] = [split for split in SPLITS if split == "train" or split not in given]
    result: list[Split] = [split or "train" for split in fixed]
    for person in named:
        mine = [place for place, name in enumerate(people) if name == person and fixed[place] is None]
        allotted = _allot(person, [groups[place] for place in mine], to_allot, config) if mine else {}
        for place in mine:
            result[place] = allotted[groups[place]]
    return result


def _check_people(named: Sequence[str]) -> None:
    if len(named) < MIN_PEOPLE:
        only = f'only "{named[0]}" was found' if named else "nobody was found"
        raise DatasetError(
            f"Telling people apart needs at least {MIN_PEOPLE} of them, {only}; add photos of more people."
        )
    if len(named) > MAX_PEOPLE:
        raise DatasetError(f"There are {len(named)} people, at most {MAX_PEOPLE} can be learned; bring fewer.")


def _allot(person: str, groups: Sequence[int], splits: Sequence[Split], config: SplitConfig) -> dict[int, Split]:
    """Give each group of one person its split."""
    sizes = Counter(groups)
    if len(sizes) < len(splits):
        raise DatasetError(_too_few(person, len(groups), len(sizes), splits))
    # Seeded by the name too, so that one person's photos fall the same whoever else is there.
    rng = np.random.default_rng([config.seed, zlib.crc32(person.encode("utf-8"))])
    order = rng.permutation(sorted(sizes)).tolist()
    # Large groups first: the small ones then even out what is missing.
    order.sort(key=lambda group: -sizes[group])
    whole = sum(config.fraction(split) for split in splits)
    missing = {split: len(groups) * config.fraction(split) / whole for split in splits}
    allotted: dict[int, Split] = {}
    for place, group in enumerate(order):
        empty = [split for split in splits if split not in allotted.values()]
        # The last groups go to splits still empty, however little these are short of.
        choice = empty if len(order) - place <= len(empty) else splits
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
