"""What a user changes about people and photos. Every edit is saved as the data set's next version.

Photos are named by their SHA-256. The same photo may have been brought for two people; `of` then says for whom.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from core.config import Split, SplitConfig
from core.errors import DatasetError, PhotoError
from core.photos.allotment import Facts, Kept, allotted, kept_again, known_facts, needed_splits, pool_of
from core.photos.groups import group_photos
from core.photos.intake import LeftOut, shown_name
from core.photos.manifest import Dataset, check_newest, photos_locked, save_edit
from core.photos.photofolder import PhotoFacts
from core.photos.store import PhotoStore

if TYPE_CHECKING:
    from core.workspace import Workspace

# Longer than another edit takes; a reading-in holds the lock for minutes, and nobody waits for that in front of a page.
_WAIT_S = 3.0


@dataclass
class _Pool:
    """A data set being edited: what shall be used, what is left out, which splits people must keep."""

    photos: list[Kept]
    rest: list[LeftOut]
    needed: dict[str, list[Split]]
    facts: Facts

    def _all(self) -> list[Kept | LeftOut]:
        return [*self.photos, *self.rest]

    def people(self) -> set[str]:
        """Give everybody, those with too few photos included."""
        return {person for entry in self._all() if (person := entry.person) is not None}

    def check_person(self, person: str) -> None:
        if person not in self.people():
            raise DatasetError(f'There is nobody called "{person}" among these photos (any more); open them again.')

    def check_photos(self, sha256s: Collection[str]) -> None:
        missing = set(sha256s) - {entry.sha256 for entry in self._all()}
        if missing:
            raise DatasetError(f"{len(missing)} of the photos chosen are no longer here; open the photos again.")

    def each_photo(self, change: Callable[[Kept], Kept]) -> None:
        self.photos = [change(photo) for photo in self.photos]


def rename_person(workspace: Workspace, dataset: Dataset, old: str, new: str, *, keep_old: bool) -> Dataset:
    """Give a person another name; where somebody has that name already, the two become one.

    Raises:
        DatasetError: nobody has the old name, or the new one is empty.
    """
    new = shown_name(new)
    if new == old:
        return dataset
    with _editing(workspace, dataset) as pool:
        pool.check_person(old)
        if new in pool.people():
            pool.photos = _joining(pool.photos, old, new, pool.facts)
        else:
            pool.needed[new] = pool.needed.get(old, [])
            pool.each_photo(lambda photo: replace(photo, person=new) if photo.person == old else photo)
        pool.rest = [replace(entry, person=new) if entry.person == old else entry for entry in pool.rest]
        return _saved(workspace, dataset, pool, keep_old)


def remove_person(workspace: Workspace, dataset: Dataset, person: str, *, keep_old: bool) -> Dataset:
    """Remove a person with all photos, those left out included."""
    with _editing(workspace, dataset) as pool:
        pool.check_person(person)
        pool.photos = [photo for photo in pool.photos if photo.person != person]
        pool.rest = [entry for entry in pool.rest if entry.person != person]
        return _saved(workspace, dataset, pool, keep_old)


def remove_photos(
    workspace: Workspace, dataset: Dataset, sha256s: Collection[str], *, keep_old: bool, of: str | None = None
) -> Dataset:
    """Remove photos for good, used or left out; `leave_out` only sets them aside."""
    with _editing(workspace, dataset) as pool:
        pool.check_photos(sha256s)
        pool.photos = [photo for photo in pool.photos if not _meant(photo, sha256s, of)]
        pool.rest = [entry for entry in pool.rest if not _meant(entry, sha256s, of)]
        return _saved(workspace, dataset, pool, keep_old)


def leave_out(
    workspace: Workspace, dataset: Dataset, sha256s: Collection[str], *, keep_old: bool, of: str | None = None
) -> Dataset:
    """Set photos aside: they are not used, and `use_photo` brings them back."""
    with _editing(workspace, dataset) as pool:
        pool.check_photos(sha256s)
        out = [_left_out(photo) for photo in pool.photos if _meant(photo, sha256s, of)]
        pool.photos = [photo for photo in pool.photos if not _meant(photo, sha256s, of)]
        pool.rest = [replace(entry, kind="removed") if _meant(entry, sha256s, of) else entry for entry in pool.rest]
        pool.rest += out
        return _saved(workspace, dataset, pool, keep_old)


def move_photos(
    workspace: Workspace,
    dataset: Dataset,
    sha256s: Collection[str],
    person: str,
    *,
    keep_old: bool,
    of: str | None = None,
) -> Dataset:
    """Say that photos show somebody else, who may be new."""
    person = shown_name(person)
    with _editing(workspace, dataset) as pool:
        pool.check_photos(sha256s)
        there = {(photo.sha256, photo.face) for photo in pool.photos if photo.person == person}
        moved = []
        for photo in pool.photos:
            if not _meant(photo, sha256s, of) or photo.person == person:
                moved.append(photo)
            elif (photo.sha256, photo.face) not in there:
                moved.append(replace(photo, person=person, group=None, looked=True))
                there.add((photo.sha256, photo.face))
        pool.photos = moved
        pool.rest = [replace(entry, person=person) if _meant(entry, sha256s, of) else entry for entry in pool.rest]
        return _saved(workspace, dataset, pool, keep_old)


def choose_face(
    workspace: Workspace,
    dataset: Dataset,
    sha256: str,
    face: int | None,
    *,
    keep_old: bool,
    of: str | None = None,
) -> Dataset:
    """Say which face of a photo is the person's; None is the whole photo."""
    return choose_faces(workspace, dataset, {sha256 if of is None else f"{sha256}/{of}": face}, keep_old=keep_old)


def choose_faces(workspace: Workspace, dataset: Dataset, faces: Mapping[str, int | None], *, keep_old: bool) -> Dataset:
    """Say of many photos which face is the person's.

    Args:
        faces: by photo: its SHA-256, or `likeness_file.key_of` where the photo was brought for two people.
    """
    with _editing(workspace, dataset) as pool:
        pool.check_photos({key.partition("/")[0] for key in faces})
        for sha256, face in ((key.partition("/")[0], face) for key, face in faces.items()):
            _check_face(pool.facts.get(sha256), face)

        def chosen(photo: Kept) -> Kept:
            for key in (f"{photo.sha256}/{photo.person}", photo.sha256):
                if key in faces:
                    return replace(photo, face=faces[key], looked=True)
            return photo

        pool.each_photo(chosen)
        return _saved(workspace, dataset, pool, keep_old)


def use_photo(
    workspace: Workspace,
    dataset: Dataset,
    sha256: str,
    face: int | None,
    person: str | None = None,
    *,
    keep_old: bool,
) -> Dataset:
    """Use a photo that was left out.

    Args:
        face: which of its faces; None is the whole photo.
        person: whose photo it is; None leaves it with whom it was brought for.

    Raises:
        DatasetError: it cannot be read, has no such face, or nobody knows whose it is.
    """
    whose = None if person is None else shown_name(person)
    with _editing(workspace, dataset) as pool:
        pool.check_photos([sha256])
        found = [entry for entry in pool.rest if _meant(entry, [sha256], None)]
        photos = [kept_again(sha256, entry) for entry in found[:1]]
        photos += [photo for photo in pool.photos if photo.sha256 == sha256 and not photos]
        pool.facts = {**pool.facts, **known_facts(PhotoStore(workspace.photos), [sha256], dataset.crop)}
        _check_face(pool.facts[sha256], face)
        kept = [replace(photo, face=face, person=whose or photo.person, looked=True) for photo in photos]
        if any(photo.person is None and photo.split != "test" for photo in kept):
            raise DatasetError(f'Nobody said whose photo "{kept[0].name}" is; choose a person for it.')
        pool.photos = [photo for photo in pool.photos if photo not in photos] + [
            photo if photo.person == before.person else replace(photo, group=None)
            for photo, before in zip(kept, photos, strict=True)
        ]
        pool.rest = [entry for entry in pool.rest if entry not in found[:1]]
        return _saved(workspace, dataset, pool, keep_old)


def confirm(workspace: Workspace, dataset: Dataset, sha256s: Collection[str], *, keep_old: bool) -> Dataset:
    """Say that photos are fine as they are: they need no further look."""
    with _editing(workspace, dataset) as pool:
        pool.check_photos(sha256s)
        pool.each_photo(lambda photo: replace(photo, looked=True) if photo.sha256 in sha256s else photo)
        return _saved(workspace, dataset, pool, keep_old)


def ungroup(workspace: Workspace, dataset: Dataset, group: int, *, keep_old: bool) -> Dataset:
    """Say that the photos of a group do not belong together; each is allotted by itself."""
    with _editing(workspace, dataset) as pool:
        _ungroup(pool, lambda photo: photo.group == group)
        return _saved(workspace, dataset, pool, keep_old)


def ungroup_person(workspace: Workspace, dataset: Dataset, person: str, *, keep_old: bool) -> Dataset:
    """Say that no photos of a person belong together, as where all of them were taken within minutes."""
    with _editing(workspace, dataset) as pool:
        pool.check_person(person)
        _ungroup(pool, lambda photo: photo.person == person)
        return _saved(workspace, dataset, pool, keep_old)


def resplit(workspace: Workspace, dataset: Dataset, split: SplitConfig, *, keep_old: bool) -> Dataset:
    """Split all photos of people anew, whole groups, by other fractions or another seed."""
    with _editing(workspace, dataset) as pool:
        pool.each_photo(lambda photo: photo if photo.person is None else replace(photo, split=None))
        pool.needed = {}
        return _saved(workspace, replace(dataset, split=split), pool, keep_old)


def rename_dataset(workspace: Workspace, dataset: Dataset, name: str, *, keep_old: bool) -> Dataset:
    """Give the photos another name to be shown under."""
    name = shown_name(name)
    with photos_locked(workspace, timeout_s=_WAIT_S):
        return save_edit(workspace, dataset, replace(dataset, name=name), keep_old=keep_old)


@contextmanager
def _editing(workspace: Workspace, dataset: Dataset) -> Iterator[_Pool]:
    """Hold the lock of the photos and give the data set's content."""
    with photos_locked(workspace, timeout_s=_WAIT_S):
        check_newest(workspace, dataset)
        photos, rest = pool_of(dataset)
        facts = known_facts(PhotoStore(workspace.photos), [photo.sha256 for photo in photos], dataset.crop)
        yield _Pool(photos, rest, needed_splits(dataset), facts)


def _saved(workspace: Workspace, before: Dataset, pool: _Pool, keep_old: bool) -> Dataset:
    """Save the edited content as the next version."""
    after = allotted(replace(before, left_out=tuple(pool.rest)), pool.photos, pool.facts, needed=pool.needed)
    return save_edit(workspace, before, after, keep_old=keep_old)


def _meant(entry: Kept | LeftOut, sha256s: Collection[str], of: str | None) -> bool:
    return entry.sha256 in sha256s and of in (None, entry.person)


def _left_out(photo: Kept) -> LeftOut:
    return LeftOut(photo.name, "was left out", photo.sha256, photo.person, photo.split, "removed", photo.face)


def _check_face(facts: PhotoFacts | PhotoError | None, face: int | None) -> None:
    if not isinstance(facts, PhotoFacts):
        reason = facts or "was left out; bring it back first"
        raise DatasetError(f"This photo cannot be used: it {reason}.")
    if face is not None and not 0 <= face < len(facts.faces):
        n_faces = len(facts.faces)
        raise DatasetError(f"This photo shows {n_faces} faces, number {face + 1} was asked for; choose another one.")


def _joining(photos: Sequence[Kept], old: str, new: str, facts: Facts) -> list[Kept]:
    """Give the photos with one person's made another's: copies go, near copies join the groups of the other."""
    known = [
        (photo, fact)
        for photo in photos
        if photo.person in (old, new) and isinstance(fact := facts[photo.sha256], PhotoFacts)
    ]
    labels = group_photos([fact for _, fact in known])
    of_new = {label for label, (photo, _) in zip(labels, known, strict=True) if photo.person == new}
    near = {photo for label, (photo, _) in zip(labels, known, strict=True) if label in of_new and photo.person == old}
    touched = {photo.group for photo in near}
    there = {(photo.sha256, photo.face) for photo in photos if photo.person == new}
    joined = []
    for photo in photos:
        if photo.person != old:
            joined.append(photo)
        elif (photo.sha256, photo.face) not in there:
            group = None if photo.group in touched else photo.group
            joined.append(replace(photo, person=new, group=group))
    return joined


def _ungroup(pool: _Pool, is_meant: Callable[[Kept], bool]) -> None:
    """Give each photo that is meant a group of its own, to be allotted anew."""
    numbers = count(max((photo.group for photo in pool.photos if photo.group is not None), default=-1) + 1)
    pool.each_photo(lambda photo: replace(photo, group=next(numbers), split=None) if is_meant(photo) else photo)
