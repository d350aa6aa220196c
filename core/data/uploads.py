"""Photos uploaded in the browser, kept on disk until a data set is built from them.

An upload is a folder: `index.json`, and a zip per batch, `<pile>.zip` for a pile's first and `<pile>-<n>.zip` for the
others. Each zip is complete or missing, so whatever happens to one batch, the earlier ones stay.
"""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from filelock import FileLock

from core import disk
from core.data.filetype import HEAD_BYTES, archive_name
from core.data.layout import SPLIT_FOLDERS
from core.data.read import is_ignored
from core.data.sources import read_zip
from core.errors import DamagedFileError, DatasetError
from core.schema import Schema
from core.zips import NewZip, open_zip

if TYPE_CHECKING:
    from pathlib import Path

_COPY_BYTES = 1 << 20
_PACKED = "packed.zip"
# The person of a pile that is a whole folder or zip.
NOBODY = ""


@dataclass(frozen=True)
class Pile:
    """The files uploaded under one number: those of one person card, or a whole folder or zip.

    Attributes:
        number: of the pile; a person card keeps its own.
        person: whose photos they are; `NOBODY` while that is open, or where folders inside say it.
        names: of the files, as they came.
        batches: number of zips that hold them.
    """

    number: int
    person: str
    names: tuple[str, ...]
    batches: int = 1


@dataclass(frozen=True)
class _Index:
    piles: tuple[Pile, ...]


_INDEX = Schema(_Index)


class Upload:
    """An upload in a folder, which need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def piles(self) -> tuple[Pile, ...]:
        """Return what was uploaded so far, by number."""
        try:
            return _INDEX.read(self.path / "index.json").piles
        except (FileNotFoundError, DamagedFileError):
            # Photos that wait were only copied here; without their index they are brought again.
            return ()

    def pile(self, number: int) -> Pile:
        """Return one pile; an empty one if nothing was uploaded under this number."""
        return next((pile for pile in self.piles() if pile.number == number), Pile(number, NOBODY, (), 0))

    def n_files(self) -> int:
        """Return how many files were uploaded."""
        return sum(len(pile.names) for pile in self.piles())

    def add(self, number: int, files: Iterable[tuple[str, IO[bytes]]], *, unpack: bool = False) -> None:
        """Add files to a pile; a name that is there already gets a number.

        Args:
            unpack: of a zip the files inside it are added, without their folders: they are all one person's.

        Raises:
            DatasetError: they cannot be written, or a zip holds too much. Earlier files stay.
        """
        with self._locked():
            pile = self.pile(number)
            names = dict.fromkeys(pile.names)
            with _written(self._zip(number, pile.batches)) as beside, NewZip(beside) as archive:
                for name, file in _unpacked(files) if unpack else files:
                    once = unique_name(name, names)
                    with archive.open(once, "w", force_zip64=True) as entry:
                        shutil.copyfileobj(file, entry, _COPY_BYTES)
                    names[once] = None
            self._keep(Pile(number, pile.person, tuple(names), pile.batches + 1))

    def set_zip(self, name: str, file: IO[bytes]) -> None:
        """Keep a zip as it came, unopened, in place of everything else.

        Raises:
            DatasetError: it cannot be written.
        """
        with self._locked():
            with _written(self._zip(0, 0)) as beside, beside.open("wb") as kept:
                shutil.copyfileobj(file, kept, _COPY_BYTES)
            self._write([Pile(0, NOBODY, (name,))])

    def set_person(self, number: int, person: str) -> None:
        """Set whose photos a pile holds."""
        with self._locked():
            pile = self.pile(number)
            if pile.person != person:
                self._keep(replace(pile, person=person))

    def drop(self, number: int) -> None:
        """Remove a pile."""
        with self._locked():
            self._write([pile for pile in self.piles() if pile.number != number])

    def copy_to(self, folder: Path) -> None:
        """Copy everything to a folder that does not exist yet; by links where the disk has them, which take no room."""
        with self._locked():
            shutil.copytree(self.path, folder, copy_function=link_or_copy)

    def take_back(self, folder: Path) -> bool:
        """Take over what `copy_to` copied; return whether that was done. It is not where something newer lies here."""
        with self._locked():
            if self.n_files():
                return False
            self.clear()
            folder.rename(self.path)
            (self.path / _PACKED).unlink(missing_ok=True)
            return True

    def clear(self) -> None:
        """Remove everything."""
        disk.remove_folder(self.path)

    def tidy(self) -> None:
        """Remove the files of no pile, as death leaves them: of a pile that was removed, or was not yet kept."""
        with self._locked():
            self._remove_all_but(self.piles(), "*.zip")

    def packed(self) -> Path:
        """Pack everything into one zip with a folder per person, inside the upload's folder.

        Raises:
            DatasetError: there is nothing to pack, or no room for the zip.
        """
        piles = [pile for pile in self.piles() if pile.names]
        if not piles:
            raise DatasetError("No photos were brought yet; choose some first.")
        if len(piles) == 1 and piles[0].batches == 1 and not piles[0].person:
            return self._zip(piles[0].number, 0)
        with _written(self.path / _PACKED) as beside:
            _join([(pile.person, self._zips(pile)) for pile in piles], beside)
        return self.path / _PACKED

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the upload while it is read, changed and written: two tabs may add to it at once."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path.with_name(f".{self.path.name}.lock")):
            yield

    def _zip(self, number: int, batch: int) -> Path:
        return self.path / (f"{number}-{batch}.zip" if batch else f"{number}.zip")

    def _zips(self, pile: Pile) -> list[Path]:
        return [self._zip(pile.number, batch) for batch in range(pile.batches)]

    def _keep(self, kept: Pile) -> None:
        self._write([*(pile for pile in self.piles() if pile.number != kept.number), kept])

    def _write(self, piles: list[Pile]) -> None:
        ordered = tuple(sorted(piles, key=lambda pile: pile.number))
        _INDEX.write(self.path / "index.json", _Index(ordered))
        # Only now: files without a pile are harmless, a pile without its files is not. Another tab may need packed.zip.
        self._remove_all_but(ordered, "[0-9]*.zip")

    def _remove_all_but(self, piles: Iterable[Pile], pattern: str) -> None:
        needed = {path for pile in piles for path in self._zips(pile)}
        for path in set(self.path.glob(pattern)) - needed:
            path.unlink(missing_ok=True)


def link_or_copy(source: str, target: str) -> None:
    """Let `target` be the same file as `source`, or a copy of it."""
    try:
        os.link(source, target)
    except OSError:  # not every kind of disk has links
        shutil.copyfile(source, target)


@contextmanager
def _written(path: Path) -> Iterator[Path]:
    """Yield a path to write to; it replaces `path` on success."""
    try:
        with disk.replacing(path) as beside:
            yield beside
    except OSError as error:
        why = error.strerror or str(error)
        raise DatasetError(f"These photos could not be kept ({why}); make room on the disk and try again.") from error


def _unpacked(files: Iterable[tuple[str, IO[bytes]]]) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield files, and in place of a zip those inside it; one that cannot be unpacked stays a file of no bytes."""
    for name, file in files:
        is_zip = archive_name(file.read(HEAD_BYTES)) == "zip"
        file.seek(0)
        if not is_zip:
            yield name, file
            continue
        try:
            archive = open_zip(file)
        except zipfile.BadZipFile:
            file.seek(0)
            yield name, file
            continue
        with archive:
            for path, data in read_zip(archive, name):
                if path and not is_ignored(path):
                    yield path[-1], io.BytesIO(data)


def _join(piles: list[tuple[str, list[Path]]], to: Path) -> None:
    people = [person for person, _ in piles]
    # A person may be called Val or Test. Inside a folder "train" that name does not mean a split.
    around = "train/" if any(person.casefold() in SPLIT_FOLDERS for person in people) else ""
    taken: set[str] = set()
    with NewZip(to) as joined:
        for person, path in ((person, path) for person, paths in piles for path in paths):
            inside = f"{around}{as_folder(person)}/" if person else ""
            with zipfile.ZipFile(path) as archive:
                for info in archive.infolist():
                    name = unique_name(inside + (PurePosixPath(info.filename).name if inside else info.filename), taken)
                    taken.add(name)
                    with archive.open(info) as entry, joined.open(name, "w", force_zip64=True) as copy:
                        shutil.copyfileobj(entry, copy, _COPY_BYTES)


def as_folder(person: str) -> str:
    """Return a person's name as a folder name: no separators, not hidden."""
    return person.replace("/", "-").replace("\\", "-").lstrip(".").strip() or "-"


def unique_name(name: str, taken: Container[str]) -> str:
    """Return the name, numbered if it is taken: the second "me.jpg" becomes "me (2).jpg"."""
    path, number, once = PurePosixPath(name), 1, name
    while once in taken:
        number += 1
        once = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
    return once
