"""Faces on the screen: small copies of crops, the wall that fills while they are found, the three stacks."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from PIL import Image

from core.config import SPLITS, Split
from core.errors import LabError
from core.evaluation import colours
from core.photos.dataset import Dataset, Item
from core.photos.store import PhotoStore
from core.workspace import Workspace
from ui import amounts, state, text, words

THUMBNAIL_PX, LARGE_PX = 96, 220
PEOPLE_A_PAGE = 12
STACK_HEIGHT: dict[Split, int] = {"train": 7, "validation": 3, "test": 4}
NO_PICTURE = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@st.cache_data(show_spinner=False, max_entries=5000)
def thumbnail(path: str, side_px: int = THUMBNAIL_PX) -> str:
    """Give a small copy of a crop as a data address, for HTML. Crops never change, so their path tells them apart."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").resize((side_px, side_px), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    small.save(data, "JPEG", quality=82)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode("ascii")


def face_of(workspace: Workspace, dataset: Dataset, sha256: str, face: int | None, side_px: int = THUMBNAIL_PX) -> str:
    """Give the small copy of one face of a data set; an empty picture where its photo was deleted."""
    try:
        return thumbnail(str(PhotoStore(workspace.photos).crop(sha256, dataset.crop, face)), side_px)
    except (LabError, FileNotFoundError):
        return NO_PICTURE


def lineup(shown: Sequence[tuple[int, str, str]]) -> None:
    """Draw faces in a row, each with the name under it and the person's colour between.

    Args:
        shown: place in the label order, name, and the picture as an address.
    """
    parts = []
    for label, person, face in shown:
        name, colour = text.as_html(person), colours.person_colour(label)
        parts.append(
            f'<figure style="--lab-colour:{colour}"><img src="{face}" alt="">'
            f'<figcaption class="lab-ellipsis" title="{name}">{name}</figcaption></figure>'
        )
    st.html(f'<div class="lab-lineup">{"".join(parts)}</div>')


def wall(addresses: list[str], alt: str) -> None:
    """Draw faces side by side."""
    pictures = "".join(f'<img src="{address}" alt="{text.as_html(alt)}">' for address in addresses)
    st.html(f'<div class="lab-wall">{pictures}</div>')


def newest_crops(photos: Path, since: float, limit: int) -> list[Path]:
    """Give the crops made since a moment (seconds since the epoch), newest first, `limit` at most."""
    if not photos.is_dir():
        return []
    folders = [
        (photo.stat().st_mtime, Path(photo.path))
        for shelf in os.scandir(photos)
        if shelf.is_dir()
        for photo in os.scandir(shelf.path)
    ]
    newest = sorted((entry for entry in folders if entry[0] >= since), reverse=True)
    crops = (next(folder.glob("crop-*.png"), None) for _, folder in newest[: 2 * limit])
    return [crop for crop in crops if crop is not None][:limit]


def stacks(workspace: Workspace, dataset: Dataset) -> None:
    """Draw practice, mock exam and final exam as three stacks of faces, a row a person."""
    piles: dict[tuple[str | None, Split], list[Item]] = {}
    for item in dataset.items:
        piles.setdefault((item.person, item.split), []).append(item)
    rows: list[str | None] = [*dataset.people]
    if any(person is None for person, _ in piles):
        rows.append(None)
    pages = -(-len(rows) // PEOPLE_A_PAGE)
    page = st.pagination(pages, key=state.Widget.PEOPLE_PAGE) if pages > 1 else 1
    first = (page - 1) * PEOPLE_A_PAGE
    parts = ['<span class="lab-corner"></span>', *(_stack_head(split, dataset) for split in SPLITS)]
    for label, person in enumerate(rows[first : first + PEOPLE_A_PAGE], start=first):
        parts.append(_row_name(label, person))
        parts.extend(_stack(workspace, dataset, piles.get((person, split), []), split) for split in SPLITS)
    st.html(f'<div class="lab-stacks">{"".join(parts)}</div>')


def _stack_head(split: Split, dataset: Dataset) -> str:
    count = amounts.count(dataset.counts().get(split, 0), "photo")
    colour = colours.SPLIT_COLOURS[split]
    return f'<div class="lab-stacks-head" style="--lab-colour:{colour}">{words.SPLITS[split]}<span>{count}</span></div>'


def _row_name(label: int, person: str | None) -> str:
    if person is None:
        return f'<div class="lab-row-name lab-soft">{words.WITHOUT_NAME}</div>'
    colour, name = colours.person_colour(label), text.as_html(person)
    return f'<div class="lab-row-name lab-ellipsis" title="{name}" style="--lab-colour:{colour}">{name}</div>'


def _stack(workspace: Workspace, dataset: Dataset, items: list[Item], split: Split) -> str:
    shown = items[: STACK_HEIGHT[split]]
    faces = "".join(
        f'<img src="{face_of(workspace, dataset, item.sha256, item.face)}" alt="{text.as_html(item.name)}"'
        f' title="{text.as_html(item.name)}">'
        for item in shown
    )
    return f'<div class="lab-stack lab-stack-{split}">{faces}<span>{len(items)}</span></div>'
