"""What is read off the runs of a sweep."""

import numpy as np
import pytest

from core.sweeps import results
from core.sweeps.plan import Cell, Start, SweepPlan
from core.workspace import Workspace
from tests import fakes
from tests.made_sweeps import first_right, make_sweep

MINI, NOTHING = Start("face-vgg-mini"), Start("face-vgg-mini", pretrained=False)
# More right where more is frozen, and with another seed.
SHARE = first_right(lambda cell: 0.25 + cell.depth / 26 + cell.seed / 12)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def dataset(workspace):
    return fakes.dataset(workspace)


def test_results_are_those_of_the_finished_runs_in_order(workspace, dataset):
    sweep = make_sweep(workspace, dataset, SweepPlan(depths=(0, 13), seeds=(0, 1)), SHARE, done=3)
    found = results.results(sweep)
    assert [(result.cell.seed, result.cell.depth, result.correct) for result in found] == [
        (0, 13, 9),
        (0, 0, 3),
        (1, 13, 10),
    ]
    assert [result.run_id for result in found] == [run.id for _, run in sweep.members()[:3]]
    assert found[0].right.tolist() == [True] * 9 + [False] * 3
    assert found[0].majority_correct == 4


def test_a_damaged_result_counts_as_missing(workspace, dataset):
    sweep = make_sweep(workspace, dataset, SweepPlan(depths=(0, 13), seeds=(0,)), SHARE)
    (sweep.members()[0][1].path / "result.json").write_text("{", encoding="utf-8")
    assert [result.cell.depth for result in results.results(sweep)] == [0]


def test_points_lie_along_the_axis_smallest_first_with_the_numbers_of_their_tries(workspace, dataset):
    plan = SweepPlan(depths=(0, 10, 13), seeds=(0, 1))
    sweep = make_sweep(workspace, dataset, plan, SHARE, done=4)
    (line,) = results.lines(plan, results.results(sweep))
    assert [(point.place, point.value, len(point.results), point.planned) for point in line.points] == [
        (0, 0, 1, 2),
        (1, 10, 1, 2),
        (2, 13, 2, 2),
    ]
    assert line.points[2].correct == np.mean([9, 10])
    assert line.points[2].validation_accuracy == pytest.approx(np.mean([0.75, 0.75 + 1 / 12]))
    assert line.points[0].seconds == 15
    assert not line.is_complete


def test_nothing_is_known_before_the_first_result(workspace, dataset):
    plan = SweepPlan(depths=(0, 13), seeds=(0,))
    (line,) = results.lines(plan, [])
    assert all(np.isnan([point.correct, point.validation_accuracy, point.seconds]).all() for point in line.points)


def test_each_network_and_each_crossed_value_has_a_line(workspace, dataset):
    plan = SweepPlan(starts=(MINI, NOTHING), depths=(0, 13), photos=(3, None), seeds=(0,))
    found = results.lines(plan, results.results(make_sweep(workspace, dataset, plan, SHARE)))
    assert {(line.start, line.fixed.photos) for line in found} == {
        (start, photos) for start in (MINI, NOTHING) for photos in (3, None)
    }
    assert all(line.axis == "depth" and line.is_complete for line in found)


@pytest.mark.parametrize(
    ("varied", "values"),
    [({"photos": (None, 1, 3)}, [1, 3, None]), ({"sizes_px": (96, 64)}, [64, 96])],
)
def test_other_axes_end_with_their_largest_value(varied, values):
    (line,) = results.lines(SweepPlan(depths=(13,), **varied), [])
    assert [point.value for point in line.points] == values


def test_of_several_rates_the_best_in_the_mock_exam_stands_at_each_point(workspace, dataset):
    plan = SweepPlan(depths=(0, 13), rates=(1e-3, 5e-3, 1e-2), seeds=(0,))
    best = {0: 1e-3, 13: 1e-2}
    share = first_right(lambda cell: 0.75 if cell.rate == best[cell.depth] else 0.5)
    sweep = make_sweep(workspace, dataset, plan, share)
    (line,) = results.lines(plan, results.results(sweep))
    assert [point.rate for point in line.points] == [1e-3, 1e-2]
    cross = results.by_rate(plan, results.results(sweep), line)
    assert {rate: [point.correct for point in points] for rate, points in cross.items()} == {
        1e-3: [9, 6],
        5e-3: [6, 6],
        1e-2: [6, 9],
    }


def test_groups_number_the_takes_of_the_exam_in_its_order(dataset):
    takes = results.groups(dataset)
    assert len(takes) == len(results.labelled_test_items(dataset)) == 12
    # The made data set has a take a photo and person.
    assert takes.tolist() == list(range(12))


def test_progress_counts_states(workspace, dataset):
    sweep = make_sweep(workspace, dataset, SweepPlan(depths=(0, 13), seeds=(0, 1)), SHARE, done=1)
    members = sweep.members()
    members[1][1].job.set_state("failed", "It broke; mend it.")
    found = results.progress(sweep)
    assert (found.state, found.done, found.total, found.now, found.failed) == (
        "stopped",
        1,
        4,
        None,
        ("It broke; mend it.",),
    )
    members[2][1].job.set_state("running")
    with members[2][1].job.held():
        assert results.progress(sweep).now == members[2][0]


def test_the_faster_point_is_told_seed_by_seed() -> None:
    """The computer was busy with something else while the first trainings ran."""

    def point(*seconds: float) -> results.Point:
        outcomes = [
            results.Result(Cell(MINI, 13, None, 96, 1e-3, seed), "", np.zeros(0, bool), 0.0, took, 0, 0)
            for seed, took in enumerate(seconds)
        ]
        return results.Point(0, 13, 1e-3, tuple(outcomes), len(seconds))

    frozen, cut = point(7.4, 2.9, 2.8, 1.8, 1.8), point(8.7, 4.1, 2.7, 2.5, 2.4)
    assert frozen.seconds > cut.seconds
    assert frozen.is_faster(cut)
    assert not cut.is_faster(frozen)
    assert not point().is_faster(frozen)
