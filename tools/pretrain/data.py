"""Crops, teacher's targets and split, joined once; what train.py and evaluate.py both read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Faces:
    """Every face with its target, row for row.

    Attributes:
        faces_rgb: uint8, shape (n, 152, 152, 3), RGB.
        people: str, shape (n,).
        targets: float32, shape (n, 128), the direction of the centred descriptor, each of length 1.
        trained, watched, held_out: int, shapes (k,), rows of the faces that train, of the AAF faces the distillation
            is watched on, and of LFW's held-out people.
        twenty: the held-out people with many photos.
    """

    faces_rgb: np.ndarray
    people: np.ndarray
    targets: np.ndarray
    trained: np.ndarray
    watched: np.ndarray
    held_out: np.ndarray
    twenty: tuple[str, ...]


def centre_and_normalise(descriptors: np.ndarray, trained: np.ndarray) -> np.ndarray:
    """Give each descriptor's direction, shape (n, 128), seen from the mean of the training faces (rows `trained`)."""
    centred = descriptors - descriptors[trained].mean(axis=0)
    return (centred / np.linalg.norm(centred, axis=1, keepdims=True)).astype(np.float32)


def load_faces(crops_path: Path, descriptors_path: Path, split_path: Path) -> Faces:
    """Join the three files.

    Raises:
        ValueError: crops and descriptors do not list the same photos.
    """
    split = json.loads(split_path.read_text(encoding="utf-8"))
    with np.load(crops_path) as crops, np.load(descriptors_path) as described:
        if not np.array_equal(crops["names"], described["names"]):
            raise ValueError(f"{crops_path} and {descriptors_path} list different photos. Run teacher.py again.")
        faces_rgb, people = crops["faces_rgb"], crops["people"]
        descriptors = described["descriptors"]
    trained, watched, held_out = (
        np.flatnonzero(np.isin(people, split[key])) for key in ("trained", "watched", "held_out")
    )
    targets = centre_and_normalise(descriptors, trained)
    return Faces(faces_rgb, people, targets, trained, watched, held_out, tuple(split["twenty"]))


def shrink(faces_rgb: np.ndarray, size_px: int) -> np.ndarray:
    """Bring crops, uint8, shape (n, from_px, from_px, 3), to (n, size_px, size_px, 3), averaging areas."""
    if faces_rgb.shape[1] == size_px:
        return faces_rgb
    small = np.empty((len(faces_rgb), size_px, size_px, 3), np.uint8)
    for row, face in enumerate(faces_rgb):
        small[row] = cv2.resize(face, (size_px, size_px), interpolation=cv2.INTER_AREA)
    return small
