"""Confusion matrices small enough to stand beside each other, as tables that can be read aloud."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.evaluation import metrics
from ui.charts import colours
from ui.charts.overlay import COLOURS, LETTERS
from ui.test.exam import Exam
from ui.text import common, escape
from ui.text import compare as words

# Of the width inside a frame of the page on a projector, and what of it a matrix's names take with the gap beside it.
PAGE_PX, NAMES_PX, SHORT_NAMES_PX = 1110, 166, 112
SMALLEST_PX, LARGEST_PX, GAP_PX = 20, 48, 2
SHORT_FROM = 11
# Gap and padding beside the names.
FRAME_PX = 40


def draw(exams: Sequence[Exam]) -> None:
    """Draw the matrix of each exam, lettered as in the table over them; the same people in all where they are the same.

    Above 20 people the 20 most confused are shown.
    """
    shared = all(each.dataset.people == exams[0].dataset.people for each in exams)
    most = _most_confused([each.result.confusion for each in exams]) if shared else None
    drawn = "".join(_matrix(place, each, most) for place, each in enumerate(exams))
    people = max(min(len(each.dataset.people), metrics.MOST_PEOPLE) for each in exams)
    names_px = SHORT_NAMES_PX if people >= SHORT_FROM else NAMES_PX
    side_px, in_row = _fit(len(exams), people, names_px)
    # Four stand in a square, not three and one.
    wide_px = in_row * ((side_px + GAP_PX) * people + names_px)
    style = f"--lab-side:{side_px}px;--lab-names:{names_px - FRAME_PX}px;max-width:{wide_px}px"
    st.html(f'<div class="lab-matrices" style="{style}">{drawn}</div>')


def _fit(matrices: int, people: int, names_px: int) -> tuple[int, int]:
    """Return the side of a square in px, and how many matrices stand in a row: all, or half, where that can be read."""
    for in_row in (matrices, -(-matrices // 2), 1):
        side_px = (PAGE_PX // in_row - names_px) // people - GAP_PX
        if side_px >= SMALLEST_PX:
            break
    return max(SMALLEST_PX, min(LARGEST_PX, side_px)), in_row


def _most_confused(confusions: Sequence[np.ndarray]) -> np.ndarray:
    return metrics.most_confused(np.sum(confusions, axis=0))


def _matrix(place: int, exam: Exam, shown: np.ndarray | None) -> str:
    confusion, people = exam.result.confusion, exam.dataset.people
    if shown is None:
        shown = metrics.most_confused(confusion)
    names = [escape.as_html(people[label]) for label in shown]
    heads = "".join(f'<th scope="col" title="{name}"><span>{name}</span></th>' for name in names)
    counts = confusion[np.ix_(shown, shown)]
    top_right = max(int(np.diag(counts).max(initial=0)), 2)
    top_wrong = max(int((counts - np.diag(np.diag(counts))).max(initial=0)), 2)
    rows = []
    for row, name in enumerate(names):
        cells = "".join(
            _cell(int(n), top_right if row == column else top_wrong, right=row == column)
            for column, n in enumerate(counts[row])
        )
        rows.append(f'<tr><th scope="row" title="{name}"><span class="lab-ellipsis">{name}</span></th>{cells}</tr>')
    result = exam.result
    said = words.matrix(LETTERS[place], common.exam(result.correct, result.total))
    return (
        f'<figure style="--lab-colour:{COLOURS[place]}"><figcaption><b>{LETTERS[place]}</b> '
        f"{common.exam(result.correct, result.total)}</figcaption>"
        f'<table aria-label="{escape.as_html(said)}"><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></figure>"
    )


def _cell(count: int, most: int, *, right: bool) -> str:
    """Return one square: darker for more, and nothing where nothing happened."""
    if count == 0:
        return "<td></td>"
    low, high = colours.RIGHT_SCALE if right else colours.WRONG_SCALE
    share = 100 * (count - 1) / max(most - 1, 1)
    colour = f"color-mix(in srgb, {high} {share:.0f}%, {low})"
    return f'<td style="background:{colour};color:#FFFFFF">{count}</td>'
