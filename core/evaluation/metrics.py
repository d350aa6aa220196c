"""Numbers from arrays: how many are right, how far that can be trusted, who is taken for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from sklearn import metrics
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIDENCE = 0.95
# A difference that chance alone makes at most this often is called clear.
CLEAR_P = 0.05
UNLABELLED = -1
MOST_PEOPLE = 20  # more than this no matrix can be read
# An answer with a lower probability is called "not sure": below one half, the network finds it likelier that the face
# shows somebody else. It is fixed, for one fitted to the test photos would flatter their result. Measured once with the
# drawn people and the recommended settings: of 72 test photos 42 sure and right, 2 sure and wrong, 28 not sure; of 24
# strangers 20 not sure.
SURE_FROM = 0.5
ROUGH_BELOW = 20
# "one_take": each person's photos are, on average, one group (of one minute), so they say nothing about other days.
Verdict = Literal["clear", "luck", "one_take"]


@dataclass(frozen=True)
class PersonScores:
    """How one person came out.

    Attributes:
        precision: of the photos given this name, the share that shows this person; nan where no photo got it.
        recall: of this person's photos, the share given the right name; nan where the person has no photo.
        f1: harmonic mean of the two; 0 where none is right, nan where the person neither has a photo nor got one.
        photos: how many labelled photos show this person.
    """

    precision: float
    recall: float
    f1: float
    photos: int


@dataclass(frozen=True)
class PersonRow:
    """One person beside the matrix: test photos, how many are right, whom the wrong ones were taken for most."""

    person: str
    photos: int
    correct: int
    mostly_taken_for: str | None


@dataclass(frozen=True, eq=False)
class TestResult:
    """The result of a test. With no labelled photo, `total` is 0 and the fractions are nan.

    Attributes:
        accuracy: correct / total.
        interval: Wilson 95 % interval of the accuracy, each end in 0 to 1; it counts groups, not photos.
        balanced_accuracy: mean recall of the people who have photos, so that everybody counts the same.
        majority_correct: how many one gets right by always saying the most frequent person of the training photos.
        confusion: int64, shape (n_classes, n_classes), rows are the true people, columns the predicted ones.
        per_person: one entry a person, in label order.
        n_groups: groups of one person's photos that belong together, such as those of one minute; a photo alone is one.
    """

    __test__ = False  # pytest: the name begins with Test, but this is no test

    correct: int
    total: int
    accuracy: float
    interval: tuple[float, float]
    balanced_accuracy: float
    majority_correct: int
    confusion: np.ndarray
    per_person: tuple[PersonScores, ...]
    n_groups: int

    @property
    def expected_of_100(self) -> tuple[int, int]:
        """The interval in whole photos out of 100 new ones; (0, 100) when nothing was tested."""
        if self.total == 0:
            return 0, 100
        return round(100 * self.interval[0]), round(100 * self.interval[1])

    @property
    def guessing(self) -> float:
        """The share that guessing gives: the most frequent person always, or anybody, whichever is more."""
        return max(self.majority_correct / self.total, 1 / len(self.per_person)) if self.total else float("nan")

    @property
    def verdict(self) -> Verdict:
        """What the result shows: "clear" needs the whole interval above guessing, and several groups a person."""
        tested = sum(person.photos > 0 for person in self.per_person)
        if self.n_groups <= tested < self.total:
            return "one_take"
        return "clear" if self.total > 0 and self.interval[0] > self.guessing else "luck"

    @property
    def is_rough(self) -> bool:
        """Whether so few photos were tested that the interval is only a rough idea."""
        return self.total < ROUGH_BELOW


def majority_label(labels: np.ndarray) -> int:
    """Return the most frequent label; of several, the first.

    Args:
        labels: int, shape (n,), n >= 1; entries below 0 (unlabelled) are ignored.

    Raises:
        ValueError: no entry is labelled.
    """
    known = labels[labels >= 0]
    if known.size == 0:
        raise ValueError(f"labels must hold at least one labelled entry, received {labels.tolist()}.")
    return int(np.bincount(known).argmax())


def wilson_interval(correct: float, total: int, n_groups: int | None = None) -> tuple[float, float]:
    """Compute the Wilson 95 % interval of a share; (nan, nan) for a total of 0.

    Args:
        correct: right answers of `total`; a mean over several seeds need not be a whole number.
        n_groups: how many of the `total` are independent; photos of one group are right or wrong together. None: all.

    Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 1927.
    """
    if total == 0:
        return float("nan"), float("nan")
    n = total if n_groups is None else n_groups
    low, high = proportion_confint(correct / total * n, n, alpha=1 - CONFIDENCE, method="wilson")
    return max(0.0, float(low)), min(1.0, float(high))


def evaluate(
    probabilities: np.ndarray,
    labels: np.ndarray,
    n_classes: int,
    majority_label: int,
    groups: Sequence[int] | None = None,
) -> TestResult:
    """Compare predictions with the truth.

    Args:
        probabilities: float, shape (n, n_classes). The prediction is the largest, of equal ones the first.
        labels: int, shape (n,), 0 to n_classes - 1; -1 is unlabelled and ignored.
        n_classes: how many people the network knows.
        majority_label: the most frequent person of the training photos (`majority_label`).
        groups: shape (n,), which photos belong together; None: each stands alone.

    Raises:
        ValueError: the shapes do not fit together.
    """
    if probabilities.shape != (len(labels), n_classes):
        raise ValueError(
            f"probabilities must have the shape ({len(labels)}, {n_classes}), received {probabilities.shape}."
        )
    labelled = labels != UNLABELLED
    truth = np.asarray(labels[labelled], np.int64)
    predicted = np.asarray(probabilities[labelled].argmax(axis=1), np.int64)
    correct, total = int((truth == predicted).sum()), len(truth)
    n_groups = (
        total if groups is None else len(set(zip(truth.tolist(), np.asarray(groups)[labelled].tolist(), strict=True)))
    )
    confusion = np.zeros((n_classes, n_classes), np.int64)
    np.add.at(confusion, (truth, predicted), 1)
    return TestResult(
        correct=correct,
        total=total,
        accuracy=correct / total if total else float("nan"),
        interval=wilson_interval(correct, total, n_groups),
        balanced_accuracy=_balanced_accuracy(truth, predicted),
        majority_correct=int((truth == majority_label).sum()),
        confusion=confusion,
        per_person=_scores(truth, predicted, n_classes),
        n_groups=n_groups,
    )


def _balanced_accuracy(truth: np.ndarray, predicted: np.ndarray) -> float:
    if truth.size == 0:
        return float("nan")
    # balanced_accuracy_score, without its warning about predicted people who have no test photo.
    return float(metrics.recall_score(truth, predicted, labels=np.unique(truth), average="macro", zero_division=0.0))


def _scores(truth: np.ndarray, predicted: np.ndarray, n_classes: int) -> tuple[PersonScores, ...]:
    if truth.size == 0:
        nan = float("nan")
        return tuple(PersonScores(nan, nan, nan, 0) for _ in range(n_classes))
    columns = metrics.precision_recall_fscore_support(
        truth, predicted, labels=np.arange(n_classes), average=None, zero_division=np.nan
    )
    return tuple(
        PersonScores(float(precision), float(recall), float(f1), int(photos))
        for precision, recall, f1, photos in zip(*columns, strict=True)
    )


def is_sure(probabilities: np.ndarray) -> np.ndarray:
    """Return which answers have a probability high enough to name a person.

    Args:
        probabilities: float, shape (..., n_classes).

    Returns:
        bool, shape (...).
    """
    return np.asarray(np.asarray(probabilities).max(axis=-1) >= SURE_FROM)


def most_confused(confusion: np.ndarray, limit: int = MOST_PEOPLE) -> np.ndarray:
    """Return the labels of the people with the most mistakes about them (as true or as predicted), in label order.

    Args:
        confusion: int, shape (n_classes, n_classes).

    Returns:
        int64, shape (min(limit, n_classes),).
    """
    mistakes = confusion - np.diag(np.diag(confusion))
    about = mistakes.sum(axis=0) + mistakes.sum(axis=1)
    return np.sort(np.argsort(-about, kind="stable")[:limit]).astype(np.int64)


def row_percent(confusion: np.ndarray) -> np.ndarray:
    """Return how many out of 100 photos of each person got each name; nan where a person has no photo.

    Args:
        confusion: int, shape (n_classes, n_classes).

    Returns:
        float64, same shape.
    """
    photos = confusion.sum(axis=1, keepdims=True).astype(float)
    return np.asarray(100 * confusion / np.where(photos == 0, np.nan, photos))


def rest_of_confusion(confusion: np.ndarray, people: Sequence[str]) -> list[PersonRow]:
    """Return the people that the drawn matrix leaves out, in label order; empty up to 20 people."""
    shown = set(most_confused(confusion).tolist())
    return [_person_row(label, confusion, people) for label in range(len(people)) if label not in shown]


def _person_row(label: int, confusion: np.ndarray, people: Sequence[str]) -> PersonRow:
    mistakes = confusion[label].copy()
    correct, mistakes[label] = int(mistakes[label]), 0
    mostly = people[int(mistakes.argmax())] if mistakes.any() else None
    return PersonRow(people[label], int(confusion[label].sum()), correct, mostly)


@dataclass(frozen=True)
class AnswerChanges:
    """What a second network answers otherwise than a first one, on the same photos.

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
        """Whether such a difference is rarely due to chance alone."""
        return self.p_value < CLEAR_P


def compare_answers(right_before: np.ndarray, right_now: np.ndarray) -> AnswerChanges:
    """Compare the answers of two networks photo by photo.

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
    return AnswerChanges(fixed, broken, p_value)
