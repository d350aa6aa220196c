"""Two settings on the same photos, each tried a few times: how far apart they are, and whether that could be luck."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from core.evaluation.compare import CLEAR_P

CONFIDENCE = 0.95
POWER = 0.8
RESAMPLES = 2000
# How much better or worse the same training comes out with another seed: standard deviation in logits. Measured with
# the drawn people: 0.33; a little more here, for other people and networks.
TRY_LUCK = 0.4
# For means over a normal distribution (Gauss and Hermite).
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(41)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, eq=False)
class Takes:
    """Right answers of two settings, take by take; a photo that belongs to no take is one of its own.

    Attributes:
        gained: int64, shape (n_seeds, n_takes), right answers of the second setting less those of the first.
        photos: int64, shape (n_takes,), photos of each take.
    """

    gained: np.ndarray
    photos: np.ndarray


def by_take(first: np.ndarray, second: np.ndarray, groups: np.ndarray | None = None) -> Takes:
    """Add up the differences of two settings over the photos that belong together.

    Args:
        first, second: bool, shape (n_seeds, n_photos), whether the answer was right; same seeds, same photos.
        groups: int, shape (n_photos,), which photos belong together; None: each stands alone.

    Raises:
        ValueError: the shapes do not fit together, or nothing was tried.
    """
    if first.shape != second.shape or first.ndim != 2 or first.size == 0:
        raise ValueError(f"Both must answer the same photos in every try. Received: {first.shape} and {second.shape}.")
    gained = second.astype(np.int64) - first.astype(np.int64)
    if groups is None:
        return Takes(gained, np.ones(gained.shape[1], np.int64))
    if groups.shape != (gained.shape[1],):
        raise ValueError(f"groups must have the shape ({gained.shape[1]},), received {groups.shape}.")
    _, take = np.unique(groups, return_inverse=True)
    photos = np.bincount(take)
    return Takes(gained @ (take[:, None] == np.arange(len(photos))).astype(np.int64), photos.astype(np.int64))


def fixed_and_broken(takes: Takes) -> tuple[int, int]:
    """Give how many takes the second setting has right in more tries, and in fewer."""
    total = takes.gained.sum(axis=0)
    return int((total > 0).sum()), int((total < 0).sum())


def exact_p(fixed: int, broken: int) -> float:
    """Give the exact McNemar test: how often a coin would split so many changes at least as unevenly.

    Source: McNemar, "Note on the sampling error of the difference between correlated proportions", 1947; exact.
    """
    return float(stats.binomtest(fixed, fixed + broken).pvalue) if fixed + broken else 1.0


def interval(takes: Takes, seed: int = 0) -> tuple[float, float]:
    """Give the 95 % bootstrap interval of the mean difference, in right answers of all photos.

    Takes and tries are drawn anew, both at once (percentiles); with one try, takes only. A single take says nothing
    about others: the interval is then all there can be.

    Source: Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 2007: rows and columns drawn anew.
    """
    n_seeds, n_takes = takes.gained.shape
    n_photos = int(takes.photos.sum())
    if n_takes == 1:
        return float(-n_photos), float(n_photos)

    def mean_gain(drawn: np.ndarray, tries: np.ndarray, axis: int = -1) -> np.ndarray:
        gained = takes.gained[tries].sum(axis=-2)
        gained = np.take_along_axis(gained, drawn, axis).sum(axis) / n_seeds
        return np.asarray(n_photos * gained / takes.photos[drawn].sum(axis))

    def mean_gain_of_one(drawn: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.asarray(n_photos * takes.gained[0][drawn].sum(axis) / takes.photos[drawn].sum(axis))

    places = (np.arange(n_takes), np.arange(n_seeds))
    found = stats.bootstrap(
        places[:1] if n_seeds == 1 else places,
        mean_gain_of_one if n_seeds == 1 else mean_gain,
        n_resamples=RESAMPLES,
        vectorized=True,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)


def single_try_p(takes: Takes) -> float:
    """Give the McNemar test of one try each, with room for luck: another try comes out better or worse.

    Under no lasting difference, the one that happened to train better by d logits wins a changed photo with odds
    exp(d), however hard the photo is (Rasch's model), and d is drawn anew with each pair of tries. A take of several
    photos counts by how far it changed, on average.

    Source: Rasch, "Probabilistic Models for Some Intelligence and Attainment Tests", 1960, for the odds.
    """
    fixed, broken = fixed_and_broken(takes)
    if fixed + broken == 0:
        return 1.0
    moved = np.abs(takes.gained.sum(axis=0))
    d = float(moved[moved > 0].mean()) * math.sqrt(2) * TRY_LUCK * _NODES
    larger = stats.binom.sf(max(fixed, broken) - 1, fixed + broken, special.expit(d))
    return min(1.0, 2 * float(larger @ _WEIGHTS))


def several_tries_p(counts: np.ndarray, first: int, second: int) -> float:
    """Give Tukey's test of two of several settings: do they lie further apart than tries of one setting do?

    It allows for the choice of any two of them, as the one that was lucky in the mock exam.

    Args:
        counts: float, shape (n_settings, n_seeds), n_seeds >= 2: right answers of each try.
        first, second: the two settings.

    Source: Tukey, "The Problem of Multiple Comparisons", 1953; the variance within settings is pooled.
    """
    n_settings, n_seeds = counts.shape
    apart = abs(float(counts[first].mean() - counts[second].mean()))
    error = math.sqrt(float(counts.var(axis=1, ddof=1).mean()) / n_seeds)
    if error == 0:
        return 1.0 if apart == 0 else 0.0
    return float(stats.studentized_range.sf(apart / error, n_settings, n_settings * (n_seeds - 1)))


def holm(p_values: np.ndarray) -> np.ndarray:
    """Correct several tests made at once, so that all of them together are wrong at most as often as one alone.

    Args:
        p_values: float, shape (n,).

    Returns:
        float, shape (n,), each at most 1.

    Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 1979.
    """
    order = np.argsort(p_values, kind="stable")
    n = len(p_values)
    stepped = np.maximum.accumulate(np.minimum(1.0, (n - np.arange(n)) * p_values[order]))
    corrected = np.empty(n)
    corrected[order] = stepped
    return corrected


def takes_needed(fixed: int, broken: int, takes: int, tests: int = 1) -> int | None:
    """Give how many takes would tell a difference as large as the one seen in four of five exams.

    Args:
        fixed, broken: takes that changed either way, of `takes` in all.
        tests: how many such comparisons share the allowed error.

    Returns:
        None where there is no difference to find.

    Source: Connor, "Sample size for testing differences in proportions for the paired-sample design", Biometrics 1987.
    """
    if fixed == broken:
        return None
    changed, difference = (fixed + broken) / takes, abs(fixed - broken) / takes
    z_error, z_power = stats.norm.ppf(1 - CLEAR_P / (2 * tests)), stats.norm.ppf(POWER)
    root = z_error * math.sqrt(changed) + z_power * math.sqrt(changed - difference**2)
    return math.ceil(float(root / difference) ** 2)
