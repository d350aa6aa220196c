"""Build a data set from photos: read them, find and crop the faces, split. Add photos later.

These take minutes, so a job runs them and reports progress. Quick changes are in `edits`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from core.config import SPLITS, CropConfig, Split, SplitConfig
from core.data.dataset import Dataset
from core.data.edit_session import known_facts, needed_splits, used_and_left_out
from core.data.extras import as_extra, with_extras
from core.data.labels import PeopleFrom
from core.data.leaks import HELD_OUT, without_exam_copies, without_leaks
from core.data.photofolder import CROP_VERSION, FACES_VERSION, PhotoFacts
from core.data.read import LeftOut, PhotoReader, read_photos, read_source, shown_name
from core.data.splitting import UsedPhoto, check_people, keep_given_splits, split_photos, without_unusable
from core.data.store import PhotoStore, sha256_of
from core.data.versions import (
    IsUsed,
    has_dataset,
    is_edited,
    load_dataset,
    photos_locked,
    remove_unused,
    save_dataset,
    save_edit,
)
from core.errors import DatasetError, PhotoError

if TYPE_CHECKING:
    from pathlib import Path

    from core.workspace import Workspace

Progress = Callable[[str, int, int], None]


def build_dataset(
    source: Path,
    workspace: Workspace,
    *,
    name: str | None = None,
    crop: CropConfig = CropConfig(),  # noqa: B008 (frozen)
    split: SplitConfig = SplitConfig(),  # noqa: B008 (frozen)
    strict: bool = True,
    count_leaks: Collection[Split] = (),
    people_from: PeopleFrom = "folders",
    without: Collection[str] = (),
    on_progress: Progress | None = None,
) -> Dataset:
    """Read photos of people, find and crop the faces, group, split, and save that as version 1 of a data set.

    Splits of the source are kept; a validation or test split that it lacks is taken from its train photos. Of several
    faces the largest is taken. Validation and test photos that are also train photos are left out (see `leaks`), as are
    photos beside the split folders (see `extras`). The same photos with the same settings give the same data set.
    Nothing is decoded twice.

    Args:
        source: folder or zip; see `read.read_source` for the layouts understood.
        name: for showing; None takes the source's.
        crop: detector, margin, size, alignment.
        split: fractions and seed.
        strict: raise where a person has too few photos. False: leave out that person's photos (kind "too_few"), and
            save the data set even if nobody remains.
        count_leaks: the splits that keep photos which are also train photos.
        people_from, without: where the labels come from, and who is left out; see `read.read_source`.
        on_progress: called with (step, done, total), step "read" or "crop"; may raise `Stopped`.

    Returns:
        The data set. Unused files are in `left_out`, used photos that need a look in `to_review`.

    Raises:
        DatasetError: the photos as a whole cannot be used. Nothing of them is kept then, nor after `Stopped`.
    """
    report = on_progress or (lambda *_: None)
    reader = read_source(source, people_from, without=without, on_entry=partial(report, "read", 0, 0))
    # Told from the names, before the minutes that the faces take.
    check_people(reader.people, strict=strict)
    store = PhotoStore(workspace.photos)
    shown = name or (source.resolve().name if source.is_dir() else source.stem)
    with _adding(workspace, report) as added:
        kept, left_out = _read(reader, store, added, report)
        contents = _contents(kept, left_out, name, crop, split, count_leaks)
        dataset_id, known = _named_by_content(workspace, contents, strict)
        if known is not None:
            return known
        extras = [entry for entry in left_out if entry.extra]
        facts = _faces_found(store, [*kept, *extras], crop, report)
        used, unusable = without_unusable(kept, facts, crop)
        if strict:
            _check_everybody(kept, used, unusable)
        used, leaks = without_leaks(used, facts, set(HELD_OUT) - set(count_leaks))
        unusable += [*leaks, *(entry for entry in left_out if not entry.extra)]
        empty = Dataset(dataset_id, shown, 1, (), (), tuple(unusable), (), crop, split)
        photos, to_fill = keep_given_splits(used)
        dataset = with_extras(split_photos(empty, photos, facts, to_fill=to_fill, strict=strict), extras, facts)
        save_dataset(workspace, dataset)
    return dataset


def add_photos(
    source: Path,
    workspace: Workspace,
    dataset: Dataset,
    *,
    is_used: IsUsed,
    person: str | None = None,
    people_from: PeopleFrom = "folders",
    without: Collection[str] = (),
    count_leaks: Collection[Split] = (),
    train_only: bool = False,
    on_progress: Progress | None = None,
) -> Dataset:
    """Add photos to a data set, of its people or new ones. Photos it has already keep their split.

    Args:
        source: as for `build_dataset`; with `person` also loose photos, one photo, or folders of any kind.
        dataset: any version; the photos are added to the newest.
        is_used: see `versions.save_edit`.
        person: whose photos these all are.
        people_from, without: as for `build_dataset`; ignored with `person`.
        count_leaks, on_progress: as for `build_dataset`.
        train_only: all of them join train; those that belong to a validation or test photo are left out.

    Returns:
        The data set as saved; unchanged where there was nothing new.

    Raises:
        DatasetError: the photos as a whole cannot be used. Nothing of them is kept then, nor after `Stopped`.
    """
    whose = None if person is None else shown_name(person)
    report = on_progress or (lambda *_: None)
    look = partial(report, "read", 0, 0)
    if whose is None:
        reader = read_source(source, people_from, without=without, on_entry=look)
        check_people({*reader.people, *dataset.people}, strict=False)
    else:
        reader = read_photos(source, on_entry=look)
    store = PhotoStore(workspace.photos)
    with _adding(workspace, report) as added:
        before = load_dataset(workspace, dataset.id)
        kept, left_out = _read(reader, store, added, report)
        if whose is not None:
            kept = [replace(photo, person=whose, split=None) for photo in kept]
            left_out = [replace(entry, person=whose, split=None) for entry in left_out]
        old, rest = used_and_left_out(before)
        new = _not_among(old, kept)
        there = {(photo.sha256, photo.person) for photo in old} | {(entry.sha256, entry.person) for entry in rest}
        extras = [entry for entry in left_out if entry.extra and (entry.sha256, entry.person) not in there]
        facts = _faces_found(store, [*new, *extras], before.crop, report)
        facts |= known_facts(store, [photo.sha256 for photo in old], before.crop)
        used, unusable = without_unusable(new, facts, before.crop)
        to_fill: Sequence[Split] = SPLITS
        if train_only:
            used = [replace(photo, split="train", keeps_split=True) for photo in used]
            used, leaks = without_exam_copies(used, old, facts)
        else:
            used, leaks = without_leaks(used, facts, set(HELD_OUT) - set(count_leaks))
            used, to_fill = keep_given_splits(used)
        tried = {(photo.sha256, photo.person) for photo in new}
        rest = [entry for entry in rest if (entry.sha256, entry.person) not in tried]
        left_out = [entry for entry in [*unusable, *leaks, *left_out] if not entry.extra and entry not in rest]
        if not (used or left_out or extras):
            return before
        empty = replace(before, left_out=(*rest, *left_out))
        after = split_photos(empty, [*old, *used], facts, to_fill=to_fill, needed=needed_splits(before))
        return save_edit(workspace, before, with_extras(after, extras, facts), is_used=is_used)


@contextmanager
def _adding(workspace: Workspace, report: Progress) -> Iterator[set[str]]:
    """Hold the photos' lock. Yield a set to collect new photos in; on any error these are removed from the store."""
    added: set[str] = set()
    with photos_locked(workspace, on_wait=lambda: report("read", 0, 0)):
        try:
            yield added
        except BaseException:
            remove_unused(workspace, added)
            raise


def _read(
    reader: PhotoReader, store: PhotoStore, added: set[str], report: Progress
) -> tuple[list[UsedPhoto], list[LeftOut]]:
    """Copy all photos into the store; `added` collects those that were not there before."""
    kept, left_out = [], []
    for done, found in enumerate(reader, start=1):
        if isinstance(found, LeftOut):
            left_out.append(found)
        else:
            sha256 = sha256_of(found.data)
            if not store.has(sha256):
                added.add(sha256)
                store.add(found.data)
            if found.reason is not None:
                left_out.append(as_extra(found, sha256))
            else:
                kept.append(UsedPhoto(sha256, found.name, found.person, found.split))
        report("read", done, len(reader))
    return kept, left_out


def _faces_found(
    store: PhotoStore, photos: Sequence[UsedPhoto | LeftOut], crop: CropConfig, report: Progress
) -> dict[str, PhotoFacts | PhotoError]:
    sha256s = [photo.sha256 for photo in photos if photo.sha256]
    return store.crop_all(sha256s, crop, on_photo=lambda done, total, _: report("crop", done, total))


def _not_among(old: Sequence[UsedPhoto], kept: Sequence[UsedPhoto]) -> list[UsedPhoto]:
    """Return the photos that are new for their person, each once per split."""
    there = {(photo.sha256, photo.person) for photo in old}
    first = {(photo.sha256, photo.person, photo.split): photo for photo in reversed(kept)}
    new = [photo for photo in kept if photo is first[photo.sha256, photo.person, photo.split]]
    return [photo for photo in new if (photo.sha256, photo.person) not in there]


def _contents(
    kept: Sequence[UsedPhoto],
    left_out: Sequence[LeftOut],
    name: str | None,
    crop: CropConfig,
    split: SplitConfig,
    count_leaks: Collection[Split],
) -> list[Any]:
    return [
        [FACES_VERSION, CROP_VERSION, name, asdict(crop), asdict(split), _all_or_none(count_leaks)],
        [{key: getattr(photo, key) for key in ("sha256", "name", "person", "split")} for photo in kept],
        [{key: getattr(entry, key) for key in ("name", "reason", "sha256")} for entry in left_out],
    ]


def _all_or_none(count_leaks: Collection[Split]) -> bool | list[Split]:
    """Return what the id of a data set is made of; all or none as it always was, so that ids stay."""
    return bool(count_leaks) if len(count_leaks) in (0, len(HELD_OUT)) else sorted(count_leaks)


def _named_by_content(workspace: Workspace, contents: list[Any], strict: bool) -> tuple[str, Dataset | None]:
    """Return the id that follows from the contents, and the data set of that id if there is one, unedited.

    Where it was edited, take the next id: whoever brings the same photos again wants to start over.
    """
    for number in count():
        numbered = [*contents, number] if number else contents
        dataset_id = hashlib.sha256(json.dumps(numbered, sort_keys=True).encode("utf-8")).hexdigest()[:16]
        if not has_dataset(workspace, dataset_id):
            break
        if not is_edited(workspace, dataset_id):
            known = load_dataset(workspace, dataset_id, version=1)
            if not (strict and known.waiting):
                return dataset_id, known
    return dataset_id, None


def _check_everybody(kept: Sequence[UsedPhoto], used: Sequence[UsedPhoto], unusable: Sequence[LeftOut]) -> None:
    """Raise DatasetError where a person has no photo left."""
    for person in sorted({photo.person for photo in kept if photo.person} - {photo.person for photo in used}):
        names = [photo.name for photo in kept if photo.person == person]
        reason = next(entry.reason for entry in unusable if entry.name == names[0])
        raise DatasetError(
            f'Person "{person}" has no photo that can be used ({len(names)} left out; "{names[0]}" {reason}). '
            f'Add photos or leave "{person}" out.'
        )
