"""Faces on the screen: small copies of crops, rows and walls of them."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import streamlit as st
from PIL import Image

from core.data.dataset import Dataset
from core.data.store import PhotoStore, thumbnail_of_crop
from core.errors import LabError
from core.workspace import Workspace
from ui.charts import colours
from ui.text import escape

THUMBNAIL_PX, LARGE_PX = 96, 220
NO_PICTURE = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@st.cache_data(show_spinner=False, max_entries=5000)
def thumbnail(path: str, side_px: int = THUMBNAIL_PX) -> str:
    """Return a small copy of a picture that comes with the lab as a data address, for HTML; it never changes."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").resize((side_px, side_px), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    small.save(data, "JPEG", quality=82)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode("ascii")


def address(small: Path) -> str:
    """Return a JPEG that is small already as a data address, for HTML."""
    return "data:image/jpeg;base64," + base64.b64encode(small.read_bytes()).decode("ascii")


def face_of(workspace: Workspace, dataset: Dataset, sha256: str, face: int | None, side_px: int = THUMBNAIL_PX) -> str:
    """Return the small copy of one face of a data set; an empty picture where its photo was deleted."""
    try:
        return address(PhotoStore(workspace.photos).thumbnail(sha256, dataset.crop, face, side_px))
    except (LabError, OSError):
        return NO_PICTURE


def lineup(shown: Sequence[tuple[int, str, str]]) -> None:
    """Draw faces in a row, each with the name under it and the person's colour between.

    Args:
        shown: place in the label order, name, and the picture as an address.
    """
    parts = []
    for label, person, face in shown:
        name, colour = escape.as_html(person), colours.person_colour(label)
        parts.append(
            f'<figure style="--lab-colour:{colour}"><img src="{face}" alt="">'
            f'<figcaption class="lab-ellipsis" title="{name}">{name}</figcaption></figure>'
        )
    st.html(f'<div class="lab-lineup">{"".join(parts)}</div>')


def wall(addresses: list[str], alt: str) -> None:
    """Draw faces side by side."""
    pictures = "".join(f'<img src="{address}" alt="{escape.as_html(alt)}">' for address in addresses)
    st.html(f'<div class="lab-wall">{pictures}</div>')


def newest_crops(photos: Path, since: float, limit: int) -> list[Path]:
    """Return the crops made since a moment (seconds since the epoch), newest first, `limit` at most."""
    newest = sorted((entry for entry in _changed_at(photos) if entry[0] >= since), reverse=True)
    crops = []
    for _, folder in newest[: 2 * limit]:
        with suppress(OSError):
            crops += [Path(file.path) for file in os.scandir(folder) if file.name.startswith("crop-")][:1]
    return crops[:limit]


def _changed_at(photos: Path) -> Iterator[tuple[float, Path]]:
    """Return every photo's folder with the time it changed; those that are removed meanwhile are passed over."""
    shelves: list[os.DirEntry[str]] = []
    with suppress(OSError):
        shelves += os.scandir(photos)
    for shelf in shelves:
        with suppress(OSError):
            for photo in os.scandir(shelf.path):
                with suppress(OSError):
                    yield photo.stat().st_mtime, Path(photo.path)


def small_copies(crops: Sequence[Path]) -> list[str]:
    """Return crops as addresses, without those whose photo is gone: a search that ends badly takes its photos along."""
    addresses = []
    for crop in crops:
        with suppress(OSError):
            addresses.append(address(thumbnail_of_crop(crop, THUMBNAIL_PX)))
    return addresses
