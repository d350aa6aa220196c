"""What frozen layers made of pictures, kept from one training to the next in one process.

Trainings of a sweep show the same photos to the same layers. Each layer is asked once about each picture: whoever
freezes more goes on from where whoever froze less has been.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Sequence

import keras
import numpy as np

from core.models.classifier import Classifier

# Beyond this nothing more is remembered; it is computed again, with the same result.
LIMIT_BYTES = 1_000_000_000


def picture_key(picture: np.ndarray) -> bytes:
    """Return what stands for a picture's content."""
    return hashlib.blake2b(np.ascontiguousarray(picture).data, digest_size=16).digest()


class FeatureMemory:
    """Features by network, depth and picture.

    Args:
        limit_bytes: how much is kept.
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._bytes = 0
        self._kept: dict[tuple[Hashable, int], dict[bytes, np.ndarray]] = defaultdict(dict)

    def get(self, network: Hashable, depth: int, keys: Sequence[bytes]) -> np.ndarray | None:
        """Return the features of some pictures, float32, shape (n, ...); None unless all of them are known."""
        known = self._kept[network, depth]
        if not all(key in known for key in keys):
            return None
        return np.stack([known[key] for key in keys])

    def close(self) -> None:
        """Forget everything, and remember nothing more."""
        self._limit_bytes = self._bytes = 0
        self._kept.clear()

    def keep(self, network: Hashable, depth: int, keys: Sequence[bytes], features: np.ndarray) -> None:
        """Remember the features of some pictures, as long as there is room."""
        known = self._kept[network, depth]
        for key, row in zip(keys, features, strict=True):
            if key not in known and self._bytes + row.nbytes <= self._limit_bytes:
                # A copy: a view would hold the whole batch.
                known[key] = row.copy()
                self._bytes += row.nbytes


class FrozenLayers:
    """The units of a network before `depth`, asked through a memory.

    Args:
        network: whose units.
        depth: how many of them.
        memory: what was computed before, and is to be kept for later.
        name: what tells this network's features from those of others: weights, size of a picture, number format.
        waypoints: depths at which somebody will go on later.
    """

    def __init__(
        self, network: Classifier, depth: int, memory: FeatureMemory, name: Hashable, waypoints: Sequence[int]
    ) -> None:
        self._network = network
        self._depth = depth
        self._memory = memory
        self._name = name
        self._stations = sorted({*(point for point in waypoints if 0 < point < depth), depth})
        self._parts: dict[tuple[int | None, int], keras.Model] = {}

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        return tuple(self._network.seen[self._depth].shape)

    def predict_on_batch(self, x: np.ndarray) -> np.ndarray:
        """Return what unit `depth` sees of RGB pictures.

        Args:
            x: float32, shape (n, size_px, size_px, 3), 0-255.

        Returns:
            float32, shape (n, ...).
        """
        keys = [picture_key(picture) for picture in x]
        features, begin, last = x, 0, None
        for place in reversed(range(len(self._stations))):
            known = self._memory.get(self._name, self._stations[place], keys)
            if known is not None:
                features, begin, last = known, place + 1, self._stations[place]
                break
        for station in self._stations[begin:]:
            features = np.asarray(self._part(last, station).predict_on_batch(features)).astype(np.float32)
            self._memory.keep(self._name, station, keys, features)
            last = station
        return features

    def _part(self, first: int | None, last: int) -> keras.Model:
        if (first, last) not in self._parts:
            self._parts[first, last] = self._network.part(last, first)
        return self._parts[first, last]
