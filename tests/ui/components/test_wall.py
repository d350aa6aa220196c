from __future__ import annotations

import numpy as np

from core.config import CropConfig, SplitConfig
from core.data.dataset import Dataset, Item
from ui.components import wall


def of_people(counts: dict[str | None, int]) -> Dataset:
    """Return a data set whose mock exam has so many photos of each person."""
    items = [
        Item(f"{person}{n}", f"{person}-{n}.png", person, "validation", n, 1, None)
        for person, count in counts.items()
        for n in range(count)
    ]
    people = tuple(person for person in counts if person)
    return Dataset("set1", "class", 1, people, tuple(items), (), (), CropConfig(), SplitConfig())


def test_a_large_mock_exam_is_shown_in_part_evenly_and_always_the_same() -> None:
    dataset = of_people({"Ada": 40, "Bo": 40, "Chen": 40})
    hung = wall.choose(dataset)
    assert np.bincount(hung.labels).tolist() == [16, 16, 16]
    assert (hung.places == wall.choose(dataset).places).all()
    named = [dataset.of("validation")[int(place)].person for place in hung.places]
    assert named == [dataset.people[int(label)] for label in hung.labels]
    assert hung.across == 8


def test_photos_nobody_named_are_not_on_it() -> None:
    hung = wall.choose(of_people({"Ada": 2, None: 5, "Bo": 2}))
    assert hung.labels.tolist() == [0, 0, 1, 1]


def test_a_mock_exam_without_named_photos_is_an_empty_wall() -> None:
    hung = wall.choose(of_people({None: 3}))
    assert len(hung.places) == 0
