"""What trainings of one process need not do again: read faces, build a network, train a head.

Trainings of a sweep that differ in the seed alone, and start from the same weights, use one network, which is put back
to its beginning; so Keras compiles once. Those with the same seed begin with the same epochs of the head, whatever is
frozen; so these are trained once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.data.arrays import FaceArrays
from core.models.classifier import Classifier

# Networks with more weights are built each time: a few of them, with their optimizers, would fill a laptop's memory.
MOST_WEIGHTS = 5_000_000
# Sets of faces that are held: the three splits at one size, and practice photos once more.
MOST_FACES = 4


@dataclass(frozen=True)
class TrainedHead:
    """A head after the epochs in which it learned alone.

    Attributes:
        weights: of the head, in Keras's order.
        epochs: what was reported of each epoch, round 0 first.
    """

    weights: list[np.ndarray]
    epochs: tuple[dict[str, Any], ...]


@dataclass
class Reused:
    """Faces, networks and heads, by what tells them apart."""

    heads: dict[Hashable, TrainedHead] = field(default_factory=dict)
    _faces: dict[Hashable, FaceArrays] = field(default_factory=dict)
    _networks: dict[Hashable, Classifier] = field(default_factory=dict)

    def faces(self, key: Hashable, load: Callable[[], FaceArrays]) -> FaceArrays:
        """Return faces that were read before, else read them."""
        if key not in self._faces:
            if len(self._faces) >= MOST_FACES:
                self._faces.clear()
            self._faces[key] = load()
        return self._faces[key]

    def network(
        self, key: Hashable, build: Callable[[], Classifier], start_again: Callable[[Classifier], None]
    ) -> Classifier:
        """Return a network at its beginning: a known one put back, else a new one."""
        known = self._networks.get(key)
        if known is not None:
            start_again(known)
            return known
        built = build()
        if built.joined.count_params() <= MOST_WEIGHTS:
            self._networks[key] = built
        return built
