"""What the steps of one training share: settings, network, and the faces as its layers see them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import cast

import keras
import numpy as np

from core.config import SPLITS, AugmentConfig, Split, TrainConfig
from core.data.arrays import FaceArrays, load_faces
from core.data.dataset import Dataset
from core.experiments.runs import Run
from core.models import classifier, registry, weights
from core.models.classifier import Classifier
from core.training import callbacks as cb
from core.training.events import Reporter
from core.training.feature_memory import FeatureMemory, FrozenLayers
from core.training.features import PREFIX_BATCH, Faces, Prefix
from core.training.precision import resolve_precision
from core.training.reuse import Reused
from core.workspace import Workspace


@dataclass(frozen=True)
class Phase:
    """Some epochs in a row in which the same layers learn.

    Attributes:
        begins, ends: epochs done before it, and after it.
        head_only: only the new last layers learn.
        rate: learning rate.
    """

    begins: int
    ends: int
    head_only: bool
    rate: float


def phases_of(config: TrainConfig, n_units: int) -> tuple[Phase, ...]:
    """Return the phases of a training: the head alone, then everything unfrozen; one where these are the same."""
    border, rate = config.border(n_units), config.learning_rate
    if not border:
        return (Phase(0, config.epochs, config.freeze_depth == n_units, rate),)
    return (Phase(0, border, True, rate), Phase(border, config.epochs, False, config.unfrozen_learning_rate))


@dataclass(frozen=True)
class Material:
    """What the steps of one training share.

    Attributes:
        phases: those not finished yet.
        practice, mock_exam: faces behind the frozen units.
        head_practice, head_mock_exam: the same behind all units, for epochs in which only the head learns.
        checkpoint: where an earlier attempt stood; None where there was none.
    """

    run: Run
    config: TrainConfig
    found: weights.FoundWeights | None
    network: Classifier
    phases: tuple[Phase, ...]
    practice: Faces
    mock_exam: Faces
    head_practice: Faces
    head_mock_exam: Faces
    final_exam: FaceArrays
    # Their features behind all units, float32, shape (n, ...); asked for at the border of the phases only.
    head_final_exam: Callable[[], np.ndarray]
    reporter: Reporter
    checkpoint: cb.Checkpoint | None
    reused: Reused
    # What tells its head, after the epochs in which that learns alone, from those of other trainings.
    head_key: Hashable

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
        reused: networks that were built, and heads that were trained.
        check_stop: raises `Stopped` where all of them are to stop, each at once and to go on later.
    """

    memory: FeatureMemory
    waypoints: tuple[int, ...] = ()
    check_stop: Callable[[], None] | None = None
    reused: Reused = field(default_factory=Reused)


def prepare(run: Run, workspace: Workspace, reporter: Reporter, shared: Shared) -> Material:
    """Load weights and faces, build the network, and ask the frozen layers about every face that is still needed."""
    config = registry.check_config(run.config)
    precision = resolve_precision(config.precision)
    config = replace(config, precision=precision)
    run.write_config(config)
    dataset = run.dataset
    reporter.emit("started", epochs=config.epochs, people=list(dataset.people))

    reporter.emit("phase", phase="weights")
    found = weights.require_weights(config.backbone, workspace) if config.pretrained else None
    practice, mock_exam, final_exam = (_faces(dataset, workspace, split, config, shared.reused) for split in SPLITS)
    keras.utils.set_random_seed(config.seed)
    learned = _learned(config, found)
    practised = hashlib.sha256("".join(f"{item.sha256}/{item.face} " for item in practice.items).encode()).hexdigest()
    network = shared.reused.network(
        (replace(config, seed=0), learned, len(dataset.people), practised),
        lambda: classifier.build_classifier(config, len(dataset.people), found, precision=precision),
        lambda network: classifier.start_again(network, config, found),
    )
    checkpoint = _read_checkpoint(run)
    phases = _phases_left(config, len(network.units), checkpoint)

    def seen_behind(depth: int) -> tuple[Faces, Faces]:
        layers = _frozen_layers(network, depth, config, found, shared)

        def behind(faces: FaceArrays, augment: AugmentConfig | None) -> Faces:
            return Faces(faces.faces_rgb, faces.labels, layers, augment=augment, seed=config.seed, frozen=depth > 0)

        return behind(practice, config.augment), behind(mock_exam, None)

    def final_exam_seen() -> np.ndarray:
        layers = _frozen_layers(network, len(network.units), config, found, shared)
        return Faces(
            final_exam.faces_rgb, final_exam.labels, layers, augment=None, seed=config.seed, frozen=True
        ).all_unchanged()

    seen = head_seen = seen_behind(config.freeze_depth or 0)
    if any(phase.head_only for phase in phases) and config.freeze_depth != len(network.units):
        head_seen = seen_behind(len(network.units))
    needed = [] if not phases else list(head_seen) if phases[-1].head_only else [*seen, *head_seen]
    _compute_features(dict.fromkeys(needed), reporter)
    if checkpoint:
        network.set_suffix_weights(checkpoint.suffix_weights)
    else:
        network.scale_features(_head_features(network, config, seen[0], head_seen[0]))
    return Material(
        run,
        config,
        found,
        network,
        phases,
        *seen,
        *head_seen,
        final_exam,
        final_exam_seen,
        reporter,
        checkpoint,
        shared.reused,
        (replace(config, freeze_depth=None), learned, practised, len(dataset.people)),
    )


def _faces(dataset: Dataset, workspace: Workspace, split: Split, config: TrainConfig, reused: Reused) -> FaceArrays:
    """Read the faces of a split; of the practice photos as many as are asked for."""
    few = (
        {"per_class": config.train_per_class, "seed": config.seed}
        if split == "train" and config.train_per_class
        else {}
    )
    return reused.faces(
        (dataset.id, dataset.version, split, config.image_size_px, *few.values()),
        lambda: load_faces(dataset, workspace, split, config.image_size_px, **few),
    )


def _read_checkpoint(run: Run) -> cb.Checkpoint | None:
    path = run.path / "checkpoint.npz"
    return cb.Checkpoint(*cb.read_arrays(path)) if path.exists() else None


def _phases_left(config: TrainConfig, n_units: int, checkpoint: cb.Checkpoint | None) -> tuple[Phase, ...]:
    phases = phases_of(config, n_units)
    if checkpoint is None:
        return phases
    return () if checkpoint.state["ended"] else tuple(each for each in phases if each.ends > checkpoint.epoch)


def _frozen_layers(
    network: Classifier, depth: int, config: TrainConfig, found: weights.FoundWeights | None, shared: Shared
) -> Prefix:
    if depth == 0:
        # Preprocessing alone is quicker than remembering what it gave.
        return cast("Prefix", network.prefix)
    learned = _learned(config, found)
    name = (config.backbone, learned, config.image_size_px, config.precision)
    return FrozenLayers(network, depth, shared.memory, name, (*shared.waypoints, config.freeze_depth or 0))


def _learned(config: TrainConfig, found: weights.FoundWeights | None) -> str:
    """Return what tells the weights that a training starts from."""
    return found.sha256 if found else f"nothing, seed {config.seed}"


def _head_features(network: Classifier, config: TrainConfig, seen: Faces, head_seen: Faces) -> Iterator[np.ndarray]:
    """Yield what the head sees of the unchanged practice photos, batch by batch."""
    behind = len(network.units) if head_seen is not seen else config.freeze_depth or 0
    rest = None if behind == len(network.units) else network.part(len(network.units), behind)
    for photos in head_seen.clean_batches(PREFIX_BATCH):
        features = head_seen.batch(photos, np.zeros(len(photos), np.int64))
        yield features if rest is None else np.asarray(rest.predict_on_batch(features))


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
