from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from core.evaluation import paired


def drawn(settings: int = 3, tries: int = 3, photos: int = 24, *, seed: int = 0) -> np.ndarray:
    """Draw answers; some photos are hard for all, each setting is a little better than the one before."""
    rng = np.random.default_rng(seed)
    ease = rng.normal(1, 1.5, photos)
    chance = 1 / (1 + np.exp(-(ease + 0.5 * np.arange(settings)[:, None, None])))
    return np.asarray(rng.random((settings, tries, photos)) < chance)


def by_hand(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Compute mean and standard error of one pair in plain loops, after the formulas in the docstring."""
    gained = first.astype(float) - second.astype(float)
    tries, photos = gained.shape
    mean = gained.mean()
    ss_photo = sum(tries * (gained[:, k].mean() - mean) ** 2 for k in range(photos))
    ss_try = sum(photos * (gained[g].mean() - mean) ** 2 for g in range(tries))
    ss_all = ((gained - mean) ** 2).sum()
    ms_error = (ss_all - ss_photo - ss_try) / ((tries - 1) * (photos - 1))
    photo_part = max((ss_photo / tries + 2) / (photos + 1) / photos, ms_error / (tries * photos))
    changed = (abs(gained).mean() * photos + 2) / (photos + 2)
    prior = ms_error + photos * 0.4**2 * changed**2 / 2
    ms_try = (3 * prior + ss_try) / (3 + tries - 1)
    return mean, np.sqrt(photo_part + max(ms_try - ms_error, 0) / (tries * photos))


def test_a_pair_by_hand() -> None:
    right = drawn()
    found = paired.differences(right)
    for row in range(3):
        for column in range(3):
            if row != column:
                mean, error = by_hand(right[row], right[column])
                assert found.mean[row, column] == pytest.approx(mean)
                assert found.error[row, column] == pytest.approx(error)


def test_both_ways_are_one_difference() -> None:
    found = paired.differences(drawn())
    np.testing.assert_allclose(found.mean, -found.mean.T)
    np.testing.assert_array_equal(found.error, found.error.T)
    np.testing.assert_array_equal(found.df, found.df.T)


def test_many_comparisons_at_once_are_each_alone() -> None:
    both = np.stack([drawn(seed=1), drawn(seed=2)])
    at_once = paired.differences(both)
    for place, one in enumerate(both):
        alone = paired.differences(one)
        for name in ("mean", "error", "df", "from_seeds"):
            np.testing.assert_allclose(getattr(at_once, name)[place], getattr(alone, name))
        np.testing.assert_allclose(paired.worse(at_once)[place], paired.worse(alone))
    nobody = np.zeros((2, 3), bool)
    np.testing.assert_allclose(paired.behind(at_once, 0.1, nobody)[1], paired.behind(alone, 0.1, nobody[1]))


def test_no_other_setting_rules_a_pair() -> None:
    """What a third one does, however wildly, leaves difference, error and degrees of freedom of two as they were."""
    right = drawn()
    wild = right.copy()
    wild[2] = [np.zeros(24, bool), np.ones(24, bool), np.arange(24) % 2 == 0]
    calm, other = paired.differences(right), paired.differences(wild)
    for name in ("mean", "error", "df"):
        assert getattr(calm, name)[0, 1] == getattr(other, name)[0, 1]
        assert getattr(calm, name)[0, 2] != getattr(other, name)[0, 2]


def test_tries_that_differ_make_a_difference_less_sure() -> None:
    even = np.array([[np.arange(48) < 40] * 3, [np.arange(48) < 30] * 3])
    uneven = np.array([[np.arange(48) < n for n in (48, 40, 32)], [np.arange(48) < n for n in (18, 30, 42)]])
    calm, scattered = paired.differences(even), paired.differences(uneven)
    assert calm.mean[0, 1] == scattered.mean[0, 1] == pytest.approx(10 / 48)
    assert scattered.error[0, 1] > 1.5 * calm.error[0, 1]
    assert scattered.from_seeds[0, 1] > calm.from_seeds[0, 1]


def test_what_never_changed_is_not_certain() -> None:
    """No spread within and between is no proof: the error is that of a photo or two."""
    for tries in (1, 3, 10):
        found = paired.differences(np.ones((2, tries, 24), bool))
        assert 1 / 24 < found.error[0, 1] < 2 / 24
        assert paired.worse(found).min() == pytest.approx(0.5, abs=0.51)
        assert (paired.behind(found, 1 / 24, np.zeros(2, bool)) > 1 / 24).all()
    apart = paired.differences(np.array([[np.arange(24) < 20] * 3, [np.arange(24) < 10] * 3]))
    assert 0 < paired.worse(apart)[1] < 0.05


def test_one_try_is_less_sure_than_three_that_say_the_same() -> None:
    one = paired.differences(np.array([[np.arange(72) < 66], [np.arange(72) < 50]]))
    three = paired.differences(np.array([[np.arange(72) < 66] * 3, [np.arange(72) < 50] * 3]))
    assert one.error[0, 1] > three.error[0, 1]
    assert paired.worse(one)[1] > paired.worse(three)[1]


def test_photos_of_one_take_count_once() -> None:
    """Each photo shown twice, as one take, says what the photos alone say; as photos of their own it would say more."""
    right = drawn()
    twice, groups = np.repeat(right, 2, axis=-1), np.repeat(np.arange(24), 2)
    alone, taken, pretended = (
        paired.differences(right),
        paired.differences(twice, groups),
        paired.differences(twice),
    )
    np.testing.assert_allclose(taken.mean, alone.mean)
    np.testing.assert_allclose(taken.error, alone.error)
    np.testing.assert_allclose(taken.df, alone.df)
    assert (pretended.error < alone.error)[~np.eye(3, dtype=bool)].all()


def test_takes_of_different_size_keep_the_mean_of_the_photos() -> None:
    right = drawn()
    groups = np.array([0] * 10 + list(range(1, 15)))
    assert paired.differences(right, groups).mean[0, 1] == pytest.approx(right[0].mean() - right[1].mean())


def test_a_single_take_tells_nothing() -> None:
    found = paired.differences(np.array([[np.ones(12, bool)], [np.zeros(12, bool)]]), np.zeros(12, int))
    assert found.error[0, 1] == np.inf
    assert paired.worse(found).tolist() == pytest.approx([0.5, 0.5], abs=0.51)
    assert paired.worse(found).min() > 0.05
    assert paired.behind(found, 1 / 12, np.zeros(2, bool)).tolist() == [1, 1]
    assert paired.interval(found, 0, 1) == (-1, 1)


def test_worse_is_simes_and_hommel() -> None:
    found = paired.differences(drawn(4, 5, 60))
    one_sided = stats.t.cdf(found.mean / np.where(found.error > 0, found.error, 1), found.df)
    simes = []
    for row in range(4):
        others = sorted(one_sided[row, column] for column in range(4) if column != row)
        simes.append(min(3 * p / rank for rank, p in enumerate(others, 1)))
    np.testing.assert_allclose(paired.worse(found), multipletests(simes, method="hommel")[1])
    assert paired.worse(found)[0] < paired.worse(found)[3]


@pytest.mark.parametrize("others", [1, 2, 5])
def test_the_level_of_one_of_several_tests_is_dunnetts(others: int) -> None:
    z = stats.norm.isf(paired.one_test_p(others))
    normal = stats.multivariate_normal(np.zeros(others), 0.5 + 0.5 * np.eye(others))
    assert normal.cdf(np.full(others, z), rng=np.random.default_rng(0)) == pytest.approx(0.95, abs=1e-3)


def test_behind_is_the_worst_of_the_differences_and_their_reach() -> None:
    """Two level ones and one far behind, which is out of the running: then a single test's reach counts."""
    right = np.array([np.tile(np.arange(144) < n, (5, 1)) for n in (130, 130, 60)])
    found = paired.differences(right)
    is_worse = np.array([False, False, True])
    at_most = paired.behind(found, 1 / 24, is_worse)
    reach = stats.t.isf(0.05, found.df[0, 1]) * found.error[0, 1]
    assert at_most[:2] == pytest.approx([reach, reach])
    assert at_most[2] > 70 / 144
    # One that may still be in the running makes the test stricter.
    assert (paired.behind(found, 1 / 24, np.zeros(3, bool))[:2] > at_most[:2]).all()


def test_an_interval_lies_around_its_difference() -> None:
    found = paired.differences(drawn())
    low, high = paired.interval(found, 2, 0)
    assert low < found.mean[2, 0] < high
    assert (low + high) / 2 == pytest.approx(found.mean[2, 0])
    assert high - low == pytest.approx(2 * stats.t.isf(0.025, found.df[2, 0]) * found.error[2, 0])


def test_one_setting_alone() -> None:
    found = paired.differences(np.ones((1, 3, 10), bool))
    assert paired.worse(found).tolist() == [1]
    assert paired.behind(found, 0.1, np.zeros(1, bool)).tolist() == [0]


def test_nothing_is_changed_in_what_is_given() -> None:
    right, groups = drawn(), np.arange(24) // 2
    before = right.copy(), groups.copy()
    paired.differences(right, groups)
    np.testing.assert_array_equal(right, before[0])
    np.testing.assert_array_equal(groups, before[1])


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"received \(3, 0\)"):
        paired.differences(np.ones((3, 0), bool))
    with pytest.raises(ValueError, match=r"\(24,\), received \(3,\)"):
        paired.differences(drawn(), np.zeros(3, int))
