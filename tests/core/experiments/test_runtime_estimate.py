from __future__ import annotations

from typing import Any

import numpy as np
import psutil
import pytest

from core import load
from core.config import TrainConfig
from core.experiments.course import Course, PhotoCounts, reference
from core.experiments.runs import Run
from core.experiments.runtime_estimate import Forecast, estimate_seconds, seconds_left
from core.features.folder import PHOTO_BYTES, shelf_name
from core.features.store import FeatureStore
from core.presets import preset
from core.workspace import Workspace
from tests import fakes

RECOMMENDED = preset("recommended")
# Long enough for its computing to tell something.
LONG = RECOMMENDED.with_changes(freeze_depth=0, epochs=200)


def finished(workspace: Workspace, config: TrainConfig, *, steady: float, computing: float, others: float = 0.0) -> Run:
    """Write a training that took so many times as long as on the reference computer."""
    dataset = fakes.dataset(workspace)
    run = fakes.run(workspace, dataset, config=config)
    photos = PhotoCounts.of(dataset)
    course = reference(config, photos, len(dataset.people)).scaled(steady, computing)
    run.job.write_result(
        {
            **run.job.result(),
            "seconds": course.total_s,
            "computing_seconds": course.computing_s,
            "others_share": others,
            "weights": {"sha256": "ab" * 32, "verified": True} if config.pretrained else None,
            "epochs_run": config.epochs,
            "classes": list(dataset.people),
            "split_counts": {"train": photos.train, "validation": photos.validation, "test": photos.test},
        }
    )
    return run


def forecast(workspace: Workspace, config: TrainConfig) -> Course:
    return Forecast(fakes.dataset(workspace), workspace).next(config)


def plain(workspace: Workspace, config: TrainConfig) -> Course:
    dataset = fakes.dataset(workspace)
    return reference(config, PhotoCounts.of(dataset), len(dataset.people))


def assert_slower(workspace: Workspace, config: TrainConfig, *, steady: float, computing: float) -> None:
    said, before = forecast(workspace, config), plain(workspace, config)
    assert said.steady_s == pytest.approx(steady * before.steady_s)
    assert said.computing_s == pytest.approx(computing * before.computing_s)


def test_before_any_training_the_constants_are_believed(lab_home: Workspace) -> None:
    assert estimate_seconds(LONG, fakes.dataset(lab_home), lab_home) == plain(lab_home, LONG).total_s


def test_finished_trainings_tell_how_fast_this_computer_is(lab_home: Workspace) -> None:
    finished(lab_home, LONG, steady=2, computing=3)
    assert_slower(lab_home, LONG, steady=2, computing=3)
    # The one that hung for once changes little.
    for factor in (3, 100):
        finished(lab_home, LONG, steady=2, computing=factor)
    assert_slower(lab_home, LONG, steady=2, computing=3)


def test_a_training_of_seconds_says_little_of_how_fast_a_network_is_computed(lab_home: Workspace) -> None:
    finished(lab_home, RECOMMENDED, steady=2, computing=30)
    assert_slower(lab_home, LONG, steady=2, computing=2)


def test_those_of_the_same_network_are_asked_first(lab_home: Workspace) -> None:
    other = LONG.with_changes(backbone="imagenet-mobilenetv2", image_size_px=96)
    finished(lab_home, LONG, steady=1, computing=10)
    assert_slower(lab_home, other, steady=1, computing=10)
    finished(lab_home, other, steady=1, computing=2)
    assert_slower(lab_home, other, steady=1, computing=2)
    assert_slower(lab_home, LONG, steady=1, computing=10)


def test_what_others_take_of_the_processor_is_allowed_for(lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda: 4)
    finished(lab_home, LONG, steady=1, computing=1, others=0.2)
    assert forecast(lab_home, LONG).total_s == pytest.approx(plain(lab_home, LONG).total_s)
    # More than that, and nobody knows what it would have taken alone.
    finished(lab_home, LONG, steady=50, computing=50, others=0.9)
    assert forecast(lab_home, LONG).total_s == pytest.approx(plain(lab_home, LONG).total_s)
    monkeypatch.setattr(load, "others_lately", lambda: 0.5)
    assert_slower(lab_home, LONG, steady=1, computing=load.COMPUTING_USES / 0.5)


@pytest.mark.parametrize("what", ["continued", "stopped", "without numbers", "unreadable", "early", "slept"])
def test_what_says_nothing_is_not_asked(lab_home: Workspace, what: str) -> None:
    run = finished(lab_home, LONG, steady=50, computing=50)
    if what == "continued":
        run.job.emit("started", epochs=20, people=[])
    if what == "stopped":
        run.job.set_state("stopped")
    if what == "without numbers":
        run.job.write_result({"test_correct": 1})
    if what == "unreadable":
        (run.path / "request.json").write_text("{", encoding="utf-8")
    if what == "early":
        # Of an earlier version of the lab.
        result = run.job.result()
        del result["computing_seconds"]
        run.job.write_result(result)
    if what == "slept":
        run.job.write_result(run.job.result() | {"computing_seconds": 9e9})
    assert forecast(lab_home, LONG) == plain(lab_home, LONG)


def keep(workspace: Workspace, depth: int, photos: int) -> None:
    """Keep what layers gave of so many training photos in two views, and of all validation photos."""
    dataset = fakes.dataset(workspace)
    items = [*2 * dataset.of("train")[:photos], *dataset.of("validation")]
    keys = [bytes.fromhex(item.sha256)[:PHOTO_BYTES] + bytes([place] * 16) for place, item in enumerate(items)]
    with FeatureStore(workspace.features) as store:
        shelf = store.shelf(shelf_name(RECOMMENDED.backbone, "ab" * 32, 96, "bfloat16", depth), (4,))
        shelf.add(keys, np.zeros((len(keys), 4), np.float32))


def test_what_is_kept_of_these_photos_is_not_computed_again(lab_home: Workspace) -> None:
    finished(lab_home, RECOMMENDED, steady=1, computing=1).write_config(RECOMMENDED.with_changes(precision="bfloat16"))
    once_s = plain(lab_home, RECOMMENDED).once_s
    assert forecast(lab_home, RECOMMENDED).once_s == pytest.approx(once_s)
    keep(lab_home, 13, photos=9)
    half = forecast(lab_home, RECOMMENDED).once_s
    assert 0.3 * once_s < half < 0.6 * once_s
    keep(lab_home, 13, photos=99)
    assert forecast(lab_home, RECOMMENDED).once_s == 0
    # Other sizes of picture, and what starts from nothing, have shelves of their own.
    for changed in ({"image_size_px": 64}, {"pretrained": False}):
        other = RECOMMENDED.with_changes(**changed)
        assert forecast(lab_home, other).once_s == pytest.approx(plain(lab_home, other).once_s)


def test_a_training_finds_what_those_before_it_in_a_row_left(lab_home: Workspace) -> None:
    row = Forecast(fakes.dataset(lab_home), lab_home)
    assert row.next(RECOMMENDED, also=(4, 10)).once_s > 0
    for depth in (13, 10, 4):
        assert row.next(RECOMMENDED.with_changes(freeze_depth=depth, seed=1)).once_s == 0
    # From the fourth layer on.
    between = row.next(RECOMMENDED.with_changes(freeze_depth=7)).once_s
    assert 0 < between < 0.5 * plain(lab_home, RECOMMENDED).once_s
    assert row.next(RECOMMENDED.with_changes(image_size_px=64)).once_s > 0


# It starts in 1 s, asks frozen layers for 10 s, has 2 epochs of 0.5 s and 4 of 3 s, and is tested in 2 s.
EXPECTED = Course(1.0, 10.0, 2, 0.5, 4, 3.0, 2.0)


def events(*pairs: tuple[str, float, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"event": name, "at": at, **facts} for name, at, facts in pairs]


def phase(at: float, name: str) -> tuple[str, float, dict[str, Any]]:
    return "phase", at, {"phase": name}


def epoch(at: float, number: int, seconds: float) -> tuple[str, float, dict[str, Any]]:
    return "epoch", at, {"epoch": number, "seconds": seconds}


STARTED, PREFIX, TRAIN = ("started", 0.0, {}), phase(1, "prefix"), phase(11, "train")
HEAD = (epoch(11, 0, 0.2), epoch(12, 1, 1.0), epoch(13, 2, 1.0))


@pytest.mark.parametrize(
    ("log", "now", "left"),
    [
        ([], 0, 26),
        ([STARTED, phase(0, "weights")], 1, 26),
        # 4 of 16 pictures took 5 s.
        ([STARTED, PREFIX, ("prefix", 6, {"done": 4, "total": 16})], 6, 15 + 1 + 12 + 2),
        ([STARTED, PREFIX, TRAIN], 11, 1 + 12 + 2),
        # The epochs of the head say nothing of those to come, in which more trains.
        ([STARTED, PREFIX, TRAIN, *HEAD[:2]], 12, 1 + 12 + 2),
        ([STARTED, PREFIX, TRAIN, *HEAD], 14, 12 - 1 + 2),
        # The computer got busy.
        ([STARTED, PREFIX, TRAIN, *HEAD, epoch(19, 3, 6.0)], 20, 3 * 6 - 1 + 2),
        ([STARTED, PREFIX, TRAIN, *HEAD, epoch(19, 3, 6.0)], 99, 2 * 6 + 2),
        # A clock that is set back makes no time longer.
        ([STARTED, PREFIX, TRAIN, *HEAD, epoch(19, 3, 6.0)], -3600, 3 * 6 + 2),
        ([STARTED, PREFIX, TRAIN, *HEAD, phase(40, "test")], 40, 2),
        # What came before an interruption is done, but says nothing of the pace now.
        ([STARTED, PREFIX, TRAIN, *HEAD, epoch(99, 3, 60.0), ("started", 900, {}), phase(901, "train")], 901, 9 + 2),
    ],
)
def test_what_a_running_training_still_takes(log: list[Any], now: float, left: float) -> None:
    assert seconds_left(EXPECTED, events(*log), now) == pytest.approx(left)
