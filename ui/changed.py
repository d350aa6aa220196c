"""What is new about the experiment that is being prepared."""

from __future__ import annotations

from core import comparison, experiments
from core.config import TrainConfig
from core.jobfolder import OPEN_STATES
from core.photos.dataset import Dataset
from core.workspace import Workspace
from ui import words


def sentence(workspace: Workspace, dataset: Dataset, config: TrainConfig) -> str:
    """Say which experiment this will be and which settings differ from the last one; empty before the first."""
    rows = experiments.shelf(workspace).rows
    last = next(comparison.tested_with(dataset.id, [row.run for row in rows]), None)
    if last is None:
        return ""
    # Numbered as the finished ones are in the list of experiments; those that wait will come before.
    before = sum(row.is_tested or row.state in OPEN_STATES for row in rows)
    return words.this_is(before + 1, comparison.differences(comparison.asked_for(last), config))
