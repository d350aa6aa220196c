"""A training's rounds and progress, read off its log."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

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


def epochs_from(events: list[dict[str, Any]]) -> list[Epoch]:
    """Return the finished rounds, round 0 first; one trained twice, because of an interruption, counts once."""
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


def kept_epoch(history: list[Epoch], border: int, *, keep_best: bool) -> Epoch:
    """Return the epoch whose weights a training keeps.

    That is the one with the most right answers in the mock exam, then the smallest loss there, among those in which
    everything that was to learn did learn; while there is none of these, among all. Without `keep_best` it is the last.

    Args:
        history: epochs, round 0 first, at least one more.
        border: epochs in which the head learned alone although more was to learn.
    """
    if not keep_best:
        return history[-1]
    candidates = [epoch for epoch in history if epoch.epoch > border] or history[1:]
    return max(candidates, key=lambda epoch: (epoch.val_accuracy, -epoch.val_loss))


def border_exam(events: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return what the head alone got before more began to learn: epoch, val_accuracy, test_correct; None without."""
    found = [event for event in events if event["event"] == "border"]
    return {name: found[-1][name] for name in ("epoch", "val_accuracy", "test_correct")} if found else None


def rows(history: list[Epoch], border: int) -> list[dict[str, Any]]:
    """Return the epochs as plain rows: epoch, phase ("start", "head" or "all"), loss, accuracy, val_loss, ..., seconds.

    Args:
        history: round 0 first.
        border: epochs in which the head learned alone although more was to learn; 0 where there are none.
    """
    return [
        {
            "epoch": epoch.epoch,
            "phase": "start" if epoch.epoch == 0 else "head" if epoch.epoch <= border else "all",
            "loss": epoch.loss,
            "accuracy": epoch.accuracy,
            "val_loss": epoch.val_loss,
            "val_accuracy": epoch.val_accuracy,
            "seconds": epoch.seconds,
        }
        for epoch in history
    ]


def last_epoch(events: list[dict[str, Any]]) -> int:
    """Return the newest finished round; 0 where there is none."""
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
        return Progress("weights", epoch=last_epoch(events), epochs=epochs)
    phase: Phase = phases[-1]["phase"]
    last = attempt[-1]
    if phase == "prefix" and last["event"] == "prefix":
        rate = last["done"] / max(last["at"] - phases[-1]["at"], 1e-3)
        left = (last["total"] - last["done"]) / rate if last["done"] else None
        return Progress("prefix", epochs=epochs, done=last["done"], total=last["total"], seconds_left=left)
    if phase != "train":
        return Progress(phase, epoch=last_epoch(events), epochs=epochs)
    finished = last_epoch(events)
    batch, batches = (last["batch"], last["batches"]) if last["event"] == "batch" else (0, 0)
    seconds = [event["seconds"] for event in attempt if event["event"] == "epoch" and event["epoch"] > 0]
    left = None
    if seconds:
        in_this_round = now - max(event["at"] for event in attempt if event["event"] == "epoch")
        left = max(0.0, float(np.median(seconds)) * (epochs - finished) - in_this_round)
    return Progress("train", finished, epochs, batch, batches, seconds_left=left)


def earlier_seconds(events: list[dict[str, Any]]) -> float:
    """Return how long the attempts before the last one worked, from each one's start to its last sign of life."""
    starts = [place for place, event in enumerate(events) if event["event"] == "started"]
    return float(sum(events[end - 1]["at"] - events[start]["at"] for start, end in pairwise(starts)))
