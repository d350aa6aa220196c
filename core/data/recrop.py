"""The photos of a data set again with another detector or margin; nothing that stays is done again."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.data.extras import with_spares
from core.data.faces import Face
from core.data.items import Kept, allotted, kept_again, needed_splits, pool_of, sort_out
from core.data.manifest import Dataset, IsUsed, load_dataset, photos_locked, save_edit
from core.data.read import LeftOut
from core.data.store import PhotoStore

if TYPE_CHECKING:
    from core.config import CropConfig
    from core.workspace import Workspace


def recrop(
    workspace: Workspace,
    dataset: Dataset,
    crop: CropConfig,
    *,
    is_used: IsUsed,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Dataset:
    """Find and crop the faces of a data set anew; whoever is still found keeps group and split.

    Photos without a face get another chance. A face that somebody chose is found again by its place in the photo.

    Args:
        dataset: any version; the newest is cropped.
        is_used: see `manifest.save_edit`.
        on_progress: called with ("crop", done, total); may raise `Stopped`.

    Returns:
        The data set as saved; unchanged where `crop` is what it has.
    """
    report = on_progress or (lambda *_: None)
    store = PhotoStore(workspace.photos)
    with photos_locked(workspace, on_wait=lambda: report("crop", 0, 0)):
        before = load_dataset(workspace, dataset.id)
        if crop == before.crop:
            return before
        settled, rest = pool_of(before)
        spares = [entry for entry in rest if entry.spare and entry.kind != "removed"]
        rest = [entry for entry in rest if entry not in spares]
        again = [kept_again(entry.sha256, entry) for entry in rest if entry.sha256 and _deserves_a_chance(entry)]
        photos = [*settled, *again]
        facts = store.crop_all(
            [*(photo.sha256 for photo in photos), *(entry.sha256 for entry in spares if entry.sha256)],
            crop,
            on_photo=lambda done, total, _: report("crop", done, total),
        )
        whole = [photo for photo in settled if photo.looked and photo.face is None and before.crop.detector != "none"]
        used, unusable = sort_out([photo for photo in photos if photo not in whole], facts, crop)
        faces = {(photo.sha256, photo.person): photo.face for photo in settled}
        used = [
            _with_chosen_face(photo, faces.get((photo.sha256, photo.person), 0), store, before.crop, crop)
            for photo in used
        ]
        rest = [entry for entry in rest if not (entry.sha256 and _deserves_a_chance(entry))]
        empty = replace(before, crop=crop, left_out=(*rest, *unusable))
        after = allotted(empty, [*whole, *used], facts, needed=needed_splits(before))
        return save_edit(workspace, before, with_spares(after, spares, facts), is_used=is_used)


def _deserves_a_chance(entry: LeftOut) -> bool:
    return entry.kind == "no_face" and (entry.person is not None or entry.split == "test")


def _with_chosen_face(photo: Kept, before: int | None, store: PhotoStore, old: CropConfig, new: CropConfig) -> Kept:
    """Return the photo with the face that was chosen before, where the largest was not."""
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
    """Return the face whose centre lies nearest to that of `was`, and inside it."""

    def distance(face: Face) -> float:
        across = face.x + face.width / 2 - was.x - was.width / 2
        down = face.y + face.height / 2 - was.y - was.height / 2
        return math.hypot(across / was.width, down / was.height)

    nearest = min(range(len(found)), key=lambda place: distance(found[place]), default=None)
    return nearest if nearest is not None and distance(found[nearest]) < 0.5 else None
