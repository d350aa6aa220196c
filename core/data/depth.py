"""Pictures of more than 8 bits a channel -> 8 bits, TIFFs of depths that Pillow does not know included."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from PIL import Image, TiffImagePlugin, TiffTags

TIFF_MAGIC = (b"II*\0", b"MM\0*")


def to_8_bit(values: np.ndarray, full: float | None = None) -> np.ndarray:
    """Bring brightness values of any depth to 0-255.

    Args:
        values: float64, any shape. Not changed. What is no number, infinite or negative counts as black.
        full: the value that means white; None guesses it: the smallest of 1, 255, 65535 and 2^32 - 1 that no value
            exceeds.

    Returns:
        uint8, same shape.
    """
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0).clip(min=0.0)
    brightest = float(values.max(initial=0.0))
    if full is None:
        full = next((limit for limit in (1.0, 255.0, 65535.0, 2.0**32 - 1.0) if brightest <= limit), brightest)
    return np.asarray((values * (255.0 / full)).round().clip(0, 255), np.uint8)


def read_deep_tiff(data: bytes, max_pixels: int) -> Image.Image:
    """Read a TIFF through OpenCV, which knows 32-bit and floating-point colour where Pillow does not.

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
        # Not turned by OpenCV: the caller does that for all formats.
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
    """Keep OpenCV from writing to stderr what is told as a `PhotoError` anyway."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)
