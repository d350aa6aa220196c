"""Checkpoints: what a later process needs to go on with a training, and how often that is written."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from core import disk
from core.training.callbacks import KeepBest


@dataclass(frozen=True)
class Checkpoint:
    """Where a training stands after a whole epoch.

    Attributes:
        arrays: weights "w0", "w1", ... of the suffix, variables "o0", ... of the optimizer, weights "b0", ... of the
            suffix after the best epoch, where that was an earlier one.
        state: epoch, whether the training had ended early, state of the callbacks, whether this epoch is the best.
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
        return numbered(self.arrays, "w" if self.state.get("is_best") else "b")


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
    # Until the first one tells: a slow disk.
    BYTES_A_SECOND = 200e6

    def __init__(self, path: Path, whole: keras.Model, best: KeepBest | None, last: Checkpoint | None = None) -> None:
        self.last = last
        self._path = path
        self._whole = whole
        self._best = best
        self._began_s = time.monotonic()
        self._not_before_s: float | None = None

    def take(self, state: dict[str, Any], optimizer: keras.optimizers.Optimizer) -> None:
        """Take the weights and the optimizer after a whole epoch, with `state`."""
        best = self._best.weights if self._best else []
        is_best = bool(self._best and best and self._best.best_epoch == state["epoch"])
        weights = best if is_best else self._whole.get_weights()
        arrays = {f"w{i}": w for i, w in enumerate(weights)}
        arrays |= {f"o{i}": np.array(v) for i, v in enumerate(optimizer.variables)}
        arrays |= {} if is_best else {f"b{i}": w for i, w in enumerate(best)}
        self.last = Checkpoint(arrays, {**state, "is_best": is_best})
        if self._not_before_s is None:
            expected_s = sum(array.nbytes for array in arrays.values()) / self.BYTES_A_SECOND
            self._not_before_s = self._began_s + expected_s / self.MOST_SHARE
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
