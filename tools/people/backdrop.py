"""What stands behind a person, and what a camera does to a picture afterwards."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tools.people import settings
from tools.people.recipe import Recipe

Rgb = tuple[int, int, int]


def _rgb(rng: np.random.Generator, saturation: float, low: float, high: float) -> Rgb:
    """A muted colour, 0-255."""
    value = rng.uniform(low, high)
    wheel = rng.uniform(-1, 1, 3)
    r, g, b = np.clip(255 * value * (1 + saturation * wheel), 0, 255).astype(int)
    return int(r), int(g), int(b)


def _gradient(rng: np.random.Generator, size: int) -> Image.Image:
    """Two colours that run into each other at an angle, or from a bright middle."""
    a, b = np.array(_rgb(rng, 0.3, 0.35, 0.85)), np.array(_rgb(rng, 0.3, 0.2, 0.8))
    y, x = np.mgrid[0:size, 0:size] / size - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    t = np.hypot(x, y) * 1.4 if rng.uniform() < 0.35 else 0.5 + x * np.cos(angle) + y * np.sin(angle)
    t = np.clip(t, 0, 1)[:, :, None]
    return Image.fromarray((a * (1 - t) + b * t).astype(np.uint8))


def _room(rng: np.random.Generator, size: int) -> Image.Image:
    """A wall with a window, shelves and a floor line, far out of focus."""
    picture = Image.new("RGB", (size, size), _rgb(rng, 0.2, 0.4, 0.8))
    pen = ImageDraw.Draw(picture)
    floor = int(size * rng.uniform(0.65, 0.95))
    pen.rectangle((0, floor, size, size), fill=_rgb(rng, 0.3, 0.2, 0.5))
    for _ in range(rng.integers(2, 6)):
        x, y = rng.uniform(-0.1, 0.9, 2) * size
        w, h = rng.uniform(0.1, 0.4) * size, rng.uniform(0.15, 0.6) * size
        pen.rectangle((x, y, x + w, y + h), fill=_rgb(rng, 0.45, 0.15, 0.8))
    if rng.uniform() < 0.6:
        x, y = rng.uniform(0, 0.7) * size, rng.uniform(0, 0.2) * size
        pen.rectangle((x, y, x + 0.28 * size, y + 0.45 * size), fill=(245, 247, 250))
    return picture.filter(ImageFilter.GaussianBlur(size * rng.uniform(0.02, 0.05)))


def _garden(rng: np.random.Generator, size: int) -> Image.Image:
    """Greens below, sky above, and round spots of light."""
    picture = Image.new("RGB", (size, size), (170, 195, 215))
    pen = ImageDraw.Draw(picture, "RGBA")
    for _ in range(60):
        x, y = rng.uniform(-0.1, 1.1) * size, size * (0.25 + rng.uniform(0, 0.85))
        r = rng.uniform(0.04, 0.14) * size
        green = (int(rng.uniform(40, 120)), int(rng.uniform(80, 150)), int(rng.uniform(30, 80)), 190)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=green)
    picture = picture.filter(ImageFilter.GaussianBlur(size * 0.025))
    return _spots(rng, picture, (255, 250, 220))


def _evening(rng: np.random.Generator, size: int) -> Image.Image:
    """A dim ground with coloured spots of light."""
    picture = Image.new("RGB", (size, size), _rgb(rng, 0.4, 0.15, 0.35))
    for _ in range(3):
        picture = _spots(rng, picture, _rgb(rng, 0.5, 0.6, 0.95))
    return picture


def _spots(rng: np.random.Generator, picture: Image.Image, colour: Rgb) -> Image.Image:
    """Discs of light, as an open lens draws lamps."""
    size = picture.width
    layer = Image.new("RGBA", picture.size, (*colour, 0))
    pen = ImageDraw.Draw(layer)
    for _ in range(rng.integers(4, 12)):
        x, y = rng.uniform(0, 1, 2) * size
        r = rng.uniform(0.015, 0.06) * size
        pen.ellipse((x - r, y - r, x + r, y + r), fill=(*colour, int(rng.uniform(40, 120))))
    layer = layer.filter(ImageFilter.GaussianBlur(size * 0.006))
    picture = picture.copy()
    picture.paste(layer, (0, 0), layer)
    return picture


def draw_backdrop(seed: int, size: int, wanted: str = "") -> Image.Image:
    """A background for a photo, RGB, size x size; "room" asks for a room, "" for any."""
    rng = np.random.default_rng((settings.PHOTO_SEED, seed, 1))
    if wanted == "room":
        return _room(rng, size)
    kind = rng.choice(5, p=[0.18, 0.22, 0.3, 0.18, 0.12])
    if kind == 0:
        return Image.new("RGB", (size, size), _rgb(rng, 0.25, 0.3, 0.85))
    return (_gradient, _room, _garden, _evening)[kind - 1](rng, size)


def develop(rendered: Path, recipe: Recipe, size_px: int = settings.SIZE_PX) -> Image.Image:
    """Put a rendered PNG on its background and add softness and noise; gives RGB, size_px square."""
    person = Image.open(rendered).convert("RGBA")
    picture = draw_backdrop(recipe.seed, person.width)
    picture.paste(person, (0, 0), person)
    picture = picture.resize((size_px, size_px), Image.Resampling.LANCZOS)
    if recipe.blur_px > 0.15:
        picture = picture.filter(ImageFilter.GaussianBlur(recipe.blur_px))
    rng = np.random.default_rng((settings.PHOTO_SEED, recipe.seed, 2))
    pixels = np.asarray(picture, np.float32) / 255
    pixels = pixels + rng.normal(0, recipe.noise, pixels.shape)
    return Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8))


def save_jpeg(picture: Image.Image, path: Path, quality: int, orientation: int = 1) -> None:
    """Write a JPEG whole or not at all; `orientation` is the EXIF flag."""
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    buffer = io.BytesIO()
    if orientation != 1:
        exif[0x0112] = orientation
        picture.save(buffer, "JPEG", quality=quality, exif=exif)
    else:
        picture.save(buffer, "JPEG", quality=quality)
    part = path.with_suffix(".part")
    part.write_bytes(buffer.getvalue())
    part.rename(path)
