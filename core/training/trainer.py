"""One training, from a run folder with settings to a tested model. Knows nothing of queues or pages."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, cast

import keras
import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from core.config import AugmentConfig, TrainConfig
from core.errors import Stopped
from core.jobfolder import JobFolder
from core.models import backbones, classifier, weights
from core.models.classifier import Classifier
from core.photos import dataset as datasets
from core.photos.dataset import FaceArrays
from core.runs import Run, open_run
from core.training import callbacks as cb
from core.training import finish
from core.training.events import Reporter
from core.training.features import EpochBatches, Faces, Prefix
from core.training.memory import FeatureMemory, FrozenLayers
from core.training.precision import resolve_precision
from core.workspace import Workspace


@dataclass(frozen=True)
class Material:
    """What the steps of one training share."""

    run: Run
    config: TrainConfig
    found: weights.FoundWeights | None
    network: Classifier
    practice: Faces
    mock_exam: Faces
    # The same faces behind all units, for the rounds in which only the new last layers learn.
    head_practice: Faces
    head_mock_exam: Faces
    final_exam: FaceArrays
    reporter: Reporter

    @property
    def freeze_depth(self) -> int:
        """How many units stay as they are; `check_config` has put a number where "all of them" was asked for."""
        return self.config.freeze_depth or 0


@dataclass(frozen=True)
class Shared:
    """What a training has in common with others of the same process.

    Attributes:
        memory: what frozen layers made of the photos.
        waypoints: freeze depths of the others.
        check_stop: raises `Stopped` where all of them are to stop, each at once and to go on later.
    """

    memory: FeatureMemory
    waypoints: tuple[int, ...] = ()
    check_stop: Callable[[], None] | None = None


def run_training(job: JobFolder, workspace: Workspace, shared: Shared | None = None) -> None:
    """Train what the run folder asks for, or go on from its checkpoint; leave model, predictions and numbers in it.

    Args:
        shared: what it has in common with other trainings of this process; None where it stands for itself.

    Raises:
        LabError: weights missing, settings that do not fit the network, photos gone.
        Stopped: the user asked to stop. What was learned in whole epochs has been tested and kept.
    """
    began_s = time.monotonic()
    is_alone = shared is None
    shared = shared or Shared(FeatureMemory())
    reporter = Reporter(job, check_stop=shared.check_stop)
    material = _prepare(open_run(job.path), workspace, reporter, shared)
    if is_alone:
        # What is needed from here on is kept with the faces.
        shared.memory.close()
    stopped = False
    try:
        _train(material)
    except Stopped:
        if not (job.path / "stop").exists() or not (job.path / "checkpoint.npz").exists():
            raise
        stopped = True
        reporter.emit("stopping", epoch=len(material.run.history()) - 1)
    finish.finish(material, began_s)
    if stopped:
        raise Stopped
    for name in ("checkpoint.npz", "best.npz"):
        (job.path / name).unlink(missing_ok=True)


def _prepare(run: Run, workspace: Workspace, reporter: Reporter, shared: Shared) -> Material:
    config = backbones.check_config(run.config)
    precision = resolve_precision(config.precision)
    config = replace(config, precision=precision)
    run.write_config(config)
    dataset = run.dataset
    reporter.emit("started", epochs=config.epochs, people=list(dataset.people))

    reporter.emit("phase", phase="weights")
    found = weights.require_weights(config.backbone, workspace) if config.pretrained else None
    practice = datasets.load_faces(
        dataset, workspace, "train", config.image_size_px, per_class=config.train_per_class, seed=config.seed
    )
    mock_exam = datasets.load_faces(dataset, workspace, "validation", config.image_size_px)
    final_exam = datasets.load_faces(dataset, workspace, "test", config.image_size_px)
    keras.utils.set_random_seed(config.seed)
    network = classifier.build_classifier(config, len(dataset.people), found, precision=precision)

    def seen_behind(depth: int) -> tuple[Faces, Faces]:
        layers = _frozen_layers(network, depth, config, found, shared)

        def behind(faces: FaceArrays, augment: AugmentConfig | None) -> Faces:
            return Faces(faces.faces_rgb, faces.labels, layers, augment=augment, seed=config.seed, frozen=depth > 0)

        return behind(practice, config.augment), behind(mock_exam, None)

    seen = head_seen = seen_behind(config.freeze_depth or 0)
    if config.head_epochs and config.freeze_depth != len(network.units):
        head_seen = seen_behind(len(network.units))
    _compute_features(dict.fromkeys((*seen, *head_seen)), reporter)
    return Material(run, config, found, network, *seen, *head_seen, final_exam, reporter)


def _frozen_layers(
    network: Classifier, depth: int, config: TrainConfig, found: weights.FoundWeights | None, shared: Shared
) -> Prefix:
    if depth == 0:
        # Preprocessing alone is quicker than remembering what it gave.
        return cast("Prefix", network.prefix)
    learned = found.sha256 if found else f"nothing, seed {config.seed}"
    name = (config.backbone, learned, config.image_size_px, config.precision)
    return FrozenLayers(network, depth, shared.memory, name, (*shared.waypoints, config.freeze_depth or 0))


def _compute_features(faces: Collection[Faces], reporter: Reporter) -> None:
    total = sum(each.n_to_prepare for each in faces)
    if total == 0:
        return
    reporter.emit("phase", phase="prefix")
    done = 0

    def on_batch(n: int) -> None:
        nonlocal done
        done += n
        reporter.check_stop()
        reporter.emit_sometimes("prefix", last=done == total, done=done, total=total)

    for each in faces:
        each.prepare(on_batch)


def _train(material: Material) -> None:
    """Train the head alone for `head_epochs`, then all that is not frozen; skip what a checkpoint has behind it."""
    config, run = material.config, material.run
    material.reporter.emit("phase", phase="train")
    checkpoint = run.path / "checkpoint.npz"
    saved = cb.read_arrays(checkpoint) if checkpoint.exists() else None
    done = int(saved[1]["epoch"]) if saved else 0
    ended = bool(saved and saved[1]["ended"])
    suffix = material.network.suffix
    # One for both phases: the best round of the second must beat the best of the first.
    keep_best = [cb.KeepBest(run.path / "best.npz", suffix)] if config.keep_best else []

    for phase_end in (config.head_epochs, config.epochs):
        if ended or done >= phase_end:
            # A whole run may lie behind the checkpoint: its weights are then all that is missing.
            if saved and phase_end == config.epochs:
                suffix.set_weights([saved[0][f"w{i}"] for i in range(len(suffix.weights))])
            continue
        _fit_phase(material, phase_end, done, saved, keep_best)
        done, saved = phase_end, None


def _fit_phase(
    material: Material,
    ends: int,
    done: int,
    saved: tuple[dict[str, np.ndarray], dict[str, Any]] | None,
    keep_best: list[cb.KeepBest],
) -> None:
    config, network = material.config, material.network
    head_only = ends == config.head_epochs
    learns = network.head if head_only else network.suffix
    practice = material.head_practice if head_only else material.practice
    mock_exam = material.head_mock_exam if head_only else material.mock_exam
    network.set_trainable_units(len(network.units) if head_only else material.freeze_depth)
    rate = config.learning_rate / 10 if config.head_epochs and not head_only else config.learning_rate
    learns.compile(optimizer=_optimizer(config, rate), loss="sparse_categorical_crossentropy")

    measure = cb.MeasureEpoch(material.reporter, practice, mock_exam)
    policies = [*keep_best, *([] if head_only else _policies(config))]
    save = cb.SaveCheckpoint(material.run.path / "checkpoint.npz", network.suffix, policies)
    save.set_model(learns)
    if saved:
        # At the border of the two phases the optimizer starts anew.
        save.restore(*saved, optimizer=done != config.head_epochs)
    if done == 0:
        measure.set_model(learns)
        measure.measure(0, 0.0)
    batches = EpochBatches(
        practice,
        _sample_weights(practice.labels, balanced=config.class_weights),
        batch_size=config.batch_size,
        seed=config.seed,
        first_epoch=done,
    )
    report = cb.ReportBatches(material.reporter)
    learns.fit(
        batches,
        initial_epoch=done,
        epochs=ends,
        verbose=0,
        shuffle=False,
        callbacks=[cb.SeedEpoch(network, config.seed), report, measure, *policies, save],
    )


def _policies(config: TrainConfig) -> list[keras.callbacks.Callback]:
    policies: list[keras.callbacks.Callback] = []
    if config.early_stopping_patience:
        policies.append(keras.callbacks.EarlyStopping("val_loss", patience=config.early_stopping_patience))
    if config.reduce_lr_patience:
        policies.append(keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.2, patience=config.reduce_lr_patience))
    return policies


def _optimizer(config: TrainConfig, learning_rate: float) -> keras.optimizers.Optimizer:
    if config.optimizer == "sgd":
        return keras.optimizers.SGD(learning_rate, momentum=config.momentum)
    if config.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(learning_rate, momentum=config.momentum)
    return keras.optimizers.Adam(learning_rate)


def _sample_weights(labels: np.ndarray, *, balanced: bool) -> np.ndarray:
    if not balanced:
        return np.ones(len(labels), np.float32)
    classes = np.unique(labels)
    by_class = dict(zip(classes, compute_class_weight("balanced", classes=classes, y=labels), strict=True))
    return np.array([by_class[label] for label in labels], np.float32)
