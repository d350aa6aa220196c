"""Settings tried a few times on the same photos: how far apart any two are, and how sure that is.

One analysis, of readers and cases as in the comparison of medical tests: tries are readers (blocks), photos or groups
of them are cases. Each pair of settings is analysed from its own answers alone, so that no other setting's luck rules
it. All functions work on many comparisons at once (leading axes), for the simulation in `tools/benchmarks/verdict.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests

from core.evaluation.metrics import CLEAR_P

# How much better or worse the same training comes out with another seed: standard deviation in logits. A cautious
# prior, which counts as much as PRIOR_DF + 1 tries of its own would; with many tries what they show outweighs it.
# With it, at most 5 of 100 comparisons err where luck is at most 0.65, or unequal and up to 1.2 (docs/verdict.md).
PRIOR_LUCK, PRIOR_DF = 0.4, 3.0
# Groups added that changed, one either way: no photo that changed is no proof that none ever does.
ADDED = 2.0
# For means over a normal distribution (Gauss and Hermite).
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(61)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, eq=False)
class Differences:
    """Every setting held against every other; arrays of shape (..., n_settings, n_settings), row against column.

    Attributes:
        mean: mean right answers, those of the row less those of the column, as a share of the exam, -1 to 1.
        error: standard error of `mean`, over other tries and other photos; infinite where the exam is a single group.
        df: its degrees of freedom (Satterthwaite).
        from_seeds: which part of error**2 more tries would take away, 0 to 1.
    """

    mean: np.ndarray
    error: np.ndarray
    df: np.ndarray
    from_seeds: np.ndarray


def differences(right: np.ndarray, groups: np.ndarray | None = None) -> Differences:
    """Compare all settings with one another, each pair by itself.

    The difference of two has three parts: of the try (luck), of the group (what one setting recognises and the other
    does not), and the rest. Its variance is that of a mean over random tries and random groups. The luck is estimated
    by the pair's tries together with a prior, PRIOR_LUCK; with one try the prior is all there is.

    Args:
        right: bool, shape (..., n_settings, n_seeds, n_photos), whether the answer was right; same seeds, same photos.
        groups: int, shape (n_photos,), which photos belong together and count once; None: each stands alone.

    Raises:
        ValueError: the shapes do not fit together, or nothing was tried.

    Source: Obuchowski and Rockette, "Hypothesis testing of diagnostic accuracy for multiple readers and multiple
    tests", 1995, with degrees of freedom in the manner of Hillis 2007 (Satterthwaite's); added groups: Bonett and
    Price, "Adjusted Wald confidence interval for a difference of binomial proportions based on paired data", 2012; luck
    joined with its prior: Smyth, "Linear models and empirical Bayes methods", 2004, with a named prior, not an
    estimated one.
    """
    if right.ndim < 3 or right.size == 0:
        raise ValueError(f"To compare settings takes a setting, a try and a photo at least; received {right.shape}.")
    if groups is not None and groups.shape != right.shape[-1:]:
        raise ValueError(f"groups must have the shape ({right.shape[-1]},), received {groups.shape}.")
    n_settings = right.shape[-3]
    shape = (*right.shape[:-2], n_settings)
    found = Differences(np.zeros(shape), np.zeros(shape), np.ones(shape), np.zeros(shape))
    for first, second in combinations(range(n_settings), 2):
        mean, error, df, from_seeds = _pair(right[..., first, :, :], right[..., second, :, :], groups)
        for row, column, sign in ((first, second, 1), (second, first, -1)):
            found.mean[..., row, column] = sign * mean
            found.error[..., row, column] = error
            found.df[..., row, column] = df
            found.from_seeds[..., row, column] = from_seeds
    return found


def _pair(first: np.ndarray, second: np.ndarray, groups: np.ndarray | None) -> tuple[np.ndarray, ...]:
    """Compute mean, error, degrees of freedom and the part of tries for two settings."""
    gained = first.astype(np.int8) - second.astype(np.int8)
    n_seeds = gained.shape[-2]
    changed = np.abs(gained).mean(axis=(-2, -1))
    mean = gained.mean(axis=(-2, -1))
    by_group = _by_group(gained, groups, mean)
    n_groups = by_group.shape[-1]
    if n_groups == 1:
        return mean, np.full_like(mean, np.inf), np.ones_like(mean), np.zeros_like(mean)
    of_group, of_seed = by_group.mean(axis=-2), by_group.mean(axis=-1)
    rest = by_group - of_group[..., None, :] - of_seed[..., :, None]
    ms_error = (rest**2).sum(axis=(-2, -1)) / max(1, (n_seeds - 1) * (n_groups - 1))
    groups_part = ((of_group**2).sum(axis=-1) + ADDED) / (n_groups - 1 + ADDED) / n_groups
    groups_part = np.maximum(groups_part, ms_error / (n_seeds * n_groups))
    # Luck of d logits moves a photo's chance p by d p (1 - p), and p (1 - p) is half the chance that it changes.
    changed = (changed * n_groups + ADDED) / (n_groups + ADDED)
    expected = ms_error + n_groups * PRIOR_LUCK**2 * changed**2 / 2
    seen = n_groups * (of_seed**2).sum(axis=-1)
    df_seeds = PRIOR_DF + n_seeds - 1
    ms_seeds = (PRIOR_DF * expected + seen) / df_seeds
    luck_part = np.maximum(ms_seeds - ms_error, 0) / (n_seeds * n_groups)
    variance = groups_part + luck_part
    df = variance**2 / (groups_part**2 / (n_groups - 1) + (ms_seeds / (n_seeds * n_groups)) ** 2 / df_seeds)
    # One try does not show what of a change would be another in the next.
    from_seeds = (luck_part + ms_error / (n_seeds * n_groups)) / variance if n_seeds > 1 else np.ones_like(variance)
    return mean, np.sqrt(variance), df, np.minimum(from_seeds, 1)


def _by_group(gained: np.ndarray, groups: np.ndarray | None, mean: np.ndarray) -> np.ndarray:
    """Return each group's distance from the mean, shape (..., n_seeds, n_groups); their mean over both is 0."""
    n_photos = gained.shape[-1]
    if groups is None:
        return np.asarray(gained - mean[..., None, None])
    _, group = np.unique(groups, return_inverse=True)
    photos, order = np.bincount(group), np.argsort(group, kind="stable")
    begins = np.cumsum(photos) - photos
    summed = np.add.reduceat(gained[..., order], begins, axis=-1, dtype=np.int64)
    return np.asarray((summed - mean[..., None, None] * photos) * len(photos) / n_photos)


def worse(found: Differences) -> np.ndarray:
    """Compute for each setting how surely another one is better than it: p values, shape (..., n_settings).

    Simes' test over the others, corrected by Hommel for the number of settings: in at most 5 of 100 comparisons is
    anything below 0.05 that is worse than none.

    Source: Simes 1986; Hommel, "A stagewise rejective multiple test procedure", Biometrika 1988.
    """
    n = found.mean.shape[-1]
    if n == 1:
        return np.ones(found.mean.shape[:-1])
    one_sided = stats.t.cdf(found.mean / np.where(found.error > 0, found.error, 1), found.df)
    others = one_sided[..., ~np.eye(n, dtype=bool)].reshape(*one_sided.shape[:-1], n - 1)
    # Simes' p value is the smallest that Benjamini and Hochberg's correction gives.
    simes = stats.false_discovery_control(others, axis=-1).min(axis=-1)
    return np.apply_along_axis(lambda p: multipletests(p, method="hommel")[1], -1, simes)


def behind(found: Differences, margin: float, is_worse: np.ndarray) -> np.ndarray:
    """Compute how far each setting may lie behind the best of the others at most, as a share of the exam.

    A setting is as good within the margin where this is not above the margin: it is then non-inferior to every other
    one that may be the best (an intersection-union test, which has to hold against all of them and so needs no
    correction for their number). Several settings just beyond the margin are several chances to call one as good that
    is not, so the number of these is corrected for: this setting, and each that looks half the margin behind or more.
    Where all look level, that is one test; where one is ahead of five others, it is Dunnett's. Settings that are
    clearly worse take no part, neither as this setting nor as another.

    Args:
        margin: share of the exam, above 0.
        is_worse: bool, shape (..., n_settings), which are clearly worse and so not the best.

    Returns:
        float, shape (..., n_settings), -1 to 1; 0 for one setting alone, below 0 where one is surely ahead.

    Source: Berger, "Multiparameter hypothesis testing and acceptance sampling", 1982; Hsu, "Constrained simultaneous
    confidence intervals for multiple comparisons with the best", 1984. That the correction is enough is simulated
    (docs/verdict.md).
    """
    n = found.mean.shape[-1]
    if n == 1:
        return np.zeros(found.mean.shape[:-1])
    looks_behind = (found.mean.min(axis=-1) <= -margin / 2) & ~is_worse
    tests = 1 + looks_behind.sum(axis=-1, keepdims=True) - looks_behind
    levels = np.array([one_test_p(min(others, n - 1)) for others in range(1, n + 1)])
    level = levels[tests - 1][..., None]
    reach = stats.t.isf(level, found.df) * found.error
    is_out = np.eye(n, dtype=bool) | is_worse[..., None, :]
    return np.asarray(np.clip(np.where(is_out, -1.0, reach - found.mean).max(axis=-1), -1.0, 1.0))


@lru_cache(maxsize=32)
def one_test_p(others: int) -> float:
    """Compute the p value that one of several tests against a common partner must reach, so that all err in 5 of 100.

    Source: Dunnett, "A multiple comparison procedure for comparing several treatments with a control", 1955; the
    correlation of two such tests is one half.
    """

    def all_hold(z: float) -> float:
        return float(stats.norm.cdf(math.sqrt(2) * z + _NODES) ** others @ _WEIGHTS)

    return float(stats.norm.sf(optimize.brentq(lambda z: all_hold(z) - (1 - CLEAR_P), 0, 10)))


def interval(found: Differences, row: int, column: int) -> tuple[float, float]:
    """Compute the 95 % interval of one difference, as shares, for a single comparison (no leading axes)."""
    reach = float(stats.t.isf(CLEAR_P / 2, found.df[row, column]) * found.error[row, column])
    mean = float(found.mean[row, column])
    return max(-1.0, mean - reach), min(1.0, mean + reach)
