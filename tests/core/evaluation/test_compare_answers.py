from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.compare_answers import compare


def test_the_notebooks_twelve_against_nine_is_no_clear_winner() -> None:
    nine = np.array([True] * 9 + [False] * 3)
    told = compare(nine, np.ones(12, bool))
    assert told.fixed.tolist() == [9, 10, 11]
    assert told.broken.size == 0
    assert told.p_value == pytest.approx(0.25)
    assert not told.is_clear


def test_nine_fixed_and_one_broken_is_clear() -> None:
    before = np.array([False] * 9 + [True] * 11)
    now = np.array([True] * 9 + [False] + [True] * 10)
    told = compare(before, now)
    # Two-sided: 2 * (1 + 10) / 2^10.
    assert told.p_value == pytest.approx(22 / 1024)
    assert told.is_clear


def test_order_matters_and_equal_answers_are_no_difference() -> None:
    before, now = np.array([True, False, False]), np.array([False, True, False])
    assert compare(before, now).fixed.tolist() == compare(now, before).broken.tolist() == [1]
    assert compare(now, now).p_value == 1.0


def test_different_photos_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match=r"\(3,\) and \(4,\)"):
        compare(np.ones(3, bool), np.ones(4, bool))
