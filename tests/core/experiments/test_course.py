from __future__ import annotations

import math
from dataclasses import replace

import pytest

from core.config import TrainConfig
from core.experiments import kept_units
from core.experiments.course import Course, PhotoCounts, reference
from core.models.registry import BACKBONES
from core.presets import PRESETS, preset
from core.workspace import Workspace
from tests import fakes

CLASS = PhotoCounts(train=60, validation=24, test=72)
RECOMMENDED = preset("recommended")


def expected(**changes: object) -> float:
    return reference_seconds(RECOMMENDED.with_changes(**changes), CLASS, 6)


def reference_seconds(*what: object, **how: object) -> float:
    return reference(*what, **how).total_s  # type: ignore[arg-type]


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
    read_s = kept_units.feature_bytes(config, 2) / kept_units.READING

    def ten_epochs_s(limit_bytes: float) -> float:
        return reference_seconds(longer, many, 6, limit_bytes=limit_bytes) - reference_seconds(
            config, many, 6, limit_bytes=limit_bytes
        )

    assert ten_epochs_s(5e9) == pytest.approx(ten_epochs_s(math.inf))
    assert ten_epochs_s(3e9) - ten_epochs_s(5e9) == pytest.approx(10 * (1200 + 24 + 24) * (frozen_s - read_s))


def test_what_an_earlier_training_left_is_not_computed_again() -> None:
    whole, half, none = (reference_seconds(RECOMMENDED, CLASS, 6, missing=share) for share in (1.0, 0.5, 0.0))
    assert whole - half == pytest.approx(half - none)
    assert none < half


def test_pictures_go_on_from_the_deepest_layer_that_is_kept() -> None:
    config = RECOMMENDED.with_changes(backbone="vggface-vgg16", freeze_depth=None)
    macs = config_macs(config)
    whole, rest = (reference(config, CLASS, 6, missing=missing).once_s for missing in ({}, {10: 0.0}))
    assert rest / whole == pytest.approx(sum(macs[10:]) / sum(macs))
    # What lies there behind the border is not computed for the head alone, and the other way round.
    border = config.with_changes(freeze_depth=10)
    assert reference(border, CLASS, 6, missing={10: 0.0}).once_s == pytest.approx(rest)
    assert reference(border, CLASS, 6, missing={13: 0.0}).once_s == pytest.approx(whole - rest)
    assert reference(border, CLASS, 6, missing={10: 0.0, 13: 0.0}).once_s == 0


def test_the_parts_add_up_and_take_longer_each_by_its_factor() -> None:
    course = Course(1.0, 10.0, 5, 0.1, 2, 3.0, 0.5)
    assert (course.steady_s, course.computing_s, course.total_s) == (2.0, 16.0, 18.0)
    slower = course.scaled(2, 3)
    assert (slower.steady_s, slower.computing_s, slower.epochs) == (4.0, 48.0, 2)


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


def test_fewer_training_photos_are_counted(lab_home: Workspace) -> None:
    dataset = fakes.dataset(lab_home)
    assert PhotoCounts.of(dataset) == PhotoCounts(18, 6, 12)
    assert PhotoCounts.of(dataset, per_person=2).train == 6
    assert PhotoCounts.of(dataset, per_person=99).train == 18
