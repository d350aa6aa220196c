"""The wall: a few validation faces, always the same ones, each with what the network says of it after an epoch.

The faces go to the browser once, as one picture in the page's styles; every epoch brings the guesses only.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from core.data.dataset import Dataset
from core.data.store import PhotoStore
from core.errors import LabError
from core.evaluation import listing
from core.experiments.history import Epoch
from core.workspace import Workspace
from ui.charts import colours
from ui.components import faces
from ui.text import train as train_words

MOST_FACES, MOST_ACROSS = 48, 8
# In the sprite; on the page a row may be shorter.
SPRITE_COLUMNS = 8
_QUALITY = 82
_HERE = Path(__file__).parent
_mount = st.components.v2.component(
    "lab_wall",
    html='<div class="wall" role="group"></div>',
    css=(_HERE / "wall.css").read_text(encoding="utf-8"),
    js=(_HERE / "wall.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, eq=False)
class Wall:
    """Which faces are shown, in which order.

    Attributes:
        dataset: whose validation photos they are.
        places: int, shape (n,), places of its faces in `Dataset.of("validation")`.
        labels: int, shape (n,), their true labels.
        across: faces in a row on the page.
    """

    dataset: Dataset
    places: np.ndarray
    labels: np.ndarray
    across: int

    @property
    def n_people(self) -> int:
        """How many people its faces show."""
        return len(np.unique(self.labels))


def choose(dataset: Dataset) -> Wall:
    """Choose the faces: spread evenly over the people, a row for each person where that is possible."""
    known = {person: label for label, person in enumerate(dataset.people)}
    labels = np.array([known.get(item.person or "", -1) for item in dataset.of("validation")], np.int64)
    places = listing.spread_evenly(labels, MOST_FACES)
    counts = np.unique(labels[places], return_counts=True)[1]
    return Wall(dataset, places, labels[places], listing.wall_columns(counts, MOST_ACROSS))


def send_faces(workspace: Workspace, wall: Wall) -> None:
    """Send the faces to the browser. Call it outside of fragments that rerun: once is enough."""
    st.html(f"<style>:root {{ --lab-wall: url({_sprite(workspace, wall)}); }}</style>")


def _sprite(workspace: Workspace, wall: Wall) -> str:
    """Return all faces in one picture, as an address; the place of one whose photo was deleted stays grey."""
    side = faces.THUMBNAIL_PX
    rows = -(-len(wall.places) // SPRITE_COLUMNS)
    picture = Image.new("RGB", (SPRITE_COLUMNS * side, max(rows, 1) * side), (150, 156, 162))
    store, items = PhotoStore(workspace.photos), wall.dataset.of("validation")
    for n, place in enumerate(wall.places):
        item = items[int(place)]
        try:
            small = store.thumbnail(item.sha256, wall.dataset.crop, item.face, side)
            with Image.open(small) as face:
                picture.paste(face, (n % SPRITE_COLUMNS * side, n // SPRITE_COLUMNS * side))
        except (LabError, OSError):
            continue
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=_QUALITY)
    return faces.data_address(data.getvalue())


def show(wall: Wall, epoch: Epoch | None, key: str) -> None:
    """Draw the wall after an epoch; None: nothing was said yet. The same `key` every time keeps it from flickering."""
    _mount(key=key, data=_data(wall, epoch))


def _data(wall: Wall, epoch: Epoch | None) -> dict[str, Any]:
    # An epoch of a log that is not whole may have said nothing of these faces.
    asked = len(wall.dataset.of("validation")), len(wall.dataset.people)
    heard = epoch if epoch and epoch.val_probabilities.shape == asked else None
    answers = None if heard is None else heard.val_probabilities[wall.places].argmax(axis=1)
    summary = (
        train_words.SAYS_NOTHING
        if answers is None
        else train_words.wall_alt(int((answers == wall.labels).sum()), len(answers))
    )
    return {
        "columns": SPRITE_COLUMNS,
        "rows": -(-len(wall.places) // SPRITE_COLUMNS),
        "across": wall.across,
        "said": summary,
        "signs": {"right": colours.RIGHT, "wrong": colours.WRONG},
        "guesses": [
            _guess(wall.dataset.people, int(label), None if answers is None else int(answers[n]))
            for n, label in enumerate(wall.labels)
        ],
    }


def _guess(people: tuple[str, ...], true: int, says: int | None) -> dict[str, Any]:
    if says is None:
        return {"name": "", "said": people[true]}
    template = train_words.WALL_RIGHT if says == true else train_words.WALL_WRONG
    return {
        "name": people[says],
        "colour": colours.person_colour(says),
        "right": says == true,
        "said": template.format(true=people[true], says=people[says]),
    }
