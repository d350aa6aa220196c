"""A data set opened for an edit: what is used, what is left out. Saved as the data set's next version."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from core.config import SPLITS, CropConfig, Split
from core.data.dataset import Dataset
from core.data.groups import group_photos
from core.data.photofolder import PhotoFacts
from core.data.read import LeftOut
from core.data.similarity import carry_over, load_similarity, with_new_name
from core.data.splitting import Facts, UsedPhoto, split_photos
from core.data.store import PhotoStore
from core.data.versions import IsUsed, check_newest, photos_locked, save_edit
from core.errors import DatasetError, PhotoError

if TYPE_CHECKING:
    from core.workspace import Workspace

# Longer than another edit takes. Bringing photos holds the lock for minutes; a page must not wait for that.
WAIT_S = 3.0


@dataclass
class EditSession:
    """A data set being edited.

    Attributes:
        photos: what is used, and what would be if its person had enough photos.
        left_out: all else that the data set knows.
        needed: by person, the splits that an edit must not empty.
        facts: of every photo in `photos`.
    """

    workspace: Workspace
    dataset: Dataset
    photos: list[UsedPhoto]
    left_out: list[LeftOut]
    needed: dict[str, list[Split]]
    facts: Facts

    def _all(self) -> list[UsedPhoto | LeftOut]:
        return [*self.photos, *self.left_out]

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

    def look_up(self, sha256s: Sequence[str]) -> None:
        """Add what is known of photos to `facts`."""
        store = PhotoStore(self.workspace.photos)
        self.facts = {**self.facts, **known_facts(store, sha256s, self.dataset.crop)}

    def each_photo(self, change: Callable[[UsedPhoto], UsedPhoto]) -> None:
        self.photos = [change(photo) for photo in self.photos]

    def each_left_out(self, change: Callable[[LeftOut], LeftOut]) -> None:
        self.left_out = [change(entry) for entry in self.left_out]

    def use_again(self, is_meant: Callable[[LeftOut], bool]) -> None:
        """Use photos that were left out."""
        back = [entry for entry in self.left_out if entry.sha256 and is_meant(entry)]
        self.left_out = [entry for entry in self.left_out if entry not in back]
        photos = [used_again(entry.sha256, entry) for entry in back if entry.sha256]
        self.photos = [*self.photos, *photos]
        self.look_up([photo.sha256 for photo in photos])

    def ungroup(self, is_meant: Callable[[UsedPhoto], bool]) -> None:
        """Make each of these photos a group of its own, to be split anew."""
        numbers = count(max((photo.group for photo in self.photos if photo.group is not None), default=-1) + 1)
        self.each_photo(lambda photo: replace(photo, group=next(numbers), split=None) if is_meant(photo) else photo)

    def save(self, is_used: IsUsed, *, new_name: tuple[str, str] | None = None) -> Dataset:
        """Save the edited content as the next version; `new_name` is a person's old name and the new one."""
        empty = replace(self.dataset, left_out=tuple(self.left_out))
        after = split_photos(empty, self.photos, self.facts, needed=self.needed)
        similarity = load_similarity(self.workspace, self.dataset)
        if similarity and new_name:
            similarity = with_new_name(similarity, *new_name)
        edited = save_edit(self.workspace, self.dataset, after, is_used=is_used)
        carry_over(self.workspace, similarity, edited)
        return edited


@contextmanager
def edit_session(workspace: Workspace, dataset: Dataset) -> Iterator[EditSession]:
    """Open a data set for an edit, with the photos locked.

    Raises:
        DatasetError: it is not the newest version, or photos are being read in.
    """
    with photos_locked(workspace, timeout_s=WAIT_S):
        check_newest(workspace, dataset)
        photos, left_out = used_and_left_out(dataset)
        session = EditSession(workspace, dataset, photos, left_out, needed_splits(dataset), {})
        session.look_up([photo.sha256 for photo in photos])
        yield session


def used_and_left_out(dataset: Dataset) -> tuple[list[UsedPhoto], list[LeftOut]]:
    """Return the used photos of a data set, with those of people who have too few, and the rest of `left_out`."""
    photos = [
        UsedPhoto(item.sha256, item.name, item.person, item.split, item.face, item.group, item.looked)
        for item in dataset.items
    ]
    rest = []
    for entry in dataset.left_out:
        if entry.kind == "too_few" and entry.sha256 is not None:
            photos.append(used_again(entry.sha256, entry))
        else:
            rest.append(entry)
    return photos, rest


def used_again(sha256: str, entry: LeftOut) -> UsedPhoto:
    """Return a photo that was left out as one to be used, with the split it had."""
    is_leak = entry.kind == "leak"
    return UsedPhoto(sha256, entry.name, entry.person, entry.split, entry.face, looked=is_leak, keeps_split=is_leak)


def needed_splits(dataset: Dataset) -> dict[str, list[Split]]:
    """Return by person the splits with photos; an edit must not empty one."""
    had: dict[str, set[Split]] = {person: set() for person in dataset.people}
    for item in dataset.items:
        if item.person is not None:
            had[item.person].add(item.split)
    return {person: [split for split in SPLITS if split in splits] for person, splits in had.items()}


def known_facts(store: PhotoStore, sha256s: Sequence[str], crop: CropConfig) -> dict[str, PhotoFacts | PhotoError]:
    """Return the facts of photos, finding out what is not known yet."""
    found: dict[str, PhotoFacts | PhotoError] = {}
    for sha256 in dict.fromkeys(sha256s):
        try:
            found[sha256] = store.folder(sha256).facts(crop.detector)
        except PhotoError as error:
            found[sha256] = error
        except FileNotFoundError:
            found[sha256] = PhotoError("is no longer there; bring it again")
    return found


def check_face(facts: PhotoFacts | PhotoError | None, face: int | None) -> None:
    if not isinstance(facts, PhotoFacts):
        reason = facts or "was left out; bring it back first"
        raise DatasetError(f"This photo cannot be used: it {reason}.")
    if face is not None and not 0 <= face < len(facts.faces):
        n_faces = len(facts.faces)
        raise DatasetError(f"This photo shows {n_faces} faces, number {face + 1} was asked for; choose another one.")


def merge_people(photos: Sequence[UsedPhoto], old: str, new: str, facts: Facts) -> list[UsedPhoto]:
    """Return the photos with those of `old` given to `new`: copies are dropped, near copies join the groups of `new`.

    If a photo was brought for both people with different faces, it needs a look again.
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
    return without_duplicates(joined)


def without_duplicates(photos: Sequence[UsedPhoto]) -> list[UsedPhoto]:
    """Return each photo of a person once. Where its entries name different faces, it needs a look again."""
    first: dict[tuple[str, str | None], UsedPhoto] = {}
    for photo in photos:
        key = photo.sha256, photo.person
        before = first.setdefault(key, photo)
        if before.face != photo.face:
            face = photo.face if before.face is None else before.face
            first[key] = replace(before, face=face, looked=False)
    return list(first.values())
