"""Turn the embedding so that photos of one person lie close: within-class covariance normalisation.

A linear map, worked out on people the net was trained with, goes into the layer `embedding`; the convolutions, which
are what the lab uses, stay as they are.

Source: Hatch, Kajarekar & Stolcke, "Within-class covariance normalization for SVM-based speaker recognition", 2006.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
import numpy as np
from net import preprocess_vggface

from data import Faces, shrink

if TYPE_CHECKING:
    from collections.abc import Iterator

# The share of the covariance that is evened out. Not tuned: between 0.02 and 0.3 the held-out pairs hardly moved.
SMOOTHING = 0.1
MOST_PHOTOS = 40  # of one person, so that nobody's many photos decide
BATCH = 128


def turn_embedding(plain: keras.Model, faces: Faces, size_px: int) -> int:
    """Put the map into the layer `embedding` of a plain net; it is changed in place.

    Args:
        plain: as `net.build_net(batch_norm=False)` builds it, trained.
        faces: people of `faces.trained` with two photos or more decide.
        size_px: side of the faces that are looked at.

    Returns:
        How many people decided.
    """
    rows = np.concatenate(list(_photos_by_person(faces)))
    people = faces.people[rows]
    pooled = _pooled(plain, shrink(faces.faces_rgb[rows], size_px))
    layer = plain.get_layer("embedding")
    kernel, bias = (weights.astype(np.float64) for weights in layer.get_weights())
    embedding = pooled @ kernel + bias
    turn = within_class_map(embedding, people)
    turn *= np.linalg.norm(kernel) / np.linalg.norm(kernel @ turn)  # float16 likes the size it had
    layer.set_weights([kernel @ turn, (bias - embedding.mean(axis=0)) @ turn])
    return len(np.unique(people))


def within_class_map(embedding: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Return the map A, shape (d, d), for which A A^T is the inverse of the smoothed covariance within people.

    Args:
        embedding: float64, shape (n, d).
        people: str, shape (n,); everybody at least twice.
    """
    d = embedding.shape[1]
    within = np.zeros((d, d))
    for person in np.unique(people):
        photos = embedding[people == person]
        within += np.cov(photos.T)
    within /= len(np.unique(people))
    smoothed = (1 - SMOOTHING) * within + SMOOTHING * np.trace(within) / d * np.eye(d)
    return np.linalg.cholesky(np.linalg.inv(smoothed))


def _photos_by_person(faces: Faces) -> Iterator[np.ndarray]:
    for person in np.unique(faces.people[faces.trained]):
        rows = faces.trained[faces.people[faces.trained] == person]
        if len(rows) > 1:
            yield rows[:MOST_PHOTOS]


def _pooled(plain: keras.Model, faces_rgb: np.ndarray) -> np.ndarray:
    """Return the mean of the last maps, float64, shape (n, channels)."""
    batches = np.split(faces_rgb, range(BATCH, len(faces_rgb), BATCH))
    outputs = [np.asarray(plain(preprocess_vggface(batch), training=False)[0], np.float64) for batch in batches]
    return np.concatenate(outputs)
