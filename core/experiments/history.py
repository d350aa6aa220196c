"""A training's log: its events as they are written, and the epochs and the progress read from them.

started   epochs, batches, people          a training, or the continuation of one, begins
phase     phase                            "weights", "prefix", "train" or "test" begins
prefix    done, total                      pictures through the frozen layers so far
sample    photos                           so many of the training photos are measured, where that is not all
unkept    message                          why what the frozen layers give is computed again in every epoch
batch     epoch, batch, batches            a few times a second while an epoch runs
epoch     epoch, loss, accuracy, val_loss, val_accuracy, seconds, learning_rate, val_probabilities
border    epoch, val_accuracy, test_correct  the head-only epochs end; what the head alone gets
stopping  epoch                            the user asked to stop; the best epoch so far is being tested
tested    correct, total                   the test of the saved model
"""

from __future__ import annotations

import time
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.jobfolder import JobFolder

# Of more training photos a fixed sample is measured after each epoch: all of them took a quarter of the time.
MOST_MEASURED, FEWEST_MEASURED = 250, 10

Phase = Literal["waiting", "weights", "prefix", "train", "test", "done"]


class Reporter:
    """Writes a training's events, the frequent ones at most a few times a second.

    Args:
        job: whose log.
        check_stop: called besides the job's own.
    """

    def __init__(
        self, job: JobFolder, *, check_stop: Callable[[], None] | None = None, at_most_every_s: float = 0.2
    ) -> None:
        self._job = job
        self._also_check = check_stop
        self._at_most_every_s = at_most_every_s
        self._last_s = 0.0

    def emit(self, event: str, **facts: object) -> None:
        """Write an event at once."""
        self._job.emit(event, **facts)

    def emit_sometimes(self, event: str, *, last: bool = False, **facts: object) -> None:
        """Write an event unless one of these was written a moment ago; the `last` one is always written."""
        now = time.monotonic()
        if last or now - self._last_s >= self._at_most_every_s:
            self._last_s = now
            self._job.emit(event, **facts)

    def check_stop(self) -> None:
        """Raise `Stopped` if the user asked for it."""
        self._job.check_stop()
        if self._also_check:
            self._also_check()


def measured_photos(n_train: int, n_validation: int, *, all_frozen: bool) -> int:
    """Return how many of the training photos are measured after each epoch.

    Where units train, to measure a photo takes a third of what training on it takes; so there are as many as of the
    validation photos, whose curve is drawn beside theirs and tells no more.
    """
    most = n_train if all_frozen else max(n_validation, FEWEST_MEASURED)
    return min(n_train, most, MOST_MEASURED)


@dataclass(frozen=True)
class Epoch:
    """One epoch of a training; epoch 0 is measured before training.

    Attributes:
        epoch: 0 to the number of epochs.
        loss, accuracy: on unchanged training photos, as many as `measured_photos` says, after the epoch.
        val_loss, val_accuracy: on the validation photos, after the epoch.
        seconds: how long the epoch took, measuring included.
        learning_rate: what the epoch was trained with; 0 for epoch 0.
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
        epoch, epochs: epochs finished, and to do in all.
        batch, batches: within the current epoch.
        done, total: photos through the frozen layers, in phase "prefix".
    """

    phase: Phase
    epoch: int = 0
    epochs: int = 0
    batch: int = 0
    batches: int = 0
    done: int = 0
    total: int = 0


def epochs_from(events: list[dict[str, Any]]) -> list[Epoch]:
    """Return the finished epochs, epoch 0 first; one trained twice, because of an interruption, counts once."""
    by_number: dict[int, Epoch] = {}
    for event in events:
        if event["event"] == "epoch":
            facts = {field.name: event[field.name] for field in fields(Epoch)}
            facts["val_probabilities"] = np.asarray(facts["val_probabilities"], np.float32)
            by_number[event["epoch"]] = Epoch(**facts)
    return [by_number[number] for number in sorted(by_number)]


def kept_epoch(history: list[Epoch], head_epochs: int, *, keep_best: bool) -> Epoch:
    """Return the epoch whose weights a training keeps.

    That is the one with the highest validation accuracy, then the lowest validation loss, among those in which all
    unfrozen units trained; while there is none of these, among all. Without `keep_best` it is the last.

    Args:
        history: epoch 0 first, and at least one more.
        head_epochs: how many epochs train the head alone before other units train too.
    """
    if not keep_best:
        return history[-1]
    candidates = [epoch for epoch in history if epoch.epoch > head_epochs] or history[1:]
    return max(candidates, key=lambda epoch: (epoch.val_accuracy, -epoch.val_loss))


def head_only_result(events: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the head-only result: epoch, val_accuracy, test_correct; None where no head-only phase ended."""
    found = [event for event in events if event["event"] == "border"]
    return {name: found[-1][name] for name in ("epoch", "val_accuracy", "test_correct")} if found else None


def rows(history: list[Epoch], head_epochs: int) -> list[dict[str, Any]]:
    """Return the epochs as plain rows: epoch, phase ("start", "head" or "all"), loss, accuracy, val_loss, ..., seconds.

    Args:
        history: epoch 0 first.
        head_epochs: as for `kept_epoch`; 0 where there are none.
    """
    return [
        {
            "epoch": epoch.epoch,
            "phase": "start" if epoch.epoch == 0 else "head" if epoch.epoch <= head_epochs else "all",
            **{name: getattr(epoch, name) for name in ("loss", "accuracy", "val_loss", "val_accuracy", "seconds")},
        }
        for epoch in history
    ]


def last_epoch(events: list[dict[str, Any]]) -> int:
    """Return the newest finished epoch; 0 where there is none."""
    return max((event["epoch"] for event in events if event["event"] == "epoch"), default=0)


def progress_from(events: list[dict[str, Any]], epochs: int) -> Progress:
    """Compute a running run's progress from its events.

    Args:
        events: as `JobFolder.events` gives them, oldest first.
        epochs: how many the run will have.
    """
    attempt = newest_attempt(events)
    phases = [event for event in attempt if event["event"] == "phase"]
    if not phases:
        return Progress("weights", epoch=last_epoch(events), epochs=epochs)
    phase: Phase = phases[-1]["phase"]
    last = attempt[-1]
    if phase == "prefix" and last["event"] == "prefix":
        return Progress("prefix", epochs=epochs, done=last["done"], total=last["total"])
    if phase != "train":
        return Progress(phase, epoch=last_epoch(events), epochs=epochs)
    batch, batches = (last["batch"], last["batches"]) if last["event"] == "batch" else (0, 0)
    return Progress("train", last_epoch(events), epochs, batch, batches)


def newest_attempt(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the events since the training began, or was continued, last: earlier ones say nothing of its speed."""
    starts = [place for place, event in enumerate(events) if event["event"] == "started"]
    return events[starts[-1] :] if starts else []


def computing_seconds(events: list[dict[str, Any]], head_epochs: int) -> float:
    """Return what a training spent on asking frozen layers once, and on the epochs in which units train.

    Args:
        head_epochs: how many of its epochs train the head alone.
    """
    attempt = newest_attempt(events)
    begins = {event["phase"]: event["at"] for event in attempt if event["event"] == "phase"}
    once_s = begins["train"] - begins["prefix"] if {"train", "prefix"} <= begins.keys() else 0.0
    trained = {event["epoch"]: event["seconds"] for event in events if event["event"] == "epoch"}
    return float(max(0.0, once_s) + sum(seconds for epoch, seconds in trained.items() if epoch > head_epochs))


def earlier_seconds(events: list[dict[str, Any]]) -> float:
    """Return how long the attempts before the last one took, from each one's start to its last event."""
    starts = [place for place, event in enumerate(events) if event["event"] == "started"]
    return float(sum(max(0.0, events[end - 1]["at"] - events[start]["at"]) for start, end in pairwise(starts)))
