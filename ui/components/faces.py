"""Faces on the screen: small copies of crops, rows and walls of them, and a table of photos that were left out."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import pandas as pd
import streamlit as st
from PIL import Image

from core.data.dataset import Dataset, Item
from core.data.store import PhotoStore, thumbnail_of_crop
from core.errors import LabError
from core.workspace import Workspace
from ui.charts import colours
from ui.text import common, escape
from ui.text import photos as photos_words

THUMBNAIL_PX, LARGE_PX = 96, 220
NO_PICTURE = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
CHECK_CLASS = ' class="lab-to-check"'


def data_address(picture: bytes, kind: str = "jpeg") -> str:
    """Return an encoded picture as a data address, for HTML."""
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode('ascii')}"


def address(small: Path) -> str:
    """Return a JPEG that is small already as a data address."""
    return data_address(small.read_bytes())


@st.cache_data(show_spinner=False, max_entries=5000)
def thumbnail(path: str, side_px: int = THUMBNAIL_PX) -> str:
    """Return a small copy of a picture whose file never changes as a data address."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").resize((side_px, side_px), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    small.save(data, "JPEG", quality=82)
    return data_address(data.getvalue())


def face_of(workspace: Workspace, dataset: Dataset, sha256: str, face: int | None, side_px: int = THUMBNAIL_PX) -> str:
    """Return the small copy of one face of a data set; an empty picture where its photo was deleted."""
    try:
        return address(PhotoStore(workspace.photos).thumbnail(sha256, dataset.crop, face, side_px))
    except (LabError, OSError):
        return NO_PICTURE


def picture(workspace: Workspace, dataset: Dataset, item: Item, *, to_check: bool = False) -> str:
    """Return an item's face as HTML; `to_check` marks one that needs a look."""
    name, source = escape.as_html(item.name), face_of(workspace, dataset, item.sha256, item.face)
    if to_check:
        name = f"{name}: {photos_words.TO_CHECK}"
    return f'<img{CHECK_CLASS if to_check else ""} src="{source}" alt="{name}" title="{name}">'


def row_name(label: int, person: str | None) -> str:
    """Return a person's name as HTML, in the person's colour; `label` is the place in the label order."""
    if person is None:
        return f'<div class="lab-row-name lab-soft">{photos_words.WITHOUT_NAME}</div>'
    colour, name = colours.person_colour(label), escape.as_html(person)
    return f'<div class="lab-row-name lab-ellipsis" title="{name}" style="--lab-colour:{colour}">{name}</div>'


def by_person(
    workspace: Workspace,
    dataset: Dataset,
    items: Sequence[Item],
    to_check: Collection[tuple[str | None, str | None]] = (),
) -> None:
    """Draw faces under the names of their people; `items` of one person stand together.

    Args:
        to_check: photo and person of each item that needs a look.
    """
    label = {person: number for number, person in enumerate(dataset.people)}
    parts = []
    for person, theirs in groupby(items, key=lambda item: item.person):
        pictures = "".join(
            picture(workspace, dataset, item, to_check=(item.sha256, item.person) in to_check) for item in theirs
        )
        name = row_name(label.get(person or "", 0), person)
        parts.append(f'<section>{name}<div class="lab-wall">{pictures}</div></section>')
    st.html(f'<div class="lab-people">{"".join(parts)}</div>')


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
    """Yield the time at which each photo's folder changed, and the folder; deleted ones are left out."""
    shelves: list[os.DirEntry[str]] = []
    with suppress(OSError):
        shelves += os.scandir(photos)
    for shelf in shelves:
        with suppress(OSError):
            for photo in os.scandir(shelf.path):
                with suppress(OSError):
                    yield photo.stat().st_mtime, Path(photo.path)


def small_copies(crops: Sequence[Path]) -> list[str]:
    """Return crops as addresses, without those that were deleted: a search that fails deletes its photos."""
    addresses = []
    for crop in crops:
        with suppress(OSError):
            addresses.append(address(thumbnail_of_crop(crop, THUMBNAIL_PX)))
    return addresses


def reasons_table(title: str, entries: Sequence[tuple[str, str]]) -> None:
    """Draw photos with a reason each as a table; nothing where there are none."""
    if entries:
        if title:
            st.markdown(f"**{title}**")
        table = pd.DataFrame(entries, columns=[common.PHOTO, common.REASON])
        st.dataframe(table, hide_index=True, alt=title or common.REASON)
