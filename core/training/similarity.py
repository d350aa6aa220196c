"""The similarity of the faces of a data set, by their features in the bundled network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import numpy as np
from PIL import Image

from core.config import TrainConfig
from core.data.cropping import resize_square
from core.data.dataset import Dataset, Item
from core.data.similarity import PhotoFeatures, Similarity, find_mislabeled, guess_faces, key_of, save_similarity
from core.data.store import PhotoStore
from core.data.versions import load_dataset
from core.errors import DatasetError, PhotoError
from core.features.store import FeatureStore
from core.jobfolder import JobFolder
from core.models.classifier import Classifier, build_classifier
from core.models.weights import FoundWeights, require_weights
from core.training.features import FrozenLayers
from core.training.frozen import shelves
from core.training.pictures import Pictures
from core.workspace import Workspace

BACKBONE: Literal["face-vgg-mini"] = "face-vgg-mini"
SIZE_PX = 96
BATCH = 32
CONFIG = TrainConfig(backbone=BACKBONE, image_size_px=SIZE_PX, precision="float32")

FaceFeatures = Callable[[Pictures], np.ndarray]


def compare_faces(job: JobFolder, workspace: Workspace) -> None:
    """Guess which face of a group photo is whose, and find photos that look like another person.

    Request: `dataset_id`, `version` (where that is gone, the newest). Events: "progress" with `step` "compare", `done`
    and `total` in photos. Result: `dataset_id`, `version`, what `similarity.load_similarity` then reads.
    """
    request = job.request()
    try:
        dataset = load_dataset(workspace, request["dataset_id"], request.get("version"))
    except DatasetError:
        dataset = load_dataset(workspace, request["dataset_id"])

    def on_photo(done: int, total: int) -> None:
        job.check_stop()
        if done % BATCH == 0 or done == total:
            job.emit("progress", step="compare", done=done, total=total)

    with bundled_features(workspace) as features:
        save_similarity(workspace, dataset, face_similarity(dataset, workspace, features, on_photo=on_photo))
    job.write_result({"dataset_id": dataset.id, "version": dataset.version})


@contextmanager
def bundled_features(workspace: Workspace) -> Iterator[FaceFeatures]:
    """Yield a function from pictures of faces, 96 px, to their features in the bundled network.

    These are the output of its last layer, averaged over the picture: float32, shape (n, 128).

    Raises:
        WeightsError: its weights are not there.
    """
    found = require_weights(BACKBONE, workspace)
    network = bundled_network(found)
    depth = len(network.units)
    with FeatureStore(workspace.features) as store:
        layers = FrozenLayers(network, depth, shelves(network, CONFIG, found.sha256, store, [depth]), [depth])
        yield lambda pictures: layers(pictures, np.arange(len(pictures)), adding=True).mean(axis=(1, 2))


def bundled_network(found: FoundWeights) -> Classifier:
    """Build the bundled network with its weights; its `prefix` gives the features before they are averaged."""
    return build_classifier(CONFIG, 2, found, precision="float32")


def face_similarity(
    dataset: Dataset,
    workspace: Workspace,
    features: FaceFeatures,
    *,
    on_photo: Callable[[int, int], None] | None = None,
) -> Similarity:
    """Compare all faces of a data set's people.

    Args:
        features: as `bundled_features` gives it.
        on_photo: called with (done, total) after each photo; may raise `Stopped`.
    """
    store = PhotoStore(workspace.photos)
    items = [item for item in (*dataset.items, *dataset.extra_group_photos) if item.person is not None]
    waiting: list[tuple[Item, list[np.ndarray]]] = []
    compared: list[PhotoFeatures] = []
    for done, item in enumerate(items, start=1):
        crops = _crops(store, dataset, item)
        if crops:
            waiting.append((item, crops))
        if sum(len(some) for _, some in waiting) >= BATCH or done == len(items):
            compared += _with_features(dataset, waiting, features)
            waiting = []
        if on_photo is not None:
            on_photo(done, len(items))
    return Similarity(guess_faces(compared), find_mislabeled(compared))


def _crops(store: PhotoStore, dataset: Dataset, item: Item) -> list[np.ndarray]:
    """Return the faces of a photo to compare: all of them where none was chosen; none where it cannot be read."""
    is_open = item.n_faces > 1 and item.face is not None and not item.looked
    faces: Sequence[int | None] = range(item.n_faces) if is_open else [item.face]
    crops = []
    try:
        for face in faces:
            with Image.open(store.crop(item.sha256, dataset.crop, face)) as crop:
                crops.append(resize_square(np.asarray(crop.convert("RGB")), SIZE_PX))
    except (PhotoError, FileNotFoundError):
        return []
    return crops


def _with_features(
    dataset: Dataset, waiting: Sequence[tuple[Item, list[np.ndarray]]], features: FaceFeatures
) -> list[PhotoFeatures]:
    if not waiting:
        return []
    sha256s = [item.sha256 for item, crops in waiting for _ in crops]
    rows = features(Pictures(np.stack([crop for _, crops in waiting for crop in crops]), sha256s))
    photos, start = [], 0
    for item, crops in waiting:
        mine = rows[start : start + len(crops)]
        start += len(crops)
        photos.append(
            PhotoFeatures(key_of(dataset, item), item.sha256, item.name, item.person or "", mine, decided=item.looked)
        )
    return photos
