"""A sweep on disk: its plan, its photos, and which training each of its cells became. No TensorFlow.

request.json   the plan, the data set, what the class guessed; and what every job has
dataset.json   the data set's manifest as it was when the sweep was made
cells.json     the runs, one a cell, in the order of the plan

Runs lie with all others in the workspace, or in `runs/` beside these files where the command line made the sweep.
"""

from __future__ import annotations

import re
import shutil
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from core import disk
from core.data.dataset import MANIFEST, Dataset, read_manifest
from core.errors import LabError, RunError
from core.experiments import runs
from core.experiments.runs import Run
from core.jobfolder import JobFolder, Status
from core.schema import Schema, convert, why_unreadable
from core.sweeps.plan import MOST_RUNS, Cell, SweepPlan, as_trained
from core.workspace import Workspace

RUNS = "runs"


@dataclass(frozen=True)
class _Cells:
    runs: tuple[str, ...]

    def __post_init__(self) -> None:
        if not all(re.fullmatch(r"[\w-]+", run_id) for run_id in self.runs):
            raise RunError("A training in it has no proper number; delete it.")


_CELLS = Schema(_Cells)


@dataclass(frozen=True)
class Sweep:
    """One sweep on disk; `runs_home` is the folder its runs lie in."""

    path: Path
    runs_home: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def job(self) -> JobFolder:
        return JobFolder(self.path)

    def status(self) -> Status:
        return self.job.status()

    @cached_property
    def _request(self) -> dict[str, Any]:
        return self.job.request()

    @property
    def name(self) -> str:
        """Given by the user; empty where nobody gave one."""
        return str(self._request["name"])

    @property
    def created_at(self) -> float:
        return float(self._request["created_at"])

    @cached_property
    def plan(self) -> SweepPlan:
        return convert(self._request["plan"], SweepPlan, "request.json")

    @property
    def guesses(self) -> dict[int, int]:
        """How many of the class guessed each place on the axis, counted from 0 in the order of its values."""
        return {int(place): int(votes) for place, votes in self._request["guesses"].items()}

    @cached_property
    def dataset(self) -> Dataset:
        return read_manifest(self.path / "dataset.json")

    def members(self) -> list[tuple[Cell, Run]]:
        """Return every cell with its run, in the order in which they are done. A run that was deleted has no folder."""
        ids, cells = _CELLS.read(self.path / "cells.json").runs, list(self.plan.cells())
        if len(ids) != len(cells):
            raise RunError(f"It has {len(ids)} trainings for the {len(cells)} of its plan; delete it.")
        return [(cell, Run(self.runs_home / run_id)) for cell, run_id in zip(cells, ids, strict=True)]


def create_sweep(
    workspace: Workspace,
    dataset: Dataset,
    plan: SweepPlan,
    *,
    name: str = "",
    guesses: Mapping[int, int] | None = None,
    out: Path | None = None,
) -> Sweep:
    """Make a sweep's folder and its runs; nothing trains yet, and nothing is queued (`core.jobs.queue.enqueue` does).

    Finished runs of the workspace with the same photos and settings are taken over.

    Args:
        guesses: votes by place on the axis.
        out: the folder, holding its runs too; by default they lie in the workspace.

    Raises:
        LabError: the folder exists and is not empty.
    """
    path = out or workspace.sweeps / f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}"
    sweep = Sweep(path, path / RUNS if out else workspace.runs)
    request = {
        "kind": "sweep",
        "lane": "train",
        "name": name,
        "plan": plan.to_dict(),
        "guesses": {str(place): votes for place, votes in (guesses or {}).items()},
        "dataset_id": dataset.id,
        "dataset_version": dataset.version,
    }
    # Newest first, so the newest stays.
    done = {as_trained(run.requested_config): run for run in reversed(finished(workspace, dataset))} if not out else {}
    ids = []
    for number, cell in enumerate(plan.cells()):
        same = done.get(as_trained(plan.config(cell)))
        ids.append(same.id if same else f"{path.name}-{number:03}")
    with JobFolder.making(path, request, state="stopped") as beside:
        MANIFEST.write(beside / "dataset.json", dataset)
        _CELLS.write(beside / "cells.json", _Cells(tuple(ids)))
    # Now, not when their turn comes: a data set that a run has stays as it is.
    complete(sweep)
    # Queued last: whoever sees it must find everything in place.
    sweep.job.set_state("queued")
    return sweep


def complete(sweep: Sweep) -> None:
    """Make the runs that are missing, as after somebody deleted one; what is there stays."""
    for cell, run in sweep.members():
        if not (run.path / "dataset.json").exists():
            # A folder without its manifest is the ruin of a crash.
            shutil.rmtree(run.path, ignore_errors=True)
            runs.create_run(run.path, sweep.dataset, sweep.plan.config(cell), sweep=sweep.id, state="stopped")


def finished(workspace: Workspace, dataset: Dataset) -> list[Run]:
    """Return the runs with exactly these photos that have trained to their end here."""
    found = []
    for run in runs.list_runs(workspace, of_sweeps=True):
        same = runs.dataset_of(run) == (dataset.id, dataset.version)
        # Where not all learned that was to learn, the run is no trial of its setting.
        if same and run.status().state == "done" and run.numbers() and run.outcome().retrained:
            found.append(run)
    return found


def open_sweep(path: Path, workspace: Workspace) -> Sweep:
    """Open a sweep's folder.

    Raises:
        RunError: this is no sweep.
    """
    if not (path / "cells.json").exists():
        raise RunError(f'"{path.name}" is not the folder of a sweep; choose the folder that `--out` named.')
    own = path / RUNS
    return Sweep(path, own if path.parent != workspace.sweeps else workspace.runs)


def list_sweeps(workspace: Workspace) -> list[Sweep]:
    """Return the sweeps of a workspace that can be read, newest first."""
    return [sweep for sweep in _folders(workspace) if _damage(sweep) is None]


def damaged_sweeps(workspace: Workspace) -> list[tuple[Sweep, str]]:
    """Return the sweeps that cannot be read, newest first, each with the reason in a sentence."""
    return [(sweep, reason) for sweep in _folders(workspace) if (reason := _damage(sweep)) is not None]


def _folders(workspace: Workspace) -> list[Sweep]:
    """Return all sweeps, damaged ones too."""
    needed = ("request.json", "status.json", "cells.json")
    folders = [path for path in disk.folders_in(workspace.sweeps) if any((path / name).exists() for name in needed)]
    return [Sweep(path, workspace.runs) for path in sorted(folders, key=lambda path: path.name, reverse=True)]


def _damage(sweep: Sweep) -> str | None:
    try:
        if not set(sweep.guesses) <= set(range(MOST_RUNS)):
            raise RunError("somebody guessed a place that is not in it; delete it.")
        sweep.plan, sweep.dataset, sweep.job.stored_status(), sweep.members()
    except (LabError, FileNotFoundError) as error:
        return why_unreadable(f'The comparison "{sweep.id}"', error)
    return None
