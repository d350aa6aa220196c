"""How long a sweep will take on this computer, before it starts. No TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.experiments.runtime_estimate import Forecast
from core.sweeps.plan import Cell, SweepPlan, as_trained
from core.sweeps.sweep import finished

if TYPE_CHECKING:
    from core.config import TrainConfig
    from core.data.dataset import Dataset
    from core.workspace import Workspace


@dataclass(frozen=True)
class RuntimeEstimate:
    """What is to come.

    Attributes:
        to_do: trainings that are not done yet.
        first_s: seconds until every place on the axis has its first one.
        all_s: seconds until all are done.
    """

    to_do: int
    first_s: float
    all_s: float


def estimate(plan: SweepPlan, dataset: Dataset, workspace: Workspace) -> RuntimeEstimate:
    """Estimate how much a sweep has to do, and how long that takes; a finished training is not done again."""
    done = {as_trained(run.requested_config) for run in finished(workspace, dataset)}
    configs = {cell: plan.config(cell) for cell in plan.cells()}
    left = [cell for cell, config in configs.items() if as_trained(config) not in done]
    seconds = cell_seconds(plan, left, dataset, workspace)
    first_s = sum(seconds[cell] for cell in left if cell.seed == plan.seeds[0])
    return RuntimeEstimate(len(left), first_s, sum(seconds.values()))


def cell_seconds(plan: SweepPlan, cells: Sequence[Cell], dataset: Dataset, workspace: Workspace) -> dict[Cell, float]:
    """Return how long each of some trainings will take, one after the other in one process, in seconds.

    Args:
        plan: of the sweep.
        cells: in their order.
    """
    forecast, depths = Forecast(dataset, workspace), {cell.depth for cell in plan.cells()}
    heads: set[TrainConfig] = set()
    seconds = {}
    for cell in cells:
        config = plan.config(cell)
        course = forecast.next(config, also=depths)
        seconds[cell] = course.total_s
        # Those that differ in their depth alone share the epochs of the head; see `core.training.shared`.
        head = replace(config, freeze_depth=None)
        if course.epochs and head in heads:
            seconds[cell] -= course.head_epochs * course.head_epoch_s
        elif course.epochs:
            heads.add(head)
    return seconds
