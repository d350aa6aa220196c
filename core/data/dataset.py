"""A data set: its people in label order, their photos and the split. One file a version on disk."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from core import disk, trash
from core.config import MIN_PEOPLE, SPLITS, CropConfig, Split, SplitConfig
from core.data.read import LeftOut
from core.data.store import PhotoStore
from core.errors import DatasetError, LabError

if TYPE_CHECKING:
    from pathlib import Path

    from core.workspace import Workspace

SCHEMA = 1
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

    def to_dict(self) -> dict[str, Any]:
        """Return the data set as plain JSON values."""
        content = asdict(self)
        for entry in (*content["left_out"], *content["to_review"]):
            # The name in files that earlier versions of the lab wrote.
            entry["spare"] = entry.pop("extra")
        return content

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Dataset:
        """Build a data set from what `to_dict` gave."""
        return cls(
            id=content["id"],
            name=content["name"],
            version=content["version"],
            people=tuple(content["people"]),
            items=tuple(Item(**item) for item in content["items"]),
            left_out=tuple(_left_out(entry) for entry in content["left_out"]),
            to_review=tuple(_left_out(entry) for entry in content["to_review"]),
            crop=CropConfig(**content["crop"]),
            split=SplitConfig(**content["split"]),
        )


def _left_out(entry: dict[str, Any]) -> LeftOut:
    return LeftOut(**{"extra" if key == "spare" else key: value for key, value in entry.items()})


def save_dataset(workspace: Workspace, dataset: Dataset) -> None:
    """Write the data set's version."""
    content = {"created_at": time.time(), "dataset": dataset.to_dict()}
    disk.write_json(_path(workspace, dataset.id, dataset.version), content, schema=SCHEMA)


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
    return _read(_path(workspace, dataset_id, wanted))[1]


def _read(path: Path) -> tuple[float, Dataset]:
    """Return when a version was made (seconds since the epoch) and the data set; LabError where it is no such file."""
    content = disk.read_json(path, schema=SCHEMA)
    try:
        return float(content["created_at"]), Dataset.from_dict(content["dataset"])
    except (KeyError, TypeError, ValueError, AttributeError, LabError) as error:
        raise DatasetError(
            f'"{path.parent.name}/{path.name}" does not describe photos as this lab does ({error!r}); bring them again.'
        ) from error


def list_datasets(workspace: Workspace) -> list[Dataset]:
    """Return the newest version of every data set, newest first; what cannot be read is skipped."""
    found = []
    for folder in workspace.datasets.iterdir() if workspace.datasets.is_dir() else ():
        for version in _versions(folder)[-1:]:
            with suppress(LabError, FileNotFoundError):
                found.append(_read(_path(workspace, folder.name, version)))
    return [dataset for _, dataset in sorted(found, key=lambda pair: pair[0], reverse=True)]


def delete_dataset(workspace: Workspace, dataset_id: str, *, also: Iterable[Path] = ()) -> None:
    """Remove a data set with all its versions, and every photo that no data set uses. An unknown id is no error.

    Photos left behind by a killed job go as well: no data set uses them.

    Args:
        also: what was made from the photos; all of it goes, or nothing.

    Raises:
        DatasetError: photos are being read in right now.
    """
    if not _is_id(dataset_id):
        return
    with photos_locked(workspace, timeout_s=10):
        trash.remove(workspace.root, [*also, workspace.datasets / dataset_id])
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
    return sorted(int(path.stem[1:]) for path in folder.glob("v*.json") if path.stem[1:].isdigit())
