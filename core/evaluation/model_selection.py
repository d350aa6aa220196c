"""Which of several settings are as good as any, which are clearly worse, and which one is recommended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from core.evaluation import paired
from core.evaluation.metrics import CLEAR_P

# What one may lose and still count as good: a 24th of the exam (three photos of 72), one photo at least.
MARGIN_OF = 24
Word = Literal["as_good", "clearly_worse", "cannot_tell"]
Kind = Literal["best", "enough", "cheapest", "cannot_tell", "alone", "unlearned", "nothing_learned"]
# What would tell most about a setting of which nothing can be told.
NeedsMore = Literal["", "photos", "tries"]


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
        needs_more: whether more photos in the exam or more tries would tell most; empty where the word says something.
    """

    word: Word
    behind: float
    rival: int
    difference: float
    interval: tuple[float, float]
    worse_p: float
    needs_more: NeedsMore


@dataclass(frozen=True)
class Verdict:
    """What several settings say together.

    Attributes:
        kind: "best": one is as good, all others are clearly worse; "cheapest": the cheapest of all is as good;
            "enough": another one is as good; "cannot_tell": none is shown to be; "alone": there is one setting only;
            "unlearned": none that is as good learned as asked in all tries; "nothing_learned": none is clearly better
            than guessing.
        recommended: the cheapest that is as good and learned as asked; None where none is, or nothing was learned.
        standings: one a setting, cheapest first.
        margin: right answers that one may be behind and still be as good.
        guessing, total: right answers by guessing, and photos of the final exam.
        n_groups: how many of these photos count on their own.
        can_show: whether so few photos could show that anything is as good, were all answers the same.
    """

    kind: Kind
    recommended: int | None
    standings: tuple[Standing, ...]
    margin: int
    guessing: int
    total: int
    n_groups: int
    can_show: bool

    def those(self, word: Word) -> tuple[int, ...]:
        """Return the settings of which a word is said, cheapest first."""
        return tuple(setting for setting, each in enumerate(self.standings) if each.word == word)

    @property
    def can_tell_from_guessing(self) -> bool:
        """Whether so few groups could tell anything from guessing, were all answers right."""
        return len(self.standings) * (self.guessing / self.total) ** self.n_groups < CLEAR_P


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
    right: np.ndarray, *, guessing: int, groups: np.ndarray | None = None, learned: Sequence[bool] | None = None
) -> Verdict:
    """Compare settings on the test photos alone: none is picked beforehand, so picking makes no number too good.

    Args:
        right: bool, shape (n_settings, n_seeds, n_photos), whether the answer was right; cheapest setting first.
        guessing: right answers in the final exam that guessing gives.
        groups: int, shape (n_photos,), photos that belong together; None: each stands alone.
        learned: whether all that was to learn did, in all tries of a setting; one in which it did not is compared, but
            never recommended.

    Raises:
        ValueError: no setting, no try, no photo, or shapes that do not fit together.
    """
    found = paired.differences(right, groups)
    total = right.shape[-1]
    n_groups = total if groups is None else len(np.unique(groups))
    can_show = _can_show(right, groups)
    standings = _standings(found, total, can_show=can_show)
    beats_guessing = _beats_guessing(right, n_groups, guessing)
    kind, recommended = _kind(standings, learned or [True] * len(right), beats_guessing=beats_guessing)
    return Verdict(kind, recommended, standings, margin_of(total), guessing, total, n_groups, can_show)


def _standings(found: paired.Differences, total: int, *, can_show: bool) -> tuple[Standing, ...]:
    is_as_good, is_worse, behind, worse_p = words(found, total)
    standings = []
    for setting in range(len(found.mean)):
        others = [other for other in range(len(found.mean)) if other != setting]
        rival = min(others, key=lambda other: (round(float(found.mean[setting, other]), 9), other), default=setting)
        low, high = paired.interval(found, setting, rival)
        word: Word = "as_good" if is_as_good[setting] else "clearly_worse" if is_worse[setting] else "cannot_tell"
        standings.append(
            Standing(
                word=word,
                behind=total * float(behind[setting]),
                rival=rival,
                difference=total * float(found.mean[setting, rival]),
                interval=(total * low, total * high),
                worse_p=float(worse_p[setting]),
                needs_more=_needs_more(found, setting, rival, can_show=can_show) if word == "cannot_tell" else "",
            )
        )
    return tuple(standings)


def _needs_more(found: paired.Differences, setting: int, rival: int, *, can_show: bool) -> NeedsMore:
    return "tries" if can_show and found.from_seeds[setting, rival] >= 0.5 else "photos"


def _can_show(right: np.ndarray, groups: np.ndarray | None) -> bool:
    """Return whether this exam could show that anything is as good, were all answers right everywhere."""
    is_as_good, *_ = words(paired.differences(np.ones_like(right[:2], bool), groups), right.shape[-1])
    return bool(is_as_good.all())


def _kind(standings: Sequence[Standing], learned: Sequence[bool], *, beats_guessing: bool) -> tuple[Kind, int | None]:
    if not beats_guessing:
        return "nothing_learned", None
    if len(standings) == 1:
        return "alone", 0
    good = [setting for setting, each in enumerate(standings) if each.word == "as_good" and learned[setting]]
    if not good:
        return ("unlearned" if any(each.word == "as_good" for each in standings) else "cannot_tell"), None
    if [each.word for each in standings].count("clearly_worse") == len(standings) - 1:
        return "best", good[0]
    return ("cheapest" if good[0] == 0 else "enough"), good[0]


def _beats_guessing(right: np.ndarray, n_groups: int, guessing: int) -> bool:
    """Return whether a setting is clearly better than guessing: exact binomial test over groups, corrected (Holm)."""
    # Tries share their photos, so their mean counts as one exam; rounded down, to the side of caution.
    counts = np.floor(right.mean(axis=(-2, -1)) * n_groups + 1e-9).astype(int)
    share = guessing / right.shape[-1]
    p_values = [stats.binomtest(int(k), n_groups, share, alternative="greater").pvalue for k in counts]
    # Holm's first step: without it none of the others is taken.
    return bool(min(p_values) <= CLEAR_P / len(p_values))
