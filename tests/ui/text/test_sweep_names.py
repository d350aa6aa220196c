"""What the parts of a sweep are called."""

from __future__ import annotations

import pytest

from core.sweeps.plan import Start, SweepPlan
from core.sweeps.results import lines
from ui.text.sweep_names import boundary_label, network_name, point_title, trained_part, training

MINI = Start("face-vgg-mini")


@pytest.mark.parametrize(
    ("network", "depth", "called"),
    [
        ("face-vgg-mini", 0, "all blocks learn"),
        ("face-vgg-mini", 4, "blocks 3 to 5 learn"),
        ("face-vgg-mini", 7, "blocks 4 and 5 learn"),
        ("face-vgg-mini", 10, "block 5 learns"),
        ("face-vgg-mini", 11, "the last 2 layers learn"),
        ("face-vgg-mini", 12, "the last layer learns"),
        ("face-vgg-mini", 13, "all blocks frozen"),
        ("vggface2-resnet50", 0, "all stages learn"),
    ],
)
def test_a_boundary_is_named_by_what_learns_at_it(network: str, depth: int, called: str) -> None:
    assert boundary_label(network, depth) == called


@pytest.mark.parametrize(
    ("start", "depth", "said"),
    [
        (MINI, 10, "retraining block 5"),
        (MINI, 0, "retraining all blocks"),
        (MINI, 13, "keeping all blocks frozen"),
        (Start("face-vgg-mini", pretrained=False), 0, "training all blocks"),
        (Start("face-vgg-mini", pretrained=False), 13, "keeping all blocks frozen"),
    ],
)
def test_in_a_sentence(start: Start, depth: int, said: str) -> None:
    assert training(lines(SweepPlan(starts=(start,)), ())[0], depth) == said


def test_a_network_that_learned_from_no_photos_before_is_untrained() -> None:
    assert network_name(MINI) == "the Mini network"
    assert network_name(Start("face-vgg-mini", pretrained=False)) == "the untrained Mini network"


def test_points_are_named_in_a_table():
    photos = lines(SweepPlan(depths=(10,), photos=(1, 3, None)), ())[0]
    assert [point_title(photos, point) for point in photos.points] == [
        "1 photo each",
        "3 photos each",
        "all photos",
    ]
    depths = lines(SweepPlan(depths=(4, 13)), ())[0]
    assert [point_title(depths, point) for point in depths.points] == [
        "blocks 3 to 5 learn",
        "all blocks frozen",
    ]


@pytest.mark.parametrize(
    ("network", "depth", "name"),
    [
        ("face-vgg-mini", 13, "no block"),
        ("face-vgg-mini", 12, "the last layer"),
        ("vggface-vgg16", 11, "the last 2 layers"),
        ("vggface-vgg16", 10, "block 5"),
        ("imagenet-vgg19", 8, "blocks 4 and 5"),
        ("face-vgg-mini", 2, "blocks 2 to 5"),
        ("face-vgg-mini", 1, "the last 12 layers"),
        ("face-vgg-mini", 0, "all blocks"),
        ("vggface2-resnet50", 14, "stage 5"),
    ],
)
def test_what_is_trained_at_a_boundary(network: str, depth: int, name: str) -> None:
    assert trained_part(network, depth) == name
