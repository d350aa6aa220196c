"""What several settings say together: which are as good as any, which are clearly worse, and which to take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

from core.evaluation import paired
from core.evaluation.metrics import CLEAR_P

# What one may lose and still count as good: a 24th of the exam (three photos of 72), one photo at least.
MARGIN_OF = 24
Word = Literal["as_good", "clearly_worse", "cannot_tell"]
Kind = Literal["best", "enough", "cheapest", "cannot_tell", "alone", "unlearned", "nothing_learned"]
# What would tell most about a setting of which nothing can be told.
Help = Literal["", "photos", "tries"]


@dataclass(frozen=True)
class Standing:
    """One setting among the others.

    Attributes:
        word: "as_good": at most the margin behind every other one; "clearly_worse": another one is better, by however
            much; "cannot_tell": neither is shown.
        behind: right answers it may lie behind the best of the others at most; below 0 where it is surely ahead.
        rival: the other setting with the most right answers, of equal ones the cheapest; itself where it is alone.
        difference: mean right answers, its own less those of `rival`.
        interval: 95 % interval of `difference`.
        worse_p: how often luck alone makes anything look so much worse than another (corrected for all settings).
        helps: whether more photos in the exam or more tries would tell most; empty where the word says something.
    """

    word: Word
    behind: float
    rival: int
    difference: float
    interval: tuple[float, float]
    worse_p: float
    helps: Help


@dataclass(frozen=True)
class Verdict:
    """What several settings say together.

    Attributes:
        kind: "best": one is as good, all others are clearly worse; "cheapest": the cheapest of all is as good;
            "enough": another one is as good; "cannot_tell": none is shown to be; "alone": there is one setting only;
            "unlearned": none that is as good did what it is called; "nothing_learned": none is clearly better than
            guessing.
        take: the cheapest that is as good and did what it is called; None where none is, or nothing was learned.
        standings: one a setting, cheapest first.
        margin: right answers that one may be behind and still be as good.
        guessing, total: right answers by guessing, and photos of the final exam.
        takes: how many of these count on their own.
        can_show: whether so few photos could show that anything is as good, were all answers the same.
    """

    kind: Kind
    take: int | None
    standings: tuple[Standing, ...]
    margin: int
    guessing: int
    total: int
    takes: int
    can_show: bool

    def those(self, word: Word) -> tuple[int, ...]:
        """Return the settings of which a word is said, cheapest first."""
        return tuple(arm for arm, each in enumerate(self.standings) if each.word == word)

    @property
    def can_tell_from_guessing(self) -> bool:
        """Whether so few takes could tell anything from guessing, were all answers right."""
        return len(self.standings) * (self.guessing / self.total) ** self.takes < CLEAR_P


def margin_of(total: int) -> int:
    """Return how many right answers one may be behind and still be as good, in an exam of `total` photos."""
    return max(1, total // MARGIN_OF)


def words(found: paired.Differences, total: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Say of each setting which of the three words holds; for many comparisons at once.

    Returns:
        is_as_good, is_worse: bool, shape (..., n_settings), never both: what is worse by less than the margin is as
            good. Where neither is true, the photos cannot tell.
        behind, worse_p: float, same shape, as `paired.behind` and `paired.worse`.
    """
    margin = margin_of(total) / total
    worse_p = paired.worse(found)
    is_worse = worse_p < CLEAR_P
    behind = paired.behind(found, margin, is_worse)
    is_as_good = behind <= margin + 1e-9
    return is_as_good, is_worse & ~is_as_good, behind, worse_p


def verdict(
    right: np.ndarray, *, guessing: int, groups: np.ndarray | None = None, did: Sequence[bool] | None = None
) -> Verdict:
    """Judge settings on the final exam alone: none is picked beforehand, so nothing has to be taken off for picking.

    Args:
        right: bool, shape (n_settings, n_seeds, n_photos), whether the answer was right; cheapest setting first.
        guessing: right answers in the final exam that guessing gives.
        groups: int, shape (n_photos,), photos that belong together; None: each stands alone.
        did: whether each setting did in all tries what it is called; one that did not is compared and never taken.

    Raises:
        ValueError: no setting, no try, no photo, or shapes that do not fit together.
    """
    found = paired.differences(right, groups)
    total = right.shape[-1]
    takes = total if groups is None else len(np.unique(groups))
    can_show = _can_show(right, groups)
    standings = _standings(found, total, can_show=can_show)
    kind, take = _kind(standings, did or [True] * len(right), learned=_learned(right, takes, guessing))
    return Verdict(kind, take, standings, margin_of(total), guessing, total, takes, can_show)


def _standings(found: paired.Differences, total: int, *, can_show: bool) -> tuple[Standing, ...]:
    is_as_good, is_worse, behind, worse_p = words(found, total)
    standings = []
    for arm in range(len(found.mean)):
        others = [other for other in range(len(found.mean)) if other != arm]
        rival = min(others, key=lambda other: (round(float(found.mean[arm, other]), 9), other), default=arm)
        low, high = paired.interval(found, arm, rival)
        word: Word = "as_good" if is_as_good[arm] else "clearly_worse" if is_worse[arm] else "cannot_tell"
        standings.append(
            Standing(
                word=word,
                behind=total * float(behind[arm]),
                rival=rival,
                difference=total * float(found.mean[arm, rival]),
                interval=(total * low, total * high),
                worse_p=float(worse_p[arm]),
                helps=_helps(found, arm, rival, can_show=can_show) if word == "cannot_tell" else "",
            )
        )
    return tuple(standings)


def _helps(found: paired.Differences, arm: int, rival: int, *, can_show: bool) -> Help:
    return "tries" if can_show and found.from_tries[arm, rival] >= 0.5 else "photos"


def _can_show(right: np.ndarray, groups: np.ndarray | None) -> bool:
    """Tell whether this exam could show that anything is as good, were all answers right everywhere."""
    is_as_good, *_ = words(paired.differences(np.ones_like(right[:2], bool), groups), right.shape[-1])
    return bool(is_as_good.all())


def _kind(standings: Sequence[Standing], did: Sequence[bool], *, learned: bool) -> tuple[Kind, int | None]:
    if not learned:
        return "nothing_learned", None
    if len(standings) == 1:
        return "alone", 0
    good = [arm for arm, each in enumerate(standings) if each.word == "as_good" and did[arm]]
    if not good:
        return ("unlearned" if any(each.word == "as_good" for each in standings) else "cannot_tell"), None
    if [each.word for each in standings].count("clearly_worse") == len(standings) - 1:
        return "best", good[0]
    return ("cheapest" if good[0] == 0 else "enough"), good[0]


def _learned(right: np.ndarray, takes: int, guessing: int) -> bool:
    """Tell whether a setting is clearly better than guessing: exact binomial test over takes, corrected (Holm)."""
    # Tries share their photos, so their mean counts as one exam; rounded down, to the side of caution.
    counts = np.floor(right.mean(axis=(-2, -1)) * takes + 1e-9).astype(int)
    share = guessing / right.shape[-1]
    p_values = [stats.binomtest(int(k), takes, share, alternative="greater").pvalue for k in counts]
    return bool(multipletests(p_values, CLEAR_P, method="holm")[0].any())
