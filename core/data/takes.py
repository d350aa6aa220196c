"""Pictures kept from a webcam, person by person and take by take, on disk until a data set is built from them.

index.json                 whose they are, and that they agreed
<number>/<take>-<n>.jpg    the pictures of a person's first take, second take, ...

A take is what was recorded at one place in one light. It stands in each picture as its camera and time (EXIF), so that
it is a group (`groups`): all of a take lies on one side of the split, unless somebody has one take only.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from PIL.ExifTags import IFD, Base

from core import disk
from core.config import SPLITS, Split, SplitConfig
from core.data.groups import WEBCAM
from core.data.uploads import as_folder, link_or_copy
from core.errors import DamagedFileError, DatasetError
from core.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TAKES = 2
# Names of the folders in which pictures wait: of people who are recorded, and, a data set each, what fooled a network.
WEBCAM_DRAFT, FOOLED_DRAFT = "draft-webcam", "draft-fooled-"
# Where a copy is laid out for the search.
LAID_OUT = "photos"
_JPEG_START = b"\xff\xd8"
_APP1 = b"\xff\xe1"


@dataclass(frozen=True)
class Sitter:
    """Somebody who is recorded.

    Attributes:
        number: of the person's card.
        name: "" while it is not given.
        agrees: with being recorded.
        began: when each take began, as EXIF writes it, and a few random letters, so that no other take has the same.
    """

    number: int
    name: str = ""
    agrees: bool = False
    began: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Index:
    """What stands in index.json; `target` is how many pictures a take shall have."""

    sitters: tuple[Sitter, ...] = ()
    target: int = 30


_INDEX = Schema(_Index)


def is_takes(folder: Path) -> bool:
    """Return whether a folder of waiting photos holds pictures of the webcam, by its name."""
    return folder.name.startswith((WEBCAM_DRAFT, FOOLED_DRAFT))


class Takes:
    """Pictures kept in a folder, which need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _index(self) -> _Index:
        try:
            return _INDEX.read(self.path / "index.json")
        except (FileNotFoundError, DamagedFileError):
            return _Index()

    def sitters(self) -> tuple[Sitter, ...]:
        """Return who is recorded, by number."""
        return self._index().sitters

    @property
    def target(self) -> int:
        """How many pictures each take shall have."""
        return self._index().target

    def set_target(self, target: int) -> None:
        """Set how many pictures each take shall have."""
        if target != self.target:
            _INDEX.write(self.path / "index.json", replace(self._index(), target=target))

    def sitter(self, number: int) -> Sitter:
        """Return the person of a card; somebody without a name where it is new."""
        return next((sitter for sitter in self.sitters() if sitter.number == number), Sitter(number))

    def set_sitter(self, number: int, name: str, *, agrees: bool) -> None:
        """Set who a card is of, and whether that person agrees."""
        self._keep_sitter(replace(self.sitter(number), name=" ".join(name.split()), agrees=agrees))

    def _keep_sitter(self, now: Sitter) -> None:
        before = self.sitters()
        is_new = all(sitter.number != now.number for sitter in before)
        # Of an empty card there is nothing to keep.
        if now not in before and not (is_new and now == Sitter(now.number)):
            self._write([*(sitter for sitter in before if sitter.number != now.number), now])

    def _write(self, sitters: list[Sitter]) -> None:
        by_number = tuple(sorted(sitters, key=lambda sitter: sitter.number))
        _INDEX.write(self.path / "index.json", replace(self._index(), sitters=by_number))

    def count(self, number: int) -> tuple[int, ...]:
        """Return how many pictures of a person were kept, take by take (`TAKES` numbers)."""
        return tuple(len(self._pictures(number, take)) for take in range(1, TAKES + 1))

    def _pictures(self, number: int, take: int) -> list[Path]:
        return sorted((self.path / str(number)).glob(f"{take}-*.jpg"))

    def keep(self, number: int, take: int, jpeg: bytes) -> None:
        """Keep a picture.

        Args:
            take: from 1 to `TAKES`.
            jpeg: the whole file; when and in which take it was made is written into it, its pixels stay.

        Raises:
            DatasetError: it is no JPEG, or it cannot be written. Earlier ones stay.
        """
        if not jpeg.startswith(_JPEG_START):
            raise DatasetError("The browser sent something that is no picture; open this page again.")
        pictures = self._pictures(number, take)
        last = int(pictures[-1].stem.split("-")[1]) if pictures else 0
        at, mark = self._began(number, take)
        try:
            disk.write_bytes(self.path / str(number) / f"{take}-{last + 1:04d}.jpg", stamped(jpeg, take, mark, at))
        except OSError as error:
            why = error.strerror or str(error)
            raise DatasetError(f"This picture could not be kept ({why}); make room on the disk and go on.") from error

    def _began(self, number: int, take: int) -> tuple[str, str]:
        """Return when a take began and its mark; a new take begins now."""
        sitter = self.sitter(number)
        began = list(sitter.began)
        while len(began) < take:
            began.append((f"{datetime.now():%Y:%m:%d %H:%M:%S}", secrets.token_hex(4)))
        self._keep_sitter(replace(sitter, began=tuple(began)))
        return began[take - 1]

    def drop(self, number: int) -> None:
        """Remove a person's pictures, and the card."""
        self._write([sitter for sitter in self.sitters() if sitter.number != number])
        disk.remove_folder(self.path / str(number))

    def forget_pictures(self, number: int) -> None:
        """Remove a person's pictures, to record them again."""
        self._keep_sitter(replace(self.sitter(number), began=()))
        disk.remove_folder(self.path / str(number))

    def copy_to(self, folder: Path) -> None:
        """Copy everything to a folder that does not exist yet; by links where the disk has them, which take no room."""
        shutil.copytree(self.path, folder, copy_function=link_or_copy)

    def take_back(self, folder: Path) -> bool:
        """Take over what `copy_to` copied; return whether that was done. It is not where something newer lies here."""
        if any(sum(self.count(sitter.number)) for sitter in self.sitters()):
            return False
        self.clear()
        folder.rename(self.path)
        shutil.rmtree(self.path / LAID_OUT, ignore_errors=True)
        return True

    def clear(self) -> None:
        """Remove everything."""
        disk.remove_folder(self.path)

    def shared_with_train(self) -> tuple[Split, ...]:
        """Return the splits that have pictures of a take that train has: test only where somebody has one take."""
        has_one = any(sum(n > 0 for n in self.count(sitter.number)) == 1 for sitter in self.sitters())
        return ("validation", "test") if has_one else ("validation",)

    def lay_out(self, folder: Path, split: SplitConfig | None) -> None:
        """Lay the pictures out as `layout` reads them: train, validation and test, with a folder a person each.

        The last of several takes is the test; the others are train and validation. Of a single take the end is the
        test. What comes later in a take is never train where something earlier is not.

        Args:
            folder: does not exist yet.
            split: fractions; its seed is not asked, for the order in time decides. None: all is train.
        """
        for sitter in self.sitters():
            takes = [found for take in range(1, TAKES + 1) if (found := self._pictures(sitter.number, take))]
            tests = takes.pop() if split and len(takes) > 1 else []
            first = [path for pictures in takes for path in pictures]
            where: list[Split] = ["train" for _ in first]
            if split:
                where = _in_time(len(first), SPLITS[:-1] if tests else SPLITS, split)
            where += ["test" for _ in tests]
            for path, part in zip([*first, *tests], where, strict=True):
                person = folder / part / as_folder(sitter.name)
                person.mkdir(parents=True, exist_ok=True)
                link_or_copy(str(path), str(person / f"take {path.name}"))


def _in_time(n: int, parts: Sequence[Split], split: SplitConfig) -> list[Split]:
    """Return the part of each of `n` pictures in the order they were made: by the fractions, but none without one."""
    shares = np.array([split.fraction(part) for part in parts])
    edges = np.round(np.cumsum(shares) / shares.sum() * n).astype(int)
    latest = n - np.arange(len(parts))[::-1]
    edges = np.minimum(np.maximum(edges, np.arange(1, len(parts) + 1)), latest)
    return (
        [parts[int(np.searchsorted(edges, place, side="right"))] for place in range(n)]
        if n >= len(parts)
        else ["train"] * n
    )


def stamped(jpeg: bytes, take: int, mark: str, at: str) -> bytes:
    """Return a JPEG with its maker, take and time written into it, its pixels untouched."""
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = WEBCAM, f"take {take} {mark}"
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = at
    content = exif.tobytes()
    if not content.startswith(b"Exif\0\0"):
        content = b"Exif\0\0" + content
    return _JPEG_START + _APP1 + (len(content) + 2).to_bytes(2, "big") + content + jpeg[len(_JPEG_START) :]
