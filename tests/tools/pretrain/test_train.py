"""A whole pretraining on a few tiny faces; needs PyTorch (tools/pretrain/README.md)."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")

COUNT = 24


@pytest.fixture
def train(program):
    return program("train")


@pytest.fixture
def data(tmp_path, directions) -> list[str]:
    """The arguments that name crops, descriptors, split and blends of twenty-four faces."""
    rng = np.random.default_rng(0)
    names = np.array([f"face {n}" for n in range(COUNT)])
    faces_rgb = rng.integers(0, 256, (COUNT, 40, 40, 3), np.uint8)
    np.savez(tmp_path / "crops.npz", faces_rgb=faces_rgb, names=names, people=names)
    np.savez(tmp_path / "descriptors.npz", descriptors=directions[:COUNT], names=names)
    pairs = {"first": np.arange(8, dtype=np.int32), "second": np.arange(8, 16, dtype=np.int32)}
    share = np.full(8, 0.5, np.float32)
    np.savez(tmp_path / "blends.npz", **pairs, share=share, names=names[:8], descriptors=directions[COUNT : COUNT + 8])
    who = names.tolist()
    split = {"trained": who[:16], "watched": who[16:20], "held_out": who[20:], "twenty": []}
    (tmp_path / "split.json").write_text(json.dumps(split), encoding="utf-8")
    files = {"crops": "crops.npz", "descriptors": "descriptors.npz", "split": "split.json", "blends": "blends.npz"}
    return [part for key, name in files.items() for part in (f"--{key}", str(tmp_path / name))]


def run(train, monkeypatch, data: list[str], out, *more: str) -> list[dict]:
    """Run the program; return the history in its checkpoint."""
    sizes = ["--width", "4", "--batch", "8", "--stages", "32:2", "--neighbours", "0.3", "--near", "0.25"]
    monkeypatch.setattr(sys, "argv", ["train.py", *data, "--out", str(out), "--device", "cpu", *sizes, *more])
    train.main()
    with np.load(out / "checkpoint.npz") as stored:
        return json.loads(str(stored["described"]))["history"]


def weights(out) -> np.ndarray:
    with np.load(out / "checkpoint.npz") as stored:
        return stored["average/conv5_3/kernel"]


def test_a_stopped_run_goes_on_to_the_same_weights(train, monkeypatch, data, tmp_path) -> None:
    through = run(train, monkeypatch, data, tmp_path / "through")
    assert [epoch["size_px"] for epoch in through] == [32, 32]
    assert {"loss", "cosine", "strangers_cosine", "trained_cosine", "watched_cosine"} <= set(through[0])

    saved = train.save

    def save_and_stop(*arguments) -> None:
        saved(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "save", save_and_stop)
    with pytest.raises(KeyboardInterrupt):
        run(train, monkeypatch, data, tmp_path / "stopped")
    monkeypatch.setattr(train, "save", saved)
    assert len(run(train, monkeypatch, data, tmp_path / "stopped", "--resume")) == 2
    assert np.allclose(weights(tmp_path / "stopped"), weights(tmp_path / "through"), atol=1e-6)
    assert (tmp_path / "stopped" / "average.npz").exists()


def test_an_old_run_is_not_written_over(train, monkeypatch, data, tmp_path) -> None:
    run(train, monkeypatch, data, tmp_path / "run")
    with pytest.raises(SystemExit):
        run(train, monkeypatch, data, tmp_path / "run")


def test_a_wider_net_teaches_a_narrower_one(train, monkeypatch, data, tmp_path) -> None:
    run(train, monkeypatch, data, tmp_path / "wide", "--width", "8")
    run(train, monkeypatch, data, tmp_path / "alone")
    run(train, monkeypatch, data, tmp_path / "guided", "--guide", str(tmp_path / "wide" / "average.npz"))
    assert weights(tmp_path / "wide").shape == (3, 3, 64, 64)
    assert weights(tmp_path / "guided").shape == (3, 3, 32, 32)
    assert not np.allclose(weights(tmp_path / "guided"), weights(tmp_path / "alone"), atol=1e-4)


def test_a_run_begins_from_an_earlier_ones_weights(train, monkeypatch, data, tmp_path) -> None:
    run(train, monkeypatch, data, tmp_path / "first")
    start = ["--start", str(tmp_path / "first" / "average.npz"), "--rate", "0", "--average-decay", "0"]
    run(train, monkeypatch, data, tmp_path / "second", *start)
    assert np.allclose(weights(tmp_path / "second"), weights(tmp_path / "first"), atol=1e-6)


def test_views_are_blends_of_the_right_two_faces(train, program, monkeypatch) -> None:
    lessons = program("sampling").Lessons
    stored = torch.stack([torch.full((3, 40, 40), value, dtype=torch.uint8) for value in (0, 100, 200)])
    blends = lessons(
        np.array([0, 2], np.int32),
        np.array([1, 1], np.int32),
        np.array([0.3, 0.6], np.float32),
        np.eye(2, 128, dtype=np.float32),
    )
    course = train.Course(batch=2, near=0, hard=1, seed=0)
    seen = []
    monkeypatch.setattr(train, "augment", lambda faces, *_: seen.append(faces) or faces)
    ((_, targets),) = course.views(stored, blends, 32, 0)
    first = targets[0, 0].item() == 1
    assert seen[0][:, 0, 0, 0].tolist() == pytest.approx([70, 160] if first else [160, 70])


def test_crops_may_come_packed(train, monkeypatch, data, tmp_path, program) -> None:
    with np.load(tmp_path / "crops.npz") as stored:
        program("pack").pack(dict(stored), tmp_path / "parts", 1)
    data[1] = str(tmp_path / "parts")
    assert len(run(train, monkeypatch, data, tmp_path / "run")) == 2
