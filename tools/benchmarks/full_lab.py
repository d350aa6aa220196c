"""A workspace as a class leaves it after a term: photos, versions of data sets, comparisons, many experiments. Made up.

The photos are small drawings, and what is large and alike in several experiments is one file under several names, so
that 10,000 photos and 500 experiments take a minute. Readers cannot tell.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from core.config import SPLITS, CropConfig, Split, SplitConfig, TrainConfig
from core.data.dataset import MANIFEST, Dataset, Item
from core.data.read import LeftOut
from core.data.store import PhotoStore
from core.data.versions import save_dataset
from core.experiments import history
from core.experiments.predictions import Predictions
from core.experiments.runs import Run, training_request
from core.jobfolder import JobFolder
from core.models.registry import backbone
from core.presets import preset
from core.sweeps.plan import SweepPlan
from core.sweeps.sweep import create_sweep
from core.workspace import Workspace
from tests import fakes

PEOPLE = 20
# Shares as Photos splits them.
SPLIT = SplitConfig()
VERSIONS = 3
EPOCHS, HEAD_EPOCHS = 20, 10
# Networks that answer differently on the same photos.
ANSWERS = 4
BEGAN_S = 1_780_000_000
# What pages read of these is the same whichever experiment they belong to.
LARGE = ("dataset.json", "events.jsonl", "predictions.json", "result.json")


@dataclass(frozen=True)
class Size:
    """How full a lab is: photos in all, experiments that stand for themselves, and comparisons beside them."""

    photos: int
    runs: int
    sweeps: int


def fill(workspace: Workspace, size: Size) -> None:
    """Write photos, data sets, comparisons and experiments, all finished."""
    versions = _datasets(workspace, size.photos)
    with TemporaryDirectory() as folder:
        older = [_finished(Path(folder), dataset, 0) for dataset in versions[:-1]]
        of_newest = [_finished(Path(folder), versions[-1], answer) for answer in range(ANSWERS)]
        for number in range(size.sweeps):
            _sweep(workspace, versions[-1], of_newest, seed=3 * number)
        for number, config in zip(range(size.runs), _configs(), strict=False):
            # Three in four have the newest photos.
            template = of_newest[number % ANSWERS] if number % 4 else older[number // 4 % len(older)]
            path = workspace.runs / f"{_stamp(number)}-{number:06x}"
            request = training_request(config, template.dataset, f"idea {number}" if number % 3 == 0 else "")
            with JobFolder.making(path, {**request, "created_at": float(_second(number))}, state="done"):
                pass
            _complete(Run(path), template)


def _datasets(workspace: Workspace, n_photos: int) -> list[Dataset]:
    """Write the versions of one data set, and another one with five of its people; return the versions."""
    store, rng = PhotoStore(workspace.photos), np.random.default_rng(0)
    people = tuple(f"person {number:02}" for number in range(PEOPLE))
    items = []
    for person in people:
        each = n_photos // PEOPLE
        parts = rng.permutation(
            np.repeat(SPLITS, [round(each * SPLIT.fraction(split)) for split in SPLITS[:-1]] + [each])[:each]
        )
        for number, part in enumerate(parts):
            sha256 = store.add(fakes.photo(len(items)))
            split: Split = part.item()
            # Every tenth photo has a near copy.
            group = len(items) - (number % 10 == 9)
            items.append(Item(sha256, f"{person}/IMG_{number:04}.jpg", person, split, group, 1, None))
    left_out = [LeftOut(f"{person}/film.mp4", "is a video", kind="not_a_photo") for person in people]
    to_review = [
        LeftOut(item.name, "shows a small face", item.sha256, item.person, item.split, "small_face", None)
        for item in items[::25]
    ]
    crop = CropConfig(detector="none", size_px=96)
    first = Dataset("term1", "the class", 1, people, tuple(items), tuple(left_out), tuple(to_review), crop, SPLIT)
    versions = [replace(first, version=n + 1, items=tuple(items[n:])) for n in range(VERSIONS)]
    five = tuple(item for item in items if item.person in people[:5])
    for dataset in (replace(first, id="term0", name="five of us", people=people[:5], items=five), *versions):
        save_dataset(workspace, dataset)
    return versions


def _configs() -> Sequence[TrainConfig]:
    """Return as many different settings as a class tries."""
    base = replace(preset("recommended"), epochs=EPOCHS, head_epochs=HEAD_EPOCHS, precision="float32")
    units = len(backbone(base.backbone).architecture.units)
    tried = product(range(20), (units, units - 2, units - 4, 0), (96, 64), (0.005, 0.001), (None, 20))
    return [
        replace(base, seed=seed, freeze_depth=depth, image_size_px=side, learning_rate=rate, train_per_class=each)
        for seed, depth, side, rate, each in tried
    ]


@dataclass(frozen=True)
class _Template:
    """A folder with the large files of a finished training."""

    path: Path
    dataset: Dataset


def _finished(home: Path, dataset: Dataset, answer: int) -> _Template:
    path = home / f"{dataset.version}-{answer}"
    rng, run = np.random.default_rng(answer), Run(path)
    with JobFolder.making(path, training_request(TrainConfig(), dataset)):
        pass
    MANIFEST.write(path / "dataset.json", dataset)
    test, n_validation = dataset.of("test"), len(dataset.of("validation"))
    labels = np.array([dataset.people.index(str(item.person)) for item in test])
    probabilities = _softmax(rng.normal(size=(len(test), PEOPLE)) + 3 * np.eye(PEOPLE)[labels])
    predictions = Predictions(
        probabilities.astype(np.float32),
        labels,
        tuple(item.name for item in test),
        tuple(item.sha256 for item in test),
        tuple(item.face for item in test),
    )
    run.write_predictions(predictions)
    job = JobFolder(path)
    job.emit("started", epochs=EPOCHS, batches=40, people=list(dataset.people))
    job.emit("phase", phase="train")
    for epoch in range(EPOCHS + 1):
        asked = _softmax(rng.normal(size=(n_validation, PEOPLE)))
        facts = {"accuracy": 0.05 + 0.04 * epoch, "val_accuracy": 0.05 + 0.035 * epoch, "seconds": 1.0}
        facts |= {"loss": 3 / (1 + epoch), "val_loss": 3.1 / (1 + epoch), "learning_rate": 1e-3}
        job.emit("epoch", epoch=epoch, **facts, val_probabilities=np.round(asked, 4).tolist())
        if epoch == HEAD_EPOCHS:
            job.emit("border", epoch=epoch, val_accuracy=0.4, test_correct=len(test) // 2)
    job.write_result(_result(run, dataset, predictions, rng))
    return _Template(path, dataset)


def _softmax(scores: np.ndarray) -> np.ndarray:
    shares = np.exp(scores)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _result(run: Run, dataset: Dataset, predictions: Predictions, rng: np.random.Generator) -> dict[str, Any]:
    """Return what `core.training.finish` writes."""
    people, labels, said = dataset.people, predictions.labels, predictions.probabilities.argmax(axis=1)
    confusion = np.zeros((PEOPLE, PEOPLE), int)
    np.add.at(confusion, (labels, said), 1)
    right = int(np.trace(confusion))
    described = [
        {
            "name": predictions.names[i],
            "sha256": predictions.sha256s[i],
            "face": None,
            "true": people[labels[i]],
            "predicted": people[said[i]],
            "probabilities": {name: round(float(p), 6) for name, p in zip(people, row, strict=True)},
        }
        for i, row in enumerate(predictions.probabilities)
    ]
    return {
        "backbone": TrainConfig().backbone,
        "classes": list(people),
        "split_counts": dataset.counts(),
        "epochs_run": EPOCHS,
        "kept_epoch": EPOCHS - 2,
        "retrained": True,
        "head_only": {"epoch": HEAD_EPOCHS, "val_accuracy": 0.4, "test_correct": len(labels) // 2},
        "trainable_parameters": 100_000,
        "frozen_parameters": 1_000_000,
        "val_accuracy": round(float(rng.uniform(0.6, 0.9)), 3),
        "test_accuracy": right / len(labels),
        "test_correct": right,
        "test_total": len(labels),
        "majority_correct": len(labels) // PEOPLE,
        "confusion_matrix": confusion.tolist(),
        "predictions": described,
        "unit_movement": {unit.name: 0.1 for unit in backbone(TrainConfig().backbone).architecture.units},
        "seconds": round(float(rng.uniform(20, 60)), 2),
        "features_computed": 1.0,
        "history": history.rows(run.history(), HEAD_EPOCHS),
        "left_out": [{"name": each.name, "reason": each.reason} for each in dataset.left_out],
        "warnings": [],
    }


def _complete(run: Run, template: _Template) -> None:
    """Give a run what a finished training has."""
    for name in LARGE:
        (run.path / name).unlink(missing_ok=True)
        os.link(template.path / name, run.path / name)
    run.write_config(run.requested_config)
    run.model_path.write_bytes(b"a model")


def _sweep(workspace: Workspace, dataset: Dataset, templates: Sequence[_Template], seed: int) -> None:
    """Write a finished comparison of depths, with three seeds each."""
    base = replace(preset("recommended"), epochs=EPOCHS, head_epochs=HEAD_EPOCHS, precision="float32")
    sweep = create_sweep(workspace, dataset, SweepPlan(base, seeds=(seed, seed + 1, seed + 2)))
    for number, (_, run) in enumerate(sweep.members()):
        _complete(run, templates[number % len(templates)])
        run.job.set_state("done")
    sweep.job.set_state("done")


def _second(number: int) -> int:
    """Return when an experiment was begun: one every ten minutes, seconds since the epoch."""
    return BEGAN_S + 600 * number


def _stamp(number: int) -> str:
    return time.strftime("%Y%m%d-%H%M%S", time.localtime(_second(number)))
