from __future__ import annotations

import json
from dataclasses import dataclass
from math import nan

from ui.charts import overlay
from ui.charts.curves import TEXT_PX
from ui.charts.overlay import COLOURS, LETTERS, Curve, Tried
from ui.text import sweeps


@dataclass(frozen=True)
class Numbers:
    epoch: int
    val_accuracy: float
    loss: float = 1.0
    accuracy: float = 0.5
    val_loss: float = 1.0


def curve(name: str, *shares: float) -> Curve:
    return Curve(name, [Numbers(epoch, share) for epoch, share in enumerate(shares)])


def test_each_run_is_named_at_the_end_of_its_line_with_a_letter_a_colour_and_a_mark_of_its_own() -> None:
    option = overlay.validation_curves([curve(name, 0.25, 0.5) for name in "abcd"], 4)
    series = option["series"]
    assert [line["name"] for line in series] == [
        f"{letter} {name}" for letter, name in zip(LETTERS, "abcd", strict=True)
    ]
    assert len({line["itemStyle"]["color"] for line in series}) == 4
    assert len({line["symbol"] for line in series}) == 4
    assert all(line["endLabel"]["formatter"] == "{a}" for line in series)
    assert all(line["endLabel"]["fontSize"] >= TEXT_PX for line in series)
    assert series[0]["data"] == [[0, 25.0], {"value": [1, 50.0], "symbolSize": 12}]


def test_guessing_is_drawn_where_all_have_as_many_people() -> None:
    drawn = overlay.validation_curves([curve("a", 0.5)], 4)["series"][0]
    assert drawn["markLine"]["data"] == [{"yAxis": 25.0}]
    assert "markLine" not in overlay.validation_curves([curve("a", 0.5)], None)["series"][0]


def test_the_axis_reaches_the_longest_run_and_a_round_without_a_number_is_a_gap() -> None:
    option = overlay.validation_curves([curve("a", 0.5, nan), curve("b", 0.1, 0.2, 0.3, 0.4)])
    assert option["xAxis"]["max"] == 3
    assert option["series"][0]["data"][-1]["value"] == [1, None]
    assert option["series"][0]["endLabel"]["show"] is False
    json.dumps(option, allow_nan=False)


def test_runs_without_a_round_are_no_error() -> None:
    option = overlay.validation_curves([Curve("a", [])], 3)
    assert option["series"][0]["data"] == []
    assert option["xAxis"]["max"] == 1


def test_more_runs_than_colours_are_told_apart_by_their_dashes() -> None:
    figure = overlay.validation_figure([curve(str(n), 0.5, 0.6) for n in range(14)])
    looks = {(line.line.color, line.line.dash) for line in figure.data}
    assert len(looks) == 14
    assert figure.data[0].y == (50.0, 60.0)


def test_rounds_are_counted_in_whole_numbers() -> None:
    few = overlay.validation_figure([curve("a", 0.1, 0.2, 0.3)])
    many = overlay.validation_figure([curve("a", *[0.5] * 61)])
    assert (few.layout.xaxis.dtick, many.layout.xaxis.dtick) == (1, 10)


def test_every_try_is_a_dot_and_every_stop_has_its_mean() -> None:
    figure = overlay.sweep_figure(
        [Tried("Mini", ((58, 60), (66, 67), ()))], ["nothing", "block 5", "more"], "what learns", 72, 12
    )
    dots, means = figure.data
    assert dots.y == (58, 60, 66, 67)
    assert [round(x) for x in dots.x] == [0, 0, 1, 1]
    assert len(set(dots.x)) == 4
    assert means.y == (59.0, 66.5)
    assert means.x == (0, 1)
    assert [line.y0 for line in figure.layout.shapes] == [72, 12]
    assert [note.text for note in figure.layout.annotations] == [
        sweeps.ALL_RIGHT.format(total=72),
        sweeps.BY_CHANCE.format(right=12),
    ]
    assert figure.layout.xaxis.ticktext == ("nothing", "block 5", "more")


def test_two_networks_stand_beside_each_other_with_another_colour_and_mark() -> None:
    figure = overlay.sweep_figure([Tried("one", ((5,),)), Tried("<b>", ((5,),))], ["a"], "what learns", 10, 2)
    first, _, second, _ = figure.data
    assert first.x[0] < second.x[0]
    assert (first.marker.color, second.marker.color) == COLOURS[:2]
    assert first.marker.symbol != second.marker.symbol
    assert second.name == "&lt;b&gt;"
    assert [line.showlegend for line in figure.data] == [None, True, None, False]


def test_text_in_figures_can_be_read_from_the_back_of_the_room() -> None:
    figure = overlay.validation_figure([curve("a", 0.5)])
    assert figure.layout.font.size >= TEXT_PX
    assert figure.layout.xaxis.tickfont.size >= TEXT_PX


def test_a_short_bar_marks_where_more_of_a_network_begins_to_learn() -> None:
    shares = (0.2, 0.5, 0.4, 0.6)
    learns, frozen, ended = (
        Curve(name, curve(name, *shares).history, border) for name, border in (("a", 1), ("b", None), ("c", 3))
    )
    first, second, third = overlay.validation_curves([learns, frozen, ended], 4)["series"]
    assert first["markPoint"]["data"] == [{"coord": [1, 50.0]}]
    assert first["markPoint"]["itemStyle"]["color"] == first["itemStyle"]["color"]
    # Nothing learned behind the border of the third: it ended there.
    assert "markPoint" not in second
    assert "markPoint" not in third
    assert (learns.has_border, frozen.has_border, ended.has_border) == (True, False, False)
