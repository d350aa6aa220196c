"""One training, from a run folder with settings to a tested model. Knows nothing of queues or pages."""

from __future__ import annotations

import time

import keras
import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from core.config import TrainConfig
from core.errors import Stopped
from core.experiments.runs import open_run
from core.jobfolder import JobFolder
from core.training import callbacks as cb
from core.training import finish
from core.training.events import Reporter
from core.training.feature_memory import FeatureMemory
from core.training.features import EpochBatches
from core.training.prepare import Material, Phase, Shared, prepare
from core.training.reuse import TrainedHead
from core.workspace import Workspace


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
    material = prepare(open_run(job.path), workspace, reporter, shared)
    if is_alone and not any(phase.head_only and phase.ends < material.config.epochs for phase in material.phases):
        # What is needed from here on is kept with the faces.
        shared.memory.close()
    keep_best = cb.KeepBest(material.network.suffix) if material.config.keep_best else None
    if keep_best and material.checkpoint:
        keep_best.weights = material.checkpoint.best_weights
    checkpoint = cb.CheckpointWriter(
        job.path / "checkpoint.npz", material.network.suffix, keep_best, material.checkpoint
    )
    stopped = False
    try:
        _train(material, keep_best, checkpoint)
    except Stopped:
        checkpoint.write()
        if not (job.path / "stop").exists() or not checkpoint.last:
            raise
        stopped = True
        # The epoch that was going on does not count: what is kept is the last whole one, or the best of them.
        material.network.set_suffix_weights(checkpoint.last.suffix_weights)
        reporter.emit("stopping", epoch=len(material.run.history()) - 1)
    finish.finish(material, keep_best.weights if keep_best else None, began_s)
    if stopped:
        raise Stopped
    (job.path / "checkpoint.npz").unlink(missing_ok=True)


def _train(material: Material, keep_best: cb.KeepBest | None, checkpoint: cb.CheckpointWriter) -> None:
    """Train phase by phase; skip what a checkpoint has behind it."""
    material.reporter.emit("phase", phase="train")
    done = material.checkpoint.epoch if material.checkpoint else 0
    for phase in material.phases:
        if phase.head_only and done == 0 and _has_same_head(material, phase):
            done = phase.ends
            continue
        if done == phase.begins > 0:
            _sit_border_exam(material, done)
            if keep_best:
                # Only epochs in which everything that is to learn does learn are candidates from here on.
                keep_best.forget()
        _fit_phase(material, phase, done, keep_best, checkpoint)
        if phase.head_only and done == 0 and phase.ends < material.config.epochs:
            _remember_head(material)
        done = phase.ends


def _has_same_head(material: Material, phase: Phase) -> bool:
    """Take over the head, and what was reported of it, of a training that began with the same epochs."""
    # Where all is frozen the head goes on learning, and its epochs are told as they are trained.
    known = material.reused.heads.get(material.head_key) if phase.ends < material.config.epochs else None
    if known is None:
        return False
    for facts in known.epochs:
        material.reporter.emit("epoch", **facts)
    material.network.head.set_weights(known.weights)
    return True


def _remember_head(material: Material) -> None:
    events = [event for event in material.run.job.events() if event["event"] == "epoch"]
    told = tuple({name: fact for name, fact in event.items() if name not in ("event", "at")} for event in events)
    material.reused.heads[material.head_key] = TrainedHead(material.network.head.get_weights(), told)


def _sit_border_exam(material: Material, epoch: int) -> None:
    """Report what the head alone gets in the final exam, before anything else begins to learn."""
    labels = material.final_exam.labels
    right = 0
    if len(labels):
        probabilities = material.network.head.predict(
            material.head_final_exam(), batch_size=cb.MEASURE_BATCH, verbose=0
        )
        right = int((np.asarray(probabilities).argmax(axis=1) == labels).sum())
    history = material.run.history()
    material.reporter.emit("border", epoch=epoch, val_accuracy=history[epoch].val_accuracy, test_correct=right)


def _fit_phase(
    material: Material, phase: Phase, done: int, keep_best: cb.KeepBest | None, checkpoint: cb.CheckpointWriter
) -> None:
    config, network = material.config, material.network
    learns = network.head if phase.head_only else network.suffix
    practice = material.head_practice if phase.head_only else material.practice
    mock_exam = material.head_mock_exam if phase.head_only else material.mock_exam
    network.set_trainable_units(len(network.units) if phase.head_only else material.freeze_depth)
    if not learns.compiled:
        learns.compile(optimizer=_optimizer(config, phase.rate), loss="sparse_categorical_crossentropy")
    else:
        # Used before, by a training that differed in its seed; its memory was emptied with the weights.
        learns.optimizer.learning_rate = phase.rate

    is_last = phase.ends == config.epochs
    measure = cb.MeasureEpoch(material.reporter, practice, mock_exam)
    policies = [*([keep_best] if keep_best else []), *(_policies(config) if is_last else [])]
    save = cb.TakeCheckpoint(checkpoint, policies)
    save.set_model(learns)
    if material.checkpoint and done == material.checkpoint.epoch:
        save.restore(material.checkpoint.arrays, material.checkpoint.state, same_phase=done > phase.begins)
    if done == 0:
        measure.set_model(learns)
        measure.measure(0, 0.0)
    batches = EpochBatches(
        practice,
        _sample_weights(practice.labels, balanced=config.class_weights),
        batch_size=config.batch_size,
        looks=config.looks_per_round(len(practice), head_only=phase.head_only),
        seed=config.seed,
        first_epoch=done,
    )
    # A rate that is divided on a plateau has nobody else decide about it.
    is_swelling = phase.begins > 0 and config.reduce_lr_patience is None
    schedule = [cb.RiseAndFall(phase.rate, phase.begins, phase.ends)] if is_swelling else []
    learns.fit(
        batches,
        initial_epoch=done,
        epochs=phase.ends,
        verbose=0,
        shuffle=False,
        callbacks=[
            cb.SeedEpoch(network, config.seed),
            *schedule,
            cb.ReportBatches(material.reporter),
            measure,
            *policies,
            save,
        ],
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
