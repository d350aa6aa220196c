"""Weights of the backbones on disk: found, downloaded, imported from a file. No TensorFlow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import WeightsError
from core.models.backbones import Backbone, backbone

if TYPE_CHECKING:
    from core.workspace import Workspace

BUNDLED = Path(__file__).resolve().parents[2] / "data" / "weights"


@dataclass(frozen=True)
class FoundWeights:
    """A weights file on this computer.

    Attributes:
        path: where it lies.
        sha256: of its content, hex.
        verified: its content is the officially published one.
    """

    path: Path
    sha256: str
    verified: bool


def find_weights(name: str, workspace: Workspace) -> FoundWeights | None:
    """Give a backbone's weights if they are on this computer: imported or downloaded ones, else those of the lab.

    Raises:
        ConfigError: no such backbone.
    """
    entry = backbone(name)
    for folder in (workspace.weights, BUNDLED):
        path = folder / entry.weights.file_name
        if path.is_file():
            return _described(path, entry)
    return None


def require_weights(name: str, workspace: Workspace) -> FoundWeights:
    """Give a backbone's weights.

    Raises:
        WeightsError: they are not on this computer; the message says where they are and how they get here.
        ConfigError: no such backbone.
    """
    found = find_weights(name, workspace)
    if found is None:
        raise WeightsError(_missing(backbone(name)))
    return found


def _missing(entry: Backbone) -> str:
    if entry.weights.bundled:
        return (
            f'The weights of "{entry.name}" ({entry.weights.file_name}) come with a coming version of the lab; until '
            "then, start it from nothing with --untrained."
        )
    return (
        f'The weights of "{entry.name}" are not on this computer; fetch them with '
        f'"python -m core weights download {entry.name}", or bring {entry.weights.file_name} from {entry.weights.url} '
        f'and run "python -m core weights import {entry.name} FILE".'
    )


def _described(path: Path, entry: Backbone) -> FoundWeights:
    stat = path.stat()
    sha256, md5 = _hashes(path, stat.st_size, stat.st_mtime_ns)
    return FoundWeights(path, sha256, verified=sha256 in entry.weights.sha256 or md5 in entry.weights.md5)


@lru_cache(maxsize=32)
def _hashes(path: Path, size_bytes: int, changed_ns: int) -> tuple[str, str]:
    """SHA-256 and MD5 of a file, read once; another size or time makes it another file."""
    del size_bytes, changed_ns
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            sha256.update(chunk)
            md5.update(chunk)
    return sha256.hexdigest(), md5.hexdigest()
