"""The store that a training works with: shelves opened for reading, and pieces added to them."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from filelock import FileLock

from core import disk
from core.features import folder as folders
from core.features.folder import KEY, KEYS, ROWS

# What a killed process loses at most, and the least that is removed to make room.
PIECE_BYTES = 64_000_000
# Larger numbers are divided by a power of two before they become float16, which ends at 65504.
LARGEST = 32768.0


class FeatureStore:
    """The store for one piece of work: what it uses is not removed meanwhile. A context.

    Args:
        folder: need not exist.

    Attributes:
        limit_bytes: how much all shelves may have.
        trouble: why nothing more is kept, in a sentence; empty where there is no trouble.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.limit_bytes = folders.limit_bytes(folder)
        self.trouble = ""
        self._id = uuid.uuid4().hex
        self._lock = FileLock(folder / f"{self._id}.lock")
        self._shelves: dict[str, Shelf] = {}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        disk.clear_temporary(self.folder, deep=True)
        with folders.locked(self.folder):
            for lock in self.folder.glob("*.lock"):
                if not disk.is_held(lock):
                    lock.unlink(missing_ok=True)
            self._lock.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for shelf in self._shelves.values():
            shelf.flush()
        for mark in self.folder.glob(f"*/*/{self._id}"):
            mark.unlink(missing_ok=True)
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)

    def shelf(self, name: str, shape: tuple[int, ...]) -> Shelf:
        """Open a shelf, which need not exist.

        Args:
            name: see `folder.shelf_name`.
            shape: of a row.
        """
        if name not in self._shelves:
            shelf = self._shelves[name] = Shelf(self, folders.shelf_path(self.folder, name), shape)
            with folders.locked(self.folder):
                for piece in disk.folders_in(shelf.path):
                    shelf.open_piece(piece)
        return self._shelves[name]

    def mark(self, piece: Path) -> None:
        """Note that a piece is in use."""
        (piece / self._id).touch()

    def has_room(self) -> bool:
        """Return whether something more may be kept, after removing what was not used for longest; say it where not."""
        if not self.trouble:
            with folders.locked(self.folder):
                is_full = folders.remove_oldest(self.folder, self.limit_bytes - PIECE_BYTES) >= self.limit_bytes
            if is_full:
                self._refuse(f"The {self.limit_bytes / 1e9:.1f} GB of disk for what frozen layers give are full")
        return not self.trouble

    def refuse(self, error: OSError) -> None:
        """Keep nothing more, because the disk refused it or the folder was deleted on purpose.

        Raises:
            OSError: this error, where it says something else.
        """
        if isinstance(error, FileNotFoundError):
            return
        if error.errno not in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            raise error
        self._refuse("The disk is full")

    def _refuse(self, why: str) -> None:
        self.trouble = (
            f"{why}, so what found no room is computed again in every round; free disk, or allow more of it under My "
            "experiments."
        )


class Shelf:
    """What one unit gives, by the keys of pictures."""

    def __init__(self, store: FeatureStore, path: Path, shape: tuple[int, ...]) -> None:
        self.path = path
        self._store = store
        self._shape = shape
        self._pieces: list[np.ndarray] = []
        self._places: dict[bytes, tuple[int, int, float]] = {}
        self._new: _NewPiece | None = None

    def knows(self, keys: Sequence[bytes]) -> np.ndarray:
        """Return which pictures are kept: bool, shape (len(keys),)."""
        return np.array([key in self._places for key in keys], bool)

    def read(self, keys: Sequence[bytes]) -> np.ndarray:
        """Return rows that are kept: float32, shape (len(keys), *shape)."""
        places = np.array([self._places[key] for key in keys])
        rows = np.empty((len(keys), *self._shape), np.float32)
        for number in np.unique(places[:, 0]):
            here = places[:, 0] == number
            rows[here] = self._pieces[int(number)][places[here, 1].astype(int)]
        return _whole(rows, places[:, 2].astype(np.float32))

    def add(self, keys: Sequence[bytes], rows: np.ndarray) -> np.ndarray:
        """Keep rows, to be read after `flush`; those that find no room are not.

        Args:
            rows: float32, shape (len(keys), *shape).

        Returns:
            The rows as they will be read: float32, rounded to float16.
        """
        halves, scales = _halves(rows)
        try:
            if self._new is None and self._store.has_room():
                self._new = _NewPiece(self.path / uuid.uuid4().hex)
            if self._new is not None:
                self._new.write(keys, scales, halves)
                if self._new.n_bytes >= PIECE_BYTES:
                    self.flush()
        except OSError as error:
            self._drop(error)
        return _whole(halves, scales)

    def flush(self) -> None:
        """Make what was added last a piece that can be read."""
        if self._new is None:
            return
        try:
            piece = self._new.finish()
        except OSError as error:
            self._drop(error)
            return
        self._new = None
        with folders.locked(self._store.folder):
            self.open_piece(piece)

    def open_piece(self, piece: Path) -> None:
        """Map a piece into memory and note that it is in use; remove it where it is damaged."""
        try:
            keys = np.load(piece / KEYS, allow_pickle=False)
            rows = np.memmap(piece / ROWS, "<f2", "r", shape=(len(keys), *self._shape))
            if folders.size(piece) != rows.nbytes or keys.dtype != KEY:
                raise ValueError(piece)
            self._store.mark(piece)
        except (OSError, ValueError, EOFError):
            disk.remove_folder(piece)
            return
        number = len(self._pieces)
        self._pieces.append(rows)
        for row, (key, scale) in enumerate(zip(keys["key"], keys["scale"], strict=True)):
            self._places[key.tobytes()] = number, row, float(scale)

    def _drop(self, error: OSError) -> None:
        if self._new is not None:
            self._new.drop()
            self._new = None
        self._store.refuse(error)


class _NewPiece:
    """A piece that is being written beside its place."""

    def __init__(self, path: Path) -> None:
        self.n_bytes = 0
        self._path = path
        self._beside = disk.temporary_beside(path)
        self._beside.mkdir(parents=True)
        self._rows: BinaryIO = (self._beside / ROWS).open("wb")
        self._keys: list[tuple[bytes, float]] = []

    def write(self, keys: Sequence[bytes], scales: np.ndarray, rows: np.ndarray) -> None:
        self._rows.write(np.ascontiguousarray(rows).data)
        self._keys += zip(keys, scales.tolist(), strict=True)
        self.n_bytes += rows.nbytes

    def finish(self) -> Path:
        # On the disk before it gets its name: after a power cut a file may otherwise hold zeros.
        self._rows.flush()
        os.fsync(self._rows.fileno())
        self._rows.close()
        np.save(self._beside / KEYS, np.array(self._keys, KEY))
        self._beside.rename(self._path)
        return self._path

    def drop(self) -> None:
        with suppress(OSError):
            self._rows.close()
        shutil.rmtree(self._beside, ignore_errors=True)


def rounded(rows: np.ndarray) -> np.ndarray:
    """Return rows as a shelf would give them back: float32, same shape.

    Args:
        rows: float32, shape (n, ...).
    """
    return _whole(*_halves(rows))


def _halves(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return rows as float16, and what each was divided by: float32, shape (n,)."""
    largest = np.abs(rows.reshape(len(rows), -1)).max(axis=1, initial=0)
    scales = np.exp2(np.ceil(np.log2(np.maximum(largest / LARGEST, 1)))).astype(np.float32)
    return _scaled(rows, 1 / scales).astype("<f2"), scales


def _whole(rows: np.ndarray, scales: np.ndarray) -> np.ndarray:
    return _scaled(rows.astype(np.float32, copy=False), scales)


def _scaled(rows: np.ndarray, by: np.ndarray) -> np.ndarray:
    return rows if (by == 1).all() else rows * by.reshape(-1, *[1] * (rows.ndim - 1))
