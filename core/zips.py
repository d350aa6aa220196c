"""Zips: written whatever the clock says (they know the years 1980 to 2107), opened whatever stands in them."""

from __future__ import annotations

import lzma
import struct
import time
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

# What opening or unpacking a zip raises that is damaged, or was made to harm.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
    OverflowError,
    MemoryError,
)
_FIRST, _LAST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)


class NewZip(zipfile.ZipFile):
    """A zip to write, as `zipfile.ZipFile(file, "w", compression)`."""

    def __init__(self, file: Path | IO[bytes], compression: int = zipfile.ZIP_STORED) -> None:
        super().__init__(file, "w", compression, strict_timestamps=False)

    def open(self, name: str | zipfile.ZipInfo, mode: Any = "r", *args: Any, **options: Any) -> IO[bytes]:
        return super().open(self._dated(name) if mode == "w" else name, mode, *args, **options)

    def writestr(self, name: str | zipfile.ZipInfo, data: Any, *args: Any, **options: Any) -> None:  # type: ignore[override]
        super().writestr(self._dated(name), data, *args, **options)

    def _dated(self, name: str | zipfile.ZipInfo) -> zipfile.ZipInfo:
        if isinstance(name, zipfile.ZipInfo):
            return name
        entry = zipfile.ZipInfo(name, min(max(time.localtime()[:6], _FIRST), _LAST))
        entry.compress_type = self.compression
        entry.external_attr = 0o600 << 16
        return entry


def open_zip(file: Path | IO[bytes]) -> zipfile.ZipFile:
    """Open a zip to read.

    Raises:
        zipfile.BadZipFile: it is none or is damaged, whatever the reason.
        OSError: the file cannot be opened or read.
    """
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError):
        raise
    except UNREADABLE as error:
        raise zipfile.BadZipFile(str(error)) from error
