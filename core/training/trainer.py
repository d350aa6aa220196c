"""One training, from a run folder with settings to a tested model. Knows nothing of queues or pages."""

from __future__ import annotations

import keras
import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from core.config import TrainConfig
from core.errors import Stopped
from core.experiments.history import Reporter
from core.experiments.runs import open_run
from core.features.store import FeatureStore
from core.jobfolder import JobFolder
from core.load import Reading
from core.training import callbacks as cb
from core.training import finish
from core.training.checkpoint import CheckpointWriter, TakeCheckpoint
from core.training.features import EpochBatches
from core.training.prepare import Phase, Setup, prepare
from core.training.shared import Shared, TrainedHead
from core.workspace import Workspace


def run_training(job: JobFolder, workspace: Workspace, shared: Shared | None = None) -> None:
    """Train what the run folder asks for, or resume from its checkpoint; write model, predictions and numbers into it.

    Args:
        shared: with other trainings of this process; None where there are none.

    Raises:
        LabError: weights missing, settings that do not fit the network, photos gone.
        Stopped: the user asked to stop. What was learned in whole epochs has been tested and kept.
    """
    began = Reading()
    shared = shared or Shared()
    reporter = Reporter(job, check_stop=shared.check_stop)
    with FeatureStore(workspace.features) as store:
        setup = prepare(open_run(job.path), workspace, reporter, shared, store)
        _train_and_finish(job, setup, began)


def _train_and_finish(job: JobFolder, setup: Setup, began: Reading) -> None:
    keep_best = cb.KeepBest(setup.network.suffix) if setup.config.keep_best else None
    if keep_best and setup.checkpoint:
        keep_best.weights = setup.checkpoint.best_weights
    checkpoint = CheckpointWriter(job.path / "checkpoint.npz", setup.network.suffix, keep_best, setup.checkpoint)
    stopped = False
    try:
        _train(setup, keep_best, checkpoint)
    except Stopped:
        checkpoint.write()
        if not (job.path / "stop").exists() or not checkpoint.last:
            raise
        stopped = True
        # The unfinished epoch does not count: the last whole one is kept, or the best of them.
        setup.network.set_suffix_weights(checkpoint.last.suffix_weights)
        setup.reporter.emit("stopping", epoch=len(setup.run.history()) - 1)
    finish.finish(setup, keep_best.weights if keep_best else None, began)
    if stopped:
        raise Stopped
    (job.path / "checkpoint.npz").unlink(missing_ok=True)


def _train(setup: Setup, keep_best: cb.KeepBest | None, checkpoint: CheckpointWriter) -> None:
    """Train phase by phase; skip what is done according to the checkpoint."""
    setup.reporter.emit("phase", phase="train")
    if setup.n_measured < len(setup.train):
        setup.reporter.emit("sample", photos=setup.n_measured)
    done = setup.checkpoint.epoch if setup.checkpoint else 0
    for phase in setup.phases:
        if phase.head_only and done == 0 and _reuse_head(setup, phase):
            done = phase.ends
            continue
        if done == phase.begins > 0:
            _test_head(setup, done)
            if keep_best:
                # From here on only epochs in which all unfrozen units train are candidates.
                keep_best.reset()
        _fit_phase(setup, phase, done, keep_best, checkpoint)
        if phase.head_only and done == 0 and phase.ends < setup.config.epochs:
            _share_head(setup)
        done = phase.ends


def _reuse_head(setup: Setup, phase: Phase) -> bool:
    """Take over the head, and what was reported of it, from a training that began with the same epochs, if any did."""
    # Where all units are frozen the head trains to the end, and its epochs are reported as they are trained.
    known = setup.shared.heads.get(setup.head_key) if phase.ends < setup.config.epochs else None
    if known is None:
        return False
    for facts in known.epochs:
        setup.reporter.emit("epoch", **facts)
    setup.network.head.set_weights(known.weights)
    return True


def _share_head(setup: Setup) -> None:
    events = [event for event in setup.run.job.events() if event["event"] == "epoch"]
    reported = tuple({name: fact for name, fact in event.items() if name not in ("event", "at")} for event in events)
    setup.shared.heads[setup.head_key] = TrainedHead(setup.network.head.get_weights(), reported)


def _test_head(setup: Setup, epoch: int) -> None:
    """Report how many test photos the head alone gets right, before anything else begins to train."""
    labels = setup.test.labels
    correct = 0
    if len(labels):
        probabilities = cb.predict_clean(setup.network.head, setup.head_test)
        correct = int((probabilities.argmax(axis=1) == labels).sum())
    history = setup.run.history()
    setup.reporter.emit("border", epoch=epoch, val_accuracy=history[epoch].val_accuracy, test_correct=correct)


def _fit_phase(
    setup: Setup, phase: Phase, done: int, keep_best: cb.KeepBest | None, checkpoint: CheckpointWriter
) -> None:
    config, network = setup.config, setup.network
    model = network.head if phase.head_only else network.suffix
    train = setup.head_train if phase.head_only else setup.train
    validation = setup.head_validation if phase.head_only else setup.validation
    network.set_trainable_units(len(network.units) if phase.head_only else setup.freeze_depth)
    _compile(model, config, phase.rate)
    measure = cb.MeasureEpoch(setup.reporter, train, validation, setup.n_measured)
    policies = [*([keep_best] if keep_best else []), *(_policies(config) if phase.ends == config.epochs else [])]
    save = TakeCheckpoint(checkpoint, policies)
    save.set_model(model)
    if setup.checkpoint and done == setup.checkpoint.epoch:
        save.restore(setup.checkpoint.arrays, setup.checkpoint.state, same_phase=done > phase.begins)
    if done == 0:
        measure.set_model(model)
        measure.measure(0, 0.0)
    batches = EpochBatches(
        train,
        _sample_weights(train.labels, balanced=config.class_weights),
        batch_size=config.batch_size,
        repeats=config.repeats_per_epoch(len(train), head_only=phase.head_only),
        seed=config.seed,
        first_epoch=done,
    )
    before = [cb.SeedEpoch(network, config.seed), *_schedule(phase, config), cb.ReportBatches(setup.reporter)]
    callbacks = [*before, measure, *policies, save]
    model.fit(batches, initial_epoch=done, epochs=phase.ends, verbose=0, shuffle=False, callbacks=callbacks)


def _compile(model: keras.Model, config: TrainConfig, rate: float) -> None:
    if not model.compiled:
        model.compile(optimizer=_optimizer(config, rate), loss="sparse_categorical_crossentropy")
        # Variables that the first step made would have Keras trace it twice.
        model.optimizer.build(model.trainable_variables)
    else:
        # Used before, by a training that differed in its seed; its state was reset with the weights.
        model.optimizer.learning_rate = rate


def _schedule(phase: Phase, config: TrainConfig) -> list[keras.callbacks.Callback]:
    # Where the rate is divided on a plateau, no schedule sets it.
    is_scheduled = phase.begins > 0 and config.reduce_lr_patience is None
    return [cb.RaisedCosine(phase.rate, phase.begins, phase.ends)] if is_scheduled else []


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
