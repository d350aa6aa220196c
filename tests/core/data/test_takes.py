from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core import disk
from core.config import CropConfig, SplitConfig
from core.data.building import build_dataset
from core.data.decode import decode
from core.data.review import open_questions
from core.data.takes import Takes, stamped
from core.errors import DatasetError
from core.workspace import Workspace
from tests.drawn import encoded, picture


def jpeg(seed: int = 0) -> bytes:
    picture = Image.fromarray(np.random.default_rng(seed).integers(0, 256, (48, 64, 3), np.uint8))
    data = io.BytesIO()
    picture.save(data, "JPEG")
    return data.getvalue()


@pytest.fixture
def takes(tmp_path: Path) -> Takes:
    made = Takes(tmp_path / "draft-webcam")
    made.set_sitter(1, " Ada  Lovelace ", agrees=True)
    return made


def laid_out(takes: Takes, to: Path) -> dict[str, int]:
    takes.lay_out(to, SplitConfig())
    found = sorted(path.relative_to(to) for path in to.rglob("*.jpg"))
    return {str(folder): sum(path.parent == folder for path in found) for folder in {path.parent for path in found}}


def test_a_picture_keeps_its_pixels_and_says_its_take_and_time() -> None:
    data = jpeg()
    photo = decode(stamped(data, 2, "ab12", "2026:01:02 03:04:05"))
    assert photo.camera == "Webcam take 2 ab12"
    assert f"{photo.taken_at:%Y-%m-%d %H:%M:%S}" == "2026-01-02 03:04:05"
    np.testing.assert_array_equal(photo.rgb, decode(data).rgb)


def test_who_sits_there_is_remembered(takes: Takes) -> None:
    takes.set_sitter(3, "", agrees=False)
    assert [each.number for each in takes.sitters()] == [1]
    takes.set_sitter(3, "Cleo", agrees=False)
    takes.set_sitter(3, "", agrees=False)
    assert [(each.number, each.name, each.agrees) for each in Takes(takes.path).sitters()] == [
        (1, "Ada Lovelace", True),
        (3, "", False),
    ]
    assert takes.target == 30
    takes.set_target(50)
    takes.set_sitter(3, "Bo", agrees=True)
    assert Takes(takes.path).target == 50


def test_pictures_of_a_take_are_one_camera_and_those_of_another_are_not(takes: Takes) -> None:
    for take in (1, 1, 2):
        takes.keep(1, take, jpeg())
    assert takes.count(1) == (2, 1)
    files = sorted((takes.path / "1").glob("*.jpg"))
    cameras = [decode(path.read_bytes()).camera for path in files]
    assert [path.name for path in files] == ["1-0001.jpg", "1-0002.jpg", "2-0001.jpg"]
    assert cameras[0] == cameras[1] != cameras[2]


def test_the_second_take_is_the_test_and_the_first_is_split_in_time(takes: Takes, tmp_path: Path) -> None:
    for take in (1, 2):
        for seed in range(10):
            takes.keep(1, take, jpeg(seed))
    assert takes.shared_with_train() == ("validation",)
    ada = "Ada Lovelace"
    assert laid_out(takes, tmp_path / "out") == {f"train/{ada}": 8, f"validation/{ada}": 2, f"test/{ada}": 10}
    assert sorted(path.name for path in (tmp_path / "out" / "validation" / ada).iterdir()) == [
        "take 1-0009.jpg",
        "take 1-0010.jpg",
    ]


@pytest.mark.parametrize(("n", "split"), [(10, (6, 2, 2)), (3, (1, 1, 1)), (4, (2, 1, 1)), (2, (2, 0, 0))])
def test_of_one_take_the_end_is_the_test(takes: Takes, tmp_path: Path, n: int, split: tuple[int, int, int]) -> None:
    for seed in range(n):
        takes.keep(1, 1, jpeg(seed))
    found = laid_out(takes, tmp_path / "out")
    assert takes.shared_with_train() == ("validation", "test")
    assert tuple(found.get(f"{part}/Ada Lovelace", 0) for part in ("train", "validation", "test")) == split


def test_a_person_can_be_recorded_again_or_taken_out(takes: Takes) -> None:
    takes.set_sitter(2, "Bo", agrees=True)
    for number in (1, 2):
        takes.keep(number, 1, jpeg())
    began = takes.sitter(1).began
    takes.forget_pictures(1)
    assert takes.count(1) == (0, 0)
    takes.keep(1, 1, jpeg())
    assert takes.sitter(1).began != began
    takes.drop(2)
    assert [each.number for each in takes.sitters()] == [1]
    assert not (takes.path / "2").exists()


def test_what_a_search_refused_comes_back_unless_something_newer_lies_there(takes: Takes, tmp_path: Path) -> None:
    takes.keep(1, 1, jpeg())
    takes.copy_to(tmp_path / "job")
    takes.clear()
    assert takes.take_back(tmp_path / "job")
    assert takes.count(1) == (1, 0)
    takes.copy_to(tmp_path / "later")
    assert not takes.take_back(tmp_path / "later")


def test_no_picture_and_no_room_are_refused_in_a_sentence(takes: Takes, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DatasetError, match="no picture; open this page again"):
        takes.keep(1, 1, b"<html>")
    takes.keep(1, 1, jpeg())

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "write_bytes", full)
    with pytest.raises(DatasetError, match=r"No space left on device.*make room on the disk and go on"):
        takes.keep(1, 1, jpeg())
    assert takes.count(1) == (1, 0)


def test_a_data_set_of_takes_asks_nothing_and_each_take_is_a_group(
    takes: Takes, tmp_path: Path, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.data.parallel.FEW_PHOTOS", 10_000)
    takes.set_sitter(2, "Bo", agrees=True)
    for number in (1, 2):
        for take in (1, 2):
            for seed in range(5):
                takes.keep(number, take, encoded(picture(100 * number + 10 * take + seed), "JPEG"))
    takes.lay_out(tmp_path / "out", SplitConfig())
    crop = CropConfig(detector="none", size_px=32)
    dataset = build_dataset(tmp_path / "out", lab_home, crop=crop, count_leaks=takes.shared_with_train())
    assert dataset.counts() == {"train": 8, "validation": 2, "test": 10}
    assert (open_questions(dataset), dataset.left_out) == (0, ())
    assert len({item.group for item in dataset.items}) == 4
    assert {item.group for item in dataset.of("validation")} <= {item.group for item in dataset.of("train")}
