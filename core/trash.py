"""How folders of a workspace go away for good: written down, done, crossed out.

A deletion that death interrupts goes on at the next start. First a note says what goes; then each folder is renamed
into the trash, so that no page meets half of it, and removed; the note goes last.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from core import disk
from core.errors import LabError

FOLDER = "trash"
SCHEMA = 1


def remove(root: Path, paths: Iterable[Path]) -> None:
    """Remove folders and files; those that are gone already are no error.

    Args:
        root: of the workspace.
        paths: inside it. What cannot be removed now, as where a program has a file open, goes at the next start.
    """
    inside = [path.relative_to(root).as_posix() for path in paths if path.exists()]
    if inside:
        note = root / FOLDER / f"{uuid.uuid4().hex}.json"
        disk.write_json(note, {"paths": inside}, schema=SCHEMA)
        _carry_out(root, note)


def finish(root: Path) -> None:
    """Go on with every deletion that did not come to its end."""
    folder = root / FOLDER
    for note in sorted(folder.glob("*.json")):
        _carry_out(root, note)
    if folder.is_dir() and not any(folder.glob("*.json")):
        shutil.rmtree(folder, ignore_errors=True)


def _carry_out(root: Path, note: Path) -> None:
    try:
        names = disk.read_json(note, schema=SCHEMA)["paths"]
    except (LabError, KeyError, FileNotFoundError):
        note.unlink(missing_ok=True)
        return
    left = False
    for number, name in enumerate(names):
        path, away = root / name, note.with_suffix(f".{number}")
        if not path.resolve().is_relative_to(root.resolve()) or path.resolve() == root.resolve():
            continue
        with suppress(OSError):  # Windows, while somebody has a file of it open: then it is removed where it lies.
            path.rename(away)
        for place in (away, path):
            shutil.rmtree(place, ignore_errors=True) if place.is_dir() else place.unlink(missing_ok=True)
        left = left or away.exists() or path.exists()
    if not left:
        note.unlink(missing_ok=True)
