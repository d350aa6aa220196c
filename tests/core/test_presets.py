from __future__ import annotations

import json

import pytest

from core.config import HeadConfig, TrainConfig
from core.errors import ConfigError
from core.presets import PRESETS, preset
from core.schema import convert


@pytest.mark.parametrize("name", list(PRESETS))
def test_presets_survive_json(name: str) -> None:
    again = convert(json.loads(json.dumps(preset(name).to_dict())), TrainConfig, "config.json")
    assert again == preset(name)
    assert isinstance(again.head.hidden, tuple)


def test_an_unknown_preset_lists_the_names() -> None:
    with pytest.raises(ConfigError, match="one of recommended, notebook, football-64, football-224, webcam, rec"):
        preset("soccer")


@pytest.mark.parametrize("name", list(PRESETS))
def test_presets_carry_their_name(name: str) -> None:
    assert preset(name).preset == name


def test_preset_notebook() -> None:
    config = preset("notebook")
    assert (config.backbone, config.image_size_px, config.epochs, config.batch_size) == ("vggface-vgg16", 224, 20, 4)
    assert (config.optimizer, config.learning_rate, config.momentum) == ("sgd", 1e-4, 0.9)
    assert config.head == HeadConfig(pooling="flatten", hidden=(512, 512), dropout=0.0)
    assert (config.augment.zoom, config.augment.flip, config.augment.shift) == (0.2, True, 0.0)
    assert config.augment.rotation_deg == 0.0
    assert config.freeze_depth is None


@pytest.mark.parametrize(("size_px", "rate", "rotation_deg"), [(64, 1e-4, 20.0), (224, 1e-3, 45.0)])
def test_preset_football(size_px: int, rate: float, rotation_deg: float) -> None:
    config = preset(f"football-{size_px}")
    assert (config.backbone, config.image_size_px, config.epochs) == ("imagenet-vgg16", size_px, 10)
    assert (config.optimizer, config.learning_rate) == ("rmsprop", rate)
    assert config.head == HeadConfig(pooling="flatten", hidden=(512, 256, 128), dropout=0.0)
    assert (config.augment.rotation_deg, config.augment.shift, config.augment.flip) == (rotation_deg, 0.2, True)
    assert config.early_stopping_patience
    assert config.reduce_lr_patience
    assert config.keep_best


def test_preset_webcam() -> None:
    config = preset("webcam")
    assert (config.backbone, config.freeze_depth, config.optimizer) == ("imagenet-vgg16", 10, "rmsprop")


def test_preset_recommended() -> None:
    config = preset("recommended")
    assert (config.backbone, config.optimizer, config.learning_rate) == ("face-vgg-mini", "adam", 5e-3)
    assert (config.batch_size, config.epochs, config.head_epochs) == (16, 20, 10)
    head = HeadConfig(pooling="average", hidden=(), dropout=0.3, scale_features=True, zero_start=True)
    assert config.head == head
    assert config.augment.flip
    assert config.keep_best
    assert config.class_weights


@pytest.mark.parametrize("name", ["notebook", "football-64", "football-224", "webcam"])
def test_historical_presets_train_as_published(name: str) -> None:
    config = preset(name)
    assert not config.head.scale_features
    assert not config.head.zero_start
    assert {config.repeats_per_epoch(n, head_only=alone) for n in (1, 30) for alone in (True, False)} == {1}


@pytest.mark.parametrize("name", ["notebook", "football-64", "football-224", "webcam"])
def test_historical_presets_are_float32_without_class_weights(name: str) -> None:
    assert preset(name).precision == "float32"
    assert not preset(name).class_weights
