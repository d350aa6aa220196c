from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from core.data import read, sources
from core.data.labels import PeopleFrom
from core.data.layout import BESIDE
from core.data.read import LeftOut, SourcePhoto, find_labels, read_photos, read_source, shown_name
from core.errors import DatasetError
from tests.drawn import encoded, people_files, picture, write_files, write_zip

PNG = encoded(picture(1))


def test_photos_come_with_person_split_and_data_in_order_of_name(tmp_path: Path) -> None:
    files = {"x/train/ben/1.png": PNG, "x/train/anna/2.jpg": PNG, "x/test/3": PNG}
    for source in (write_files(tmp_path / "f", files), write_zip(tmp_path / "z.zip", files)):
        reader = read_source(source)
        assert len(reader) == 3
        assert list(reader) == [
            SourcePhoto("x/test/3", None, "test", PNG),
            SourcePhoto("x/train/anna/2.jpg", "anna", "train", PNG),
            SourcePhoto("x/train/ben/1.png", "ben", "train", PNG),
        ]
        assert len(list(reader)) == 3


def test_files_that_are_no_photos_are_listed_and_do_not_count_as_layout(tmp_path: Path) -> None:
    files = {
        "README.txt": b"hello",
        "outer/people.json": b"{}",
        "outer/anna/1.png": PNG,
        "outer/anna/clip.mp4": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
        "outer/ben/1.png": PNG,
        "outer/ben/more.zip": b"PK\x03\x04",
        "outer/loose.png": PNG,
    }
    found = list(read_source(write_files(tmp_path / "f", files)))
    reasons = {entry.name: entry.reason for entry in found if isinstance(entry, LeftOut)}
    assert [entry.name for entry in found if isinstance(entry, SourcePhoto)] == ["outer/anna/1.png", "outer/ben/1.png"]
    assert reasons["outer/anna/clip.mp4"] == "is a video; videos are left out"
    assert reasons["outer/loose.png"] == "lies in no person's folder"
    assert reasons["outer/ben/more.zip"].startswith("is a zip")
    assert set(reasons) == set(files) - {"outer/anna/1.png", "outer/ben/1.png"}


def test_what_is_named_like_a_photo_and_is_none_is_kept_for_a_look_and_names_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"anna/1.png": PNG, "ben/1.png": PNG, "anna/empty.JPG": b"", "notes/letter.jpg": b"Dear all"}
    monkeypatch.setattr(read, "MAX_PHOTO_BYTES", len(PNG))
    found = list(read_source(write_files(tmp_path / "f", files | {"ben/film.heic": b"x" * (len(PNG) + 1)})))
    assert found[1] == SourcePhoto("anna/empty.JPG", None, None, b"")
    assert isinstance(found[3], LeftOut)
    assert (found[3].name, found[3].kind) == ("ben/film.heic", "not_a_photo")
    assert found[4] == SourcePhoto("notes/letter.jpg", None, None, b"Dear all")
    with pytest.raises(DatasetError, match="There are no photos"):
        read_source(write_files(tmp_path / "g", {"notes/letter.jpg": b"Dear all"}))


def test_photos_beside_a_split_come_with_their_person_and_why_they_are_left_out(tmp_path: Path) -> None:
    files = {f"train/{who}/1.png": PNG for who in ("anna", "ben")}
    found = list(read_source(write_files(tmp_path / "f", files | {"more/ben/2.png": PNG})))
    assert found[0] == SourcePhoto("more/ben/2.png", "ben", None, PNG, BESIDE)
    assert [photo.reason for photo in found[1:] if isinstance(photo, SourcePhoto)] == [None, None]


def test_what_systems_leave_behind_is_not_mentioned(tmp_path: Path) -> None:
    files = people_files({"anna": 1, "ben": 1}) | {
        "__MACOSX/anna/._0.png": PNG,
        "anna/.DS_Store": b"x",
        "anna/Thumbs.db": b"x",
        "ben/desktop.ini": b"x",
        ".hidden/1.png": PNG,
        "$RECYCLE.BIN/S-1-5/1.png": PNG,
        "anna/@eaDir/0.png/SYNOPHOTO_THUMB_M.jpg": PNG,
        ".Trashes/501/1.png": PNG,
        "System Volume Information/1.png": PNG,
        "lost+found/1.png": PNG,
        "#recycle/1.png": PNG,
        ".Spotlight-V100/1.png": PNG,
    }
    for source in (write_zip(tmp_path / "z.zip", files), write_files(tmp_path / "f", files)):
        assert [entry.name for entry in read_source(source)] == ["anna/0.png", "ben/0.png"]


def test_names_of_any_script_are_normalised_and_trimmed(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "Zoë Müller")
    files = {f"{decomposed}/1.png": PNG, "Zoë Müller/2.png": PNG, " 李 小龙 /3.png": PNG, "محمد/4.png": PNG}
    found = list(read_source(write_zip(tmp_path / "z.zip", files)))
    people = [entry.person for entry in found if isinstance(entry, SourcePhoto)]
    assert sorted(str(person) for person in people) == sorted(["Zoë Müller", "Zoë Müller", "李 小龙", "محمد"])


def test_control_characters_in_names_are_shown_as_unknown(tmp_path: Path) -> None:
    files = {"an\nna\x1b/1.png": PNG, "ben/2.png": PNG}
    found = list(read_source(write_zip(tmp_path / "z.zip", files)))
    assert isinstance(found[0], SourcePhoto)
    assert found[0].person == "an\N{REPLACEMENT CHARACTER}na\N{REPLACEMENT CHARACTER}"


def test_one_photo_too_large_is_left_out_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_PHOTO_BYTES", len(PNG))
    files = {"anna/1.png": PNG, "ben/1.png": PNG, "ben/2.png": PNG + b"\0"}
    found = list(read_source(write_files(tmp_path / "f", files)))
    assert isinstance(found[2], LeftOut)
    assert found[2].reason.startswith("is too large")


def test_a_damaged_entry_is_left_out_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "z.zip", {"anna/1.png": PNG, "ben/1.png": encoded(picture(2))}, compression=0)
    path.write_bytes(path.read_bytes().replace(PNG[-40:-20], b"\0" * 20, 1))
    found = list(read_source(path))
    reason = "cannot be unpacked from the zip; make the zip again"
    assert found[0] == LeftOut("anna/1.png", reason, person="anna", kind="unreadable")
    assert isinstance(found[1], SourcePhoto)


@pytest.mark.parametrize("files", [{}, {"README.txt": b"x"}, {".DS_Store": b"x"}])
def test_a_source_without_photos_is_refused(tmp_path: Path, files: dict[str, bytes]) -> None:
    (tmp_path / "f").mkdir()
    for source in (write_files(tmp_path / "f", files), write_zip(tmp_path / "z.zip", files)):
        with pytest.raises(DatasetError, match=f'There are no photos in "{source.name}"'):
            read_source(source)


def test_something_that_is_neither_folder_nor_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(PNG)
    with pytest.raises(DatasetError, match=r'"photo\.png" is neither a folder nor a zip'):
        read_source(tmp_path / "photo.png")
    with pytest.raises(DatasetError, match="no folder and no zip"):
        read_source(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "head", "called"),
    [
        ("photos.rar", b"Rar!\x1a\x07\x01\0", "a RAR archive"),
        ("photos.7z", b"7z\xbc\xaf\x27\x1c\0\x04", "a 7z archive"),
        ("photos.tar", b"a/" + 255 * b"\0" + b"ustar\0", "a tar archive"),
        ("misnamed.zip", b"Rar!\x1a\x07\0", "a RAR archive"),
    ],
)
def test_an_archive_of_another_kind_is_called_by_its_name(tmp_path: Path, name: str, head: bytes, called: str) -> None:
    (tmp_path / name).write_bytes(head)
    for reader in (read_source, find_labels):
        with pytest.raises(DatasetError, match=f'^"{name}" is {called}, .*pack it as a zip.$'):
            reader(tmp_path / name)
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / name).rename(folder / name)
    with pytest.raises(DatasetError, match=f'"{name}" is {called} inside the photos'):
        read_source(folder)


FLAT = [*(f"anna_{n}.png" for n in range(3)), "Ben 1.png", "ben (2).png"]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("around", ["", "us/"])
def test_file_names_say_who_is_who_where_no_folders_do(tmp_path: Path, packed: bool, around: str) -> None:
    files = {around + name: PNG for name in (*FLAT, "7.png")} | {"$RECYCLE.BIN/x_1.png": PNG, "notes.txt": b"x"}
    source = write_zip(tmp_path / "z.zip", files) if packed else write_files(tmp_path / "f", files)
    found = find_labels(source)
    assert found is not None
    assert (found.way, found.counts(), found.said_by) == ("names", "anna 3, Ben 2", "the file names say")
    read = {entry.name: getattr(entry, "person", "") for entry in read_source(source, "names")}
    assert read == {around + name: "anna" if "anna" in name else "Ben" for name in FLAT} | {
        around + "7.png": None,
        "notes.txt": None,
    }


def test_a_table_beside_the_photos_comes_before_their_names(tmp_path: Path) -> None:
    table = b"file,label\n" + b"".join(f"{name},{'Zoe' if n % 2 else 'Ada'}\n".encode() for n, name in enumerate(FLAT))
    source = write_files(tmp_path / "f", {f"images/{name}": PNG for name in FLAT} | {"labels.csv": table})
    found = find_labels(source)
    assert found is not None
    assert (found.way, found.counts(), found.said_by) == ("csv", "Ada 3, Zoe 2", '"labels.csv" says')
    people = [entry.person for entry in read_source(source, "csv") if isinstance(entry, SourcePhoto)]
    assert sorted(person or "" for person in people) == ["Ada"] * 3 + ["Zoe"] * 2


@pytest.mark.parametrize(
    "files", [{"anna/x_1.png", "anna/x_2.png", "ben/y_1.png", "ben/y_2.png"}, {"1.png", "2.png"}, {"notes.txt"}]
)
def test_nothing_is_asked_where_folders_name_people_or_nothing_does(tmp_path: Path, files: set[str]) -> None:
    assert find_labels(write_files(tmp_path / "f", dict.fromkeys(files, PNG))) is None


@pytest.mark.parametrize(("way", "missing"), [("names", "begin with no names"), ("csv", "No CSV file")])
def test_what_tells_of_nobody_is_refused_with_what_was_found(tmp_path: Path, way: PeopleFrom, missing: str) -> None:
    source = write_files(tmp_path / "f", {f"{n}.png": PNG for n in range(4)})
    with pytest.raises(DatasetError, match=f'{missing}.*4 photos: "0.png", "1.png", "2.png" and others'):
        read_source(source, way)


def test_the_source_is_read_one_photo_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []
    original = sources._Zip.read

    def read(self: sources._Zip, entry: sources.Entry, n_bytes: int = -1) -> bytes:
        if n_bytes == -1:
            reads.append(entry.number)
        return original(self, entry, n_bytes)

    monkeypatch.setattr(sources._Zip, "read", read)
    reading = iter(read_source(write_zip(tmp_path / "z.zip", people_files({"anna": 3, "ben": 3}))))
    assert reads == []
    next(reading)
    assert len(reads) == 1


def test_new_photos_may_be_a_single_file_a_folder_or_a_zip(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(PNG)
    assert list(read_photos(tmp_path / "photo")) == [SourcePhoto("photo", None, None, PNG)]
    folder = write_files(tmp_path / "f", {"1.png": PNG, "anna/2.png": PNG, "notes.txt": b"x"})
    found = list(read_photos(folder))
    assert found[:2] == [SourcePhoto("1.png", None, None, PNG), SourcePhoto("anna/2.png", "anna", None, PNG)]
    assert isinstance(found[2], LeftOut)


def test_what_is_left_out_says_of_which_kind_that_is(tmp_path: Path) -> None:
    files = {"loose.png": PNG, "anna/1.png": PNG, "ben/1.png": PNG, "anna/x.txt": b"x"}
    found = [entry for entry in read_source(write_files(tmp_path / "x", files)) if isinstance(entry, LeftOut)]
    assert {entry.name: entry.kind for entry in found} == {"loose.png": "misplaced", "anna/x.txt": "not_a_photo"}


def test_a_typed_name_is_compared_like_that_of_a_folder() -> None:
    assert shown_name("  Zoe\u0308 ") == "Zoë"
    for name in ("", " \n"):
        with pytest.raises(DatasetError, match="at least one letter"):
            shown_name(name)
