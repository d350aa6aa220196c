from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def spoil(program):
    return program("poor").spoil


@pytest.fixture
def faces_rgb() -> np.ndarray:
    """Red squares of 20 px in the middle of fine grey stripes."""
    faces_rgb = np.full((30, 96, 96, 3), 200, np.uint8)
    faces_rgb[:, ::2] = 100
    faces_rgb[:, 38:58, 38:58] = (220, 20, 20)
    return faces_rgb


def test_photos_get_darker_blurred_and_shifted_and_stay_red(spoil, faces_rgb) -> None:
    before = faces_rgb.copy()
    poor = spoil(faces_rgb)
    assert np.array_equal(faces_rgb, before)
    assert poor.shape == faces_rgb.shape
    assert poor.dtype == np.uint8
    assert poor.mean() < 0.85 * faces_rgb.mean()
    stripes = np.abs(np.diff(poor[:, :20, :, 0].astype(int), axis=1)).mean()
    assert stripes < 60  # 100 before
    red = poor[..., 0].astype(int) - poor[..., 2]
    centres = [np.argwhere(face > 0.5 * face.max()).mean(axis=0) for face in red]
    assert red.max(axis=(1, 2)).min() > 40
    assert np.std(centres, axis=0).min() > 1.5


def test_a_photo_is_made_poor_the_same_way_every_time(spoil, faces_rgb) -> None:
    assert np.array_equal(spoil(faces_rgb), spoil(faces_rgb))
    assert not np.array_equal(spoil(faces_rgb)[0], spoil(faces_rgb)[1])
    assert np.array_equal(spoil(faces_rgb[:3]), spoil(faces_rgb)[:3])
