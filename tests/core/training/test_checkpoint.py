"""The checkpoint: what it holds, and how often it is written."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from core.training import checkpoint as cp
from core.training.callbacks import KeepBest


@pytest.fixture
def model() -> keras.Model:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile("sgd", "mse")
    return model


def learn(model: keras.Model, kernel: float, checkpoint: cp.CheckpointWriter) -> None:
    """Stand for an epoch that ends with these weights."""
    model.set_weights([np.full((2, 1), kernel), np.zeros(1)])
    checkpoint.take({"epoch": int(kernel)}, model.optimizer)


def read(path: Path) -> cp.Checkpoint:
    return cp.Checkpoint(*cp.read_arrays(path))


def test_writing_takes_a_small_share_of_the_time(model, tmp_path, monkeypatch):
    now, written = [0.0], []

    def write(path, arrays, state):
        written.append(state["epoch"])
        now[0] += 1.0

    monkeypatch.setattr(cp, "write_arrays", write)
    monkeypatch.setattr(cp.time, "monotonic", lambda: now[0])
    checkpoint = cp.CheckpointWriter(tmp_path / "checkpoint.npz", model, None)
    for epoch in range(1, 31):
        now[0] += 3.0
        learn(model, epoch, checkpoint)
    # A second each: the next one not before 20 seconds later.
    assert written == [1, 8, 15, 22, 29]


def test_the_last_whole_epoch_can_be_written_at_any_time(model, tmp_path, monkeypatch):
    monkeypatch.setattr(cp.CheckpointWriter, "MOST_SHARE", 1e-9)
    monkeypatch.setattr(cp.CheckpointWriter, "BYTES_A_SECOND", np.inf)
    path = tmp_path / "checkpoint.npz"
    best = KeepBest(model)
    checkpoint = cp.CheckpointWriter(path, model, best)
    checkpoint.write()
    assert checkpoint.last is None
    assert not path.exists()
    learn(model, 1, checkpoint)
    best.on_epoch_end(0, {"val_accuracy": 0.5, "val_loss": 1.0})
    learn(model, 2, checkpoint)
    model.set_weights([np.full((2, 1), 7.0), np.zeros(1)])  # in the middle of the next one
    assert read(path).epoch == 1
    checkpoint.write()
    written = read(path)
    assert written.epoch == 2
    assert [written.suffix_weights[0][0, 0], written.best_weights[0][0, 0]] == [2, 1]
    assert checkpoint.last.suffix_weights[0][0, 0] == 2


def test_weights_of_the_best_epoch_are_written_once(model, tmp_path, monkeypatch):
    monkeypatch.setattr(cp.CheckpointWriter, "MOST_SHARE", np.inf)
    best = KeepBest(model)
    checkpoint = cp.CheckpointWriter(tmp_path / "checkpoint.npz", model, best)
    for epoch, right in ((1, 0.5), (2, 0.6), (3, 0.4)):
        model.set_weights([np.full((2, 1), epoch), np.zeros(1)])
        best.on_epoch_end(epoch - 1, {"val_accuracy": right, "val_loss": 1.0})
        learn(model, epoch, checkpoint)
        written = read(tmp_path / "checkpoint.npz")
        assert written.suffix_weights[0][0, 0] == epoch
        assert written.best_weights[0][0, 0] == min(epoch, 2)
        assert ("b0" in written.arrays) == (epoch == 3)


def test_the_first_one_waits_until_it_costs_little(model, tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(cp.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(
        cp.CheckpointWriter, "BYTES_A_SECOND", 12.0 + sum(v.numpy().nbytes for v in model.optimizer.variables)
    )
    checkpoint = cp.CheckpointWriter(tmp_path / "checkpoint.npz", model, None)
    for epoch in range(1, 5):
        now[0] += 6.0
        learn(model, epoch, checkpoint)
        assert (tmp_path / "checkpoint.npz").exists() == (epoch == 4)
