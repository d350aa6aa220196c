from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from core.evaluation import figures

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


def font_sizes(part: object) -> list[float]:
    """Give every size of text in a figure, whatever library it is for."""
    if isinstance(part, dict):
        own = [part["fontSize"]] if "fontSize" in part else []
        own += [part[key]["size"] for key in ("font", "tickfont", "textfont") if "size" in part.get(key, {})]
        return own + [size for value in part.values() for size in font_sizes(value)]
    return [size for value in part for size in font_sizes(value)] if isinstance(part, list | tuple) else []


def drawn(line: dict[str, Any]) -> list[list[float]]:
    """Give a line's points, the marked one as well."""
    return [point["value"] if isinstance(point, dict) else point for point in line["data"]]


def test_right_answers_are_out_of_100_with_axes_fixed_beforehand() -> None:
    option = figures.accuracy_curves(HISTORY, 20, 4, CURVES)
    practice, mock = option["series"]
    assert drawn(practice) == [[0, pytest.approx(25)], [1, pytest.approx(50)], [2, pytest.approx(84)]]
    assert drawn(mock) == [[0, pytest.approx(20)], [1, pytest.approx(45)], [2, pytest.approx(72)]]
    assert practice["lineStyle"]["color"] != mock["lineStyle"]["color"]
    assert practice["symbol"] != mock["symbol"]
    empty = figures.accuracy_curves([], 20, 4, CURVES)
    for axis, end in (("xAxis", 20), ("yAxis", 100)):
        assert (option[axis]["min"], option[axis]["max"]) == (0, end)
        assert option[axis] == empty[axis]


def test_only_the_newest_point_is_marked_so_that_round_0_alone_can_be_seen() -> None:
    sizes = [point.get("symbolSize") if isinstance(point, dict) else None for point in _practice(HISTORY)["data"]]
    assert sizes == [None, None, 11]
    assert [point["symbolSize"] for point in _practice(HISTORY[:1])["data"]] == [11]


def _practice(history: list[Round]) -> dict[str, Any]:
    return figures.accuracy_curves(history, 20, 4, CURVES)["series"][0]


def test_guessing_is_a_dotted_line_at_one_in_n() -> None:
    line = _practice([])["markLine"]
    assert line["data"] == [{"yAxis": 25}]
    assert line["lineStyle"]["type"] == "dotted"
    assert line["label"]["formatter"] == "guessing: 1 in 4"


def test_lines_carry_their_names_and_last_values_and_make_room_for_each_other() -> None:
    practice, mock = figures.accuracy_curves(HISTORY, 20, 4, CURVES)["series"]
    assert practice["endLabel"]["formatter"] == "practice 84"
    assert mock["endLabel"]["formatter"] == "mock exam 72"
    assert practice["labelLayout"] == mock["labelLayout"] == {"moveOverlap": "shiftY"}


def test_the_error_axis_stays_until_a_round_leaves_it() -> None:
    start = figures.loss_curves(HISTORY[:1], 20, 4, CURVES)["yAxis"]
    assert start["max"] >= 1.5
    assert figures.loss_curves(HISTORY, 20, 4, CURVES)["yAxis"] == start
    worse = [*HISTORY, Round(3, 0.1, 1.0, 3.0, 0.5)]
    assert figures.loss_curves(worse, 20, 4, CURVES)["yAxis"]["max"] == 2 * start["max"]


def test_a_round_that_diverged_is_a_gap_and_the_figure_still_json() -> None:
    broken = [*HISTORY, Round(3, float("nan"), 0.25, float("inf"), 0.25)]
    option = figures.loss_curves(broken, 20, 4, CURVES)
    assert option["yAxis"] == figures.loss_curves(HISTORY, 20, 4, CURVES)["yAxis"]
    assert drawn(option["series"][0])[-1] == [3, None]
    assert not option["series"][0]["endLabel"]["show"]
    json.dumps(option, allow_nan=False)


@pytest.mark.parametrize("epochs", [1, 7, 20, 1000])
def test_ticks_are_whole_rounds_and_few(epochs: int) -> None:
    axis = figures.accuracy_curves([], epochs, 4, CURVES)["xAxis"]
    assert isinstance(axis["interval"], int)
    assert axis["max"] / axis["interval"] <= 6


def test_text_is_large_enough_for_a_projector() -> None:
    matrix = figures.confusion_figure(np.array([[3, 1], [0, 4]]), ["Ada", "Bo"], MATRIX).to_plotly_json()
    curves = [draw(HISTORY, 20, 4, CURVES) for draw in (figures.accuracy_curves, figures.loss_curves)]
    for figure in (*curves, {"layout": matrix["layout"], "data": list(matrix["data"])}):
        sizes = font_sizes(figure)
        assert sizes
        assert min(sizes) >= 16


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
    people = ['<a href="x">A', "{count} & Bo"]
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


def test_faces_stand_beside_rows_and_over_columns_and_change_no_cell() -> None:
    confusion = np.array([[3, 1], [0, 4]])
    plain = figures.confusion_figure(confusion, ["Ada", "Bo"], MATRIX)
    faced = figures.confusion_figure(confusion, ["Ada", "Bo"], MATRIX, ["data:a", "data:b"])
    assert [(image.source, image.x, image.y) for image in faced.layout.images] == [
        ("data:a", -1, 0),
        ("data:a", 0, -1),
        ("data:b", -1, 1),
        ("data:b", 1, -1),
    ]
    assert list(faced.layout.xaxis.range) == [-1.5, 1.5]
    assert not plain.layout.images
    assert faced.data[2].customdata == plain.data[2].customdata
    assert faced.layout.width > plain.layout.width
