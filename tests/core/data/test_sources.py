from __future__ import annotations

import os
import struct
import sys
import zipfile
from pathlib import Path

import pytest

from core.data import sources
from core.data.sources import EntryError, open_source
from core.errors import DatasetError, Stopped
from tests.drawn import write_files, write_zip
from tests.mutations import zip_of


def listed(source: Path) -> dict[str, bytes]:
    with open_source(source) as files:
        return {"/".join(entry.parts): files.read(entry) for entry in files.entries()}


def test_a_folder_and_a_zip_of_it_hold_the_same(tmp_path: Path) -> None:
    files = {"anna/1.jpg": b"one", "Ben Ö/deep/2.jpg": b"two", "空/3.jpg": b"three"}
    folder = write_files(tmp_path / "folder", files)
    assert listed(folder) == files == listed(write_zip(tmp_path / "x.zip", files))


def test_the_head_is_only_the_head(tmp_path: Path) -> None:
    for source in (
        write_files(tmp_path / "f", {"a": b"0123456789"}),
        write_zip(tmp_path / "z.zip", {"a": b"0123456789"}),
    ):
        with open_source(source) as files:
            (entry,) = files.entries()
            assert files.read(entry, 4) == b"0123"
            assert entry.size == 10


def test_a_single_file_is_a_source_of_one(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"data")
    assert listed(tmp_path / "photo.jpg") == {"photo.jpg": b"data"}


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no folder and no zip file"), open_source(tmp_path / "nowhere"):
        pass


def test_a_damaged_zip_is_called_that(tmp_path: Path) -> None:
    whole = write_zip(tmp_path / "x.zip", {"a.jpg": b"1" * 1000}, zipfile.ZIP_STORED).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:500])
    with pytest.raises(DatasetError, match=r'"cut\.zip" is a damaged zip'), open_source(tmp_path / "cut.zip"):
        pass


def test_a_damaged_entry_spoils_no_other(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"a": b"a" * 100, "b": b"b" * 100}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"a" * 100, b"a" * 99 + b"x"))
    with open_source(path) as files:
        first, second = files.entries()
        with pytest.raises(EntryError, match="cannot be unpacked"):
            files.read(first)
        assert files.read(second) == b"b" * 100


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"a": b"a"})
    raw = bytearray(path.read_bytes())
    central = raw.index(b"PK\x01\x02")
    raw[central + 8] |= 1
    raw[6] |= 1
    path.write_bytes(raw)
    with open_source(path) as files, pytest.raises(DatasetError, match="password"):
        files.entries()


def test_limits_on_entries_size_and_ratio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_zip(tmp_path / "x.zip", {str(number): b"\0" * 10_000 for number in range(10)})

    def refused(match: str) -> None:
        with open_source(path) as files, pytest.raises(DatasetError, match=match):
            files.entries()

    with open_source(path) as files:
        assert len(files.entries()) == 10
    with monkeypatch.context() as patch:
        patch.setattr(sources, "MAX_ENTRIES", 9)
        refused("holds 10 files, at most 9")
    with monkeypatch.context() as patch:
        patch.setattr(sources, "MAX_UNPACKED_BYTES", 99_999)
        refused("would unpack to")
    with monkeypatch.context() as patch:
        patch.setattr(sources, "RATIO_FROM_BYTES", 50_000)
        refused("would unpack to")


def test_an_entry_that_lies_about_its_size_gives_no_more_than_it_says(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"a": b"\0" * 1_000_000})
    raw = bytearray(path.read_bytes())
    central = raw.index(b"PK\x01\x02")
    raw[central + 24 : central + 28] = struct.pack("<I", 1000)
    path.write_bytes(raw)
    with open_source(path) as files:
        (entry,) = files.entries()
        with pytest.raises(EntryError):
            files.read(entry)


def test_names_that_lead_out_of_the_zip_are_only_text(tmp_path: Path) -> None:
    files = {"../../up.jpg": b"1", "/abs/a.jpg": b"2", "C:\\windows\\b.jpg": b"3", "./here/./c.jpg": b"4"}
    assert set(listed(write_zip(tmp_path / "x.zip", files))) == {
        "up.jpg",
        "abs/a.jpg",
        "C:/windows/b.jpg",
        "here/c.jpg",
    }


def test_names_without_the_unicode_flag(tmp_path: Path) -> None:
    """macOS writes UTF-8 without saying so; older Windows writes code page 437."""
    path = tmp_path / "x.zip"
    for stored, meant in (("Jürgen".encode(), "Jürgen"), ("Jürgen".encode("cp437"), "Jürgen")):
        placeholder = b"_" * len(stored)
        write_zip(path, {placeholder.decode(): b"1"})
        path.write_bytes(path.read_bytes().replace(placeholder, stored))
        assert set(listed(path)) == {meant}


UTF8, NEW = struct.pack("<H", 0x800), struct.pack("<H", 99)


@pytest.mark.parametrize(
    ("place", "wrong", "said"), [(8, UTF8, "can't decode"), (6, NEW, "zip file version 9.9")], ids=["no UTF-8", "new"]
)
def test_a_list_of_files_that_cannot_be_read_makes_a_damaged_zip(
    tmp_path: Path, place: int, wrong: bytes, said: str
) -> None:
    path = write_zip(tmp_path / "x.zip", {"_.jpg": b"1"})
    raw = bytearray(path.read_bytes().replace(b"_.jpg", b"\xff.jpg"))
    central = raw.index(b"PK\x01\x02")
    raw[central + place : central + place + 2] = wrong
    path.write_bytes(raw)
    with pytest.raises(DatasetError, match=f'"x.zip" is a damaged zip .*{said}'), open_source(path):
        pass


def test_a_file_without_a_name_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(zip_of([("", b"1", zipfile.ZIP_STORED), ("..", b"2", 0), ("a.jpg", b"3", 0)]))
    with open_source(path) as files:
        assert [(entry.parts, files.read(entry)) for entry in files.entries()] == [
            ((), b"1"),
            ((), b"2"),
            (("a.jpg",), b"3"),
        ]


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes need rights there")
def test_links_are_not_followed_and_pipes_not_opened(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "f", {"anna/1.jpg": b"1"})
    elsewhere = write_files(tmp_path / "elsewhere", {"2.jpg": b"2"})
    (folder / "ben").symlink_to(elsewhere)
    (folder / "anna" / "loop").symlink_to(folder)
    (folder / "anna" / "link.jpg").symlink_to(elsewhere / "2.jpg")
    os.mkfifo(folder / "anna" / "photo.jpg")
    with open_source(folder) as files:
        entries = {"/".join(entry.parts): entry for entry in files.entries()}
        assert set(entries) == {"anna/1.jpg", "anna/link.jpg", "anna/loop", "anna/photo.jpg", "ben"}
        for name, reason in (("ben", "a link"), ("anna/loop", "a link"), ("anna/link.jpg", "a link")):
            with pytest.raises(EntryError, match=reason):
                files.read(entries[name])
        with pytest.raises(EntryError, match="no ordinary file"):
            files.read(entries["anna/photo.jpg"], 10)
    with open_source(folder / "ben") as files:
        assert [entry.parts for entry in files.entries()] == [("2.jpg",)]


def test_a_folder_that_cannot_be_entered_is_one_line_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_files(tmp_path / "f", {"anna/1.jpg": b"1", "ben/2.jpg": b"2"})
    scandir = os.scandir

    def refuse(place: Path) -> object:
        if Path(place).name == "anna":
            raise PermissionError(13, "Permission denied")
        return scandir(place)

    monkeypatch.setattr(sources.os, "scandir", refuse)
    with open_source(folder) as files:
        shut, photo = files.entries()
        assert (shut.parts, files.read(photo)) == (("anna",), b"2")
        with pytest.raises(EntryError, match=r"cannot be entered \(Permission denied\)"):
            files.read(shut)
    with pytest.raises(DatasetError, match="cannot be entered"), open_source(folder / "anna"):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="such folders are there on Linux")
@pytest.mark.parametrize("place", ["/proc/self", "/sys", "/dev", "/proc/self/fd"])
def test_what_belongs_to_the_system_is_not_entered(place: str) -> None:
    with pytest.raises(DatasetError, match="belongs to the operating system"), open_source(Path(place)):
        pass


def test_a_listing_ends_in_time_and_at_any_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_files(tmp_path / "f", {f"anna/{number}.jpg": b"1" for number in range(5)})
    seen = []

    def stop() -> None:
        seen.append(1)
        if len(seen) == 3:
            raise Stopped

    with pytest.raises(Stopped), open_source(folder, stop):
        pass
    assert len(seen) == 3
    monkeypatch.setattr(sources, "MAX_LISTING_S", -1.0)
    with pytest.raises(DatasetError, match="takes more than"), open_source(folder):
        pass


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="everybody may read there")
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "f", {"1.jpg": b"1"})
    (folder / "1.jpg").chmod(0)
    with open_source(folder) as files, pytest.raises(EntryError, match="cannot be opened"):
        files.read(files.entries()[0])


def test_a_whole_disk_is_no_folder_of_photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_ENTRIES", 10)
    for number in range(11):
        (tmp_path / "disk" / f"folder {number}").mkdir(parents=True)
    with pytest.raises(DatasetError, match=r"holds more than 10 files and folders; choose the folder"):
        listed(tmp_path / "disk")
