"""Whatever stands in a photo's file, it is decoded or refused with a reason."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.data.decode import FORMATS, decode
from core.errors import PhotoError
from tests.apart import Apart, reading
from tests.drawn import encoded, exif, picture
from tests.mutations import changed, tried


def _photos() -> list[bytes]:
    """Encode a small picture in every format that is read, in several depths and kinds of compression."""
    rgb = picture(0, 24, 16)
    plain, grey = Image.fromarray(rgb), Image.fromarray(rgb).convert("L")
    facts = exif(orientation=6, taken_at="2024:05:06 07:08:09", make="A", model="B")
    deep = Image.fromarray(np.asarray(grey, np.uint16) * 257)
    several = io.BytesIO()
    plain.save(several, "MPO", save_all=True, append_images=[plain])
    return [
        *(encoded(plain, kind) for kind in FORMATS),
        *(encoded(plain, kind, exif=facts) for kind in ("JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF")),
        *(encoded(grey, kind) for kind in ("JPEG", "PNG", "TIFF")),
        *(encoded(plain.convert("P"), kind) for kind in ("PNG", "GIF", "BMP", "TIFF")),
        *(encoded(plain.convert("RGBA"), kind) for kind in ("PNG", "WEBP", "TIFF")),
        *(encoded(plain, "TIFF", compression=way) for way in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")),
        *(encoded(deep, kind) for kind in ("PNG", "TIFF")),
        encoded(plain, "JPEG", progressive=True, optimize=True),
        encoded(plain.convert("CMYK"), "JPEG"),
        encoded(plain.convert("LAB"), "TIFF"),
        encoded(grey.convert("F"), "TIFF"),
        encoded(plain.convert("1"), "TIFF", compression="group4"),
        encoded(plain, "WEBP", lossless=True),
        encoded(plain, "GIF", save_all=True, append_images=[grey]),
        several.getvalue(),
        _deep_tiff(rgb),
    ]


def _deep_tiff(rgb: np.ndarray) -> bytes:
    import cv2

    written, file = cv2.imencode(".tiff", rgb.astype(np.float32) / 255)
    assert written
    return file.tobytes()


PHOTOS = _photos()


def read(inside: Path, data: bytes, max_side_px: int | None) -> str:
    try:
        photo = decode(data, max_side_px=max_side_px)
    except PhotoError as error:
        return str(error)
    height, width, colours = photo.rgb.shape
    assert (colours, photo.rgb.dtype) == (3, np.uint8)
    assert 0 < width <= photo.full_size_px[0]
    assert 0 < height <= photo.full_size_px[1]
    assert 0 < photo.scale <= 1
    return ""


reader = reading(read)


@pytest.mark.parametrize("number", range(len(PHOTOS)))
def test_what_is_changed_below_can_be_decoded(reader: Apart, number: int) -> None:
    assert reader(PHOTOS[number], None) == ""


@tried(max_examples=7200)
@given(data=changed(PHOTOS), max_side_px=st.sampled_from([None, 10]))
def test_a_photo_with_changed_bytes(reader: Apart, data: bytes, max_side_px: int | None) -> None:
    assert "\n" not in reader(data, max_side_px)


@tried(max_examples=500)
@given(head=st.sampled_from([b"", *sorted({photo[:12] for photo in PHOTOS})]), tail=st.binary(max_size=200))
def test_any_bytes_in_place_of_a_photo(reader: Apart, head: bytes, tail: bytes) -> None:
    assert "\n" not in reader(head + tail, None)
