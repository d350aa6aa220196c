"""The photo store: photos by the hash of their content, with everything made from them. Nothing is done twice."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from PIL import Image

from core import disk
from core.data.parallel import prepare_all
from core.data.photofolder import PhotoFacts, PhotoFolder, prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from core.config import CropConfig
    from core.errors import PhotoError

THUMBNAIL_VERSION = 1
_THUMBNAIL_QUALITY = 82


class PhotoStore:
    """All photos of a workspace: `PhotoStore(workspace.photos)`. File names of users never become paths."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, sha256: str) -> PhotoFolder:
        """Return the folder of a photo, which need not exist."""
        return PhotoFolder(self.root / sha256[:2] / sha256)

    def add(self, data: bytes) -> str:
        """Store a photo's file, unless it is there already.

        Returns:
            Its SHA-256, hexadecimal, which identifies the photo everywhere.
        """
        sha256 = sha256_of(data)
        path = self.original(sha256)
        if not path.exists():
            disk.write_bytes(path, data)
        return sha256

    def has(self, sha256: str) -> bool:
        """Return whether a photo is stored."""
        return self.original(sha256).exists()

    def sha256s(self) -> set[str]:
        """Return the SHA-256 of every stored photo."""
        return {path.parent.name for path in self.root.glob("*/*/original")}

    def original(self, sha256: str) -> Path:
        """Return the path of the file as it came; it need not exist."""
        return self.folder(sha256).path / "original"

    def crop(self, sha256: str, config: CropConfig, face_index: int | None) -> Path:
        """Return the PNG of a face's crop, (size_px, size_px), RGB; it is made if missing.

        Args:
            face_index: index into the photo's faces; None is the whole photo.

        Raises:
            PhotoError: the photo cannot be decoded, or has no such face.
        """
        return self.folder(sha256).crop(config, face_index)

    def thumbnail(self, sha256: str, config: CropConfig, face_index: int | None, side_px: int) -> Path:
        """Return the JPEG of a face's small copy, (side_px, side_px), RGB; it is made if missing.

        Args:
            face_index: index into the photo's faces; None is the whole photo.

        Raises:
            PhotoError: the photo cannot be decoded, or has no such face.
            FileNotFoundError: the photo was deleted.
        """
        # A gallery opens many, so where the small copy exists, the crop is not looked at.
        path = _thumbnail_path(self.folder(sha256).crop_path(config, face_index), side_px)
        return path if _is_there(path) else thumbnail_of_crop(self.crop(sha256, config, face_index), side_px)

    def crop_all(
        self,
        sha256s: Sequence[str],
        config: CropConfig,
        *,
        on_photo: Callable[[int, int, str], None] | None = None,
    ) -> dict[str, PhotoFacts | PhotoError]:
        """Find the faces of many photos and crop the largest of each, in several processes.

        Args:
            sha256s: stored photos; duplicates count once.
            on_photo: called with (done, total, sha256) after each photo; may raise `Stopped`, which ends the work
                before the next photo. What is done stays.

        Returns:
            The facts of each photo, or why it cannot be used.
        """
        todo: list[Path] = []
        found: dict[str, PhotoFacts | PhotoError] = {}
        total = len(set(sha256s))

        def note(sha256: str, result: PhotoFacts | PhotoError) -> None:
            found[sha256] = result
            if on_photo is not None:
                on_photo(len(found), total, sha256)

        for sha256 in dict.fromkeys(sha256s):
            path = self.folder(sha256).path
            known = prepared(path, config)
            if known is None:
                todo.append(path)
            else:
                note(sha256, known)
        with closing(prepare_all(todo, config)) as results:
            for path, result in results:
                note(path.name, result)
        return found

    def remove(self, sha256s: Iterable[str]) -> None:
        """Remove photos and everything made from them. Unknown ones are no error.

        Folders without an original go too: a page may have drawn a face while its photo was removed.
        """
        paths = {self.folder(sha256).path for sha256 in sha256s}
        for path in paths | self._without_original():
            shutil.rmtree(path, ignore_errors=True)
            with suppress(OSError):  # not empty
                path.parent.rmdir()

    def _without_original(self) -> set[Path]:
        return {path for path in self.root.glob("*/*") if path.is_dir() and not (path / "original").exists()}


def sha256_of(data: bytes) -> str:
    """Return a file's SHA-256, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def thumbnail_of_crop(crop: Path, side_px: int) -> Path:
    """Return the small copy of an existing crop; it is made if missing. The crop itself where there is no room for it.

    Raises:
        FileNotFoundError: the photo was deleted.
    """
    path = _thumbnail_path(crop, side_px)
    if _is_there(path):
        return path
    with Image.open(crop) as picture:
        small = picture.convert("RGB").resize((side_px, side_px), Image.Resampling.LANCZOS)
    with disk.unless_refused():
        with disk.replacing(path, make_folder=False) as beside:
            small.save(beside, "JPEG", quality=_THUMBNAIL_QUALITY)
        return path
    return crop


def _is_there(path: Path) -> bool:
    """Return whether there is such a file, and not as empty as a computer that lost its power leaves it."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def _thumbnail_path(crop: Path, side_px: int) -> Path:
    # The crop's name holds its settings, and a crop never changes.
    return crop.with_name(f"small-{side_px}-{crop.stem}-{THUMBNAIL_VERSION}.jpg")
