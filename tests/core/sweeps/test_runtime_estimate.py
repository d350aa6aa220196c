"""How long a sweep will take."""

import pytest

from core.experiments.runtime_estimate import Forecast
from core.sweeps.plan import SweepPlan
from core.sweeps.runtime_estimate import estimate
from core.workspace import Workspace
from tests import fakes
from tests.made_sweeps import first_right, make_sweep

PLAN = SweepPlan(depths=(0, 10, 13), seeds=(0, 1, 2))


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path)


def test_it_is_the_sum_of_its_trainings_without_what_they_share(workspace):
    dataset = fakes.dataset(workspace)
    forecast = Forecast(dataset, workspace)
    first, middle, whole = (
        forecast.next(PLAN.base.with_changes(freeze_depth=depth), also=PLAN.depths) for depth in (13, 10, 0)
    )
    heads_s = middle.head_epochs * middle.head_epoch_s
    assert middle.once_s == whole.once_s == 0
    found = estimate(PLAN, dataset, workspace)
    assert found.to_do == 9
    assert found.first_s == pytest.approx(first.total_s + middle.total_s + whole.total_s - heads_s)
    assert found.all_s == pytest.approx(3 * (found.first_s - first.once_s) + first.once_s)


def test_what_is_done_takes_no_time(workspace):
    dataset = fakes.dataset(workspace)
    before = estimate(PLAN, dataset, workspace)
    make_sweep(workspace, dataset, SweepPlan(depths=(10, 13), seeds=(0,)), first_right(lambda cell: 0.5))
    found = estimate(PLAN, dataset, workspace)
    assert found.to_do == 7
    assert found.first_s < before.first_s
    assert estimate(SweepPlan(depths=(10,), seeds=(0,)), dataset, workspace).to_do == 0
