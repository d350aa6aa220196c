import numpy as np
import pytest

from core.config import AugmentConfig
from core.training.augment import draw, vary
from tests.patterns import pattern

STRONG = AugmentConfig(views=5, rotation_deg=30, shift=0.2, zoom=0.2, flip=True)


def view(face_rgb: np.ndarray, config: AugmentConfig, **which: int) -> np.ndarray:
    return vary(face_rgb, draw(config, **which))


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


@pytest.mark.parametrize("config", [AugmentConfig(), AugmentConfig(views=20), AugmentConfig(flip=False), STRONG])
def test_as_many_views_differ_as_are_counted_before(config):
    """Equal variations are one view, and there are as many of them as the forecast counts, within chance."""
    drawn = [
        {draw(config, seed=0, photo=photo, number=number) for number in range(config.views)} for photo in range(99)
    ]
    assert np.mean([len(views) for views in drawn]) == pytest.approx(config.distinct_views, abs=0.1)


# What one variation alone does to a dot: where it goes, and how far over many views.

SIZE_PX, CENTRE = 101, 50.0
VIEWS = range(1, 100)


def dot(x: int, y: int) -> np.ndarray:
    """A white dot at x to the right and y down, on black."""
    picture = np.zeros((SIZE_PX, SIZE_PX, 3), np.uint8)
    picture[y - 2 : y + 3, x - 2 : x + 3] = 255
    return picture


def seen_at(picture: np.ndarray) -> np.ndarray:
    """The dot's middle against the picture's, in pixels: to the right, and down."""
    weights = picture[..., 0].astype(float)
    y, x = np.mgrid[0:SIZE_PX, 0:SIZE_PX]
    return np.array([(x * weights).sum(), (y * weights).sum()]) / weights.sum() - CENTRE


def places(config: AugmentConfig) -> np.ndarray:
    """Where a dot 30 px right of the middle is seen in many views, shape (n, 2)."""
    return np.array([seen_at(view(dot(80, 50), config, seed=0, photo=0, number=n)) for n in VIEWS])


def test_rotation_turns_to_both_sides_by_up_to_so_many_degrees():
    found = places(AugmentConfig(views=100, rotation_deg=40, flip=False))
    assert np.hypot(*found.T) == pytest.approx(np.full(len(found), 30), abs=0.7)
    turned_deg = np.degrees(np.arctan2(found[:, 1], found[:, 0]))
    assert 36 < turned_deg.max() < 41
    assert -41 < turned_deg.min() < -36


def test_shift_moves_each_way_by_up_to_a_share_of_the_side():
    moved = places(AugmentConfig(views=100, shift=0.15, flip=False)) - [30, 0]
    reach_px = 0.15 * SIZE_PX
    for direction in (moved[:, 0], moved[:, 1]):
        assert 0.9 * reach_px < direction.max() < reach_px + 0.5
        assert -reach_px - 0.5 < direction.min() < -0.9 * reach_px
    assert abs(np.corrcoef(moved.T)[0, 1]) < 0.3


def test_zoom_scales_about_the_middle_by_up_to_a_share():
    found = places(AugmentConfig(views=100, zoom=0.25, flip=False))
    assert found[:, 1] == pytest.approx(np.zeros(len(found)), abs=0.5)
    scale = found[:, 0] / 30
    assert 1.22 < scale.max() < 1.27
    assert 0.73 < scale.min() < 0.78
