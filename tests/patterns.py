"""Pictures a tiny network can learn to tell apart, drawn from a seed: every "person" is a pattern of her own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def pattern(person: int, photo: int, *, size_px: int = 64) -> np.ndarray:
    """Draw one picture.

    Returns:
        uint8, shape (size_px, size_px, 3), RGB: stripes whose direction and colour say which person it is; shift,
        light and noise differ from photo to photo.
    """
    rng = np.random.default_rng((person, photo))
    y, x = np.mgrid[0:size_px, 0:size_px] / size_px
    angle = person * np.pi / 5
    wave = np.sin(2 * np.pi * (4 * (x * np.cos(angle) + y * np.sin(angle)) + rng.uniform()))
    colour = np.random.default_rng(person).uniform(60, 200, size=3)
    picture = colour + wave[..., None] * 50 * rng.uniform(0.6, 1.0) + rng.normal(0, 8, size=(size_px, size_px, 3))
    return np.clip(picture, 0, 255).astype(np.uint8)


def write_people(folder: Path, *, people: int = 3, photos: int = 10, size_px: int = 64) -> Path:
    """Write a folder a person, `photos` PNGs in each; give the folder."""
    names = ["Ada", "Bruno", "Chen", "Dayo", "Emil", "Fumi", "Gül", "Ham za", "Ines", "Jo"]
    for person in range(people):
        home = folder / names[person]
        home.mkdir(parents=True)
        for photo in range(photos):
            Image.fromarray(pattern(person, photo, size_px=size_px)).save(home / f"{photo:02d}.png")
    return folder
