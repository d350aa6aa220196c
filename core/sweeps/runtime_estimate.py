"""How long a sweep will take on this computer, before it starts. No TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.experiments.runtime_estimate import estimate_seconds
from core.sweeps.plan import SweepPlan, as_trained
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
    seconds: dict[TrainConfig, float] = {}
    to_do, first_s, all_s = 0, 0.0, 0.0
    for cell in plan.cells():
        config = plan.config(cell)
        if as_trained(config) in done:
            continue
        to_do += 1
        # Another seed takes the same time.
        alike = config.with_changes(seed=0)
        if alike not in seconds:
            seconds[alike] = estimate_seconds(alike, dataset, workspace)
        all_s += seconds[alike]
        if cell.seed == plan.seeds[0]:
            first_s += seconds[alike]
    return RuntimeEstimate(to_do, first_s, all_s)
