"""A picture of a webcam -> its faces, and what tells whether they are worth keeping."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from core.data.cropping import crop_face
from core.data.decode import decode
from core.data.detection import Face, find_haar, find_yunet, resized, with_closer_landmarks
from core.errors import PhotoError
from core.live.messages import LARGEST_PICTURE_BYTES, MOST_FACES, SeenFace

if TYPE_CHECKING:
    from core.config import CropConfig, Detector

# The longer side of the copy that is searched, and the only one: whoever sits before a webcam is near. The two copies
# that photos are searched in cost several times this.
LOOK_PX = 320
LONGEST_SIDE_PX = 1280
FACE_PX, SIGNATURE_PX = 128, 16


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture and its faces.

    Attributes:
        rgb: uint8, shape (height, width, 3), RGB.
        faces: in its pixels, largest first, at most `MOST_FACES`.
    """

    rgb: np.ndarray
    faces: tuple[Face, ...]


def look(jpeg: bytes, detector: Detector = "yunet") -> Picture:
    """Decode a picture and find the upright faces in it.

    Args:
        jpeg: the whole file.
        detector: "haar" finds faces without landmarks, all others as "yunet": a webcam's picture is no face crop.

    Raises:
        PhotoError: it is no picture, or too large for one of a webcam.
    """
    if len(jpeg) > LARGEST_PICTURE_BYTES:
        raise PhotoError(f"is larger than {LARGEST_PICTURE_BYTES / 1e6:.0f} MB, which no webcam gives")
    rgb = decode(jpeg, max_side_px=LONGEST_SIDE_PX).rgb
    shrink = min(1.0, LOOK_PX / max(rgb.shape[:2]))
    small_rgb = resized(rgb, shrink)
    find = find_haar if detector == "haar" else find_yunet
    found = sorted(find(small_rgb), key=lambda face: face.width * face.height, reverse=True)[:MOST_FACES]
    longer_px, look_px = max(rgb.shape[:2]), max(small_rgb.shape[:2])
    return Picture(rgb, tuple(face.scaled(longer_px / look_px) for face in found))


def crop(picture: Picture, face: Face, config: CropConfig) -> np.ndarray:
    """Crop a face as the photos of a data set are; uint8, shape (size_px, size_px, 3), RGB."""
    # The eyes decide how a crop is turned, and are found better in an enlarged copy.
    return crop_face(picture.rgb, with_closer_landmarks(picture.rgb, face), config)


def describe(picture: Picture, face: Face) -> SeenFace:
    """Measure a face; nobody has said yet who it is."""
    height, width = picture.rgb.shape[:2]
    left, top = max(0, math.floor(face.x)), max(0, math.floor(face.y))
    right, bottom = math.ceil(face.x + face.width), math.ceil(face.y + face.height)
    inside_rgb = picture.rgb[top : max(bottom, top + 1), left : max(right, left + 1)]
    if inside_rgb.size == 0:
        inside_rgb = picture.rgb
    grey = cv2.cvtColor(np.ascontiguousarray(inside_rgb), cv2.COLOR_RGB2GRAY)
    at_one_size = cv2.resize(grey, (FACE_PX, FACE_PX), interpolation=cv2.INTER_AREA)
    signature = cv2.resize(grey, (SIGNATURE_PX, SIGNATURE_PX), interpolation=cv2.INTER_AREA)
    return SeenFace(
        box=(face.x / width, face.y / height, face.width / width, face.height / height),
        height_px=face.height,
        brightness=float(grey.mean()),
        sharpness=float(cv2.Laplacian(at_one_size, cv2.CV_64F).var()),
        turn=_turn(face),
        signature=signature.tobytes(),
    )


def _turn(face: Face) -> float:
    if face.landmarks is None:
        return 0.0
    (left_x, _), (right_x, _), (nose_x, _) = face.landmarks[:3]
    apart = right_x - left_x
    return float((nose_x - (left_x + right_x) / 2) / apart) if abs(apart) > 1 else 0.0
