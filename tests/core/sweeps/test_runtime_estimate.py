"""How long a sweep will take."""

import pytest

from core.experiments.runtime_estimate import estimate_seconds
from core.sweeps.plan import SweepPlan
from core.sweeps.runtime_estimate import estimate
from core.workspace import Workspace
from tests import fakes
from tests.made_sweeps import first_right, make_sweep

PLAN = SweepPlan(depths=(0, 10, 13), seeds=(0, 1, 2))


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path)


def test_it_is_the_sum_of_its_trainings_and_the_first_seed_a_third(workspace):
    dataset = fakes.dataset(workspace)
    seconds = [
        estimate_seconds(PLAN.base.with_changes(freeze_depth=depth), dataset, workspace) for depth in PLAN.depths
    ]
    found = estimate(PLAN, dataset, workspace)
    assert found.to_do == 9
    assert found.first_s == pytest.approx(sum(seconds))
    assert found.all_s == pytest.approx(3 * sum(seconds))


def test_what_is_done_takes_no_time(workspace):
    dataset = fakes.dataset(workspace)
    before = estimate(PLAN, dataset, workspace)
    make_sweep(workspace, dataset, SweepPlan(depths=(10, 13), seeds=(0,)), first_right(lambda cell: 0.5))
    found = estimate(PLAN, dataset, workspace)
    assert found.to_do == 7
    assert found.first_s < before.first_s
    assert estimate(SweepPlan(depths=(10,), seeds=(0,)), dataset, workspace).to_do == 0
