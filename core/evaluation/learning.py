"""What a learning curve says: learning by heart (overfitting), or not enough learned yet (underfitting).

The rule, on losses because they move before the answers do. One round proves nothing, so the end of a curve is its last
quarter:

- By heart: the mock exam's error has its lowest point before the end and stays a tenth or more above it throughout the
  end, while the practice error went on falling, and practice has at least a tenth more right answers than the mock
  exam. The spot is that lowest point.
- Too little: practice itself never has nine right answers of ten in the end, and its error still falls there by a
  twentieth or more. The spot is the last round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Finding = Literal["by_heart", "too_little"]

FEWEST_ROUNDS = 4
RISE, GAP = 1.10, 0.10
LEARNED, STILL_FALLING = 0.90, 0.95


@dataclass(frozen=True)
class Mark:
    """A spot on the curve: what it shows, and the round it begins with."""

    finding: Finding
    epoch: int


def read_curve(
    loss: Sequence[float], accuracy: Sequence[float], val_loss: Sequence[float], val_accuracy: Sequence[float]
) -> Mark | None:
    """Tell whether the rounds show learning by heart or too little learning.

    Args:
        loss, accuracy: on the practice photos, round 0 first; accuracy 0 to 1.
        val_loss, val_accuracy: on the mock exam, the same rounds.

    Returns:
        The spot, or None where the curve shows neither, or has fewer than `FEWEST_ROUNDS` rounds after round 0.
    """
    last = len(loss) - 1
    if last < FEWEST_ROUNDS:
        return None
    end = last - max(1, last // 4)
    lowest = int(np.argmin(val_loss))
    stays_up = lowest < end and min(val_loss[end:]) >= RISE * val_loss[lowest]
    if stays_up and loss[last] < loss[lowest] and accuracy[last] - val_accuracy[last] >= GAP:
        return Mark("by_heart", lowest)
    if max(accuracy[end:]) < LEARNED and loss[last] <= STILL_FALLING * loss[end]:
        return Mark("too_little", last)
    return None
