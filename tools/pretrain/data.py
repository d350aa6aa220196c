"""Crops, teacher's targets and split, joined once; what train.py and evaluate.py both read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from pack import unpack
from sampling import Lessons

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Faces:
    """Every face with its target, row for row.

    Attributes:
        faces_rgb: uint8, shape (n, 152, 152, 3), RGB.
        names, people: str, shape (n,), the photo's name and whose it is.
        targets: float32, shape (n, 128), the direction of the centred descriptor, each of length 1.
        centre: float32, shape (128,), the mean descriptor of the training faces.
        trained, watched, held_out: int, shapes (k,), rows of the faces that train, of the AAF faces the distillation
            is watched on, and of LFW's held-out people.
        twenty: the held-out people with many photos.
    """

    faces_rgb: np.ndarray
    names: np.ndarray
    people: np.ndarray
    targets: np.ndarray
    centre: np.ndarray
    trained: np.ndarray
    watched: np.ndarray
    held_out: np.ndarray
    twenty: tuple[str, ...]


def directions(descriptors: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Return the directions, float32, length 1 each, of descriptors, shape (n, 128), seen from centre, shape (128,)."""
    centred = descriptors - centre
    return (centred / np.linalg.norm(centred, axis=1, keepdims=True)).astype(np.float32)


def mean_descriptors(paths: list[Path], names: np.ndarray) -> np.ndarray:
    """Return the mean of several files' descriptors (of faces, of their mirror images), shape (n, 128).

    Raises:
        ValueError: a file lists other photos than `names`.
    """
    files = []
    for path in paths:
        with np.load(path) as described:
            if not np.array_equal(names, described["names"]):
                raise ValueError(f"{path} lists other photos than the crops. Run teacher.py again.")
            files.append(described["descriptors"])
    return np.mean(files, axis=0)


def load_faces(crops_path: Path, descriptors_paths: list[Path], split_path: Path) -> Faces:
    """Join the files; where there are several with descriptors, their mean counts.

    Raises:
        ValueError: crops and descriptors do not list the same photos.
    """
    split = json.loads(split_path.read_text(encoding="utf-8"))
    crops = load_crops(crops_path)
    people = crops["people"]
    descriptors = mean_descriptors(descriptors_paths, crops["names"])
    trained, watched, held_out = (
        np.flatnonzero(np.isin(people, split[key])) for key in ("trained", "watched", "held_out")
    )
    centre = descriptors[trained].mean(axis=0)
    targets = directions(descriptors, centre)
    return Faces(
        crops["faces_rgb"], crops["names"], people, targets, centre, trained, watched, held_out, tuple(split["twenty"])
    )


def load_crops(path: Path) -> dict[str, np.ndarray]:
    """Read `faces_rgb`, `names` and `people` from crops.npz, or from a folder that pack.py filled."""
    if path.is_dir():
        return unpack(path)
    with np.load(path) as crops:
        return {key: crops[key] for key in ("faces_rgb", "names", "people")}


def load_blends(paths: list[Path], faces: Faces) -> Lessons:
    """Read what blend.py wrote; where there are several files, of faces and mirror images, their mean counts.

    Returns:
        Lessons whose rows are places in `faces.trained`.

    Raises:
        ValueError: the files are not of the same blends, or a face in them does not train.
    """
    with np.load(paths[0]) as blends:
        names, first, second, share = (blends[key] for key in ("names", "first", "second", "share"))
    if not np.isin([first, second], faces.trained).all():
        raise ValueError(f"{paths[0]} blends faces that do not train. Run blend.py again with this split.")
    places = (np.searchsorted(faces.trained, rows).astype(np.int32) for rows in (first, second))
    return Lessons(*places, share, directions(mean_descriptors(paths, names), faces.centre))


def shrink(faces_rgb: np.ndarray, size_px: int) -> np.ndarray:
    """Bring crops, uint8, shape (n, from_px, from_px, 3), to (n, size_px, size_px, 3), averaging areas."""
    if faces_rgb.shape[1] == size_px:
        return faces_rgb
    small = np.empty((len(faces_rgb), size_px, size_px, 3), np.uint8)
    for row, face in enumerate(faces_rgb):
        small[row] = cv2.resize(face, (size_px, size_px), interpolation=cv2.INTER_AREA)
    return small
