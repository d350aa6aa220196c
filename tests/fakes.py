"""Fake contents of a workspace, written with the lab's own functions: photos, a data set, runs."""

from __future__ import annotations

import io
import os
import time
import zlib
from itertools import count
from pathlib import Path

import numpy as np
from PIL import Image

from core.config import CropConfig, Split, SplitConfig, TrainConfig
from core.data.dataset import Dataset, Item
from core.data.read import LeftOut
from core.data.store import PhotoStore
from core.data.versions import save_dataset
from core.experiments import runs
from core.experiments.predictions import Predictions
from core.experiments.runs import Run
from core.jobfolder import State
from core.workspace import Workspace

PEOPLE = ("Ada", "Bo **bold** <b>", "Chen :smile:")
EACH: dict[Split, int] = {"train": 6, "validation": 2, "test": 4}


def age(home: Path) -> None:
    """Make all files in a folder as old as files are that nobody has just changed: what they say is remembered."""
    long_ago_s = time.time() - 3600
    for path in home.rglob("*"):
        os.utime(path, (long_ago_s, long_ago_s))


def photo(seed: int) -> bytes:
    """Return a drawn picture, a PNG of 40 x 40."""
    picture = np.random.default_rng(seed).integers(0, 255, (5, 5, 3), np.uint8)
    data = io.BytesIO()
    Image.fromarray(np.kron(picture, np.ones((8, 8, 1), np.uint8))).save(data, "PNG")
    return data.getvalue()


def dataset(
    workspace: Workspace,
    people: tuple[str, ...] = PEOPLE,
    dataset_id: str = "made1",
    name: str = "class",
    test_each: int = EACH["test"],
) -> Dataset:
    """Write a data set whose photos are faces already, with `test_each` test photos of each person."""
    store, numbers = PhotoStore(workspace.photos), count()
    items = [
        Item(
            sha256=store.add(photo(zlib.crc32(f"{person} {split} {n}".encode()))),
            name=f"{person}/{split}-{n}.png",
            person=person,
            split=split,
            group=next(numbers),
            n_faces=1,
            face=None,
        )
        for person in people
        for split, photos in {**EACH, "test": test_each}.items()
        for n in range(photos)
    ]
    made = Dataset(
        dataset_id,
        name,
        1,
        people,
        tuple(items),
        (LeftOut("Ada/holiday.mp4", "is a video", kind="not_a_photo"),),
        (LeftOut("Ada/train-0.png", "shows a small face", items[0].sha256, people[0], "train", "small_face", None),),
        CropConfig(detector="none", size_px=40),
        SplitConfig(),
    )
    save_dataset(workspace, made)
    return made


def run(
    workspace: Workspace,
    photos: Dataset,
    *,
    state: State = "done",
    message: str = "",
    epochs: int = 3,
    tested: bool = True,
    config: TrainConfig | None = None,
) -> Run:
    """Write a run as a worker leaves it, in any state; "running" needs its lock held by the caller."""
    config = config or TrainConfig(pretrained=False, freeze_depth=10, epochs=5, image_size_px=48)
    written = runs.create_run(runs.new_run_path(workspace), photos, config, state=state)
    written.job.emit("started", epochs=config.epochs, people=list(photos.people))
    written.job.emit("phase", phase="train")
    n, n_people = photos.counts()["validation"], len(photos.people)
    for epoch in range(epochs + 1):
        written.job.emit(
            "epoch",
            epoch=epoch,
            loss=1.1 / (epoch + 1),
            accuracy=0.3 + 0.15 * epoch,
            val_loss=1.2 / (epoch + 1),
            val_accuracy=0.3 + 0.1 * epoch,
            seconds=1.0,
            learning_rate=1e-3,
            val_probabilities=np.full((n, n_people), 1 / n_people).tolist(),
        )
    written.job.emit("batch", epoch=epochs + 1, batch=2, batches=4)
    if tested:
        _write_test(written, photos)
    written.job.set_state(state, message)
    return written


def _write_test(written: Run, photos: Dataset) -> None:
    test = photos.of("test")
    labels = np.array([photos.people.index(item.person) if item.person else -1 for item in test])
    probabilities = np.full((len(test), len(photos.people)), 0.1, np.float32)
    said = labels.copy()
    said[0] = (labels[0] + 1) % len(photos.people)
    probabilities[np.arange(len(test)), said] = 0.8
    written.write_predictions(
        Predictions(
            probabilities / probabilities.sum(axis=1, keepdims=True),
            labels,
            tuple(item.name for item in test),
            tuple(item.sha256 for item in test),
            tuple(item.face for item in test),
        )
    )
    written.job.write_result({"test_correct": len(test) - 1, "test_total": len(test)})
    written.model_path.write_bytes(b"a model")
