"""Augmentation: a fixed number of varied views of each training photo, the same in every epoch and run of a seed."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from core.config import AugmentConfig


class Variation(NamedTuple):
    """How a view differs from its photo; equal variations make equal pictures.

    Attributes:
        rotation_deg: counter-clockwise.
        scale: about the middle.
        shift_x, shift_y: as fractions of the side.
        mirrored: left and right change places.
    """

    rotation_deg: float = 0.0
    scale: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    mirrored: bool = False


UNCHANGED = Variation()


def draw(config: AugmentConfig, *, seed: int, photo: int, number: int) -> Variation:
    """Draw how one view of a photo differs from it.

    Args:
        config: how far a view may differ.
        seed: the run's seed.
        photo: which photo, an index that stays the same through the run.
        number: which view; 0 is the unchanged photo.
    """
    if number == 0:
        return UNCHANGED
    rng = np.random.default_rng((seed, photo, number))
    # Every number is drawn, used or not, so that switching one variation on does not change the others.
    rotation, shift_x, shift_y, zoom, coin = (float(drawn) for drawn in rng.uniform(-1, 1, size=5))
    return Variation(
        rotation * config.rotation_deg,
        1.0 + zoom * config.zoom,
        shift_x * config.shift,
        shift_y * config.shift,
        config.flip and coin < 0,
    )


def vary(face_rgb: np.ndarray, variation: Variation) -> np.ndarray:
    """Return one view of a face.

    Args:
        face_rgb: uint8, shape (size_px, size_px, 3). Not changed.
        variation: how it differs.

    Returns:
        uint8, same shape and channel order; the face itself where it is unchanged. Uncovered edges repeat the border.
    """
    if variation == UNCHANGED:
        return face_rgb
    size_px = face_rgb.shape[0]
    centre = (size_px - 1) / 2
    matrix = cv2.getRotationMatrix2D((centre, centre), variation.rotation_deg, variation.scale)
    matrix[:, 2] += np.array([variation.shift_x, variation.shift_y]) * size_px
    if variation.mirrored:
        matrix = np.vstack([matrix, (0, 0, 1)])
        mirror = np.array([(-1.0, 0.0, size_px - 1.0), (0.0, 1.0, 0.0)])
        matrix = mirror @ matrix
    return cv2.warpAffine(face_rgb, matrix, (size_px, size_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
