"""What is measured after an epoch."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from core.experiments.history import Reporter
from core.training import callbacks as cb


class FacesOfOneNumber:
    """Faces whose only feature is their own number; label 1 from number 6 on."""

    def __init__(self, n: int) -> None:
        self.labels = (np.arange(n) >= 6).astype(int)
        self.asked: list[int] = []

    def clean_batches(self, size: int, photos: np.ndarray | None = None) -> Any:
        photos = np.arange(len(self.labels)) if photos is None else photos
        self.asked += photos.tolist()
        yield photos[:, None].astype(np.float32)

    def __len__(self) -> int:
        return len(self.labels)


class Noting(Reporter):
    def __init__(self) -> None:
        self.noted: list[dict[str, Any]] = []

    def emit(self, event: str, **facts: Any) -> None:
        self.noted.append(facts)


def test_of_many_training_photos_a_fixed_sample_is_measured():
    number = keras.Input((1,))
    says_one_from_10_on = keras.layers.Dense(2, activation="softmax")
    model = keras.Model(number, says_one_from_10_on(number))
    model.set_weights([np.array([[0.0, 1.0]]), np.array([9.5, 0.0])])
    asked = []
    for _ in range(2):
        train, validation, reporter = FacesOfOneNumber(20), FacesOfOneNumber(12), Noting()
        measure = cb.MeasureEpoch(reporter, train, validation, 5)
        measure.set_model(model)
        measured = measure.measure(1, 0.0)
        wrong = [photo for photo in train.asked if 6 <= photo < 10]
        assert measured["accuracy"] == 1 - len(wrong) / 5
        assert validation.asked == list(range(12))
        asked.append(train.asked)
    assert asked[0] == asked[1] == sorted(set(asked[0]))
    assert len(asked[0]) == 5
