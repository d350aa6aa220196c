"""List and read the files of a folder, a zip or a single file. A zip is never unpacked to disk."""

from __future__ import annotations

import lzma
import os
import zipfile
import zlib
from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ENTRIES = 20_000
MAX_UNPACKED_BYTES = 4_000_000_000
# Photos hardly compress: a zip that unpacks to more than this, and to a hundred times its size, is a zip bomb.
MAX_RATIO, RATIO_FROM_BYTES = 100, 200_000_000
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_UNPACKING_FAILED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class EntryError(Exception):
    """One file of a source cannot be read; the message follows its name in a sentence."""


@dataclass(frozen=True)
class Entry:
    """A file of a source.

    Attributes:
        number: index in the source's own order.
        parts: of its path inside the source, file name last; not normalized.
        size: in bytes, as the source says.
    """

    number: int
    parts: tuple[str, ...]
    size: int


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


class _Files(Source):
    """Files on disk."""

    def __init__(self, paths: list[tuple[Path, tuple[str, ...]]]) -> None:
        self._paths = paths

    def entries(self) -> list[Entry]:
        return [Entry(number, parts, _size(path)) for number, (path, parts) in enumerate(self._paths)]

    def read(self, entry: Entry, n_bytes: int = -1) -> bytes:
        path = self._paths[entry.number][0]
        # Reading a pipe or a device could block forever.
        if not path.is_file():
            raise EntryError("is no ordinary file")
        try:
            with path.open("rb") as file:
                return file.read(n_bytes)
        except OSError as error:
            raise EntryError(f"cannot be opened ({error.strerror}); check who may read it") from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _walk(folder: Path) -> list[tuple[Path, tuple[str, ...]]]:
    """List a folder's files with the parts of their paths; links to folders are followed, each folder once.

    Raises:
        DatasetError: it is too large to be a folder of photos, as the root of a disk is.
    """
    seen: set[str] = set()
    found: list[tuple[Path, tuple[str, ...]]] = []
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        parts = Path(place).relative_to(folder).parts
        found += [(Path(place, name), (*parts, name)) for name in sorted(names)]
        if len(found) > MAX_ENTRIES or len(seen) > MAX_ENTRIES:
            raise DatasetError(
                f'"{folder}" holds more than {MAX_ENTRIES} files or folders; choose the folder with the photos in it.'
            )
    return found


class _Zip(Source):
    """A zip file, never unpacked to disk."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._infos = [info for info in archive.infolist() if not info.is_dir()]

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
        except _UNPACKING_FAILED as error:
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
def open_source(source: Path) -> Iterator[Source]:
    """Open a folder, a zip or a single file for reading.

    Raises:
        DatasetError: there is no such thing, or it cannot be opened.
    """
    if source.is_dir():
        yield _Files(_walk(source))
        return
    if not source.is_file():
        raise DatasetError(f'There is no folder and no zip file "{source}"; check its name.')
    try:
        archive = zipfile.ZipFile(source) if is_zip(source) else None
    except zipfile.BadZipFile as error:
        raise DatasetError(f'"{source.name}" is a damaged zip ({error}); make or copy it again.') from error
    except OSError as error:
        raise DatasetError(f'"{source.name}" cannot be opened ({error.strerror}); check who may read it.') from error
    if archive is None:
        yield _Files([(source, (source.name,))])
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
