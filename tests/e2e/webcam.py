"""A webcam that shows what a test puts before it: clips of the drawn people, moved about, in the light of a place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"
FRAMES, FRAMES_A_PHOTO = 120, 12
WIDTH, HEIGHT = 640, 480


@dataclass(frozen=True)
class Place:
    """Where somebody sits: the photos of this person taken there, the light, and the colour of the wall."""

    photos: slice
    light: float
    wall_bgr: tuple[int, int, int]


DESK = Place(slice(0, 8), 1.0, (200, 215, 210))
WINDOW = Place(slice(8, 16), 0.75, (120, 140, 90))
LATER = Place(slice(16, 24), 0.9, (90, 140, 190))


@dataclass(frozen=True)
class Webcam:
    """The file that Chromium plays in place of a camera, over and over; it is read when a page opens the camera."""

    path: Path

    def shows(self, person: str, place: Place) -> None:
        """Let somebody sit down before the camera."""
        beside = self.path.with_suffix(".tmp")
        beside.write_bytes(b"".join(frames(person, place)))
        beside.replace(self.path)

    def shows_nobody(self) -> None:
        beside = self.path.with_suffix(".tmp")
        beside.write_bytes(cv2.imencode(".jpg", np.full((HEIGHT, WIDTH, 3), 180, np.uint8))[1].tobytes())
        beside.replace(self.path)


def frames(person: str, place: Place) -> list[bytes]:
    """Return what a camera sees of a person who sits there, a JPEG a frame."""
    photos = sorted((SAMPLE / "test" / person).glob("*.jpg"))[place.photos]
    pictures = [cv2.imread(str(photo)) for photo in photos]
    drawn = (_frame(pictures[n // FRAMES_A_PHOTO % len(pictures)], n, place) for n in range(FRAMES))
    return [cv2.imencode(".jpg", frame)[1].tobytes() for frame in drawn]


def _frame(picture_bgr: np.ndarray, n: int, place: Place) -> np.ndarray:
    """Put a picture before the wall, a little further left, right, near or far than in the frame before."""
    turn = 2 * np.pi * n / FRAMES
    side = round(400 + 30 * np.sin(3 * turn))
    left, top = round((WIDTH - side) / 2 + 60 * np.sin(turn)), round((HEIGHT - side) / 2 + 20 * np.cos(2 * turn))
    frame = np.full((HEIGHT, WIDTH, 3), place.wall_bgr, np.uint8)
    frame[max(top, 0) : top + side, left : left + side] = cv2.resize(picture_bgr, (side, side))[max(-top, 0) :][:HEIGHT]
    return np.clip(frame * place.light, 0, 255).astype(np.uint8)
