"""Each backbone with a full-size file in its published layout: over the network, from a file, trained."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import keras
import numpy as np
import pytest

from core.config import TrainConfig
from core.errors import WeightsError
from core.models import build, download, registry, weights
from core.models.classifier import build_classifier
from core.models.registry import BACKBONES
from core.models.saved import check_model, open_model, save_model
from tests.published import LayerWeights, seeded_weights, serving, write_published

if TYPE_CHECKING:
    from pathlib import Path

    from core.workspace import Workspace

# Without a sum to check, another network's file of the same layers' names would be the one that slips through.
LOOKALIKES = {
    "face-vgg-mini": "face-vgg-midi",
    "face-vgg-midi": "face-vgg-mini",
    "vggface-vgg16": "face-vgg-mini",
    "vggface2-resnet50": "vggface2-senet50",
    "vggface2-senet50": "vggface2-resnet50",
    "imagenet-vgg16": "imagenet-vgg19",
    "imagenet-vgg19": "imagenet-vgg16",
    "imagenet-mobilenetv2": "imagenet-vgg16",
}


@pytest.fixture
def published(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, LayerWeights]:
    """Publish a seeded file of a backbone in the folder "published"; gives the backbone's name and its numbers."""
    monkeypatch.setattr(download, "_PAUSE_S", 0.01)
    name, numbers = request.param, seeded_weights(request.param, seed=7)
    entry = BACKBONES[name]
    path = tmp_path / "published" / entry.weights.file_name
    path.parent.mkdir()
    write_published(path, name, numbers)
    address = entry.weights.url or "https://weights.invalid/mini.h5"
    known = replace(entry.weights, bundled=False, url=address, sha256=())
    if known.md5:
        known = replace(known, md5=(hashlib.md5(path.read_bytes()).hexdigest(),))
    monkeypatch.setitem(registry.BACKBONES, name, replace(entry, weights=known))
    return name, numbers


@pytest.mark.slow
@pytest.mark.parametrize("published", BACKBONES, indirect=True)
def test_published_weights_arrive_and_train(
    published: tuple[str, LayerWeights], lab_home: Workspace, tmp_path: Path
) -> None:
    name, numbers = published
    folder, file_name = tmp_path / "published", BACKBONES[name].weights.file_name

    refuse_wrong_content(name, folder, lab_home)
    found = download_over_a_broken_line(name, folder, lab_home)
    assert found.verified == name.startswith("imagenet-vgg")
    found.path.unlink()
    assert weights.import_weights(name, folder / file_name, lab_home) == found

    config = TrainConfig(backbone=name, image_size_px=BACKBONES[name].smallest_px, seed=5)
    depth = BACKBONES[name].architecture.freeze_boundaries()[-2]
    classifier = build_classifier(replace(config, freeze_depth=depth), 2, found, precision="float32")
    for unit in BACKBONES[name].architecture.units:
        expected = [array for layer in unit.weight_layers for array in numbers[layer.name]]
        arrived = build.unit_weights(classifier.joined, unit)
        assert all(np.array_equal(a, b) for a, b in zip(expected, arrived, strict=True)), unit.name

    faces = np.random.default_rng(0).integers(0, 256, (4, *classifier.joined.input_shape[1:]), dtype=np.uint8)
    classifier.suffix.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")
    features = classifier.prefix.predict_on_batch(faces)
    history = classifier.suffix.fit(features, np.array([0, 1, 0, 1]), batch_size=2, epochs=1, verbose=0)
    assert np.isfinite(history.history["loss"][0])
    save_model(classifier, tmp_path / "model.keras")
    moved = list(check_model(open_model(tmp_path / "model.keras"), "model.keras", found.path, depth, name).values())
    assert moved[:depth] == [0.0] * depth
    assert min(moved[depth:]) > 0.0


def download_over_a_broken_line(name: str, folder: Path, workspace: Workspace) -> weights.FoundWeights:
    size = (folder / BACKBONES[name].weights.file_name).stat().st_size
    with serving(folder) as server:
        server.break_at, server.breaks_left = size // 2, 1
        found = weights.download_weights(name, workspace, base_url=server.base_url)
        assert server.ranges[0] == ""
        assert 0 < int(server.ranges[1].removeprefix("bytes=").removesuffix("-")) <= size // 2
    return found


def refuse_wrong_content(name: str, folder: Path, workspace: Workspace) -> None:
    """Offer another network's file, then the right layers with another content where an official sum is known."""
    right, wrong = folder / BACKBONES[name].weights.file_name, folder / "wrong" / BACKBONES[name].weights.file_name
    wrong.parent.mkdir()
    write_published(wrong, LOOKALIKES[name], seeded_weights(LOOKALIKES[name]))
    with pytest.raises(WeightsError, match="bring the file of that network"):
        weights.import_weights(name, wrong, workspace)
    if BACKBONES[name].weights.md5:
        write_published(wrong, name, seeded_weights(name, seed=8))
    with serving(wrong.parent) as server, pytest.raises(WeightsError):
        weights.download_weights(name, workspace, base_url=server.base_url)
    assert not list(workspace.weights.glob("*.h5*"))
    assert right.exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", BACKBONES)
def test_reading_by_name_agrees_with_keras_reading_by_order(name: str, tmp_path: Path) -> None:
    write_published(tmp_path / "weights.h5", name, seeded_weights(name, seed=2))
    ours, theirs = (build.build_backbone(name, BACKBONES[name].smallest_px) for _ in range(2))
    build.load_weights(ours, name, tmp_path / "weights.h5")
    theirs.load_weights(tmp_path / "weights.h5")
    assert all(np.array_equal(a, b) for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True))


def test_load_weights_changes_nothing_when_it_refuses(tmp_path: Path) -> None:
    numbers = seeded_weights("face-vgg-mini")
    numbers["conv5_3"][1] = np.zeros(5, np.float32)
    write_published(tmp_path / "weights.h5", "face-vgg-mini", numbers)
    network = build.build_backbone("face-vgg-mini", 32)
    before = network.get_weights()
    with pytest.raises(WeightsError, match='Layer "conv5_3"'):
        build.load_weights(network, "face-vgg-mini", tmp_path / "weights.h5")
    assert all(np.array_equal(a, b) for a, b in zip(before, network.get_weights(), strict=True))


def test_a_variable_that_no_file_fills_is_an_error() -> None:
    """What Keras would skip silently: a layer the lab's numbers do not know."""
    network = build.build_backbone("face-vgg-mini", 32)
    more = keras.Model(network.inputs, keras.layers.Dense(2, name="surplus")(network.outputs[0]))
    with pytest.raises(WeightsError, match="surplus"):
        build.fill(more, "face-vgg-mini", seeded_weights("face-vgg-mini"))
