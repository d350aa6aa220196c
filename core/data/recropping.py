"""Find and crop the faces of a data set again, with other settings. It takes minutes, so a job runs it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.data.dataset import Dataset
from core.data.edit_session import needed_splits, used_again, used_and_left_out
from core.data.extras import with_extras
from core.data.read import LeftOut
from core.data.splitting import UsedPhoto, split_photos, without_unusable
from core.data.store import PhotoStore
from core.data.versions import IsUsed, load_dataset, photos_locked, save_edit

if TYPE_CHECKING:
    from core.config import CropConfig
    from core.data.detection import Face
    from core.workspace import Workspace

Progress = Callable[[str, int, int], None]


def recrop(
    workspace: Workspace,
    dataset: Dataset,
    crop: CropConfig,
    *,
    is_used: IsUsed,
    on_progress: Progress | None = None,
) -> Dataset:
    """Find and crop the faces of a data set again, with other settings. Photos keep their group and split.

    Photos left out for want of a face are searched again. A face that the user chose is found by its position.

    Args:
        dataset: any version; the newest is cropped again.
        is_used: see `versions.save_edit`.
        on_progress: called with ("crop", done, total); may raise `Stopped`.

    Returns:
        The data set as saved; unchanged if it has these settings already.
    """
    report = on_progress or (lambda *_: None)
    store = PhotoStore(workspace.photos)
    with photos_locked(workspace, on_wait=lambda: report("crop", 0, 0)):
        before = load_dataset(workspace, dataset.id)
        if crop == before.crop:
            return before
        settled, rest = used_and_left_out(before)
        extras = [entry for entry in rest if entry.extra and entry.kind != "removed"]
        rest = [entry for entry in rest if entry not in extras]
        again = [used_again(entry.sha256, entry) for entry in rest if entry.sha256 and _may_show_a_face_now(entry)]
        photos = [*settled, *again]
        facts = store.crop_all(
            [*(photo.sha256 for photo in photos), *(entry.sha256 for entry in extras if entry.sha256)],
            crop,
            on_photo=lambda done, total, _: report("crop", done, total),
        )
        whole = [photo for photo in settled if photo.looked and photo.face is None and before.crop.detector != "none"]
        used, unusable = without_unusable([photo for photo in photos if photo not in whole], facts, crop)
        faces = {(photo.sha256, photo.person): photo.face for photo in settled}
        used = [
            _with_chosen_face(photo, faces.get((photo.sha256, photo.person), 0), store, before.crop, crop)
            for photo in used
        ]
        rest = [entry for entry in rest if not (entry.sha256 and _may_show_a_face_now(entry))]
        empty = replace(before, crop=crop, left_out=(*rest, *unusable))
        after = split_photos(empty, [*whole, *used], facts, needed=needed_splits(before))
        return save_edit(workspace, before, with_extras(after, extras, facts), is_used=is_used)


def _may_show_a_face_now(entry: LeftOut) -> bool:
    return entry.kind == "no_face" and (entry.person is not None or entry.split == "test")


def _with_chosen_face(
    photo: UsedPhoto, before: int | None, store: PhotoStore, old: CropConfig, new: CropConfig
) -> UsedPhoto:
    """Return the photo with the face that the user chose, where that was not the largest."""
    if photo.face is None or before is None or (before == 0 and not photo.looked):
        return photo
    if old.detector == new.detector:
        return replace(photo, face=before)
    folder = store.folder(photo.sha256)
    was = folder.stored_faces(old.detector) or []
    found = folder.stored_faces(new.detector) or []
    face = _same_place(was[before], found) if before < len(was) else None
    return replace(photo, face=face) if face is not None else replace(photo, looked=False)


def _same_place(was: Face, found: Sequence[Face]) -> int | None:
    """Return the index of the face whose centre is nearest to that of `was`; None if none lies inside it."""

    def distance(face: Face) -> float:
        across = face.x + face.width / 2 - was.x - was.width / 2
        down = face.y + face.height / 2 - was.y - was.height / 2
        return math.hypot(across / was.width, down / was.height)

    nearest = min(range(len(found)), key=lambda place: distance(found[place]), default=None)
    return nearest if nearest is not None and distance(found[nearest]) < 0.5 else None
