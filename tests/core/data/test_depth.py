from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.data.decode import decode
from core.data.depth import read_deep_tiff, to_8_bit
from tests.drawn import picture


@pytest.mark.parametrize("white", [1.0, 255.0, 65535.0])
def test_the_usual_ranges_are_told_apart(white: float) -> None:
    values = np.array([[0.0, 0.5 * white, white]])
    before = values.copy()
    assert to_8_bit(values).tolist() == [[0, 128, 255]]
    assert (values == before).all()


def test_a_given_range_is_not_stretched() -> None:
    assert to_8_bit(np.array([[0.0, 4096.0]]), 65535.0).tolist() == [[0, 16]]


def test_what_is_no_brightness_counts_as_black() -> None:
    assert to_8_bit(np.array([[np.nan, np.inf, -3.0, 1.0]])).tolist() == [[0, 0, 0, 255]]
    assert to_8_bit(np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_floating_point_colour_is_read_where_pillow_cannot(kind: type) -> None:
    rgb = picture(3)
    data = cv2.imencode(".tiff", (rgb[:, :, ::-1] / 255.0).astype(kind))[1].tobytes()
    assert np.abs(decode(data).rgb.astype(int) - rgb).max() <= 1


def test_a_deep_tiff_that_is_too_large_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = cv2.imencode(".tiff", (picture(3) / 255.0).astype(np.float32))[1].tobytes()
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("decoded"))
    with pytest.raises(ValueError, match="160 x 120"):
        read_deep_tiff(data, max_pixels=1000)
