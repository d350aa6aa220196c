"""Split the photos of a data set into train, validation and test: person by person, whole groups, seeded.

`split_photos` turns photos that shall be used into the items of a data set. Photos that have a split and a group keep
them; new ones join the group they belong to, or go where their person is furthest short of the fractions.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from core.config import MAX_PEOPLE, MIN_PEOPLE, SPLITS, CropConfig, Split, SplitConfig
from core.data.dataset import Dataset, Item
from core.data.groups import group_photos
from core.data.photofolder import PhotoFacts, chosen_face
from core.data.read import LeftOut
from core.data.review import to_review
from core.errors import DatasetError, PhotoError

# What the splits are called on screen.
SPLIT_WORDS: Mapping[Split, str] = {"train": "practice", "validation": "mock exam", "test": "final exam"}

Facts = Mapping[str, PhotoFacts | PhotoError]


@dataclass(frozen=True)
class UsedPhoto:
    """A photo in the store that shall be used.

    Attributes:
        sha256, name, person, face, looked: as of `dataset.Item`.
        split: where it belongs; None where the split is open.
        group: what it belongs to already; None where that is to be found out.
        keeps_split: it does not follow its group into another split.
    """

    sha256: str
    name: str
    person: str | None
    split: Split | None = None
    face: int | None = 0
    group: int | None = None
    looked: bool = False
    keeps_split: bool = False


def without_unusable(
    photos: Sequence[UsedPhoto], facts: Facts, crop: CropConfig
) -> tuple[list[UsedPhoto], list[LeftOut]]:
    """Return the usable photos with their chosen face, and those left out: unreadable, or without a face."""
    used, left_out = [], []
    for photo in photos:
        known = facts[photo.sha256]
        try:
            if isinstance(known, PhotoError):
                raise known
            used.append(replace(photo, face=chosen_face(known, crop)))
        except PhotoError as error:
            kind = "unreadable" if isinstance(known, PhotoError) else "no_face"
            # A photo without a face can only be used whole.
            face = None if kind == "no_face" else photo.face
            left_out.append(LeftOut(photo.name, str(error), photo.sha256, photo.person, photo.split, kind, face))
    return used, left_out


def keep_given_splits(photos: Sequence[UsedPhoto]) -> tuple[list[UsedPhoto], list[Split]]:
    """Keep the splits that a source gave; where validation or test is missing, open the train photos again.

    Returns:
        The photos, and the splits that photos without one may go to.
    """
    given = {photo.split for photo in photos}
    # A missing split is taken from the train photos, so these stay only if none is missing.
    complete = {"validation", "test"} <= given
    kept = [photo if complete or photo.split != "train" else replace(photo, split=None) for photo in photos]
    return kept, splits_to_fill(photo.split for photo in kept)


def split_photos(
    empty: Dataset,
    photos: Sequence[UsedPhoto],
    facts: Facts,
    *,
    to_fill: Sequence[Split] = SPLITS,
    needed: Mapping[str, Sequence[Split]] | None = None,
    strict: bool = False,
) -> Dataset:
    """Return the data set with these photos as its items.

    Photos that have a group and a split keep both. The others join the group they belong to, or are split.

    Args:
        empty: settings and `left_out` of the result; its items are ignored.
        to_fill: the splits that photos without one may go to.
        needed: by person, the splits that must not be empty (SPLITS for people not named). Where one is, a group is
            moved there. None keeps the given splits as they are; then only train must not be empty.
        strict: raise where a person has too few photos; else leave those photos out.

    Raises:
        DatasetError: more than MAX_PEOPLE people; with `strict` also fewer than 2, or a person with too few photos.
    """
    people = sorted({photo.person for photo in photos if photo.person is not None})
    check_people(people, strict=strict)
    numbers = count(max((photo.group for photo in photos if photo.group is not None), default=-1) + 1)
    done, refused = [], []
    for person in [*people, None]:
        mine = sorted((photo for photo in photos if photo.person == person), key=lambda photo: photo.name)
        grouped = _grouped(mine, facts, numbers)
        try:
            must = None if needed is None else needed.get(person or "", SPLITS)
            done += grouped if person is None else _split(person, grouped, to_fill, must, empty.split)
        except DatasetError as error:
            if strict:
                raise
            refused += [_too_few_left_out(photo, str(error)) for photo in mine]
    items = [_item(photo, facts[photo.sha256]) for photo in done]
    return replace(
        empty,
        people=tuple(sorted({item.person for item in items if item.person is not None})),
        items=tuple(items),
        left_out=tuple(sorted([*empty.left_out, *refused], key=lambda entry: entry.name)),
        to_review=tuple(to_review(items, facts)),
    )


def _grouped(photos: Sequence[UsedPhoto], facts: Facts, numbers: Iterator[int]) -> list[UsedPhoto]:
    """Return one person's photos with groups: a photo's own, else the one it belongs to, else a new one.

    A photo that joins a group takes over its split.
    """
    if all(photo.group is not None for photo in photos):
        return list(photos)
    known = [(index, fact) for index, photo in enumerate(photos) if isinstance(fact := facts[photo.sha256], PhotoFacts)]
    alike = dict(zip((index for index, _ in known), group_photos([fact for _, fact in known]), strict=True))
    settled = {alike.get(index): photo for index, photo in reversed(list(enumerate(photos))) if photo.group is not None}
    settled.pop(None, None)
    fresh: dict[int | None, int] = {}
    grouped = []
    for index, photo in enumerate(photos):
        label = alike.get(index)
        if photo.group is not None:
            grouped.append(photo)
        elif label is not None and label in settled:
            joined = settled[label]
            split = photo.split if photo.keeps_split else joined.split or photo.split
            grouped.append(replace(photo, group=joined.group, split=split))
        else:
            group = fresh[label] if label in fresh and label is not None else next(numbers)
            fresh[label] = group
            grouped.append(replace(photo, group=group))
    return grouped


def _split(
    person: str,
    photos: Sequence[UsedPhoto],
    to_fill: Sequence[Split],
    needed: Sequence[Split] | None,
    config: SplitConfig,
) -> list[UsedPhoto]:
    """Return one person's grouped photos with splits; raise DatasetError where they are too few."""
    groups = [photo.group for photo in photos if photo.group is not None]
    splits = split_person(person, groups, [photo.split for photo in photos], to_fill, config)
    for lacking in [split for split in needed or () if split not in splits]:
        splits = _with_one_group_in(lacking, groups, splits)
    if set(needed or ()) - set(splits):
        # No split can give a group away: split all anew, which raises where there are too few groups.
        splits = split_person(person, groups, [None] * len(photos), [s for s in SPLITS if s in (needed or ())], config)
    if "train" not in splits:
        raise DatasetError(
            f'Person "{person}" has no photo left to train with, only others. Add photos or leave "{person}" out.'
        )
    return [replace(photo, split=split) for photo, split in zip(photos, splits, strict=True)]


def _with_one_group_in(lacking: Split, groups: Sequence[int], splits: Sequence[Split]) -> list[Split]:
    """Move the smallest group of the split with most photos, so that as few photos as possible change sides."""
    sizes = Counter(groups)
    can_give = [split for split in SPLITS if len({g for g, s in zip(groups, splits, strict=True) if s == split}) > 1]
    if not can_give:
        return list(splits)
    giving = max(can_give, key=splits.count)
    moved = min((g for g, s in zip(groups, splits, strict=True) if s == giving), key=lambda group: sizes[group])
    return [lacking if group == moved else split for group, split in zip(groups, splits, strict=True)]


def _item(photo: UsedPhoto, facts: PhotoFacts | PhotoError) -> Item:
    n_faces = len(facts.faces) if isinstance(facts, PhotoFacts) else 0
    return Item(
        photo.sha256,
        photo.name,
        photo.person,
        photo.split or "test",
        photo.group if photo.group is not None else -1,
        n_faces,
        photo.face,
        photo.looked,
    )


def _too_few_left_out(photo: UsedPhoto, reason: str) -> LeftOut:
    return LeftOut(photo.name, reason, photo.sha256, photo.person, photo.split, "too_few", photo.face)


def splits_to_fill(given: Iterable[Split | None]) -> list[Split]:
    """Return the splits that photos without one may go to: train, and those to which the source gave nothing."""
    known = set(given)
    return [split for split in SPLITS if split == "train" or split not in known]


def check_people(named: Collection[str], *, strict: bool = True) -> None:
    """Raise DatasetError where there are more than MAX_PEOPLE people; with `strict` also where there are too few."""
    if strict and len(named) < MIN_PEOPLE:
        only = f'only "{next(iter(named))}" was found' if named else "nobody was found"
        raise DatasetError(
            f"Telling people apart needs at least {MIN_PEOPLE} of them, {only}; add photos of more people."
        )
    if len(named) > MAX_PEOPLE:
        raise DatasetError(
            f"There are {len(named)} people, at most {MAX_PEOPLE} can be learned; choose whom to leave out."
        )


def split_person(
    person: str,
    groups: Sequence[int],
    fixed: Sequence[Split | None],
    to_fill: Sequence[Split],
    config: SplitConfig,
) -> list[Split]:
    """Split the photos of one person by whole groups: at least one group per split of `to_fill`, then by the fractions.

    Args:
        groups: number of each photo's group.
        fixed: each photo's split; None where it is open.
        to_fill: the splits that open photos may go to.
        config: fractions and seed. Besides these, only the name and the sizes of the groups matter.

    Returns:
        The split of each photo. The arguments are not changed.

    Raises:
        DatasetError: there are too few groups.
    """
    mine = [index for index, split in enumerate(fixed) if split is None]
    n_fixed = Counter(split for split in fixed if split in to_fill)
    assigned = _assign_groups(person, [groups[index] for index in mine], to_fill, n_fixed, config) if mine else {}
    return [split or assigned[group] for split, group in zip(fixed, groups, strict=True)]


def _assign_groups(
    person: str, groups: Sequence[int], splits: Sequence[Split], n_fixed: Counter[Split | None], config: SplitConfig
) -> dict[int, Split]:
    """Return the split of each group of one person; `n_fixed` counts the person's photos that have one already."""
    sizes = Counter(groups)
    if len(sizes) < len(splits) and not n_fixed:
        raise DatasetError(_too_few(person, len(groups), len(sizes), splits))
    # Seeded by the name too, so that a person's split does not depend on who else is there.
    rng = np.random.default_rng([config.seed, zlib.crc32(person.encode("utf-8"))])
    order = rng.permutation(sorted(sizes)).tolist()
    # Large groups first; the small ones then even out the fractions.
    order.sort(key=lambda group: -sizes[group])
    all_fractions = sum(config.fraction(split) for split in splits)
    total = len(groups) + sum(n_fixed.values())
    missing = {split: total * config.fraction(split) / all_fractions - n_fixed[split] for split in splits}
    assigned: dict[int, Split] = {}
    for index, group in enumerate(order):
        empty = [split for split in splits if not n_fixed[split] and split not in assigned.values()]
        # The last groups go to splits that are still empty.
        choice = empty if empty and len(order) - index <= len(empty) else splits
        split = max(choice, key=lambda candidate: missing[candidate])
        assigned[group] = split
        missing[split] -= sizes[group]
    return assigned


def _too_few(person: str, n_photos: int, n_groups: int, splits: Sequence[Split]) -> str:
    *first, last = (SPLIT_WORDS[split] for split in splits)
    parts = f"{', '.join(first)} and {last}" if first else last
    photos = f"{n_photos} photo" if n_photos == 1 else f"{n_photos} photos"
    alike = "" if n_groups == n_photos else f", of which only {n_groups} differ enough (the others are near copies)"
    return (
        f'Person "{person}" has {photos}{alike}; {parts} need at least {len(splits)}. '
        f'Add photos or leave "{person}" out.'
    )
