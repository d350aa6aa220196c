"""From a folder or zip of photos to a split set of face crops, and from that to the arrays a network learns from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from core.config import CropConfig, Split, SplitConfig
from core.errors import DatasetError, PhotoError
from core.photos.arrays import FaceArrays, load_faces
from core.photos.groups import group_photos
from core.photos.intake import LeftOut, PhotoReader, read_source
from core.photos.manifest import (
    Dataset,
    Item,
    delete_dataset,
    has_dataset,
    list_datasets,
    load_dataset,
    photos_locked,
    remove_unused,
    save_dataset,
)
from core.photos.photofolder import CROP_VERSION, FACES_VERSION, PhotoFacts, chosen_face
from core.photos.review import to_review
from core.photos.split import split_groups
from core.photos.store import PhotoStore, sha256_of

if TYPE_CHECKING:
    from pathlib import Path

    from core.workspace import Workspace

__all__ = [
    "Dataset",
    "FaceArrays",
    "Item",
    "build_dataset",
    "delete_dataset",
    "list_datasets",
    "load_dataset",
    "load_faces",
]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class _Kept:
    """A photo of the source that lies in the store now."""

    sha256: str
    name: str
    person: str | None
    split: Split | None


def build_dataset(
    source: Path,
    workspace: Workspace,
    *,
    name: str | None = None,
    crop: CropConfig = CropConfig(),  # noqa: B008 (frozen)
    split: SplitConfig = SplitConfig(),  # noqa: B008 (frozen)
    on_progress: Progress | None = None,
) -> Dataset:
    """Read photos of people, find and crop the faces, group, split, and save that as version 1 of a data set.

    Splits of the source are kept; a validation or test split it lacks is taken from its train photos. Of several faces
    the largest is taken. The same photos with the same settings give the same data set, and nothing is decoded twice.

    Args:
        source: folder or zip; see `intake.read_source` for what is understood.
        name: for showing; None takes the source's.
        crop: detector, margin, size, alignment.
        split: fractions and seed.
        on_progress: called with (step, done, total), step "read" or "crop"; may raise `Stopped`.

    Returns:
        The data set. Files that are not used are in `left_out`; photos to look at in `to_review`.

    Raises:
        DatasetError: the photos as a whole cannot be used. Nothing of them is kept then, nor after `Stopped`.
    """
    reader = read_source(source)
    report = on_progress or (lambda *_: None)
    store = PhotoStore(workspace.photos)
    shown = name or (source.resolve().name if source.is_dir() else source.stem)
    added: set[str] = set()
    with photos_locked(workspace, on_wait=lambda: report("read", 0, 0)):
        try:
            kept, left_out = _read(reader, store, added, report)
            dataset_id = _dataset_id(kept, left_out, name, crop, split)
            if has_dataset(workspace, dataset_id):
                return load_dataset(workspace, dataset_id, version=1)
            facts = store.crop_all(
                [photo.sha256 for photo in kept], crop, on_photo=lambda done, total, _: report("crop", done, total)
            )
            dataset = _allotted(Dataset(dataset_id, shown, 1, (), (), tuple(left_out), (), crop, split), kept, facts)
            save_dataset(workspace, dataset)
        except BaseException:
            remove_unused(workspace, added)
            raise
    return dataset


def _allotted(empty: Dataset, kept: Sequence[_Kept], facts: Mapping[str, PhotoFacts | PhotoError]) -> Dataset:
    """Give the data set with its photos: grouped, split, and those that cannot be used among those left out."""
    used, unusable = _usable(kept, facts, empty.crop)
    items = _items(used, facts, empty.crop, empty.split)
    return replace(
        empty,
        people=tuple(sorted({item.person for item in items if item.person is not None})),
        items=tuple(items),
        left_out=tuple(sorted([*empty.left_out, *unusable], key=lambda entry: entry.name)),
        to_review=tuple(to_review(items, facts)),
    )


def _read(
    reader: PhotoReader, store: PhotoStore, added: set[str], report: Progress
) -> tuple[list[_Kept], list[LeftOut]]:
    """Bring all photos into the store; `added` collects those that were not there before."""
    kept, left_out = [], []
    for done, found in enumerate(reader, start=1):
        if isinstance(found, LeftOut):
            left_out.append(found)
        else:
            sha256 = sha256_of(found.data)
            if not store.has(sha256):
                added.add(sha256)
                store.add(found.data)
            kept.append(_Kept(sha256, found.name, found.person, found.split))
        report("read", done, len(reader))
    return kept, left_out


def _dataset_id(
    kept: Sequence[_Kept], left_out: Sequence[LeftOut], name: str | None, crop: CropConfig, split: SplitConfig
) -> str:
    contents = [
        [FACES_VERSION, CROP_VERSION, name, asdict(crop), asdict(split)],
        [asdict(photo) for photo in kept],
        [asdict(entry) for entry in left_out],
    ]
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode("utf-8")).hexdigest()[:16]


def _usable(
    kept: Sequence[_Kept], facts: Mapping[str, PhotoFacts | PhotoError], crop: CropConfig
) -> tuple[list[_Kept], list[LeftOut]]:
    """Sort out photos that cannot be decoded or show no face.

    Raises:
        DatasetError: a person has no photo left.
    """
    used, left_out = [], []
    for photo in kept:
        known = facts[photo.sha256]
        try:
            if isinstance(known, PhotoError):
                raise known
            chosen_face(known, crop)
        except PhotoError as error:
            left_out.append(LeftOut(photo.name, str(error), photo.sha256))
        else:
            used.append(photo)
    for person in sorted({photo.person for photo in kept if photo.person} - {photo.person for photo in used}):
        names = [photo.name for photo in kept if photo.person == person]
        reason = next(entry.reason for entry in left_out if entry.name == names[0])
        raise DatasetError(
            f'Person "{person}" has no photo that can be used ({len(names)} left out; "{names[0]}" {reason}). '
            f'Add photos or leave "{person}" out.'
        )
    return used, left_out


def _items(
    used: Sequence[_Kept], facts: Mapping[str, PhotoFacts | PhotoError], crop: CropConfig, split: SplitConfig
) -> list[Item]:
    """Group and split the photos; in the order of people, unlabelled ones last, then names."""
    ordered = sorted(used, key=lambda photo: (photo.person is None, photo.person or "", photo.name))
    known = [fact for photo in ordered if isinstance(fact := facts[photo.sha256], PhotoFacts)]
    groups: list[int] = []
    for _, same in groupby(zip(ordered, known, strict=True), key=lambda pair: pair[0].person):
        first = max(groups, default=-1) + 1
        groups += [first + number for number in group_photos([fact for _, fact in same])]
    splits = _split(ordered, groups, split)
    return [
        Item(photo.sha256, photo.name, photo.person, where, group, len(fact.faces), chosen_face(fact, crop))
        for photo, fact, where, group in zip(ordered, known, splits, groups, strict=True)
    ]


def _split(photos: Sequence[_Kept], groups: Sequence[int], config: SplitConfig) -> list[Split]:
    """Keep the source's splits; draw those it lacks from its train photos."""
    given = {photo.split for photo in photos}
    # Photos said to be for training stay there only where nothing has to be taken from them.
    complete = {"validation", "test"} <= given
    fixed = [None if photo.split == "train" and not complete else photo.split for photo in photos]
    splits = split_groups([photo.person for photo in photos], groups, fixed, config)
    trained = {photo.person for photo, where in zip(photos, splits, strict=True) if where == "train"}
    for person in sorted({photo.person for photo in photos if photo.person} - trained):
        raise DatasetError(
            f'Person "{person}" has no photo left to train with, only others. Add photos or leave "{person}" out.'
        )
    return splits
