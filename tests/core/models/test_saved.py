"""Saving a model, opening it, and the check of what was saved."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import keras
import numpy as np
import pytest

from core.config import TrainConfig
from core.errors import RunError
from core.models.classifier import build_classifier
from core.models.saved import check_model, open_model, save_model
from tests.core.models.test_classifier import MINI, MOBILE, UNITS, fit, pictures

if TYPE_CHECKING:
    from pathlib import Path

    from core.models.weights import FoundWeights


def check_file(path: Path, weights_path: Path | None, depth: int, name: str, seed: int | None = None):
    return check_model(open_model(path), path.name, weights_path, depth, name, seed=seed)


def test_bfloat16_is_for_computing_only(tmp_path: Path) -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=2), 2, None, precision="bfloat16")
    assert keras.config.dtype_policy().name == "float32"
    assert classifier.joined.get_layer("conv1_1").compute_dtype == "bfloat16"
    assert classifier.joined.get_layer("people").compute_dtype == "float32"
    assert {variable.dtype for variable in classifier.joined.variables if "seed" not in variable.path} == {"float32"}
    fit(classifier)
    save_model(classifier, tmp_path / "model.keras")
    assert classifier.joined.get_layer("conv1_1").compute_dtype == "bfloat16"
    moved = check_file(tmp_path / "model.keras", None, 2, "face-vgg-mini", seed=3)
    assert [moved[name] == 0.0 for name in UNITS] == [True] * 2 + [False] * 11
    saved = keras.saving.load_model(tmp_path / "model.keras").predict_on_batch(pictures(4))
    assert saved.dtype == np.float32
    assert np.abs(saved - classifier.joined.predict_on_batch(pictures(4))).max() < 0.02


def test_saved_model_is_what_was_trained(tmp_path: Path, mini_weights: FoundWeights) -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=7), 2, mini_weights, precision="float32")
    fit(classifier)
    save_model(classifier, tmp_path / "out" / "model.keras")
    moved = check_file(tmp_path / "out" / "model.keras", mini_weights.path, 7, "face-vgg-mini")
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
    moved = check_file(tmp_path / "model.keras", mini_weights.path, 12, "face-vgg-mini")
    assert moved["conv5_3"] == pytest.approx(0.25)


def test_a_changed_frozen_unit_is_found(tmp_path: Path, mini_weights: FoundWeights) -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=7), 2, mini_weights, precision="float32")
    bias = classifier.joined.get_layer("conv3_1").bias
    bias.assign(bias + 1e-6 * np.eye(1, 64, 5, dtype=np.float32)[0])
    save_model(classifier, tmp_path / "model.keras")
    with pytest.raises(RunError, match='frozen layer "conv3_1" changed in "model'):
        check_file(tmp_path / "model.keras", mini_weights.path, 7, "face-vgg-mini")
    assert check_file(tmp_path / "model.keras", mini_weights.path, 4, "face-vgg-mini")["conv3_1"] > 0.0


def test_moved_statistics_are_found_at_any_depth(tmp_path: Path) -> None:
    classifier = build_classifier(replace(MOBILE, freeze_depth=0), 2, None, precision="float32")
    classifier.joined.get_layer("block_3_project_BN").moving_mean.assign_add(np.ones(32, np.float32))
    save_model(classifier, tmp_path / "model.keras")
    with pytest.raises(RunError, match='"block_3" changed'):
        check_file(tmp_path / "model.keras", None, 0, "imagenet-mobilenetv2", seed=0)


def test_without_a_beginning_only_the_form_is_checked(tmp_path: Path) -> None:
    classifier = build_classifier(MINI, 2, None, precision="float32")
    save_model(classifier, tmp_path / "model.keras")
    assert check_file(tmp_path / "model.keras", None, 13, "face-vgg-mini") == {}
    classifier.joined.get_layer("people").kernel.assign(np.full((128, 2), np.nan, np.float32))
    save_model(classifier, tmp_path / "model.keras")
    with pytest.raises(RunError, match="should give probabilities in float32"):
        check_file(tmp_path / "model.keras", None, 13, "face-vgg-mini")


def test_a_model_that_computes_in_bfloat16_is_found(tmp_path: Path) -> None:
    build_classifier(MINI, 2, None, precision="bfloat16").joined.save(tmp_path / "model.keras")
    with pytest.raises(RunError, match="mixed_bfloat16"):
        check_file(tmp_path / "model.keras", None, 13, "face-vgg-mini", seed=3)


@pytest.mark.parametrize("content", [b"", b"no zip", None])
def test_what_is_no_model_is_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "model.keras").write_bytes(content)
    with pytest.raises(RunError, match=r'"model.keras" cannot be read as a network') as caught:
        check_file(tmp_path / "model.keras", None, 13, "face-vgg-mini")
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
