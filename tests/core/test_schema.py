"""Files of ours as typed values: whatever lies on disk is a value or one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from core import disk
from core.errors import DamagedFileError, LabError
from core.schema import Moment, Schema


@dataclass(frozen=True)
class Note:
    text: str
    at: Moment = 0.0

    def __post_init__(self) -> None:
        if self.text == "refused":
            raise LabError("This text is refused; choose another.")


OLD, NOTES = Schema(Note), Schema(Note, 2, {1: lambda content: {**content, "text": content["words"]}})


def test_a_value_comes_back_and_what_an_older_version_wrote_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    NOTES.write(path, Note("李小龍", 3))
    assert NOTES.read(path) == Note("李小龍", 3.0)
    disk.write_json(path, {"words": "old"}, schema=1)
    assert NOTES.read(path) == Note("old")
    disk.write_json(path, {"text": "neither"}, schema=1)
    with pytest.raises(DamagedFileError, match=r'"note.json" is damaged .*words'):
        NOTES.read(path)


def test_a_newer_one_is_refused_and_a_key_more_is_none_of_our_business(tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    NOTES.write(path, Note("x"))
    with pytest.raises(DamagedFileError, match=r"written by a newer version of the lab \(schema 2, this one reads 1\)"):
        OLD.read(path)
    disk.write_json(path, {"text": "x", "colour": "blue"}, schema=2)
    assert NOTES.read(path) == Note("x")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is not a file of this lab .it is empty"),
        (b"{", "is not a file"),
        (b"[1, 2]", "no JSON object"),
        (b'{"text": "x"}', "schema None"),
        (b'{"schema": true, "text": "x"}', "schema True"),
        (b'{"schema": [1], "text": "x"}', "schema"),
        (b'{"schema": 0, "text": "x"}', "schema 0"),
        (b'{"schema": 1}', "missing required field `text`"),
        (b'{"schema": 1, "text": 7}', "Expected `str`, got `int` - at `[$].text`"),
        (b'{"schema": 1, "text": "x", "at": "yesterday"}', "[$].at"),
        (b'{"schema": 1, "text": "x", "at": NaN}', "[$].at"),
        (b'{"schema": 1, "text": "x", "at": 1e300}', "[$].at"),
        (b'{"schema": 1, "text": "\\ud800"}', "surrogates"),
        (b'{"schema": 1, "text": "refused"}', "This text is refused; choose another."),
        (b'{"schema": 1, "text": ' + b"[" * 100_000, "is not a file"),
        (b"\xff\xfe{", "is not a file"),
    ],
)
def test_what_is_damaged_is_one_sentence(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    path.write_bytes(data)
    with pytest.raises(DamagedFileError, match=said) as caught:
        OLD.read(path)
    assert str(caught.value).startswith('"note.json"')
    assert "\n" not in str(caught.value)


def test_a_folder_in_the_place_of_a_file_and_a_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "note.json").mkdir()
    with pytest.raises(DamagedFileError, match="a folder where a file belongs"):
        OLD.read(tmp_path / "note.json")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises((DamagedFileError, FileNotFoundError)):
        OLD.read(tmp_path / "file" / "note.json")
    with pytest.raises(FileNotFoundError):
        OLD.read(tmp_path / "missing.json")
