"""How much a face is like the practice faces of each person: what tells strangers from people a network knows.

A network that learned two names always says one of them, and is sure of it: of 384 photos of strangers, shown to 8
networks that each knew two people of Labeled Faces in the Wild, all got a name at 50 %, and 66 of 100 at 90 %. The
bundled network's features tell them apart, whatever was trained. Opens it with TensorFlow, as `answering` does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from core.data.arrays import load_faces
from core.data.cropping import resize_square
from core.errors import LabError
from core.experiments.runs import open_run
from core.models.weights import require_weights
from core.training.similarity import BACKBONE, SIZE_PX, bundled_network
from core.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

# Of one person: more change the mean by less than a photo differs from the next.
MOST_PHOTOS = 30

Likeness = Callable[[list[np.ndarray]], np.ndarray]


def of_run(run_folder: Path, workspace: Workspace) -> Likeness | None:
    """Return a function from faces (uint8, square, RGB) to their likeness, float32, shape (n, people), -1 to 1.

    That is the cosine between the features of a face and the mean of a person's practice faces. None where these photos
    are not on this computer, as for an experiment that was brought back, or the bundled network is not.
    """
    try:
        dataset = open_run(run_folder).dataset
        practice = load_faces(dataset, workspace, "train", SIZE_PX, per_class=MOST_PHOTOS)
        features = _features(workspace)
        rows = _at_one_length(features(practice.faces_rgb))
    except (LabError, OSError):
        return None
    people = [rows[practice.labels == label].mean(axis=0) for label in range(len(dataset.people))]
    means = _at_one_length(np.stack(people))

    def likeness(faces_rgb: list[np.ndarray]) -> np.ndarray:
        sized = np.stack([resize_square(face, SIZE_PX) for face in faces_rgb])
        return np.asarray(_at_one_length(features(sized)) @ means.T)

    likeness([np.zeros((SIZE_PX, SIZE_PX, 3), np.uint8)])
    return likeness


def _features(workspace: Workspace) -> Callable[[np.ndarray], np.ndarray]:
    """Return what gives features without keeping any: pictures of a webcam touch no disk."""
    network = bundled_network(require_weights(BACKBONE, workspace)).prefix
    shape = (None, SIZE_PX, SIZE_PX, 3)
    traced = tf.function(lambda faces: network(faces, training=False), input_signature=[tf.TensorSpec(shape)])

    def features(faces_rgb: np.ndarray) -> np.ndarray:
        return np.asarray(np.asarray(traced(faces_rgb.astype(np.float32)), np.float32).mean(axis=(1, 2)))

    return features


def _at_one_length(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9))
