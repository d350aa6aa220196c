"""My experiments: what the list of them needs, read from small files only."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import LabError
from core.jobfolder import OPEN_STATES
from core.runs import Run, damage, run_folders

if TYPE_CHECKING:
    from core.config import TrainConfig
    from core.jobfolder import State
    from core.workspace import Workspace


@dataclass(frozen=True)
class Row:
    """One experiment in the list.

    Attributes:
        name: given by the user; empty where nobody gave one.
        created_at: seconds since the epoch.
        correct, total: of the final exam; None before it.
        rounds: finished ones; None before the exam.
        seconds: how long it took; None before the exam.
        sweep: id of the sweep it was made for; empty where it stands for itself.
    """

    run: Run
    name: str
    created_at: float
    state: State
    config: TrainConfig
    correct: int | None = None
    total: int | None = None
    rounds: int | None = None
    seconds: float | None = None
    sweep: str = ""

    @property
    def id(self) -> str:
        return self.run.id

    @property
    def title(self) -> str:
        """What it is called: by the user, else by the moment it was made, of this computer's clock."""
        return self.name or time.strftime("%d %b %H:%M", time.localtime(self.created_at))

    @property
    def is_tested(self) -> bool:
        """Whether there is a final exam to look at, and nobody is working on it any more."""
        return self.total is not None and self.state not in OPEN_STATES


@dataclass(frozen=True)
class Shelf:
    """All experiments.

    Attributes:
        rows: those that can be read and stand for themselves, newest first.
        unreadable: those that cannot, each with the reason.
        of_sweeps: those that were made for a sweep, newest first, the ones not tested yet too.
    """

    rows: tuple[Row, ...]
    unreadable: tuple[tuple[Run, str], ...]
    of_sweeps: tuple[Row, ...] = ()

    @property
    def tested(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.is_tested)

    def row(self, run_id: str | None) -> Row | None:
        """Give the experiment of this id, or None."""
        return next((row for row in (*self.rows, *self.of_sweeps) if row.id == run_id), None)


def shelf(workspace: Workspace) -> Shelf:
    """Read all experiments of a workspace; one that is damaged does not hide the others."""
    rows, unreadable = [], []
    for run in run_folders(workspace):
        reason = damage(run)
        if reason is not None:
            unreadable.append((run, reason))
            continue
        try:
            rows.append(read(run))
        except (LabError, FileNotFoundError):
            continue  # deleted meanwhile, in another tab
    alone = tuple(row for row in rows if not row.sweep)
    return Shelf(alone, tuple(unreadable), tuple(row for row in rows if row.sweep))


def read(run: Run) -> Row:
    """Read what the list needs of one experiment."""
    request, summary = run.job.request(), run.summary() or {}
    return Row(
        run=run,
        name=str(request["name"]),
        created_at=float(request["created_at"]),
        state=run.status().state,
        config=run.config,
        correct=summary.get("test_correct"),
        total=summary.get("test_total"),
        rounds=summary.get("epochs_run"),
        seconds=summary.get("seconds"),
        sweep=run.sweep_id,
    )
