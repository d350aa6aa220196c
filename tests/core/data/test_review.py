from __future__ import annotations

import pytest

from core.config import CropConfig, SplitConfig
from core.data import review
from core.data.dataset import Dataset, Item
from core.data.detection import Face
from core.data.photofolder import PhotoFacts
from core.data.read import LeftOut
from core.data.review import SMALL_FACE_PX, similar_names, to_review


def facts(sha256: str, *faces: Face, bits: int) -> PhotoFacts:
    """Return the facts of a photo whose perceptual hash has the lowest `bits` bits set."""
    return PhotoFacts(sha256, "JPEG", (800, 600), None, None, f"{(1 << bits) - 1:064x}", faces)


LARGE = Face(0.0, 0.0, 60.0, 80.0)


def reasons(*photos: tuple[Item, PhotoFacts]) -> dict[str, str]:
    found = to_review([item for item, _ in photos], {item.sha256: known for item, known in photos})
    assert all(entry.sha256 for entry in found)
    return {entry.name: entry.reason for entry in found}


def test_photos_with_one_good_face_are_not_listed() -> None:
    anna = Item("1", "anna/1.jpg", "anna", "train", 0, 1, 0), facts("1", LARGE, bits=0)
    ben = Item("2", "ben/1.jpg", "ben", "test", 1, 1, 0), facts("2", LARGE, bits=200)
    whole = Item("3", "carl/1.jpg", "carl", "test", 2, 0, None), facts("3", bits=100)
    assert reasons(anna, ben, whole) == {}


def test_all_reasons_of_a_photo_stand_in_one_line() -> None:
    tiny = Face(0.0, 0.0, 20.0, SMALL_FACE_PX - 1.0)
    photo = Item("1", "anna/1.jpg", "anna", "train", 0, 3, 0), facts("1", tiny, LARGE, LARGE, bits=0)
    assert reasons(photo) == {
        "anna/1.jpg": f"shows 3 faces, the largest was taken; shows a face of only {SMALL_FACE_PX - 1} pixels"
    }


def test_a_photo_that_was_turned_says_so_once_nobody_has_looked() -> None:
    lying = Face(0.0, 0.0, 60.0, 80.0, turned=270)
    on_its_head = Face(0.0, 0.0, 60.0, 80.0, turned=180)
    photos = [
        (Item("1", "anna/1.jpg", "anna", "train", 0, 1, 0), facts("1", lying, bits=0)),
        (Item("2", "anna/2.jpg", "anna", "test", 1, 1, 0), facts("2", on_its_head, bits=100)),
        (Item("3", "anna/3.jpg", "anna", "test", 2, 1, 0, looked=True), facts("3", lying, bits=200)),
    ]
    found = to_review([item for item, _ in photos], {item.sha256: known for item, known in photos})
    assert [(entry.name, entry.kind, entry.reason) for entry in found] == [
        ("anna/1.jpg", "turned", "lay on its side and was turned by 270 degrees"),
        ("anna/2.jpg", "turned", "stood on its head and was turned by 180 degrees"),
    ]


def test_a_near_copy_of_another_person_names_that_photo_once() -> None:
    anna = Item("1", "anna/1.jpg", "anna", "train", 0, 1, 0), facts("1", LARGE, bits=0)
    ben = Item("2", "ben/1.jpg", "ben", "train", 1, 1, 0), facts("2", LARGE, bits=10)
    also_ben = Item("3", "ben/2.jpg", "ben", "train", 1, 1, 0), facts("3", LARGE, bits=20)
    assert reasons(anna, ben, also_ben) == {
        "anna/1.jpg": 'looks the same as "ben/1.jpg" of "ben"',
        "ben/1.jpg": 'looks the same as "anna/1.jpg" of "anna"',
        "ben/2.jpg": 'looks the same as "anna/1.jpg" of "anna"',
    }


def test_an_unlabelled_photo_may_look_like_anybody() -> None:
    anna = Item("1", "anna/1.jpg", "anna", "train", 0, 1, 0), facts("1", LARGE, bits=0)
    unknown = Item("2", "test/1.jpg", None, "test", 1, 1, 0), facts("2", LARGE, bits=1)
    assert reasons(anna, unknown) == {}


def test_kind_and_owner_are_named_and_what_was_looked_at_is_not_listed() -> None:
    tiny = Face(0.0, 0.0, 20.0, 20.0)
    photos = [
        (Item("1", "anna/1.jpg", "anna", "train", 0, 3, 0), facts("1", tiny, LARGE, bits=0)),
        (Item("2", "anna/2.jpg", "anna", "test", 1, 1, 0), facts("2", tiny, bits=100)),
        (Item("3", "anna/3.jpg", "anna", "test", 2, 3, 1, looked=True), facts("3", LARGE, LARGE, bits=200)),
    ]
    found = to_review([item for item, _ in photos], {item.sha256: known for item, known in photos})
    assert [(entry.name, entry.person, entry.split, entry.kind) for entry in found] == [
        ("anna/1.jpg", "anna", "train", "several_faces"),
        ("anna/2.jpg", "anna", "test", "small_face"),
    ]


def test_two_faces_of_one_photo_are_not_the_same_as_each_other() -> None:
    both = facts("1", LARGE, LARGE, bits=0)
    anna, ben = (
        Item("1", f"{who}/1.jpg", who, "train", n, 2, n, looked=False) for n, who in enumerate(("anna", "ben"))
    )
    assert reasons((anna, both), (ben, both)) == {
        f"{who}/1.jpg": "shows 2 faces, the largest was taken" for who in ("anna", "ben")
    }


@pytest.mark.parametrize(
    ("one", "two", "alike"),
    [
        ("Anna", "anna ", True),
        ("Zoë", "Zoe", True),
        ("Zoe\u0308", "ZOË", True),
        ("Jean-Luc", "jean luc", True),
        ("Leila", "Leyla", True),
        ("Philip", "Phillip", True),
        ("Katharina", "Katarina", True),
        ("Michael", "Michal", True),
        ("Anna", "Anja", False),
        ("Tim", "Tom", False),
        ("Anna", "Annabel", False),
        ("Pupil 1", "Pupil 2", False),
        ("Pupil 1", "Pupil 11", False),
        ("Amara", "Bruno", False),
        ("李", "王", False),
        ("!!", "??", False),
    ],
)
def test_names_that_may_mean_one_person(one: str, two: str, alike: bool) -> None:
    assert similar_names([one, two]) == ([(one, two)] if alike else [])
    assert similar_names([two, one]) == ([(two, one)] if alike else [])


def test_similar_names_come_in_the_order_of_the_people() -> None:
    assert similar_names(["Leila", "Bruno", "leila", "Leyla"]) == [
        ("Leila", "leila"),
        ("Leila", "Leyla"),
        ("leila", "Leyla"),
    ]
    assert similar_names([]) == []


def test_what_asks_something_is_counted_and_comes_in_order() -> None:
    item = Item("a", "Ada/1.jpg", "Ada", "train", 0, 2, 0)
    group = LeftOut("Ada/1.jpg", "shows 2 faces", "a", "Ada", "train", "several_faces")
    left_out = (
        LeftOut("Ada/film.mp4", "is a video", kind="not_a_photo"),
        LeftOut("Ada/2.jpg", "was left out", "b", "Ada", kind="removed"),
        LeftOut("Ada/3.jpg", "shows no face", "c", "Ada", kind="no_face"),
        LeftOut("old.jpg", "an earlier lab wrote no kind"),
        LeftOut("Ada/4.jpg", "cannot be unpacked from the zip", kind="unreadable"),
    )
    dataset = Dataset("d1", "d", 1, ("Ada",), (item,), left_out, (group,), CropConfig(), SplitConfig())
    assert list(review.by_kind(dataset)) == [
        "several_faces",
        "no_face",
        "unreadable",
        "misplaced",
        "not_a_photo",
        "removed",
    ]
    assert review.open_questions(dataset) == 2
    assert review.item_of(dataset, group) == item
    assert review.item_of(dataset, left_out[2]) is None


def test_an_extra_photo_of_several_faces_is_asked_like_one_that_is_used() -> None:
    two = LeftOut("more/Ada/2.jpg", "shows 2 faces", "b", "Ada", "train", "several_faces", 0, n_faces=2, extra=True)
    good = LeftOut("more/Ada/1.jpg", "lies beside", "a", "Ada", "train", "spare", 0, n_faces=1, extra=True)
    dataset = Dataset("d1", "d", 1, ("Ada",), (), (good, two), (), CropConfig(), SplitConfig())
    assert list(review.by_kind(dataset)) == ["several_faces", "spare"]
    assert review.open_questions(dataset) == 2
    assert review.item_of(dataset, two) == Item("b", "more/Ada/2.jpg", "Ada", "train", -1, 2, 0)
    assert review.item_of(dataset, good) is None


def of(**photos: int) -> Dataset:
    items = [
        Item(f"{person}{n}", f"{person}/{n}.jpg", person, "train", group, 1, 0)
        for group, (person, count) in enumerate(photos.items())
        for n in range(count)
    ]
    return Dataset("d1", "d", 1, tuple(photos), tuple(items), (), (), CropConfig(), SplitConfig())


def test_equal_numbers_are_fine_and_the_fewest_are_named() -> None:
    balance = review.class_balance(of(Ada=10, Bo=9, Chen=12))
    assert balance == review.ClassBalance(("Bo", 9), ("Chen", 12), unequal=False)


def test_unequal_numbers_are_seen() -> None:
    balance = review.class_balance(of(Ada=4, Bo=20))
    assert balance is not None
    assert (balance.fewest, balance.most) == (("Ada", 4), ("Bo", 20))
    assert balance.unequal


def test_nobody_weighs_nothing() -> None:
    assert review.class_balance(of()) is None


def test_photos_of_one_group_belong_together_and_single_ones_do_not() -> None:
    assert [[item.name for item in group] for group in review.photo_groups(of(Ada=1, Bo=2))] == [
        ["Bo/0.jpg", "Bo/1.jpg"]
    ]
