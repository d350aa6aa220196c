"""The classifier: cut, freezing, precision, saving, and the check of what was saved."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import keras
import numpy as np
import pytest

from core.config import HeadConfig, TrainConfig
from core.errors import ConfigError, RunError, WeightsError
from core.models import networks, weights
from core.models.backbones import BACKBONES
from core.models.classifier import Classifier, build_classifier, check_saved_model, save_model
from core.models.units import architecture
from tests.published import seeded_weights, write_published

if TYPE_CHECKING:
    from pathlib import Path

    from core.models.weights import FoundWeights
    from core.workspace import Workspace

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


@pytest.fixture
def mini_weights(lab_home: Workspace, tmp_path: Path) -> FoundWeights:
    write_published(tmp_path / "mini.h5", "face-vgg-mini", seeded_weights("face-vgg-mini"))
    return weights.import_weights("face-vgg-mini", tmp_path / "mini.h5", lab_home)


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


def test_all_units_are_frozen_unless_told_otherwise() -> None:
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


def test_bfloat16_is_for_computing_only(tmp_path: Path) -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=2), 2, None, precision="bfloat16")
    assert keras.config.dtype_policy().name == "float32"
    assert classifier.joined.get_layer("conv1_1").compute_dtype == "bfloat16"
    assert classifier.joined.get_layer("people").compute_dtype == "float32"
    assert {variable.dtype for variable in classifier.joined.variables if "seed" not in variable.path} == {"float32"}
    fit(classifier)
    save_model(classifier, tmp_path / "model.keras")
    assert classifier.joined.get_layer("conv1_1").compute_dtype == "bfloat16"
    moved = check_saved_model(tmp_path / "model.keras", None, 2, "face-vgg-mini", seed=3)
    assert [moved[name] == 0.0 for name in UNITS] == [True] * 2 + [False] * 11
    saved = keras.saving.load_model(tmp_path / "model.keras").predict_on_batch(pictures(4))
    assert saved.dtype == np.float32
    assert np.abs(saved - classifier.joined.predict_on_batch(pictures(4))).max() < 0.02


def test_bfloat16_features_kept_as_float32_give_the_same_answer() -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=4), 3, None, precision="bfloat16")
    features = classifier.prefix.predict_on_batch(pictures(2))
    assert features.dtype.name == "bfloat16"
    kept = classifier.suffix.predict_on_batch(features.astype(np.float32))
    assert np.array_equal(kept, classifier.joined.predict_on_batch(pictures(2)))


def test_the_global_policy_is_restored_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(networks, "build_backbone", fails)
    with pytest.raises(RuntimeError):
        build_classifier(MINI, 3, None, precision="bfloat16")
    assert keras.config.dtype_policy().name == "float32"


# ---- saved


def test_saved_model_is_what_was_trained(tmp_path: Path, mini_weights: FoundWeights) -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=7), 2, mini_weights, precision="float32")
    fit(classifier)
    save_model(classifier, tmp_path / "out" / "model.keras")
    moved = check_saved_model(tmp_path / "out" / "model.keras", mini_weights.path, 7, "face-vgg-mini")
    assert list(moved) == UNITS
    assert [moved[name] for name in UNITS[:7]] == [0.0] * 7
    assert all(0.0 < moved[name] < 0.5 for name in UNITS[7:])
    reloaded = keras.saving.load_model(tmp_path / "out" / "model.keras", safe_mode=True)
    assert np.array_equal(reloaded.predict_on_batch(pictures(4)), classifier.joined.predict_on_batch(pictures(4)))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["model.keras"]


def test_movement_is_the_norm_of_the_change(tmp_path: Path, mini_weights: FoundWeights) -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=12), 2, mini_weights, precision="float32")
    layer = classifier.joined.get_layer("conv5_3")
    layer.set_weights([1.25 * array for array in layer.get_weights()])
    save_model(classifier, tmp_path / "model.keras")
    moved = check_saved_model(tmp_path / "model.keras", mini_weights.path, 12, "face-vgg-mini")
    assert moved["conv5_3"] == pytest.approx(0.25)


def test_a_changed_frozen_unit_is_found(tmp_path: Path, mini_weights: FoundWeights) -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=7), 2, mini_weights, precision="float32")
    bias = classifier.joined.get_layer("conv3_1").bias
    bias.assign(bias + 1e-6 * np.eye(1, 64, 5, dtype=np.float32)[0])
    save_model(classifier, tmp_path / "model.keras")
    with pytest.raises(RunError, match='frozen layer "conv3_1" changed in "model'):
        check_saved_model(tmp_path / "model.keras", mini_weights.path, 7, "face-vgg-mini")
    assert check_saved_model(tmp_path / "model.keras", mini_weights.path, 4, "face-vgg-mini")["conv3_1"] > 0.0


def test_moved_statistics_are_found_at_any_depth(tmp_path: Path) -> None:
    classifier = build_classifier(replace(MOBILE, freeze_depth=0), 2, None, precision="float32")
    classifier.joined.get_layer("block_3_project_BN").moving_mean.assign_add(np.ones(32, np.float32))
    save_model(classifier, tmp_path / "model.keras")
    with pytest.raises(RunError, match='"block_3" changed'):
        check_saved_model(tmp_path / "model.keras", None, 0, "imagenet-mobilenetv2", seed=0)


def test_without_a_beginning_only_the_form_is_checked(tmp_path: Path) -> None:
    classifier = build_classifier(MINI, 2, None, precision="float32")
    save_model(classifier, tmp_path / "model.keras")
    assert check_saved_model(tmp_path / "model.keras", None, 13, "face-vgg-mini") == {}
    classifier.joined.get_layer("people").kernel.assign(np.full((128, 2), np.nan, np.float32))
    save_model(classifier, tmp_path / "model.keras")
    with pytest.raises(RunError, match="should give probabilities in float32"):
        check_saved_model(tmp_path / "model.keras", None, 13, "face-vgg-mini")


def test_a_model_that_computes_in_bfloat16_is_found(tmp_path: Path) -> None:
    build_classifier(MINI, 2, None, precision="bfloat16").joined.save(tmp_path / "model.keras")
    with pytest.raises(RunError, match="mixed_bfloat16"):
        check_saved_model(tmp_path / "model.keras", None, 13, "face-vgg-mini", seed=3)


@pytest.mark.parametrize("content", [b"", b"no zip", None])
def test_what_is_no_model_is_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "model.keras").write_bytes(content)
    with pytest.raises(RunError, match=r'"model.keras" does not open as a Keras model') as caught:
        check_saved_model(tmp_path / "model.keras", None, 13, "face-vgg-mini")
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_reloaded_model_trained_further_keeps_its_statistics(tmp_path: Path) -> None:
    save_model(build_classifier(replace(MOBILE, freeze_depth=2), 2, None, precision="float32"), tmp_path / "m.keras")
    model = keras.saving.load_model(tmp_path / "m.keras")
    layer = model.get_layer("block_3_project_BN")
    layer.gamma.trainable = layer.beta.trainable = True
    before = layer.get_weights()
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", run_eagerly=True)
    model.fit(pictures(4).astype(np.float32), np.array([0, 1, 0, 1]), batch_size=2, verbose=0)
    after = layer.get_weights()
    assert [np.array_equal(a, b) for a, b in zip(before, after, strict=True)] == [False, False, True, True]


@pytest.mark.slow
def test_plain_keras_opens_it_in_a_process_of_its_own(tmp_path: Path) -> None:
    sizes = {"face-vgg-mini": 32, "vggface2-senet50": 197, "imagenet-mobilenetv2": 32}
    for name, size_px in sizes.items():
        config = TrainConfig(backbone=name, image_size_px=size_px, freeze_depth=1)
        classifier = build_classifier(config, 2, None, precision="float32")
        save_model(classifier, tmp_path / f"{name}.keras")
        np.save(tmp_path / f"{name}.npy", classifier.joined.predict_on_batch(pictures(1, size_px)))
    code = """
import pathlib, sys, keras, numpy as np
for path in pathlib.Path().glob("*.keras"):
    model = keras.saving.load_model(path, safe_mode=True)
    size_px = model.input_shape[1]
    faces = np.random.default_rng(0).integers(0, 256, (1, size_px, size_px, 3), dtype=np.uint8)
    assert np.allclose(model.predict_on_batch(faces), np.load(path.with_suffix(".npy")), atol=1e-5), path
assert not [name for name in sys.modules if name.split(".")[0] in ("core", "keras_vggface")]
"""
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, env=_environment())


def _environment() -> dict[str, str]:
    import os

    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
