"""How long a training will take on this computer, before it starts. No TensorFlow.

The work is counted in plain numbers: multiply-adds of the network at the chosen picture size, steps, numbers that
train. What a computer makes of it is a sum with constants measured once (`SPEED` and below), times a factor that the
finished trainings of the workspace tell: a laptop twice as slow took twice as long for them too.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median
from typing import TYPE_CHECKING

from core.config import TrainConfig
from core.errors import LabError
from core.experiments import runs
from core.models import registry
from core.models.architectures import architecture, count_parameters

if TYPE_CHECKING:
    from pathlib import Path

    from core.data.dataset import Dataset
    from core.workspace import Workspace

# Held against whole trainings with `python -m tools.benchmarks.forecast`. Multiply-adds a second:
SPEED = 80e9
# Networks whose layers are thin or many reach less of that.
SHARE_OF_SPEED = {"vggface2-resnet50": 0.27, "vggface2-senet50": 0.2, "imagenet-mobilenetv2": 0.08}
# To build a network, save it, open it again and check it; a step and a round that compute nothing; and, for each number
# that trains, what a step (the optimizer) and a round (the checkpoint) add.
START_S, STEP_S, EPOCH_S = 1.5, 0.006, 0.02
NUMBER_STEP_S, NUMBER_EPOCH_S = 4e-9, 2e-8
# A step forward, and two back through whatever learns.
LEARNING = 3
# As in `core.training.features`: more than this is not kept, and the frozen layers are asked again in every round.
KEPT_BYTES = 1_500_000_000
# The newest few tell how fast the computer is now; reading more would only take time.
RUNS_ASKED, RUNS_READ = 5, 30


@dataclass(frozen=True)
class Photos:
    """How many photos a training has."""

    practice: int
    mock_exam: int
    final_exam: int

    @classmethod
    def of(cls, dataset: Dataset, per_person: int | None = None) -> Photos:
        """Count those of a data set, at most `per_person` for practice."""
        each = Counter(item.person for item in dataset.of("train")).values()
        practice = sum(n if per_person is None else min(n, per_person) for n in each)
        counts = dataset.counts()
        return cls(practice, counts["validation"], counts["test"])


def forecast(config: TrainConfig, dataset: Dataset, workspace: Workspace) -> float:
    """Return how many seconds a training will take, from its start to its final exam, waiting not counted.

    Args:
        config: any `TrainConfig` that fits its backbone.
        dataset: what it learns from.
        workspace: whose finished trainings tell how fast this computer is.
    """
    expected_s = expected_seconds(config, Photos.of(dataset, config.train_per_class), len(dataset.people))
    return expected_s * factor_of(workspace, config)


def expected_seconds(config: TrainConfig, photos: Photos, n_people: int) -> float:
    """Return what a training takes on the computer where the constants were measured."""
    network = architecture(config.backbone)
    depth = registry.frozen_units(config)
    macs = network.macs(config.image_size_px)
    frozen, rest = sum(macs[:depth]), sum(macs[depth:])
    is_kept = _feature_bytes(config, depth) * photos.practice * config.augment.views <= KEPT_BYTES
    # While only the head learns, everything before it was asked once; so it is where nothing but the head ever learns.
    head_rounds = config.head_epochs if depth < len(network.units) else config.epochs
    rounds = config.epochs - head_rounds
    once = photos.practice * config.augment.views + photos.mock_exam
    # Measuring asks for the unchanged practice photos as well.
    looked_at = photos.practice + photos.mock_exam
    learning = LEARNING * photos.practice * config.looks_per_epoch(photos.practice, head_only=False)
    in_rounds = (learning + looked_at) * rounds + (0 if head_rounds else looked_at)
    work = (once if head_rounds else 0) * rest + in_rounds * rest
    work += (once if is_kept else (photos.practice + looked_at) * rounds + once) * frozen
    # The saved network sits the exam, and a few photos check that the file is whole. At the border the head sat it too.
    exams = 2 if config.head_only_epochs(len(network.units)) else 1
    work += exams * photos.final_exam * (frozen + rest)
    speed = SPEED * SHARE_OF_SPEED.get(config.backbone, 1.0)
    return START_S + work / speed + _rounds_s(config, photos, depth, n_people)


def _rounds_s(config: TrainConfig, photos: Photos, depth: int, n_people: int) -> float:
    """Return what steps and rounds cost beyond their multiply-adds."""
    n_units = len(architecture(config.backbone).units)
    head_rounds = config.epochs if depth == n_units else config.head_only_epochs(n_units)

    def cost_s(rounds: int, depth: int, *, head_only: bool) -> float:
        learning = count_parameters(config.backbone, depth, config.head, n_people, config.image_size_px).trainable
        looks = config.looks_per_epoch(photos.practice, head_only=head_only)
        steps = -(-photos.practice * looks // config.batch_size)
        return rounds * (steps * (STEP_S + learning * NUMBER_STEP_S) + EPOCH_S + learning * NUMBER_EPOCH_S)

    return cost_s(head_rounds, n_units, head_only=True) + cost_s(config.epochs - head_rounds, depth, head_only=False)


def _feature_bytes(config: TrainConfig, depth: int) -> int:
    """Return the size of what the frozen layers make of one picture."""
    if depth == 0:
        return 0
    network = architecture(config.backbone)
    return 4 * network.units[depth - 1].channels * network.sizes_px(config.image_size_px)[depth] ** 2


def factor_of(workspace: Workspace, config: TrainConfig) -> float:
    """Return how many times as long as expected trainings take here; 1 while none has finished.

    Those with the same network and number format are asked first, else all.
    """
    alike: list[float] = []
    others: list[float] = []
    for run in runs.list_runs(workspace)[:RUNS_READ]:
        measured = _measured(run.path)
        if measured is not None:
            (alike if measured.kind == (config.backbone, config.precision) else others).append(measured.factor)
        if len(alike) == RUNS_ASKED:
            break
    return median(alike or others[:RUNS_ASKED] or [1.0])


@dataclass(frozen=True)
class _Measured:
    """A finished training: its network and number format as they were asked for, and its factor."""

    kind: tuple[str, str]
    factor: float


def _measured(path: Path) -> _Measured | None:
    """Return what a training took against what was expected; None where that says nothing."""
    result = path / "result.json"
    try:
        return _read_measured(path, result.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=500)
def _read_measured(path: Path, changed_ns: int) -> _Measured | None:
    """Read a finished training, once: another time of its result makes it another."""
    del changed_ns
    run = runs.Run(path)
    try:
        request, result = run.job.request(), run.job.result()
        config = TrainConfig(**request["config"])
        # What was interrupted and continued started its network twice; what was brought back from another computer says
        # nothing about this one.
        if run.status().state != "done" or request.get("brought_back") or _starts(path) != 1:
            return None
        counts = result["split_counts"]
        photos = Photos(counts["train"], counts["validation"], counts["test"])
        rounds = result["epochs_run"]
        ran = replace(config, epochs=rounds, head_epochs=min(config.head_epochs, rounds - 1))
        expected_s = expected_seconds(ran, photos, len(result["classes"]))
        return _Measured((config.backbone, config.precision), result["seconds"] / expected_s)
    except (LabError, KeyError, TypeError, ZeroDivisionError, FileNotFoundError):
        return None


def _starts(path: Path) -> int:
    """Count how often a training was begun. Its log is not parsed: that takes a tenth of a second for a long one."""
    return (path / "events.jsonl").read_bytes().count(b'{"event": "started"')
