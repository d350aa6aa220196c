"""Write face crops as picture files, in a folder per person, for use elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pathvalidate import sanitize_filename

from core import disk
from core.config import CropConfig
from core.data.labels import PeopleFrom
from core.data.photofolder import PhotoFacts, chosen_face
from core.data.read import LeftOut, PhotoReader, SourcePhoto, read_source
from core.data.store import PhotoStore
from core.errors import DatasetError, PhotoError
from core.workspace import Workspace


@dataclass(frozen=True)
class ExportReport:
    """The number of faces written, the files not used, and the photos that need a look."""

    written: int
    left_out: tuple[LeftOut, ...]
    to_review: tuple[LeftOut, ...]


def export_crops(
    source: Path,
    out: Path,
    crop: CropConfig,
    *,
    people_from: PeopleFrom = "folders",
    on_progress: Callable[[str, int, int], None] | None = None,
) -> ExportReport:
    """Write the largest face of every photo as `out/person/photo.png`, under `out/split/` where the source has splits.

    Nothing is kept in the workspace.

    Args:
        source: folder or zip; see `read.read_source`.
        out: a new or empty folder. Folders and files get the names of people and photos, sanitized.
        crop: detector, margin, size.
        people_from: where the labels come from; see `read.read_source`.
        on_progress: called with (step, done, total), step "read" or "crop".

    Raises:
        DatasetError: the source cannot be read, or no photo in it shows a face.
    """
    report = on_progress or (lambda *_: None)
    left_out: list[LeftOut] = []
    to_review: list[LeftOut] = []
    written = 0
    with disk.temporary_folder(Workspace.personal().root) as scratch:
        store = PhotoStore(scratch)
        photos = _read(read_source(source, people_from), store, left_out, report)
        facts = store.crop_all(
            [sha256 for _, sha256 in photos], crop, on_photo=lambda done, total, _: report("crop", done, total)
        )
        for photo, sha256 in photos:
            try:
                known, face = _chosen(facts[sha256], crop)
            except PhotoError as error:
                left_out.append(LeftOut(photo.name, str(error)))
                continue
            if len(known.faces) > 1:
                to_review.append(LeftOut(photo.name, f"shows {len(known.faces)} faces, the largest was taken"))
            _write(store.crop(sha256, crop, face), photo, out)
            written += 1
    if not written:
        first = f' ("{left_out[0].name}" {left_out[0].reason})' if left_out else ""
        raise DatasetError(f'No photo in "{source.name}" shows a face that was found{first}; bring other photos.')
    return ExportReport(written, tuple(left_out), tuple(to_review))


def _chosen(known: PhotoFacts | PhotoError, crop: CropConfig) -> tuple[PhotoFacts, int | None]:
    if isinstance(known, PhotoError):
        raise known
    return known, chosen_face(known, crop)


def _write(crop: Path, photo: SourcePhoto, out: Path) -> None:
    folders = [sanitize_filename(part, replacement_text="_") or "_" for part in (photo.split, photo.person) if part]
    stem = sanitize_filename(PurePosixPath(photo.name).stem, replacement_text="_") or "photo"
    place = _free(out.joinpath(*folders) / f"{stem}.png")
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(crop, place)


def _read(
    reader: PhotoReader, store: PhotoStore, left_out: list[LeftOut], report: Callable[[str, int, int], None]
) -> list[tuple[SourcePhoto, str]]:
    photos = []
    for done, found in enumerate(reader, start=1):
        if isinstance(found, LeftOut):
            left_out.append(found)
        elif found.reason is not None:
            left_out.append(LeftOut(found.name, found.reason))
        else:
            # The bytes are in the store now; keeping them would keep all photos in memory.
            photos.append((SourcePhoto(found.name, found.person, found.split, b""), store.add(found.data)))
        report("read", done, len(reader))
    return photos


def _free(path: Path) -> Path:
    """Return `path`, or the first of "name (2)", "name (3)" ... that is not taken."""
    number, free = 2, path
    while free.exists():
        free = path.with_stem(f"{path.stem} ({number})")
        number += 1
    return free
