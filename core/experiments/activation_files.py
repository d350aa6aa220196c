"""Where the activation pictures of a network's blocks lie; `core.training.activations` draws them, in a worker.

They lie in the photo's own folder and are deleted with it, for the first blocks show the face's outlines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.data.store import PhotoStore
from core.models.architectures import architecture

if TYPE_CHECKING:
    from pathlib import Path

    from core.data.dataset import Dataset, Item
    from core.workspace import Workspace

VERSION = 1


def face_shown(dataset: Dataset) -> Item:
    """Return the face they show: the first training photo."""
    return dataset.of("train")[0]


def activation_paths(workspace: Workspace, dataset: Dataset, backbone: str, size_px: int) -> tuple[Path, ...]:
    """Return the path of each block's picture, existing or not, from the input side."""
    item = face_shown(dataset)
    crop = PhotoStore(workspace.photos).folder(item.sha256).crop_path(dataset.crop, item.face)
    name = f"answers-{VERSION}-{backbone}-{size_px}-{crop.stem}"
    return tuple(crop.with_name(f"{name}-{block}.png") for block in architecture(backbone).blocks)


def existing_activations(
    workspace: Workspace, dataset: Dataset, backbone: str, size_px: int
) -> tuple[Path, ...] | None:
    """Return the paths of all blocks' pictures, or None where they were not made yet."""
    paths = activation_paths(workspace, dataset, backbone, size_px)
    return paths if all(path.exists() for path in paths) else None
