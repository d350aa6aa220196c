"""The decision map of transfer learning: how much data, how much like what the network has seen -> what to freeze."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Freeze = Literal["all", "some", "none"]

# No paper draws a sharp line. The networks here learned from about a thousand pictures of each thing (ImageNet) or a
# few hundred of each person (VGGFace2: 360); with fewer practice photos than that in all, millions of free numbers fit
# them by heart. The published experiments lie on both sides: 30 practice photos (Notebook), 1,600 (Webcam).
LARGE_FROM = 1000
# What the map shows; a dot beyond its edges sits on the edge.
_FEWEST, _MOST = 10, 100_000

# Source: the four cases of "Transfer Learning" in the notes of Stanford's CS231n (Karpathy).
_ADVICE: dict[tuple[bool, bool], Freeze] = {
    (False, True): "all",
    (False, False): "some",
    (True, True): "some",
    (True, False): "none",
}


@dataclass(frozen=True)
class Advice:
    """What the decision map says.

    Attributes:
        large: there are `LARGE_FROM` practice photos or more.
        similar: the photos are like those the network has seen.
        freeze: how much of the ready-made network to freeze.
        amount: where the number of photos lies on the map, from 0 (few) to 1 (many), the middle being `LARGE_FROM`.
    """

    large: bool
    similar: bool
    freeze: Freeze
    amount: float


def advise(practice_photos: int, similar: bool) -> Advice:
    """Find the place on the decision map, and what stands there."""
    large = practice_photos >= LARGE_FROM
    return Advice(large, similar, advice_at(large, similar), _amount(practice_photos))


def advice_at(large: bool, similar: bool) -> Freeze:
    """Return what stands in one of the map's four fields."""
    return _ADVICE[large, similar]


def _amount(photos: int) -> float:
    """Place a number of photos on a logarithmic scale on which ten times as many are always as far away."""
    bounded = min(max(photos, _FEWEST), _MOST)
    return math.log10(bounded / _FEWEST) / math.log10(_MOST / _FEWEST)
