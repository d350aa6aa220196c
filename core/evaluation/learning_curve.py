"""What a learning curve shows: overfitting, underfitting, or neither.

One epoch proves nothing, so the end of a curve is its last quarter. The best training accuracy there decides which of
the two it can be; the validation accuracy is no reason to call a curve underfitting.

- Underfitting: the training accuracy is below 0.80, and the training loss still falls by 5 % or more in the end. The
  mark is the last epoch.
- Overfitting: the training accuracy is 0.80 or more, and in the last epoch 0.10 or more above the validation accuracy.
  The validation loss has its minimum before the end and stays 10 % or more above it throughout the end, while the
  training loss went on falling. Losses, because they change before accuracies do. The mark is that minimum.

Where units are unfrozen after head-only epochs, a new curve begins: only the epochs after these are read, for a loss
that rises when units are unfrozen is no overfitting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Finding = Literal["overfitting", "underfitting"]

FEWEST_EPOCHS = 4
RISE, GAP = 1.10, 0.10
LEARNED, STILL_FALLING = 0.80, 0.95


@dataclass(frozen=True)
class Mark:
    """What a curve shows, and from which epoch on."""

    finding: Finding
    epoch: int


def read_curve(
    loss: Sequence[float],
    accuracy: Sequence[float],
    val_loss: Sequence[float],
    val_accuracy: Sequence[float],
    *,
    head_epochs: int | None = None,
) -> Mark | None:
    """Return the epoch from which on a curve shows overfitting or underfitting; the rule stands at the top.

    Args:
        loss, accuracy: on the training photos, epoch 0 first; accuracy 0 to 1.
        val_loss, val_accuracy: on the validation photos, the same epochs.
        head_epochs: how many epochs trained the head alone before units were unfrozen; None where none did.

    Returns:
        None where the curve shows neither, or has fewer than `FEWEST_EPOCHS` after its first.
    """
    last = len(loss) - 1
    first = 0 if head_epochs is None or head_epochs >= last else head_epochs + 1
    if last - first < FEWEST_EPOCHS:
        return None
    end = last - max(1, (last - first) // 4)
    level = max(accuracy[end:])
    if level < LEARNED:
        return Mark("underfitting", last) if loss[last] <= STILL_FALLING * loss[end] else None
    lowest = first + int(np.argmin(val_loss[first:]))
    stays_up = lowest < end and min(val_loss[end:]) >= RISE * val_loss[lowest]
    if stays_up and loss[last] < loss[lowest] and accuracy[last] - val_accuracy[last] >= GAP:
        return Mark("overfitting", lowest)
    return None
