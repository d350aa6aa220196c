"""The decision map of transfer learning: from the amount and the kind of the photos to what to freeze."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Freeze = Literal["all", "some", "none"]

# No paper draws a sharp line. The networks here were trained on about a thousand pictures of each thing (ImageNet) or a
# few hundred of each person (VGGFace2: 360); with fewer training photos than that in all, millions of parameters
# overfit. The published experiments lie on both sides: 30 training photos (Notebook), 1,600 (Webcam).
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
        large: there are `LARGE_FROM` training photos or more.
        similar: the photos are like those the network was trained on.
        freeze: how much of the ready-made network to freeze.
        amount: the place of the number of photos on the map, 0 (few) to 1 (many); `LARGE_FROM` is in the middle.
    """

    large: bool
    similar: bool
    freeze: Freeze
    amount: float


def advise(train_photos: int, similar: bool) -> Advice:
    """Return the place on the decision map, and the advice there."""
    large = train_photos >= LARGE_FROM
    return Advice(large, similar, advice_at(large, similar), _amount(train_photos))


def advice_at(large: bool, similar: bool) -> Freeze:
    """Return the advice in one of the map's four fields."""
    return _ADVICE[large, similar]


def _amount(photos: int) -> float:
    """Return the place of a number of photos on a logarithmic scale."""
    bounded = min(max(photos, _FEWEST), _MOST)
    return math.log10(bounded / _FEWEST) / math.log10(_MOST / _FEWEST)
