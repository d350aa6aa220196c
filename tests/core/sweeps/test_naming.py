"""What stops and networks are called."""

from __future__ import annotations

import pytest

from core.sweeps.naming import learning, network_name, stop_label
from core.sweeps.plan import Start, SweepPlan
from core.sweeps.results import lines

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
def test_a_stop_is_named_by_what_learns_at_it(network: str, depth: int, called: str) -> None:
    assert stop_label(network, depth) == called


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
    assert learning(lines(SweepPlan(starts=(start,)), ())[0], depth) == said


def test_a_network_that_learned_from_no_photos_before_is_untrained() -> None:
    assert network_name(MINI) == "the Mini network"
    assert network_name(Start("face-vgg-mini", pretrained=False)) == "the untrained Mini network"
