"""Photos that shall be used -> the items of a data set: grouped, split, and who has too few of them set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from core.config import SPLITS, CropConfig, Split, SplitConfig
from core.data.dataset import Dataset, Item
from core.data.groups import group_photos
from core.data.photofolder import PhotoFacts, chosen_face
from core.data.read import LeftOut
from core.data.review import to_review
from core.data.splitting import check_most_people, check_people, split_person, splits_to_allot
from core.data.store import PhotoStore
from core.errors import DatasetError, PhotoError

Facts = Mapping[str, PhotoFacts | PhotoError]


@dataclass(frozen=True)
class Kept:
    """A photo that lies in the store and shall be used.

    Attributes:
        sha256, name, person, face, looked: as of `manifest.Item`.
        split: where it belongs; None where it is to be allotted.
        group: what it belongs to already; None where that is to be found out.
        stays: keeps its split, whatever it belongs to.
    """

    sha256: str
    name: str
    person: str | None
    split: Split | None = None
    face: int | None = 0
    group: int | None = None
    looked: bool = False
    stays: bool = False


def known_facts(store: PhotoStore, sha256s: Sequence[str], crop: CropConfig) -> dict[str, PhotoFacts | PhotoError]:
    """Return what is known of photos, looking at those that nobody looked at yet."""
    found: dict[str, PhotoFacts | PhotoError] = {}
    for sha256 in dict.fromkeys(sha256s):
        try:
            found[sha256] = store.folder(sha256).facts(crop.detector)
        except PhotoError as error:
            found[sha256] = error
        except FileNotFoundError:
            found[sha256] = PhotoError("is no longer there; bring it again")
    return found


def pool_of(dataset: Dataset) -> tuple[list[Kept], list[LeftOut]]:
    """Return the settled photos of a data set, those of people with too few among them, and what is left."""
    photos = [
        Kept(item.sha256, item.name, item.person, item.split, item.face, item.group, item.looked)
        for item in dataset.items
    ]
    rest = []
    for entry in dataset.left_out:
        if entry.kind == "too_few" and entry.sha256 is not None:
            photos.append(kept_again(entry.sha256, entry))
        else:
            rest.append(entry)
    return photos, rest


def kept_again(sha256: str, entry: LeftOut) -> Kept:
    """Return a photo that was left out as one that shall be used, with the split it had."""
    leaks = entry.kind == "leak"
    return Kept(sha256, entry.name, entry.person, entry.split, entry.face, looked=leaks, stays=leaks)


def needed_splits(dataset: Dataset) -> dict[str, list[Split]]:
    """Return the splits each person has photos in, which an edit must not take away."""
    had: dict[str, set[Split]] = {person: set() for person in dataset.people}
    for item in dataset.items:
        if item.person is not None:
            had[item.person].add(item.split)
    return {person: [split for split in SPLITS if split in splits] for person, splits in had.items()}


def sort_out(photos: Sequence[Kept], facts: Facts, crop: CropConfig) -> tuple[list[Kept], list[LeftOut]]:
    """Return the usable photos, with the face that counts, and those that are broken or show no face."""
    used, left_out = [], []
    for photo in photos:
        known = facts[photo.sha256]
        try:
            if isinstance(known, PhotoError):
                raise known
            used.append(replace(photo, face=chosen_face(known, crop)))
        except PhotoError as error:
            kind = "unreadable" if isinstance(known, PhotoError) else "no_face"
            # Of what shows no face, only the whole photo can be used.
            face = None if kind == "no_face" else photo.face
            left_out.append(LeftOut(photo.name, str(error), photo.sha256, photo.person, photo.split, kind, face))
    return used, left_out


def with_given_splits(photos: Sequence[Kept]) -> tuple[list[Kept], list[Split]]:
    """Keep the splits that a source gave, as far as they are whole.

    Returns:
        The photos, and the splits to which those without one are to be allotted.
    """
    given = {photo.split for photo in photos}
    # Photos said to be for training stay there only where nothing has to be taken from them.
    complete = {"validation", "test"} <= given
    kept = [photo if complete or photo.split != "train" else replace(photo, split=None) for photo in photos]
    return kept, splits_to_allot(photo.split for photo in kept)


def allotted(
    empty: Dataset,
    photos: Sequence[Kept],
    facts: Facts,
    *,
    to_allot: Sequence[Split] = SPLITS,
    needed: Mapping[str, Sequence[Split]] | None = None,
    strict: bool = False,
) -> Dataset:
    """Return the data set with these photos as its items.

    Photos that have group and split keep both; the others join what they belong to, or are allotted.

    Args:
        empty: its `left_out` stays, its items do not count.
        to_allot: where photos without a split may go.
        needed: the splits that each person must have, SPLITS where not named; who lacks one gets a group moved there.
            None, for a source whose splits are kept as they are: only practice photos are needed.
        strict: raise where somebody has too few photos; else those photos are left out.

    Raises:
        DatasetError: there are more than 200 people; with `strict` also: fewer than 2, or somebody with too few photos.
    """
    people = sorted({photo.person for photo in photos if photo.person is not None})
    (check_people if strict else check_most_people)(people)
    numbers = count(max((photo.group for photo in photos if photo.group is not None), default=-1) + 1)
    done, refused = [], []
    for person in [*people, None]:
        mine = sorted((photo for photo in photos if photo.person == person), key=lambda photo: photo.name)
        grouped = _grouped(mine, facts, numbers)
        try:
            must = None if needed is None else needed.get(person or "", SPLITS)
            done += grouped if person is None else _split(person, grouped, to_allot, must, empty.split)
        except DatasetError as error:
            if strict:
                raise
            refused += [_set_aside(photo, str(error)) for photo in mine]
    items = [_item(photo, facts[photo.sha256]) for photo in done]
    return replace(
        empty,
        people=tuple(sorted({item.person for item in items if item.person is not None})),
        items=tuple(items),
        left_out=tuple(sorted([*empty.left_out, *refused], key=lambda entry: entry.name)),
        to_review=tuple(to_review(items, facts)),
    )


def _grouped(photos: Sequence[Kept], facts: Facts, numbers: Iterator[int]) -> list[Kept]:
    """Return one person's photos with groups; who has one keeps it, the others join those they belong to.

    A photo that joins a group which has a split takes that too.
    """
    if all(photo.group is not None for photo in photos):
        return list(photos)
    known = [(place, fact) for place, photo in enumerate(photos) if isinstance(fact := facts[photo.sha256], PhotoFacts)]
    alike = dict(zip((place for place, _ in known), group_photos([fact for _, fact in known]), strict=True))
    settled = {alike.get(place): photo for place, photo in reversed(list(enumerate(photos))) if photo.group is not None}
    settled.pop(None, None)
    fresh: dict[int | None, int] = {}
    grouped = []
    for place, photo in enumerate(photos):
        label = alike.get(place)
        if photo.group is not None:
            grouped.append(photo)
        elif label is not None and label in settled:
            joined = settled[label]
            split = photo.split if photo.stays else joined.split or photo.split
            grouped.append(replace(photo, group=joined.group, split=split))
        else:
            group = fresh[label] if label in fresh and label is not None else next(numbers)
            fresh[label] = group
            grouped.append(replace(photo, group=group))
    return grouped


def _split(
    person: str,
    photos: Sequence[Kept],
    to_allot: Sequence[Split],
    needed: Sequence[Split] | None,
    config: SplitConfig,
) -> list[Kept]:
    """Return one person's grouped photos with splits.

    Raises:
        DatasetError: they are too few.
    """
    groups = [photo.group for photo in photos if photo.group is not None]
    splits = split_person(person, groups, [photo.split for photo in photos], to_allot, config)
    for lacking in [split for split in needed or () if split not in splits]:
        splits = _with_one_group_in(lacking, groups, splits)
    if set(needed or ()) - set(splits):
        # No group can be spared: this says so, or finds the one way there is.
        splits = split_person(person, groups, [None] * len(photos), [s for s in SPLITS if s in (needed or ())], config)
    if "train" not in splits:
        raise DatasetError(
            f'Person "{person}" has no photo left to train with, only others. Add photos or leave "{person}" out.'
        )
    return [replace(photo, split=split) for photo, split in zip(photos, splits, strict=True)]


def _with_one_group_in(lacking: Split, groups: Sequence[int], splits: Sequence[Split]) -> list[Split]:
    """Move the smallest group of the split with most photos, so that as few photos as can be change sides."""
    sizes = Counter(groups)
    spared = [split for split in SPLITS if len({g for g, s in zip(groups, splits, strict=True) if s == split}) > 1]
    if not spared:
        return list(splits)
    giving = max(spared, key=splits.count)
    moved = min((g for g, s in zip(groups, splits, strict=True) if s == giving), key=lambda group: sizes[group])
    return [lacking if group == moved else split for group, split in zip(groups, splits, strict=True)]


def _item(photo: Kept, facts: PhotoFacts | PhotoError) -> Item:
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


def _set_aside(photo: Kept, reason: str) -> LeftOut:
    return LeftOut(photo.name, reason, photo.sha256, photo.person, photo.split, "too_few", photo.face)
