from __future__ import annotations

from core.config import CropConfig, SplitConfig
from core.data import counts
from core.data.dataset import Dataset, Item


def of(**photos: int) -> Dataset:
    items = [
        Item(f"{person}{n}", f"{person}/{n}.jpg", person, "train", group, 1, 0)
        for group, (person, count) in enumerate(photos.items())
        for n in range(count)
    ]
    return Dataset("d1", "d", 1, tuple(photos), tuple(items), (), (), CropConfig(), SplitConfig())


def test_equal_numbers_are_fine_and_the_fewest_are_named() -> None:
    weighed = counts.weigh(of(Ada=10, Bo=9, Chen=12))
    assert weighed == counts.Balance(("Bo", 9), ("Chen", 12), unequal=False)


def test_unequal_numbers_are_seen() -> None:
    weighed = counts.weigh(of(Ada=4, Bo=20))
    assert weighed is not None
    assert (weighed.fewest, weighed.most) == (("Ada", 4), ("Bo", 20))
    assert weighed.unequal


def test_nobody_weighs_nothing() -> None:
    assert counts.weigh(of()) is None


def test_photos_of_one_group_belong_together_and_single_ones_do_not() -> None:
    assert [[item.name for item in group] for group in counts.together(of(Ada=1, Bo=2))] == [["Bo/0.jpg", "Bo/1.jpg"]]
