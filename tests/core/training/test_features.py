import keras
import numpy as np
import pytest

from core import memory
from core.config import AugmentConfig, TrainConfig
from core.errors import Stopped
from core.models.classifier import Classifier, build_classifier
from core.training.features import EpochBatches, Faces, FeatureMemory, FrozenLayers
from core.training.pictures import Pictures
from tests.patterns import pattern


@pytest.fixture(scope="module")
def prefix() -> keras.Model:
    keras.utils.set_random_seed(0)
    picture = keras.Input((16, 16, 3))
    return keras.Model(picture, keras.layers.Conv2D(4, 3, strides=2, activation="relu")(picture))


@pytest.fixture
def faces_rgb() -> np.ndarray:
    return np.stack([pattern(i % 2, i, size_px=16) for i in range(9)])


LABELS = np.arange(9) % 2
AUGMENT = AugmentConfig(views=3, shift=0.2)


def make(faces_rgb, prefix, **changes):
    return Faces(Pictures(faces_rgb, changes.get("augment", AUGMENT), seed=5), LABELS, prefix, frozen=True)


def test_kept_features_equal_computed_ones(faces_rgb, prefix, monkeypatch):
    kept = make(faces_rgb, prefix)
    kept.prepare(lambda n: None)
    monkeypatch.setattr(memory, "SHARE_TO_KEEP", 0)
    computed = make(faces_rgb, prefix)
    assert computed.n_to_prepare == 0
    photos, numbers = np.array([8, 0, 3]), np.array([2, 0, 1])
    np.testing.assert_allclose(kept.batch(photos, numbers), computed.batch(photos, numbers), rtol=1e-5, atol=1e-4)


def test_the_prefix_is_asked_once_a_view(faces_rgb, prefix, monkeypatch):
    faces = make(faces_rgb, prefix)
    done: list[int] = []
    faces.prepare(done.append)
    assert sum(done) == faces.n_to_prepare == 27
    asked = []
    monkeypatch.setattr(prefix, "predict_on_batch", asked.append)
    faces.batch(np.arange(9), np.zeros(9, int))
    assert asked == []


def test_stopping_takes_effect_within_one_batch(faces_rgb, prefix):
    calls = []

    def stop(n: int) -> None:
        calls.append(n)
        raise Stopped

    with pytest.raises(Stopped):
        make(faces_rgb, prefix).prepare(stop)
    assert len(calls) == 1


def test_an_epoch_shows_every_photo_once_with_its_own_label_and_weight(faces_rgb, prefix):
    faces = make(faces_rgb, prefix, augment=None)
    faces.prepare(lambda n: None)
    weights = np.arange(9, dtype=np.float32)
    batches = EpochBatches(faces, weights, batch_size=4, seed=1)
    assert len(batches) == 3
    drawn = [batches[i] for i in range(3)]
    order = np.concatenate([w for _, _, w in drawn]).astype(int)
    assert sorted(order) == list(range(9))
    assert np.array_equal(np.concatenate([y for _, y, _ in drawn]), LABELS[order])
    expected = faces.batch(order, np.zeros(9, int))
    assert np.array_equal(np.concatenate([x for x, _, _ in drawn]), expected)


def test_epoch_e_is_drawn_from_seed_and_e_alone(faces_rgb, prefix):
    faces = make(faces_rgb, prefix)
    faces.prepare(lambda n: None)
    through = EpochBatches(faces, np.ones(9, np.float32), batch_size=9, seed=1)
    first = through[0][0]
    through.on_epoch_end()
    resumed = EpochBatches(faces, np.ones(9, np.float32), batch_size=9, seed=1, first_epoch=1)
    assert np.array_equal(through[0][0], resumed[0][0])
    assert not np.array_equal(first, resumed[0][0])


def test_an_epoch_with_repeats_shows_every_photo_again_before_any_comes_a_third_time(faces_rgb, prefix):
    faces = make(faces_rgb, prefix, augment=None)
    faces.prepare(lambda n: None)
    batches = EpochBatches(faces, np.arange(9, dtype=np.float32), batch_size=4, seed=1, repeats=2)
    assert len(batches) == 5
    order = np.concatenate([batches[i][2] for i in range(5)]).astype(int)
    assert sorted(order[:9]) == sorted(order[9:]) == list(range(9))
    assert not np.array_equal(order[:9], order[9:])


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


def layers(network: Classifier, depth: int, kept: FeatureMemory, name: str = "net") -> FrozenLayers:
    return FrozenLayers(network, depth, kept, name, (4, 10))


def test_what_comes_out_is_what_the_layers_give(network, pictures):
    kept = FeatureMemory()
    for depth in (13, 4, 10):
        whole = network.part(depth).predict_on_batch(pictures)
        through = layers(network, depth, kept)
        assert through.output_shape == (None, *whole.shape[1:])
        np.testing.assert_allclose(through.predict_on_batch(pictures), whole, rtol=1e-4, atol=1e-4)


def test_a_picture_is_shown_to_each_layer_once(network, pictures, monkeypatch):
    counting, kept = Counting(monkeypatch, network), FeatureMemory()
    layers(network, 10, kept).predict_on_batch(pictures)
    assert counting.asked == [(None, 4, 5), (4, 10, 5)]
    # The next training freezes more: it goes on from there. One that freezes less finds all it needs.
    layers(network, 13, kept).predict_on_batch(pictures[:3])
    layers(network, 4, kept).predict_on_batch(pictures)
    assert counting.asked[2:] == [(10, 13, 3)]


def test_other_weights_have_a_memory_of_their_own(network, pictures, monkeypatch):
    counting, kept = Counting(monkeypatch, network), FeatureMemory()
    layers(network, 4, kept, "one").predict_on_batch(pictures)
    layers(network, 4, kept, "other").predict_on_batch(pictures)
    assert counting.asked == [(None, 4, 5), (None, 4, 5)]


def test_a_closed_memory_knows_nothing_and_learns_nothing(network, pictures, monkeypatch):
    counting, kept = Counting(monkeypatch, network), FeatureMemory()
    first = layers(network, 4, kept).predict_on_batch(pictures)
    kept.close()
    for _ in range(2):
        np.testing.assert_array_equal(layers(network, 4, kept).predict_on_batch(pictures), first)
    assert counting.asked == [(None, 4, 5)] * 3


def test_what_finds_no_room_is_computed_again(network, pictures, monkeypatch):
    counting, kept = Counting(monkeypatch, network), FeatureMemory()
    monkeypatch.setattr(memory, "SHARE_TO_KEEP", 0)
    first = layers(network, 10, kept).predict_on_batch(pictures)
    again = layers(network, 10, kept).predict_on_batch(pictures)
    assert len(counting.asked) == 4
    np.testing.assert_array_equal(first, again)
