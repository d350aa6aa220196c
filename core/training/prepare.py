"""What the steps of one training work with: settings, network, and the faces as its layers see them."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from typing import cast

import keras
import numpy as np

from core.config import SPLITS, Split, TrainConfig
from core.data.arrays import FaceArrays, load_faces
from core.data.dataset import Dataset
from core.experiments.history import Reporter, measured_photos
from core.experiments.runs import Run
from core.features.folder import start_of
from core.features.store import FeatureStore
from core.models import classifier, registry, weights
from core.models.classifier import Classifier
from core.training.checkpoint import Checkpoint, read_arrays
from core.training.features import PREFIX_BATCH, Faces
from core.training.frozen import FacesBehind
from core.training.precision import Format, resolve_precision
from core.training.shared import Shared
from core.workspace import Workspace

EPOCH_SPLITS: tuple[Split, ...] = ("train", "validation")
# Channels of the first layer of the network with which `unfrozen_rate` was chosen.
MEASURED_WIDTH = 16


@dataclass(frozen=True)
class Phase:
    """Epochs in a row in which the same layers train.

    Attributes:
        begins, ends: epochs done before it, and after it.
        head_only: only the head trains.
        rate: learning rate.
    """

    begins: int
    ends: int
    head_only: bool
    rate: float


def phases_of(config: TrainConfig, n_units: int) -> tuple[Phase, ...]:
    """Return the phases of a training: the head alone, then everything unfrozen; one where these are the same."""
    head_epochs, rate = config.head_only_epochs(n_units), config.learning_rate
    if not head_epochs:
        return (Phase(0, config.epochs, config.freeze_depth == n_units, rate),)
    unfrozen_rate = config.unfrozen_learning_rate * (_share_for_width(config.backbone) if config.pretrained else 1.0)
    return (Phase(0, head_epochs, True, rate), Phase(head_epochs, config.epochs, False, unfrozen_rate))


def _share_for_width(backbone: str) -> float:
    """Return by how much a network wider than the bundled one needs a smaller learning rate behind the border.

    Adam moves each weight by about the same amount whatever the width, and a wide layer adds up more of these moves. So
    the rate falls as the width grows (Yang et al., "Tensor Programs V", 2022); measured in docs/training.md.
    """
    first = registry.backbone(backbone).architecture.weight_layers[0]
    return min(1.0, MEASURED_WIDTH / first.shapes[0][-1])


@dataclass(frozen=True)
class Setup:
    """What the steps of one training work with.

    Attributes:
        phases: those not finished yet.
        train, validation: faces behind the frozen units.
        head_train, head_validation: the same behind all units, for epochs in which only the head trains.
        test: faces of the test photos.
        head_test: the same behind all units.
        checkpoint: where an earlier attempt stood; None where there was none.
        features_computed: the share of the features that no earlier training had left; None where they are not kept.
        head_key: what tells its head, after the head-only epochs, from those of other trainings.
    """

    run: Run
    config: TrainConfig
    found: weights.FoundWeights | None
    network: Classifier
    phases: tuple[Phase, ...]
    train: Faces
    validation: Faces
    head_train: Faces
    head_validation: Faces
    test: FaceArrays
    head_test: Faces
    reporter: Reporter
    checkpoint: Checkpoint | None
    shared: Shared
    features_computed: float | None
    head_key: Hashable

    @property
    def freeze_depth(self) -> int:
        """How many units stay as they are; `check_config` has put a number where "all of them" was asked for."""
        return self.config.freeze_depth or 0

    @property
    def n_measured(self) -> int:
        """How many training photos are measured after each epoch."""
        all_frozen = self.freeze_depth == len(self.network.units)
        return measured_photos(len(self.train), len(self.validation), all_frozen=all_frozen)


def prepare(run: Run, workspace: Workspace, reporter: Reporter, shared: Shared, store: FeatureStore) -> Setup:
    """Load weights and faces, build the network, and compute the features of every face that is still needed."""
    config = registry.check_config(run.config)
    config = replace(config, precision=resolve_precision(config.precision, workspace))
    run.write_config(config)
    dataset = run.dataset
    reporter.emit("started", epochs=config.epochs, people=list(dataset.people))

    reporter.emit("phase", phase="weights")
    found = weights.require_weights(config.backbone, workspace) if config.pretrained else None
    splits = {split: _faces(dataset, workspace, split, config, shared) for split in SPLITS}
    keras.utils.set_random_seed(config.seed)
    # What a network and a head depend on besides the settings.
    origin = (start_of(found.sha256 if found else None, config.seed), len(dataset.people), _digest(splits["train"]))
    network = _network(config, found, origin, shared)
    checkpoint = _read_checkpoint(run)
    depth, n_units = config.freeze_depth or 0, len(network.units)
    phases = _phases_left(config, n_units, checkpoint)
    ends = {n_units if phase.head_only else depth for phase in phases}
    behind = FacesBehind(network, config, origin[0], splits, store, {depth, *ends, *shared.depths})
    faces = head_faces = [behind(depth, split) for split in EPOCH_SPLITS]
    needed, head_test = faces if ends else [], behind(n_units, "test")
    if len(ends) > 1:
        head_faces = [behind(n_units, split) for split in EPOCH_SPLITS]
        needed = [*faces, *head_faces, head_test]
    behind.compute(needed, reporter)
    if trouble := behind.trouble(ends):
        reporter.emit("unkept", message=trouble)
    if checkpoint:
        network.set_suffix_weights(checkpoint.suffix_weights)
    else:
        network.scale_features(_head_features(network, max({depth, *ends}), head_faces[0]))
    train, validation, head_train, head_validation = *faces, *head_faces
    return Setup(
        run=run,
        config=config,
        found=found,
        network=network,
        phases=phases,
        train=train,
        validation=validation,
        head_train=head_train,
        head_validation=head_validation,
        test=splits["test"],
        head_test=head_test,
        reporter=reporter,
        checkpoint=checkpoint,
        shared=shared,
        features_computed=None if trouble else behind.computed,
        head_key=(replace(config, freeze_depth=None), origin),
    )


def _faces(dataset: Dataset, workspace: Workspace, split: Split, config: TrainConfig, shared: Shared) -> FaceArrays:
    """Read the faces of a split; of the training photos as many as are asked for."""
    few = (
        {"per_class": config.train_per_class, "seed": config.seed}
        if split == "train" and config.train_per_class
        else {}
    )
    return shared.faces(
        (dataset.id, dataset.version, split, config.image_size_px, *few.values()),
        lambda: load_faces(dataset, workspace, split, config.image_size_px, **few),
    )


def _digest(faces: FaceArrays) -> str:
    """Return what tells these photos and faces from others."""
    return hashlib.sha256("".join(f"{item.sha256}/{item.face} " for item in faces.items).encode()).hexdigest()


def _read_checkpoint(run: Run) -> Checkpoint | None:
    path = run.path / "checkpoint.npz"
    return Checkpoint(*read_arrays(path)) if path.exists() else None


def _phases_left(config: TrainConfig, n_units: int, checkpoint: Checkpoint | None) -> tuple[Phase, ...]:
    phases = phases_of(config, n_units)
    if checkpoint is None:
        return phases
    return () if checkpoint.state["ended"] else tuple(each for each in phases if each.ends > checkpoint.epoch)


def _network(
    config: TrainConfig, found: weights.FoundWeights | None, origin: tuple[str, int, str], shared: Shared
) -> Classifier:
    precision = cast("Format", config.precision)
    return shared.network(
        (replace(config, seed=0), origin),
        lambda: classifier.build_classifier(config, origin[1], found, precision=precision),
        lambda network: classifier.reset(network, config, found),
    )


def _head_features(network: Classifier, depth: int, faces: Faces) -> Iterator[np.ndarray]:
    """Yield the features behind all units of the unchanged training photos, whose `faces` are behind `depth` units."""
    n_units = len(network.units)
    rest = None if depth == n_units else network.part(n_units, depth)
    for features in faces.clean_batches(PREFIX_BATCH):
        yield features if rest is None else np.asarray(rest.predict_on_batch(features))
