"""Ask a describer for the descriptors of many faces, in rounds: stopped at any time, the same command goes on."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    Face = tuple[int, bytes | np.ndarray, np.ndarray]  # row, JPEG or RGB array, box of the face

CHUNK = 64  # faces a process is handed at a time
ROUND = 1024  # faces between two writings
NUMBERS = 128  # in one descriptor


def describe_all(
    faces: Iterable[Face],
    names: np.ndarray,
    out: Path,
    describe_chunk: Callable[[list[Face]], list[tuple[int, np.ndarray]]],
    processes: int,
    beside: dict[str, np.ndarray] | None = None,
) -> None:
    """Describe every face and write `descriptors`, float32, shape (n, 128), and `names` to `out`.

    Args:
        faces: (row, photo, box) each; rows that an earlier call described are passed over.
        names: str, shape (n,), one name a row; they tell whether a file begun earlier is of the same faces.
        out: the .npz to write; `out` with the ending .partial.npz holds what is done so far.
        describe_chunk: from a list of faces to (row, descriptor) each; sent to the processes.
        processes: how many work at once; 0 works in this one.
        beside: further arrays to write into the result.

    Raises:
        ValueError: the file begun earlier is of other faces.
    """
    partial = out.with_suffix(".partial.npz")
    descriptors, described = _load_begun(partial, names)
    waiting = (face for face in faces if not described[face[0]])
    pool = ProcessPoolExecutor(processes) if processes else None
    while faces_now := list(islice(waiting, ROUND)):
        chunks = [faces_now[start : start + CHUNK] for start in range(0, len(faces_now), CHUNK)]
        for rows in (pool.map if pool else map)(describe_chunk, chunks):
            for row, descriptor in rows:
                descriptors[row], described[row] = descriptor, True
        _write(partial, descriptors=descriptors, names=names, described=described)
        print(f"{described.sum()} of {len(names)} faces", flush=True)
    if pool:
        pool.shutdown()
    if not described.all():
        raise ValueError(f"{(~described).sum()} of {len(names)} names came without a face.")
    _write(out, descriptors=descriptors, names=names, **(beside or {}))
    partial.unlink(missing_ok=True)


def _load_begun(partial: Path, names: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not partial.exists():
        return np.zeros((len(names), NUMBERS), np.float32), np.zeros(len(names), bool)
    with np.load(partial) as begun:
        if not np.array_equal(begun["names"], names):
            raise ValueError(f"{partial} was begun with other faces. Remove it, or give another --out.")
        return begun["descriptors"], begun["described"]


def _write(path: Path, **arrays: np.ndarray) -> None:
    new = path.with_suffix(".writing.npz")
    np.savez(new, **arrays)
    new.replace(path)
