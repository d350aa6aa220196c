"""What the frozen layers make of every face.

Frozen layers give the same answer every time, so they are asked once: `Faces` keeps what they give for one training,
`FeatureMemory` from one training of a process to the next.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Protocol

import keras
import numpy as np

from core import memory
from core.models.classifier import Classifier
from core.training.pictures import Pictures

PREFIX_BATCH = 32


class Prefix(Protocol):
    """Preprocessing and frozen layers: a Keras model or `FrozenLayers`."""

    @property
    def output_shape(self) -> tuple[int | None, ...]: ...
    def predict_on_batch(self, x: np.ndarray) -> np.ndarray: ...


class Faces:
    """The faces of a split as the trainable layers see them.

    Args:
        pictures: of the faces.
        labels: int64, shape (n,), index in the label order.
        prefix: preprocessing and frozen layers; RGB 0-255 in.
        frozen: False where the prefix is preprocessing alone; storing its output would only cost memory.
    """

    def __init__(self, pictures: Pictures, labels: np.ndarray, prefix: Prefix, *, frozen: bool) -> None:
        self.labels = labels
        self.n_views = pictures.n_views
        self._pictures = pictures
        self._prefix = prefix
        self._feature_shape = tuple(int(side or 0) for side in prefix.output_shape[1:])
        self._keep = frozen and memory.fits(len(pictures) * 4 * math.prod(self._feature_shape))
        self._kept: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def n_to_prepare(self) -> int:
        """How many pictures `prepare` will push through the frozen layers."""
        return len(self._pictures) if self._keep else 0

    def prepare(self, on_batch: Callable[[int], None]) -> None:
        """Compute and keep the features of every picture.

        Args:
            on_batch: called with the number of pictures done since the last call; may raise `Stopped`.
        """
        if not self._keep:
            return
        kept = np.empty((len(self._pictures), *self._feature_shape), np.float32)
        for numbers in batches(len(kept), PREFIX_BATCH):
            kept[numbers] = self._ask(numbers)
            on_batch(len(numbers))
        self._kept = kept

    def batch(self, photos: Sequence[int] | np.ndarray, views: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return features of some photos, each in the view asked for.

        Returns:
            float32, shape (n, *feature_shape), what the trainable layers take.
        """
        numbers = self._pictures.numbers[np.asarray(views), np.asarray(photos)]
        return self._ask(numbers) if self._kept is None else np.asarray(self._kept[numbers])

    def clean_batches(self, size: int) -> Iterator[np.ndarray]:
        """Yield the features of every face, unchanged and in order: float32, shape (size or fewer, *feature_shape)."""
        for photos in batches(len(self), size):
            yield self.batch(photos, np.zeros_like(photos))

    def _ask(self, numbers: np.ndarray) -> np.ndarray:
        pictures = self._pictures.render(numbers)
        # `FrozenLayers` looks the pictures up by their bytes, of which there are four times as many in float32.
        pictures = pictures if isinstance(self._prefix, FrozenLayers) else pictures.astype(np.float32)
        return np.asarray(self._prefix.predict_on_batch(pictures)).astype(np.float32)


def batches(n: int, size: int) -> list[np.ndarray]:
    """Return the numbers from 0 to n - 1 in order, in arrays of `size` or, the last, fewer."""
    return [np.arange(start, min(start + size, n)) for start in range(0, n, size)]


class EpochBatches(keras.utils.PyDataset):
    """The training faces in batches, each time in one view. Order and views of epoch e are drawn from (seed, e) alone.

    Args:
        faces: the training faces, prepared.
        sample_weights: float32, shape (n,), how much each photo counts.
        batch_size: photos a step.
        repeats: how often each face is shown in an epoch; every face once before any comes again.
        seed: the run's seed.
        first_epoch: epochs done before, counted from 0.
    """

    def __init__(
        self,
        faces: Faces,
        sample_weights: np.ndarray,
        *,
        batch_size: int,
        seed: int,
        repeats: int = 1,
        first_epoch: int = 0,
    ) -> None:
        super().__init__(workers=1, use_multiprocessing=False)
        self._faces = faces
        self._sample_weights = sample_weights
        self._batch_size = batch_size
        self._repeats = repeats
        self._seed = seed
        self._epoch = first_epoch
        self._draw()

    def _draw(self) -> None:
        rng = np.random.default_rng((self._seed, self._epoch))
        self._order = np.concatenate([rng.permutation(len(self._faces)) for _ in range(self._repeats)])
        self._views = rng.integers(0, self._faces.n_views, size=len(self._order))

    def __len__(self) -> int:
        return -(-len(self._order) // self._batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        here = slice(index * self._batch_size, (index + 1) * self._batch_size)
        photos = self._order[here]
        features = self._faces.batch(photos, self._views[here])
        return features, self._faces.labels[photos], self._sample_weights[photos]

    def on_epoch_end(self) -> None:
        self._epoch += 1
        self._draw()


def picture_key(picture: np.ndarray) -> bytes:
    """Return what stands for a picture's content."""
    return hashlib.blake2b(np.ascontiguousarray(picture).data, digest_size=16).digest()


class FeatureMemory:
    """Features by network, depth and picture, kept between the trainings of one process.

    Trainings of a sweep show the same photos to the same layers. Each layer is asked once about each picture: a
    training that freezes more continues from the features of one that froze less.

    Whatever finds no room is computed again, with the same result.
    """

    def __init__(self) -> None:
        self._closed = False
        self._kept: dict[tuple[Hashable, int], dict[bytes, np.ndarray]] = defaultdict(dict)

    def get(self, network: Hashable, depth: int, keys: Sequence[bytes]) -> np.ndarray | None:
        """Return the features of some pictures, float32, shape (n, ...); None unless all of them are known."""
        known = self._kept[network, depth]
        if not all(key in known for key in keys):
            return None
        return np.stack([known[key] for key in keys])

    def close(self) -> None:
        """Forget everything, and remember nothing more."""
        self._closed = True
        self._kept.clear()

    def keep(self, network: Hashable, depth: int, keys: Sequence[bytes], features: np.ndarray) -> None:
        """Remember the features of some pictures, as long as there is room."""
        known = self._kept[network, depth]
        if not self._closed and memory.fits(features.nbytes):
            # Copies: views would hold the whole batch.
            known.update({key: row.copy() for key, row in zip(keys, features, strict=True) if key not in known})


class FrozenLayers:
    """The units of a network before `depth`, asked through a memory.

    Args:
        network: whose units.
        depth: how many of them.
        memory: what was computed before, and is to be kept for later.
        name: what tells this network's features from those of others: weights, size of a picture, number format.
        kept_depths: depths below it whose features are kept as well, for trainings that freeze more or less.
    """

    def __init__(
        self, network: Classifier, depth: int, memory: FeatureMemory, name: Hashable, kept_depths: Sequence[int]
    ) -> None:
        self._network = network
        self._depth = depth
        self._memory = memory
        self._name = name
        self._kept_depths = sorted({*(kept for kept in kept_depths if 0 < kept < depth), depth})
        self._parts: dict[tuple[int | None, int], keras.Model] = {}

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        return tuple(self._network.unit_inputs[self._depth].shape)

    def predict_on_batch(self, x: np.ndarray) -> np.ndarray:
        """Return what unit `depth` sees of RGB pictures.

        Args:
            x: uint8 or float32, shape (n, size_px, size_px, 3), 0-255.

        Returns:
            float32, shape (n, ...).
        """
        keys = [picture_key(picture) for picture in x]
        features, begin, last = x, 0, None
        for place, depth in reversed(list(enumerate(self._kept_depths))):
            known = self._memory.get(self._name, depth, keys)
            if known is not None:
                features, begin, last = known, place + 1, depth
                break
        for depth in self._kept_depths[begin:]:
            asked = features.astype(np.float32, copy=False)
            features = np.asarray(self._part(last, depth).predict_on_batch(asked)).astype(np.float32)
            self._memory.keep(self._name, depth, keys, features)
            last = depth
        return features

    def _part(self, first: int | None, last: int) -> keras.Model:
        if (first, last) not in self._parts:
            self._parts[first, last] = self._network.part(last, first)
        return self._parts[first, last]
