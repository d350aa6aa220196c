"""What the frozen layers make of every face: asked once, and kept on the disk where reading is quicker than asking."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import keras
import numpy as np

from core.features.store import Shelf, rounded
from core.models.classifier import Classifier
from core.training.pictures import Pictures

PREFIX_BATCH = 32


class FrozenLayers:
    """The units of a network before `depth`. They go on from the deepest unit whose output is kept.

    Args:
        network: whose units.
        depth: how many of them; at 0 there is preprocessing alone.
        shelves: by the depth whose features they hold.
        adding: depths at which features may be kept.
    """

    def __init__(
        self, network: Classifier, depth: int, shelves: Mapping[int, Shelf], adding: Collection[int] = ()
    ) -> None:
        self.shape = network.feature_shape(depth)
        self.is_kept = depth in adding
        self._network = network
        self._depth = depth
        self._shelves = {each: shelf for each, shelf in shelves.items() if each <= depth}
        self._adding = sorted(each for each in adding if each <= depth)
        self._parts: dict[tuple[int | None, int], keras.Model] = {}

    def missing(self, keys: Sequence[bytes]) -> np.ndarray:
        """Return the numbers of the pictures whose features are not kept at `depth`: int64, shape (n,)."""
        return np.flatnonzero(~self._shelves[self._depth].knows(keys))

    def flush(self) -> None:
        """Make what is kept readable."""
        for depth in self._adding:
            self._shelves[depth].flush()

    def __call__(self, pictures: Pictures, numbers: np.ndarray, *, adding: bool = False) -> np.ndarray:
        """Return what unit `depth` sees of some pictures.

        Args:
            adding: keep what has to be computed, to be read after `flush`.

        Returns:
            float32, shape (len(numbers), *shape).
        """
        features = np.empty((len(numbers), *self.shape), np.float32)
        for begin, some in self._begins(pictures, numbers):
            features[some] = self._go_on(pictures, numbers[some], begin, adding=adding)
        return features

    def _begins(self, pictures: Pictures, numbers: np.ndarray) -> Iterator[tuple[int | None, np.ndarray]]:
        """Yield places in `numbers`, in batches, with the deepest unit that is kept of them; None where none is."""
        left = np.arange(len(numbers))
        for depth in sorted(self._shelves, reverse=True):
            known = self._shelves[depth].knows([pictures.keys[number] for number in numbers[left]])
            yield from ((depth, left[known][some]) for some in batches(int(known.sum()), PREFIX_BATCH))
            left = left[~known]
        yield from ((None, left[some]) for some in batches(len(left), PREFIX_BATCH))

    def _go_on(self, pictures: Pictures, numbers: np.ndarray, begin: int | None, *, adding: bool) -> np.ndarray:
        keys = [pictures.keys[number] for number in numbers] if self._shelves else []
        features = pictures.render(numbers).astype(np.float32) if begin is None else self._shelves[begin].read(keys)
        if begin == self._depth:
            return features
        between = [each for each in self._adding if each > (begin or 0)] if adding else []
        for depth in dict.fromkeys([*between, self._depth]):
            features = np.asarray(self._part(begin, depth).predict_on_batch(features)).astype(np.float32)
            if depth in between:
                features = self._shelves[depth].add(keys, features)
            elif depth:
                # Kept or not makes no difference.
                features = rounded(features)
            begin = depth
        return features

    def _part(self, first: int | None, last: int) -> keras.Model:
        if (first, last) not in self._parts:
            self._parts[first, last] = self._network.part(last, first)
        return self._parts[first, last]


class Faces:
    """The faces of a split as the trainable layers see them.

    Args:
        pictures: of the faces.
        labels: int64, shape (n,), index in the label order.
        layers: preprocessing and frozen layers.
    """

    def __init__(self, pictures: Pictures, labels: np.ndarray, layers: FrozenLayers) -> None:
        self.labels = labels
        self.n_views = pictures.n_views
        self._pictures = pictures
        self._layers = layers

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def n_kept(self) -> int:
        """How many pictures have their features kept, once `prepare` was called."""
        return len(self._pictures) if self._layers.is_kept else 0

    @property
    def n_to_prepare(self) -> int:
        """How many pictures `prepare` will push through the frozen layers."""
        return len(self._layers.missing(self._pictures.keys)) if self._layers.is_kept else 0

    def prepare(self, on_batch: Callable[[int], None]) -> None:
        """Compute and keep the features of every picture of which they are not kept yet.

        Args:
            on_batch: called with the number of pictures done since the last call; may raise `Stopped`.
        """
        if not self._layers.is_kept:
            return
        missing = self._layers.missing(self._pictures.keys)
        try:
            for places in batches(len(missing), PREFIX_BATCH):
                self._layers(self._pictures, missing[places], adding=True)
                on_batch(len(places))
        finally:
            self._layers.flush()

    def batch(self, photos: Sequence[int] | np.ndarray, views: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return features of some photos, each in the view asked for.

        Returns:
            float32, shape (n, *feature_shape), what the trainable layers take.
        """
        return self._layers(self._pictures, self._pictures.numbers[np.asarray(views), np.asarray(photos)])

    def clean_batches(self, size: int, photos: np.ndarray | None = None) -> Iterator[np.ndarray]:
        """Yield features of unchanged faces in their order: float32, shape (size or fewer, *feature_shape).

        Args:
            photos: which; None: all.
        """
        photos = np.arange(len(self)) if photos is None else photos
        for places in batches(len(photos), size):
            yield self.batch(photos[places], np.zeros_like(places))


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
