"""Two experiments on the same photos: what the second fixed, what it broke, and whether that could be chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from statsmodels.stats.contingency_tables import mcnemar

# A difference that chance alone makes at most this often is called clear.
CLEAR_P = 0.05


@dataclass(frozen=True)
class Comparison:
    """Answers before and now.

    Attributes:
        fixed: int, shape (k,), places of the photos wrong before and right now.
        broken: int, shape (m,), places of the photos right before and wrong now.
        p_value: exact McNemar test: how often a coin would split `fixed` and `broken` at least as unevenly.
    """

    fixed: np.ndarray
    broken: np.ndarray
    p_value: float

    @property
    def is_clear(self) -> bool:
        """Whether chance alone seldom makes such a difference."""
        return self.p_value < CLEAR_P


def compare(right_before: np.ndarray, right_now: np.ndarray) -> Comparison:
    """Compare two experiments photo by photo.

    Args:
        right_before, right_now: bool, shape (n,), whether the answer was right; the same photos in the same order.

    Raises:
        ValueError: the shapes differ.

    Source: McNemar, "Note on the sampling error of the difference between correlated proportions", 1947; exact.
    """
    if right_before.shape != right_now.shape:
        raise ValueError(f"Both must answer the same photos. Received: {right_before.shape} and {right_now.shape}.")
    fixed = np.flatnonzero(~right_before & right_now)
    broken = np.flatnonzero(right_before & ~right_now)
    # Photos right or wrong both times say nothing here.
    p_value = float(mcnemar([[0, len(broken)], [len(fixed), 0]], exact=True).pvalue)
    return Comparison(fixed, broken, p_value)
