from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from core.config import CropConfig, SplitConfig
from core.data import edits, leaks
from core.data.building import add_photos, build_dataset
from core.data.dataset import Dataset
from core.workspace import Workspace
from tests.drawn import encoded, exif, people_files, picture, unused, write_files

WHOLE = CropConfig(detector="none", size_px=32)
Build = Callable[..., Dataset]


@pytest.fixture
def build(tmp_path: Path, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Build a data set from files named by their path, in this process, of whole photos."""
    monkeypatch.setattr("core.data.parallel.FEW_PHOTOS", 10_000)

    def from_files(files: dict[str, bytes], **settings: object) -> Dataset:
        shutil.rmtree(tmp_path / "source", ignore_errors=True)
        folder = write_files(tmp_path / "source", files)
        return build_dataset(folder, lab_home, crop=WHOLE, **settings)  # type: ignore[arg-type]

    return from_files


def brought() -> dict[str, bytes]:
    """Draw two people in three folders, all different."""
    files: dict[str, bytes] = {}
    for seed, split in enumerate(("train", "val", "test")):
        files |= people_files({"anna": 4, "ben": 4}, under=f"{split}/", first_seed=20 * seed)
    return files


def leaky() -> dict[str, bytes]:
    """Draw the same with a copy, a near copy and a photo of the same minute in the exams."""
    files = brought()
    files["test/anna/copy.png"] = files["train/anna/0.png"]
    files["test/ben/near.jpg"] = encoded(picture(4), "JPEG", quality=40)
    for name, second in (("train/ben/first.jpg", 8), ("val/ben/second.jpg", 38)):
        taken = exif(taken_at=f"2024:05:06 07:08:{second:02d}", make="Acme")
        files[name] = encoded(picture(90 + second), "JPEG", exif=taken)
    return files


def out_of(dataset: Dataset) -> dict[str, tuple[str | None, str]]:
    return {entry.name: (entry.split, entry.reason) for entry in dataset.left_out if entry.kind == leaks.LEAK}


def test_exam_photos_that_also_lie_in_practice_do_not_count(build: Build) -> None:
    dataset = build(leaky())
    assert out_of(dataset) == {
        "test/anna/copy.png": ("test", 'is the same photo as "train/anna/0.png" in practice'),
        "test/ben/near.jpg": ("test", 'is nearly the same photo as "train/ben/0.png" in practice'),
        "val/ben/second.jpg": ("validation", 'belongs to the same take as "train/ben/first.jpg" in practice'),
    }
    assert sorted(item.name for item in dataset.items) == sorted([*brought(), "train/ben/first.jpg"])
    assert dataset.to_review == ()
    assert leaks.warnings(dataset) == []
    assert leaks.sentences(dataset) == [
        "Belong with practice photos, so not counted in the final exam: "
        '2 photos ("test/anna/copy.png", "test/ben/near.jpg").',
        'Belong with practice photos, so not counted in the mock exam: 1 photo ("val/ben/second.jpg").',
    ]


def test_without_a_leak_nothing_is_said(build: Build) -> None:
    dataset = build(brought())
    assert (dataset.left_out, leaks.warnings(dataset), leaks.sentences(dataset)) == ((), [], [])


def test_they_count_where_somebody_says_so_and_are_told(build: Build) -> None:
    dataset = build(leaky(), count_leaks=("validation", "test"))
    assert out_of(dataset) == {}
    assert dataset.counts() == {"train": 9, "validation": 9, "test": 10}
    assert leaks.warnings(dataset) == [
        {
            "name": "test/anna/copy.png",
            "reason": 'counts in the final exam, and belongs with "train/anna/0.png" in practice',
        },
        {
            "name": "test/ben/near.jpg",
            "reason": 'counts in the final exam, and belongs with "train/ben/0.png" in practice',
        },
        {
            "name": "val/ben/second.jpg",
            "reason": 'counts in the mock exam, and belongs with "train/ben/first.jpg" in practice',
        },
    ]
    assert leaks.sentences(dataset)[0].startswith(
        "Belong with practice photos, and counted in the final exam all the same: 2 photos"
    )
    assert build(leaky()).id != dataset.id


def test_one_exam_may_share_takes_with_practice_and_the_other_not(build: Build) -> None:
    dataset = build(leaky(), count_leaks=("validation",))
    assert {split for split, _ in out_of(dataset).values()} == {"test"}
    assert dataset.counts()["validation"] == 9
    assert len({build(leaky(), count_leaks=given).id for given in ((), ("validation",), ("validation", "test"))}) == 3


def test_an_exam_that_is_all_practice_is_taken_from_practice(build: Build) -> None:
    files = people_files({"anna": 8, "ben": 8}, under="train/")
    files |= {name.replace("train/", "test/"): data for name, data in files.items() if name[-5] in "012345"}
    dataset = build(files)
    assert Counter(entry[0] for entry in out_of(dataset).values()) == {"test": 12}
    assert all(reason.endswith("the final exam was taken from practice") for _, reason in out_of(dataset).values())
    assert dataset.counts()["test"] > 0
    assert dataset.is_trainable
    kept = [{item.sha256 for item in dataset.of(split)} for split in ("train", "validation", "test")]
    assert sum(map(len, kept)) == len(set.union(*kept)) == 16


def test_one_photo_of_two_people_is_told(build: Build) -> None:
    files = brought()
    files["train/ben/also anna.png"] = files["test/anna/1.png"]
    dataset = build(files)
    assert leaks.warnings(dataset) == [
        {"name": "test/anna/1.png", "reason": 'looks the same as "train/ben/also anna.png" of "ben"'},
        {"name": "train/ben/also anna.png", "reason": 'looks the same as "test/anna/1.png" of "anna"'},
    ]
    (sentence,) = leaks.sentences(dataset)
    assert sentence.startswith("Look at these, they are alike and of two people: 2 photos")


def test_a_leak_can_be_let_count_one_by_one_and_stays_in_its_exam(build: Build, lab_home: Workspace) -> None:
    dataset = build(leaky())
    near, copy = (next(entry for entry in dataset.left_out if name in entry.name) for name in ("near", "copy"))
    after = edits.count_leaks(lab_home, dataset, [near.sha256 or ""], is_used=unused, of="ben")
    assert set(after.items) - set(dataset.items) == {item for item in after.items if item.name == near.name}
    (item,) = set(after.items) - set(dataset.items)
    assert (item.split, item.person, item.looked) == ("test", "ben", True)
    assert next(other for other in after.items if other.name == "train/ben/0.png").group == item.group
    # The very same file in both: both stay.
    both = edits.count_leaks(lab_home, after, [copy.sha256 or ""], is_used=unused)
    assert {(item.name, item.split) for item in both.items if item.sha256 == copy.sha256} == {
        ("train/anna/0.png", "train"),
        ("test/anna/copy.png", "test"),
    }
    assert [row["name"] for row in leaks.warnings(both)] == ["test/anna/copy.png", "test/ben/near.jpg"]
    assert both.to_review == ()
    # Another edit leaves them where they are.
    renamed = edits.rename_person(lab_home, both, "anna", "zoe", is_used=unused)
    assert renamed.counts() == both.counts()


def test_dealt_out_again_nothing_leaks_and_each_photo_is_there_once(build: Build, lab_home: Workspace) -> None:
    dataset = build(leaky())
    after = edits.resplit(lab_home, dataset, SplitConfig(seed=1), is_used=unused)
    assert out_of(after) == {}
    assert len({item.sha256 for item in after.items}) == len(after.items) == len(brought()) + 3
    assert leaks.counted(after) == []


def test_photos_that_come_later_leak_no_more_than_the_first(build: Build, lab_home: Workspace, tmp_path: Path) -> None:
    dataset = build(brought())
    more: dict[str, bytes] = {}
    for seed, split in enumerate(("train", "val", "test")):
        more |= people_files({"cem": 4}, under=f"{split}/", first_seed=200 + 20 * seed)
    more["test/cem/copy.png"] = more["train/cem/0.png"]
    after = add_photos(write_files(tmp_path / "more", more), lab_home, dataset, is_used=unused)
    assert out_of(after) == {"test/cem/copy.png": ("test", 'is the same photo as "train/cem/0.png" in practice')}
    assert Counter(item.split for item in after.items if item.person == "cem") == {
        "train": 4,
        "validation": 4,
        "test": 4,
    }
