"""List and read the files of a folder, a zip or a single file. A zip is never unpacked to disk."""

from __future__ import annotations

import os
import stat
import time
import zipfile
from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.zips import UNREADABLE, open_zip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_ENTRIES = 20_000
# A network disk lists as many files in less; without an end, whoever names the root of a slow one waits for hours.
MAX_LISTING_S = 60.0
# What the kernel shows as files. Reading some of these never ends.
_SPECIAL = tuple(map(Path, ("/proc", "/sys", "/dev")))
MAX_UNPACKED_BYTES = 4_000_000_000
# Photos hardly compress: a zip that unpacks to more than this, and to a hundred times its size, is a zip bomb.
MAX_RATIO, RATIO_FROM_BYTES = 100, 200_000_000
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1


class EntryError(Exception):
    """One file of a source cannot be read; the message follows its name in a sentence."""


@dataclass(frozen=True)
class Entry:
    """A file of a source.

    Attributes:
        number: index in the source's own order.
        parts: of its path inside the source, file name last; not normalized.
        size: in bytes, as the source says.
        unreadable: why it is not even opened, as an `EntryError` says it; empty for a file.
    """

    number: int
    parts: tuple[str, ...]
    size: int
    unreadable: str = ""


class Source(ABC):
    """Something that holds files."""

    @abstractmethod
    def entries(self) -> list[Entry]:
        """List the files.

        Raises:
            DatasetError: there are too many, or they cannot be listed.
        """

    @abstractmethod
    def read(self, entry: Entry, n_bytes: int = -1) -> bytes:
        """Return a file's first bytes; all of it by default.

        Raises:
            EntryError: it cannot be read.
        """


@dataclass(frozen=True)
class _Found:
    """What lies in a folder; `unreadable` as of `Entry`."""

    path: Path
    parts: tuple[str, ...]
    unreadable: str = ""


class _Files(Source):
    """Files on disk."""

    def __init__(self, found: list[_Found]) -> None:
        self._found = found

    def entries(self) -> list[Entry]:
        return [
            Entry(number, found.parts, _size(found.path), found.unreadable) for number, found in enumerate(self._found)
        ]

    def read(self, entry: Entry, n_bytes: int = -1) -> bytes:
        if entry.unreadable:
            raise EntryError(entry.unreadable)
        path = self._found[entry.number].path
        try:
            # Opening a pipe or a device could block forever.
            if not stat.S_ISREG(path.stat().st_mode):
                raise EntryError("is no ordinary file")
            with path.open("rb") as file:
                return file.read(n_bytes)
        except OSError as error:
            raise EntryError(f"cannot be opened ({error.strerror}); check who may read it") from error


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _walk(folder: Path, on_entry: Callable[[], None]) -> list[_Found]:
    """List what a folder holds, subfolders included. Links are not followed, so no way leads out of it or in circles.

    What is no file comes with the reason: a link, a pipe, a folder that cannot be entered.

    Raises:
        DatasetError: it cannot be entered, or is too large to be a folder of photos, as the root of a disk is.
    """
    until_s, n_entries = time.monotonic() + MAX_LISTING_S, 0
    real = Path(os.path.realpath(folder))
    waiting = [_Found(folder, ())]
    found: list[_Found] = []
    while waiting:
        place = waiting.pop()
        reason = ""
        folders: list[_Found] = []
        if any(real.joinpath(*place.parts).is_relative_to(special) for special in _SPECIAL):
            reason = "belongs to the operating system and holds no photos"
        else:
            try:
                with os.scandir(place.path) as entries:
                    for entry in entries:
                        on_entry()
                        n_entries += 1
                        if n_entries > MAX_ENTRIES or time.monotonic() > until_s:
                            raise DatasetError(_too_much(folder, n_entries))
                        here = _Found(Path(entry.path), (*place.parts, entry.name), _why_unreadable(entry))
                        (folders if entry.is_dir(follow_symlinks=False) else found).append(here)
            except OSError as error:
                reason = f"cannot be entered ({error.strerror}); check who may read it"
        if reason and not place.parts:
            raise DatasetError(f'"{folder}" {reason}; choose the folder with the photos in it.')
        if reason:
            found.append(_Found(place.path, place.parts, reason))
        waiting += folders
    return sorted(found, key=lambda each: each.parts)


def _why_unreadable(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "is a link, which is not followed; put the photos themselves there"
    return "" if entry.is_file(follow_symlinks=False) else "is no ordinary file"


def _too_much(folder: Path, n_entries: int) -> str:
    much = (
        f"holds more than {MAX_ENTRIES} files and folders"
        if n_entries > MAX_ENTRIES
        else f"takes more than {MAX_LISTING_S:.0f} s to look through"
    )
    return f'"{folder}" {much}; choose the folder with the photos in it.'


class _Zip(Source):
    """A zip file, never unpacked to disk."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._infos = [info for info in archive.infolist() if not info.filename.endswith("/")]

    def entries(self) -> list[Entry]:
        if len(self._infos) > MAX_ENTRIES:
            raise DatasetError(
                f'"{self._name}" holds {len(self._infos)} files, at most {MAX_ENTRIES} are read; bring fewer at a time.'
            )
        if any(info.flag_bits & _ENCRYPTED_FLAG for info in self._infos):
            raise DatasetError(f'"{self._name}" is protected by a password; make a zip without one.')
        unpacked = sum(info.file_size for info in self._infos)
        packed = sum(info.compress_size for info in self._infos)
        if RATIO_FROM_BYTES < unpacked <= MAX_UNPACKED_BYTES and unpacked > MAX_RATIO * packed:
            raise DatasetError(
                f'"{self._name}" would unpack to {unpacked / max(packed, 1):.0f} times its size, which no photos do; '
                "pack the photos themselves."
            )
        if unpacked > MAX_UNPACKED_BYTES:
            raise DatasetError(
                f'"{self._name}" would unpack to {unpacked / 1e9:.1f} GB, at most {MAX_UNPACKED_BYTES / 1e9:.0f} GB of '
                "photos are read; make the photos smaller, leave videos out, or bring fewer at a time."
            )
        return [Entry(number, _zip_parts(info), info.file_size) for number, info in enumerate(self._infos)]

    def read(self, entry: Entry, n_bytes: int = -1) -> bytes:
        try:
            with self._archive.open(self._infos[entry.number]) as file:
                return file.read(n_bytes)
        except UNREADABLE as error:
            raise EntryError("cannot be unpacked from the zip; make the zip again") from error


def _zip_parts(info: zipfile.ZipInfo) -> tuple[str, ...]:
    """Return the parts of an entry's path, for showing; never write to such a path."""
    name = info.filename
    if not info.flag_bits & _UTF8_FLAG:
        # Without the flag the name counts as code page 437, but macOS writes UTF-8 all the same.
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    parts = name.replace("\\", "/").split("/")
    return tuple(part for part in parts if part not in ("", ".", ".."))


@contextmanager
def open_source(source: Path, on_entry: Callable[[], None] = lambda: None) -> Iterator[Source]:
    """Open a folder, a zip or a single file for reading.

    Args:
        on_entry: called for everything that a folder holds; may raise `Stopped`.

    Raises:
        DatasetError: there is no such thing, or it cannot be opened.
    """
    if source.is_dir():
        yield _Files(_walk(source, on_entry))
        return
    if not source.is_file():
        raise DatasetError(f'There is no folder and no zip file "{source}"; check its name.')
    try:
        archive = open_zip(source) if is_zip(source) else None
    except zipfile.BadZipFile as error:
        raise DatasetError(f'"{source.name}" is a damaged zip ({error}); make or copy it again.') from error
    except OSError as error:
        raise DatasetError(f'"{source.name}" cannot be opened ({error.strerror}); check who may read it.') from error
    if archive is None:
        yield _Files([_Found(source, (source.name,))])
        return
    with archive:
        yield _Zip(archive, source.name)


def read_zip(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """Yield path and content of every file in a zip; no content where a file cannot be unpacked.

    Raises:
        DatasetError: it holds more than is read, or needs a password.
    """
    source = _Zip(archive, name)
    for entry in source.entries():
        try:
            yield entry.parts, source.read(entry)
        except EntryError:
            yield entry.parts, b""


def is_zip(path: Path) -> bool:
    """Return whether a file begins like a zip; it may be damaged."""
    with path.open("rb") as file:
        return file.read(2) == b"PK"
