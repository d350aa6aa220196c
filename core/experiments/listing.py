"""The list of experiments, read from small files only.

Each experiment gets a number when it is first listed and keeps it when others are deleted; no number is given twice.
The numbers stand beside the runs, in `numbers.json`.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from filelock import FileLock

from core import disk
from core.errors import DamagedFileError, LabError
from core.experiments.outcome import Outcome
from core.experiments.runs import Run, list_runs
from core.jobfolder import OPEN_STATES
from core.schema import Count, Schema

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from core.config import TrainConfig
    from core.jobfolder import State
    from core.workspace import Workspace


@dataclass(frozen=True)
class ListedRun:
    """A run in the list.

    Attributes:
        name: given by the user; may be empty.
        created_at: seconds since the epoch.
        correct, total: of the test; None before it.
        seconds: how long it took; None before the test.
        sweep: id of the sweep it was made for; empty where it stands for itself.
        number: what it is called for short, 1 for the first; 0 for one that was made for a sweep.
        outcome: what it did, beside what it was asked to do.
    """

    run: Run
    name: str
    created_at: float
    state: State
    config: TrainConfig
    correct: int | None = None
    total: int | None = None
    seconds: float | None = None
    sweep: str = ""
    number: int = 0
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def id(self) -> str:
        return self.run.id

    @property
    def title(self) -> str:
        """The user's name for it, else the local time when it was made."""
        return self.name or time.strftime("%d %b %H:%M", time.localtime(self.created_at))

    @property
    def is_tested(self) -> bool:
        """Whether it has a test result, and no worker is working on it."""
        return self.total is not None and self.state not in OPEN_STATES


@dataclass(frozen=True)
class RunList:
    """All runs that can be read, as the list shows them.

    Attributes:
        rows: those that stand for themselves, newest first.
        of_sweeps: those that were made for a sweep, newest first, the ones not tested yet too.
    """

    rows: tuple[ListedRun, ...]
    of_sweeps: tuple[ListedRun, ...] = ()

    @property
    def tested(self) -> tuple[ListedRun, ...]:
        return tuple(row for row in self.rows if row.is_tested)

    @property
    def all_tested(self) -> tuple[ListedRun, ...]:
        """Those of sweeps too, behind the others."""
        return (*self.tested, *(row for row in self.of_sweeps if row.is_tested))

    def row(self, run_id: str | None) -> ListedRun | None:
        """Return the experiment of this id, or None."""
        return next((row for row in (*self.rows, *self.of_sweeps) if row.id == run_id), None)


def list_all(workspace: Workspace) -> RunList:
    """Read all experiments of a workspace; one that is damaged does not hide the others."""
    rows = []
    for run in list_runs(workspace, of_sweeps=True):
        with suppress(LabError, FileNotFoundError):  # deleted meanwhile, in another tab
            rows.append(read_listed_run(run))
    given = numbers(workspace, [row.id for row in rows if not row.sweep])
    alone = tuple(replace(row, number=given[row.id]) for row in rows if not row.sweep)
    return RunList(alone, tuple(row for row in rows if row.sweep))


@dataclass(frozen=True)
class _Numbers:
    """The numbers given so far by the ids of runs, and the next one."""

    next: Count = 1
    numbers: dict[str, Count] = field(default_factory=dict)


_NUMBERS = Schema(_Numbers)


def numbers(workspace: Workspace, ids: Sequence[str]) -> dict[str, int]:
    """Return the numbers of experiments by their ids; those without one get the next ones, the oldest first."""
    if not ids:
        return {}
    path = workspace.runs / "numbers.json"
    given = _numbers(path)
    if not set(ids) <= set(given.numbers):
        given = _more_numbers(workspace, given, ids)
        # Another page may assign numbers at the same moment.
        with disk.unless_refused(), FileLock(path.with_suffix(".lock")):
            given = _more_numbers(workspace, _numbers(path), ids)
            _NUMBERS.write(path, given)
    return {run_id: given.numbers[run_id] for run_id in ids}


def _more_numbers(workspace: Workspace, before: _Numbers, ids: Sequence[str]) -> _Numbers:
    new = sorted(set(ids) - set(before.numbers))
    kept = {run_id: number for run_id, number in before.numbers.items() if (workspace.runs / run_id).is_dir()}
    return _Numbers(before.next + len(new), kept | {run_id: before.next + place for place, run_id in enumerate(new)})


def number(workspace: Workspace, run: Run) -> int:
    """Return the number of one experiment; 0 for one that was made for a sweep."""
    if run.sweep_id:
        return 0
    ids = [each.id for each in list_runs(workspace)]
    return numbers(workspace, ids).get(run.id, 0)


def next_number(workspace: Workspace) -> int:
    """Return the number that the next experiment will get, after all of `list_all` have theirs."""
    return _numbers(workspace.runs / "numbers.json").next


def _numbers(path: Path) -> _Numbers:
    """Return the numbers given so far; a damaged file counts as none."""
    try:
        return _NUMBERS.read(path)
    except (DamagedFileError, FileNotFoundError):
        return _Numbers()


def read_listed_run(run: Run) -> ListedRun:
    """Read what the list needs of one experiment, without its number."""
    request, summary = run.job.request(), run.numbers() or {}
    return ListedRun(
        run=run,
        name=str(request["name"]),
        created_at=float(request["created_at"]),
        state=run.status().state,
        config=run.config,
        correct=summary.get("test_correct"),
        total=summary.get("test_total"),
        seconds=summary.get("seconds"),
        sweep=run.sweep_id,
        outcome=run.outcome(),
    )
