"""Photos that lie on their side or stand on their head: messengers take the note away by which programs turn them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import cv2
import numpy as np

from core.data.detection import Face

Turn = Literal[0, 90, 180, 270]
TURNS: tuple[Turn, ...] = (90, 180, 270)
# YuNet takes many faces that lie or stand on their head for upright ones, with a wrong box and a lower score. Measured
# on 742 photos (drawn people and Labeled Faces in the Wild) in all four turns: upright 0.86 to 0.95, from 0.90 on in 99
# of 100; lying at most 0.88, on their head at most 0.90.
UPRIGHT_SCORE = 0.9
# Another turn has to score better than the photo as it is by this much.
TURN_GAIN = 0.03
# Where no face was found as the photo is: of 740 pictures without a face 1 gets one by a turn, at 0.6 it would be 23.
TURNED_SCORE = 0.8

_ROTATIONS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def is_settled(faces: Sequence[Face]) -> bool:
    """Tell whether faces found in a photo as it is leave no doubt that it is upright; without scores, any face does."""
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
        The faces of the best turn, in pixels of `photo_rgb` with `Face.turned` set; None where the photo as it is stays
        the best.
    """
    height, width = photo_rgb.shape[:2]
    least = max(TURNED_SCORE, _surest(as_it_is) + TURN_GAIN)
    best: list[Face] | None = None
    for turn in TURNS:
        found = find(turned_photo(photo_rgb, turn))
        if found and (surest := _surest(found)) >= least and (best is None or surest > _surest(best)):
            best = [turned_back(face, turn, width, height) for face in found]
    return best


def _surest(faces: Sequence[Face]) -> float:
    # A detector without scores says yes or no.
    return max((1.0 if face.score is None else face.score for face in faces), default=0.0)


def turned_photo(photo_rgb: np.ndarray, clockwise_deg: int) -> np.ndarray:
    """Return a photo turned clockwise by 0, 90, 180 or 270 degrees."""
    return photo_rgb if not clockwise_deg else np.asarray(cv2.rotate(photo_rgb, _ROTATIONS[clockwise_deg]))


def turned_along(face: Face, width: float, height: float) -> Face:
    """Return a face as it lies in its photo (width, height before) once that is turned by `face.turned`."""
    return replace(_rotated(face, face.turned, width, height), turned=0)


def turned_back(face: Face, clockwise_deg: int, width: float, height: float) -> Face:
    """Return a face found in a turned photo as it lies in the photo before the turn (width, height)."""
    sides = (height, width) if clockwise_deg in (90, 270) else (width, height)
    return replace(_rotated(face, (360 - clockwise_deg) % 360, *sides), turned=clockwise_deg)


def _rotated(face: Face, clockwise_deg: int, width: float, height: float) -> Face:
    """Turn a face with its photo, which has these sides before; the landmarks keep their order."""

    def moved(x: float, y: float) -> tuple[float, float]:
        return {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[clockwise_deg]

    (x0, y0), (x1, y1) = moved(face.x, face.y), moved(face.x + face.width, face.y + face.height)
    marks = face.landmarks and tuple(moved(x, y) for x, y in face.landmarks)
    return replace(face, x=min(x0, x1), y=min(y0, y1), width=abs(x1 - x0), height=abs(y1 - y0), landmarks=marks or None)
