import keras
import numpy as np
import pytest

from core.config import AugmentConfig
from core.errors import Stopped
from core.training import features
from core.training.features import EpochBatches, Faces
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
    return Faces(faces_rgb, LABELS, prefix, **({"augment": AUGMENT, "seed": 5, "frozen": True} | changes))


def test_kept_features_equal_computed_ones(faces_rgb, prefix, monkeypatch):
    kept = make(faces_rgb, prefix)
    kept.prepare(lambda n: None)
    monkeypatch.setattr(features, "MEMORY_LIMIT_BYTES", 0)
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
    seen = [batches[i] for i in range(3)]
    order = np.concatenate([w for _, _, w in seen]).astype(int)
    assert sorted(order) == list(range(9))
    assert np.array_equal(np.concatenate([y for _, y, _ in seen]), LABELS[order])
    expected = faces.batch(order, np.zeros(9, int))
    assert np.array_equal(np.concatenate([x for x, _, _ in seen]), expected)


def test_epoch_e_is_drawn_from_seed_and_e_alone(faces_rgb, prefix):
    faces = make(faces_rgb, prefix)
    faces.prepare(lambda n: None)
    through = EpochBatches(faces, np.ones(9, np.float32), batch_size=9, seed=1)
    first = through[0][0]
    through.on_epoch_end()
    resumed = EpochBatches(faces, np.ones(9, np.float32), batch_size=9, seed=1, first_epoch=1)
    assert np.array_equal(through[0][0], resumed[0][0])
    assert not np.array_equal(first, resumed[0][0])


def test_an_epoch_of_several_looks_shows_every_photo_again_before_any_comes_a_third_time(faces_rgb, prefix):
    faces = make(faces_rgb, prefix, augment=None)
    faces.prepare(lambda n: None)
    batches = EpochBatches(faces, np.arange(9, dtype=np.float32), batch_size=4, seed=1, looks=2)
    assert len(batches) == 5
    order = np.concatenate([batches[i][2] for i in range(5)]).astype(int)
    assert sorted(order[:9]) == sorted(order[9:]) == list(range(9))
    assert not np.array_equal(order[:9], order[9:])
