"""The folder that keeps what frozen layers made of pictures: what lies in it, how much, and what is removed first.

A *shelf* is a folder for one unit of one network at one size of picture and one precision. It holds *pieces*, folders
that are there whole or not at all: `keys.npy`, and `rows`, float16 numbers that are mapped into memory, not read. A
piece lasts until others need its place, those used last the longest, or until one of its photos is deleted.

limit.json    the share of the free disk that all shelves may take
<id>.lock     held for as long as somebody works with the store
<piece>/<id>  says that it is used by whoever holds that lock; the folder's time is that of its last use
"""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from filelock import FileLock

from core import disk
from core.errors import LabError
from core.remembered import remembered
from core.schema import Schema

# Of another format, other rows: it is part of each shelf's name.
FORMAT = 1
DEFAULT_SHARE = 0.25
ROWS, KEYS = "rows", "keys.npy"
# A key: the first half of the photo's SHA-256, and a digest of the picture.
PHOTO_BYTES = DIGEST_BYTES = 16
KEY = np.dtype([("key", f"V{PHOTO_BYTES + DIGEST_BYTES}"), ("scale", "<f4")])


@dataclass(frozen=True)
class _Limit:
    """The share of the free disk that the store may take, 0 to 1; what it has already counts as free."""

    share: Annotated[float, msgspec.Meta(ge=0, le=1)] = DEFAULT_SHARE


_LIMIT = Schema(_Limit)


def share_of(folder: Path) -> float:
    """Return the share of the free disk that the store in `folder` may take."""
    try:
        return _LIMIT.read(folder / "limit.json").share
    except (LabError, FileNotFoundError):
        return DEFAULT_SHARE


def set_share(folder: Path, share: float) -> None:
    """Let the store in `folder` take this share of the free disk, 0 to 1, and remove at once what is beyond it."""
    _LIMIT.write(folder / "limit.json", _Limit(share))
    with locked(folder):
        remove_oldest(folder, limit_bytes(folder))


def used_bytes(folder: Path) -> int:
    """Return how much the store in `folder` has."""
    return sum(size(piece) for piece in pieces(folder))


def limit_bytes(folder: Path) -> int:
    """Return how much the store in `folder` may have."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return int(share_of(folder) * (shutil.disk_usage(there).free + used_bytes(folder)))


def keep_only(folder: Path, sha256s: Collection[str]) -> None:
    """Remove from the store in `folder` every piece that holds something of other photos than these."""
    if not folder.is_dir():
        return
    kept = {sha256[: 2 * PHOTO_BYTES] for sha256 in sha256s}
    with locked(folder):
        for piece in pieces(folder):
            if not {key[:PHOTO_BYTES].hex() for key in _keys(piece)} <= kept:
                disk.remove_folder(piece)


def shelf_name(backbone: str, start: str, size_px: int, precision: str, depth: int) -> str:
    """Return the name of the shelf for what `depth` units of a network give.

    Args:
        start: tells the weights that the network starts from, see `start_of`.
        precision: "float32" or "bfloat16".
    """
    weights = hashlib.sha256(start.encode()).hexdigest()[:16]
    return f"{backbone}-{weights}-{size_px}-{precision}-{depth}"


def start_of(sha256: str | None, seed: int) -> str:
    """Return what tells a network's first weights from others: their file's content, or the seed that draws them."""
    return sha256 or f"nothing, seed {seed}"


def shelf_path(folder: Path, name: str) -> Path:
    return folder / f"v{FORMAT}-{name}"


def count_kept(folder: Path, name: str, wanted: Mapping[bytes, float]) -> float:
    """Return of how many pictures a shelf of the store has rows. Only the small files of keys are read, each once.

    Args:
        name: of the shelf, which need not exist; see `shelf_name`.
        wanted: how many pictures of each photo there are, by the photo's part of a key; more of them do not count.
    """
    there = _count_photos(tuple(sorted(disk.folders_in(shelf_path(folder, name)))))
    return sum(min(n, there[photo]) for photo, n in wanted.items())


@remembered(most=100)
def _count_photos(some: tuple[Path, ...]) -> Counter[bytes]:
    # Pieces are there whole or not at all, and none changes.
    return Counter(key[:PHOTO_BYTES] for piece in some for key in _keys(piece))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock under which pieces are opened and removed."""
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        yield


def pieces(folder: Path) -> list[Path]:
    """Return all pieces of all shelves."""
    return [piece for shelf in disk.folders_in(folder) for piece in disk.folders_in(shelf)]


def size(piece: Path) -> int:
    """Return the bytes of a piece's rows."""
    try:
        return (piece / ROWS).stat().st_size
    except FileNotFoundError:
        return 0


def _keys(piece: Path) -> list[bytes]:
    """Return the keys of a piece; one that belongs to no photo where it is damaged."""
    try:
        return [key.tobytes() for key in np.load(piece / KEYS, allow_pickle=False)["key"]]
    except (OSError, ValueError, EOFError, IndexError):
        return [b""]


def remove_oldest(folder: Path, most_bytes: float) -> int:
    """Remove the pieces not used for longest until the others have so much at most; return how much they have."""
    oldest_first = sorted(pieces(folder), key=lambda piece: piece.stat().st_mtime)
    left = sum(map(size, oldest_first))
    for piece in oldest_first:
        if left > most_bytes and not _in_use(folder, piece):
            left -= size(piece)
            disk.remove_folder(piece)
    return left


def _in_use(folder: Path, piece: Path) -> bool:
    marks = [path.name for path in piece.iterdir() if path.name not in (ROWS, KEYS)]
    return any(disk.is_held(folder / f"{mark}.lock") for mark in marks)
