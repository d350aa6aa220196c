"""Which of several settings to take: picked on the mock exam, held against the others on the final exam."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from core.evaluation import paired
from core.evaluation.compare import CLEAR_P

Kind = Literal["best", "enough", "no_winner", "nothing_learned"]
# What leaves a difference in doubt: the photos of the exam (too few changed), or the luck of single tries.
Doubt = Literal["", "photos", "tries"]


@dataclass(frozen=True, eq=False)
class Arm:
    """One setting, tried once a seed.

    Attributes:
        right: bool, shape (n_seeds, n_photos), answers of the final exam; the same photos and seeds in all settings.
        mock_accuracy: float, shape (n_seeds,), shares of right answers in the mock exam.
    """

    right: np.ndarray
    mock_accuracy: np.ndarray

    @property
    def correct(self) -> float:
        """Mean number of right answers in the final exam."""
        return float(self.right.sum(axis=1).mean())


@dataclass(frozen=True)
class Paired:
    """One setting held against the picked one, on the same photos and seeds of the final exam.

    Attributes:
        arm: its place among the settings.
        difference: mean right answers, its own less those of the picked one.
        fixed, broken: takes that it has right in more tries than the picked one, in fewer.
        p_value: exact McNemar test over takes.
        corrected_p: the same, corrected for the number of comparisons (Holm).
        interval: 95 % bootstrap interval of `difference`, over takes and seeds.
        doubt: why the two do not differ clearly; empty where they do.
        more_photos: photos in all that would tell such a difference in four of five exams; None: there is none to find.
    """

    arm: int
    difference: float
    fixed: int
    broken: int
    p_value: float
    corrected_p: float
    interval: tuple[float, float]
    doubt: Doubt
    more_photos: int | None

    @property
    def is_clear(self) -> bool:
        """Whether test and interval say that the two differ, and by more than tries of one setting do."""
        return self.doubt == ""


@dataclass(frozen=True)
class Verdict:
    """What several settings say together.

    Attributes:
        kind: "best": the picked one is clearly better than all others; "enough": some are clearly worse; "no_winner":
            none is clearly worse; "nothing_learned": none is clearly better than guessing.
        picked: the best in the mock exam; of equally good ones the cheapest.
        take: the cheapest that is neither clearly worse than the picked one nor in doubt.
        in_doubt: cheaper ones that have so many fewer right answers that only the luck of single tries could be why.
        tied: those not clearly different from the picked one, which is among them; cheapest first.
        paired: the picked one held against every other, cheapest first.
        guessing, total: right answers by guessing, and photos of the final exam.
        takes: how many of these count on their own.
    """

    kind: Kind
    picked: int
    take: int
    in_doubt: tuple[int, ...]
    tied: tuple[int, ...]
    paired: tuple[Paired, ...]
    guessing: int
    total: int
    takes: int

    @property
    def is_contradicted(self) -> bool:
        """Whether something was clearly better in the final exam than what the mock exam picked."""
        return any(each.is_clear and each.difference > 0 for each in self.paired)

    @property
    def advised(self) -> int | None:
        """What to take, where anything can be advised: something was learned, and the two exams do not disagree."""
        return None if self.kind == "nothing_learned" or self.is_contradicted else self.take

    @property
    def can_tell_from_guessing(self) -> bool:
        """Whether so few takes could tell anything from guessing, were all answers right."""
        return (len(self.paired) + 1) * (self.guessing / self.total) ** self.takes < CLEAR_P

    @property
    def can_tell_apart(self) -> bool:
        """Whether so few takes could tell two settings apart, were one of them right everywhere and the other never."""
        return len(self.paired) * 2 * 0.5**self.takes < CLEAR_P


def verdict(arms: Sequence[Arm], *, guessing: int, groups: np.ndarray | None = None, seed: int = 0) -> Verdict:
    """Judge settings.

    Two settings differ clearly if three things hold: the exact McNemar test over takes, corrected for the number of
    comparisons, is below 0.05; the bootstrap interval over takes and tries excludes 0; and the difference is larger
    than the luck of training with another seed. The third is Tukey's test where there are several tries, else a
    McNemar test with room for it: a lucky training does well in both exams, so without it 6 to 11 of 100 sweeps would
    name a winner where there is none (tests/core/evaluation/test_verdict.py).

    Args:
        arms: one or more, cheapest first.
        guessing: right answers in the final exam that guessing gives.
        groups: int, shape (n_photos,), photos that belong together; None: each stands alone.
        seed: of the bootstrap.

    Raises:
        ValueError: no setting, no photo, or shapes that do not fit together.
    """
    if not arms or arms[0].right.size == 0:
        raise ValueError("To judge settings takes one setting, one try and one photo at least; received none.")
    picked = int(np.argmax([round(float(arm.mock_accuracy.mean()), 9) for arm in arms]))
    held = _paired(arms, picked, groups, seed)
    worse = {each.arm for each in held if each.is_clear and each.difference < 0}
    better = {each.arm for each in held if each.is_clear and each.difference > 0}
    tied = tuple(arm for arm in range(len(arms)) if arm not in worse | better)
    # Not called worse, and not advised either: by its photos alone it would be.
    lucky = {each.arm for each in held if each.doubt == "tries" and each.difference < 0}
    take = min(arm for arm in range(len(arms)) if arm not in worse | lucky)
    in_doubt = tuple(arm for arm in sorted(lucky) if arm < take)
    total = int(arms[0].right.shape[1])
    kind: Kind
    if not _learned(arms, guessing, groups):
        kind = "nothing_learned"
    elif better or not worse:
        kind = "no_winner"
    else:
        kind = "best" if tied == (picked,) else "enough"
    return Verdict(kind, picked, take, in_doubt, tied, held, guessing, total, _count_takes(arms, groups))


def _paired(arms: Sequence[Arm], picked: int, groups: np.ndarray | None, seed: int) -> tuple[Paired, ...]:
    others = [arm for arm in range(len(arms)) if arm != picked]
    takes = {arm: paired.by_take(arms[picked].right, arms[arm].right, groups) for arm in others}
    p_values = np.array([paired.exact_p(*paired.fixed_and_broken(takes[arm])) for arm in others])
    intervals = {arm: paired.interval(takes[arm], seed) for arm in others}
    sure = {
        arm
        for arm, p in zip(others, paired.holm(p_values), strict=True)
        if p < CLEAR_P and _both_say_so(takes[arm], intervals[arm])
    }
    lasting = _more_than_luck(arms, picked, takes, sure)
    found = []
    for arm, p_value, corrected in zip(others, p_values, paired.holm(p_values), strict=True):
        fixed, broken = paired.fixed_and_broken(takes[arm])
        n_takes, n_photos = len(takes[arm].photos), int(takes[arm].photos.sum())
        needed = paired.takes_needed(fixed, broken, n_takes, len(others))
        found.append(
            Paired(
                arm=arm,
                difference=float(takes[arm].gained.sum() / len(arms[arm].right)),
                fixed=fixed,
                broken=broken,
                p_value=float(p_value),
                corrected_p=float(corrected),
                interval=intervals[arm],
                doubt="" if arm in lasting else "tries" if arm in sure else "photos",
                more_photos=None if needed is None else math.ceil(needed * n_photos / n_takes),
            )
        )
    return tuple(found)


def _both_say_so(takes: paired.Takes, interval: tuple[float, float]) -> bool:
    """Tell whether the interval excludes 0, on the side to which most takes have changed."""
    fixed, broken = paired.fixed_and_broken(takes)
    return interval[0] > 0 if fixed > broken else interval[1] < 0


def _more_than_luck(arms: Sequence[Arm], picked: int, takes: dict[int, paired.Takes], sure: set[int]) -> set[int]:
    """Give those of the `sure` that differ by more than tries of one setting do."""
    if len(arms[picked].right) == 1:
        p_values = paired.holm(np.array([paired.single_try_p(each) for each in takes.values()]))
        return {arm for arm, p in zip(takes, p_values, strict=True) if arm in sure and p < CLEAR_P}
    counts = np.array([arm.right.sum(axis=1) for arm in arms], float)
    return {arm for arm in sure if paired.several_tries_p(counts, picked, arm) < CLEAR_P}


def _learned(arms: Sequence[Arm], guessing: int, groups: np.ndarray | None) -> bool:
    """Tell whether a setting is clearly better than guessing: exact binomial test over takes, corrected (Holm)."""
    n_photos, n_takes = arms[0].right.shape[1], _count_takes(arms, groups)
    # Tries share their photos, so their mean counts as one exam; rounded down, to the side of caution.
    right = [int(np.floor(arm.right.mean() * n_takes + 1e-9)) for arm in arms]
    p_values = [stats.binomtest(k, n_takes, guessing / n_photos, alternative="greater").pvalue for k in right]
    return bool(paired.holm(np.array(p_values)).min() < CLEAR_P)


def _count_takes(arms: Sequence[Arm], groups: np.ndarray | None) -> int:
    return arms[0].right.shape[1] if groups is None else len(np.unique(groups))
