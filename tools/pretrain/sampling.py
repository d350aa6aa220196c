"""Which faces, and blends of faces, make an epoch, and which of them stand in one batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

CANDIDATES = 512  # random faces of which the nearest one joins a batch


@dataclass(frozen=True)
class Lessons:
    """What the student is shown: share of the first face and the rest of the second; a real face is both.

    Attributes:
        first, second: int32, shape (n,), rows of the stored faces.
        share: float32, shape (n,), of the first, 0 to 1.
        targets: float32, shape (n, 128), of length 1 each.
    """

    first: np.ndarray
    second: np.ndarray
    share: np.ndarray
    targets: np.ndarray

    @classmethod
    def of_faces(cls, targets: np.ndarray) -> Lessons:
        """Return one lesson a face, row for row."""
        rows = np.arange(len(targets), dtype=np.int32)
        return cls(rows, rows, np.ones(len(rows), np.float32), targets)

    def joined(self, others: Lessons) -> Lessons:
        """Return both, these first."""
        fields = ("first", "second", "share", "targets")
        return Lessons(*(np.concatenate([getattr(self, name), getattr(others, name)]) for name in fields))


def nearest_candidates(
    wanted: np.ndarray, targets: np.ndarray, rng: np.random.Generator, others_than: np.ndarray, count: int = CANDIDATES
) -> np.ndarray:
    """Return for each wanted direction the row of the nearest of `count` random rows, int, shape (n,).

    Args:
        wanted: float32, shape (n, 128), of length 1 each.
        targets: float32, shape (rows, 128), of length 1 each.
        rng: draws the candidates, once for all.
        others_than: int, shape (n,), the row that is not a candidate for each.
    """
    candidates = rng.choice(len(targets), min(count, len(targets)), replace=False)
    likeness = wanted @ targets[candidates].T
    likeness[others_than[:, None] == candidates[None]] = -np.inf
    return candidates[likeness.argmax(axis=1)]


def draw_batches(targets: np.ndarray, batch: int, near: float, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield the rows of each batch of one epoch, int, shape (batch,).

    Args:
        targets: float32, shape (n, 128); the epoch has n // batch batches.
        near: share of a batch that are faces near to its others, 0 to under 1; with 0 each face comes once an epoch.
    """
    near_count = round(batch * near)
    order = rng.permutation(len(targets))
    for start in range(0, len(targets) - batch + 1, batch):
        chosen = order[start : start + batch - near_count]
        seeds = rng.choice(chosen, near_count, replace=near_count > len(chosen))
        yield np.concatenate([chosen, nearest_candidates(targets[seeds], targets, rng, seeds)])
