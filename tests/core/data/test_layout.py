from __future__ import annotations

import pytest

from core.data.layout import BESIDE, Place, arrange, arrange_new
from core.errors import DatasetError


def places(*paths: str) -> dict[str, Place]:
    return dict(zip(paths, arrange([tuple(path.split("/")) for path in paths]), strict=True))


def found(*paths: str) -> list[tuple[str | None, str | None]]:
    """Return person and split of each photo; nothing may be left out."""
    result = places(*paths)
    assert all(place.reason is None for place in result.values())
    return [(place.person, place.split) for place in result.values()]


def test_a_folder_a_person() -> None:
    assert found("anna/1.jpg", "anna/2.jpg", "ben/1.jpg") == [("anna", None), ("anna", None), ("ben", None)]


def test_outer_folders_are_skipped() -> None:
    assert found("a/b/anna/1.jpg", "a/b/ben/1.jpg") == [("anna", None), ("ben", None)]


def test_folders_inside_a_persons_folder_are_that_persons() -> None:
    assert found("anna/2024/may/1.jpg", "anna/2.jpg", "ben/1.jpg") == [("anna", None), ("anna", None), ("ben", None)]


@pytest.mark.parametrize(
    ("train", "validation", "test"),
    [
        ("train", "validation", "test"),
        ("Train", "Val", "Test"),
        ("TRAIN", "valid", "TEST"),
        ("training", "Validation", "testing"),
    ],
)
def test_splits_in_any_case_and_their_other_names(train: str, validation: str, test: str) -> None:
    assert found(f"{train}/anna/1.jpg", f"{train}/ben/1.jpg", f"{validation}/anna/2.jpg", f"{test}/ben/2.jpg") == [
        ("anna", "train"),
        ("ben", "train"),
        ("anna", "validation"),
        ("ben", "test"),
    ]


def test_splits_inside_outer_folders_and_with_one_around_the_people() -> None:
    assert found(
        "data/set/train/faces/anna/1.jpg", "data/set/train/faces/ben/1.jpg", "data/set/test/all/ben/2.jpg"
    ) == [
        ("anna", "train"),
        ("ben", "train"),
        ("ben", "test"),
    ]


@pytest.mark.parametrize("test_photo", ["test/1.jpg", "test/images/1.jpg", "Test/a/b/1.jpg"])
def test_a_flat_test_folder_is_unlabelled(test_photo: str) -> None:
    assert found("train/anna/1.jpg", "train/ben/1.jpg", test_photo)[-1] == (None, "test")


def test_a_test_folder_with_one_known_person_is_labelled() -> None:
    assert found("train/anna/1.jpg", "train/ben/1.jpg", "test/anna/1.jpg")[-1] == ("anna", "test")


def test_a_test_folder_may_hold_both() -> None:
    assert found("train/anna/1.jpg", "train/ben/1.jpg", "test/anna/1.jpg", "test/2.jpg")[2:] == [
        ("anna", "test"),
        (None, "test"),
    ]


def test_a_name_spelled_in_another_case_is_the_same_person_across_splits() -> None:
    assert found("train/Anna/1.jpg", "train/ben/1.jpg", "test/anna/1.jpg", "test/BEN/1.jpg")[2:] == [
        ("Anna", "test"),
        ("ben", "test"),
    ]


def test_somebody_not_in_train_is_left_out_with_the_reason() -> None:
    result = places("train/anna/1.jpg", "train/ben/1.jpg", "validation/zoe/1.jpg", "test/anna/2.jpg", "test/zoe/3.jpg")
    for photo in ("validation/zoe/1.jpg", "test/zoe/3.jpg"):
        assert result[photo].reason == 'shows "zoe", of whom there are no photos to train with'
    assert result["test/anna/2.jpg"].reason is None


def test_photos_in_nobodys_folder_are_left_out() -> None:
    assert places("anna/1.jpg", "ben/1.jpg", "group.jpg")["group.jpg"].reason == "lies in no person's folder"
    assert places("x/anna/1.jpg", "x/ben/1.jpg", "x/group.jpg")["x/group.jpg"].reason == "lies in no person's folder"
    assert places("x/anna/1.jpg", "x/ben/1.jpg", "group.jpg")["group.jpg"].reason == "lies in no person's folder"
    result = places("train/anna/1.jpg", "train/ben/1.jpg", "train/1.jpg", "val/2.jpg", "extra/3.jpg", "4.jpg")
    assert [name for name, place in result.items() if place.reason] == [
        "train/1.jpg",
        "val/2.jpg",
        "extra/3.jpg",
        "4.jpg",
    ]
    assert str(result["val/2.jpg"].reason).startswith("lies in no person's folder")
    assert str(result["4.jpg"].reason).startswith("lies beside")


def test_photos_of_known_people_beside_the_folders_of_the_split_are_kept_for_a_look() -> None:
    photos = ["extras/Anna/1.jpg", "extras/more/ANNA/deep/2.jpg", "ben/3.jpg", "ben/anna/4.jpg"]
    others = ["extras/zoe/5.jpg", "extras/anna.jpg", "train/6.jpg", "val/zoe/ben/7.jpg"]
    for around in ("", "x/y/"):
        train = [f"{around}train/{who}/1.jpg" for who in ("Anna", "ben")]
        result = places(*train, *(around + path for path in photos + others), f"{around}val/ben/8.jpg")
        assert [result[around + path] for path in photos] == [
            Place(person, None, BESIDE) for person in ("Anna", "Anna", "ben", "ben")
        ]
        assert all(result[around + path].person is None and result[around + path].reason for path in others)


def test_people_called_val_and_test_are_people_where_others_are_around() -> None:
    assert found("Val/1.jpg", "Test/1.jpg", "anna/1.jpg") == [("Val", None), ("Test", None), ("anna", None)]


def test_one_train_folder_alone_is_a_split() -> None:
    assert found("train/anna/1.jpg", "train/ben/1.jpg") == [("anna", "train"), ("ben", "train")]


def test_loose_photos_are_refused_with_the_way_to_arrange_them() -> None:
    named = r"no folder that names a person \(2 photos: .1\.jpg., .2\.jpg.\); put .* folder with that person's name"
    with pytest.raises(DatasetError, match=named):
        places("1.jpg", "2.jpg")
    with pytest.raises(DatasetError, match=r'"train" holds photos but no folders of people \(2 photos: "1\.jpg"'):
        places("train/1.jpg", "train/2.jpg", "test/3.jpg")


def test_a_test_folder_without_a_train_folder_is_refused() -> None:
    with pytest.raises(DatasetError, match='"Test", "val" but no folder "train"'):
        places("Test/anna/1.jpg", "val/anna/2.jpg")


def test_one_person_is_still_a_person() -> None:
    assert found("anna/1.jpg", "anna/2.jpg") == [("anna", None)] * 2


def new(*paths: str) -> list[tuple[str | None, str | None]]:
    return [(place.person, place.split) for place in arrange_new([tuple(path.split("/")) for path in paths])]


def test_new_photos_come_in_any_layout() -> None:
    assert new("1.jpg") == [(None, None)]
    assert new("1.jpg", "anna/2.jpg") == [(None, None), ("anna", None)]
    assert new("x/anna/1.jpg", "x/ben/deep/2.jpg", "x/3.jpg") == [("anna", None), ("ben", None), (None, None)]
    assert new("test/anna/1.jpg", "test/ben/1.jpg") == [("anna", None), ("ben", None)]
    assert new("train/anna/1.jpg", "Test/ben/1.jpg", "test/2.jpg", "5.jpg") == [
        ("anna", "train"),
        ("ben", "test"),
        (None, "test"),
        (None, None),
    ]
    assert new("val/1.jpg", "anna/1.jpg") == [("val", None), ("anna", None)]


def test_people_are_called_without_underscores() -> None:
    paths = [("Colin_Powell", "Colin_Powell_0001.jpg"), ("Ada", "1.jpg"), ("__", "2.jpg")]
    assert [place.person for place in arrange(paths)] == ["Colin Powell", "Ada", "__"]
    split = [(split, "Colin_Powell", "1.jpg") for split in ("train", "test")]
    assert {place.person for place in arrange(split)} == {"Colin Powell"}
    assert arrange_new(paths)[0].person == "Colin Powell"
