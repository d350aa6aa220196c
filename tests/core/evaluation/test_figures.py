from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from core.evaluation import figures

if TYPE_CHECKING:
    import plotly.graph_objects as go

CURVES = figures.CurveLabels(practice="practice", mock_exam="mock exam", epochs="round", guessing="guessing: 1 in 4")
MATRIX = figures.ConfusionLabels(
    true="really", predicted="said", right="{count} of {true} right", wrong="{true} taken for {predicted}: {count}"
)


@dataclass(frozen=True)
class Round:
    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float


HISTORY = [Round(0, 1.5, 0.25, 1.4, 0.2), Round(1, 0.9, 0.5, 1.0, 0.45), Round(2, 0.4, 0.84, 0.8, 0.72)]


def font_sizes(figure: go.Figure) -> list[float]:
    found: list[float] = []

    def walk(part: object) -> None:
        if isinstance(part, dict):
            for key, value in part.items():
                if key in ("font", "tickfont", "textfont") and "size" in value:
                    found.append(value["size"])
                walk(value)
        elif isinstance(part, list | tuple):
            for value in part:
                walk(value)

    walk({"layout": figure.layout.to_plotly_json(), "data": [trace.to_plotly_json() for trace in figure.data]})
    return found


def test_right_answers_are_out_of_100_with_axes_fixed_beforehand() -> None:
    figure = figures.accuracy_curves(HISTORY, 20, 4, CURVES)
    practice, mock = figure.data
    assert list(practice.x) == [0, 1, 2]
    assert list(practice.y) == pytest.approx([25, 50, 84])
    assert list(mock.y) == pytest.approx([20, 45, 72])
    assert practice.line.color != mock.line.color
    assert list(figure.layout.xaxis.range) == [0, 20]
    assert list(figure.layout.yaxis.range) == [0, 100]
    empty = figures.accuracy_curves([], 20, 4, CURVES)
    assert empty.layout.xaxis.range == figure.layout.xaxis.range
    assert empty.layout.yaxis.range == figure.layout.yaxis.range


def test_guessing_is_a_dotted_line_at_one_in_n() -> None:
    figure = figures.accuracy_curves([], 20, 4, CURVES)
    (line,) = figure.layout.shapes
    assert (line.y0, line.y1, line.line.dash) == (25, 25, "dot")
    assert "guessing: 1 in 4" in [note.text for note in figure.layout.annotations]


def test_lines_carry_their_names_and_last_values() -> None:
    notes = [note.text for note in figures.accuracy_curves(HISTORY, 20, 4, CURVES).layout.annotations]
    assert "<b>practice 84</b>" in notes
    assert "<b>mock exam 72</b>" in notes


def test_labels_of_lines_that_end_together_do_not_cover_each_other() -> None:
    same = [Round(0, 1.0, 0.5, 1.0, 0.5)]
    first, second = [
        note.yshift
        for note in figures.accuracy_curves(same, 5, 2, CURVES).layout.annotations
        if note.yshift is not None
    ]
    assert first - second >= figures.TEXT_PX


def test_the_error_axis_stays_until_a_round_leaves_it() -> None:
    start = figures.loss_curves(HISTORY[:1], 20, 4, CURVES).layout.yaxis.range
    assert figures.loss_curves(HISTORY, 20, 4, CURVES).layout.yaxis.range == start
    worse = [*HISTORY, Round(3, 0.1, 1.0, 3.0, 0.5)]
    assert figures.loss_curves(worse, 20, 4, CURVES).layout.yaxis.range[1] == pytest.approx(2 * start[1])
    broken = [*HISTORY, Round(3, float("nan"), 0.25, float("inf"), 0.25)]
    assert figures.loss_curves(broken, 20, 4, CURVES).layout.yaxis.range == start


@pytest.mark.parametrize("epochs", [1, 7, 20, 1000])
def test_ticks_are_whole_rounds_and_few(epochs: int) -> None:
    ticks = figures.accuracy_curves([], epochs, 4, CURVES).layout.xaxis.tickvals
    assert ticks[0] == 0
    assert len(ticks) <= 7
    assert all(isinstance(tick, int) for tick in ticks)


def test_text_is_large_enough_for_a_projector() -> None:
    confusion = np.array([[3, 1], [0, 4]])
    for figure in (
        figures.accuracy_curves(HISTORY, 20, 4, CURVES),
        figures.loss_curves(HISTORY, 20, 4, CURVES),
        figures.confusion_figure(confusion, ["Ada", "Bo"], MATRIX),
    ):
        assert min(font_sizes(figure)) >= 16


def test_matrix_rows_are_the_truth_and_the_first_person_is_on_top() -> None:
    confusion = np.array([[3, 1], [0, 4]])
    figure = figures.confusion_figure(confusion, ["Ada", "Bo"], MATRIX)
    right, wrong, cells = figure.data
    assert right.z[0][0] == 3
    assert np.isnan(right.z[0][1])
    assert wrong.z[0][1] == 1
    assert np.isnan(wrong.z[1][0])  # nothing happened there: no number, no colour
    assert list(figure.layout.yaxis.ticktext) == ["Ada", "Bo"]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    said = {(row, column): text for row, column, text in cells.customdata}
    assert said[0, 1] == "Ada taken for Bo: 1"
    assert said[1, 1] == "4 of Bo right"
    assert cells.marker.opacity == 0


def test_names_are_text_in_a_figure() -> None:
    people = ['<a href="x">Ada</a>', "{count} & Bo"]
    figure = figures.confusion_figure(np.eye(2, dtype=int), people, MATRIX)
    shown = " ".join([*figure.layout.xaxis.ticktext, *(text for _, _, text in figure.data[2].customdata)])
    assert "<a" not in shown
    assert "{count} &amp; Bo" in shown


def test_above_twenty_people_the_matrix_shows_the_twenty_most_confused() -> None:
    confusion = np.diag(np.full(30, 2))
    confusion[29, 28] = 1
    people = [f"p{i}" for i in range(30)]
    figure = figures.confusion_figure(confusion, people, MATRIX)
    assert len(figure.layout.xaxis.ticktext) == 20
    assert list(figure.layout.xaxis.ticktext)[-2:] == ["p28", "p29"]
    labels = {(row, column) for row, column, _ in figure.data[2].customdata}
    assert (29, 28) in labels  # numbers of the whole matrix, not of the part shown
