"""Whatever stands in a zip of photos, and whatever its headers say, it is read or refused; nothing is unpacked."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import read as photos
from core.data.uploads import Upload
from core.errors import LabError
from tests.apart import Apart, reading
from tests.drawn import encoded, picture
from tests.mutations import changed, tried, zip_of, zips

PHOTO = encoded(picture(0, 12, 8))
TABLE = b"file,person\r\nanna/1.png,Anna\r\nben/2.png,Ben\r\n"
FILES = {
    "anna/1.png": PHOTO,
    "anna/3.jpg": encoded(picture(1, 12, 8), "JPEG"),
    "ben/2.png": encoded(picture(2, 12, 8)),
    "ben_0001.png": PHOTO,
    "labels.csv": TABLE,
    "notes.txt": b"\0" * 2000,
}


def listed(source: Path) -> None:
    photos.count_people(source)
    photos.find_labels(source)


def read_as(people_from: photos.PeopleFrom) -> Callable[[Path], None]:
    return lambda source: [*photos.read_source(source, people_from)] and None


def new_ones(source: Path) -> None:
    assert all(photo.name for photo in photos.read_photos(source))


def on_a_card(source: Path) -> None:
    upload = Upload(source.parent / "card")
    upload.add(1, [("x.zip", io.BytesIO(source.read_bytes()))], unpack=True)
    new_ones(upload.packed())


WAYS = {
    "listed": listed,
    "folders": read_as("folders"),
    "names": read_as("names"),
    "csv": read_as("csv"),
    "new": new_ones,
    "card": on_a_card,
}


def read(inside: Path, data: bytes, way: str) -> str:
    (inside / "x.zip").write_bytes(data)
    try:
        WAYS[way](inside / "x.zip")
    except LabError as error:
        return str(error)
    finally:
        # A zip is read where it lies.
        assert {path.name for path in inside.iterdir()} <= {"x.zip", "card", ".card.lock"}
    return ""


reader = reading(read)


def whole(*names: str, method: int = 8) -> bytes:
    return zip_of([(name, FILES[name], method) for name in names])


WHOLE = [whole(*FILES), whole(*FILES, method=0), whole("anna/1.png", "ben/2.png", method=14), b"PK"]


@pytest.mark.parametrize("way", [way for way in WAYS if way != "names"])
def test_what_is_changed_below_can_be_read(reader: Apart, way: str) -> None:
    assert reader(whole("anna/1.png", "ben/2.png", "labels.csv"), way) == ""


@tried(max_examples=2000)
@given(data=zips(FILES), way=st.sampled_from(sorted(WAYS)))
def test_a_zip_with_odd_names_and_headers_that_lie(reader: Apart, data: bytes, way: str) -> None:
    assert "\n" not in reader(data, way)


@tried(max_examples=1500)
@given(data=changed(WHOLE), way=st.sampled_from(sorted(WAYS)))
def test_a_zip_with_changed_bytes(reader: Apart, data: bytes, way: str) -> None:
    assert "\n" not in reader(data, way)
