"""Make poor photos of good ones, always the same way: small, turned, badly aligned, dark, strongly compressed."""

from __future__ import annotations

import cv2
import numpy as np


def spoil(faces_rgb: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return a poor version of each face.

    Each is turned by up to 10 degrees, enlarged or shrunk by up to a tenth, shifted by up to 5 % of its side, brought
    to 40-80 px and back, darkened to 40-100 %, and saved as JPEG of quality 30-70.

    Args:
        faces_rgb: uint8, shape (n, side_px, side_px, 3), RGB. Not changed.
        seed: with a face's row decides everything drawn for it.

    Returns:
        uint8, same shape.
    """
    return np.stack(
        [_spoil_one(face_rgb, np.random.default_rng((seed, row))) for row, face_rgb in enumerate(faces_rgb)]
    )


def _spoil_one(face_rgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    side_px = len(face_rgb)
    middle = (side_px - 1) / 2
    turn = cv2.getRotationMatrix2D((middle, middle), rng.uniform(-10, 10), rng.uniform(0.9, 1.1))
    turn[:, 2] += rng.uniform(-0.05, 0.05, 2) * side_px
    moved = cv2.warpAffine(face_rgb, turn, (side_px, side_px), borderMode=cv2.BORDER_REPLICATE)
    small_px = int(rng.integers(40, 81))
    small = cv2.resize(moved, (small_px, small_px), interpolation=cv2.INTER_AREA)
    dark = np.rint(small * rng.uniform(0.4, 1.0)).astype(np.uint8)
    _, jpeg = cv2.imencode(".jpg", dark[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 71))])
    enlarged = cv2.resize(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), (side_px, side_px), interpolation=cv2.INTER_LINEAR)
    return enlarged[:, :, ::-1]
