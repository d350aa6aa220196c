from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from core.config import AugmentConfig, CropConfig, HeadConfig, SplitConfig, TrainConfig
from core.errors import ConfigError, DamagedFileError
from core.schema import convert

# kind, the wrong settings, and what the sentence must say: the rule, what was received
WRONG: list[tuple[type, dict[str, Any], str]] = [
    (CropConfig, {"detector": "mtcnn"}, "detector must be one of yunet, haar, none, received 'mtcnn'"),
    (CropConfig, {"margin": -0.1}, "margin must be between 0 and 2, received -0.1"),
    (CropConfig, {"size_px": 16}, "image size of a crop must be 32 to 512 px, received 16"),
    (CropConfig, {"size_px": 224.5}, "size px must be a whole number, received 224.5"),
    (CropConfig, {"align": "yes"}, "align must be True or False, received 'yes'"),
    (SplitConfig, {"train_fraction": 0.5}, "the sum of the three fractions must be 1, received 0.9"),
    (SplitConfig, {"test_fraction": 0.0}, "test fraction must be between 0 and 1, received 0.0"),
    (HeadConfig, {"pooling": "max"}, "pooling must be one of average, flatten, received 'max'"),
    (HeadConfig, {"hidden": (512, 0)}, "hidden layers must be whole numbers from 1 to 8192, received (512, 0)"),
    (HeadConfig, {"hidden": 512}, "hidden layers must be a list of sizes, received 512"),
    (HeadConfig, {"dropout": 1.0}, "dropout must be from 0 to below 1, received 1.0"),
    (AugmentConfig, {"views": 0}, "number of views a photo must be 1 to 100, received 0"),
    (AugmentConfig, {"rotation_deg": 200.0}, "rotation must be 0 to 180 degrees, received 200.0"),
    (AugmentConfig, {"shift": 0.6}, "shift must be 0 to 0.5, received 0.6"),
    (AugmentConfig, {"zoom": 1.0}, "zoom must be from 0 to below 1, received 1.0"),
    (TrainConfig, {"optimizer": "lamb"}, "optimizer must be one of adam, sgd, rmsprop, received 'lamb'"),
    (TrainConfig, {"precision": "float16"}, "precision must be one of auto, float32, bfloat16, received 'float16'"),
    (TrainConfig, {"freeze_depth": -1}, "freeze depth must be 0 or more, received -1"),
    (TrainConfig, {"image_size_px": 1024}, "image size must be 32 to 512 px, received 1024"),
    (TrainConfig, {"epochs": 0}, "epochs must be 1 to 1000, received 0"),
    (TrainConfig, {"epochs": "20"}, "epochs must be a whole number, received '20'"),
    (TrainConfig, {"epochs": True}, "epochs must be a whole number, received True"),
    (TrainConfig, {"head_epochs": 20}, "head epochs must be 0 or more and fewer than the epochs, received 20"),
    (TrainConfig, {"batch_size": 513}, "batch size must be 1 to 512, received 513"),
    (TrainConfig, {"learning_rate": 0.0}, "learning rate must be above 0 and at most 10, received 0.0"),
    (TrainConfig, {"learning_rate": float("nan")}, "learning rate must be above 0 and at most 10, received nan"),
    (TrainConfig, {"momentum": 1.0}, "momentum must be from 0 to below 1, received 1.0"),
    (TrainConfig, {"early_stopping_patience": 0}, "early stopping patience must be 1 or more, received 0"),
    (TrainConfig, {"reduce_lr_patience": 0}, "reduce lr patience must be 1 or more, received 0"),
    (TrainConfig, {"train_per_class": 0}, "train per class must be 1 or more, received 0"),
    (TrainConfig, {"train_per_class": 1.5}, "train per class must be a whole number or None, received 1.5"),
    (TrainConfig, {"seed": -1}, "seed must be 0 or more, received -1"),
]


@pytest.mark.parametrize(("kind", "settings", "sentence"), WRONG)
def test_wrong_settings_name_rule_received_and_next_step(kind: type, settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as raised:
        kind(**settings)
    assert str(raised.value) == f"{sentence}; choose another value."


def test_bounds_themselves_are_allowed() -> None:
    CropConfig(margin=0.0, size_px=32)
    CropConfig(margin=2, size_px=512)
    AugmentConfig(views=1, rotation_deg=180, shift=0.5)
    TrainConfig(epochs=1000, batch_size=512, learning_rate=10.0, seed=0, freeze_depth=0)
    TrainConfig(epochs=2, head_epochs=1)


def test_settings_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        TrainConfig().epochs = 3  # type: ignore[misc]


def test_margin_as_autocrop_counts_it() -> None:
    assert CropConfig().face_percent == 58
    assert CropConfig(margin=0.0).face_percent == 100
    assert CropConfig(margin=0.5).face_percent == 50


def test_settings_survive_json() -> None:
    config = TrainConfig(freeze_depth=3, train_per_class=1, head=HeadConfig(hidden=(64, 32)), head_epochs=2)
    again = convert(json.loads(json.dumps(config.to_dict())), TrainConfig, "config.json")
    assert again == config
    assert isinstance(again.head.hidden, tuple)
    crop = CropConfig(margin=0.1, align=False)
    assert CropConfig(**json.loads(json.dumps(crop.__dict__))) == crop


def test_settings_of_an_older_version_get_defaults_and_odd_ones_a_sentence() -> None:
    old = convert({"epochs": 5, "head": {"dropout": 0.1}, "mixup": 0.1}, TrainConfig, "config.json")
    assert old == TrainConfig().with_changes(epochs=5, dropout=0.1)
    for odd, said in (
        ({"epochs": "20"}, r"Expected `int`.*epochs"),
        ({"head": {"dropout": 2}}, "dropout must be from 0"),
    ):
        with pytest.raises(DamagedFileError, match=f'"config.json" is damaged.*{said}'):
            convert(odd, TrainConfig, "config.json")


def test_with_changes_reaches_head_and_augmentation_and_leaves_the_original() -> None:
    config = TrainConfig()
    changed = config.with_changes(epochs=3, hidden=[64], dropout=0.1, views=2, flip=False)
    assert (changed.epochs, changed.head.hidden, changed.head.dropout) == (3, (64,), 0.1)
    assert (changed.augment.views, changed.augment.flip) == (2, False)
    assert config == TrainConfig()
    with pytest.raises(ConfigError, match="views"):
        config.with_changes(views=0)


@pytest.mark.parametrize(("epochs", "head_epochs"), [(20, 10), (10, 5), (3, 1), (1, 0), (40, 20)])
def test_a_shorter_training_has_a_shorter_first_phase(epochs: int, head_epochs: int) -> None:
    config = TrainConfig(epochs=20, head_epochs=10)
    assert config.with_changes(epochs=epochs).head_epochs == head_epochs
    assert config.with_changes(epochs=epochs, head_epochs=0).head_epochs == 0


@pytest.mark.parametrize(("photos", "repeats"), [(1, 305), (18, 17), (60, 6), (320, 1), (2000, 1)])
def test_few_photos_are_shown_several_times_in_an_epoch(photos: int, repeats: int) -> None:
    config = TrainConfig(min_steps=20, batch_size=16)
    assert config.repeats_per_epoch(photos) == repeats
    assert -(-photos * repeats // 16) >= 20
    assert repeats == 1 or -(-photos * (repeats - 1) // 16) < 20
    assert config.repeats_per_epoch(photos, head_only=False) == 1


@pytest.mark.parametrize(("depth", "epochs"), [(None, 0), (13, 0), (10, 4), (0, 4)])
def test_there_are_head_only_epochs_only_where_more_than_the_head_trains(depth: int | None, epochs: int) -> None:
    assert TrainConfig(head_epochs=4, freeze_depth=depth).head_only_epochs(13) == epochs


def test_an_untrained_network_trains_with_a_higher_rate_after_its_head_only_epochs() -> None:
    gentle = TrainConfig(learning_rate=5e-3, unfrozen_rate=0.01)
    assert gentle.unfrozen_learning_rate == pytest.approx(5e-5)
    assert gentle.with_changes(pretrained=False).unfrozen_learning_rate == pytest.approx(5e-4)
    assert gentle.with_changes(pretrained=False, unfrozen_rate=0.5).unfrozen_learning_rate == pytest.approx(2.5e-3)
