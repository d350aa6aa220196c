"""Small confusion matrices: their numbers, their names, and that they fit beside each other."""

from __future__ import annotations

import re

import numpy as np
import pytest

from core.evaluation import metrics
from tests.pages import made
from ui.compare import matrices
from ui.test import exam

PEOPLE = ("Ada", "<b>Bo</b>", "Chen")


def test_every_number_stands_in_its_row_and_column(lab_home) -> None:
    sat = exam.sit(made.run(lab_home, made.dataset(lab_home, PEOPLE)))
    drawn = matrices._matrix(0, sat, np.arange(3))
    rows = drawn[drawn.index("<tbody>") :].split("<tr>")[1:]
    counts = [[int(n or 0) for n in re.findall(r"<td[^>]*>(\d*)</td>", row)] for row in rows]
    assert counts == sat.result.confusion.tolist()
    assert "<b>Bo</b>" not in drawn
    assert drawn.count("&lt;b&gt;Bo&lt;/b&gt;</span>") == 2


def test_right_and_wrong_have_other_colours_and_more_is_darker() -> None:
    right, wrong, more = (
        matrices._cell(*cell, right=is_right) for cell, is_right in (((1, 9), True), ((1, 9), False), ((9, 9), True))
    )
    assert len({right, wrong, more}) == 3
    assert matrices._cell(0, 9, right=True) == "<td></td>"


@pytest.mark.parametrize("people", [2, 6, 10, metrics.MOST_PEOPLE])
@pytest.mark.parametrize("shown", [2, 3, 4])
def test_they_fit_on_a_projector(shown: int, people: int) -> None:
    names_px = matrices.SHORT_NAMES_PX if people >= matrices.SHORT_FROM else matrices.NAMES_PX
    side_px, in_row = matrices._fit(shown, people, names_px)
    assert in_row * ((side_px + matrices.GAP_PX) * people + names_px) <= matrices.PAGE_PX
    assert side_px >= matrices.SMALLEST_PX
    assert in_row > 1


def test_of_very_many_people_the_most_confused_of_all_exams_are_shown() -> None:
    first, second = (np.diag([9] * 25) for _ in range(2))
    first[24, 0] = second[23, 0] = 5
    shown = matrices._most_confused([first, second]).tolist()
    assert len(shown) == metrics.MOST_PEOPLE
    assert {0, 23, 24} <= set(shown)
