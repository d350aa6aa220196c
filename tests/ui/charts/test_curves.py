from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from core.evaluation.learning_curve import Mark
from tests.ui.charts.test_confusion_matrix import font_sizes
from ui.charts import curves

BORDER = curves.Border(10, "from here block 5 learns too")


@dataclass(frozen=True)
class Numbers:
    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float


HISTORY = [Numbers(0, 1.5, 0.25, 1.4, 0.2), Numbers(1, 0.9, 0.5, 1.0, 0.45), Numbers(2, 0.4, 0.84, 0.8, 0.72)]


def drawn(line: dict[str, Any]) -> list[list[float]]:
    """Return a line's points, the marked one as well."""
    return [point["value"] if isinstance(point, dict) else point for point in line["data"]]


def test_right_answers_are_out_of_100_with_axes_fixed_beforehand() -> None:
    option = curves.accuracy_curves(HISTORY, 20, 4)
    practice, mock = option["series"]
    assert drawn(practice) == [[0, pytest.approx(25)], [1, pytest.approx(50)], [2, pytest.approx(84)]]
    assert drawn(mock) == [[0, pytest.approx(20)], [1, pytest.approx(45)], [2, pytest.approx(72)]]
    assert practice["lineStyle"]["color"] != mock["lineStyle"]["color"]
    assert practice["symbol"] != mock["symbol"]
    empty = curves.accuracy_curves([], 20, 4)
    for axis, end in (("xAxis", 20), ("yAxis", 100)):
        assert (option[axis]["min"], option[axis]["max"]) == (0, end)
        assert option[axis] == empty[axis]


def test_only_the_newest_point_is_marked_so_that_round_0_alone_can_be_seen() -> None:
    sizes = [point.get("symbolSize") if isinstance(point, dict) else None for point in _practice(HISTORY)["data"]]
    assert sizes == [None, None, 11]
    assert [point["symbolSize"] for point in _practice(HISTORY[:1])["data"]] == [11]


def _practice(history: list[Numbers]) -> dict[str, Any]:
    return curves.accuracy_curves(history, 20, 4)["series"][0]


def test_guessing_is_a_dotted_line_at_one_in_n() -> None:
    line = _practice([])["markLine"]
    assert line["data"] == [{"yAxis": 25}]
    assert line["lineStyle"]["type"] == "dotted"
    assert line["label"]["formatter"] == "guessing: 1 in 4"


def test_lines_carry_their_names_and_last_values_and_make_room_for_each_other() -> None:
    practice, mock = curves.accuracy_curves(HISTORY, 20, 4)["series"]
    assert practice["endLabel"]["formatter"] == "practice 84"
    assert mock["endLabel"]["formatter"] == "mock exam 72"
    assert practice["labelLayout"] == mock["labelLayout"] == {"moveOverlap": "shiftY"}


def test_the_error_axis_stays_until_a_round_leaves_it() -> None:
    start = curves.loss_curves(HISTORY[:1], 20, 4)["yAxis"]
    assert start["max"] >= 1.5
    assert curves.loss_curves(HISTORY, 20, 4)["yAxis"] == start
    worse = [*HISTORY, Numbers(3, 0.1, 1.0, 3.0, 0.5)]
    assert curves.loss_curves(worse, 20, 4)["yAxis"]["max"] == 2 * start["max"]


def test_a_round_that_diverged_is_a_gap_and_the_figure_still_json() -> None:
    broken = [*HISTORY, Numbers(3, float("nan"), 0.25, float("inf"), 0.25)]
    option = curves.loss_curves(broken, 20, 4)
    assert option["yAxis"] == curves.loss_curves(HISTORY, 20, 4)["yAxis"]
    assert drawn(option["series"][0])[-1] == [3, None]
    assert not option["series"][0]["endLabel"]["show"]
    json.dumps(option, allow_nan=False)


@pytest.mark.parametrize("epochs", [1, 7, 20, 1000])
def test_ticks_are_whole_rounds_and_few(epochs: int) -> None:
    axis = curves.accuracy_curves([], epochs, 4)["xAxis"]
    assert isinstance(axis["interval"], int)
    assert axis["max"] / axis["interval"] <= 6


def test_text_is_large_enough_for_a_projector() -> None:
    mark = Mark("overfitting", 1)
    for option in (
        curves.accuracy_curves(HISTORY, 20, 4, before=curves.Before("experiment 1", HISTORY), mark=mark),
        curves.loss_curves(HISTORY, 20, 4),
    ):
        sizes = font_sizes(option)
        assert sizes
        assert min(sizes) >= 16


def test_the_experiment_before_is_one_grey_line_as_far_as_the_axis_goes() -> None:
    longer = [*HISTORY, Numbers(3, 0.3, 0.9, 0.7, 0.75)]
    option = curves.accuracy_curves(HISTORY[:1], 2, 4, before=curves.Before("experiment 1", longer))
    practice, _, before = option["series"]
    assert drawn(before) == [[0, pytest.approx(20)], [1, pytest.approx(45)], [2, pytest.approx(72)]]
    assert before["endLabel"]["formatter"] == "experiment 1"
    assert before["lineStyle"]["color"] != practice["lineStyle"]["color"]
    assert len(curves.accuracy_curves(HISTORY, 2, 4)["series"]) == 2


def test_a_spot_is_marked_once_the_curve_has_come_to_it() -> None:
    def series(history: list[Numbers], mark: Mark) -> list[dict[str, Any]]:
        return curves.accuracy_curves(history, 20, 4, mark=mark)["series"]

    practice, mock = series(HISTORY, Mark("overfitting", 1))
    assert "markPoint" not in practice
    assert mock["markPoint"]["data"] == [{"coord": [1, pytest.approx(45)]}]
    assert mock["markArea"]["data"] == [[{"xAxis": 1}, {"xAxis": 2}]]
    assert all("markPoint" not in line for line in series(HISTORY[:1], Mark("overfitting", 1)))

    practice, mock = series(HISTORY, Mark("underfitting", 2))
    assert practice["markPoint"]["data"] == [{"coord": [2, pytest.approx(84)]}]
    assert "markArea" not in practice

    for finding in ("overfitting", "underfitting"):
        practice, mock = curves.loss_curves(HISTORY, 20, 4, mark=Mark(finding, 1))["series"]
        marked, other = (mock, practice) if finding == "overfitting" else (practice, mock)
        assert marked["markPoint"]["data"] == [{"coord": [1, {"overfitting": 1.0, "underfitting": 0.9}[finding]]}]
        assert "markPoint" not in other


@pytest.mark.parametrize("history", [[], HISTORY])
def test_the_border_is_a_line_with_its_words_over_the_plot(history: list[Numbers]) -> None:
    for draw, said in ((curves.accuracy_curves, BORDER.said), (curves.loss_curves, "")):
        option, without = (draw(history, 20, 4, border=at) for at in (BORDER, None))
        *others, border = option["series"]
        assert [line["name"] for line in others] == [line["name"] for line in without["series"]]
        (line,) = [border["markLine"]]
        assert line["data"] == [{"xAxis": 10}]
        assert line["label"]["formatter"] == said
        assert border["data"] == []
    # Where the words stand, no curve is.
    drawn_with, without = (curves.accuracy_curves(history, 20, 4, border=at) for at in (BORDER, None))
    assert drawn_with["grid"]["top"] > without["grid"]["top"]
    assert drawn_with["series"][-1]["markLine"]["label"]["position"] == "end"
    assert min(font_sizes(drawn_with)) >= 16
