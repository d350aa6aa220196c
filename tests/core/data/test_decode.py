from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import zlib
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from core.data import decode as decoding
from core.data.decode import decode, read_deep_tiff, to_8_bit
from core.errors import PhotoError
from tests.drawn import corners, encoded, exif, picture

LOSSLESS = ["PNG", "BMP", "TIFF"]
LOSSY = ["JPEG", "WEBP", "AVIF", "HEIF", "GIF", "MPO"]
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def quarters(rgb: np.ndarray) -> list[tuple[int, ...]]:
    """Return the colour in the middle of each quarter, from the upper left, clockwise, as pure as it was drawn."""
    height, width = rgb.shape[:2]
    at = [(1, 1), (1, 3), (3, 3), (3, 1)]
    return [tuple(255 if value > 127 else 0 for value in rgb[height * y // 4, width * x // 4]) for y, x in at]


@pytest.mark.parametrize("kind", LOSSLESS)
def test_lossless_formats_come_back_bit_for_bit(kind: str) -> None:
    photo = decode(encoded(picture(1), kind))
    assert (photo.rgb == picture(1)).all()
    assert photo.rgb.dtype == np.uint8
    assert photo.format == kind
    assert photo.full_size_px == (160, 120)


@pytest.mark.parametrize("kind", LOSSY)
def test_lossy_formats_come_back_nearly_and_in_the_right_order_of_channels(kind: str) -> None:
    assert quarters(decode(encoded(corners(), kind)).rgb) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (1, [RED, GREEN, BLUE, WHITE]),
        (2, [GREEN, RED, WHITE, BLUE]),
        (3, [BLUE, WHITE, RED, GREEN]),
        (4, [WHITE, BLUE, GREEN, RED]),
        (5, [RED, WHITE, BLUE, GREEN]),
        (6, [WHITE, RED, GREEN, BLUE]),
        (7, [BLUE, GREEN, RED, WHITE]),
        (8, [GREEN, BLUE, WHITE, RED]),
    ],
)
def test_exif_rotation_is_applied(kind: str, orientation: int, upright: list[tuple[int, ...]]) -> None:
    photo = decode(encoded(corners(64, 48), kind, exif=exif(orientation=orientation)))
    assert quarters(photo.rgb) == upright
    size = (64, 48) if orientation < 5 else (48, 64)
    assert photo.full_size_px == size
    assert photo.rgb.shape == (size[1], size[0], 3)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_not_clipped(kind: str) -> None:
    grey = np.linspace(0, 255, 160).astype(np.uint8)[None].repeat(120, axis=0)
    deep = Image.fromarray(grey.astype(np.uint16) * 257)
    assert (decode(encoded(deep, kind)).rgb[..., 0] == grey).all()


@pytest.mark.parametrize("ending", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [3, 4])
def test_16_bit_colour_is_scaled_not_clipped(ending: str, channels: int) -> None:
    bgr = picture(4)[:, :, ::-1]
    if channels == 4:
        bgr = np.dstack([bgr, np.full(bgr.shape[:2], 255, np.uint8)])
    data = cv2.imencode(ending, bgr.astype(np.uint16) * 257)[1].tobytes()
    assert np.abs(decode(data).rgb.astype(int) - picture(4)).max() <= 1


def test_integer_and_floating_point_tiffs_are_scaled() -> None:
    grey = np.linspace(0, 255, 160).astype(np.uint8)[None].repeat(120, axis=0)
    for deep in (grey.astype(np.int32) * 257, grey.astype(np.float32) / 255, grey.astype(np.float32)):
        assert (decode(encoded(Image.fromarray(deep), "TIFF")).rgb[..., 1] == grey).all()


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "YCbCr"])
def test_every_colour_mode_becomes_rgb(mode: str) -> None:
    kind = "PNG" if mode in ("P", "LA", "RGBA") else "TIFF"
    rgb = decode(encoded(Image.fromarray(corners()).convert(mode), kind)).rgb
    assert rgb.shape == (48, 64, 3)
    if mode in ("1", "L", "LA"):
        # Green is the brightest of the three, and only white is white.
        assert (rgb == rgb[..., :1]).all()
        brightness = rgb[:24, :32].mean(), rgb[:24, 32:].mean(), rgb[24:, 32:].mean(), rgb[24:, :32].mean()
        assert sorted(brightness) == [brightness[place] for place in (2, 0, 1, 3)]
    else:
        assert quarters(rgb) == [RED, GREEN, BLUE, WHITE]


def test_lab_and_cmyk_jpeg() -> None:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    in_lab = ImageCms.profileToProfile(Image.fromarray(corners()), srgb, lab, outputMode="LAB")
    assert in_lab is not None
    assert quarters(decode(encoded(in_lab, "TIFF")).rgb) == [RED, GREEN, BLUE, WHITE]
    assert quarters(decode(encoded(Image.fromarray(corners()).convert("CMYK"), "JPEG")).rgb) == [
        RED,
        GREEN,
        BLUE,
        WHITE,
    ]


def test_transparency_lies_on_white() -> None:
    see_through = np.dstack([np.zeros((20, 20, 3), np.uint8), np.full((20, 20), 0, np.uint8)])
    see_through[:, 10:, 3] = 255
    rgb = decode(encoded(see_through)).rgb
    assert rgb[0, 0].tolist() == [255, 255, 255]
    assert rgb[0, 19].tolist() == [0, 0, 0]
    palette = Image.fromarray(np.zeros((20, 20), np.uint8), "P")
    palette.putpalette([10, 20, 30])
    assert decode(encoded(palette, "GIF", transparency=0)).rgb[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("kind", ["GIF", "MPO", "WEBP"])
def test_of_several_frames_the_first_counts(kind: str) -> None:
    first, second = Image.new("RGB", (32, 32), RED), Image.new("RGB", (32, 32), BLUE)
    rgb = decode(encoded(first, kind, save_all=True, append_images=[second])).rgb
    assert quarters(rgb) == [RED] * 4


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_strip_keeps_a_pixel_when_it_is_made_smaller(kind: str) -> None:
    assert decode(encoded(picture(1, 4000, 3), kind), max_side_px=10).rgb.shape == (1, 10, 3)


def test_time_and_camera_come_from_exif() -> None:
    data = encoded(picture(1), "JPEG", exif=exif(taken_at="2024:05:06 07:08:09", make="Acme\0", model="Snap 3 "))
    photo = decode(data)
    assert photo.taken_at == datetime(2024, 5, 6, 7, 8, 9)
    assert photo.camera == "Acme Snap 3"
    bare = decode(encoded(picture(1), "JPEG"))
    assert bare.taken_at is None
    assert bare.camera is None


def test_a_time_that_is_none_counts_as_none() -> None:
    assert decode(encoded(picture(1), "JPEG", exif=exif(taken_at="0000:00:00 00:00:00"))).taken_at is None


def test_a_bounded_photo_keeps_its_shape_and_says_its_full_size() -> None:
    for kind in ("JPEG", "PNG"):
        photo = decode(encoded(picture(1, 1600, 1200), kind, exif=exif(orientation=6)), max_side_px=100)
        assert photo.rgb.shape == (100, 75, 3)
        assert photo.full_size_px == (1200, 1600)
    assert decode(encoded(picture(1)), max_side_px=1000).rgb.shape == (120, 160, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "HEIF"])
def test_a_huge_photo_is_halved_and_says_its_full_size(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "ENOUGH_PIXELS", 100 * 100)
    photo = decode(encoded(corners(160, 120), kind, exif=exif(orientation=6)))
    assert photo.rgb.shape == (80, 60, 3)
    assert photo.full_size_px == (120, 160)
    assert photo.scale == 0.5
    assert quarters(photo.rgb) == [WHITE, RED, GREEN, BLUE]
    monkeypatch.setattr(decoding, "ENOUGH_PIXELS", 160 * 120)
    assert decode(encoded(corners(160, 120), kind)).scale == 1.0


def test_a_jpeg_may_be_larger_than_what_would_fit_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_PIXELS", 100 * 100)
    monkeypatch.setattr(decoding, "MAX_JPEG_PIXELS", 200 * 200)
    assert decode(encoded(corners(160, 120), "JPEG")).full_size_px == (160, 120)
    for data in (encoded(corners(160, 120), "PNG"), encoded(corners(400, 300), "JPEG")):
        with pytest.raises(PhotoError, match="is too large"):
            decode(data)


def png_claiming(width: int, height: int) -> bytes:
    """Return a tiny PNG that unpacks to a huge picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(20_000, 20_000), (60_000, 60_000)])
def test_a_decompression_bomb_is_refused_before_it_goes_off(size: tuple[int, int]) -> None:
    with pytest.raises(PhotoError, match="is too large"):
        decode(png_claiming(*size))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is an empty file"),
        (b"not a photo", "is not a photo"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "is a video"),
        (b"\xff\xd8\xff\xe0 and then nonsense", "is damaged|is cut off"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(PhotoError, match=f"^({reason})"):
        decode(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "TIFF", "GIF"])
def test_a_photo_cut_off_in_the_middle_is_called_that(kind: str) -> None:
    data = encoded(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8), kind)
    with pytest.raises(PhotoError, match="is cut off"):
        decode(data[: len(data) // 2])


@pytest.mark.parametrize("kind", [*LOSSLESS, *LOSSY])
def test_damage_anywhere_ends_in_a_reason_or_a_picture_never_in_a_crash(kind: str) -> None:
    rng = random.Random(kind)
    whole = encoded(corners(), kind, exif=exif(orientation=6, taken_at="2024:05:06 07:08:09", make="Acme"))
    for _ in range(40):
        damaged = bytearray(whole[: rng.randrange(len(whole))] if rng.random() < 0.3 else whole)
        for _ in range(rng.choice([1, 4, 20]) if damaged else 0):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        outcome = picture_or_reason(bytes(damaged))
        if isinstance(outcome, str):
            assert outcome.startswith("is ")
        else:
            assert outcome.dtype == np.uint8
            assert outcome.shape[2:] == (3,)


def picture_or_reason(data: bytes) -> np.ndarray | str:
    try:
        return decode(data).rgb
    except PhotoError as error:
        return str(error)


@pytest.mark.parametrize("white", [1.0, 255.0, 65535.0])
def test_the_usual_ranges_are_told_apart(white: float) -> None:
    values = np.array([[0.0, 0.5 * white, white]])
    before = values.copy()
    assert to_8_bit(values).tolist() == [[0, 128, 255]]
    assert (values == before).all()


def test_a_given_range_is_not_stretched() -> None:
    assert to_8_bit(np.array([[0.0, 4096.0]]), 65535.0).tolist() == [[0, 16]]


def test_what_is_no_brightness_counts_as_black() -> None:
    assert to_8_bit(np.array([[np.nan, np.inf, -3.0, 1.0]])).tolist() == [[0, 0, 0, 255]]
    assert to_8_bit(np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_floating_point_colour_is_read_where_pillow_cannot(kind: type) -> None:
    rgb = picture(3)
    data = cv2.imencode(".tiff", (rgb[:, :, ::-1] / 255.0).astype(kind))[1].tobytes()
    assert np.abs(decode(data).rgb.astype(int) - rgb).max() <= 1


def test_a_deep_tiff_that_is_too_large_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = cv2.imencode(".tiff", (picture(3) / 255.0).astype(np.float32))[1].tobytes()
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("decoded"))
    with pytest.raises(ValueError, match="160 x 120"):
        read_deep_tiff(data, max_pixels=1000)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_the_first_photo_of_a_process_is_read_like_any_other(kind: str, tmp_path: Path) -> None:
    Image.new("RGB", (20, 10), (200, 30, 40)).save(tmp_path / "photo", kind)
    ask = "import sys; from core.data.decode import decode; print(decode(open(sys.argv[1], 'rb').read()).rgb.shape)"
    fresh = [sys.executable, "-c", ask, str(tmp_path / "photo")]
    answer = subprocess.run(fresh, capture_output=True, text=True, cwd=Path(__file__).parents[3], check=True)
    assert answer.stdout.strip() == "(10, 20, 3)"


def jpeg_of_200_megapixels(**how: bool) -> bytes:
    """Return a grey one; as large as today's phones take them."""
    data = io.BytesIO()
    Image.new("L", (20_000, 10_000), 128).save(data, "JPEG", quality=50, **how)
    return data.getvalue()


def test_a_phone_s_200_megapixels_are_read_small() -> None:
    photo = decode(jpeg_of_200_megapixels())
    assert photo.full_size_px == (20_000, 10_000)
    assert photo.rgb.shape == (2500, 5000, 3)
    assert photo.rgb.min() == photo.rgb.max() == 128


def test_a_progressive_jpeg_is_held_whole_so_that_its_limit_is_that_of_other_pictures() -> None:
    with pytest.raises(PhotoError, match=r"^is too large \(20000 x 10000 pixels\); make it smaller$"):
        decode(jpeg_of_200_megapixels(progressive=True))
