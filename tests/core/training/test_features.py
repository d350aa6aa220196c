"""What frozen layers give: the same kept and computed, and each layer asked once about each picture."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.config import AugmentConfig, TrainConfig
from core.errors import Stopped
from core.features.store import FeatureStore
from core.models.classifier import Classifier, build_classifier
from core.training import features
from core.training.features import EpochBatches, Faces, FrozenLayers
from core.training.pictures import Pictures
from tests.patterns import pattern

CONFIG = TrainConfig(pretrained=False, image_size_px=48, freeze_depth=4)
LABELS = np.arange(9) % 2
AUGMENT = AugmentConfig(views=3, shift=0.2)
SHA256S = [hashlib.sha256(bytes([i])).hexdigest() for i in range(9)]


@pytest.fixture(scope="module")
def network() -> Classifier:
    return build_classifier(CONFIG, 2, None, precision="float32")


@pytest.fixture(scope="module")
def faces_rgb() -> np.ndarray:
    return np.stack([pattern(i % 2, i, size_px=48) for i in range(9)])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FeatureStore]:
    with FeatureStore(tmp_path) as opened:
        yield opened


def through(network: Classifier, depth: int, store: FeatureStore, adding=(4, 10, 13), name="net") -> FrozenLayers:
    shelves = {each: store.shelf(f"{name}-{each}", network.feature_shape(each)) for each in (4, 10, 13)}
    return FrozenLayers(network, depth, shelves, adding)


@pytest.fixture
def layers(network: Classifier, store: FeatureStore) -> FrozenLayers:
    return through(network, 4, store)


def make(faces_rgb: np.ndarray, layers: FrozenLayers, augment: AugmentConfig | None = AUGMENT) -> Faces:
    return Faces(Pictures(faces_rgb, SHA256S, augment, seed=5), LABELS, layers)


def prepared(faces: Faces) -> Faces:
    faces.prepare(lambda n: None)
    return faces


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


def test_kept_features_equal_computed_ones(faces_rgb, network, store):
    for depth in (13, 4, 10):
        kept = prepared(make(faces_rgb, through(network, depth, store)))
        computed = make(faces_rgb, through(network, depth, store, adding=(), name="other"))
        assert computed.n_to_prepare == 0
        photos, views = np.array([8, 0, 3]), np.array([2, 0, 1])
        expected = computed.batch(photos, views)
        assert kept.batch(photos, views).dtype == expected.dtype == np.float32
        np.testing.assert_allclose(kept.batch(photos, views), expected, rtol=2e-3, atol=1e-3 * expected.max())


def test_the_layers_are_asked_once_a_view_that_differs(faces_rgb, network, store, monkeypatch):
    counting, faces = (
        Counting(monkeypatch, network),
        make(faces_rgb, through(network, 4, store), AugmentConfig(views=9)),
    )
    done: list[int] = []
    assert 9 < faces.n_to_prepare <= 18
    faces.prepare(done.append)
    assert sum(done) == sum(n for *_, n in counting.asked) == faces.n_kept
    assert faces.n_to_prepare == 0
    faces.batch(np.arange(9), np.full(9, 8))
    assert len(counting.asked) == 1


def test_stopping_takes_effect_within_one_batch(faces_rgb, layers, monkeypatch):
    calls = []
    monkeypatch.setattr(features, "PREFIX_BATCH", 4)

    def stop(n: int) -> None:
        calls.append(n)
        raise Stopped

    with pytest.raises(Stopped):
        make(faces_rgb, layers).prepare(stop)
    assert len(calls) == 1
    # What was computed is not lost.
    again = make(faces_rgb, layers)
    assert again.n_to_prepare == again.n_kept - calls[0]


def test_an_epoch_shows_every_photo_once_with_its_own_label_and_weight(faces_rgb, layers):
    faces = make(faces_rgb, layers, augment=None)
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


def test_epoch_e_is_drawn_from_seed_and_e_alone(faces_rgb, layers):
    faces = make(faces_rgb, layers)
    faces.prepare(lambda n: None)
    through = EpochBatches(faces, np.ones(9, np.float32), batch_size=9, seed=1)
    first = through[0][0]
    through.on_epoch_end()
    resumed = EpochBatches(faces, np.ones(9, np.float32), batch_size=9, seed=1, first_epoch=1)
    assert np.array_equal(through[0][0], resumed[0][0])
    assert not np.array_equal(first, resumed[0][0])


def test_an_epoch_with_repeats_shows_every_photo_again_before_any_comes_a_third_time(faces_rgb, layers):
    faces = make(faces_rgb, layers, augment=None)
    faces.prepare(lambda n: None)
    batches = EpochBatches(faces, np.arange(9, dtype=np.float32), batch_size=4, seed=1, repeats=2)
    assert len(batches) == 5
    order = np.concatenate([batches[i][2] for i in range(5)]).astype(int)
    assert sorted(order[:9]) == sorted(order[9:]) == list(range(9))
    assert not np.array_equal(order[:9], order[9:])


def test_a_picture_is_shown_to_each_layer_once(faces_rgb, network, store, monkeypatch):
    counting = Counting(monkeypatch, network)
    prepared(make(faces_rgb, through(network, 10, store), None))
    assert counting.asked == [(None, 4, 9), (4, 10, 9)]
    # The next training freezes more: it goes on from there. One that freezes less finds all it needs.
    prepared(make(faces_rgb, through(network, 13, store), None))
    prepared(make(faces_rgb, through(network, 4, store), None)).batch(np.arange(9), np.zeros(9, int))
    assert counting.asked[2:] == [(10, 13, 9)]


def test_another_process_finds_what_was_kept(faces_rgb, network, tmp_path, monkeypatch):
    with FeatureStore(tmp_path) as first:
        expected = prepared(make(faces_rgb, through(network, 10, first))).batch(np.arange(9), np.ones(9, int))
    counting = Counting(monkeypatch, network)
    with FeatureStore(tmp_path) as second:
        faces = make(faces_rgb, through(network, 10, second))
        assert faces.n_to_prepare == 0
        np.testing.assert_array_equal(faces.batch(np.arange(9), np.ones(9, int)), expected)
    assert counting.asked == []


def test_where_the_own_unit_is_not_kept_the_deepest_kept_one_is_gone_on_from(faces_rgb, network, store, monkeypatch):
    prepared(make(faces_rgb, through(network, 10, store), None))
    counting, faces = Counting(monkeypatch, network), make(faces_rgb, through(network, 13, store, adding=()), None)
    faces.batch(np.arange(9), np.zeros(9, int))
    assert counting.asked == [(10, 13, 9)]


def test_preprocessing_alone_is_neither_kept_nor_rounded(faces_rgb, network, store):
    faces = prepared(make(faces_rgb, through(network, 0, store), None))
    assert faces.n_to_prepare == faces.n_kept == 0
    expected = network.part(0).predict_on_batch(faces_rgb.astype(np.float32))
    np.testing.assert_array_equal(faces.batch(np.arange(9), np.zeros(9, int)), expected)


def test_kept_or_not_the_numbers_are_the_same(faces_rgb, network, store):
    kept = prepared(make(faces_rgb, through(network, 10, store, adding=(10,)), None))
    computed = make(faces_rgb, through(network, 10, store, adding=(), name="other"), None)
    photos, views = np.arange(9), np.zeros(9, int)
    np.testing.assert_array_equal(kept.batch(photos, views), computed.batch(photos, views))


def test_some_pictures_are_kept_and_some_are_not(faces_rgb, network, store):
    prepared(Faces(Pictures(faces_rgb[::2], SHA256S[::2]), LABELS[::2], through(network, 10, store)))
    mixed = make(faces_rgb, through(network, 10, store, adding=()), None).batch(np.arange(9), np.zeros(9, int))
    alone = make(faces_rgb, through(network, 10, store, (), "other"), None).batch(np.arange(9), np.zeros(9, int))
    np.testing.assert_allclose(mixed, alone, rtol=2e-3, atol=1e-3 * alone.max())


def test_other_weights_have_a_shelf_of_their_own(faces_rgb, network, store):
    prepared(make(faces_rgb, through(network, 4, store)))
    assert make(faces_rgb, through(network, 4, store, name="other")).n_to_prepare > 0


def test_a_key_tells_photo_face_and_view(faces_rgb):
    first = Pictures(faces_rgb, SHA256S, AUGMENT, seed=5)
    assert len(set(first.keys)) == len(first) == 27
    assert first.keys[:9] == Pictures(faces_rgb, SHA256S).keys
    assert first.keys == Pictures(faces_rgb.copy(), SHA256S, AUGMENT, seed=5).keys
    assert not set(Pictures(255 - faces_rgb, SHA256S).keys) & set(first.keys)
    assert not set(Pictures(faces_rgb, SHA256S[::-1]).keys[:4]) & set(first.keys)
