"""The registry, and that each backbone sees what it was trained on."""

from __future__ import annotations

import inspect
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import keras
import numpy as np
import pytest

from core.config import TrainConfig
from core.errors import ConfigError
from core.models import vggface
from core.models.classifier import build_classifier
from core.models.registry import BACKBONES, backbone, check_config
from core.presets import PRESETS

if TYPE_CHECKING:
    from types import ModuleType


def faces(size_px: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (2, size_px, size_px, 3), dtype=np.uint8)


def vggface_utils() -> ModuleType:
    """Return `keras_vggface.utils`, which imports only where core.models.vggface has been at work."""
    vggface.build_vggface("vgg16", keras.Input((48, 48, 3)))
    from keras_vggface import utils

    return utils


def test_the_backbones_of_the_design_and_a_wider_mini() -> None:
    assert list(BACKBONES) == [
        "face-vgg-mini",
        "face-vgg-midi",
        "vggface-vgg16",
        "vggface2-resnet50",
        "vggface2-senet50",
        "imagenet-vgg16",
        "imagenet-vgg19",
        "imagenet-mobilenetv2",
    ]
    for name, entry in BACKBONES.items():
        assert entry.name == name == entry.architecture.name
        assert entry.weights.bundled == (entry.weights.url == "")
        assert entry.weights.url.endswith(entry.weights.file_name) or entry.weights.bundled
        assert entry.weights.licence.endswith(".")
        assert entry.smallest_px <= entry.usual_px
        assert not entry.wider or entry.wider in BACKBONES


def test_every_preset_fits_its_backbone() -> None:
    for name, config in PRESETS.items():
        assert check_config(config).freeze_depth is not None, name
    assert check_config(PRESETS["notebook"]).freeze_depth == 13


def test_check_config_refuses_what_a_backbone_cannot_do() -> None:
    config = TrainConfig(backbone="vggface2-senet50", image_size_px=197)
    assert check_config(config).freeze_depth == 17
    assert check_config(replace(config, freeze_depth=3)).freeze_depth == 3
    with pytest.raises(ConfigError, match=r"needs an image size of 197 px or more, received 196"):
        check_config(replace(config, image_size_px=196))
    with pytest.raises(ConfigError, match=r"must be 0 to 17, received 18; whole blocks end at 0, 1, 4, 8, 14, 17"):
        check_config(replace(config, freeze_depth=18))
    with pytest.raises(
        ConfigError, match=r'no backbone "vgg20"; choose one of face-vgg-mini, face-vgg-midi, vggface-vgg16'
    ):
        check_config(replace(config, backbone="vgg20"))


@pytest.mark.parametrize("name", BACKBONES)
def test_addresses_and_hashes_are_those_of_the_libraries(name: str) -> None:
    """Read from the sources of the installed packages, so that a new release that moves them is noticed."""
    from keras.src import applications

    weights = backbone(name).weights
    sources = {"vgg16": applications.vgg16, "vgg19": applications.vgg19, "mobilenetv2": applications.mobilenet_v2}
    if name.startswith("vggface"):
        published = getattr(vggface_utils(), f"{name.split('-')[1].upper()}_WEIGHTS_PATH_NO_TOP")
        assert weights.url == published
    elif name.startswith("imagenet"):
        source = sources[name.split("-")[1]]
        assert all(md5 in inspect.getsource(source) for md5 in weights.md5)
        base = getattr(source, "WEIGHTS_PATH_NO_TOP", getattr(source, "BASE_WEIGHT_PATH", ""))
        assert weights.url.startswith(base)


@pytest.mark.parametrize("name", BACKBONES)
def test_preprocessing_is_that_of_the_library(name: str) -> None:
    size_px = BACKBONES[name].smallest_px
    config = TrainConfig(backbone=name, image_size_px=size_px, freeze_depth=0)
    seen = build_classifier(config, 2, None, precision="float32").prefix.predict_on_batch(faces(size_px))
    pictures = faces(size_px).astype(np.float32)
    if name.startswith("imagenet-vgg"):
        expected = keras.applications.vgg16.preprocess_input(pictures)
    elif name == "imagenet-mobilenetv2":
        expected = keras.applications.mobilenet_v2.preprocess_input(pictures)
    else:
        expected = vggface_utils().preprocess_input(pictures, version=2 if "vggface2" in name else 1)
    assert np.abs(seen - expected).max() < 1e-4


def test_rgb_is_not_bgr() -> None:
    config = TrainConfig(image_size_px=32)
    model = build_classifier(config, 2, None, precision="float32").joined
    assert not np.allclose(model.predict_on_batch(faces(32)), model.predict_on_batch(faces(32)[..., ::-1]))
    red = np.zeros((1, 32, 32, 3), np.uint8)
    red[..., 0] = 255
    seen = build_classifier(replace(config, freeze_depth=0), 2, None, precision="float32").prefix.predict_on_batch(red)
    assert np.allclose(seen[0, 0, 0], [-93.5940, -104.7624, 255 - 129.1863], atol=1e-3)


def test_keras_vggface_leaves_no_false_modules_behind() -> None:
    vggface.build_vggface("vgg16", keras.Input((48, 48, 3)))
    assert not [name for name in sys.modules if name.startswith(("keras.engine", "keras.utils.data_utils"))]
    assert not hasattr(keras, "engine")
    assert not hasattr(keras.utils, "data_utils")
