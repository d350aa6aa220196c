"""Small copies of crops, kept on disk in the photo's own folder: who deletes the photo deletes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from core import disk

if TYPE_CHECKING:
    from pathlib import Path

    from core.config import CropConfig
    from core.data.store import PhotoStore

THUMBNAIL_VERSION = 1
_QUALITY = 82


def thumbnail(store: PhotoStore, sha256: str, crop: CropConfig, face: int | None, side_px: int) -> Path:
    """Return the JPEG of a face's small copy, made when missing: (side_px, side_px), RGB.

    Args:
        face: place in the list of faces; None is the whole photo.

    Raises:
        PhotoError: the photo cannot be decoded, or has no such face.
        FileNotFoundError: the photo was deleted.
    """
    # Without a look at the crop where the small copy is there: a gallery opens many.
    path = _path(store.folder(sha256).crop_path(crop, face), side_px)
    return path if path.exists() else of_crop(store.crop(sha256, crop, face), side_px)


def of_crop(crop: Path, side_px: int) -> Path:
    """Return the small copy of a crop that is there, made when missing.

    Raises:
        FileNotFoundError: the photo was deleted.
    """
    path = _path(crop, side_px)
    if path.exists():
        return path
    with Image.open(crop) as picture:
        small = picture.convert("RGB").resize((side_px, side_px), Image.Resampling.LANCZOS)
    with disk.replacing(path, make_folder=False) as beside:
        small.save(beside, "JPEG", quality=_QUALITY)
    return path


def _path(crop: Path, side_px: int) -> Path:
    # The crop's name holds its settings; a crop never changes, so neither does its small copy.
    return crop.with_name(f"small-{side_px}-{crop.stem}-{THUMBNAIL_VERSION}.jpg")
