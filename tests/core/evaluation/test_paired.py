from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from core.evaluation import compare, paired


def answers(*rows: str) -> np.ndarray:
    """Write tries as text, a letter a photo: "1" is right."""
    return np.array([[letter == "1" for letter in row] for row in rows])


def test_a_photo_is_fixed_where_it_is_right_in_more_tries() -> None:
    first, second = answers("1100", "1000", "1000"), answers("1011", "1010", "0001")
    takes = paired.by_take(first, second)
    assert takes.gained.sum(axis=0).tolist() == [-1, -1, 2, 2]
    assert takes.photos.tolist() == [1, 1, 1, 1]
    assert paired.fixed_and_broken(takes) == (2, 2)


def test_photos_of_one_take_count_once_by_their_sum() -> None:
    first, second = answers("110000"), answers("001110")
    takes = paired.by_take(first, second, np.array([7, 7, 7, 2, 2, 5]))
    # Takes in the order of their numbers: 2 gained two, 5 nothing, 7 lost one of three photos.
    assert takes.gained.tolist() == [[2, 0, -1]]
    assert takes.photos.tolist() == [2, 1, 3]
    assert paired.fixed_and_broken(takes) == (1, 1)


def test_nothing_is_changed_in_what_is_given() -> None:
    first, second, groups = answers("10"), answers("01"), np.array([3, 3])
    before = first.copy(), second.copy(), groups.copy()
    paired.by_take(first, second, groups)
    for now, then in zip((first, second, groups), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(1, 2\) and \(1, 3\)"):
        paired.by_take(answers("10"), answers("101"))
    with pytest.raises(ValueError, match=r"\(2,\), received \(3,\)"):
        paired.by_take(answers("10"), answers("01"), np.array([0, 1, 2]))
    with pytest.raises(ValueError, match="every try"):
        paired.by_take(np.ones((0, 4), bool), np.ones((0, 4), bool))


def test_one_try_is_the_comparison_of_two_runs() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.random(60) < 0.6, rng.random(60) < 0.8
    told = compare.compare(first, second)
    fixed, broken = paired.fixed_and_broken(paired.by_take(first[None], second[None]))
    assert (fixed, broken) == (len(told.fixed), len(told.broken))
    assert paired.exact_p(fixed, broken) == pytest.approx(told.p_value)
    assert paired.exact_p(0, 0) == 1.0


def test_holm_by_hand() -> None:
    np.testing.assert_allclose(paired.holm(np.array([0.04, 0.01, 0.03])), [0.06, 0.03, 0.06])
    np.testing.assert_allclose(paired.holm(np.array([0.9, 0.8])), [1.0, 1.0])
    assert paired.holm(np.array([])).shape == (0,)


def test_the_interval_holds_the_difference_and_is_the_same_each_time() -> None:
    rng = np.random.default_rng(1)
    takes = paired.by_take(rng.random((3, 72)) < 0.6, rng.random((3, 72)) < 0.9)
    low, high = paired.interval(takes)
    assert 0 < low < takes.gained.sum() / 3 < high < 72
    assert paired.interval(takes) == (low, high)


def test_with_one_try_the_interval_is_that_of_the_photos() -> None:
    gained = np.array([1] * 10 + [-1] * 2 + [0] * 60)
    takes = paired.Takes(gained[None], np.ones(72, np.int64))
    low, high = paired.interval(takes)
    # The normal approximation of a sum of 72 draws.
    half = 1.96 * math.sqrt(72 * gained.var())
    assert (low, high) == pytest.approx((8 - half, 8 + half), abs=1.01)


def test_tries_that_disagree_widen_the_interval() -> None:
    steady, shaky = np.zeros((3, 40), np.int64), np.zeros((3, 40), np.int64)
    steady[:, :10] = 1
    shaky[0, :30] = 1
    ones = np.ones(40, np.int64)
    assert steady.sum() == shaky.sum()
    assert paired.interval(paired.Takes(steady, ones))[0] > 0
    assert paired.interval(paired.Takes(shaky, ones))[0] == 0


def test_a_single_take_says_nothing_about_others() -> None:
    takes = paired.by_take(np.zeros((2, 5), bool), np.ones((2, 5), bool), np.zeros(5, np.int64))
    assert paired.interval(takes) == (-5.0, 5.0)


def test_the_luck_of_one_try_makes_a_split_less_telling() -> None:
    takes = paired.by_take(answers("0" * 10 + "1" * 10), answers("1" * 20))
    assert paired.exact_p(10, 0) == pytest.approx(2 / 1024)
    assert paired.exact_p(10, 0) < paired.single_try_p(takes) < 0.05
    same = paired.by_take(answers("0101"), answers("0101"))
    assert paired.single_try_p(same) == 1.0


def test_without_luck_one_try_is_tested_as_by_mcnemar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paired, "TRY_LUCK", 0.0)
    takes = paired.by_take(answers("0000000011"), answers("1111111100"))
    assert paired.single_try_p(takes) == pytest.approx(paired.exact_p(8, 2))


def test_several_tries_are_tested_as_scipy_tests_them() -> None:
    counts = np.random.default_rng(3).integers(50, 70, (3, 3)).astype(float)
    told = stats.tukey_hsd(*counts).pvalue
    assert paired.several_tries_p(counts, 0, 2) == pytest.approx(told[0, 2])


def test_tries_without_any_spread() -> None:
    counts = np.array([[60.0, 60.0], [60.0, 60.0], [66.0, 66.0]])
    assert paired.several_tries_p(counts, 0, 1) == 1.0
    assert paired.several_tries_p(counts, 0, 2) == 0.0


@pytest.mark.parametrize(("fixed", "broken"), [(16, 4), (10, 2)])
def test_so_many_photos_tell_in_four_of_five_exams(fixed: int, broken: int) -> None:
    """Drawn 4,000 times, the exact test finds the difference in 70 to 90 of 100 exams of the size that Connor gives."""
    needed = paired.takes_needed(fixed, broken, 100)
    assert needed
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(needed, [fixed / 100, broken / 100, 1 - (fixed + broken) / 100], size=4000)
    found = np.mean([paired.exact_p(int(more), int(fewer)) < 0.05 for more, fewer, _ in drawn])
    assert 0.7 < found < 0.9


def test_more_comparisons_need_more_photos_and_no_difference_cannot_be_found() -> None:
    one, five = paired.takes_needed(9, 3, 72), paired.takes_needed(9, 3, 72, tests=5)
    assert one
    assert five
    assert 72 < one < five
    assert paired.takes_needed(3, 9, 72) == one
    assert paired.takes_needed(4, 4, 72) is None
    assert paired.takes_needed(0, 0, 72) is None
