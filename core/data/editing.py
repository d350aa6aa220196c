"""A data set opened for an edit: what shall be used, what is left out; and how that is saved as the next version."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from core.config import Split
from core.data.dataset import Dataset, IsUsed, check_newest, photos_locked, save_edit
from core.data.groups import group_photos
from core.data.items import Facts, Kept, allotted, kept_again, known_facts, needed_splits, pool_of
from core.data.photofolder import PhotoFacts
from core.data.read import LeftOut
from core.data.similarity import carry_over, load_similarity, with_new_name
from core.data.store import PhotoStore
from core.errors import DatasetError, PhotoError

if TYPE_CHECKING:
    from core.workspace import Workspace

# Longer than another edit takes; a reading-in holds the lock for minutes, and nobody waits for that in front of a page.
WAIT_S = 3.0


@dataclass
class Pool:
    """A data set being edited: what shall be used, what is left out, which splits people must keep."""

    photos: list[Kept]
    rest: list[LeftOut]
    needed: dict[str, list[Split]]
    facts: Facts

    def _all(self) -> list[Kept | LeftOut]:
        return [*self.photos, *self.rest]

    def people(self) -> set[str]:
        """Return everybody, those with too few photos included."""
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


@contextmanager
def editing(workspace: Workspace, dataset: Dataset) -> Iterator[Pool]:
    """Hold the lock of the photos and give the data set's content."""
    with photos_locked(workspace, timeout_s=WAIT_S):
        check_newest(workspace, dataset)
        photos, rest = pool_of(dataset)
        facts = known_facts(PhotoStore(workspace.photos), [photo.sha256 for photo in photos], dataset.crop)
        yield Pool(photos, rest, needed_splits(dataset), facts)


def bring_back(workspace: Workspace, dataset: Dataset, pool: Pool, is_meant: Callable[[LeftOut], bool]) -> None:
    """Make photos that are left out some that shall be used."""
    back = [entry for entry in pool.rest if entry.sha256 and is_meant(entry)]
    pool.rest = [entry for entry in pool.rest if entry not in back]
    photos = [kept_again(entry.sha256, entry) for entry in back if entry.sha256]
    pool.photos = [*pool.photos, *photos]
    facts = known_facts(PhotoStore(workspace.photos), [photo.sha256 for photo in photos], dataset.crop)
    pool.facts = {**pool.facts, **facts}


def save(
    workspace: Workspace, before: Dataset, pool: Pool, is_used: IsUsed, *, named: tuple[str, str] | None = None
) -> Dataset:
    """Save the edited content as the next version; `named` is who is called otherwise now, with the new name."""
    after = allotted(replace(before, left_out=tuple(pool.rest)), pool.photos, pool.facts, needed=pool.needed)
    similarity = load_similarity(workspace, before)
    if similarity and named:
        similarity = with_new_name(similarity, *named)
    edited = save_edit(workspace, before, after, is_used=is_used)
    carry_over(workspace, similarity, edited)
    return edited


def check_face(facts: PhotoFacts | PhotoError | None, face: int | None) -> None:
    if not isinstance(facts, PhotoFacts):
        reason = facts or "was left out; bring it back first"
        raise DatasetError(f"This photo cannot be used: it {reason}.")
    if face is not None and not 0 <= face < len(facts.faces):
        n_faces = len(facts.faces)
        raise DatasetError(f"This photo shows {n_faces} faces, number {face + 1} was asked for; choose another one.")


def joining(photos: Sequence[Kept], old: str, new: str, facts: Facts) -> list[Kept]:
    """Return the photos with one person's made another's: copies go, near copies join the groups of the other.

    A photo of a group that was brought for both has one face of the two, and which one is asked again.
    """
    known = [
        (photo, fact)
        for photo in photos
        if photo.person in (old, new) and isinstance(fact := facts[photo.sha256], PhotoFacts)
    ]
    labels = group_photos([fact for _, fact in known])
    of_new = {label for label, (photo, _) in zip(labels, known, strict=True) if photo.person == new}
    near = {photo for label, (photo, _) in zip(labels, known, strict=True) if label in of_new and photo.person == old}
    touched = {photo.group for photo in near}
    joined = [
        replace(photo, person=new, group=None if photo.group in touched else photo.group)
        if photo.person == old
        else photo
        for photo in sorted(photos, key=lambda photo: photo.person == old)
    ]
    return once_each(joined)


def once_each(photos: Sequence[Kept]) -> list[Kept]:
    """Return each photo of a person once, the first; where two said different faces of it, it needs a look again."""
    first: dict[tuple[str, str | None], Kept] = {}
    for photo in photos:
        key = photo.sha256, photo.person
        before = first.setdefault(key, photo)
        if before.face != photo.face:
            face = photo.face if before.face is None else before.face
            first[key] = replace(before, face=face, looked=False)
    return list(first.values())


def set_apart(pool: Pool, is_meant: Callable[[Kept], bool]) -> None:
    """Return each photo that is meant a group of its own, to be allotted anew."""
    numbers = count(max((photo.group for photo in pool.photos if photo.group is not None), default=-1) + 1)
    pool.each_photo(lambda photo: replace(photo, group=next(numbers), split=None) if is_meant(photo) else photo)
