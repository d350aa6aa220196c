"""How folders of a workspace go away for good: written down, moved into the trash, crossed out, removed.

Moving takes no time and is what a deletion that death interrupts finishes at the next start. After it the note goes, so
that nothing made anew in the same place can be taken for what was to go. What lies in the trash is nobody's any more.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.errors import DamagedFileError, is_full
from core.remembered import forget
from core.schema import Schema

FOLDER = "trash"


@dataclass(frozen=True)
class _Note:
    """What is to go, as paths inside the workspace."""

    paths: tuple[str, ...]


_NOTE = Schema(_Note)


def remove(root: Path, paths: Iterable[Path]) -> None:
    """Remove folders and files, and forget what was remembered of them; those that are gone already are no error.

    Args:
        root: of the workspace.
        paths: inside it. Of what was moved and cannot be removed now, as where a program has a file open, the rest is
            removed at the next start. Where the disk is full, nothing is written down before.
    """
    inside = [path.relative_to(root).as_posix() for path in paths if path.exists()]
    if inside:
        note = root / FOLDER / f"{uuid.uuid4().hex}.json"
        try:
            _NOTE.write(note, _Note(tuple(inside)))
        except OSError as error:
            if not is_full(error):
                raise
            # A full disk takes no note, and must let itself be emptied.
            for name in inside:
                _remove_here(root / name)
        else:
            _move(root, note)
            for moved in note.parent.glob(f"{note.stem}.*"):
                _remove_here(moved)
    forget()


def finish(root: Path) -> None:
    """Go on with every deletion that did not come to its end."""
    folder = root / FOLDER
    for note in sorted(folder.glob("*.json")):
        _move(root, note)
    shutil.rmtree(folder, ignore_errors=True)


def _move(root: Path, note: Path) -> None:
    """Move what a note names into the trash, and cross the note out."""
    try:
        names = _NOTE.read(note).paths
    except (DamagedFileError, FileNotFoundError):
        names = ()
    for number, name in enumerate(names):
        path = root / name
        if not path.resolve().is_relative_to(root.resolve()) or path.resolve() == root.resolve():
            continue
        try:
            path.rename(note.with_suffix(f".{number}"))
        except OSError:  # gone already, or on Windows held open: then it is removed where it lies
            _remove_here(path)
    note.unlink(missing_ok=True)


def _remove_here(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
