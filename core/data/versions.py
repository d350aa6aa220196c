"""The data sets of a workspace, one file a version: save, read, list, delete; and which photos they still need."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from core import trash
from core.data.dataset import Dataset, extra_was_spare
from core.data.store import PhotoStore
from core.errors import DamagedFileError, DatasetError, LabError
from core.features import folder as features_folder
from core.remembered import forget, remembered_of_files
from core.schema import Moment, Schema, why_unreadable

if TYPE_CHECKING:
    from pathlib import Path

    from core.workspace import Workspace

# Whether a run uses a version of a data set: `core.experiments.runs.is_used`, which must not be imported here.
IsUsed = Callable[["Dataset"], bool]


@dataclass(frozen=True)
class _Version:
    """A version of a data set on disk, and when it was made."""

    created_at: Moment
    dataset: Dataset


_VERSION = Schema(_Version, 2, {1: lambda content: {**content, "dataset": extra_was_spare(content["dataset"])}})


def save_dataset(workspace: Workspace, dataset: Dataset) -> None:
    """Write the data set's version."""
    _VERSION.write(_path(workspace, dataset.id, dataset.version), _Version(time.time(), dataset))


def save_edit(workspace: Workspace, before: Dataset, after: Dataset, *, is_used: IsUsed) -> Dataset:
    """Write an edited data set as the next version. The caller holds `photos_locked`.

    Args:
        before: the newest version.
        after: the edited data set; its id and version are ignored.
        is_used: tells whether a run uses `before`. If so, that stays beside the new version; else it is removed, with
            the photos that nothing uses any more. Called last, because a run may begin while faces are searched.

    Returns:
        The data set as saved.

    Raises:
        DatasetError: `before` is not the newest version: another page has changed the photos.
    """
    check_newest(workspace, before)
    saved = replace(after, id=before.id, version=before.version + 1)
    save_dataset(workspace, saved)
    if not is_used(before):
        _remove_version(workspace, before.id, before.version)
        remove_unused(workspace, before.sha256s() - saved.sha256s())
    return saved


def check_newest(workspace: Workspace, dataset: Dataset) -> None:
    """Raise DatasetError unless this is the newest version of the data set."""
    if _versions(workspace.datasets / dataset.id)[-1:] != [dataset.version]:
        raise DatasetError(f'The photos "{dataset.name}" were changed elsewhere in the meantime; open them again.')


def is_edited(workspace: Workspace, dataset_id: str) -> bool:
    """Return whether a data set was edited since it was built."""
    return _versions(workspace.datasets / dataset_id) != [1]


def has_dataset(workspace: Workspace, dataset_id: str) -> bool:
    """Return whether there is a data set of that id."""
    return _is_id(dataset_id) and bool(_versions(workspace.datasets / dataset_id))


def load_dataset(workspace: Workspace, dataset_id: str, version: int | None = None) -> Dataset:
    """Read a data set.

    Args:
        version: None reads the newest.

    Raises:
        DatasetError: there is none of that id or version, or its file is damaged.
    """
    versions = _versions(workspace.datasets / dataset_id) if _is_id(dataset_id) else []
    wanted = version if version is not None else max(versions, default=0)
    if wanted not in versions:
        raise DatasetError(f'There are no photos "{dataset_id}" (version {version or "newest"}) here; choose others.')
    return _read(_path(workspace, dataset_id, wanted)).dataset


@remembered_of_files(lambda path: [str(path)], most=100)
def _read(path: Path) -> _Version:
    """Read a version; DatasetError where the file does not describe it."""
    try:
        found = _VERSION.read(path)
    except DamagedFileError as error:
        raise DatasetError(why_unreadable(f'The photos "{path.parent.name}"', error)) from error
    if (path.parent.name, path.name) != (found.dataset.id, f"v{found.dataset.version}.json"):
        raise DatasetError(f'The photos "{path.parent.name}" are a copy of others made by hand; delete it.')
    return found


def list_datasets(workspace: Workspace) -> list[Dataset]:
    """Return the newest version of every data set, newest first; what cannot be read is skipped."""
    return _list(workspace)[0]


def damaged_datasets(workspace: Workspace) -> list[tuple[str, str]]:
    """Return the ids of data sets that cannot be read, each with the reason in a sentence."""
    return _list(workspace)[1]


def _list(workspace: Workspace) -> tuple[list[Dataset], list[tuple[str, str]]]:
    found, damaged = [], []
    for folder in sorted(workspace.datasets.iterdir()) if workspace.datasets.is_dir() else ():
        for version in _versions(folder)[-1:]:
            try:
                found.append(_read(_path(workspace, folder.name, version)))
            except DatasetError as error:
                damaged.append((folder.name, str(error)))
            except FileNotFoundError:
                pass  # deleted meanwhile
    found.sort(key=lambda each: each.created_at, reverse=True)
    return [each.dataset for each in found], damaged


def delete_dataset(workspace: Workspace, dataset_id: str, *, also: Iterable[Path] = ()) -> None:
    """Remove a data set with all its versions, and every photo that no data set uses. An unknown id is no error.

    Photos left behind by a killed job go as well: no data set uses them.

    Args:
        also: what was made from the photos; all of it goes, or nothing.

    Raises:
        DatasetError: photos are being read in right now.
    """
    folder = workspace.datasets / dataset_id
    # That of a damaged one may have any name.
    if not dataset_id or dataset_id.startswith(".") or folder.parent != workspace.datasets:
        return
    with photos_locked(workspace, timeout_s=10):
        trash.remove(workspace.root, [*also, folder])
        remove_unused(workspace, PhotoStore(workspace.photos).sha256s())


def remove_unneeded(workspace: Workspace, is_used: IsUsed) -> None:
    """Remove older versions that no run has any more, then photos that no data set uses.

    Nothing is removed while photos are being read in: the next call will find it.

    Args:
        is_used: asked whether a run has this version.
    """
    try:
        with photos_locked(workspace, timeout_s=0):
            for folder in workspace.datasets.iterdir():
                for version in _versions(folder)[:-1]:
                    with suppress(LabError, FileNotFoundError):
                        if not is_used(load_dataset(workspace, folder.name, version)):
                            _remove_version(workspace, folder.name, version)
            remove_unused(workspace, PhotoStore(workspace.photos).sha256s())
    except DatasetError:
        return


def _remove_version(workspace: Workspace, dataset_id: str, version: int) -> None:
    for path in (workspace.datasets / dataset_id).glob(f"v{version}[.-]*"):
        path.unlink(missing_ok=True)
    forget()


def photos_of(workspace: Workspace, dataset_id: str) -> set[str]:
    """Return the photos of all versions of a data set."""
    versions = _versions(workspace.datasets / dataset_id)
    return {sha for version in versions for sha in load_dataset(workspace, dataset_id, version).sha256s()}


def remove_unused(workspace: Workspace, sha256s: set[str]) -> None:
    """Remove from the store those of these photos that no data set uses.

    If a data set cannot be read, nothing is removed: it may use any of them.
    """
    folders = workspace.datasets.iterdir() if workspace.datasets.is_dir() else ()
    try:
        used = {sha for folder in folders if folder.is_dir() for sha in photos_of(workspace, folder.name)}
    except LabError:
        return
    store = PhotoStore(workspace.photos)
    # First, so that whatever death leaves of it goes with the next photo: features of first layers show a face.
    features_folder.keep_only(workspace.features, store.sha256s() - (sha256s - used))
    store.remove(sha256s - used)


@contextmanager
def photos_locked(
    workspace: Workspace, *, timeout_s: float = math.inf, on_wait: Callable[[], None] | None = None
) -> Iterator[None]:
    """Hold the lock under which photos are added and removed, so that nobody removes what another is about to use.

    Args:
        on_wait: called about once a second while waiting; may raise `Stopped`.

    Raises:
        DatasetError: another process still holds it after `timeout_s`.
    """
    workspace.datasets.mkdir(parents=True, exist_ok=True)
    lock = FileLock(workspace.datasets / ".lock")
    until = time.monotonic() + timeout_s
    while not lock.is_locked:
        try:
            lock.acquire(timeout=min(1.0, timeout_s))
        except Timeout as error:
            if time.monotonic() >= until:
                raise DatasetError(
                    "Photos are being read in right now; wait until that is done, or stop it."
                ) from error
            if on_wait is not None:
                on_wait()
    try:
        yield
    finally:
        lock.release()


def _is_id(dataset_id: str) -> bool:
    # An id may come from a page's address and must not lead to another folder.
    return dataset_id.isalnum()


def _path(workspace: Workspace, dataset_id: str, version: int) -> Path:
    return workspace.datasets / dataset_id / f"v{version}.json"


def _versions(folder: Path) -> list[int]:
    found = (re.fullmatch(r"v([1-9][0-9]*)", path.stem) for path in folder.glob("v*.json"))
    return sorted(int(match[1]) for match in found if match)
