import numpy as np

from core.config import AugmentConfig
from core.training.augment import view
from tests.patterns import pattern

STRONG = AugmentConfig(views=5, rotation_deg=30, shift=0.2, zoom=0.2, flip=True)


def test_view_0_is_the_photo_itself():
    face = pattern(0, 0)
    assert view(face, STRONG, seed=0, photo=3, number=0) is face


def test_a_view_is_the_same_every_time_and_differs_from_its_neighbours():
    face = pattern(0, 0)
    first = view(face, STRONG, seed=0, photo=3, number=1)
    assert np.array_equal(first, view(face, STRONG, seed=0, photo=3, number=1))
    for other in ({"seed": 1}, {"photo": 4}, {"number": 2}):
        assert not np.array_equal(first, view(face, STRONG, **({"seed": 0, "photo": 3, "number": 1} | other)))


def test_the_argument_is_not_changed_and_shape_and_dtype_stay():
    face = pattern(0, 0)
    before = face.copy()
    made = view(face, STRONG, seed=0, photo=0, number=1)
    assert np.array_equal(face, before)
    assert made.shape == face.shape
    assert made.dtype == np.uint8


def test_flip_alone_gives_the_photo_or_its_mirror():
    face = pattern(0, 0)
    only_flip = AugmentConfig(views=20, flip=True)
    views = [view(face, only_flip, seed=0, photo=0, number=n) for n in range(1, 20)]
    mirrored = [np.array_equal(each, face[:, ::-1]) for each in views]
    unchanged = [np.array_equal(each, face) for each in views]
    assert all(a or b for a, b in zip(mirrored, unchanged, strict=True))
    assert any(mirrored)
    assert any(unchanged)


def test_no_variation_asked_for_changes_nothing():
    face = pattern(0, 0)
    nothing = AugmentConfig(views=3, flip=False)
    assert np.array_equal(view(face, nothing, seed=0, photo=0, number=2), face)
