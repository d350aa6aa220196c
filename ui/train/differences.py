"""What is new about the experiment that is being prepared, and what it will be held against."""

from __future__ import annotations

from core.config import TrainConfig
from core.data.dataset import Dataset
from core.experiments import baseline, listing
from core.experiments.runs import Run
from core.workspace import Workspace
from ui import state
from ui.text import common
from ui.text import train as words


def sentence(workspace: Workspace, dataset: Dataset, config: TrainConfig) -> str:
    """Say which experiment this will be, what it will be held against and what differs; empty before the first."""
    shelf = listing.list_experiments(workspace)
    rows = sorted((row for row in (*shelf.rows, *shelf.of_sweeps) if row.is_tested), key=lambda row: row.id)
    everything = [row.run for row in reversed(rows)]
    number = words.this_is(listing.next_number(workspace))
    fair = baseline.baseline_for(config, dataset, everything, state.CAME_FROM.get())
    if fair:
        which = common.experiment(_number(shelf, fair.run))
        return f"{number} {common.will_be_held_against(which, fair.differ, follows=fair.follows)}"
    last = baseline.newest_for(config, dataset, everything)
    if last is None:
        return ""
    return f"{number} {words.changes_too_much(common.experiment(_number(shelf, last.run)), last.differ)}"


def _number(shelf: listing.RunList, run: Run) -> int:
    row = shelf.row(run.id)
    return row.number if row else 0
