"""Pictures as a webcam gives them, of the drawn people that come with the lab, and faces that were never seen."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from core.data import samples
from core.live.looking import SIGNATURE_PX
from core.live.messages import SeenFace

ROOT = Path(__file__).resolve().parents[3]


def portrait(place: int = 0) -> np.ndarray:
    """Return a drawn person, uint8, shape (320, 320, 3), RGB."""
    return cv2.cvtColor(cv2.imread(str(samples.sample_people()[place].portrait)), cv2.COLOR_BGR2RGB)


def webcam(*people: np.ndarray, light: float = 1.0) -> np.ndarray:
    """Put people side by side into a picture, uint8, shape (480, 640, 3), RGB."""
    picture = np.full((480, 640, 3), 200, np.uint8)
    side = min(440, 620 // max(len(people), 1))
    for place, person in enumerate(people):
        left = (640 - side * len(people)) // 2 + place * side
        picture[20 : 20 + side, left : left + side] = cv2.resize(person, (side, side))
    return np.clip(picture * light, 0, 255).astype(np.uint8)


def jpeg(picture_rgb: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", cv2.cvtColor(picture_rgb, cv2.COLOR_RGB2BGR))[1].tobytes()


def seen(
    grey: int = 120,
    *,
    box: tuple[float, float, float, float] = (0.3, 0.2, 0.3, 0.4),
    height_px: float = 190.0,
    brightness: float = 120.0,
    sharpness: float = 100.0,
    turn: float = 0.0,
) -> SeenFace:
    """Return a face whose signature is one grey value."""
    return SeenFace(box, height_px, brightness, sharpness, turn, bytes([grey] * SIGNATURE_PX**2))
