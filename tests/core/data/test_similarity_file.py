from __future__ import annotations

from dataclasses import replace

from core import disk
from core.config import CropConfig, SplitConfig
from core.data.dataset import Dataset, Item, list_datasets, load_dataset, save_dataset
from core.data.similarity_file import Guess, Likeness, Odd, key_of, read_likeness, write_likeness
from core.workspace import Workspace

ANNA, BEN = (Item("11", f"{who}/1.jpg", who, "train", n, 2, 0) for n, who in enumerate(("anna", "ben")))
ALONE = Item("22", "anna/2.jpg", "anna", "train", 2, 2, 0)
DATASET = Dataset("abc", "x", 1, ("anna", "ben"), (ANNA, BEN, ALONE), (), (), CropConfig(), SplitConfig())


def test_what_was_found_survives_the_disk_and_belongs_to_its_version(lab_home: Workspace) -> None:
    found = Likeness(
        {"11/anna": Guess(1, True, (0.1, 0.5)), "22": Guess(0, False, (0.3, 0.29))},
        (Odd("33", "ben/3.jpg", "ben", "anna"),),
    )
    save_dataset(lab_home, DATASET)
    assert read_likeness(lab_home, DATASET) is None
    write_likeness(lab_home, DATASET, found)
    assert read_likeness(lab_home, DATASET) == found
    assert read_likeness(lab_home, replace(DATASET, version=2)) is None
    # It is no version of the data set.
    assert load_dataset(lab_home, "abc") == DATASET
    assert list_datasets(lab_home) == [DATASET]


def test_what_another_lab_wrote_is_as_if_nobody_compared(lab_home: Workspace) -> None:
    disk.write_json(lab_home.datasets / "abc" / "v1-likeness.json", {}, schema=99)
    assert read_likeness(lab_home, DATASET) is None


def test_a_photo_of_two_people_has_a_key_for_each() -> None:
    assert [key_of(DATASET, item) for item in DATASET.items] == ["11/anna", "11/ben", "22"]
