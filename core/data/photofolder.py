"""The folder of one photo in the store: the original, and what was made from it, by settings.

original                      the file as it came
facts-1.json                  format, size, time, camera, perceptual hash; or why it cannot be decoded
faces-<detector>-2.json       every face found; "-1" of earlier versions did not search turned photos
crop-<settings>-<face>-1.png  a crop; <face> is its index, or "whole"

The number is the version of the method. A better method gets the next number, so old results are not mistaken for new.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import cv2
import imagehash
from PIL import Image

from core import disk
from core.data.cropping import crop_from
from core.data.decode import Photo, decode
from core.data.detection import Face, StoredFace, find_in, is_upright
from core.errors import DamagedFileError, PhotoError
from core.schema import Schema, convert

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from core.config import CropConfig, Detector

T = TypeVar("T")
FACTS_VERSION = CROP_VERSION = 1
FACES_VERSION = 2
# 16 x 16 bits: at 8 x 8, different photos of one person are as close as copies of one photo (see `groups`).
HASH_SIDE = 16


@dataclass(frozen=True)
class PhotoFacts:
    """What is known of one photo.

    Attributes:
        sha256: of the file, hexadecimal.
        format: Pillow's name of the format.
        size_px: (width, height), upright.
        taken_at: by the camera's own clock; None if unknown.
        camera: maker and model; None if unknown.
        phash: perceptual hash of the whole photo, 256 bits, hexadecimal.
        faces: largest first; empty for detector "none".
    """

    sha256: str
    format: str
    size_px: tuple[int, int]
    taken_at: datetime | None
    camera: str | None
    phash: str
    faces: tuple[Face, ...]


@dataclass(frozen=True)
class _Looked:
    """What decoding a photo told; see `PhotoFacts`. With an `error` it cannot be decoded, and the rest is empty."""

    error: str | None
    format: str = ""
    size_px: tuple[int, int] = (0, 0)
    taken_at: datetime | None = None
    camera: str | None = None
    phash: str = "0" * (HASH_SIDE**2 // 4)

    def __post_init__(self) -> None:
        if not re.fullmatch(f"[0-9a-f]{{{HASH_SIDE**2 // 4}}}", self.phash):
            raise PhotoError("has no proper perceptual hash; look at it again")


@dataclass(frozen=True)
class _Faces:
    faces: tuple[StoredFace, ...]


_LOOKED, _FACES = Schema(_Looked), Schema(_Faces)


class PhotoFolder:
    """One photo's folder. Decodes the original only if something is missing, and only once.

    Only the store creates the folder: writing here while a photo is being removed must not bring it back.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._photo: Photo | None = None

    def stored_facts(self, detector: Detector) -> PhotoFacts | None:
        """Return the stored facts; None if the photo was not decoded or its faces not searched yet.

        Raises:
            PhotoError: the photo was found to be undecodable.
        """
        looked = self._read(_LOOKED, f"facts-{FACTS_VERSION}.json")
        faces = self.stored_faces(detector)
        if looked is not None and looked.error:
            raise PhotoError(looked.error)
        return None if looked is None or faces is None else self._facts(looked, faces)

    def stored_faces(self, detector: Detector) -> list[Face] | None:
        """Return the faces found before; None if they were not searched yet."""
        if detector == "none":
            return []
        stored = self._read(_FACES, f"faces-{detector}-{FACES_VERSION}.json")
        if stored is not None:
            return [each.face() for each in stored.faces]
        earlier = self._read(_FACES, f"faces-{detector}-1.json")
        found = [each.face() for each in earlier.faces] if earlier else []
        # If a face proves the photo upright, a new search would find the same.
        return found if is_upright(found) else None

    def facts(self, detector: Detector) -> PhotoFacts:
        """Return the facts and faces; find them out if they are not stored yet.

        Raises:
            PhotoError: it cannot be decoded.
        """
        stored = self.stored_facts(detector)
        if stored is not None:
            return stored
        name = f"facts-{FACTS_VERSION}.json"
        looked = self._read(_LOOKED, name)
        if looked is None:
            looked = self._look()
            _LOOKED.write(self.path / name, looked, make_folder=False)
        return self._facts(looked, self.faces(detector))

    def faces(self, detector: Detector) -> list[Face]:
        """Return the faces, largest first; search them if they are not stored yet.

        Raises:
            PhotoError: the photo cannot be decoded.
        """
        stored = self.stored_faces(detector)
        if stored is None:
            stored = find_in(self._decoded(), detector)
            faces = convert({"faces": [face.to_dict() for face in stored]}, _Faces, "faces")
            _FACES.write(self.path / f"faces-{detector}-{FACES_VERSION}.json", faces, make_folder=False)
            self._forget_crops(detector)
        return stored

    def crop_path(self, config: CropConfig, face_index: int | None) -> Path:
        """Return the path of a crop, which need not exist."""
        face = "whole" if face_index is None else str(face_index)
        settings = f"{config.detector}-{config.margin:g}-{config.size_px}-{'level' if config.align else 'asis'}"
        return self.path / f"crop-{settings}-{face}-{CROP_VERSION}.png"

    def crop(self, config: CropConfig, face_index: int | None) -> Path:
        """Return the PNG of a face's crop (None: of the whole photo); it is made if missing or damaged.

        Raises:
            PhotoError: the photo cannot be decoded, or has no such face.
        """
        path = self.crop_path(config, face_index)
        if _is_whole(path):
            return path
        face = None
        if face_index is not None:
            faces = self.faces(config.detector)
            if face_index >= len(faces):
                raise PhotoError(
                    f"has {len(faces)} faces, number {face_index + 1} was asked for; crop the photos again"
                )
            face = faces[face_index]
        crop_rgb = crop_from(self._decoded(), face, config)
        disk.write_bytes(path, _png(crop_rgb), make_folder=False)
        return path

    def _forget_crops(self, detector: Detector) -> None:
        """Remove the crops made by an earlier search: their indices may mean other faces now."""
        for pattern in (f"crop-{detector}-*", f"small-*-crop-{detector}-*"):
            for path in self.path.glob(pattern):
                if "-whole-" not in path.name:
                    path.unlink(missing_ok=True)

    def _read(self, schema: Schema[T], name: str) -> T | None:
        """Return what was found out before; None where it must be found out (again)."""
        try:
            return schema.read(self.path / name)
        except (FileNotFoundError, DamagedFileError):
            return None

    def _decoded(self) -> Photo:
        if self._photo is None:
            self._photo = decode((self.path / "original").read_bytes())
        return self._photo

    def _look(self) -> _Looked:
        """Decode the photo and return its facts; store it if the photo cannot be decoded."""
        try:
            photo = self._decoded()
        except PhotoError as error:
            # Not stored: a machine with more free memory may read the photo.
            if not isinstance(error.__cause__, MemoryError):
                _LOOKED.write(self.path / f"facts-{FACTS_VERSION}.json", _Looked(str(error)), make_folder=False)
            raise
        width, height = photo.full_size_px
        return _Looked(None, photo.format, (width, height), photo.taken_at, photo.camera, perceptual_hash(photo.rgb))

    def _facts(self, looked: _Looked, faces: list[Face]) -> PhotoFacts:
        return PhotoFacts(
            sha256=self.path.name,
            format=looked.format,
            size_px=looked.size_px,
            taken_at=looked.taken_at,
            camera=looked.camera,
            phash=looked.phash,
            faces=tuple(faces),
        )


def _png(crop_rgb: np.ndarray) -> bytes:
    # As small as what Pillow writes unasked, in a seventh of the time (40 crops): for photos, to try all filters and to
    # look for repeats saves nothing.
    settings = {
        cv2.IMWRITE_PNG_COMPRESSION: 1,
        cv2.IMWRITE_PNG_FILTER: cv2.IMWRITE_PNG_FILTER_PAETH,
        cv2.IMWRITE_PNG_STRATEGY: cv2.IMWRITE_PNG_STRATEGY_RLE,
    }
    crop_bgr = cv2.cvtColor(crop_rgb, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".png", crop_bgr, [number for pair in settings.items() for number in pair])[1].tobytes()


def _is_whole(crop: Path) -> bool:
    """Return whether a crop is there, to its last byte."""
    try:
        with Image.open(crop, formats=["PNG"]) as picture:
            picture.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return True


def perceptual_hash(photo_rgb: np.ndarray) -> str:
    """Return the photo's perceptual hash, 256 bits, hexadecimal; near copies of a photo differ in few bits."""
    image = Image.fromarray(photo_rgb)
    # The hash looks at 64 px a side. From a copy of 256 px, not 512, 0.7 of its bits differ (46 photos, at most 4).
    shrink = max(image.size) // 256
    return str(imagehash.phash(image.reduce(shrink) if shrink > 1 else image, hash_size=HASH_SIDE))


def chosen_face(facts: PhotoFacts, config: CropConfig) -> int | None:
    """Return the index of the face used by default: the largest, which is the first. None for the whole photo.

    Raises:
        PhotoError: there is no face.
    """
    if config.detector == "none":
        return None
    if not facts.faces:
        raise PhotoError("shows no face that was found; bring another photo, or one where the face is larger")
    return 0


def prepare(path: Path, config: CropConfig) -> PhotoFacts | PhotoError:
    """Make all that a data set needs of one photo: facts, faces, the crop of the largest face.

    Args:
        path: the photo's folder.

    Returns:
        The facts, also if no face was found, in which case there is no crop. A `PhotoError` if it cannot be decoded.
    """
    folder = PhotoFolder(path)
    try:
        facts = folder.facts(config.detector)
        if facts.faces or config.detector == "none":
            folder.crop(config, chosen_face(facts, config))
    except PhotoError as error:
        return error
    return facts


def prepared(path: Path, config: CropConfig) -> PhotoFacts | PhotoError | None:
    """Return what `prepare` would, if all of it is stored; else None. Decodes nothing."""
    folder = PhotoFolder(path)
    try:
        facts = folder.stored_facts(config.detector)
    except PhotoError as error:
        return error
    if facts is None:
        return None
    if not facts.faces and config.detector != "none":
        return facts
    return facts if _is_whole(folder.crop_path(config, chosen_face(facts, config))) else None
