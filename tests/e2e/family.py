"""A family's folder as a phone leaves it, composed of the drawn people: nobody in it exists.

Among plain photos stand: HEIC, one stored sideways, group photos, a burst, a video, a broken file, a photo without a
face, and one person under two spellings.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
from PIL import Image

from core.data import samples
from tests import drawn

PHONE = {"make": "Phone", "model": "7"}
WIDTH, HEIGHT = 960, 720
JPEG_QUALITY = 88
VIDEO = b"\0\0\0\x18ftypmp42" + bytes(64)


@dataclass(frozen=True)
class Family:
    """The folder and what is in it.

    Attributes:
        folder: holds a folder a person, and what phones add.
        people: who they are, after the two spellings became one.
        other_spelling: a second folder of the last of the people, and how it is spelled.
        unusable: files that show nobody.
        grandmother: a folder with photos of one more person, to be added later.
        together: a photo of two of the family that nobody has seen.
    """

    folder: Path
    people: tuple[str, ...]
    other_spelling: str
    unusable: int
    grandmother: Path
    together: Path


def compose(folder: Path, seed: int = 5) -> Family:
    """Write the family's photos; the same seed gives the same bytes but for HEIC."""
    rng = np.random.default_rng(seed)
    faces = {person: sorted((samples.SAMPLE / "train" / person).glob("*.jpg")) for person in ("Amara", "Emil", "Leila")}
    unseen = {person: sorted((samples.SAMPLE / "test" / person).glob("*.jpg")) for person in faces}
    home = folder / "Our family"
    for person, photos in faces.items():
        for number, photo in enumerate(photos):
            # Three photos of Leila lie under another spelling.
            spelled = "Leïla" if person == "Leila" and number >= 7 else person
            _write(home / spelled / f"IMG_{number:04}.jpg", _phone_photo([photo], rng), taken=f"10:{number * 5:02}:00")
    _heic(home / "Amara" / "IMG_0000.jpg")
    _sideways(home / "Emil" / "IMG_0001.jpg")
    for second in range(3):
        _write(
            home / "Emil" / f"BURST_{second}.jpg", _phone_photo([unseen["Emil"][1]], rng), taken=f"12:00:{second:02}"
        )
    for number, other in enumerate(("Leila", "Emil")):
        pair = [faces["Amara"][number], faces[other][number]]
        _write(home / "Amara" / f"GROUP_{number}.jpg", _phone_photo(pair, rng), taken=f"13:{number:02}:00")
    unusable = {
        "Emil/film.mp4": VIDEO,
        "Leila/broken.jpg": (home / "Leila" / "IMG_0003.jpg").read_bytes()[:900],
        "Leila/garden.jpg": drawn.encoded(drawn.picture(seed, WIDTH, HEIGHT), "JPEG", quality=JPEG_QUALITY),
    }
    drawn.write_files(home, unusable)
    for number, photo in enumerate(sorted((samples.SAMPLE / "train" / "Haruto").glob("*.jpg"))):
        _write(folder / "Grandmother" / f"{number}.jpg", _phone_photo([photo], rng), taken=f"15:{number * 5:02}:00")
    together = folder / "together.jpg"
    _write(together, _phone_photo([unseen["Amara"][0], unseen["Leila"][0]], rng), taken="16:00:00")
    return Family(home, ("Amara", "Emil", "Leila"), "Leïla", len(unusable), folder / "Grandmother", together)


def _phone_photo(photos: list[Path], rng: np.random.Generator) -> Image.Image:
    """Lay drawn photos side by side on a background, each at a size and place of its own."""
    canvas = drawn.picture(int(rng.integers(2**31)), WIDTH, HEIGHT)
    share = WIDTH // len(photos)
    for place, photo in enumerate(photos):
        side = int(rng.uniform(0.72, 0.95) * min(share, HEIGHT))
        small = cv2.resize(np.asarray(Image.open(photo).convert("RGB")), (side, side), interpolation=cv2.INTER_CUBIC)
        left = place * share + int(rng.integers(share - side + 1))
        top = int(rng.integers(HEIGHT - side + 1))
        canvas[top : top + side, left : left + side] = small
    return Image.fromarray(canvas)


def _write(path: Path, photo: Image.Image, *, taken: str, orientation: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    about = drawn.exif(orientation=orientation, taken_at=f"2026:05:06 {taken}", **PHONE)
    photo.save(path, "JPEG", quality=JPEG_QUALITY, exif=about)


def _heic(path: Path) -> None:
    """Turn a photo into what an iPhone writes."""
    pillow_heif.from_pillow(Image.open(path).convert("RGB")).save(path.with_suffix(".heic"), quality=JPEG_QUALITY)
    path.unlink()


def _sideways(path: Path) -> None:
    """Store a photo turned, with the EXIF flag that says so."""
    turned = Image.open(path).convert("RGB").transpose(Image.Transpose.ROTATE_90)
    _write(path, turned, taken="10:05:00", orientation=6)
