"""Which features are kept: what reads faster than it computes, the deepest first, as long as it fits."""

from __future__ import annotations

import math

import pytest

from core.config import TrainConfig
from core.experiments.kept_units import feature_bytes, kept_depths

VGG16 = TrainConfig(backbone="vggface-vgg16", image_size_px=224)
BOUNDARIES = (0, 2, 4, 7, 10, 13)


def test_the_size_is_that_of_float16() -> None:
    assert [feature_bytes(VGG16, depth) for depth in (2, 10, 13)] == [112**2 * 128, 14**2 * 1024, 7**2 * 1024]


def test_all_blocks_are_kept_where_there_is_room_and_preprocessing_is_not() -> None:
    assert kept_depths(VGG16, BOUNDARIES, 100, math.inf) == (13, 10, 7, 4, 2)


def test_the_deepest_come_first() -> None:
    room = 100 * (feature_bytes(VGG16, 13) + feature_bytes(VGG16, 10))
    assert kept_depths(VGG16, BOUNDARIES, 100, room) == (13, 10)
    assert kept_depths(VGG16, BOUNDARIES, 100, room - 1) == (13,)
    assert kept_depths(VGG16, BOUNDARIES, 100, 0) == ()


@pytest.mark.parametrize("backbone", ["vggface-vgg16", "face-vgg-mini"])
def test_what_computes_faster_than_it_reads_is_not_kept(backbone: str) -> None:
    assert kept_depths(TrainConfig(backbone=backbone), [1, 2], 100, math.inf) == (2,)
