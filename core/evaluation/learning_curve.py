"""What a learning curve says: learning by heart (overfitting), or not enough learned yet (underfitting).

The rule. One round proves nothing, so the end of a curve is its last quarter. What the practice curve itself has
reached there decides which of the two it can be: its level is the best share of right answers on the practice photos in
the end. What the mock exam gives is no reason to call a curve underfitting.

- Too little (underfitting): the level is below eight of ten, and the practice error still falls in the end by a
  twentieth or more. The spot is the last round.
- By heart (overfitting): the level is eight of ten or more, and a tenth or more above the mock exam in the last round.
  The mock exam's error has its lowest point before the end and stays a tenth or more above it throughout the end, while
  the practice error went on falling. Losses, because they move before the answers do. The spot is that lowest point.

Where blocks were let loose after some rounds, a new curve begins there: only the rounds behind it are read, for what
the error does at that border is no learning by heart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Finding = Literal["by_heart", "too_little"]

FEWEST_ROUNDS = 4
RISE, GAP = 1.10, 0.10
LEARNED, STILL_FALLING = 0.80, 0.95


@dataclass(frozen=True)
class Mark:
    """A spot on the curve: what it shows, and the round it begins with."""

    finding: Finding
    epoch: int


def read_curve(
    loss: Sequence[float],
    accuracy: Sequence[float],
    val_loss: Sequence[float],
    val_accuracy: Sequence[float],
    *,
    border: int | None = None,
) -> Mark | None:
    """Return the spot from which on the rounds show learning by heart, or too little learning.

    Args:
        loss, accuracy: on the practice photos, round 0 first; accuracy 0 to 1.
        val_loss, val_accuracy: on the mock exam, the same rounds.
        border: the last round before more of the network began to learn; None where there is none.

    Returns:
        The spot, or None where the curve shows neither, or has fewer than `FEWEST_ROUNDS` rounds after its first.
    """
    last = len(loss) - 1
    first = 0 if border is None or border >= last else border + 1
    if last - first < FEWEST_ROUNDS:
        return None
    end = last - max(1, (last - first) // 4)
    level = max(accuracy[end:])
    if level < LEARNED:
        return Mark("too_little", last) if loss[last] <= STILL_FALLING * loss[end] else None
    lowest = first + int(np.argmin(val_loss[first:]))
    stays_up = lowest < end and min(val_loss[end:]) >= RISE * val_loss[lowest]
    if stays_up and loss[last] < loss[lowest] and accuracy[last] - val_accuracy[last] >= GAP:
        return Mark("by_heart", lowest)
    return None
