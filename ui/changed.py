"""What is new about the experiment that is being prepared, and what it will be held against."""

from __future__ import annotations

from core import experiments, partners
from core.config import TrainConfig
from core.photos.dataset import Dataset
from core.runs import Run
from core.workspace import Workspace
from ui import state, words


def sentence(workspace: Workspace, dataset: Dataset, config: TrainConfig) -> str:
    """Say which experiment this will be, what it will be held against and what differs; empty before the first."""
    shelf = experiments.shelf(workspace)
    rows = sorted((row for row in (*shelf.rows, *shelf.of_sweeps) if row.is_tested), key=lambda row: row.id)
    everything = [row.run for row in reversed(rows)]
    number = words.this_is(experiments.next_number(workspace))
    fair = partners.partner_for(config, dataset, everything, state.CAME_FROM.get())
    if fair:
        which = words.experiment(_number(shelf, fair.run))
        return f"{number} {words.will_be_held_against(which, fair.differ, follows=fair.follows)}"
    last = partners.newest_for(config, dataset, everything)
    if last is None:
        return ""
    return f"{number} {words.changes_too_much(words.experiment(_number(shelf, last.run)), last.differ)}"


def _number(shelf: experiments.Shelf, run: Run) -> int:
    row = shelf.row(run.id)
    return row.number if row else 0
