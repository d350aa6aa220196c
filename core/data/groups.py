"""Group photos that belong together: copies, near copies, bursts. The split keeps a group on one side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

# Of 256 bits. Measured on Labeled Faces in the Wild (13,233 photos of one size with the face in the middle, about as
# similar as different photos get): at most 48 bits differ in 18 of 242,257 pairs of one person's photos, most of them
# copies, and in 6 of 87 million pairs of two people's; at 64 bits it is 80 and 160. A photo saved again at JPEG quality
# 40, halved, brightened by a quarter, or with 2 % cut off each side differs from itself in 44 at most, 9 times of 10.
NEAR_BITS = 48
BURST = timedelta(seconds=60)
# What the lab's own recordings name as their maker (`takes`).
WEBCAM = "Webcam"


class Groupable(Protocol):
    """What grouping needs to know of a photo; `photofolder.PhotoFacts` provides it."""

    @property
    def sha256(self) -> str: ...
    @property
    def phash(self) -> str: ...
    @property
    def taken_at(self) -> datetime | None: ...
    @property
    def camera(self) -> str | None: ...


def group_photos(photos: Sequence[Groupable]) -> list[int]:
    """Group the photos of one person: the same file, near copies, or photos by one camera within a minute.

    If a belongs to b and b to c, all three are one group.

    Args:
        photos: of one person.

    Returns:
        A group number per photo, from 0 in the order of each group's first photo.
    """
    pairs = near_pairs([photo.phash for photo in photos]) + _burst_pairs(photos)
    n = len(photos)
    if n == 0:
        return []
    first, second = np.array(pairs, np.int64).reshape(-1, 2).T
    links = csr_array((np.ones(len(pairs), np.int8), (first, second)), shape=(n, n))
    labels = connected_components(links, directed=False)[1].tolist()
    numbers: dict[int, int] = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels]


def _burst_pairs(photos: Sequence[Groupable]) -> list[tuple[int, int]]:
    """Pair each photo with the next one of the same camera, if that was taken within `BURST`."""
    dated = sorted(
        (photo.camera, photo.taken_at, index)
        for index, photo in enumerate(photos)
        if photo.camera is not None and photo.taken_at is not None
    )
    return [
        (index, next_index)
        for (camera, taken_at, index), (next_camera, next_at, next_index) in pairwise(dated)
        if camera == next_camera and next_at - taken_at <= BURST
    ]


def near_pairs(hashes: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of photos whose perceptual hashes differ in at most `NEAR_BITS` bits.

    Args:
        hashes: hexadecimal, all of one length.

    Returns:
        Pairs of indices into `hashes`, the smaller first.
    """
    if not hashes:
        return []
    bits = np.stack([np.frombuffer(bytes.fromhex(text), np.uint64) for text in hashes])
    pairs = []
    for index in range(len(hashes) - 1):
        differing = np.bitwise_count(bits[index + 1 :] ^ bits[index]).sum(axis=1)
        pairs += [(index, index + 1 + int(other)) for other in np.flatnonzero(differing <= NEAR_BITS)]
    return pairs
