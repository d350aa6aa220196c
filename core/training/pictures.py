"""The pictures that a network is shown of the photos of a split: each view that differs from the others, once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from core.config import AugmentConfig
from core.features.folder import DIGEST_BYTES, PHOTO_BYTES
from core.training.augment import Variation, draw, vary


class Pictures:
    """The distinct views of some faces, numbered; the unchanged faces come first, in their order.

    Args:
        faces_rgb: uint8, shape (n, size_px, size_px, 3), RGB, 0-255. Not changed.
        sha256s: of their photos, in hex.
        augment: how views differ; None for validation and test, which have the unchanged view only.
        seed: draws the views.

    Attributes:
        n_views: how many views a face has.
        numbers: int64, shape (n_views, n), the picture that each view of each face is.
    """

    def __init__(
        self, faces_rgb: np.ndarray, sha256s: Sequence[str], augment: AugmentConfig | None = None, seed: int = 0
    ) -> None:
        config = augment or AugmentConfig(views=1)
        self.n_views = config.views
        self.numbers = np.zeros((config.views, len(faces_rgb)), np.int64)
        self._faces_rgb = faces_rgb
        self._photos = [bytes.fromhex(sha256)[:PHOTO_BYTES] for sha256 in sha256s]
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

    @cached_property
    def keys(self) -> list[bytes]:
        """What stands for each picture in `core.features`: photo, pixels of its face, variation."""
        faces = [hashlib.blake2b(face.data) for face in map(np.ascontiguousarray, self._faces_rgb)]
        keys = []
        for photo, variation in self._made:
            # Adding 0 makes 0 of -0.
            digest = hashlib.blake2b(faces[photo].digest(), digest_size=DIGEST_BYTES)
            digest.update((np.array(variation) + 0.0).tobytes())
            keys.append(self._photos[photo] + digest.digest())
        return keys

    def render(self, numbers: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return some pictures: uint8, shape (len(numbers), size_px, size_px, 3), RGB."""
        made = (self._made[number] for number in numbers)
        return np.stack([vary(self._faces_rgb[photo], variation) for photo, variation in made])
