"""What the frozen layers make of every face.

Frozen layers give the same answer every time, so they are asked once: `Faces` keeps what they give for one training,
`FeatureMemory` from one training of a process to the next.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Protocol

import keras
import numpy as np

from core.config import AugmentConfig
from core.models.classifier import Classifier
from core.training.augment import view

# More than this is not kept: the frozen layers are then asked again in every epoch, with the same result.
KEPT_LIMIT_BYTES = 1_500_000_000
# Beyond this nothing more is remembered between trainings; it is computed again, with the same result.
MEMORY_LIMIT_BYTES = 1_000_000_000
PREFIX_BATCH = 32


class Prefix(Protocol):
    """Preprocessing and frozen layers: a Keras model or `FrozenLayers`."""

    @property
    def output_shape(self) -> tuple[int | None, ...]: ...
    def predict_on_batch(self, x: np.ndarray) -> np.ndarray: ...


class Faces:
    """The faces of a split as the trainable layers see them.

    Args:
        faces_rgb: uint8, shape (n, size_px, size_px, 3), RGB, 0-255. Not changed.
        labels: int64, shape (n,), index in the label order.
        prefix: preprocessing and frozen layers; RGB 0-255 in.
        augment: how views differ; None for validation and test, which have the unchanged view only.
        seed: draws the views.
        frozen: False where the prefix is preprocessing alone; storing its output would only cost memory.
    """

    def __init__(
        self,
        faces_rgb: np.ndarray,
        labels: np.ndarray,
        prefix: Prefix,
        *,
        augment: AugmentConfig | None,
        seed: int,
        frozen: bool,
    ) -> None:
        self.labels = labels
        self.n_views = augment.views if augment else 1
        self._faces_rgb = faces_rgb
        self._prefix = prefix
        self._augment = augment or AugmentConfig(views=1)
        self._seed = seed
        self._feature_shape = tuple(int(side or 0) for side in prefix.output_shape[1:])
        feature_bytes = 4 * int(np.prod(self._feature_shape))
        self._keep = frozen and len(labels) * self.n_views * feature_bytes <= KEPT_LIMIT_BYTES
        self._kept: np.ndarray | None = None
        self._row = np.zeros((self.n_views, len(labels)), np.int64)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def n_to_prepare(self) -> int:
        """How many pictures `prepare` will push through the frozen layers."""
        return len(self) * self.n_views if self._keep else 0

    def prepare(self, on_batch: Callable[[int], None]) -> None:
        """Compute and keep the features of every view of every face; views that came out alike are computed once.

        Args:
            on_batch: called with the number of pictures done since the last call; may raise `Stopped`.
        """
        if not self._keep:
            return
        rows: dict[bytes, int] = {}
        kept: list[np.ndarray] = []
        for number in range(self.n_views):
            for start in range(0, len(self), PREFIX_BATCH):
                photos = range(start, min(start + PREFIX_BATCH, len(self)))
                views = self._views(photos, [number] * len(photos))
                keys = [picture_key(view) for view in views]
                new = {key: place for place, key in enumerate(keys) if key not in rows}
                if new:
                    kept.append(self._ask(views[list(new.values())]))
                    rows |= {key: len(rows) + n for n, key in enumerate(new)}
                self._row[number, start : photos.stop] = [rows[key] for key in keys]
                on_batch(len(photos))
        self._kept = np.concatenate(kept)

    def batch(self, photos: Sequence[int] | np.ndarray, numbers: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return features of some photos, each in the view asked for.

        Returns:
            float32, shape (n, *feature_shape), what the trainable layers take.
        """
        if self._kept is not None:
            return np.asarray(self._kept[self._row[np.asarray(numbers), np.asarray(photos)]])
        return self._ask(self._views(photos, numbers))

    def all_clean(self) -> np.ndarray:
        """Compute the features of every face, unchanged: float32, shape (n, *feature_shape)."""
        return np.concatenate(
            [self.batch(photos, np.zeros(len(photos), np.int64)) for photos in self.clean_batches(PREFIX_BATCH)]
        )

    def clean_batches(self, size: int) -> list[np.ndarray]:
        """Return the index ranges that cover all faces once, in order."""
        return [np.arange(start, min(start + size, len(self))) for start in range(0, len(self), size)]

    def _views(self, photos: Sequence[int] | np.ndarray, numbers: Sequence[int] | np.ndarray) -> np.ndarray:
        views = [
            view(self._faces_rgb[photo], self._augment, seed=self._seed, photo=int(photo), number=int(number))
            for photo, number in zip(photos, numbers, strict=True)
        ]
        return np.stack(views)

    def _ask(self, views: np.ndarray) -> np.ndarray:
        # `FrozenLayers` looks the pictures up by their bytes, of which there are four times as many in float32.
        pictures = views if isinstance(self._prefix, FrozenLayers) else views.astype(np.float32)
        return np.asarray(self._prefix.predict_on_batch(pictures)).astype(np.float32)


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
        self._numbers = rng.integers(0, self._faces.n_views, size=len(self._order))

    def __len__(self) -> int:
        return -(-len(self._order) // self._batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        here = slice(index * self._batch_size, (index + 1) * self._batch_size)
        photos = self._order[here]
        features = self._faces.batch(photos, self._numbers[here])
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

    Args:
        limit_bytes: how much is kept.
    """

    def __init__(self, limit_bytes: int = MEMORY_LIMIT_BYTES) -> None:
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
