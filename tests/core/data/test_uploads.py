from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from core.data.uploads import Upload
from core.errors import DatasetError
from tests.mutations import zip_of


def files(*names: str) -> list[tuple[str, io.BytesIO]]:
    return [(name, io.BytesIO(name.encode())) for name in names]


def packed(upload: Upload, to: Path) -> list[str]:
    upload.packed().replace(to)
    upload.clear()
    with zipfile.ZipFile(to) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_cards_become_a_folder_a_person_and_the_upload_is_gone(tmp_path: Path) -> None:
    upload = Upload(tmp_path / "upload")
    assert upload.piles() == ()
    upload.add(2, files("1.jpg"))
    upload.set_person(2, "Bo")
    upload.set_person(1, "Ada")
    upload.add(1, files("1.jpg", "../../1.jpg"))
    upload.add(1, files("1.jpg"))
    assert upload.n_files() == 4
    assert packed(upload, tmp_path / "all.zip") == ["Ada/1.jpg", "Ada/1 (2).jpg", "Ada/1 (2) (2).jpg", "Bo/1.jpg"]
    assert not upload.path.exists()


def test_another_look_finds_the_same_upload_and_a_pile_can_be_dropped(tmp_path: Path) -> None:
    Upload(tmp_path / "upload").add(1, files("1.jpg"))
    again = Upload(tmp_path / "upload")
    assert again.pile(1).names == ("1.jpg",)
    again.drop(1)
    assert again.piles() == ()
    with pytest.raises(DatasetError, match="No photos were brought"):
        again.packed()
    assert [path.name for path in again.path.iterdir()] == ["index.json"]


@pytest.mark.parametrize(
    ("name", "folder"), [("Test", "train/Test"), ("A/B", "A-B"), ("..", "-"), ("Zoë", "Zoë"), (".Ada", "Ada")]
)
def test_a_name_is_one_folder_and_never_a_split(tmp_path: Path, name: str, folder: str) -> None:
    upload = Upload(tmp_path / "upload")
    upload.add(1, files("1.jpg"))
    upload.set_person(1, name)
    assert packed(upload, tmp_path / "all.zip") == [f"{folder}/1.jpg"]


def test_two_cards_of_one_name_are_one_person(tmp_path: Path) -> None:
    upload = Upload(tmp_path / "upload")
    for number in (1, 2):
        upload.add(number, files("1.jpg"))
        upload.set_person(number, "Ada")
    assert packed(upload, tmp_path / "all.zip") == ["Ada/1.jpg", "Ada/1 (2).jpg"]


def test_a_folder_keeps_its_paths_and_a_zip_its_bytes(tmp_path: Path) -> None:
    folder = Upload(tmp_path / "folder")
    folder.add(0, files("us/Ada/1.jpg", "us/Bo/1.jpg"))
    assert packed(folder, tmp_path / "folder.zip") == ["us/Ada/1.jpg", "us/Bo/1.jpg"]
    whole = Upload(tmp_path / "zip")
    whole.set_zip("old.zip", io.BytesIO(b"PK old"))
    whole.set_zip("class.zip", io.BytesIO(b"PK"))
    assert whole.pile(0).names == ("class.zip",)
    assert whole.packed().read_bytes() == b"PK"


class Torn(io.BytesIO):
    """An upload that the disk does not take."""

    def read(self, size: int | None = -1) -> bytes:
        raise OSError(28, "No space left on device")


def test_an_upload_that_fails_takes_no_earlier_ones_along(tmp_path: Path) -> None:
    upload = Upload(tmp_path / "upload")
    upload.add(1, files("1.jpg"))
    with pytest.raises(DatasetError, match=r"could not be kept \(No space left"):
        upload.add(1, [*files("2.jpg"), ("3.jpg", Torn())])
    assert upload.pile(1).names == ("1.jpg",)
    # As a process leaves it that was killed before it could write down what it had brought.
    (upload.path / "1-1.zip").write_bytes(b"PK torn")
    upload.add(1, files("1.jpg"))
    upload.set_person(1, "Ada")
    assert packed(upload, tmp_path / "all.zip") == ["Ada/1.jpg", "Ada/1 (2).jpg"]


def test_two_tabs_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    together = Barrier(6)

    def tab(number: int) -> None:
        together.wait()
        for batch in range(5):
            Upload(tmp_path / "draft").add(number % 3, files(f"{number}-{batch}.jpg"))

    with ThreadPoolExecutor(6) as tabs:
        list(tabs.map(tab, range(6)))
    upload = Upload(tmp_path / "draft")
    assert upload.n_files() == 30
    assert len(packed(upload, tmp_path / "all.zip")) == 30


def test_a_zip_on_a_card_is_unpacked_as_this_persons_photos(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("holiday/1.jpg", "holiday/deep/1.jpg", "__MACOSX/._1.jpg", "2.jpg"):
            archive.writestr(name, name)
    content.seek(0)
    upload = Upload(tmp_path / "draft")
    broken = io.BytesIO(b"PK no zip at all")
    upload.add(1, [("photos.zip", content), ("3.jpg", io.BytesIO(b"3")), ("broken.zip", broken)], unpack=True)
    upload.set_person(1, "Ada")
    assert upload.pile(1).names == ("1.jpg", "1 (2).jpg", "2.jpg", "3.jpg", "broken.zip")
    packed(upload, tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.read("Ada/1 (2).jpg") == b"holiday/deep/1.jpg"


def test_of_an_odd_zip_on_a_card_what_has_a_name_is_kept(tmp_path):
    upload = Upload(tmp_path / "draft")
    nameless = zip_of([("", b"1", 0), ("..", b"2", 0), ("3.jpg", b"3", 0)])
    unknown = zip_of([("4.jpg", b"4", 0)])
    version = unknown.index(b"PK\1\2") + 6
    unknown = unknown[:version] + b"\x63" + unknown[version + 1 :]
    upload.add(1, [("a.zip", io.BytesIO(nameless)), ("b.zip", io.BytesIO(unknown))], unpack=True)
    assert upload.pile(1).names == ("3.jpg", "b.zip")


def test_what_death_left_of_a_pile_is_tidied_away_and_the_others_stay(lab_home):
    upload = Upload(lab_home.jobs / "draft-cards")
    for number in (1, 2):
        upload.add(number, [("me.jpg", io.BytesIO(b"a photo"))])
    (upload.path / "3.zip").write_bytes(b"added, but the process died before it was kept")
    upload.tidy()
    upload.drop(1)
    assert sorted(path.name for path in upload.path.glob("*.zip")) == ["2.zip"]
    assert upload.n_files() == 1


def test_a_pile_is_crossed_out_before_its_files_go(lab_home, monkeypatch):
    """Death in between must leave files without a pile, never a pile without its files."""
    upload = Upload(lab_home.jobs / "draft-cards")
    upload.add(1, [("me.jpg", io.BytesIO(b"a photo"))])

    def die(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".zip":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", die)
        with pytest.raises(KeyboardInterrupt):
            upload.drop(1)
    assert upload.piles() == ()
    upload.tidy()
    assert list(upload.path.glob("*.zip")) == []
