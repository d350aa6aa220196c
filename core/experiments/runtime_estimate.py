"""How long a training will take on this computer, before it starts. No TensorFlow.

The work is counted in plain numbers: multiply-adds of the network at the chosen picture size, steps, parameters that
train. With constants measured once on a reference computer (`SPEED` and below) they give seconds. A factor from the
finished trainings of the workspace turns these into seconds here: a laptop twice as slow took twice as long.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from core.config import TrainConfig
from core.errors import LabError
from core.experiments import runs
from core.experiments.history import MOST_MEASURED
from core.experiments.kept_units import computing_s, kept_depths
from core.features.folder import limit_bytes
from core.models import registry
from core.models.architectures import architecture, count_parameters
from core.remembered import remembered_of_files

if TYPE_CHECKING:
    from pathlib import Path

    from core.data.dataset import Dataset
    from core.workspace import Workspace

# With `kept_units.SPEED` checked against whole trainings: `python -m tools.benchmarks.forecast`.
# To build a network, save it, open it again and check it; the overhead of a step and of an epoch; and for each
# parameter that trains, what a step (the optimizer) and an epoch (the checkpoint) add.
START_S, STEP_S, EPOCH_S = 1.5, 0.006, 0.02
PARAMETER_STEP_S, PARAMETER_EPOCH_S = 4e-9, 2e-8
# The forward pass, and twice as much for the backward pass.
TRAINING_PASSES = 3
# The newest few show how fast the computer is now; reading more would only take time.
RUNS_ASKED, RUNS_READ = 5, 30


@dataclass(frozen=True)
class PhotoCounts:
    """How many photos a training has."""

    train: int
    validation: int
    test: int

    @classmethod
    def of(cls, dataset: Dataset, per_person: int | None = None) -> PhotoCounts:
        """Count the photos of a data set, at most `per_person` training photos of each person."""
        each = Counter(item.person for item in dataset.of("train")).values()
        train = sum(n if per_person is None else min(n, per_person) for n in each)
        counts = dataset.counts()
        return cls(train, counts["validation"], counts["test"])


def estimate_seconds(config: TrainConfig, dataset: Dataset, workspace: Workspace) -> float:
    """Return how many seconds a training will take, from its start to its test, waiting not counted.

    Args:
        config: any `TrainConfig` that fits its backbone.
        dataset: what it learns from.
        workspace: its finished trainings show how fast this computer is.
    """
    photos = PhotoCounts.of(dataset, config.train_per_class)
    reference_s = reference_seconds(config, photos, len(dataset.people), limit_bytes=limit_bytes(workspace.features))
    return reference_s * speed_factor(workspace, config)


def reference_seconds(
    config: TrainConfig, photos: PhotoCounts, n_people: int, *, limit_bytes: float = math.inf, computed: float = 1.0
) -> float:
    """Return what a training takes on the reference computer.

    Args:
        limit_bytes: of the disk, for what the frozen layers give.
        computed: the share of that which an earlier training has not left there, where it is kept.
    """
    network = architecture(config.backbone)
    depth = registry.frozen_units(config)
    macs = network.macs(config.image_size_px)
    frozen, rest = sum(macs[:depth]), sum(macs[depth:])
    # In head-only epochs the features before the head are computed once.
    head_epochs = config.head_epochs if depth < len(network.units) else config.epochs
    pictures = photos.train * config.augment.distinct_views
    asked = {depth, len(network.units)} if head_epochs else {depth}
    kept = kept_depths(config, asked, pictures + photos.validation + photos.test, limit_bytes)
    epochs = config.epochs - head_epochs
    once = computed * (pictures + photos.validation)
    # The unchanged training photos are measured as well.
    measured = min(photos.train, MOST_MEASURED) + photos.validation
    training = TRAINING_PASSES * photos.train * config.repeats_per_epoch(photos.train, head_only=False)
    in_epochs = (training + measured) * epochs + (0 if head_epochs else measured)
    work = (once if head_epochs else 0) * rest + in_epochs * rest
    work += (once if depth in kept else (photos.train + measured) * epochs + once) * frozen
    # The saved network is tested, and so is the head after the head-only epochs.
    tests = 2 if config.head_only_epochs(len(network.units)) else 1
    work += tests * photos.test * (frozen + rest)
    return START_S + computing_s(config, work) + _epochs_s(config, photos, depth, n_people)


def _epochs_s(config: TrainConfig, photos: PhotoCounts, depth: int, n_people: int) -> float:
    """Return what steps and epochs take beyond their multiply-adds."""
    n_units = len(architecture(config.backbone).units)
    head_epochs = config.epochs if depth == n_units else config.head_only_epochs(n_units)

    def cost_s(epochs: int, depth: int, *, head_only: bool) -> float:
        trainable = count_parameters(config.backbone, depth, config.head, n_people, config.image_size_px).trainable
        repeats = config.repeats_per_epoch(photos.train, head_only=head_only)
        steps = -(-photos.train * repeats // config.batch_size)
        return epochs * (steps * (STEP_S + trainable * PARAMETER_STEP_S) + EPOCH_S + trainable * PARAMETER_EPOCH_S)

    return cost_s(head_epochs, n_units, head_only=True) + cost_s(config.epochs - head_epochs, depth, head_only=False)


def speed_factor(workspace: Workspace, config: TrainConfig) -> float:
    """Return how many times as long as on the reference computer trainings take here; 1 while none has finished.

    Those with the same network and number format are preferred.
    """
    alike: list[float] = []
    others: list[float] = []
    for run in runs.list_runs(workspace)[:RUNS_READ]:
        measured = _measured(run)
        if measured is not None:
            (alike if measured.kind == (config.backbone, config.precision) else others).append(measured.factor)
        if len(alike) == RUNS_ASKED:
            break
    return median(alike or others[:RUNS_ASKED] or [1.0])


@dataclass(frozen=True)
class _Measured:
    """A finished training: its network and requested number format, and its factor."""

    kind: tuple[str, str]
    factor: float


@remembered_of_files(runs.files_of, most=500)
def _measured(run: runs.Run) -> _Measured | None:
    """Return the factor of a finished training; None where it says nothing."""
    try:
        request, result, config = run.job.request(), run.numbers(), run.requested_config
        # An interrupted and resumed one built its network twice; an imported one ran on another computer.
        if result is None or run.status().state != "done" or request.get("brought_back") or _starts(run.path) != 1:
            return None
        counts = result["split_counts"]
        photos = PhotoCounts(counts["train"], counts["validation"], counts["test"])
        epochs = result["epochs_run"]
        ran = replace(config, epochs=epochs, head_epochs=min(config.head_epochs, epochs - 1))
        share = result.get("features_computed", 1.0)
        left = {"limit_bytes": 0} if share is None else {"computed": share}
        reference_s = reference_seconds(ran, photos, len(result["classes"]), **left)
        return _Measured((config.backbone, config.precision), result["seconds"] / reference_s)
    except (LabError, KeyError, TypeError, ValueError, ZeroDivisionError, FileNotFoundError):
        return None


def _starts(path: Path) -> int:
    """Count how often a training was started. Its log is not parsed: for a long one that takes a tenth of a second."""
    return (path / "events.jsonl").read_bytes().count(b'{"event": "started"')
