"""The classifier: cut, freezing, precision, saving, and the check of what was saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.config import TrainConfig
from core.models.units import architecture

keras = pytest.importorskip("keras")
classifier_module = pytest.importorskip("core.models.classifier")
build_classifier, save_model = classifier_module.build_classifier, classifier_module.save_model
check_saved_model = classifier_module.check_saved_model

MINI = TrainConfig(image_size_px=32, seed=3)


def pictures(n: int, size_px: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, size_px, size_px, 3), dtype=np.uint8)


def fit(classifier, faces: np.ndarray, labels: list[int], epochs: int = 1, learning_rate: float = 1e-3):
    classifier.suffix.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy")
    features = classifier.prefix.predict_on_batch(faces)
    return classifier.suffix.fit(features, np.array(labels), batch_size=2, epochs=epochs, verbose=0)


@pytest.mark.parametrize("depth", [0, 1, 2, 5, 13])
def test_suffix_behind_prefix_is_the_joined_model(depth: int) -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=depth), 3, None, precision="float32")
    faces = pictures(2, 32)
    joined = classifier.joined.predict_on_batch(faces)
    parts = classifier.suffix.predict_on_batch(classifier.prefix.predict_on_batch(faces))
    assert np.array_equal(joined, parts)
    assert not classifier.prefix.trainable_weights or depth == 0


@pytest.mark.parametrize(
    ("depth", "size_px", "channels"), [(0, 32, 3), (1, 32, 16), (2, 16, 16), (4, 8, 32), (13, 1, 128)]
)
def test_the_cut_lies_behind_the_pooling(depth: int, size_px: int, channels: int) -> None:
    classifier = build_classifier(replace(MINI, freeze_depth=depth), 3, None, precision="float32")
    assert classifier.prefix.output_shape == (None, size_px, size_px, channels)


def test_saved_model_is_what_was_trained(tmp_path: Path) -> None:
    config = replace(MINI, freeze_depth=7)
    classifier = build_classifier(config, 3, None, precision="float32")
    faces = pictures(4, 32)
    fit(classifier, faces, [0, 1, 2, 0])
    save_model(classifier, tmp_path / "model.keras")
    moved = check_saved_model(tmp_path / "model.keras", None, 7, "face-vgg-mini", seed=3)
    units = [unit.name for unit in architecture("face-vgg-mini").units]
    assert [moved[name] for name in units[:7]] == [0.0] * 7
    assert all(0.0 < moved[name] < 0.2 for name in units[7:])
    reloaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert np.array_equal(reloaded.predict_on_batch(faces), classifier.joined.predict_on_batch(faces))
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]
