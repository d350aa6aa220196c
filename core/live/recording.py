"""Which pictures of a webcam are kept for training: one face, well lit, near, sharp, and new."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from core.live.messages import SeenFace

# What whoever is recorded can do about a picture that is not kept; "again" where nothing can be done: it was blurred.
Hint = Literal["nobody", "several", "far", "edge", "dark", "bright", "again", "turn_left", "turn_right"]

# Mean grey value of a face. Of 240 photos of six people from the web the darkest and the brightest are within.
DARK, BRIGHT = 45.0, 225.0
# A crop of 96 px with its margin shows a face of 56 px; below this there is less to see than the network takes.
SMALLEST_FACE_PX = 80.0
# How far a box may reach beyond the picture, as a fraction of the picture.
MOST_OUTSIDE = 0.03
# A picture is blurred if it has less than this share of the sharpness that this face usually has: cameras differ so
# much that no one number fits all.
BLURRED_BELOW, REMEMBERED = 0.5, 15
# Mean difference of two signatures, in grey values, below which they count as the same picture.
NEARLY_EQUAL = 4.0
# A new picture must differ from this many of the last ones: whoever looks back where he looked before is no news.
COMPARED_WITH = 20
# Only after so many pictures without news is a hint what to do; before that the head is just moving.
PATIENCE = 4
# How far a nose is off the middle for a face to count as turned.
TURNED = 0.12


@dataclass
class Recorder:
    """What was seen of one person in one take; judges the next picture.

    Attributes:
        blurred, equal: how many pictures were skipped as blurred, and as nearly equal to one before.
    """

    blurred: int = 0
    equal: int = 0
    _sharpness: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _kept: deque[SeenFace] = field(default_factory=lambda: deque(maxlen=200))
    _without_news: int = 0

    def judge(self, faces: tuple[SeenFace, ...], *, record: bool) -> tuple[bool, Hint | None]:
        """Say whether a picture is to be kept, and what whoever sits there could do better.

        Args:
            faces: in the picture.
            record: False only gives the hint.
        """
        if hint := placed_badly(faces):
            return False, hint
        if not record:
            return False, None
        face = faces[0]
        self._sharpness.append(face.sharpness)
        if face.sharpness < BLURRED_BELOW * median(self._sharpness):
            self.blurred += 1
            return False, "again"
        before = islice(reversed(self._kept), COMPARED_WITH)
        if any(difference(face, other) < NEARLY_EQUAL for other in before):
            self.equal += 1
            self._without_news += 1
            return False, self._where_to_turn() if self._without_news >= PATIENCE else None
        self._without_news = 0
        self._kept.append(face)
        return True, None

    def _where_to_turn(self) -> Hint:
        """Return the side, as whoever sits there has it, from which there are fewer pictures.

        Pictures are not mirrored: who turns to the right shows the nose further left.
        """
        to_right = sum(face.turn < -TURNED for face in self._kept)
        to_left = sum(face.turn > TURNED for face in self._kept)
        return "turn_left" if to_left <= to_right else "turn_right"


def placed_badly(faces: tuple[SeenFace, ...]) -> Hint | None:
    """Say what is wrong with where the face is; None where it can be recorded."""
    if len(faces) != 1:
        return "several" if faces else "nobody"
    face = faces[0]
    left, top, width, height = face.box
    if face.height_px < SMALLEST_FACE_PX:
        return "far"
    if min(left, top, 1 - left - width, 1 - top - height) < -MOST_OUTSIDE:
        return "edge"
    if face.brightness < DARK:
        return "dark"
    return "bright" if face.brightness > BRIGHT else None


def difference(one: SeenFace, other: SeenFace) -> float:
    """Return the mean difference of two faces' signatures, in grey values."""
    a, b = (np.frombuffer(face.signature, np.uint8).astype(np.int16) for face in (one, other))
    return float(np.abs(a - b).mean()) if len(a) == len(b) else float("inf")
