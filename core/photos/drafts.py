"""Photos on their way in, before anybody looks for faces: each batch is on disk at once, so that none stays in memory.

A draft is a folder: `index.json`, and a zip a pile under its number. Names of people and photos stand inside those.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from core import disk
from core.errors import DatasetError
from core.photos.layout import SPLIT_FOLDERS

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = 1
_COPY_BYTES = 1 << 20
# A whole folder or zip with people in it is no person's pile.
NOBODY = ""


@dataclass(frozen=True)
class Pile:
    """What was brought under one number.

    Attributes:
        number: of the pile; a person card keeps its own.
        person: whose photos they are; `NOBODY` while nobody said, or where folders inside say it.
        names: of the files, as they came.
    """

    number: int
    person: str
    names: tuple[str, ...]


class Draft:
    """A draft in a folder, there or not."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def piles(self) -> tuple[Pile, ...]:
        """Give what was brought so far, by number."""
        try:
            content = disk.read_json(self.path / "index.json", schema=SCHEMA)
        except FileNotFoundError:
            return ()
        return tuple(Pile(pile["number"], pile["person"], tuple(pile["names"])) for pile in content["piles"])

    def pile(self, number: int) -> Pile:
        """Give one pile; an empty one where nothing was brought under this number."""
        return next((pile for pile in self.piles() if pile.number == number), Pile(number, NOBODY, ()))

    def n_files(self) -> int:
        """Give how many files were brought."""
        return sum(len(pile.names) for pile in self.piles())

    def add(self, number: int, files: Iterable[tuple[str, IO[bytes]]]) -> None:
        """Write files to a pile; a name that is there already gets a number."""
        pile = self.pile(number)
        names = list(pile.names)
        self.path.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(self._zip(number), "a", zipfile.ZIP_STORED) as archive:
            for name, file in files:
                apart = _apart(name, set(names))
                with archive.open(apart, "w", force_zip64=True) as entry:
                    shutil.copyfileobj(file, entry, _COPY_BYTES)
                names.append(apart)
        self._keep(Pile(number, pile.person, tuple(names)))

    def take_zip(self, name: str, file: IO[bytes]) -> None:
        """Keep a zip as it came, in place of all that was there; it stays unopened."""
        self.clear()
        self.path.mkdir(parents=True, exist_ok=True)
        with self._zip(0).open("wb") as kept:
            shutil.copyfileobj(file, kept, _COPY_BYTES)
        self._keep(Pile(0, NOBODY, (name,)))

    def name_pile(self, number: int, person: str) -> None:
        """Say whose photos a pile holds."""
        pile = self.pile(number)
        if pile.person != person:
            self._keep(Pile(number, person, pile.names))

    def drop(self, number: int) -> None:
        """Remove a pile."""
        self._zip(number).unlink(missing_ok=True)
        self._write([pile for pile in self.piles() if pile.number != number])

    def clear(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.path, ignore_errors=True)

    def pack(self, to: Path) -> None:
        """Move everything into one zip with a folder a person, and leave the draft empty.

        Raises:
            DatasetError: there is nothing.
        """
        piles = [pile for pile in self.piles() if pile.names]
        if not piles:
            raise DatasetError("No photos were brought yet; choose some first.")
        self._zip(piles[0].number).replace(to) if len(piles) == 1 and not piles[0].person else _join(self, piles, to)
        self.clear()

    def _zip(self, number: int) -> Path:
        return self.path / f"{number}.zip"

    def _keep(self, kept: Pile) -> None:
        self._write([*(pile for pile in self.piles() if pile.number != kept.number), kept])

    def _write(self, piles: list[Pile]) -> None:
        ordered = sorted(piles, key=lambda pile: pile.number)
        disk.write_json(self.path / "index.json", {"piles": [asdict(pile) for pile in ordered]}, schema=SCHEMA)


def _join(draft: Draft, piles: list[Pile], to: Path) -> None:
    people = [pile.person for pile in piles]
    # Somebody called Val or Test is a person here; inside a folder "train" the name says nothing of splits.
    around = "train/" if any(person.casefold() in SPLIT_FOLDERS for person in people) else ""
    taken: set[str] = set()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as joined:
        for pile in piles:
            inside = f"{around}{_as_folder(pile.person)}/" if pile.person else ""
            with zipfile.ZipFile(draft.path / f"{pile.number}.zip") as archive:
                for info in archive.infolist():
                    name = _apart(inside + (PurePosixPath(info.filename).name if inside else info.filename), taken)
                    taken.add(name)
                    with archive.open(info) as entry, joined.open(name, "w", force_zip64=True) as copy:
                        shutil.copyfileobj(entry, copy, _COPY_BYTES)


def _as_folder(person: str) -> str:
    """Give a name as one folder: no separators, and not hidden."""
    return person.replace("/", "-").replace("\\", "-").lstrip(".").strip() or "-"


def _apart(name: str, taken: set[str]) -> str:
    """Give a name once: the second "me.jpg" becomes "me (2).jpg"."""
    path, number, apart = PurePosixPath(name), 1, name
    while apart in taken:
        number += 1
        apart = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
    return apart
