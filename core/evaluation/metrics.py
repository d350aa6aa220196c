"""Numbers from arrays: how many are right, how far that can be trusted, who is taken for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIDENCE = 0.95
UNLABELLED = -1
MOST_PEOPLE = 20  # more than this no matrix can be read
# What leans less than this towards its first choice is called "not sure". At one half, the network itself holds it for
# likelier that the face shows somebody else. A fixed one: what was fitted to an exam would flatter that exam. Measured
# once with the drawn people and the recommended settings: of 72 exam photos 42 sure and right, 2 sure and wrong, 28 not
# sure; of 24 strangers 20 not sure.
SURE_FROM = 0.5
ROUGH_BELOW = 20
# "one_take": each person's photos are, on average, from a single take, so they say nothing about other days.
Verdict = Literal["clear", "luck", "one_take"]


@dataclass(frozen=True)
class PersonScores:
    """How one person came out.

    Attributes:
        precision: of the photos given this name, the share that shows this person; nan where nobody got the name.
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
    """One person beside the matrix: photos in the exam, how many are right, whom the wrong ones were taken for most."""

    person: str
    photos: int
    correct: int
    mostly_taken_for: str | None


@dataclass(frozen=True, eq=False)
class TestResult:
    """The result of an exam. With no labelled photo, `total` is 0 and the fractions are nan.

    Attributes:
        accuracy: correct / total.
        interval: Wilson 95 % interval of the accuracy, each end in 0 to 1; it counts takes, not photos.
        balanced_accuracy: mean recall of the people who have photos, so that everybody counts the same.
        majority_correct: how many one gets right by always saying the most frequent person of the practice photos.
        confusion: int64, shape (n_classes, n_classes), rows are the true people, columns the predicted ones.
        per_person: one entry a person, in label order.
        takes: groups of one person's photos that belong together, such as those of one minute; a photo alone is one.
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
    takes: int

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
        """What the result shows: a clear one needs its whole interval above guessing, and photos of several takes."""
        tested = sum(person.photos > 0 for person in self.per_person)
        if self.takes <= tested < self.total:
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


def wilson_interval(correct: float, total: int, takes: int | None = None) -> tuple[float, float]:
    """Compute the Wilson 95 % interval of a share; (nan, nan) for a total of 0.

    Args:
        correct: right answers of `total`; a mean over several tries need not be a whole number.
        takes: how many of the `total` count on their own; photos of one minute are right or wrong together. None: all.

    Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 1927.
    """
    if total == 0:
        return float("nan"), float("nan")
    n = total if takes is None else takes
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
        majority_label: the most frequent person of the practice photos (`majority_label`).
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
    takes = (
        total if groups is None else len(set(zip(truth.tolist(), np.asarray(groups)[labelled].tolist(), strict=True)))
    )
    confusion = np.zeros((n_classes, n_classes), np.int64)
    np.add.at(confusion, (truth, predicted), 1)
    return TestResult(
        correct=correct,
        total=total,
        accuracy=correct / total if total else float("nan"),
        interval=wilson_interval(correct, total, takes),
        balanced_accuracy=_balanced_accuracy(truth, predicted),
        majority_correct=int((truth == majority_label).sum()),
        confusion=confusion,
        per_person=_scores(truth, predicted, n_classes),
        takes=takes,
    )


def _balanced_accuracy(truth: np.ndarray, predicted: np.ndarray) -> float:
    if truth.size == 0:
        return float("nan")
    # balanced_accuracy_score, without its warning about predicted people who have no photo in the exam.
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


def worst_first(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Order an exam's photos for looking at: wrong ones first, the surest mistake at the top, unlabelled ones last.

    Args:
        probabilities: float, shape (n, n_classes).
        labels: int, shape (n,); -1 is unlabelled.

    Returns:
        int64, shape (n,): indices. Among the wrong and the right, what leaned least towards the truth comes first;
        among the unlabelled, what leaned least towards anybody.
    """
    labels = np.asarray(labels)
    unlabelled = labels == UNLABELLED
    rows = np.arange(len(labels))
    sure_of_truth = np.where(unlabelled, probabilities.max(axis=1), probabilities[rows, labels])
    kind = np.where(unlabelled, 2, (probabilities.argmax(axis=1) == labels).astype(int))
    return np.lexsort((sure_of_truth, kind)).astype(np.int64)


def is_sure(probabilities: np.ndarray) -> np.ndarray:
    """Tell which answers lean far enough towards one person to be given.

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
    """Return of each person's photos how many out of 100 got each name; nan where a person has no photo.

    Args:
        confusion: int, shape (n_classes, n_classes).

    Returns:
        float64, same shape.
    """
    photos = confusion.sum(axis=1, keepdims=True).astype(float)
    return np.asarray(100 * confusion / np.where(photos == 0, np.nan, photos))


def rest_of_confusion(confusion: np.ndarray, people: Sequence[str]) -> list[PersonRow]:
    """Return the people the picture of the matrix leaves out, in label order; empty up to 20 people."""
    shown = set(most_confused(confusion).tolist())
    return [_person_row(label, confusion, people) for label in range(len(people)) if label not in shown]


def _person_row(label: int, confusion: np.ndarray, people: Sequence[str]) -> PersonRow:
    mistakes = confusion[label].copy()
    correct, mistakes[label] = int(mistakes[label]), 0
    mostly = people[int(mistakes.argmax())] if mistakes.any() else None
    return PersonRow(people[label], int(confusion[label].sum()), correct, mostly)
