"""Which photos of a split are shown, in which order, and their predictions as a CSV table."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.evaluation.metrics import UNLABELLED, is_sure

if TYPE_CHECKING:
    from collections.abc import Sequence

Show = Literal["all", "wrong", "right", "not_sure"]
Order = Literal["worst", "surest", "name"]


def arrange(
    probabilities: np.ndarray,
    labels: np.ndarray,
    names: Sequence[str],
    *,
    show: Show = "all",
    person: int | None = None,
    order: Order = "worst",
) -> np.ndarray:
    """Choose and order the photos of a split.

    Args:
        probabilities: float, shape (n, n_classes).
        labels: int, shape (n,); -1 is unlabelled, which counts as neither wrong nor right.
        names: the photos' names.
        show: which of them; "not_sure" those without a confident answer.
        person: a label; only photos that show this person, or are taken for this person.
        order: the worst first (`worst_first`), what leans most towards its answer first, or by name.

    Returns:
        int64, shape (m,): indices.
    """
    labels = np.asarray(labels)
    said = probabilities.argmax(axis=1) if len(labels) else np.zeros(0, np.int64)
    labelled = labels != UNLABELLED
    kept = {
        "all": np.ones(len(labels), bool),
        "wrong": labelled & (said != labels),
        "right": labelled & (said == labels),
        "not_sure": ~is_sure(probabilities) if len(labels) else np.zeros(0, bool),
    }[show]
    if person is not None:
        kept = kept & ((labels == person) | (said == person))
    if order == "worst":
        ranked = worst_first(probabilities, labels)
    elif order == "surest":
        ranked = np.argsort(-probabilities.max(axis=1), kind="stable") if len(labels) else np.zeros(0, np.int64)
    else:
        ranked = np.array(sorted(range(len(labels)), key=lambda i: names[i].casefold()), np.int64)
    return np.asarray(ranked[kept[ranked]], np.int64)


def worst_first(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Order the photos of a split: wrong ones first, the most confident mistake at the top, unlabelled ones last.

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


def spread_evenly(labels: np.ndarray, most: int, seed: int = 0) -> np.ndarray:
    """Choose up to `most` photos, as many of each person as can be.

    Args:
        labels: int, shape (n,), each photo's person; below 0 where unknown, and never chosen. Not changed.
        most: how many are chosen at most; people with the lower numbers have one more where it does not come out even.
        seed: decides which of a person's photos they are.

    Returns:
        int, shape (m,), places in `labels`: person by person, each person's in their order.
    """
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(labels))
    turns = [(turn, label) for label in np.unique(labels[labels >= 0]) for turn in range((labels == label).sum())]
    taken = [label for _, label in sorted(turns)[:most]]
    places = [shuffled[labels[shuffled] == label][: taken.count(label)] for label in sorted(set(taken))]
    return np.concatenate([np.sort(mine) for mine in places]) if places else np.empty(0, np.int64)


def wall_columns(counts: np.ndarray, most: int) -> int:
    """Return how many columns a wall has, so that no person's photos are parted by the end of a row where possible.

    Args:
        counts: int, shape (n_people,), how many photos of each are on it.
        most: the most columns there is room for.
    """
    if len(set(counts.tolist())) != 1:
        return most
    each = int(counts[0])
    rows = -(-each // most)
    a_row = -(-each // rows)
    return max(a_row, most // a_row * a_row) if rows == 1 else a_row


def as_csv(
    probabilities: np.ndarray,
    labels: np.ndarray,
    names: Sequence[str],
    people: Sequence[str],
    columns: tuple[str, str, str],
) -> bytes:
    """Return predictions as a table that a spreadsheet opens: a row a photo, a column a person.

    Args:
        columns: the words over the photo's name, the true person and the answer.

    Returns:
        UTF-8 with the mark by which Excel knows it.
    """
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([*columns, *map(as_text, people)])
    for name, label, row in zip(names, labels, probabilities, strict=True):
        true = people[int(label)] if label >= 0 else ""
        leanings = [f"{float(p):.4f}" for p in row]
        table.writerow([as_text(name), as_text(true), as_text(people[int(row.argmax())]), *leanings])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def as_text(name: str) -> str:
    """Return a name that a spreadsheet shows and never computes; some take what begins like this for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
