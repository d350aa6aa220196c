"""Keras callbacks of a training: measure and report each epoch, keep the best, stop when asked.

Order matters: `MeasureEpoch` puts val_loss and val_accuracy into the logs that the later ones read, and
`checkpoint.TakeCheckpoint` comes last, after every other callback has seen the epoch.
"""

from __future__ import annotations

import math
import time
from typing import Any

import keras
import numpy as np

from core.experiments.history import Reporter
from core.models.classifier import Classifier
from core.training.features import Faces

MEASURE_BATCH = 64


def predict_clean(suffix: keras.Model, faces: Faces, photos: np.ndarray | None = None) -> np.ndarray:
    """Return the probabilities of unchanged faces, all or those of `photos`: float32, shape (n, n_classes)."""
    batches = faces.clean_batches(MEASURE_BATCH, photos)
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
    """Measure training and validation on unchanged photos after the epoch, and report it.

    Args:
        reporter: is told.
        train, validation: the faces.
        most: so many training photos are measured at most, the same ones after each epoch and in every run.
    """

    def __init__(self, reporter: Reporter, train: Faces, validation: Faces, most: int) -> None:
        super().__init__()
        self._reporter = reporter
        self._train = train
        self._validation = validation
        sample = np.random.default_rng(0).permutation(len(train))[:most]
        self._sample = np.sort(sample)
        self._began_s = time.monotonic()

    def measure(self, epoch: int, learning_rate: float) -> dict[str, float]:
        """Report `epoch` (0: before training); return its numbers under Keras' names."""
        probabilities = predict_clean(self.model, self._validation)
        val_loss, val_accuracy = loss_and_accuracy(probabilities, self._validation.labels)
        of_train = predict_clean(self.model, self._train, self._sample)
        loss, accuracy = loss_and_accuracy(of_train, self._train.labels[self._sample])
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
