"""What the frozen layers make of every face. Frozen layers give the same answer every time, so they are asked once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np

from core.config import AugmentConfig
from core.training.augment import view

# More than this is not held in memory: the frozen layers are then asked again in every epoch, with the same result.
MEMORY_LIMIT_BYTES = 1_500_000_000
PREFIX_BATCH = 32


class Faces:
    """Practice or exam faces as the trainable layers see them.

    Args:
        faces_rgb: uint8, shape (n, size_px, size_px, 3), RGB, 0-255. Not changed.
        labels: int64, shape (n,), index in the label order.
        prefix: preprocessing and frozen layers; RGB 0-255 in.
        augment: how views differ; None for exam faces, which have the unchanged view only.
        seed: draws the views.
        frozen: False where the prefix is preprocessing alone; storing its output would only cost memory.
    """

    def __init__(
        self,
        faces_rgb: np.ndarray,
        labels: np.ndarray,
        prefix: keras.Model,
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
        feature_bytes = 4 * int(np.prod(prefix.output_shape[1:]))
        self._keep = frozen and len(labels) * self.n_views * feature_bytes <= MEMORY_LIMIT_BYTES
        self._kept: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def n_to_prepare(self) -> int:
        """How many pictures `prepare` will push through the frozen layers."""
        return len(self) * self.n_views if self._keep else 0

    def prepare(self, on_batch: Callable[[int], None]) -> None:
        """Compute and keep the features of every view of every face.

        Args:
            on_batch: called with the number of pictures done since the last call; may raise `Stopped`.
        """
        if not self._keep:
            return
        kept = np.empty((self.n_views, len(self), *self._prefix.output_shape[1:]), np.float32)
        for number in range(self.n_views):
            for start in range(0, len(self), PREFIX_BATCH):
                photos = range(start, min(start + PREFIX_BATCH, len(self)))
                kept[number, start : photos.stop] = self._compute(photos, [number] * len(photos))
                on_batch(len(photos))
        self._kept = kept

    def batch(self, photos: Sequence[int] | np.ndarray, numbers: Sequence[int] | np.ndarray) -> np.ndarray:
        """Give features of some photos, each in the view asked for.

        Returns:
            float32, shape (n, *feature_shape), what the trainable layers take.
        """
        if self._kept is not None:
            return np.asarray(self._kept[np.asarray(numbers), np.asarray(photos)])
        return self._compute(photos, numbers)

    def clean_batches(self, size: int) -> list[np.ndarray]:
        """Give the index ranges that cover all faces once, in order."""
        return [np.arange(start, min(start + size, len(self))) for start in range(0, len(self), size)]

    def _compute(self, photos: Sequence[int] | np.ndarray, numbers: Sequence[int] | np.ndarray) -> np.ndarray:
        views = [
            view(self._faces_rgb[photo], self._augment, seed=self._seed, photo=int(photo), number=int(number))
            for photo, number in zip(photos, numbers, strict=True)
        ]
        pictures = np.stack(views).astype(np.float32)
        return np.asarray(self._prefix.predict_on_batch(pictures)).astype(np.float32)


class EpochBatches(keras.utils.PyDataset):
    """The practice faces in batches, one view each. Order and views of epoch e are drawn from (seed, e) alone.

    Args:
        faces: the practice faces, prepared.
        sample_weights: float32, shape (n,), how much each photo counts.
        batch_size: photos a step.
        seed: the run's seed.
        first_epoch: epochs done before, counted from 0.
    """

    def __init__(
        self, faces: Faces, sample_weights: np.ndarray, *, batch_size: int, seed: int, first_epoch: int = 0
    ) -> None:
        super().__init__(workers=1, use_multiprocessing=False)
        self._faces = faces
        self._sample_weights = sample_weights
        self._batch_size = batch_size
        self._seed = seed
        self._epoch = first_epoch
        self._draw()

    def _draw(self) -> None:
        rng = np.random.default_rng((self._seed, self._epoch))
        self._order = rng.permutation(len(self._faces))
        self._numbers = rng.integers(0, self._faces.n_views, size=len(self._faces))

    def __len__(self) -> int:
        return -(-len(self._faces) // self._batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        here = slice(index * self._batch_size, (index + 1) * self._batch_size)
        photos = self._order[here]
        features = self._faces.batch(photos, self._numbers[here])
        return features, self._faces.labels[photos], self._sample_weights[photos]

    def on_epoch_end(self) -> None:
        self._epoch += 1
        self._draw()
