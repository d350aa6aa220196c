"""Decode a photo to an upright RGB picture of 8 bits, from any format, bit depth and colour mode that is read."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageCms, TiffImagePlugin, TiffTags, UnidentifiedImageError

from core.data.filetype import HEAD_BYTES, READABLE, why_not_a_photo
from core.errors import PhotoError

pillow_heif.register_heif_opener()
# Pillow loads its readers on demand, but not for formats asked for by name.
Image.init()

# Larger pictures are not decoded: 100 megapixels take half a gigabyte. A JPEG can be decoded at a fraction of its size,
# but for a progressive one, of which all is held before any of it is seen.
MAX_PIXELS, MAX_JPEG_PIXELS = 100_000_000, 400_000_000
# Pillow refuses by itself what is twice as large as this, when it has read no more than the size.
Image.MAX_IMAGE_PIXELS = MAX_JPEG_PIXELS // 2
# Larger photos are halved: a face of 2 % of this size still has 100 px; 48 to 200 megapixels only cost time and memory.
ENOUGH_PIXELS = 25_000_000
# Without MPO: Pillow's JPEG reader opens it.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF", "HEIF")
TIFF_MAGIC = (b"II*\0", b"MM\0*")
# What Pillow and its plugins raise on damaged files. Guard only calls into Pillow with it, or bugs of ours are hidden.
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    EOFError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


_TRANSPOSED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = {_TRANSPOSED[orientation] for orientation in (5, 6, 7, 8)}


@dataclass(frozen=True)
class Photo:
    """A decoded photo.

    Attributes:
        rgb: uint8, shape (height, width, 3), RGB, upright. Not to be written into.
        format: Pillow's name of the format ("JPEG", "HEIF", ...).
        taken_at: when the camera says it was taken (its own clock, no time zone); None where it does not say.
        camera: maker and model; None where the photo does not say.
        full_size_px: (width, height) upright, before any bounding.
    """

    rgb: np.ndarray
    format: str
    taken_at: datetime | None
    camera: str | None
    full_size_px: tuple[int, int]

    @property
    def scale(self) -> float:
        """Pixels of `rgb` per pixel of the full-size photo, at most 1."""
        return float(max(self.rgb.shape[:2]) / max(self.full_size_px))


def decode(data: bytes, *, max_side_px: int | None = None) -> Photo:
    """Decode a photo: first frame, EXIF rotation applied, transparency on white, any bit depth brought to 8 bits.

    Args:
        data: the whole file.
        max_side_px: shrink the picture so that its longer side is at most this. None keeps its size, except that
            a photo of more than `ENOUGH_PIXELS` is halved until it has no more.

    Raises:
        PhotoError: with a reason that follows the file's name: "is an empty file", "is cut off", ...
    """
    reason = why_not_a_photo(data[:HEAD_BYTES])
    if reason:
        raise PhotoError(reason)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with _open(data) as image:
            stored_size = _let_decode_smaller(image, max_side_px)
            taken_at, camera = _exif_facts(image)
            rgb, full_size = _upright_rgb(image, stored_size)
            picture_format = image.format or ""
    if max_side_px is not None and max(rgb.size) > max_side_px:
        rgb.thumbnail((max_side_px, max_side_px), Image.Resampling.BOX)
    return Photo(np.asarray(rgb), picture_format, taken_at, camera, full_size)


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        if data.startswith(TIFF_MAGIC):
            return _open_deep(data)
        raise PhotoError(f"is damaged or of a kind that the lab does not read (it reads {READABLE})") from error
    except _DAMAGED as error:
        raise PhotoError(_reason(error)) from error


def _open_deep(data: bytes) -> Image.Image:
    try:
        return read_deep_tiff(data, MAX_PIXELS)
    except (*_DAMAGED, cv2.error) as error:
        raise PhotoError(f"is damaged or of a kind that the lab does not read (it reads {READABLE})") from error


def _let_decode_smaller(image: Image.Image, max_side_px: int | None) -> tuple[int, int] | None:
    """Refuse a picture that is too large. Let a JPEG be decoded smaller, and return its (width, height) as stored."""
    width, height = image.size
    is_jpeg = image.format in ("JPEG", "MPO")
    can_be_small = is_jpeg and not image.info.get("progressive")
    if width * height > (MAX_JPEG_PIXELS if can_be_small else MAX_PIXELS):
        raise PhotoError(f"is too large ({width} x {height} pixels); make it smaller")
    if not is_jpeg:
        return None
    shrink = _halvings(width * height)
    while max_side_px and max(width, height) >= 2 * shrink * max_side_px:
        shrink *= 2
    # A strip of few pixels keeps one.
    image.draft(None, (max(width // shrink, 1), max(height // shrink, 1)))
    return width, height


def _halvings(n_pixels: int) -> int:
    """Return the smallest power of two to divide both sides by so that at most `ENOUGH_PIXELS` remain."""
    shrink = 1
    while n_pixels > shrink**2 * ENOUGH_PIXELS:
        shrink *= 2
    return shrink


def _upright_rgb(image: Image.Image, stored_size: tuple[int, int] | None) -> tuple[Image.Image, tuple[int, int]]:
    """Return the upright picture and its full (width, height); `stored_size` is that of a JPEG as stored."""
    try:
        image.load()
        rgb = _to_rgb(image)
    except _DAMAGED as error:
        raise PhotoError(_reason(error)) from error
    width, height = stored_size or rgb.size
    shrink = _halvings(rgb.width * rgb.height)
    if shrink > 1:
        rgb = rgb.reduce(shrink)
    # Read after loading, because loading turns a TIFF upright.
    transposed = _TRANSPOSED.get(_orientation(image))
    if transposed is None:
        return rgb, (width, height)
    upright = rgb.transpose(transposed)
    return upright, (height, width) if transposed in _SIDEWAYS else (width, height)


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8; 1 if it is missing or unreadable."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _DAMAGED:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return Image.fromarray(to_8_bit(np.asarray(image, np.float64), 65535.0)).convert("RGB")
    if image.mode in ("I", "F"):
        return Image.fromarray(to_8_bit(np.asarray(image, np.float64))).convert("RGB")
    if image.mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB")
        return image if converted is None else converted
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    return image.convert("RGB")


def _exif_facts(image: Image.Image) -> tuple[datetime | None, str | None]:
    """Return when and with what camera the photo was taken; damaged EXIF counts as none."""
    try:
        exif = image.getexif()
        details = exif.get_ifd(ExifTags.IFD.Exif)
        maker_model = [exif.get(tag) for tag in (ExifTags.Base.Make, ExifTags.Base.Model)]
        stamp = details.get(ExifTags.Base.DateTimeOriginal) or details.get(ExifTags.Base.DateTimeDigitized)
    except _DAMAGED:
        return None, None
    words = [part.strip("\0 ") for part in maker_model if isinstance(part, str)]
    camera = " ".join(word for word in words if word) or None
    try:
        taken_at = datetime.strptime(stamp.strip("\0 "), "%Y:%m:%d %H:%M:%S") if isinstance(stamp, str) else None
    except ValueError:
        taken_at = None
    return taken_at, camera


def _reason(error: BaseException) -> str:
    """Return in plain words what Pillow reports."""
    text = str(error).lower()
    if isinstance(error, Image.DecompressionBombError):
        return "is too large to decode; make it smaller"
    if isinstance(error, MemoryError):
        return "does not fit into this computer's memory; make it smaller"
    if isinstance(error, EOFError) or any(word in text for word in ("truncated", "end of file", "eof", "incomplete")):
        return "is cut off: the end of the file is missing; copy it again"
    return "is damaged and cannot be decoded; copy it again"


def to_8_bit(values: np.ndarray, full: float | None = None) -> np.ndarray:
    """Scale brightness values of any depth to 0-255.

    Args:
        values: float64, any shape. Not changed. NaN, infinite and negative values count as black.
        full: the value of white; None takes the smallest of 1, 255, 65535 and 2^32 - 1 that no value exceeds.

    Returns:
        uint8, same shape.
    """
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0).clip(min=0.0)
    brightest = float(values.max(initial=0.0))
    if full is None:
        full = next((limit for limit in (1.0, 255.0, 65535.0, 2.0**32 - 1.0) if brightest <= limit), brightest)
    return np.asarray((values * (255.0 / full)).round().clip(0, 255), np.uint8)


def read_deep_tiff(data: bytes, max_pixels: int) -> Image.Image:
    """Read a TIFF with OpenCV, which reads 32-bit and floating-point colour; Pillow does not.

    Args:
        data: the whole file.
        max_pixels: a larger picture is refused before it is decoded.

    Returns:
        Mode RGB or RGBA, 8 bits; its EXIF orientation is that of the file.

    Raises:
        ValueError: it is too large, or no TIFF that OpenCV reads.
    """
    file = io.BytesIO(data)
    tags = TiffImagePlugin.ImageFileDirectory_v2(file.read(8))
    file.seek(tags.next)
    tags.load(file)
    names = {tag.name: code for code, tag in TiffTags.TAGS_V2.items()}
    width, height = int(tags[names["ImageWidth"]]), int(tags[names["ImageLength"]])
    if width * height > max_pixels:
        raise ValueError(f"{width} x {height} pixels are too many")
    with _silent_opencv():
        # Read unturned: the caller turns photos of all formats.
        values = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None:
        raise ValueError("OpenCV cannot read it either")
    grey_or_colour = {2: cv2.COLOR_GRAY2RGB, 3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}
    depth = to_8_bit(values.astype(np.float64))
    image = Image.fromarray(cv2.cvtColor(depth, grey_or_colour[2 if depth.ndim == 2 else depth.shape[2]]))
    image.getexif()[names["Orientation"]] = tags.get(names["Orientation"], 1)
    image.format = "TIFF"
    return image


@contextmanager
def _silent_opencv() -> Iterator[None]:
    """Keep OpenCV from writing to stderr: a `PhotoError` is raised anyway."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)
