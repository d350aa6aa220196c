"""Small pictures of what each block of a network responds to in one face of a data set; a worker makes them once.

They lie in the photo's own folder: the first ones show the face's outlines, so who deletes the photo deletes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.data.store import PhotoStore
from core.models.units import architecture

if TYPE_CHECKING:
    from pathlib import Path

    from core.data.dataset import Dataset, Item
    from core.workspace import Workspace

RESPONSES_VERSION = 1


def face_shown(dataset: Dataset) -> Item:
    """Return the face that stands for all: the first one to practise with."""
    return dataset.of("train")[0]


def response_paths(workspace: Workspace, dataset: Dataset, backbone: str, size_px: int) -> tuple[Path, ...]:
    """Return the place of each block's picture, there or not, from the input side."""
    item = face_shown(dataset)
    crop = PhotoStore(workspace.photos).folder(item.sha256).crop_path(dataset.crop, item.face)
    name = f"answers-{RESPONSES_VERSION}-{backbone}-{size_px}-{crop.stem}"
    return tuple(crop.with_name(f"{name}-{block}.png") for block in architecture(backbone).blocks)


def read_responses(workspace: Workspace, dataset: Dataset, backbone: str, size_px: int) -> tuple[Path, ...] | None:
    """Return the pictures of all blocks, or None where they were not made yet."""
    paths = response_paths(workspace, dataset, backbone, size_px)
    return paths if all(path.exists() for path in paths) else None
