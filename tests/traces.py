"""What is left of somebody's photos and names: in folders, and in the memory of processes (Linux)."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from core.workspace import Workspace

PIECE = 40
AROUND = 100
PICTURES = (".png", ".jpg")


def of_name(name: str) -> dict[str, bytes]:
    """Return how a name may stand somewhere: as UTF-8, and as Python keeps texts with letters of other kinds."""
    return {f"{name} as {encoding}": name.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-32-le")}


def of_photos(workspace: Workspace, most: int) -> dict[str, bytes]:
    """Return what tells that photos of a workspace were here: their hashes, and pieces of all that was made of them.

    Args:
        most: how many photos; to search for all of them takes minutes.
    """
    marks = {}
    for original in sorted(workspace.photos.glob("*/*/original"))[:most]:
        sha256 = original.parent.name
        marks |= {f"hash {sha256}": sha256.encode(), f"raw hash {sha256}": bytes.fromhex(sha256)}
        for path in (original, *(file for file in original.parent.iterdir() if file.suffix in PICTURES)):
            content, what = path.read_bytes(), f"{path.name} of {sha256}"
            rgb = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
            row = rgb[len(rgb) // 2]
            marks |= {
                what: _middle(content),
                f"{what} as text": _middle(base64.b64encode(content)),
                f"{what} as RGB": _middle(row.tobytes()),
                f"{what} as BGR": _middle(row[:, ::-1].tobytes()),
            }
    return marks


def _middle(content: bytes) -> bytes:
    return content[len(content) // 2 :][:PIECE]


def in_folders(folders: Iterable[Path], marks: dict[str, bytes]) -> list[str]:
    """Return which marks stand in the files of some folders, or in their names."""
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            inside = str(path.relative_to(folder)).encode() + b"\n" + (path.read_bytes() if path.is_file() else b"")
            found += [f"{what} in {path}" for what, mark in marks.items() if mark in inside]
    return found


def in_memory(processes: Iterable[psutil.Process], marks: dict[str, bytes]) -> list[str]:
    """Return which marks stand in the memory of some processes, each with what stands around it."""
    found = []
    for process in processes:
        for piece in _memory_of(process):
            for what, mark in marks.items():
                if (place := piece.find(mark)) >= 0:
                    around = piece[max(0, place - AROUND) : place + AROUND]
                    found.append(f"{what} in process {process.pid}: {around!r}")
    return found


def _memory_of(process: psutil.Process) -> Iterator[bytes]:
    """Yield all that a process has written into its memory, piece by piece; nothing where it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        regions = Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8").splitlines()
        with Path(f"/proc/{process.pid}/mem").open("rb", 0) as memory:
            for where, rights, *_ in map(str.split, regions):
                if not rights.startswith("rw"):
                    continue
                for first, last in _in_use(process, *(int(end, 16) for end in where.split("-"))):
                    # What the system keeps for itself, or has taken back meanwhile.
                    with suppress(OSError, OverflowError, ValueError):
                        memory.seek(first)
                        yield memory.read(last - first)


def _in_use(process: psutil.Process, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a region whose pages are in memory or swapped out; much of it was only set aside."""
    page = os.sysconf("SC_PAGE_SIZE")
    pages = np.fromfile(f"/proc/{process.pid}/pagemap", "<u8", (last - first) // page, offset=first // page * 8)
    edges = np.flatnonzero(np.diff((pages >> 62 > 0).astype(np.int8), prepend=0, append=0))
    for begin, end in edges.reshape(-1, 2).tolist():
        yield first + begin * page, first + end * page
