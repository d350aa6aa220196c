"""A data set: its people in label order, their photos and the split; as a value, and as a manifest in JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.config import MIN_PEOPLE, SPLITS, CropConfig, Split, SplitConfig
from core.data.read import LeftOut
from core.errors import DatasetError
from core.remembered import remembered
from core.schema import Schema, bytes_of

if TYPE_CHECKING:
    from pathlib import Path


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


def extra_was_spare(content: dict[str, Any]) -> dict[str, Any]:
    """Migrate a manifest of schema 1, which calls `extra` "spare"."""
    for entry in (*content["left_out"], *content["to_review"]):
        if "spare" in entry:
            entry["extra"] = entry.pop("spare")
    return content


MANIFEST = Schema(Dataset, 2, {1: extra_was_spare})


def read_manifest(path: Path) -> Dataset:
    """Read a manifest; many experiments have the same, which is parsed once.

    Raises:
        DamagedFileError: it cannot be read.
        FileNotFoundError: there is none.
    """
    return _parsed(bytes_of(path), path.name)


@remembered(most=8)
def _parsed(data: bytes, name: str) -> Dataset:
    return MANIFEST.parse(data, name)
