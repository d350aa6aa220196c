"""A few photos that stand for many: spread evenly over the people, and always the same ones."""

from __future__ import annotations

import numpy as np


def spread_evenly(labels: np.ndarray, most: int, seed: int = 0) -> np.ndarray:
    """Choose up to `most` photos, as many of each person as can be.

    Args:
        labels: int, shape (n,), each photo's person; below 0 where nobody said, and never chosen. Not changed.
        most: how many are chosen at most; people with the lower numbers have one more where it does not come out even.
        seed: decides which of a person's photos they are.

    Returns:
        int, shape (m,), places in `labels`: person by person, each person's in their order.
    """
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(labels))
    turns = [(turn, label) for label in np.unique(labels[labels >= 0]) for turn in range((labels == label).sum())]
    taken = [label for _, label in sorted(turns)[:most]]
    places = [shuffled[labels[shuffled] == label][: taken.count(label)] for label in sorted(set(taken))]
    return np.concatenate([np.sort(mine) for mine in places]) if places else np.empty(0, np.int64)


def columns(counts: np.ndarray, most: int) -> int:
    """Return how many columns a wall has, so that no person's photos are parted by the end of a row where possible.

    Args:
        counts: int, shape (n_people,), how many photos of each are on it.
        most: the most columns there is room for.
    """
    if len(set(counts.tolist())) != 1:
        return most
    each = int(counts[0])
    rows = -(-each // most)
    a_row = -(-each // rows)
    return max(a_row, most // a_row * a_row) if rows == 1 else a_row
