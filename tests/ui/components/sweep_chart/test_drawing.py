"""The chart of a sweep: what stands where, read back from the drawing."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest

from ui.charts import colours
from ui.components import sweep_chart
from ui.components.sweep_chart import svg
from ui.components.sweep_chart.chart import ChartLine, ChartPoint, SweepChart
from ui.components.sweep_chart.drawing import free
from ui.text import sweeps

ENDS = ("nothing", "everything")
BLOCKS = tuple(f"Block {number}" for number in range(1, 6))
RIGHT = ((45, 48, 49), (53, 58, 58), (62, 66, 65), (67, 67, 67), (67, 70, 72), (58, 60, 0))
POINTS = tuple(
    ChartPoint(right, mock, seconds, alt=f"Stop {place}.")
    for place, (right, mock, seconds) in enumerate(
        zip(RIGHT, (0.7, 0.8, 0.9, 0.95, 1.0, 0.0), (150.0, 17.2, 13.0, 9.4, 5.0, 0.44), strict=True)
    )
)
CHART = SweepChart((ChartLine("Mini", POINTS),), 72, 12, "frozen up to", ENDS, BLOCKS)
TWO = replace(
    CHART, lines=(CHART.lines[0], ChartLine("From nothing", tuple(replace(p, alt="B.") for p in POINTS[::-1])))
)
LAYERS = (0, 0.5, 1, 1.5, 2, 7 / 3, 8 / 3, 3, 10 / 3, 11 / 3, 4, 13 / 3, 14 / 3, 5)
MANY = replace(CHART, lines=(ChartLine("Mini", (POINTS * 3)[:14]),), at=LAYERS)


def _read(chart: SweepChart, *, narrow: bool = False) -> ET.Element:
    return ET.fromstring(re.sub(r' xmlns="[^"]+"', "", sweep_chart.draw(chart, narrow=narrow), count=1))


def _middle(element: ET.Element) -> tuple[float, float]:
    """Return where a mark is: a circle by its centre, a path by where it was moved, a bar by its middle."""
    get = element.get
    if element.tag == "circle":
        return float(get("cx")), float(get("cy"))
    if element.tag == "path":
        x, y = re.match(r"translate\((\S+) (\S+)\)", get("transform")).groups()
        return float(x), float(y)
    return float(get("x")) + float(get("width")) / 2, float(get("y")) + float(get("height")) / 2


def _keyed(root: ET.Element, start: str) -> dict[str, ET.Element]:
    return {key: e for e in root.iter() if (key := e.get("data-key", "")).startswith(start)}


def _right_at(root: ET.Element, total: int) -> tuple[float, float]:
    """Return height of none right and pixels an answer, from the two lines drawn for none and for all."""
    edges = sorted(float(e.get("y1")) for e in root.iter("line") if "sweep-edge" in e.get("class"))
    return edges[1], (edges[1] - edges[0]) / total


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("chart", [CHART, TWO, MANY], ids=["one line", "two lines", "single layers"])
def test_marks_stand_at_the_height_of_their_numbers(chart: SweepChart, narrow: bool) -> None:
    root = _read(chart, narrow=narrow)
    none, answer = _right_at(root, chart.total)
    dots, means, mocks = (_keyed(root, kind) for kind in ("dot-", "mean-", "mock-"))
    assert len(dots) == sum(len(point.dots) for line in chart.lines for point in line.points)
    for number, line in enumerate(chart.lines):
        for place, point in enumerate(line.points):
            for nth, right in enumerate(point.dots):
                assert (none - _middle(dots[f"dot-{number}-{place}-{nth}"])[1]) / answer == pytest.approx(
                    right, abs=0.02
                )
            mean = sum(point.dots) / len(point.dots)
            assert (none - _middle(means[f"mean-{number}-{place}"])[1]) / answer == pytest.approx(mean, abs=0.02)
            share = (none - _middle(mocks[f"mock-{number}-{place}"])[1]) / answer / chart.total
            assert share == pytest.approx(point.mock, abs=0.002)
    guessing = next(e for e in root.find("g[@data-key='levels']") if e.get("class") == "sweep-guessing")
    assert (none - float(guessing.get("y1"))) / answer == pytest.approx(12, abs=0.02)


@pytest.mark.parametrize("chart", [CHART, TWO, MANY], ids=["one line", "two lines", "single layers"])
def test_equal_tries_do_not_hide_each_other_and_stay_at_their_point(chart: SweepChart) -> None:
    tries = 5
    points = tuple(replace(point, dots=(40,) * tries) for point in chart.lines[0].points)
    chart = replace(chart, lines=tuple(replace(line, points=points) for line in chart.lines))
    root = _read(chart)
    dots, places = _keyed(root, "dot-"), [float(e.find("circle").get("cx")) for e in _keyed(root, "place-").values()]
    for key, dot in dots.items():
        x, radius = _middle(dot)[0], float(dot.get("r", 4.0))
        place = int(key.split("-")[2])
        assert min(range(len(places)), key=lambda each: abs(places[each] - x)) == place
        others = [_middle(other)[0] for name, other in dots.items() if name != key]
        assert min(abs(x - other) for other in others) >= radius


def test_each_point_has_its_number_its_time_and_its_place_between_the_blocks() -> None:
    root = _read(CHART)
    texts = [e.text for e in root.iter("text")]
    means = [f"{round(sum(right) / 3)}" for right in RIGHT]
    assert [text for text in texts if text in means] == means
    assert [t for t in texts if t.endswith((" s", " min"))] == ["2.5 min", "17 s", "13 s", "9 s", "5 s", "0.4 s"]
    places = [float(e.find("circle").get("cx")) for e in _keyed(root, "place-").values()]
    boxes = [re.findall(r"[MH](-?[\d.]+)", e.find("path").get("d")) for e in _keyed(root, "block-").values()]
    spans = [(min(map(float, xs)), max(map(float, xs))) for xs in boxes]
    assert all(a < x0 < x1 < b for (a, b), (x0, x1) in zip(pairwise(places), spans, strict=True))
    gaps = [b - a for a, b in pairwise(places)]
    assert gaps == pytest.approx([gaps[0]] * 5, abs=0.02)


def test_single_layers_lie_inside_their_blocks_where_they_should() -> None:
    places = [float(e.find("circle").get("cx")) for e in _keyed(_read(MANY), "place-").values()]
    step = (places[-1] - places[0]) / 5
    assert [(x - places[0]) / step for x in places] == pytest.approx(LAYERS, abs=0.001)


def test_left_of_the_recommended_boundary_is_frozen_and_a_block_that_is_cut_is_both() -> None:
    def looks(chart: SweepChart) -> list[list[str]]:
        blocks = _keyed(_read(chart), "block-").values()
        kinds = [[p.get("class") for p in block.iter("path") if "sweep-box" in p.get("class")] for block in blocks]
        return [[kind.removeprefix("sweep-box").removeprefix(" sweep-") for kind in each] for each in kinds]

    assert looks(CHART) == [[""]] * 5
    assert looks(replace(CHART, recommended=4)) == [["frozen"]] * 4 + [["retrained"]]
    assert looks(replace(CHART, recommended=0)) == [["retrained"]] * 5
    assert looks(replace(MANY, recommended=5)) == [["frozen"]] * 2 + [["frozen", "retrained"]] + [["retrained"]] * 2
    root = _read(replace(CHART, recommended=4))
    take = next(e for e in root.iter("text") if e.text == sweeps.RECOMMENDED)
    assert float(take.get("x")) == float(_keyed(root, "place-4")["place-4"].find("circle").get("cx"))


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("chosen", range(14))
def test_take_this_one_covers_neither_end(chosen: int, narrow: bool) -> None:
    texts = {e.text: e for e in _read(replace(MANY, recommended=chosen), narrow=narrow).iter("text")}
    take, size = texts[sweeps.RECOMMENDED], 24 if narrow else 17
    for end in ENDS:
        apart_x = abs(float(take.get("x")) - float(texts[end].get("x")))
        same_row = abs(float(take.get("y")) - float(texts[end].get("y"))) < size
        assert not same_row or apart_x > (len(sweeps.RECOMMENDED) + len(end)) * size * 0.25


def test_what_is_not_among_the_points_is_not_said_of_them() -> None:
    """Three points of six: the first of them is not "nothing"."""
    chart = replace(CHART, lines=(ChartLine("Mini", POINTS[3:]),), at=(3, 4, 5))
    texts = [e.text for e in _read(chart).iter("text")]
    assert ENDS[0] not in texts
    assert ENDS[1] in texts
    assert all(title in texts for title in BLOCKS)


def test_votes_are_bars_with_counts_on_a_ground_of_their_own() -> None:
    votes = (2, 0, 4, 6, 30, 3)
    root = _read(replace(CHART, votes=votes))
    bars, counts = _keyed(root, "bar-"), _keyed(root, "guess-")
    assert [int(counts[f"guess-{place}"].text) for place in range(6)] == list(votes)
    heights = [float(bars[f"bar-{place}"].get("height")) - 2 for place in range(6)]
    assert heights == pytest.approx([heights[4] * vote / 30 for vote in votes], abs=0.02)
    none, _ = _right_at(root, 72)
    assert all(float(count.get("y")) - 17 > none for count in counts.values())
    assert not _keyed(_read(CHART), "bar-")


def test_nothing_is_drawn_for_what_is_missing() -> None:
    bare = replace(CHART, lines=(ChartLine("Mini", (ChartPoint(),) * 6),))
    root = _read(bare)
    texts = [e.text for e in root.iter("text")]
    assert not any(_keyed(root, kind) for kind in ("dot-", "mean-", "mock-", "bar-"))
    assert not {sweeps.FINAL, sweeps.MEAN, sweeps.MOCK, sweeps.TIME, sweeps.VOTES, sweeps.RECOMMENDED} & set(texts)
    assert not [e for e in root.iter() if e.get("class") == "sweep-running" or "sweep-course" in e.get("class", "")]
    # The place of the times is there as soon as the first try runs, so that nothing moves when it ends.
    assert sweeps.TIME in [e.text for e in _read(replace(bare, running=5)).iter("text")]


def test_a_line_through_the_means_does_not_bridge_a_point_without_a_result() -> None:
    chart = replace(CHART, lines=(ChartLine("Mini", (POINTS[0], ChartPoint(), *POINTS[2:])),))
    assert not _keyed(_read(chart), "mean-0-1")
    assert _keyed(_read(chart), "course-0")["course-0"].get("d").count("M") == 2


def test_words_stay_words() -> None:
    evil = '<b onload="x">&\x00"\''
    points = tuple(replace(point, alt=evil, label=evil) for point in POINTS)
    lines = tuple(ChartLine(evil, points) for _ in range(2))
    chart = replace(TWO, row=evil, ends=(evil, evil), lines=lines, blocks=(evil,) * 5, recommended=2)
    for each in (chart, replace(chart, blocks=()), replace(chart, can_choose=True)):
        for narrow in (False, True):
            root = _read(each, narrow=narrow)
            assert not list(root.iter("b"))
            assert evil.replace("\x00", "") in [e.text for e in root.iter("text")]
    assert evil.replace("\x00", "") in _keyed(root, "place-")["place-2"].get("aria-label")


def test_it_is_self_contained() -> None:
    drawn = sweep_chart.draw(replace(TWO, votes=(1,) * 6, recommended=1, running=2, can_choose=True))
    assert not re.search(r"<script|<image|<use|href|url\(|@import", drawn)
    assert re.findall(r"https?://[^\"]+", drawn) == ["http://www.w3.org/2000/svg"]
    # The report and the page may hold several charts: a name that is there twice would be the first one's.
    assert ' id="' not in drawn


def test_two_lines_differ_in_colour_and_mark_and_are_named() -> None:
    root = _read(TWO)
    first, second = _keyed(root, "dot-0-0"), _keyed(root, "dot-1-0")
    assert ({e.tag for e in first.values()}, {e.tag for e in second.values()}) == ({"circle"}, {"path"})
    assert svg.LINE_COLOURS[0] == colours.SPLIT_COLOURS["test"]
    assert len(set(svg.LINE_COLOURS)) == 2
    for narrow in (False, True):
        texts = " ".join(e.text for e in _read(TWO, narrow=narrow).iter("text"))
        assert "Mini" in texts
        assert "From nothing" in texts
    assert "Mini" not in [e.text for e in _read(CHART).iter("text")]


def test_only_points_with_a_result_can_be_chosen_and_say_what_they_are() -> None:
    half = replace(CHART, lines=(ChartLine("Mini", (ChartPoint(alt="Soon."), *POINTS[1:])),), can_choose=True, opened=2)
    places = _keyed(_read(half), "place-")
    assert [e.get("role") for e in places.values()] == ["img"] + ["button"] * 5
    assert [e.get("tabindex") for e in places.values()] == [None] + ["0"] * 5
    assert [e.get("aria-pressed") for e in places.values()] == [None, "false", "true", "false", "false", "false"]
    assert [e.get("data-place") for e in places.values()] == [*"012345"]
    assert [e.find("title").text for e in places.values()] == ["Soon.", *(f"Stop {place}." for place in range(1, 6))]
    both = _keyed(_read(TWO), "place-0")["place-0"]
    assert both.get("aria-label") == both.find("title").text == "Stop 0. B."
    assert not any(e.get("role") == "button" for e in _read(CHART).iter())


def test_a_running_try_has_a_ring_at_its_point() -> None:
    root = _read(replace(CHART, running=3))
    rings = [e for e in root.iter("circle") if e.get("class") == "sweep-running"]
    assert len(rings) == 1
    assert rings[0].get("cx") == _keyed(root, "place-3")["place-3"].find("circle").get("cx")
    assert "prefers-reduced-motion" in sweep_chart.draw(CHART)


def test_other_axes_have_labels_under_the_points() -> None:
    points = tuple(replace(point, label=f"{place + 1} photos") for place, point in enumerate(POINTS))
    texts = {e.text: e for e in _read(replace(CHART, blocks=(), lines=(ChartLine("Mini", points),))).iter("text")}
    assert "nothing" not in texts
    xs = [float(texts[f"{place} photos"].get("x")) for place in range(1, 7)]
    assert xs == sorted(xs)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("total", [1, 12, 72, 5000])
def test_all_of_it_lies_on_the_sheet(total: int, narrow: bool) -> None:
    points = tuple(ChartPoint((total, 0, total), 1.0, 3.0, alt="x") for _ in range(14))
    lines = (ChartLine("Mini", points), ChartLine("A network whose name is much too long for its place", points))
    chart = replace(MANY, lines=lines, total=total, guessing=total, votes=(0, 99) * 7, recommended=13, running=0)
    root = _read(chart, narrow=narrow)
    width, height = map(float, root.get("viewBox").split()[2:])
    for text in root.iter("text"):
        size = float(text.get("font-size", root.get("font-size")))
        reach = {None: (0, 1), "middle": (0.5, 0.5), "end": (1, 0)}[text.get("text-anchor")]
        wide = 0.5 * size * len(text.text)
        assert float(text.get("x")) - reach[0] * wide >= 0
        assert float(text.get("x")) + reach[1] * wide <= width
        assert size <= float(text.get("y")) <= height
    for kind in ("dot-", "mock-", "mean-"):
        assert all(0 < _middle(e)[0] < width and 0 < _middle(e)[1] < height for e in _keyed(root, kind).values())


@pytest.mark.parametrize("guessing", [0, 1, 40, 66, 71, 72])
def test_words_beside_the_lines_do_not_cover_each_other(guessing: int) -> None:
    ys = sorted(
        float(e.get("y")) for e in _keyed(_read(replace(TWO, guessing=guessing)), "beside")["beside"].iter("text")
    )
    assert len(ys) >= 4
    assert min(b - a for a, b in pairwise(ys)) > 17


def test_labels_move_as_little_as_it_takes() -> None:
    taken: list[tuple[float, float]] = []
    assert free(100.0, 20.0, taken, 300.0) == 100.0
    assert abs(free(105.0, 20.0, taken, 300.0) - 105.0) == 15.0
    assert free(299.5, 20.0, taken, 300.0) == 299.5


def test_numbers_are_short_and_finite() -> None:
    assert [svg.number(value) for value in (1.0, -0.001, 2.5, 100.0, 1 / 3)] == ["1", "0", "2.5", "100", "0.33"]
    with pytest.raises(ValueError, match="finite"):
        svg.number(math.nan)


def test_a_chart_cannot_be_built_wrong() -> None:
    with pytest.raises(ValueError, match="as many points"):
        replace(TWO, lines=(TWO.lines[0], ChartLine("x", POINTS[1:])))
    with pytest.raises(ValueError, match="votes"):
        replace(CHART, votes=(1, 2))
    with pytest.raises(ValueError, match="left to right"):
        replace(CHART, at=(0, 1, 1, 2, 3, 4))
    with pytest.raises(ValueError, match="where they lie"):
        replace(CHART, lines=(ChartLine("x", POINTS[1:]),))
