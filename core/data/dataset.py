"""A data set: its people in label order, their photos and the split. One file a version on disk."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from core import trash
from core.config import MIN_PEOPLE, SPLITS, CropConfig, Split, SplitConfig
from core.data.read import LeftOut
from core.data.store import PhotoStore
from core.errors import DamagedFileError, DatasetError, LabError
from core.schema import Moment, Schema

if TYPE_CHECKING:
    from pathlib import Path

    from core.workspace import Workspace

# Whether a run uses a version of a data set: `core.experiments.runs.is_used`, which must not be imported here.
IsUsed = Callable[["Dataset"], bool]


@dataclass(frozen=True)
class Item:
    """One face of a data set.

    Attributes:
        sha256: of the photo in the store.
        name: the photo's path in its source, for showing.
        person: None for an unlabelled test photo.
        split: where it belongs.
        group: photos with the same number belong together; see `groups`.
        n_faces: number of faces found in the photo.
        face: index of this face among them, largest first; None is the whole photo.
        looked: the user has reviewed this photo, so it needs no further look.
    """

    sha256: str
    name: str
    person: str | None
    split: Split
    group: int
    n_faces: int
    face: int | None
    looked: bool = False


@dataclass(frozen=True)
class Dataset:
    """Face crops of people, split. Immutable: an edit makes a new version.

    Attributes:
        id: a hash of contents and settings.
        name: for showing.
        version: 1 for what was built.
        people: in label order: a person's index here is the label.
        items: in a fixed order (by person, then name).
        left_out: files and photos not used, with the reason.
        to_review: used photos that need a look, with the reason.
        crop: how the faces were found and cropped.
        split: how the photos were split.
    """

    id: str
    name: str
    version: int
    people: tuple[str, ...]
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]
    to_review: tuple[LeftOut, ...]
    crop: CropConfig
    split: SplitConfig

    def __post_init__(self) -> None:
        if not all(self.people) or len(set(self.people)) < len(self.people):
            raise DatasetError("Its people have no names, or the same; bring the photos again.")
        if not {item.person for item in self.items} <= {None, *self.people}:
            raise DatasetError("A photo in it belongs to nobody in it; bring the photos again.")
        # They become names of folders.
        if not all(sha256.isalnum() for sha256 in (self.id, *self.sha256s())):
            raise DatasetError("A photo in it has no proper hash; bring the photos again.")
        faces = [*(item.face for item in self.items), *(entry.face for entry in (*self.left_out, *self.to_review))]
        if any(face is not None and face < 0 for face in faces):
            raise DatasetError("A face in it has no proper number; bring the photos again.")

    def of(self, split: Split) -> tuple[Item, ...]:
        """Return the items of a split; "test" includes unlabelled photos."""
        return tuple(item for item in self.items if item.split == split)

    def counts(self) -> dict[Split, int]:
        """Return the number of items by split."""
        return {split: len(self.of(split)) for split in SPLITS}

    @property
    def is_trainable(self) -> bool:
        """Whether two or more people have train photos, and validation and test are not empty."""
        people = {item.person for item in self.of("train")}
        return len(people) >= MIN_PEOPLE and bool(self.of("validation")) and bool(self.of("test"))

    @property
    def waiting(self) -> dict[str, int]:
        """People with too few photos, by name, with the number of their usable photos."""
        waiting = {entry.person: 0 for entry in self.left_out if entry.person and entry.person not in self.people}
        for entry in self.left_out:
            if entry.person in waiting and entry.kind == "too_few":
                waiting[entry.person] += 1
        return dict(sorted(waiting.items()))

    @property
    def extra_group_photos(self) -> tuple[Item, ...]:
        """Extra photos of several faces, as the items they become once the user chooses a face."""
        return tuple(
            Item(entry.sha256, entry.name, entry.person, entry.split or "train", -1, entry.n_faces, entry.face)
            for entry in self.left_out
            if entry.is_extra_group_photo and entry.sha256
        )

    def sha256s(self) -> set[str]:
        """Return every photo that this data set keeps in the store, those left out for a look included."""
        kept = {item.sha256 for item in self.items}
        return kept | {left_out.sha256 for left_out in self.left_out if left_out.sha256}


@dataclass(frozen=True)
class _Version:
    """A version of a data set on disk, and when it was made."""

    created_at: Moment
    dataset: Dataset


def _extra_was_spare(content: dict[str, Any]) -> dict[str, Any]:
    for entry in (*content["left_out"], *content["to_review"]):
        if "spare" in entry:
            entry["extra"] = entry.pop("spare")
    return content


MANIFEST = Schema(Dataset, 2, {1: _extra_was_spare})
_VERSION = Schema(_Version, 2, {1: lambda content: {**content, "dataset": _extra_was_spare(content["dataset"])}})


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


def _read(path: Path) -> _Version:
    """Read a version; DatasetError where the file does not describe it."""
    try:
        found = _VERSION.read(path)
    except DamagedFileError as error:
        raise DatasetError(f'The photos "{path.parent.name}" cannot be read: {error}') from error
    if path != path.with_name(f"v{found.dataset.version}.json") or path.parent.name != found.dataset.id:
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
    PhotoStore(workspace.photos).remove(sha256s - used)


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
