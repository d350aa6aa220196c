from __future__ import annotations

import math
from dataclasses import replace

import pytest

from core.config import TrainConfig
from core.experiments import kept_units, runtime_estimate
from core.experiments.history import MOST_MEASURED
from core.experiments.runs import Run
from core.experiments.runtime_estimate import PhotoCounts, reference_seconds, speed_factor
from core.models.registry import BACKBONES
from core.presets import PRESETS, preset
from core.workspace import Workspace
from tests import fakes

CLASS = PhotoCounts(train=60, validation=24, test=72)
RECOMMENDED = preset("recommended")


def expected(**changes: object) -> float:
    return reference_seconds(RECOMMENDED.with_changes(**changes), CLASS, 6)


def finished(workspace: Workspace, seconds: float, config: TrainConfig = RECOMMENDED) -> Run:
    """Write a training that took so long."""
    dataset = fakes.dataset(workspace)
    run = fakes.run(workspace, dataset, config=config)
    photos = PhotoCounts.of(dataset)
    run.job.write_result(
        {
            **run.job.result(),
            "seconds": seconds,
            "epochs_run": config.epochs,
            "classes": list(dataset.people),
            "split_counts": {"train": photos.train, "validation": photos.validation, "test": photos.test},
        }
    )
    return run


def test_more_work_takes_longer() -> None:
    assert expected(freeze_depth=0) > expected(freeze_depth=10) > expected(freeze_depth=None)
    assert expected(image_size_px=224) > expected()
    assert expected(freeze_depth=10, epochs=40) > expected(freeze_depth=10)
    assert expected(backbone="vggface-vgg16") > 2 * expected()
    assert reference_seconds(RECOMMENDED, replace(CLASS, train=600), 6) > expected()


def test_the_frozen_layers_are_asked_once_where_their_answers_fit_on_the_disk() -> None:
    kept = expected(backbone="vggface-vgg16", image_size_px=224, freeze_depth=13, views=1, epochs=10)
    assert expected(backbone="vggface-vgg16", image_size_px=224, freeze_depth=13, views=1, epochs=20) < 1.1 * kept
    # Of 1,200 photos in two views the answers of two frozen layers at 224 px are 3.8 GB.
    many = replace(CLASS, train=1200)
    config = RECOMMENDED.with_changes(backbone="vggface-vgg16", image_size_px=224, freeze_depth=2, head_epochs=0)
    longer = config.with_changes(epochs=config.epochs + 10, head_epochs=0)
    frozen_s = kept_units.computing_s(config, sum(config_macs(config)[:2]))

    def ten_epochs_s(limit_bytes: float) -> float:
        return reference_seconds(longer, many, 6, limit_bytes=limit_bytes) - reference_seconds(
            config, many, 6, limit_bytes=limit_bytes
        )

    assert ten_epochs_s(5e9) == pytest.approx(ten_epochs_s(math.inf))
    assert ten_epochs_s(3e9) - ten_epochs_s(5e9) == pytest.approx(10 * (1200 + MOST_MEASURED + 24) * frozen_s)


def test_what_an_earlier_training_left_is_not_computed_again() -> None:
    whole, half, none = (reference_seconds(RECOMMENDED, CLASS, 6, computed=share) for share in (1.0, 0.5, 0.0))
    assert whole - half == pytest.approx(half - none)
    assert none < half


def test_equal_views_are_counted_once() -> None:
    flips = {views: expected(views=views, freeze_depth=None) for views in (2, 4, 20)}
    turns = {views: expected(views=views, freeze_depth=None, rotation_deg=10.0) for views in (2, 4, 20)}
    assert flips[20] == pytest.approx(turns[2])
    assert flips[4] < turns[2] < turns[4]


def config_macs(config: TrainConfig) -> tuple[int, ...]:
    return BACKBONES[config.backbone].architecture.macs(config.image_size_px)


def test_a_head_of_many_numbers_costs_by_the_step() -> None:
    config = preset("notebook")
    assert reference_seconds(config.with_changes(batch_size=1), CLASS, 3) > 10 + reference_seconds(config, CLASS, 3)
    small = config.with_changes(hidden=())
    assert reference_seconds(config, CLASS, 3) > 10 + reference_seconds(small, CLASS, 3)


@pytest.mark.parametrize("config", [*PRESETS.values(), *(TrainConfig(backbone=name) for name in BACKBONES)])
def test_every_preset_and_network_has_a_forecast(config: TrainConfig) -> None:
    config = config.with_changes(image_size_px=max(config.image_size_px, BACKBONES[config.backbone].smallest_px))
    assert 1 < reference_seconds(config, CLASS, 6) < 24 * 3600


def test_finished_trainings_tell_how_fast_this_computer_is(lab_home: Workspace) -> None:
    dataset = fakes.dataset(lab_home)
    plain = runtime_estimate.estimate_seconds(RECOMMENDED, dataset, lab_home)
    assert plain == reference_seconds(RECOMMENDED, PhotoCounts.of(dataset), len(dataset.people))
    finished(lab_home, seconds=3 * plain)
    assert runtime_estimate.estimate_seconds(RECOMMENDED, dataset, lab_home) == pytest.approx(3 * plain)
    # The one that hung for once changes little.
    for seconds in (3 * plain, 100 * plain):
        finished(lab_home, seconds=seconds)
    assert runtime_estimate.estimate_seconds(RECOMMENDED, dataset, lab_home) == pytest.approx(3 * plain)


def test_those_of_the_same_network_are_asked_first(lab_home: Workspace) -> None:
    dataset = fakes.dataset(lab_home)
    other = RECOMMENDED.with_changes(backbone="imagenet-mobilenetv2", image_size_px=96)
    finished(lab_home, 10 * runtime_estimate.estimate_seconds(RECOMMENDED, dataset, lab_home))
    assert speed_factor(lab_home, other) == pytest.approx(10)
    finished(lab_home, 2 * reference_seconds(other, PhotoCounts.of(dataset), len(dataset.people)), other)
    assert speed_factor(lab_home, other) == pytest.approx(2)
    assert speed_factor(lab_home, RECOMMENDED) == pytest.approx(10)


@pytest.mark.parametrize("what", ["interrupted and continued", "stopped", "without numbers", "unreadable"])
def test_what_says_nothing_is_not_asked(lab_home: Workspace, what: str) -> None:
    run = finished(lab_home, 1000.0)
    if what == "interrupted and continued":
        run.job.emit("started", epochs=20, people=[])
    if what == "stopped":
        run.job.set_state("stopped")
    if what == "without numbers":
        run.job.write_result({"test_correct": 1})
    if what == "unreadable":
        (run.path / "request.json").write_text("{", encoding="utf-8")
    assert speed_factor(lab_home, RECOMMENDED) == 1.0


def test_fewer_training_photos_are_counted(lab_home: Workspace) -> None:
    dataset = fakes.dataset(lab_home)
    assert PhotoCounts.of(dataset) == PhotoCounts(18, 6, 12)
    assert PhotoCounts.of(dataset, per_person=2).train == 6
    assert PhotoCounts.of(dataset, per_person=99).train == 18
