"""How long trainings take on this computer: before they start, and while one goes on. No TensorFlow.

`course` says what they take on a reference computer. Two factors turn that into seconds here, one for what pictures
take on their way through a network and one for all else: on a laptop half as fast the finished trainings of the
workspace took twice as long. A training of seconds says little of how fast a network is computed, so what each of them
says counts by its length. What other programs take of the processor, then and now, is allowed for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Any

from core import load
from core.errors import LabError
from core.experiments import runs
from core.experiments.course import Course, PhotoCounts, reference
from core.experiments.history import last_epoch, newest_attempt
from core.experiments.kept_units import kept_depths
from core.features import folder as store
from core.models.architectures import architecture
from core.models.registry import frozen_units
from core.remembered import remembered_of_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from core.config import TrainConfig
    from core.data.dataset import Dataset
    from core.workspace import Workspace

# The newest few show how fast the computer is now; reading more would only take time.
RUNS_ASKED, RUNS_READ = 5, 30
# What a training took beside more than that share of others says how busy the computer was, not how fast it is.
MOST_BUSY = 0.6
# The constants count as much as trainings in which these parts took so many seconds: what is computed in less than that
# is mostly what begins it.
STEADY_DOUBT_S, COMPUTING_DOUBT_S = 1.0, 4.0
# The newest epochs say how long the next one takes: a computer may get busy.
EPOCHS_ASKED = 5


def estimate_seconds(config: TrainConfig, dataset: Dataset, workspace: Workspace) -> float:
    """Return how many seconds a training will take, from its start to its test, waiting not counted.

    Args:
        config: any `TrainConfig` that fits its backbone.
        dataset: what it learns from.
        workspace: its finished trainings show how fast this computer is, its store what need not be computed again.
    """
    return Forecast(dataset, workspace).next(config).total_s


class Forecast:
    """What trainings on a data set will take here, one after the other: each finds what those before it left."""

    def __init__(self, dataset: Dataset, workspace: Workspace) -> None:
        self._dataset = dataset
        self._folder = workspace.features
        self._limit_bytes = store.limit_bytes(workspace.features)
        self._finished = list(_finished(workspace))
        self._missing: dict[tuple[object, ...], dict[int, float]] = {}
        self._others_share = load.others_lately()

    def next(self, config: TrainConfig, also: Iterable[int] = ()) -> Course:
        """Return the course of the next training in seconds here.

        Args:
            also: depths at which it keeps features on the way, for those after it.
        """
        photos = PhotoCounts.of(self._dataset, config.train_per_class)
        n_people, missing = len(self._dataset.people), self._missing_of(config, photos)
        expected = reference(config, photos, n_people, limit_bytes=self._limit_bytes, missing=missing)
        depth = frozen_units(config)
        deepest = len(architecture(config.backbone).units) if expected.head_epochs else depth
        passed = [each for each in {depth, deepest, *also} if each <= deepest]
        kept = kept_depths(config, passed, photos.pictures(config) + photos.test, self._limit_bytes)
        missing.update(dict.fromkeys(kept, 0.0))
        steady, computing = _factors(self._finished, (config.backbone, config.precision))
        slow_steady, slow_computing = _slowdowns(self._others_share)
        return expected.scaled(steady * slow_steady, computing * slow_computing)

    def _missing_of(self, config: TrainConfig, photos: PhotoCounts) -> dict[int, float]:
        """Return the share of the pictures that is not kept, behind each number of units."""
        augment = config.augment
        key = (config.backbone, config.pretrained or config.seed, config.image_size_px, config.precision, augment)
        whose = (config.train_per_class, config.seed if augment.is_random or config.train_per_class else 0)
        if (*key, *whose) not in self._missing:
            self._missing[*key, *whose] = self._missing_now(config, photos)
        return self._missing[*key, *whose]

    def _missing_now(self, config: TrainConfig, photos: PhotoCounts) -> dict[int, float]:
        # A training of the same network said which weights these are and what "auto" was: they are not hashed here.
        alike = next((each for each in self._finished if each.starts_like(config)), None)
        if alike is None:
            return {}
        wanted: dict[bytes, float] = defaultdict(float)
        for item in self._dataset.items:
            # A damaged hash is that of no photo.
            if item.split != "test" and re.fullmatch("(?:[0-9a-f]{2})+", item.sha256):
                views = config.augment.distinct_views if item.split == "train" else 1
                wanted[bytes.fromhex(item.sha256)[: store.PHOTO_BYTES]] += views
        pictures = photos.pictures(config)
        start = store.start_of(alike.weights_sha256, config.seed)
        missing = {}
        for depth in range(1, len(architecture(config.backbone).units) + 1):
            name = store.shelf_name(config.backbone, start, config.image_size_px, alike.precision, depth)
            missing[depth] = max(0.0, 1 - store.count_kept(self._folder, name, wanted) / pictures)
        return missing


def seconds_left(course: Course, events: list[dict[str, Any]], now: float) -> float:
    """Return how many seconds a training still takes, corrected by what its epochs took so far.

    Args:
        course: what was expected.
        events: of its log, oldest first.
        now: Unix seconds, the clock of the events.
    """
    attempt = newest_attempt(events)
    phases = [event for event in attempt if event["event"] == "phase"]
    phase, since = (phases[-1]["phase"], float(phases[-1]["at"])) if phases else ("weights", now)
    epochs = [event for event in attempt if event["event"] == "epoch"]
    took = {event["epoch"]: float(event["seconds"]) for event in epochs if event["epoch"]}
    done, border = last_epoch(events), course.head_epochs

    def epoch_s(begins: int, ends: int, expected_s: float) -> float:
        measured = [took[epoch] for epoch in sorted(took) if begins < epoch <= ends]
        return median(measured[-EPOCHS_ASKED:] or [expected_s])

    head_s, each_s = epoch_s(0, border, course.head_epoch_s), epoch_s(border, border + course.epochs, course.epoch_s)
    heads = max(0, border - done)
    left_s = heads * head_s + min(course.epochs, max(0, course.epochs - (done - border))) * each_s
    if phase == "test":
        left_s = 0.0
    elif phase == "train":
        # Of the epoch that runs; a clock may be set back meanwhile.
        since = max([since, *(float(event["at"]) for event in epochs)])
        left_s -= min(max(0.0, now - since), left_s, head_s if heads else each_s)
    elif phase == "prefix":
        left_s += _once_s(course, attempt, since)
    else:
        left_s += course.start_s + course.once_s
    return left_s + course.end_s


def _once_s(course: Course, attempt: list[dict[str, Any]], began: float) -> float:
    """Return what the pictures still take that are asked of frozen layers since `began`."""
    told = [event for event in attempt if event["event"] == "prefix" and event["done"]]
    if not told:
        return course.once_s
    done, total = told[-1]["done"], told[-1]["total"]
    return float((total - done) * max(0.0, told[-1]["at"] - began) / done)


@dataclass(frozen=True)
class _Finished:
    """A finished training that tells something.

    Attributes:
        kind: its network, and the number format that was asked for.
        expected: on the reference computer.
        steady, computing: how many times as long these parts took.
        others_share: of the processor, that others kept busy meanwhile.
        precision: what the number format was.
        weights_sha256: of the weights it started from; None where it started from nothing.
    """

    kind: tuple[str, str]
    expected: Course
    steady: float
    computing: float
    others_share: float
    precision: str
    weights_sha256: str | None

    def starts_like(self, config: TrainConfig) -> bool:
        return self.kind == (config.backbone, config.precision) and config.pretrained == (
            self.weights_sha256 is not None
        )


def _finished(workspace: Workspace) -> Iterable[_Finished]:
    """Yield what the newest finished trainings tell, newest first."""
    for run in runs.list_runs(workspace)[:RUNS_READ]:
        told = _read(run)
        if told is not None:
            yield told


def _factors(finished: Sequence[_Finished], kind: tuple[str, str]) -> tuple[float, float]:
    """Return how many times as long as on the reference computer the two parts of trainings take here.

    Those with the same network and number format are preferred, for computing.
    """
    asked = [each for each in finished if each.others_share <= MOST_BUSY]

    def computing(some: list[_Finished], doubted: float) -> float:
        told = [(each.computing, each.expected.computing_s) for each in some[:RUNS_ASKED]]
        return _middle(told, doubted, COMPUTING_DOUBT_S)

    steady = _middle([(each.steady, each.expected.steady_s) for each in asked[:RUNS_ASKED]], 1.0, STEADY_DOUBT_S)
    return steady, computing([each for each in asked if each.kind == kind], computing(asked, steady))


def _slowdowns(others_share: float) -> tuple[float, float]:
    """Return how many times as long as alone the two parts take; what is not computing goes on one core."""
    return load.slowdown(others_share, on_one_core=True), load.slowdown(others_share, on_one_core=False)


def _middle(told: Sequence[tuple[float, float]], doubted: float, doubt_s: float) -> float:
    """Return the weighted median of pairs (value, weight), what is believed without them among them.

    So that the one training that hung changes little.
    """
    ordered = sorted([*told, (doubted, doubt_s)])
    half, so_far = sum(weight for _, weight in ordered) / 2, 0.0
    for value, weight in ordered:
        so_far += weight
        if so_far >= half:
            return value
    return doubted


@remembered_of_files(runs.files_of, most=500)
def _read(run: runs.Run) -> _Finished | None:
    """Read what a finished training tells; None where it says nothing."""
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
        left = {"limit_bytes": 0.0} if share is None else {"missing": share}
        expected = reference(ran, photos, len(result["classes"]), **left)
        others_share, computing_s = result["others_share"], result["computing_seconds"]
        # They are told by two clocks, and one of them goes on while a laptop sleeps.
        if not 0 <= computing_s < result["seconds"]:
            return None
        slow_steady, slow_computing = _slowdowns(others_share)
        return _Finished(
            (config.backbone, config.precision),
            expected,
            (result["seconds"] - computing_s) / expected.steady_s / slow_steady,
            computing_s / expected.computing_s / slow_computing if expected.computing_s else 1.0,
            others_share,
            run.config.precision,
            (result["weights"] or {}).get("sha256") if config.pretrained else None,
        )
    except (LabError, KeyError, TypeError, ValueError, ZeroDivisionError, FileNotFoundError):
        return None


def _starts(path: Path) -> int:
    """Count how often a training was started. Its log is not parsed: for a long one that takes a tenth of a second."""
    return (path / "events.jsonl").read_bytes().count(b'{"event": "started"')
