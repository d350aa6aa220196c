"""Keras callbacks of a training: measure and report each epoch, keep the best, write checkpoints, stop when asked.

Order matters: `MeasureEpoch` puts val_loss and val_accuracy into the logs that the later ones read, and
`TakeCheckpoint` comes last, after every other callback has seen the epoch.
"""

from __future__ import annotations

import contextlib
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from core import disk
from core.experiments.history import Reporter
from core.models.classifier import Classifier
from core.training.features import Faces

MEASURE_BATCH = 64


def predict_clean(suffix: keras.Model, faces: Faces) -> np.ndarray:
    """Return the probabilities of unchanged faces: float32, shape (n, n_classes)."""
    batches = faces.clean_batches(MEASURE_BATCH)
    return np.concatenate([np.asarray(suffix.predict_on_batch(features), np.float32) for features in batches])


def loss_and_accuracy(probabilities: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return cross-entropy (nats, every photo counts the same) and the share of right answers."""
    of_truth = np.clip(probabilities[np.arange(len(labels)), labels], 1e-7, 1.0)
    return float(-np.log(of_truth).mean()), float((probabilities.argmax(axis=1) == labels).mean())


class SeedEpoch(keras.callbacks.Callback):
    """Draw the dropout of epoch e from (seed, e), so that a resumed run sees what an uninterrupted one would."""

    def __init__(self, network: Classifier, seed: int) -> None:
        super().__init__()
        self._network = network
        self._seed = seed

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._network.seed_dropout(int(np.random.default_rng((self._seed, epoch)).integers(2**31)))


class RaisedCosine(keras.callbacks.Callback):
    """Raise the learning rate to `rate` in the middle of some epochs and lower it to their end, step by step.

    A new optimizer's first steps are its largest, and the last ones decide what is kept. The shape is a raised cosine
    (Hann's window): measured, no freeze depth then ends below the head alone (docs/training.md).

    Args:
        rate: the learning rate in the middle.
        begins, ends: epochs done before the first of these epochs, and after the last.
    """

    def __init__(self, rate: float, begins: int, ends: int) -> None:
        super().__init__()
        self._rate = rate
        self._begins = begins
        self._ends = ends
        self._done = 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._done = (epoch - self._begins) * self.params["steps"]

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        steps = (self._ends - self._begins) * self.params["steps"]
        share = math.sin(math.pi * (self._done + batch + 1) / (steps + 1)) ** 2
        self.model.optimizer.learning_rate = self._rate * share


class ReportBatches(keras.callbacks.Callback):
    """Report which batch is done; stop after it when the user asked for that."""

    def __init__(self, reporter: Reporter) -> None:
        super().__init__()
        self._reporter = reporter
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._reporter.check_stop()
        self._reporter.emit_sometimes("batch", epoch=self._epoch, batch=batch + 1, batches=self.params["steps"])


class MeasureEpoch(keras.callbacks.Callback):
    """Measure training and validation on unchanged photos after the epoch, and report it."""

    def __init__(self, reporter: Reporter, train: Faces, validation: Faces) -> None:
        super().__init__()
        self._reporter = reporter
        self._train = train
        self._validation = validation
        self._began_s = time.monotonic()

    def measure(self, epoch: int, learning_rate: float) -> dict[str, float]:
        """Report `epoch` (0: before training); return its numbers under Keras' names."""
        probabilities = predict_clean(self.model, self._validation)
        val_loss, val_accuracy = loss_and_accuracy(probabilities, self._validation.labels)
        loss, accuracy = loss_and_accuracy(predict_clean(self.model, self._train), self._train.labels)
        self._reporter.emit(
            "epoch",
            epoch=epoch,
            loss=round(loss, 5),
            accuracy=round(accuracy, 5),
            val_loss=round(val_loss, 5),
            val_accuracy=round(val_accuracy, 5),
            seconds=round(time.monotonic() - self._began_s, 3),
            learning_rate=learning_rate,
            val_probabilities=np.round(probabilities.astype(float), 4).tolist(),
        )
        return {"loss": loss, "accuracy": accuracy, "val_loss": val_loss, "val_accuracy": val_accuracy}

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._began_s = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        measured = self.measure(epoch + 1, float(self.model.optimizer.learning_rate))
        if logs is not None:
            logs.update(measured)


class KeepBest(keras.callbacks.Callback):
    """Remember the weights of the best epoch: the highest validation accuracy, then the lowest validation loss.

    Args:
        whole: all that may ever train; in head-only epochs the model that is fitted is a part of it.
    """

    def __init__(self, whole: keras.Model) -> None:
        super().__init__()
        self._whole = whole
        self.best_epoch = 0
        self.best_score: tuple[float, float] = (-1.0, 0.0)
        self.weights: list[np.ndarray] = []

    def reset(self) -> None:
        """Choose among the epochs from here on."""
        self.best_epoch, self.best_score, self.weights = 0, (-1.0, 0.0), []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        score = ((logs or {})["val_accuracy"], -(logs or {})["val_loss"])
        if score > self.best_score:
            self.best_score, self.best_epoch = score, epoch + 1
            self.weights = self._whole.get_weights()


@dataclass(frozen=True)
class Checkpoint:
    """Where a training stands after a whole epoch.

    Attributes:
        arrays: weights "w0", "w1", ... of the suffix, variables "o0", ... of the optimizer, weights "b0", ... of the
            suffix after the best epoch.
        state: epoch, whether the training had ended early, state of the callbacks.
    """

    arrays: dict[str, np.ndarray]
    state: dict[str, Any]

    @property
    def epoch(self) -> int:
        """Epochs done."""
        return int(self.state["epoch"])

    @property
    def suffix_weights(self) -> list[np.ndarray]:
        """The weights of all that may ever train, in Keras's order."""
        return numbered(self.arrays, "w")

    @property
    def best_weights(self) -> list[np.ndarray]:
        """The same after the best epoch; empty where none was chosen."""
        return numbered(self.arrays, "b")


class CheckpointWriter:
    """Takes a checkpoint after every whole epoch, and writes it as often as that costs little.

    Args:
        path: of the file.
        whole: all that may ever train.
        best: remembers the best epoch; None where the last one is kept.
        last: where an earlier attempt stood.
    """

    # At most this share of the time goes into writing. Epochs that are lost with a process are computed again, with the
    # same result.
    MOST_SHARE = 0.05

    def __init__(self, path: Path, whole: keras.Model, best: KeepBest | None, last: Checkpoint | None = None) -> None:
        self.last = last
        self._path = path
        self._whole = whole
        self._best = best
        self._not_before_s = 0.0

    def take(self, state: dict[str, Any], optimizer: keras.optimizers.Optimizer) -> None:
        """Take the weights and the optimizer after a whole epoch, with `state`."""
        arrays = {f"w{i}": w for i, w in enumerate(self._whole.get_weights())}
        arrays |= {f"o{i}": np.array(v) for i, v in enumerate(optimizer.variables)}
        arrays |= {f"b{i}": w for i, w in enumerate(self._best.weights if self._best else [])}
        self.last = Checkpoint(arrays, state)
        began_s = time.monotonic()
        if began_s >= self._not_before_s:
            self.write()
            ended_s = time.monotonic()
            self._not_before_s = ended_s + (ended_s - began_s) / self.MOST_SHARE

    def write(self) -> None:
        """Write what was taken last, if anything; not where the folder is gone, for it was deleted on purpose."""
        if self.last:
            with contextlib.suppress(FileNotFoundError):
                write_arrays(self._path, self.last.arrays, self.last.state)


class TakeCheckpoint(keras.callbacks.Callback):
    """Take everything a later process needs to resume after this epoch as if nothing had happened.

    Args:
        checkpoint: takes and writes it.
        others: callbacks with a state.
    """

    def __init__(self, checkpoint: CheckpointWriter, others: list[keras.callbacks.Callback]) -> None:
        super().__init__()
        self._checkpoint = checkpoint
        self._others = others
        self._restored: list[dict[str, Any]] | None = None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        state = {
            "epoch": epoch + 1,
            "ended": bool(self.model.stop_training),
            "callbacks": [callback_state(callback) for callback in self._others],
        }
        self._checkpoint.take(state, self.model.optimizer)

    def restore(self, arrays: dict[str, np.ndarray], state: dict[str, Any], *, same_phase: bool) -> None:
        """Restore the state of optimizer and callbacks, if the phase that they belong to goes on.

        Args:
            arrays, state: of the checkpoint.
            same_phase: the checkpoint was taken in the phase that goes on; else both start anew.
        """
        if same_phase:
            # Callbacks are restored when training begins.
            self._restored = state["callbacks"]
            self.model.optimizer.build(self.model.trainable_variables)
            for i, variable in enumerate(self.model.optimizer.variables):
                variable.assign(arrays[f"o{i}"])

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        # Keras' own callbacks reset themselves here; this one comes last and restores their state.
        for callback, state in zip(self._others, self._restored or [], strict=False):
            for name, value in state.items():
                setattr(callback, name, tuple(value) if isinstance(value, list) else value)
        self._restored = None


def callback_state(callback: keras.callbacks.Callback) -> dict[str, Any]:
    """Return the state that a callback keeps between epochs."""
    names = ("wait", "best", "best_epoch", "stopped_epoch", "cooldown_counter", "best_score")
    state = {name: getattr(callback, name) for name in names if hasattr(callback, name)}
    return {k: list(v) if isinstance(v, tuple) else (None if v is None else float(v)) for k, v in state.items()}


def numbered(arrays: dict[str, np.ndarray], letter: str) -> list[np.ndarray]:
    """Return the arrays "w0", "w1", ... of a letter in their order."""
    return [arrays[f"{letter}{i}"] for i in range(len(arrays)) if f"{letter}{i}" in arrays]


def write_arrays(path: Path, arrays: dict[str, np.ndarray], state: dict[str, Any]) -> None:
    """Write arrays and a JSON state as one .npz into a folder that is there, whole or not at all."""
    with disk.replacing(path, make_folder=False) as beside, beside.open("wb") as file:
        np.savez(file, allow_pickle=False, state=np.frombuffer(json.dumps(state).encode("utf-8"), np.uint8), **arrays)


def read_arrays(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read what `write_arrays` wrote; nothing in the file is executed."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    state = json.loads(arrays.pop("state").tobytes().decode("utf-8"))
    return arrays, state
