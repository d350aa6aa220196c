"""The checkpoint: what it holds, and how often it is written."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from core.training import callbacks as cb


@pytest.fixture
def model() -> keras.Model:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile("sgd", "mse")
    return model


def learn(model: keras.Model, kernel: float, checkpoint: cb.CheckpointWriter) -> None:
    """Stand for an epoch that ends with these weights."""
    model.set_weights([np.full((2, 1), kernel), np.zeros(1)])
    checkpoint.take({"epoch": int(kernel)}, model.optimizer)


def test_writing_takes_a_small_share_of_the_time(model, tmp_path, monkeypatch):
    now, written = [0.0], []

    def write(path, arrays, state):
        written.append(state["epoch"])
        now[0] += 1.0

    monkeypatch.setattr(cb, "write_arrays", write)
    monkeypatch.setattr(cb.time, "monotonic", lambda: now[0])
    checkpoint = cb.CheckpointWriter(tmp_path / "checkpoint.npz", model, None)
    for epoch in range(1, 31):
        now[0] += 3.0
        learn(model, epoch, checkpoint)
    # A second each: the next one not before 20 seconds later.
    assert written == [1, 8, 15, 22, 29]


def test_the_last_whole_epoch_can_be_written_at_any_time(model, tmp_path, monkeypatch):
    monkeypatch.setattr(cb.CheckpointWriter, "MOST_SHARE", 1e-9)
    path = tmp_path / "checkpoint.npz"
    best = cb.KeepBest(model)
    checkpoint = cb.CheckpointWriter(path, model, best)
    checkpoint.write()
    assert checkpoint.last is None
    assert not path.exists()
    learn(model, 1, checkpoint)
    best.on_epoch_end(1, {"val_accuracy": 0.5, "val_loss": 1.0})
    learn(model, 2, checkpoint)
    model.set_weights([np.full((2, 1), 7.0), np.zeros(1)])  # in the middle of the next one
    assert cb.read_arrays(path)[1] == {"epoch": 1}
    checkpoint.write()
    arrays, state = cb.read_arrays(path)
    assert state == {"epoch": 2}
    assert [cb.numbered(arrays, letter)[0][0, 0] for letter in "wb"] == [2, 1]
    assert checkpoint.last.suffix_weights[0][0, 0] == 2
