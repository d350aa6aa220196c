"""The run folder: one training, from its settings to its predictions. The server reads it; a worker writes it.

Beside the files of every job (`core.jobfolder`):

dataset.json       the data set's manifest as it was when the run was made
config.json        the settings with everything resolved, written when the training starts
checkpoint.npz     weights, optimizer, callbacks, the best epoch's weights; removed when the run is done
model.keras        the tested model: RGB 0-255 in, probabilities out
predictions.json   its predictions of the test photos
result.json        the numbers, as `python -m core train --json` prints them
digest.json        what lists need of the large ones among these (`core.experiments.digest`)
"""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import disk
from core.config import TrainConfig
from core.data.dataset import MANIFEST, Dataset, read_manifest
from core.errors import DamagedFileError, LabError, RunError
from core.experiments import digest
from core.experiments.digest import Digest
from core.experiments.history import Epoch, Progress, epochs_from, last_epoch, progress_from
from core.experiments.outcome import Outcome, outcome
from core.experiments.predictions import PREDICTIONS, Predictions
from core.jobfolder import JobFolder, State, Status
from core.models.registry import check_config
from core.remembered import remembered_of_files
from core.schema import Schema, convert, why_unreadable
from core.workspace import Workspace

CONFIG = Schema(TrainConfig)


def check_known(config: TrainConfig, named: str) -> TrainConfig:
    """Return settings that were read, if this version of the lab has their network.

    Raises:
        DamagedFileError: it has not.
    """
    try:
        check_config(config)
    except LabError as error:
        raise DamagedFileError(f'"{named}" does not fit this lab: {error}') from error
    return config


@dataclass(frozen=True)
class Run:
    """One training on disk."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def job(self) -> JobFolder:
        return JobFolder(self.path)

    @property
    def model_path(self) -> Path:
        return self.path / "model.keras"

    @property
    def name(self) -> str:
        return str(self.job.request()["name"])

    @property
    def sweep_id(self) -> str:
        """Id of the sweep it was made for; empty where there is none."""
        return str(self.job.request().get("sweep", ""))

    @property
    def came_from(self) -> str:
        """Id of the experiment that the lab's suggestion for this one came from; empty where there was none."""
        return str(self.job.request().get("came_from", ""))

    @property
    def created_at(self) -> float:
        return float(self.job.request()["created_at"])

    @property
    def config(self) -> TrainConfig:
        """The settings: as requested, and as resolved once the training has started."""
        return _resolved(self.path) if (self.path / "config.json").exists() else self.requested_config

    @property
    def requested_config(self) -> TrainConfig:
        """The settings as requested: what "auto" became on this computer was not chosen."""
        return _requested(self.path)

    @property
    def dataset(self) -> Dataset:
        return read_manifest(self.path / "dataset.json")

    def status(self) -> Status:
        return self.job.status()

    def write_config(self, config: TrainConfig) -> None:
        CONFIG.write(self.path / "config.json", config)

    def history(self) -> list[Epoch]:
        """Return the finished epochs, epoch 0 first. One trained twice, because of an interruption, counts once."""
        return epochs_from(self.job.events())

    def progress(self, events: list[dict[str, Any]] | None = None) -> Progress:
        """Return what the run is doing, from its events alone; they are read where they are not given."""
        state: State = self.status().state
        events = self.job.events() if events is None else events
        if state == "queued":
            return Progress("waiting", epochs=self.config.epochs)
        if state != "running":
            return Progress("done", epoch=last_epoch(events), epochs=self.config.epochs)
        return progress_from(events, self.config.epochs)

    def predictions(self) -> Predictions | None:
        """Return the predictions of the test photos; None before the test. They are shared; do not change them."""
        return _predictions(self.path) if (self.path / "predictions.json").exists() else None

    def write_predictions(self, predictions: Predictions) -> None:
        PREDICTIONS.write(self.path / "predictions.json", predictions.rows())

    def summary(self) -> dict[str, Any] | None:
        """Return the numbers of the finished run (the JSON of `train`); None before the test."""
        return self.job.result() if (self.path / "result.json").exists() else None

    def digest(self) -> Digest:
        """Return what lists need of its large files."""
        return digest.digest(self.path)

    def numbers(self) -> dict[str, Any] | None:
        """Return its `summary` without predictions, matrix and history; shared, do not change it."""
        return self.digest().numbers

    def outcome(self) -> Outcome:
        """Return what the training did, which may differ from what was requested."""
        return outcome(self.config, self.numbers())


@remembered_of_files(lambda path: [f"{path}/config.json"], most=5000)
def _resolved(path: Path) -> TrainConfig:
    return check_known(CONFIG.read(path / "config.json"), "config.json")


@remembered_of_files(lambda path: [f"{path}/request.json"], most=5000)
def _requested(path: Path) -> TrainConfig:
    return check_known(convert(JobFolder(path).request()["config"], TrainConfig, "request.json"), "request.json")


@remembered_of_files(lambda path: [f"{path}/{name}" for name in digest.LARGE], most=8)
def _predictions(path: Path) -> Predictions:
    return PREDICTIONS.read(path / "predictions.json").predictions(len(Run(path).dataset.people))


def new_run_path(workspace: Workspace) -> Path:
    """Return the path for a new run folder; names sort by time."""
    return workspace.runs / f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}"


def training_request(
    config: TrainConfig, dataset: Dataset, name: str = "", sweep: str = "", came_from: str = ""
) -> dict[str, Any]:
    """Return the request of a training job, for `core.jobs.queue.submit` or `create_run`."""
    return {
        "kind": "train",
        "lane": "train",
        "name": name,
        **({"sweep": sweep} if sweep else {}),
        **({"came_from": came_from} if came_from else {}),
        "config": config.to_dict(),
        "dataset_id": dataset.id,
        "dataset_version": dataset.version,
    }


def create_run(
    path: Path,
    dataset: Dataset,
    config: TrainConfig,
    *,
    name: str = "",
    sweep: str = "",
    came_from: str = "",
    state: State = "queued",
) -> Run:
    """Make a run folder with its request and its own copy of the manifest. Nothing trains yet.

    Args:
        sweep: id of the sweep it is made for.
        came_from: id of the experiment that the suggestion for it came from.

    Raises:
        LabError: the folder exists and is not empty.
    """
    with JobFolder.making(path, training_request(config, dataset, name, sweep, came_from), state=state) as beside:
        MANIFEST.write(beside / "dataset.json", dataset)
    return Run(path)


def open_run(path: Path) -> Run:
    """Open a run folder.

    Raises:
        RunError: this is no run folder.
    """
    if not (path / "request.json").exists() or not (path / "dataset.json").exists():
        raise RunError(f'"{path.name}" is not the folder of an experiment; choose the folder that `--out` named.')
    return Run(path)


def list_runs(workspace: Workspace, *, of_sweeps: bool = False) -> list[Run]:
    """Return the runs of a workspace that can be read, newest first; those of sweeps only with `of_sweeps`."""
    readable = (run for run in run_folders(workspace) if damage(run) is None)
    return [run for run in readable if of_sweeps or not run.sweep_id]


def damaged_runs(workspace: Workspace) -> list[tuple[Run, str]]:
    """Return the runs that cannot be read, newest first, each with the reason in a sentence."""
    return [(run, reason) for run in run_folders(workspace) if (reason := damage(run)) is not None]


def run_folders(workspace: Workspace) -> list[Run]:
    """Return all runs of a workspace, newest first, damaged ones too."""
    needed = ("request.json", "status.json", "dataset.json")
    folders = [path for path in disk.folders_in(workspace.runs) if any((path / name).exists() for name in needed)]
    return [Run(path) for path in sorted(folders, key=lambda path: path.name, reverse=True)]


def files_of(run: Run) -> list[str]:
    """Return the paths of all files that lists read, missing ones too."""
    return [f"{run.path}/{name}" for name in ("request.json", "status.json", "config.json", *digest.LARGE)]


@remembered_of_files(files_of, most=5000)
def damage(run: Run) -> str | None:
    """Return in a sentence why a run cannot be read, as after an incomplete deletion; None where it can."""
    try:
        run.job.stored_status(), run.config, run.requested_config, run.digest()
    except (LabError, FileNotFoundError) as error:
        return why_unreadable(f'The experiment "{run.id}"', error)
    return None


def is_used(workspace: Workspace, dataset: Dataset) -> bool:
    """Return whether a run uses this version of a data set, which then must not change."""
    return any(dataset_of(run) == (dataset.id, dataset.version) for run in run_folders(workspace))


def dataset_of(run: Run) -> tuple[str, int] | None:
    """Return id and version of a run's data set, of a damaged run as well; None where they cannot be found."""
    with suppress(LabError, FileNotFoundError):
        request = run.job.stored_request()
        if isinstance(version := request.get("dataset_version"), int) and "dataset_id" in request:
            return request["dataset_id"], version
    with suppress(LabError, FileNotFoundError):
        dataset = run.dataset
        return dataset.id, dataset.version
    return None
