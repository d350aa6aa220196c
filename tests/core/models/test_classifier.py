"""The classifier: cut, freezing, precision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import keras
import numpy as np
import pytest

from core.config import HeadConfig, TrainConfig
from core.errors import ConfigError, WeightsError
from core.models import build
from core.models.architectures import architecture
from core.models.classifier import Classifier, build_classifier
from core.models.registry import BACKBONES
from tests.published import seeded_weights

if TYPE_CHECKING:
    from core.models.weights import FoundWeights

MINI = TrainConfig(image_size_px=32, seed=3)
MOBILE = TrainConfig(backbone="imagenet-mobilenetv2", image_size_px=32)
UNITS = [unit.name for unit in architecture("face-vgg-mini").units]


def pictures(n: int, size_px: int = 32) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, size_px, size_px, 3), dtype=np.uint8)


def fit(classifier: Classifier, learning_rate: float = 1e-3) -> None:
    """Train on four faces of two people for one epoch."""
    classifier.suffix.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy")
    features = classifier.prefix.predict_on_batch(pictures(4))
    classifier.suffix.fit(features, np.array([0, 1, 0, 1]), batch_size=2, epochs=1, verbose=0)


# ---- the cut


@pytest.mark.parametrize("depth", [0, 1, 2, 5, 13])
def test_suffix_behind_prefix_is_the_joined_model(depth: int) -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=depth), 3, None, precision="float32")
    faces = pictures(2)
    joined = classifier.joined.predict_on_batch(faces)
    assert joined.shape == (2, 3)
    assert np.allclose(joined.sum(axis=1), 1)
    assert np.array_equal(joined, classifier.suffix.predict_on_batch(classifier.prefix.predict_on_batch(faces)))
    assert classifier.prefix.trainable_weights == []


@pytest.mark.parametrize(
    ("depth", "size_px", "channels"), [(0, 32, 3), (1, 32, 16), (2, 16, 16), (4, 8, 32), (13, 1, 128)]
)
def test_the_cut_lies_behind_the_pooling(depth: int, size_px: int, channels: int) -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=depth), 3, None, precision="float32")
    assert classifier.prefix.output_shape == (None, size_px, size_px, channels)


def test_all_units_are_frozen_unless_asked_otherwise() -> None:
    classifier = build_classifier(MINI, 3, None, precision="float32")
    assert [v.path for v in classifier.joined.trainable_weights] == ["people/kernel", "people/bias"]
    with pytest.raises(ConfigError):
        build_classifier(replace(MINI, freeze_depth=14), 3, None, precision="float32")


# ---- what it starts from


def head_weights(classifier: Classifier) -> list[np.ndarray]:
    heads = [layer for layer in classifier.joined.layers if layer.name.startswith(("head_", "people"))]
    return [array for layer in heads for array in layer.get_weights()]


def test_the_head_starts_the_same_whatever_lies_before_it(mini_weights: FoundWeights) -> None:
    config = replace(MINI, head=HeadConfig("flatten", (8, 8)))
    first = head_weights(build_classifier(replace(config, freeze_depth=0), 3, None, precision="float32"))
    assert len(first) == 6
    for depth, found, precision in ((13, None, "float32"), (4, mini_weights, "float32"), (4, mini_weights, "bfloat16")):
        keras.utils.set_random_seed(depth)
        other = build_classifier(replace(config, freeze_depth=depth), 3, found, precision=precision)
        assert all(np.array_equal(a, b) for a, b in zip(first, head_weights(other), strict=True))
    reseeded = build_classifier(replace(config, seed=4), 3, None, precision="float32")
    assert not np.array_equal(first[0], head_weights(reseeded)[0])
    assert not np.array_equal(first[2][:3], first[4][:, :3].T)


def test_starting_from_nothing_follows_the_seed_alone() -> None:
    first = build_classifier(MINI, 3, None, precision="float32").unit_weights()
    keras.utils.set_random_seed(99)
    again = build_classifier(replace(MINI, freeze_depth=2), 5, None, precision="float32").unit_weights()
    other = build_classifier(replace(MINI, seed=4), 3, None, precision="float32").unit_weights()
    assert list(first) == UNITS
    for name in UNITS:
        assert all(np.array_equal(a, b) for a, b in zip(first[name], again[name], strict=True))
        assert not np.array_equal(first[name][0], other[name][0])
    kernel = first["conv3_2"][0]
    assert abs(kernel).max() <= np.sqrt(6 / (2 * 9 * 64))  # Glorot uniform
    assert not first["conv3_2"][1].any()


@pytest.mark.parametrize("name", ["face-vgg-mini", "imagenet-vgg19", "vggface2-resnet50", "imagenet-mobilenetv2"])
def test_a_network_that_starts_from_nothing_lets_photos_through(name: str) -> None:
    """Its BatchNorm is at rest, so the first numbers alone decide whether anything of a photo reaches the end."""
    config = TrainConfig(backbone=name, image_size_px=BACKBONES[name].smallest_px)
    classifier = build_classifier(config, 2, None, precision="float32")
    features = classifier.prefix.predict_on_batch(pictures(4, config.image_size_px))
    assert 1e-3 < features.std(axis=0).mean() < 100


def test_weights_are_those_of_the_file(mini_weights: FoundWeights) -> None:
    numbers = seeded_weights("face-vgg-mini")
    arrived = build_classifier(MINI, 3, mini_weights, precision="bfloat16").unit_weights()
    for name in UNITS:
        assert all(np.array_equal(a, b) for a, b in zip(arrived[name], numbers[name], strict=True))


def test_weights_of_another_backbone_are_refused(mini_weights: FoundWeights) -> None:
    config = TrainConfig(backbone="vggface-vgg16", image_size_px=48)
    with pytest.raises(WeightsError, match='Layer "conv1_1" of "vggface-vgg16" needs the shapes 3x3x3x64 and 64'):
        build_classifier(config, 3, mini_weights, precision="float32")


# ---- freezing


def test_frozen_units_stay_and_the_others_move(mini_weights: FoundWeights) -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=7), 2, mini_weights, precision="float32")
    before = classifier.unit_weights()
    fit(classifier)
    after = classifier.unit_weights()
    moved = [not np.array_equal(before[name][0], after[name][0]) for name in UNITS]
    assert moved == [False] * 7 + [True] * 6


def test_the_head_alone_and_then_the_rest() -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=10), 2, None, precision="float32")
    classifier.set_trainable_units(len(classifier.units))
    before = classifier.unit_weights()
    fit(classifier)
    assert all(np.array_equal(before[name][0], classifier.unit_weights()[name][0]) for name in UNITS)
    classifier.set_trainable_units(10)
    fit(classifier)
    moved = [not np.array_equal(before[name][0], classifier.unit_weights()[name][0]) for name in UNITS]
    assert moved == [False] * 10 + [True] * 3


@pytest.mark.slow
def test_batchnorm_stays_in_inference_mode_while_gamma_and_beta_train() -> None:
    depth = 7
    classifier = build_classifier(replace(MOBILE, freeze_depth=depth), 2, None, precision="float32")
    before = classifier.unit_weights()
    fit(classifier)
    after = classifier.unit_weights()
    for i, unit in enumerate(architecture("imagenet-mobilenetv2").units):
        fields = [field for layer in unit.weight_layers for field in layer.fields]
        for field, old, new in zip(fields, before[unit.name], after[unit.name], strict=True):
            stays = i < depth or field.startswith("moving")
            assert np.array_equal(old, new) == stays, (unit.name, field)


def test_a_training_step_sees_what_a_prediction_sees() -> None:
    """With BatchNorm in inference mode and no dropout, asking for training changes nothing."""
    config = replace(MOBILE, freeze_depth=0, head=HeadConfig(dropout=0.0))
    classifier = build_classifier(config, 2, None, precision="float32")
    faces = pictures(3).astype(np.float32)
    assert np.array_equal(classifier.joined(faces, training=True), classifier.joined(faces, training=False))


def test_dropout_draws_from_the_seed_it_is_given() -> None:
    classifier = build_classifier(replace(MINI, head=HeadConfig(dropout=0.5)), 3, None, precision="float32")
    faces = pictures(2).astype(np.float32)

    def drawn(seed: int) -> np.ndarray:
        classifier.seed_dropout(seed)
        return np.asarray(classifier.joined(faces, training=True))

    first, second = drawn(1), np.asarray(classifier.joined(faces, training=True))
    assert np.array_equal(first, drawn(1))
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, drawn(2))


# ---- precision


def test_bfloat16_features_kept_as_float32_give_the_same_answer() -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=4), 3, None, precision="bfloat16")
    features = classifier.prefix.predict_on_batch(pictures(2))
    assert features.dtype.name == "bfloat16"
    kept = classifier.suffix.predict_on_batch(features.astype(np.float32))
    assert np.array_equal(kept, classifier.joined.predict_on_batch(pictures(2)))


def test_the_global_policy_is_restored_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(build, "build_backbone", fails)
    with pytest.raises(RuntimeError):
        build_classifier(MINI, 3, None, precision="bfloat16")
    assert keras.config.dtype_policy().name == "float32"
