from __future__ import annotations

import pytest

from core.data.filetype import why_not_a_photo
from tests.drawn import encoded, picture

VIDEOS = {
    "mp4": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
    "iPhone mov": b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
    "old mov": b"\0\0\0\x08wide\0\0\0\0mdat",
    "3gp": b"\0\0\0\x18ftyp3gp4\0\0\0\0isom3gp4",
    "avi": b"RIFF\x24\0\0\0AVI LIST",
    "mkv, webm": b"\x1aE\xdf\xa3\x01\0\0\0",
    "mpeg": b"\0\0\x01\xba\x44",
    "wmv": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9",
    "flv": b"FLV\x01\x05",
    "transport stream": (b"G" + b"\0" * 187) * 3,
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF", "HEIF"])
def test_a_photo_is_known_by_its_first_bytes(kind: str) -> None:
    import core.data.decode  # noqa: F401  (teaches Pillow to write HEIC)

    assert why_not_a_photo(encoded(picture(1), kind)[:512]) is None


@pytest.mark.parametrize("name", VIDEOS)
def test_videos_are_called_videos(name: str) -> None:
    assert why_not_a_photo(VIDEOS[name]) == "is a video; videos are left out"


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"", "is an empty file"),
        (b"PK\x03\x04\x14\0", "is a zip inside the photos; unpack it or bring it on its own"),
        (b"hello, this is a text\n", "is not a photo that the lab reads"),
        (b"{}", "is not a photo that the lab reads"),
        (b"%PDF-1.7", "is not a photo that the lab reads"),
        (b"\0\0", "is not a photo that the lab reads"),
    ],
)
def test_everything_else_gets_its_reason(head: bytes, reason: str) -> None:
    assert str(why_not_a_photo(head)).startswith(reason)


def test_a_brand_among_the_compatible_ones_is_enough() -> None:
    head = b"\0\0\0\x1cftypmif1\0\0\0\0mif1heicmiaf"
    assert why_not_a_photo(head) is None
    # Beyond the box's own length, "heic" is no brand.
    assert why_not_a_photo(b"\0\0\0\x14ftypisom\0\0\0\0isomheic") == "is a video; videos are left out"
