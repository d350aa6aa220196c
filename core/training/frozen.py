"""The faces of one training behind any number of its frozen layers, and what of that is kept on the disk."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from core.config import Split, TrainConfig
from core.data.arrays import FaceArrays
from core.experiments.kept_units import feature_bytes, kept_depths
from core.features.folder import shelf_name
from core.features.store import FeatureStore, Shelf
from core.models.classifier import Classifier
from core.training.features import Faces, FrozenLayers
from core.training.pictures import Pictures

if TYPE_CHECKING:
    from core.experiments.history import Reporter


class FacesBehind:
    """The faces of all splits behind frozen layers.

    Args:
        network: whose layers.
        config: of the training, its precision resolved.
        start: tells the weights that the network starts from.
        splits: the faces; those to train on have views.
        store: keeps features.
        wanted: the numbers of frozen units behind which features are asked for, by this training or by others of the
            same comparison.

    Attributes:
        computed: the share of the features that `compute` found nowhere.
    """

    def __init__(
        self,
        network: Classifier,
        config: TrainConfig,
        start: str,
        splits: dict[Split, FaceArrays],
        store: FeatureStore,
        wanted: Collection[int],
    ) -> None:
        self._network = network
        self._config = config
        self._splits = splits
        self._store = store
        self._pictures = {split: _pictures(faces, config, split) for split, faces in splits.items()}
        self._n_pictures = sum(map(len, self._pictures.values()))
        self._kept = kept_depths(config, wanted, self._n_pictures, store.limit_bytes)
        self.computed = 1.0
        self._shelves = shelves(network, config, start, store, range(1, max(wanted) + 1))

    def __call__(self, depth: int, split: Split) -> Faces:
        """Return the faces of a split behind `depth` units."""
        layers = FrozenLayers(self._network, depth, self._shelves, self._kept)
        return Faces(self._pictures[split], self._splits[split].labels, layers)

    def compute(self, faces: Collection[Faces], reporter: Reporter) -> None:
        """Compute and keep the features of some faces where they are kept, and report it."""
        total, kept = sum(each.n_to_prepare for each in faces), sum(each.n_kept for each in faces)
        self.computed = total / max(kept, 1)
        if total == 0:
            return
        reporter.emit("phase", phase="prefix")
        done = 0

        def on_batch(n: int) -> None:
            nonlocal done
            done += n
            reporter.check_stop()
            reporter.emit_sometimes("prefix", last=done == total, done=done, total=total)

        for each in faces:
            each.prepare(on_batch)

    def trouble(self, depths: Collection[int]) -> str:
        """Return why features behind some numbers of units are not kept, in a sentence; empty where they are."""
        would_keep = kept_depths(self._config, depths, self._n_pictures, math.inf)
        unkept = [depth for depth in would_keep if depth not in self._kept]
        if not unkept:
            return self._store.trouble
        n_bytes = self._n_pictures * sum(feature_bytes(self._config, depth) for depth in unkept)
        limit = f"{self._store.limit_bytes / 1e9:.1f} GB of disk may be used"
        return (
            f"What {unkept[-1]} frozen layers make of {self._n_pictures:,} pictures takes {n_bytes / 1e9:.1f} GB, but "
            f"{limit}, so it is computed again in every round; free disk, or allow more of it under My experiments."
        )


def shelves(
    network: Classifier, config: TrainConfig, start: str, store: FeatureStore, depths: Iterable[int]
) -> dict[int, Shelf]:
    """Open what is kept behind some numbers of units; arguments as for `FacesBehind`."""
    return {
        depth: store.shelf(
            shelf_name(config.backbone, start, config.image_size_px, config.precision, depth),
            network.feature_shape(depth),
        )
        for depth in depths
    }


def _pictures(faces: FaceArrays, config: TrainConfig, split: Split) -> Pictures:
    sha256s = [item.sha256 for item in faces.items]
    if split == "train":
        return Pictures(faces.faces_rgb, sha256s, config.augment, config.seed)
    return Pictures(faces.faces_rgb, sha256s)
