"""Change people and photos of a data set. Every edit is saved as the data set's next version.

Photos are identified by their SHA-256. If the same photo was brought for two people, `of` says whose is meant.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from core.config import SplitConfig
from core.data.dataset import Dataset
from core.data.edit_session import WAIT_S, check_face, edit_session, merge_people, used_again, without_duplicates
from core.data.leaks import LEAK
from core.data.read import LeftOut, shown_name
from core.data.similarity import carry_over, load_similarity
from core.data.splitting import UsedPhoto
from core.data.versions import IsUsed, photos_locked, save_edit
from core.errors import DatasetError

if TYPE_CHECKING:
    from core.workspace import Workspace


def rename_person(workspace: Workspace, dataset: Dataset, old: str, new: str, *, is_used: IsUsed) -> Dataset:
    """Rename a person; if somebody has that name already, merge the two.

    Raises:
        DatasetError: nobody has the old name, or the new one is empty.
    """
    new = shown_name(new)
    if new == old:
        return dataset
    with edit_session(workspace, dataset) as session:
        session.check_person(old)
        if new in session.people():
            session.photos = merge_people(session.photos, old, new, session.facts)
        else:
            if old in session.needed:
                session.needed[new] = session.needed[old]
            session.each_photo(lambda photo: replace(photo, person=new) if photo.person == old else photo)
        session.each_left_out(lambda entry: replace(entry, person=new) if entry.person == old else entry)
        return session.save(is_used, new_name=(old, new))


def remove_person(workspace: Workspace, dataset: Dataset, person: str, *, is_used: IsUsed) -> Dataset:
    """Remove a person with all photos, including those left out."""
    with edit_session(workspace, dataset) as session:
        session.check_person(person)
        session.photos = [photo for photo in session.photos if photo.person != person]
        session.left_out = [entry for entry in session.left_out if entry.person != person]
        return session.save(is_used)


def remove_photos(
    workspace: Workspace, dataset: Dataset, sha256s: Collection[str], *, is_used: IsUsed, of: str | None = None
) -> Dataset:
    """Remove photos for good, used or left out; `leave_out` keeps them for later."""
    with edit_session(workspace, dataset) as session:
        session.check_photos(sha256s)
        session.photos = [photo for photo in session.photos if not _meant(photo, sha256s, of)]
        session.left_out = [entry for entry in session.left_out if not _meant(entry, sha256s, of)]
        return session.save(is_used)


def leave_out(
    workspace: Workspace, dataset: Dataset, sha256s: Collection[str], *, is_used: IsUsed, of: str | None = None
) -> Dataset:
    """Leave photos out; `use_photo` brings them back."""
    with edit_session(workspace, dataset) as session:
        session.check_photos(sha256s)
        out = [_left_out(photo) for photo in session.photos if _meant(photo, sha256s, of)]
        session.photos = [photo for photo in session.photos if not _meant(photo, sha256s, of)]
        session.each_left_out(lambda entry: replace(entry, kind="removed") if _meant(entry, sha256s, of) else entry)
        session.left_out += out
        return session.save(is_used)


def move_photos(
    workspace: Workspace,
    dataset: Dataset,
    sha256s: Collection[str],
    person: str,
    *,
    is_used: IsUsed,
    of: str | None = None,
) -> Dataset:
    """Move photos to another person, who may be new."""
    person = shown_name(person)
    with edit_session(workspace, dataset) as session:
        session.check_photos(sha256s)
        staying, moved = [], []
        for photo in session.photos:
            if not _meant(photo, sha256s, of) or photo.person == person:
                staying.append(photo)
            else:
                moved.append(replace(photo, person=person, group=None, looked=True))
        session.photos = without_duplicates([*staying, *moved])
        session.each_left_out(lambda entry: replace(entry, person=person) if _meant(entry, sha256s, of) else entry)
        return session.save(is_used)


def choose_face(
    workspace: Workspace,
    dataset: Dataset,
    sha256: str,
    face: int | None,
    *,
    is_used: IsUsed,
    of: str | None = None,
) -> Dataset:
    """Choose which face of a photo is the person's; None is the whole photo."""
    return choose_faces(workspace, dataset, {sha256 if of is None else f"{sha256}/{of}": face}, is_used=is_used)


def choose_faces(
    workspace: Workspace, dataset: Dataset, faces: Mapping[str, int | None], *, is_used: IsUsed
) -> Dataset:
    """Choose the face of many photos; extras among them are used from then on.

    Args:
        faces: by `similarity.key_of` the photo, or by its SHA-256.
    """
    with edit_session(workspace, dataset) as session:
        session.check_photos({key.partition("/")[0] for key in faces})
        session.use_again(lambda entry: entry.is_extra_group_photo and _key_in(faces, entry) is not None)
        for sha256, face in ((key.partition("/")[0], face) for key, face in faces.items()):
            check_face(session.facts.get(sha256), face)

        def chosen(photo: UsedPhoto) -> UsedPhoto:
            key = _key_in(faces, photo)
            return photo if key is None else replace(photo, face=faces[key], looked=True)

        session.each_photo(chosen)
        return session.save(is_used)


def use_photo(
    workspace: Workspace,
    dataset: Dataset,
    sha256: str,
    face: int | None,
    person: str | None = None,
    *,
    is_used: IsUsed,
    of: str | None = None,
) -> Dataset:
    """Use a photo that was left out.

    Args:
        face: which of its faces; None is the whole photo.
        person: whose photo it is; None keeps the person it was brought for.

    Raises:
        DatasetError: it cannot be read, has no such face, or has no person.
    """
    whose = None if person is None else shown_name(person)
    with edit_session(workspace, dataset) as session:
        session.check_photos([sha256])
        found = [entry for entry in session.left_out if _meant(entry, [sha256], of)]
        photos = [used_again(sha256, entry) for entry in found[:1]]
        photos += [photo for photo in session.photos if _meant(photo, [sha256], of) and not photos]
        session.look_up([sha256])
        check_face(session.facts[sha256], face)
        kept = [replace(photo, face=face, person=whose or photo.person, looked=True) for photo in photos]
        if any(photo.person is None and photo.split != "test" for photo in kept):
            raise DatasetError(f'Nobody said whose photo "{kept[0].name}" is; choose a person for it.')
        # If the person has the photo already, with another face, the face chosen now replaces it.
        people = {photo.person for photo in kept}
        session.photos = [
            photo
            for photo in session.photos
            if photo not in photos and not (photo.sha256 == sha256 and photo.person in people)
        ] + [
            photo if photo.person == before.person else replace(photo, group=None)
            for photo, before in zip(kept, photos, strict=True)
        ]
        session.left_out = [entry for entry in session.left_out if entry not in found[:1]]
        return session.save(is_used)


def confirm(
    workspace: Workspace, dataset: Dataset, sha256s: Collection[str], *, is_used: IsUsed, of: str | None = None
) -> Dataset:
    """Mark photos as reviewed: they are fine as they are."""
    with edit_session(workspace, dataset) as session:
        session.check_photos(sha256s)
        session.each_photo(lambda photo: replace(photo, looked=True) if _meant(photo, sha256s, of) else photo)
        return session.save(is_used)


def count_leaks(
    workspace: Workspace, dataset: Dataset, sha256s: Collection[str], *, is_used: IsUsed, of: str | None = None
) -> Dataset:
    """Use validation and test photos although they are also train photos."""
    with edit_session(workspace, dataset) as session:
        session.check_photos(sha256s)
        session.use_again(lambda entry: entry.kind == LEAK and _meant(entry, sha256s, of))
        return session.save(is_used)


def ungroup(workspace: Workspace, dataset: Dataset, sha256s: Collection[str], *, is_used: IsUsed) -> Dataset:
    """Make each of these photos a group of its own, and split them anew."""
    with edit_session(workspace, dataset) as session:
        session.check_photos(sha256s)
        session.ungroup(lambda photo: photo.sha256 in sha256s)
        return session.save(is_used)


def ungroup_person(workspace: Workspace, dataset: Dataset, person: str, *, is_used: IsUsed) -> Dataset:
    """Ungroup all photos of a person, for example if all were taken within minutes."""
    with edit_session(workspace, dataset) as session:
        session.check_person(person)
        session.ungroup(lambda photo: photo.person == person)
        return session.save(is_used)


def resplit(workspace: Workspace, dataset: Dataset, split: SplitConfig, *, is_used: IsUsed) -> Dataset:
    """Split all photos of people anew, by other fractions or another seed. Leaks disappear: groups stay whole."""
    with edit_session(workspace, dataset) as session:
        session.use_again(lambda entry: entry.kind == LEAK)
        session.photos = without_duplicates(session.photos)
        session.each_photo(
            lambda photo: photo if photo.person is None else replace(photo, split=None, keeps_split=False)
        )
        session.needed = {}
        session.dataset = replace(dataset, split=split)
        return session.save(is_used)


def rename_dataset(workspace: Workspace, dataset: Dataset, name: str, *, is_used: IsUsed) -> Dataset:
    """Rename the data set."""
    name = shown_name(name)
    with photos_locked(workspace, timeout_s=WAIT_S):
        similarity = load_similarity(workspace, dataset)
        saved = save_edit(workspace, dataset, replace(dataset, name=name), is_used=is_used)
        carry_over(workspace, similarity, saved)
        return saved


def _meant(entry: UsedPhoto | LeftOut, sha256s: Collection[str], of: str | None) -> bool:
    return entry.sha256 in sha256s and of in (None, entry.person)


def _key_in(faces: Mapping[str, int | None], photo: UsedPhoto | LeftOut) -> str | None:
    keys = (f"{photo.sha256}/{photo.person}", photo.sha256 or "")
    return next((key for key in keys if key in faces), None)


def _left_out(photo: UsedPhoto) -> LeftOut:
    return LeftOut(photo.name, "was left out", photo.sha256, photo.person, photo.split, "removed", photo.face)
