"""An exam's photos as a list: which of them, in which order, and all of them as a table for taking along."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.evaluation.metrics import UNLABELLED, is_sure, worst_first

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
    """Choose and order an exam's photos.

    Args:
        probabilities: float, shape (n, n_classes).
        labels: int, shape (n,); -1 is unlabelled, which counts as neither wrong nor right.
        names: the photos' names.
        show: which of them; "not_sure" leans towards nobody far enough.
        person: a label; only photos that show this person, or are taken for this person.
        order: the worst first (`metrics.worst_first`), what leans most towards its answer first, or by name.

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
