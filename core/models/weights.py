"""Weights of the backbones on disk: found, downloaded, imported; and whom they were trained on. No TensorFlow.

A download or an import is accepted only if its layers are those of the network, and if it has the official hash where
one is known. Until then it lies beside its place; what is refused is removed.
"""

from __future__ import annotations

import hashlib
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from core import disk
from core.errors import WeightsError
from core.models import weights_file
from core.models.download import fetch
from core.models.registry import Backbone, backbone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from core.workspace import Workspace

BUNDLED = Path(__file__).resolve().parents[2] / "data" / "weights"
# Whom a backbone was trained on: a test on these people would flatter it. Names are kept as hashes, so that the list
# answers for a name one has, and gives no names to whoever reads it.
_PEOPLE_LISTS = dict.fromkeys(("face-vgg-mini", "face-vgg-midi"), "face-vgg-mini.people.txt")
HASH_DIGITS = 16


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
    """Return a backbone's weights if they are on this computer: imported or downloaded ones, else those of the lab.

    Raises:
        ConfigError: no such backbone.
    """
    entry = backbone(name)
    for folder in (workspace.weights, BUNDLED):
        path = folder / entry.weights.file_name
        if path.is_file():
            return _described(path, entry)
    return None


def has_weights(name: str, workspace: Workspace) -> bool:
    """Return whether a backbone's weights are on this computer. Reads no file: large ones take a second to hash.

    Raises:
        ConfigError: no such backbone.
    """
    file_name = backbone(name).weights.file_name
    return any((folder / file_name).is_file() for folder in (workspace.weights, BUNDLED))


def require_weights(name: str, workspace: Workspace) -> FoundWeights:
    """Return a backbone's weights.

    Raises:
        WeightsError: they are not on this computer; the message says where they are and how they get here.
        ConfigError: no such backbone.
    """
    found = find_weights(name, workspace)
    if found is None:
        raise WeightsError(_missing(backbone(name)))
    return found


def download_weights(
    name: str,
    workspace: Workspace,
    *,
    base_url: str | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> FoundWeights:
    """Download a backbone's weights into the workspace, or return them if they are there.

    A broken transfer is resumed: at once a few times, then at the next call. What has arrived lies in a ".part" file
    until it is complete and checked.

    Args:
        name: in the registry.
        workspace: whose `weights` folder takes the file.
        base_url: another address with the file under its published name, ending in "/"; None: the published one.
        on_progress: called with (bytes done, bytes in all or 0); may raise `Stopped`, which keeps what has arrived.

    Raises:
        WeightsError: no network, no such file there, or the content is not that of the weights; one sentence with the
            file, its address and the way to import it by hand.
        ConfigError: no such backbone.
    """
    entry = backbone(name)
    found = find_weights(name, workspace)
    if found is not None:
        return found
    if entry.weights.bundled:
        raise WeightsError(_missing(entry))
    url = entry.weights.url if base_url is None else base_url + entry.weights.file_name
    path = workspace.weights / entry.weights.file_name
    part = path.with_name(path.name + ".part")
    try:
        workspace.queue.mkdir(parents=True, exist_ok=True)
        with _on_disk(path), FileLock(workspace.queue / f"{path.name}.lock", timeout=1):
            fetch(url, part, on_progress, by_hand=_by_hand(entry))
            _accept_download(part, path, entry, url)
    except Timeout as error:
        raise WeightsError(f'"{path.name}" is being downloaded by another job already; wait for it.') from error
    return _described(path, entry)


def import_weights(name: str, file: Path, workspace: Workspace, *, called: str = "") -> FoundWeights:
    """Import a backbone's weights from a file, for computers without internet. The file is copied, not moved.

    A file with the top layers is accepted as well; they are ignored.

    Args:
        name: in the registry.
        file: in the legacy HDF5 layout, whatever its name.
        workspace: whose `weights` folder takes a copy.
        called: the name of the file in error messages; empty: its own name.

    Raises:
        WeightsError: there is no such file, or its layers are not those of the backbone; nothing is changed then.
        ConfigError: no such backbone.
    """
    entry = backbone(name)
    if not file.is_file():
        raise WeightsError(f'There is no file "{file}"; give the path of {entry.weights.file_name}.')
    path = workspace.weights / entry.weights.file_name
    with _on_disk(path), disk.replacing(path) as beside:
        shutil.copyfile(file, beside)
        weights_file.read_layers(beside, name, file_name=called or file.name)
    return _described(path, entry)


def hash_name(name: str) -> str:
    """Return the first 64 bits of a name's SHA-256, hex; case, underscores and extra spaces make no difference."""
    plain = " ".join(name.replace("_", " ").casefold().split())
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()[:HASH_DIGITS]


def write_people_list(names: Iterable[str], path: Path) -> None:
    """Write the list that ships beside a backbone's weights: a hash a line, sorted."""
    path.write_text("".join(f"{line}\n" for line in sorted({hash_name(name) for name in names})), encoding="ascii")


def known_people(backbone: str, people: Sequence[str]) -> tuple[str, ...]:
    """Return those of these people whom the backbone was trained on; empty where no list came with it."""
    path = BUNDLED / _PEOPLE_LISTS.get(backbone, "")
    if not path.is_file():
        return ()
    hashes = set(path.read_text(encoding="ascii").split())
    return tuple(person for person in people if hash_name(person) in hashes)


def _accept_download(part: Path, path: Path, entry: Backbone, url: str) -> None:
    """Move a complete download to its place, or remove it and raise what is wrong with it."""
    try:
        weights_file.read_layers(part, entry.name, file_name=path.name)
        arrived = _described(part, entry)
        if not arrived.verified and (entry.weights.md5 or entry.weights.sha256):
            raise WeightsError(
                f'"{path.name}" from {url} is not the published file (its SHA-256 begins {arrived.sha256[:12]}); '
                f"{_by_hand(entry)}."
            )
    except WeightsError:
        part.unlink()
        raise
    part.replace(path)


@contextmanager
def _on_disk(path: Path) -> Iterator[None]:
    """Turn the error of a full or read-only disk into a sentence."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except Timeout:
        raise
    except OSError as error:
        raise WeightsError(
            f'"{path.name}" cannot be written to {path.parent} ({error.strerror or error}); make room there, or name '
            "another folder in LAB_HOME."
        ) from error


def _by_hand(entry: Backbone) -> str:
    return (
        f"bring {entry.weights.file_name} from {entry.weights.url} by other means and run "
        f'"python -m core weights import {entry.name} FILE"'
    )


def _missing(entry: Backbone) -> str:
    if entry.weights.bundled:
        return (
            f'The weights of "{entry.name}" ({entry.weights.file_name}) come with the lab, but are missing; install '
            "the lab again, or start untrained with --untrained."
        )
    return (
        f'The weights of "{entry.name}" are not on this computer; fetch them with '
        f'"python -m core weights download {entry.name}", or {_by_hand(entry)}.'
    )


def _described(path: Path, entry: Backbone) -> FoundWeights:
    stat = path.stat()
    sha256, md5 = _hashes(path, stat.st_size, stat.st_mtime_ns)
    return FoundWeights(path, sha256, verified=sha256 in entry.weights.sha256 or md5 in entry.weights.md5)


@lru_cache(maxsize=32)
def _hashes(path: Path, size_bytes: int, changed_ns: int) -> tuple[str, str]:
    """Return SHA-256 and MD5 of a file, computed once for each size and time."""
    del size_bytes, changed_ns
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            sha256.update(chunk)
            md5.update(chunk)
    return sha256.hexdigest(), md5.hexdigest()
