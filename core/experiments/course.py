"""What a training takes on a reference computer, part by part, counted in plain numbers. No TensorFlow.

Counted are multiply-adds of the network at the chosen size of picture, steps, parameters, and bytes that are read. The
constants here and in `kept_units` were measured once and are checked against whole trainings by
`python -m tools.benchmarks.forecast`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.experiments.history import measured_photos
from core.experiments.kept_units import READING, computing_s, feature_bytes, kept_depths
from core.models import registry
from core.models.architectures import architecture, count_parameters

if TYPE_CHECKING:
    from core.config import TrainConfig
    from core.data.dataset import Dataset

# To build a network and have Keras compile its first step; and to save it, open it again, check and test it.
START_S, END_S = 1.0, 0.5
# For each parameter of the network, and for each photo that is read.
PARAMETER_START_S, PARAMETER_END_S, PHOTO_S = 3e-8, 1.1e-7, 0.001
# For each unit that trains, to have Keras compile the step; the overhead of a step and of an epoch; and for each
# parameter that trains, what a step (the optimizer) and an epoch (the checkpoint) add.
COMPILE_UNIT_S, STEP_S, EPOCH_S = 0.12, 0.004, 0.02
PARAMETER_STEP_S, PARAMETER_EPOCH_S = 4e-9, 2e-8
# For each number that the head is shown of a picture.
FEATURE_S = 1e-8
# The forward pass, and twice as much for the backward pass; and what the saved network takes in float32.
TRAINING_PASSES, TESTING_PASSES = 3, 2


@dataclass(frozen=True)
class PhotoCounts:
    """How many photos a training has."""

    train: int
    validation: int
    test: int

    @property
    def all(self) -> int:
        return self.train + self.validation + self.test

    def pictures(self, config: TrainConfig) -> float:
        """Return how many pictures of them frozen layers are asked about: the test comes later."""
        return self.train * config.augment.distinct_views + self.validation

    @classmethod
    def of(cls, dataset: Dataset, per_person: int | None = None) -> PhotoCounts:
        """Count the photos of a data set, at most `per_person` training photos of each person."""
        each = Counter(item.person for item in dataset.of("train")).values()
        train = sum(n if per_person is None else min(n, per_person) for n in each)
        counts = dataset.counts()
        return cls(train, counts["validation"], counts["test"])


@dataclass(frozen=True)
class Course:
    """The parts of a training, in seconds and in their order.

    Attributes:
        start_s: until the network is ready to learn.
        once_s: what is asked of frozen layers once.
        head_epochs, head_epoch_s: epochs in which the head alone trains, and what each takes.
        epochs, epoch_s: those in which units train too.
        end_s: to save, check and test.
    """

    start_s: float
    once_s: float
    head_epochs: int
    head_epoch_s: float
    epochs: int
    epoch_s: float
    end_s: float

    @property
    def steady_s(self) -> float:
        """What no picture through the layers that learn or stay frozen adds much to."""
        return self.start_s + self.head_epochs * self.head_epoch_s + self.end_s

    @property
    def computing_s(self) -> float:
        """What pictures take on their way through the network, forth and back."""
        return self.once_s + self.epochs * self.epoch_s

    @property
    def total_s(self) -> float:
        return self.steady_s + self.computing_s

    def scaled(self, steady: float, computing: float) -> Course:
        """Return the same where these parts take so many times as long."""
        return replace(
            self,
            start_s=steady * self.start_s,
            head_epoch_s=steady * self.head_epoch_s,
            end_s=steady * self.end_s,
            once_s=computing * self.once_s,
            epoch_s=computing * self.epoch_s,
        )


def reference(
    config: TrainConfig,
    photos: PhotoCounts,
    n_people: int,
    *,
    limit_bytes: float = math.inf,
    missing: Mapping[int, float] | float = 1.0,
) -> Course:
    """Return the course of a training on the reference computer.

    Args:
        limit_bytes: of the disk, for what the frozen layers give.
        missing: the share of that which no earlier training has left there, behind each number of units or behind all.
    """
    network, depth = architecture(config.backbone), registry.frozen_units(config)
    n_units, macs = len(network.units), network.macs(config.image_size_px)
    head_epochs = head_only_epochs(config)
    epochs = config.epochs - head_epochs
    targets = [depth, n_units] if epochs and head_epochs else [n_units if head_epochs else depth]
    kept = kept_depths(config, targets, photos.pictures(config) + photos.test, limit_bytes)
    once = photos.pictures(config) * _macs_once(macs, targets, kept, missing)
    # Unchanged training photos are measured as well.
    sample = measured_photos(photos.train, photos.validation, all_frozen=depth == n_units)
    measured = sample + photos.validation

    def epoch_s(depth: int, *, head_only: bool) -> float:
        trainable = count_parameters(config.backbone, depth, config.head, n_people, config.image_size_px).trainable
        shown = photos.train * config.repeats_per_epoch(photos.train, head_only=head_only)
        steps = -(-shown // config.batch_size)
        overhead_s = steps * (STEP_S + trainable * PARAMETER_STEP_S) + EPOCH_S + trainable * PARAMETER_EPOCH_S
        work = (TRAINING_PASSES * shown + measured) * sum(macs[depth:])
        frozen_s = computing_s(config, sum(macs[:depth]))
        before_s = feature_bytes(config, depth) / READING if depth in kept else frozen_s
        before_s += FEATURE_S * feature_bytes(config, n_units) / 2
        return overhead_s + computing_s(config, work) + (shown + measured) * before_s

    parameters = sum(unit.parameters for unit in network.units)
    # The saved network is tested, and so is the head after the head-only epochs.
    tests = 2 if epochs and head_epochs else 1
    return Course(
        start_s=START_S + COMPILE_UNIT_S * (n_units - depth) + parameters * PARAMETER_START_S + photos.all * PHOTO_S,
        once_s=computing_s(config, once),
        head_epochs=head_epochs,
        head_epoch_s=epoch_s(n_units, head_only=True),
        epochs=epochs,
        epoch_s=epoch_s(depth, head_only=depth == n_units) if epochs else 0.0,
        end_s=END_S
        + parameters * PARAMETER_END_S
        + computing_s(config, TESTING_PASSES * tests * photos.test * sum(macs)),
    )


def head_only_epochs(config: TrainConfig) -> int:
    """Return how many epochs train the head alone: all where all units are frozen."""
    n_units = len(architecture(config.backbone).units)
    return config.epochs if registry.frozen_units(config) == n_units else config.head_only_epochs(n_units)


def _macs_once(
    macs: tuple[int, ...], targets: list[int], kept: tuple[int, ...], missing: Mapping[int, float] | float
) -> float:
    """Return the multiply-adds of a picture on its way to each of some depths, from the deepest where it is kept."""
    shares = dict.fromkeys(kept, missing) if isinstance(missing, float | int) else dict(missing)
    found = 0.0
    for target in (each for each in targets if each in kept):
        for unit in range(target):
            found += macs[unit] * min(shares.get(each, 1.0) for each in range(unit + 1, target + 1))
        shares[target] = 0.0
    return found
