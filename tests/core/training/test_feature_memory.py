"""Frozen layers asked through a memory give what they give without, and are asked once."""

import numpy as np
import pytest

from core.config import TrainConfig
from core.models.classifier import Classifier, build_classifier
from core.training.feature_memory import FeatureMemory, FrozenLayers
from tests.patterns import pattern

CONFIG = TrainConfig(pretrained=False, image_size_px=48, freeze_depth=4)


@pytest.fixture(scope="module")
def network() -> Classifier:
    return build_classifier(CONFIG, 2, None, precision="float32")


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    return np.stack([pattern(i % 2, i, size_px=48) for i in range(5)]).astype(np.float32)


class Counting:
    """Counts how many pictures a part of a network was asked about."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, network: Classifier) -> None:
        self.asked: list[tuple[int | None, int, int]] = []
        part = network.part

        def counted(last, first=None):
            model = part(last, first)
            ask = model.predict_on_batch

            def predict_on_batch(x):
                self.asked.append((first, last, len(x)))
                return ask(x)

            monkeypatch.setattr(model, "predict_on_batch", predict_on_batch)
            return model

        monkeypatch.setattr(network, "part", counted)


def layers(network: Classifier, depth: int, memory: FeatureMemory, name: str = "net") -> FrozenLayers:
    return FrozenLayers(network, depth, memory, name, (4, 10))


def test_what_comes_out_is_what_the_layers_give(network, pictures):
    memory = FeatureMemory()
    for depth in (13, 4, 10):
        whole = network.part(depth).predict_on_batch(pictures)
        through = layers(network, depth, memory)
        assert through.output_shape == (None, *whole.shape[1:])
        np.testing.assert_allclose(through.predict_on_batch(pictures), whole, rtol=1e-4, atol=1e-4)


def test_a_picture_is_shown_to_each_layer_once(network, pictures, monkeypatch):
    counting, memory = Counting(monkeypatch, network), FeatureMemory()
    layers(network, 10, memory).predict_on_batch(pictures)
    assert counting.asked == [(None, 4, 5), (4, 10, 5)]
    # The next training freezes more: it goes on from there. One that freezes less finds all it needs.
    layers(network, 13, memory).predict_on_batch(pictures[:3])
    layers(network, 4, memory).predict_on_batch(pictures)
    assert counting.asked[2:] == [(10, 13, 3)]


def test_other_weights_have_a_memory_of_their_own(network, pictures, monkeypatch):
    counting, memory = Counting(monkeypatch, network), FeatureMemory()
    layers(network, 4, memory, "one").predict_on_batch(pictures)
    layers(network, 4, memory, "other").predict_on_batch(pictures)
    assert counting.asked == [(None, 4, 5), (None, 4, 5)]


def test_a_closed_memory_knows_nothing_and_learns_nothing(network, pictures, monkeypatch):
    counting, memory = Counting(monkeypatch, network), FeatureMemory()
    first = layers(network, 4, memory).predict_on_batch(pictures)
    memory.close()
    for _ in range(2):
        np.testing.assert_array_equal(layers(network, 4, memory).predict_on_batch(pictures), first)
    assert counting.asked == [(None, 4, 5)] * 3


def test_what_finds_no_room_is_computed_again(network, pictures, monkeypatch):
    counting, memory = Counting(monkeypatch, network), FeatureMemory(limit_bytes=0)
    first = layers(network, 10, memory).predict_on_batch(pictures)
    again = layers(network, 10, memory).predict_on_batch(pictures)
    assert len(counting.asked) == 4
    np.testing.assert_array_equal(first, again)
