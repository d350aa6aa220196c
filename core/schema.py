"""The lab's own files as typed values: checked where they are read, whichever version of the lab wrote them.

A file is JSON with its schema's version. What an older version wrote is migrated step by step; what a newer one wrote
is refused; a key that is not known says nothing here, since what must be understood comes with a new version.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from core import disk
from core.errors import DamagedFileError, LabError

T = TypeVar("T")
Content = dict[str, Any]

LATEST_S = 253_402_300_800 - 86_400  # the last day before the year 10000, which no clock here can show
# Seconds since the epoch.
Moment = Annotated[float, msgspec.Meta(ge=0, lt=LATEST_S)]
Positive = Annotated[int, msgspec.Meta(gt=0, lt=2**53)]
Count = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
Finite = Annotated[float, msgspec.Meta(ge=-1e300, le=1e300)]


@dataclass(frozen=True)
class Schema(Generic[T]):
    """One kind of file.

    Attributes:
        kind: what its content becomes: a dataclass or a TypedDict. A dataclass checks in `__post_init__` what its types
            do not say, and raises a `LabError`.
        version: of the files that are written.
        migrations: by an earlier version, what makes its content that of the next. The content may be changed.
    """

    kind: type[T]
    version: int = 1
    migrations: Mapping[int, Callable[[Content], Content]] = field(default_factory=dict)

    def read(self, path: Path) -> T:
        """Read a file.

        Raises:
            DamagedFileError: it is not what it should be, or a newer version of the lab wrote it.
            FileNotFoundError: there is none.
        """
        return self.parse(bytes_of(path), path.name)

    def parse(self, data: bytes, name: str) -> T:
        """Return what a file with these bytes says; `name` is for the sentence of a `DamagedFileError`."""
        return convert(self._current(_content(data, name), name), self.kind, name)

    def _current(self, content: Content, name: str) -> Content:
        found = content.pop("schema", None)
        if isinstance(found, int) and found > self.version:
            raise DamagedFileError(
                f'"{name}" was written by a newer version of the lab (schema {found}, this one reads {self.version}); '
                "open it with that version."
            )
        if isinstance(found, bool) or found not in (*self.migrations, self.version):
            raise DamagedFileError(
                f'"{name}" is not a file of this lab (schema {found!r}); delete it or bring an intact copy.'
            )
        try:
            for version in range(found, self.version):
                content = self.migrations[version](content)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DamagedFileError(f'"{name}" is damaged ({error!r}); delete it or bring an intact copy.') from error
        return content

    def content(self, value: T) -> Content:
        """Return what a file with this value holds, as plain JSON values."""
        return {"schema": self.version, **msgspec.to_builtins(value, str_keys=True)}

    def write(self, path: Path, value: T, *, make_folder: bool = True) -> None:
        """Write a file, whole or not at all; `make_folder` as for `disk.replacing`."""
        disk.write_json(path, self.content(value), schema=self.version, make_folder=make_folder)


def bytes_of(path: Path) -> bytes:
    """Return what a file holds, for `Schema.parse`; raises as `Schema.read` does."""
    try:
        return disk.read_bytes(path)
    except (IsADirectoryError, NotADirectoryError, PermissionError) as error:
        if path.is_dir() or isinstance(error, NotADirectoryError):
            raise DamagedFileError(f'"{path.name}" is a folder where a file belongs; delete it.') from error
        raise


def _content(data: bytes, name: str) -> Content:
    try:
        content = json.loads(data)
        if b"\\ud" in data.lower():
            json.dumps(content, ensure_ascii=False).encode("utf-8")  # half a letter could be neither shown nor written
    except (ValueError, RecursionError) as error:
        why = "it is empty" if not data else error
        raise DamagedFileError(
            f'"{name}" is not a file of this lab ({why}); delete it or bring an intact copy.'
        ) from error
    if not isinstance(content, dict):
        raise DamagedFileError(
            f'"{name}" is not a file of this lab (no JSON object); delete it or bring an intact copy.'
        )
    return content


def why_unreadable(what: str, error: LabError | FileNotFoundError) -> str:
    """Say in a sentence why something of several files cannot be read.

    Args:
        what: begins the sentence, such as 'The experiment "20260101-120000-abcdef"'.
        error: what reading its files raised.
    """
    if isinstance(error, FileNotFoundError):
        return f'{what} cannot be read ("{Path(error.filename).name}" is gone); delete it.'
    return f"{what} cannot be read: {error}"


def convert(content: object, kind: type[T], name: str) -> T:
    """Return plain JSON values as a typed value.

    Raises:
        DamagedFileError: they do not fit; the sentence names the place.
    """
    try:
        return msgspec.convert(content, kind, str_keys=True)
    except (msgspec.ValidationError, RecursionError) as error:
        raise DamagedFileError(f'"{name}" is damaged ({error}); delete it or bring an intact copy.') from error
    except LabError as error:
        raise DamagedFileError(f'"{name}" is damaged: {error}') from error
