"""What the trainings of one process share, so that nothing is done twice: faces, networks, heads.

Trainings of a sweep that differ in the seed alone, and start from the same weights, use one network, which is reset
before each; so Keras compiles once. Those with the same seed begin with the same head-only epochs, whatever is frozen;
so these are trained once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core import memory
from core.data.arrays import FaceArrays
from core.models.classifier import Classifier

# A network that learns takes four arrays of its size: weights, gradients, and the optimizer's two moments.
BYTES_A_WEIGHT = 4 * 4


@dataclass(frozen=True)
class TrainedHead:
    """A head after its head-only epochs.

    Attributes:
        weights: of the head, in Keras's order.
        epochs: what was reported of each epoch, epoch 0 first.
    """

    weights: list[np.ndarray]
    epochs: tuple[dict[str, Any], ...]


@dataclass
class Shared:
    """What a training shares with others of the same process.

    Attributes:
        depths: freeze depths of the others, at which features are kept as well.
        check_stop: raises `Stopped` where all of them are to stop, each at once and to be resumed later.
        heads: trained heads, by what tells them apart.
    """

    depths: tuple[int, ...] = ()
    check_stop: Callable[[], None] | None = None
    heads: dict[Hashable, TrainedHead] = field(default_factory=dict)
    _faces: dict[Hashable, FaceArrays] = field(default_factory=dict)
    _networks: dict[Hashable, Classifier] = field(default_factory=dict)

    def faces(self, key: Hashable, load: Callable[[], FaceArrays]) -> FaceArrays:
        """Return faces that were read before, else read them."""
        if key not in self._faces:
            loaded = load()
            if not memory.fits(loaded.faces_rgb.nbytes):
                self._faces.clear()
            self._faces[key] = loaded
        return self._faces[key]

    def network(
        self, key: Hashable, build: Callable[[], Classifier], reset: Callable[[Classifier], None]
    ) -> Classifier:
        """Return an untrained network: a known one after `reset`, else a new one."""
        known = self._networks.get(key)
        if known is not None:
            reset(known)
            return known
        built = build()
        if memory.fits(BYTES_A_WEIGHT * built.joined.count_params()):
            self._networks[key] = built
        return built
