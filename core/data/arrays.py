"""Load the face crops of a data set as arrays, for training and evaluation."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.data.cropping import resize_square
from core.data.store import PhotoStore
from core.errors import DatasetError, LabError

if TYPE_CHECKING:
    from core.config import Split
    from core.data.dataset import Dataset, Item
    from core.workspace import Workspace


@dataclass(frozen=True)
class FaceArrays:
    """Face crops with their labels.

    Attributes:
        faces_rgb: uint8, shape (n, size_px, size_px, 3), RGB.
        labels: int64, shape (n,), index into the data set's `people`; -1 is unlabelled.
        items: the item of each row, in the data set's order.
    """

    faces_rgb: np.ndarray
    labels: np.ndarray
    items: tuple[Item, ...]


def load_faces(
    dataset: Dataset,
    workspace: Workspace,
    split: Split,
    image_size_px: int,
    *,
    per_class: int | None = None,
    seed: int = 0,
) -> FaceArrays:
    """Load the crops of one split.

    Args:
        image_size_px: side of the result; see `cropping.resize_square`.
        per_class: at most so many photos per person; None loads all. They are the first of a fixed order, so that a
            smaller number is a subset of a larger one. Does not apply to unlabelled photos.
        seed: decides that order.

    Returns:
        The faces in the data set's order; no rows if the split is empty.

    Raises:
        DatasetError: the photos were deleted.
    """
    items = dataset.of(split)
    if per_class is not None:
        items = _first_of_each(items, per_class, seed)
    store = PhotoStore(workspace.photos)
    faces_rgb = np.zeros((len(items), image_size_px, image_size_px, 3), np.uint8)
    for row, item in enumerate(items):
        try:
            with Image.open(store.crop(item.sha256, dataset.crop, item.face)) as crop:
                faces_rgb[row] = resize_square(np.asarray(crop.convert("RGB")), image_size_px)
        except FileNotFoundError as error:
            raise DatasetError(f'The photo "{item.name}" is no longer there; bring the photos again.') from error
    number = {person: label for label, person in enumerate(dataset.people)}
    labels = [-1 if item.person is None else number[item.person] for item in items]
    return FaceArrays(faces_rgb, np.array(labels, np.int64), tuple(items))


def one_face(dataset: Dataset, workspace: Workspace, image_size_px: int) -> np.ndarray | None:
    """Return the first train face, uint8, shape (size_px, size_px, 3), RGB; None if there is none.

    None also if its photo was deleted.
    """
    item = next(iter(dataset.of("train")), None)
    if item is None:
        return None
    try:
        with Image.open(PhotoStore(workspace.photos).crop(item.sha256, dataset.crop, item.face)) as crop:
            return resize_square(np.asarray(crop.convert("RGB")), image_size_px)
    except (LabError, FileNotFoundError):
        return None


def _first_of_each(items: Sequence[Item], per_class: int, seed: int) -> tuple[Item, ...]:
    """Return the first `per_class` of each person in a seeded order; the result keeps the order of `items`."""
    chosen: set[int] = set()
    for person in {item.person for item in items}:
        indices = [index for index, item in enumerate(items) if item.person == person]
        if person is not None:
            rng = np.random.default_rng([seed, zlib.crc32(person.encode("utf-8"))])
            indices = rng.permutation(indices).tolist()[:per_class]
        chosen.update(indices)
    return tuple(item for index, item in enumerate(items) if index in chosen)
