"""Whose name is said of a face, and when nobody's is: of a stranger, or where no answer is likely."""

from __future__ import annotations

from collections.abc import Sequence

from core.live.messages import SeenFace

# A face shows somebody whom a network knows only if it is like this person's practice faces by so much (`likeness`).
# Measured on 10 people of Labeled Faces in the Wild whom the bundled network has not met, with 8 practice photos each:
# 1 of 40 own photos is below, 18 of 360 of strangers are above; of six others with 24 photos each 0 of 60, 94 of 1200.
FAMILIAR_FROM = 0.86


def label_of(face: SeenFace, sure_from: float) -> int | None:
    """Return the label that the first network that was asked says; None where it is not sure, or not open yet.

    Args:
        sure_from: the probability from which it counts as sure, 0 to 1.
    """
    answers = face.says[0]
    if answers is None:
        return None
    best = likeliest(answers)
    return best if answers[best] >= sure_from and not is_stranger(face, 0, best) else None


def is_stranger(face: SeenFace, network: int, label: int) -> bool:
    """Return whether a face is too little like the practice faces of the person with this label.

    Args:
        network: the place of a network among those that were asked.
    """
    likeness = face.likeness[network]
    return likeness is not None and likeness[label] < FAMILIAR_FROM


def likeliest(answers: Sequence[float]) -> int:
    """Return the label with the highest probability."""
    return max(range(len(answers)), key=answers.__getitem__)
