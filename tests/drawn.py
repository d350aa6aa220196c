"""Seeded pictures drawn at test time, files of them, and folders of people. No real photo, no file kept."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import ExifTags, Image


def picture(seed: int, width: int = 160, height: int = 120) -> np.ndarray:
    """Draw clouds of colour; two seeds give pictures that no perceptual hash takes for the same.

    Returns:
        uint8, shape (height, width, 3), RGB.
    """
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (12, 16, 3), np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))


def used(_: object) -> bool:
    """Say that an experiment has a data set, where an edit asks; `unused` says that none has."""
    return True


def unused(_: object) -> bool:
    return False


def corners(width: int = 64, height: int = 48) -> np.ndarray:
    """Draw quarters of red, green, blue and white, clockwise from the upper left, to tell what was turned how."""
    quarters = np.zeros((height, width, 3), np.uint8)
    quarters[: height // 2, : width // 2] = 255, 0, 0
    quarters[: height // 2, width // 2 :] = 0, 255, 0
    quarters[height // 2 :, width // 2 :] = 0, 0, 255
    quarters[height // 2 :, : width // 2] = 255, 255, 255
    return quarters


def encoded(rgb: np.ndarray | Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Return the bytes of a picture file of any kind that Pillow writes."""
    image = rgb if isinstance(rgb, Image.Image) else Image.fromarray(rgb)
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def exif(*, orientation: int = 1, taken_at: str | None = None, make: str = "", model: str = "") -> bytes:
    """Return EXIF data; `taken_at` as cameras write it, "2024:05:06 07:08:09"."""
    data = Image.Exif()
    data[ExifTags.Base.Orientation] = orientation
    if make:
        data[ExifTags.Base.Make] = make
    if model:
        data[ExifTags.Base.Model] = model
    if taken_at:
        data.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken_at
    return data.tobytes()


def write_files(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files, named by their path inside the folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def write_zip(path: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write a zip of files, named by their path inside it."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def people_files(n_photos: dict[str, int], *, under: str = "", first_seed: int = 0) -> dict[str, bytes]:
    """Draw so many photos of each person, all different: {"anna/0.png": ...}."""
    files = {}
    seed = first_seed
    for person, count in n_photos.items():
        for number in range(count):
            files[f"{under}{person}/{number}.png"] = encoded(picture(seed))
            seed += 1
    return files
