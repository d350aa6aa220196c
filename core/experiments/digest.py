"""What lists say of a run, without opening the files that grow with its photos, where these are many by megabytes.

digest.json stands beside the files it was made from, with the time and the size of each, and counts for as long as
these are the same. The folder stays the truth: a digest that is gone, damaged or out of date is made again.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import disk
from core.data.dataset import read_manifest
from core.data.photoset import PhotoSet
from core.errors import DamagedFileError
from core.experiments.predictions import PREDICTIONS
from core.jobfiles import RESULT, check_result
from core.remembered import Stamp, is_settled, remembered_of_files, stamp
from core.schema import Schema

FILE = "digest.json"
LARGE = ("dataset.json", "predictions.json", "result.json")
# Of a result: what grows with its photos or its epochs, or as the square of its people. Their names stay.
_GROWS = ("predictions", "left_out", "confusion_matrix", "history")


@dataclass(frozen=True)
class Digest:
    """What lists say of a run, and the stamp of the files that say it.

    Attributes:
        of: of `LARGE`, when it was made; it was then found that they can be read.
        photos: what the run learns from and is tested with.
        numbers: its result without predictions, matrix and history; None before the test.
    """

    of: Stamp
    photos: PhotoSet
    numbers: dict[str, Any] | None

    def __post_init__(self) -> None:
        if self.numbers is not None:
            check_result(self.numbers, "train")


_DIGEST = Schema(Digest)


def _large(path: Path) -> list[str]:
    return [f"{path}/{name}" for name in LARGE]


@remembered_of_files(_large, most=5000)
def digest(path: Path) -> Digest:
    """Return the digest of a run's folder. It is shared; do not change it.

    Raises:
        DamagedFileError: one of `LARGE` cannot be read.
        FileNotFoundError: one is missing.
    """
    found = stamp(_large(path))
    # Asked before they are read: what changes meanwhile is then stamped otherwise.
    settled = is_settled(found)
    with suppress(DamagedFileError, FileNotFoundError):
        kept = _DIGEST.read(path / FILE)
        if kept.of == found and settled:
            return kept
    made = _made(path, found)
    if settled:
        _keep(path, made)
    return made


def keep(path: Path) -> None:
    """Keep the digest of a run that was tested just now, by the one who works on it: nobody else changes its files."""
    _keep(path, _made(path, stamp(_large(path))))


def _keep(path: Path, made: Digest) -> None:
    with suppress(FileNotFoundError), disk.unless_refused():  # deleted meanwhile
        _DIGEST.write(path / FILE, made, make_folder=False)


def _made(path: Path, found: Stamp) -> Digest:
    dataset, numbers = read_manifest(path / "dataset.json"), None
    if (path / "result.json").exists():
        result = RESULT.read(path / "result.json")
        PREDICTIONS.read(path / "predictions.json").predictions(len(dataset.people))
        numbers = {name: value for name, value in result.items() if name not in _GROWS}
    return Digest(found, PhotoSet.of(dataset), numbers)
