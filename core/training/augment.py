"""Augmentation: a fixed number of varied views of each training photo, the same in every epoch and run of a seed."""

from __future__ import annotations

import cv2
import numpy as np

from core.config import AugmentConfig


def view(face_rgb: np.ndarray, config: AugmentConfig, *, seed: int, photo: int, number: int) -> np.ndarray:
    """Return one view of a face.

    Args:
        face_rgb: uint8, shape (size_px, size_px, 3). Not changed.
        config: how far a view may differ.
        seed: the run's seed.
        photo: which photo, an index that stays the same through the run.
        number: which view; 0 is the unchanged photo.

    Returns:
        uint8, same shape and channel order. Uncovered edges repeat the border.
    """
    if number == 0:
        return face_rgb
    rng = np.random.default_rng((seed, photo, number))
    size_px = face_rgb.shape[0]
    # Every number is drawn, used or not, so that switching one variation on does not change the others.
    rotation, shift_x, shift_y, zoom, coin = rng.uniform(-1, 1, size=5)
    centre = (size_px - 1) / 2
    matrix = cv2.getRotationMatrix2D((centre, centre), rotation * config.rotation_deg, 1.0 + zoom * config.zoom)
    matrix[:, 2] += np.array([shift_x, shift_y]) * config.shift * size_px
    if config.flip and coin < 0:
        matrix = np.vstack([matrix, (0, 0, 1)])
        mirror = np.array([(-1.0, 0.0, size_px - 1.0), (0.0, 1.0, 0.0)])
        matrix = mirror @ matrix
    return cv2.warpAffine(face_rgb, matrix, (size_px, size_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
