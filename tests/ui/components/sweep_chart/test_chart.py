"""A sweep as the chart on the page and in the report."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from core.config import TrainConfig
from core.sweeps.plan import Start, SweepPlan
from core.sweeps.results import lines, results
from core.workspace import Workspace
from tests import fakes
from tests.made_sweeps import first_right, make_sweep
from ui.components import sweep_chart
from ui.components.sweep_chart.chart import chart_of

SHARE = first_right(lambda cell: 0.5 + cell.seed / 12)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def dataset(workspace):
    return fakes.dataset(workspace)


def test_freeze_boundaries_lie_among_the_blocks(workspace, dataset):
    plan = SweepPlan(depths=(0, 2, 9, 12, 13), seeds=(0, 1))
    sweep = make_sweep(workspace, dataset, plan, SHARE)
    chart = chart_of(plan, lines(plan, results(sweep)), dataset, votes={1: 3}, recommended=3)
    assert chart.blocks == ("Block 1", "Block 2", "Block 3", "Block 4", "Block 5")
    assert chart.at == pytest.approx((0, 1, 3 + 2 / 3, 4 + 2 / 3, 5))
    assert chart.votes == (0, 3, 0, 0, 0)
    assert (chart.total, chart.guessing, chart.recommended) == (12, 4, 3)
    (line,) = chart.lines
    assert [point.dots for point in line.points] == [(6, 7)] * 5
    assert line.points[3].mock == pytest.approx(0.5 + 1 / 24)
    assert line.points[3].seconds == 3.0
    assert line.points[4].alt == "All blocks frozen: 6 of 12 right"


def test_a_chart_without_a_try_and_without_votes_can_be_drawn(dataset):
    plan = SweepPlan(depths=(0, 13))
    chart = chart_of(plan, lines(plan, ()), dataset)
    assert [point.dots for point in chart.lines[0].points] == [(), ()]
    assert [point.mock for point in chart.lines[0].points] == [None, None]
    assert chart.votes == ()
    assert chart.lines[0].points[0].alt == "All blocks learn: not tried yet"
    assert chart.guessing == 4
    ElementTree.fromstring(sweep_chart.draw(chart))


@pytest.mark.parametrize(
    ("plan", "labels", "row"),
    [
        (SweepPlan(depths=(10,), photos=(1, 3, None)), ["1", "3", "all"], "practice photos each"),
        (SweepPlan(depths=(10,), sizes_px=(48, 96)), ["48", "96"], "size of a face"),
    ],
)
def test_other_axes_have_labels_in_the_place_of_blocks(dataset, plan, labels, row):
    chart = chart_of(plan, lines(plan, ()), dataset)
    assert chart.blocks == chart.at == ()
    assert [point.label for point in chart.lines[0].points] == labels
    assert chart.row == row


def test_two_networks_are_two_lines_with_their_names(dataset):
    plan = SweepPlan(starts=(Start("face-vgg-mini"), Start("face-vgg-mini", pretrained=False)), depths=(0, 13))
    chart = chart_of(plan, lines(plan, ()), dataset)
    assert [line.name for line in chart.lines] == ["Mini", "Mini, untrained"]


def test_the_ends_of_the_row_have_the_names_of_the_two_stops(dataset):
    plan = SweepPlan(depths=(0, 13))
    assert chart_of(plan, lines(plan, ()), dataset).ends == ("all blocks learn", "all blocks frozen")
    stages = SweepPlan(starts=(Start("vggface2-resnet50"),), depths=(0, 4), sizes_px=(224,))
    assert chart_of(stages, lines(stages, ()), dataset).ends == ("all stages learn", "all stages frozen")


def test_tries_that_did_not_retrain_are_said_at_their_stop(workspace, dataset):
    plan = SweepPlan(depths=(10, 13), seeds=(0, 1), base=TrainConfig(epochs=20, head_epochs=10))
    sweep = make_sweep(workspace, dataset, plan, SHARE)
    for cell, run in sweep.members():
        if cell.seed:
            run.job.write_result({**run.summary(), "retrained": cell.depth == 13})
    chart = chart_of(plan, lines(plan, results(sweep)), dataset)
    assert [point.alt for point in chart.lines[0].points] == [
        "Block 5 learns: 6 of 12 right; 1 try kept the frozen network",
        "All blocks frozen: 6 of 12 right",
    ]
