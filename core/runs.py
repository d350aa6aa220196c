"""The run folder: one training, from its settings to its predictions. The server reads it; a worker writes it.

Beside the files of every job (`core.jobfolder`):

dataset.json       the data set's manifest as it was when the run was made
config.json        the settings with everything resolved, written by the trainer when it starts
checkpoint.npz     after every epoch: weights, optimizer, callbacks; gone when the run is done
best.npz           weights of the best epoch so far
model.keras        the tested model: RGB 0-255 in, probabilities out
predictions.json   what it said of every photo of the final exam
result.json        the numbers, as `python -m core train --json` prints them
"""

from __future__ import annotations

import shutil
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core import disk
from core.config import TrainConfig
from core.errors import RunError
from core.jobfolder import JobFolder, State, Status
from core.photos.dataset import Dataset
from core.workspace import Workspace

SCHEMA = 1
Phase = Literal["waiting", "weights", "prefix", "train", "test", "done"]


@dataclass(frozen=True)
class Epoch:
    """One round of a training; round 0 is measured before anything was learned.

    Attributes:
        epoch: 0 to the number of epochs.
        loss, accuracy: on the unchanged practice photos, after the epoch.
        val_loss, val_accuracy: on the mock exam, after the epoch.
        seconds: how long the epoch took, measuring included.
        learning_rate: what the epoch was trained with; 0 for round 0.
        val_probabilities: float32, shape (n_validation, n_classes), in the order of `Dataset.of("validation")`.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float
    learning_rate: float
    val_probabilities: np.ndarray


@dataclass(frozen=True)
class Progress:
    """What a run is doing right now.

    Attributes:
        phase: "waiting" in the queue, getting "weights", computing the frozen "prefix", "train", "test", or "done".
        epoch, epochs: rounds finished, and to do in all.
        batch, batches: within the round that is going on.
        done, total: photos through the frozen layers, in phase "prefix".
        seconds_left: estimate for the phase; None while nothing is known.
    """

    phase: Phase
    epoch: int = 0
    epochs: int = 0
    batch: int = 0
    batches: int = 0
    done: int = 0
    total: int = 0
    seconds_left: float | None = None


@dataclass(frozen=True)
class Predictions:
    """What a model said of n photos.

    Attributes:
        probabilities: float32, shape (n, n_classes), rows add up to 1, columns in label order.
        labels: int64, shape (n,), the true person; -1 where nobody said.
        names: the photos' names as the user knows them.
        sha256s: their content, for finding the picture.
        faces: which face of the photo; None is the whole photo.
    """

    probabilities: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...]
    sha256s: tuple[str, ...]
    faces: tuple[int | None, ...]


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
    def created_at(self) -> float:
        return float(self.job.request()["created_at"])

    @property
    def config(self) -> TrainConfig:
        """The settings: as resolved by the trainer once it has started, as asked for before."""
        resolved = self.path / "config.json"
        if resolved.exists():
            return TrainConfig(**disk.read_json(resolved, schema=SCHEMA))
        return TrainConfig(**self.job.request()["config"])

    @property
    def dataset(self) -> Dataset:
        return Dataset.from_dict(disk.read_json(self.path / "dataset.json", schema=SCHEMA))

    def status(self) -> Status:
        return self.job.status()

    def write_config(self, config: TrainConfig) -> None:
        disk.write_json(self.path / "config.json", config.to_dict(), schema=SCHEMA)

    def history(self) -> list[Epoch]:
        """Give the finished rounds, round 0 first. A round trained twice, because of an interruption, counts once."""
        return _epochs(self.job.events())

    def progress(self) -> Progress:
        """Tell what the run is doing, from its events alone."""
        state: State = self.status().state
        events = self.job.events()
        if state == "queued":
            return Progress("waiting", epochs=self.config.epochs)
        if state != "running":
            return Progress("done", epoch=_last_epoch(events), epochs=self.config.epochs)
        return progress_from(events, self.config.epochs, time.time())

    def predictions(self) -> Predictions | None:
        """Give what the tested model said of the final exam, or None before the test."""
        path = self.path / "predictions.json"
        if not path.exists():
            return None
        content = disk.read_json(path, schema=SCHEMA)
        n_classes = len(self.dataset.people)
        return Predictions(
            probabilities=np.asarray(content["probabilities"], np.float32).reshape(-1, n_classes),
            labels=np.asarray(content["labels"], np.int64),
            names=tuple(content["names"]),
            sha256s=tuple(content["sha256s"]),
            faces=tuple(content["faces"]),
        )

    def write_predictions(self, predictions: Predictions) -> None:
        content = {
            "probabilities": np.round(predictions.probabilities.astype(float), 6).tolist(),
            "labels": predictions.labels.tolist(),
            "names": list(predictions.names),
            "sha256s": list(predictions.sha256s),
            "faces": list(predictions.faces),
        }
        disk.write_json(self.path / "predictions.json", content, schema=SCHEMA)

    def summary(self) -> dict[str, Any] | None:
        """Give the numbers of the finished run (the JSON of `train`), or None before the test."""
        return self.job.result() if (self.path / "result.json").exists() else None


def _epochs(events: list[dict[str, Any]]) -> list[Epoch]:
    by_number: dict[int, Epoch] = {}
    for event in events:
        if event["event"] == "epoch":
            by_number[event["epoch"]] = Epoch(
                epoch=event["epoch"],
                loss=event["loss"],
                accuracy=event["accuracy"],
                val_loss=event["val_loss"],
                val_accuracy=event["val_accuracy"],
                seconds=event["seconds"],
                learning_rate=event["learning_rate"],
                val_probabilities=np.asarray(event["val_probabilities"], np.float32),
            )
    return [by_number[number] for number in sorted(by_number)]


def _last_epoch(events: list[dict[str, Any]]) -> int:
    return max((event["epoch"] for event in events if event["event"] == "epoch"), default=0)


def progress_from(events: list[dict[str, Any]], epochs: int, now: float) -> Progress:
    """Read a running run's progress off its events.

    Args:
        events: as `JobFolder.events` gives them, oldest first.
        epochs: how many rounds the run will have.
        now: seconds since the epoch, the clock of the events.
    """
    # An interrupted run's earlier events say nothing about how fast this attempt is.
    starts = [i for i, event in enumerate(events) if event["event"] == "started"]
    attempt = events[starts[-1] :] if starts else []
    phases = [event for event in attempt if event["event"] == "phase"]
    if not phases:
        return Progress("weights", epoch=_last_epoch(events), epochs=epochs)
    phase: Phase = phases[-1]["phase"]
    last = attempt[-1]
    if phase == "prefix" and last["event"] == "prefix":
        rate = last["done"] / max(last["at"] - phases[-1]["at"], 1e-3)
        left = (last["total"] - last["done"]) / rate if last["done"] else None
        return Progress("prefix", epochs=epochs, done=last["done"], total=last["total"], seconds_left=left)
    if phase != "train":
        return Progress(phase, epoch=_last_epoch(events), epochs=epochs)
    finished = _last_epoch(events)
    batch, batches = (last["batch"], last["batches"]) if last["event"] == "batch" else (0, 0)
    seconds = [event["seconds"] for event in attempt if event["event"] == "epoch" and event["epoch"] > 0]
    left = None
    if seconds:
        in_this_round = now - max(event["at"] for event in attempt if event["event"] == "epoch")
        left = max(0.0, float(np.median(seconds)) * (epochs - finished) - in_this_round)
    return Progress("train", finished, epochs, batch, batches, seconds_left=left)


def new_run_path(workspace: Workspace) -> Path:
    """Give the path of a run folder that does not exist yet; names sort by time."""
    return workspace.runs / f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}"


def training_request(config: TrainConfig, dataset: Dataset, name: str = "") -> dict[str, Any]:
    """Give the request of a training job, for `core.jobs.queue.submit` or `create_run`."""
    return {
        "kind": "train",
        "lane": "train",
        "name": name,
        "config": config.to_dict(),
        "dataset_id": dataset.id,
        "dataset_version": dataset.version,
    }


def create_run(path: Path, dataset: Dataset, config: TrainConfig, *, name: str = "", state: State = "queued") -> Run:
    """Make a run folder with its request and its own copy of the manifest. Nothing trains yet.

    Raises:
        LabError: the folder exists and is not empty.
    """
    JobFolder.create(path, training_request(config, dataset, name), state="stopped")
    disk.write_json(path / "dataset.json", dataset.to_dict(), schema=SCHEMA)
    # Queued last: a worker that sees it must find everything in place.
    JobFolder(path).set_state(state)
    return Run(path)


def open_run(path: Path) -> Run:
    """Open a run folder.

    Raises:
        RunError: this is no run folder.
    """
    if not (path / "request.json").exists() or not (path / "dataset.json").exists():
        raise RunError(f'"{path.name}" is not the folder of an experiment; choose the folder that `--out` named.')
    return Run(path)


def list_runs(workspace: Workspace) -> list[Run]:
    """Give all runs of a workspace, newest first."""
    if not workspace.runs.is_dir():
        return []
    folders = [path for path in workspace.runs.iterdir() if (path / "dataset.json").exists()]
    return [Run(path) for path in sorted(folders, key=lambda path: path.name, reverse=True)]


def is_used(workspace: Workspace, dataset: Dataset) -> bool:
    """Tell whether a run has this version of a data set, which must then stay as it is."""
    mine = {"dataset_id": dataset.id, "dataset_version": dataset.version}.items()
    return any(mine <= run.job.request().items() for run in list_runs(workspace))


def delete_run(run: Run) -> None:
    """Remove a run and everything it made.

    Raises:
        RunError: it is being worked on.
    """
    if run.status().state == "running":
        raise RunError(f'The experiment "{run.name or run.id}" is still running; stop it before deleting it.')
    shutil.rmtree(run.path)
