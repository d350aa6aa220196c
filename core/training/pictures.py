"""The pictures that a network is shown of the photos of a split: each view that differs from the others, once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.config import AugmentConfig
from core.training.augment import Variation, draw, vary


class Pictures:
    """The distinct views of some faces, numbered; the unchanged faces come first, in their order.

    Args:
        faces_rgb: uint8, shape (n, size_px, size_px, 3), RGB, 0-255. Not changed.
        augment: how views differ; None for validation and test, which have the unchanged view only.
        seed: draws the views.

    Attributes:
        n_views: how many views a face has.
        numbers: int64, shape (n_views, n), the picture that each view of each face is.
    """

    def __init__(self, faces_rgb: np.ndarray, augment: AugmentConfig | None = None, seed: int = 0) -> None:
        config = augment or AugmentConfig(views=1)
        self.n_views = config.views
        self.numbers = np.zeros((config.views, len(faces_rgb)), np.int64)
        self._faces_rgb = faces_rgb
        self._made: list[tuple[int, Variation]] = []
        known: dict[tuple[int, Variation], int] = {}
        for number in range(config.views):
            for photo in range(len(faces_rgb)):
                made = photo, draw(config, seed=seed, photo=photo, number=number)
                if made not in known:
                    known[made] = len(self._made)
                    self._made.append(made)
                self.numbers[number, photo] = known[made]

    def __len__(self) -> int:
        return len(self._made)

    def render(self, numbers: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return some pictures: uint8, shape (len(numbers), size_px, size_px, 3), RGB."""
        made = (self._made[number] for number in numbers)
        return np.stack([vary(self._faces_rgb[photo], variation) for photo, variation in made])
