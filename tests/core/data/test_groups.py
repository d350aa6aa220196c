from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageEnhance

from core.data.groups import NEAR_BITS, group_photos, near_pairs
from core.data.photofolder import HASH_SIDE
from tests.drawn import picture

NOON = datetime(2024, 5, 6, 12, 0, 0)


@dataclass(frozen=True)
class Known:
    sha256: str
    phash: str
    taken_at: datetime | None = None
    camera: str | None = None


def phash(image: Image.Image) -> str:
    return str(imagehash.phash(image, hash_size=HASH_SIDE))


def known(seed: int, *, after_s: float | None = None, camera: str | None = "Acme") -> Known:
    taken_at = None if after_s is None else NOON + timedelta(seconds=after_s)
    return Known(str(seed), phash(Image.fromarray(picture(seed))), taken_at, camera)


def test_different_photos_are_groups_of_one() -> None:
    assert group_photos([known(seed) for seed in range(6)]) == [0, 1, 2, 3, 4, 5]
    assert group_photos([]) == []
    assert group_photos([known(0)]) == [0]


def test_the_same_file_twice_is_one_group() -> None:
    assert group_photos([known(0), known(1), known(0)]) == [0, 1, 0]


@pytest.mark.parametrize("change", ["recompressed", "halved", "brighter", "grey", "trimmed"])
def test_near_copies_are_one_group(change: str) -> None:
    image = Image.fromarray(picture(3, 320, 240))
    if change == "recompressed":
        file = io.BytesIO()
        image.save(file, "JPEG", quality=40)
        changed = Image.open(file)
    else:
        changed = {
            "halved": image.resize((160, 120)),
            "brighter": ImageEnhance.Brightness(image).enhance(1.2),
            "grey": image.convert("L"),
            "trimmed": image.crop((3, 3, 317, 237)),
        }[change]
    assert group_photos([Known("a", phash(image)), known(9), Known("b", phash(changed))]) == [0, 1, 0]


def test_a_burst_is_one_group_and_chains() -> None:
    photos = [known(0, after_s=0), known(1, after_s=300), known(2, after_s=59), known(3, after_s=118)]
    assert group_photos(photos) == [0, 1, 0, 0]


def test_a_minute_is_the_limit() -> None:
    assert group_photos([known(0, after_s=0), known(1, after_s=60)]) == [0, 0]
    assert group_photos([known(0, after_s=0), known(1, after_s=61)]) == [0, 1]


def test_another_camera_or_an_unknown_one_is_no_burst() -> None:
    assert group_photos([known(0, after_s=0), known(1, after_s=1, camera="Other")]) == [0, 1]
    assert group_photos([known(0, after_s=0, camera=None), known(1, after_s=1, camera=None)]) == [0, 1]
    assert group_photos([known(0), known(1)]) == [0, 1]


def test_the_threshold_counts_bits() -> None:
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2, 256)
    for differing, together in ((NEAR_BITS, True), (NEAR_BITS + 1, False)):
        other = bits.copy()
        other[:differing] ^= 1
        hashes = [np.packbits(row.astype(np.uint8)).tobytes().hex() for row in (bits, other)]
        assert (near_pairs(hashes) == [(0, 1)]) is together
    assert near_pairs([]) == []
