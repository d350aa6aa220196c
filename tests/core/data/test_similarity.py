from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from core import disk
from core.config import CropConfig, SplitConfig
from core.data.dataset import Dataset, Item
from core.data.similarity import (
    Guess,
    Mislabeled,
    PhotoFeatures,
    Similarity,
    find_mislabeled,
    guess_faces,
    key_of,
    load_similarity,
    save_similarity,
)
from core.data.versions import list_datasets, load_dataset, save_dataset
from core.workspace import Workspace

RNG_SEED = 0
DIRECTIONS = np.eye(4, 16) + 0.2


def faces(*people: int, noise: float = 0.05, seed: int = RNG_SEED) -> np.ndarray:
    rng = np.random.default_rng([seed, *people])
    return DIRECTIONS[list(people)] + rng.normal(0, noise, (len(people), 16))


def seen(key: str, person: str, features: np.ndarray, *, decided: bool = False) -> PhotoFeatures:
    return PhotoFeatures(key, key, f"{person}/{key}.jpg", person, features, decided)


def album() -> list[PhotoFeatures]:
    return [
        seen(f"{person}{n}", person, faces(number, seed=n)) for number, person in enumerate("abc") for n in range(3)
    ]


def test_the_face_most_like_the_single_faces_is_guessed_wherever_it_stands() -> None:
    group = [
        seen("1", "b", faces(0, 1, 2)),
        seen("2", "b", faces(3, 1)),
        seen("3", "a", faces(0, 1)),
        seen("4", "c", faces(3, 0, 1, 2)),
    ]
    before = [photo.features.copy() for photo in group]
    guesses = guess_faces([*album(), *group])
    assert {key: guess.face for key, guess in guesses.items()} == {"1": 1, "2": 1, "3": 0, "4": 3}
    assert all(guess.sure for guess in guesses.values())
    assert [len(guesses[key].scores) for key in "1234"] == [3, 2, 2, 4]
    assert all(np.array_equal(photo.features, was) for photo, was in zip(group, before, strict=True))


def test_two_close_ones_are_asked() -> None:
    twin = faces(1, noise=0.0)
    group = seen("1", "b", np.concatenate([faces(0), twin, twin + 0.01]))
    guess = guess_faces([*album(), group])["1"]
    assert guess.face in (1, 2)
    assert not guess.sure


def test_scale_says_nothing() -> None:
    group = seen("1", "b", faces(1, 2) * np.array([[0.01], [100.0]]))
    assert guess_faces([*album(), group])["1"].face == 0


def test_who_has_no_photo_alone_is_guessed_by_coming_back_but_never_surely() -> None:
    groups = [seen("1", "d", faces(0, 3)), seen("2", "d", faces(3, 1)), seen("3", "d", faces(2, 3))]
    guesses = guess_faces([*album(), *groups])
    assert [guesses[key].face for key in "123"] == [1, 0, 1]
    assert not any(guess.sure for guess in guesses.values())
    assert guess_faces([*album(), groups[0]]) == {}
    assert guess_faces([]) == {}


def test_a_face_put_with_the_wrong_person_is_found() -> None:
    wrong = seen("x", "a", faces(2))
    assert find_mislabeled([*album(), wrong]) == (Mislabeled("x", "a/x.jpg", "a", "c"),)
    assert find_mislabeled(album()) == ()


def test_what_was_decided_or_has_nothing_to_be_held_against_is_not_odd() -> None:
    assert find_mislabeled([*album(), seen("x", "a", faces(2), decided=True)]) == ()
    assert find_mislabeled([*album(), seen("x", "d", faces(2))]) == ()
    assert find_mislabeled([*album(), seen("x", "a", faces(2, 1))]) == ()
    assert find_mislabeled([photo for photo in album() if photo.person == "a"]) == ()
    assert find_mislabeled([]) == ()


ANNA, BEN = (Item("11", f"{who}/1.jpg", who, "train", n, 2, 0) for n, who in enumerate(("anna", "ben")))
ALONE = Item("22", "anna/2.jpg", "anna", "train", 2, 2, 0)
DATASET = Dataset("abc", "x", 1, ("anna", "ben"), (ANNA, BEN, ALONE), (), (), CropConfig(), SplitConfig())


def test_what_was_found_survives_the_disk_and_belongs_to_its_version(lab_home: Workspace) -> None:
    found = Similarity(
        {"11/anna": Guess(1, True, (0.1, 0.5)), "22": Guess(0, False, (0.3, 0.29))},
        (Mislabeled("33", "ben/3.jpg", "ben", "anna"),),
    )
    save_dataset(lab_home, DATASET)
    assert load_similarity(lab_home, DATASET) is None
    save_similarity(lab_home, DATASET, found)
    assert load_similarity(lab_home, DATASET) == found
    # As earlier versions of the lab wrote it.
    path = lab_home.datasets / "abc" / "v1-likeness.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    disk.write_json(path, {"guesses": content["guesses"], "strangers": content["mislabeled"]}, schema=1)
    assert load_similarity(lab_home, DATASET) == found
    assert load_similarity(lab_home, replace(DATASET, version=2)) is None
    # It is no version of the data set.
    assert load_dataset(lab_home, "abc") == DATASET
    assert list_datasets(lab_home) == [DATASET]


def test_what_another_lab_wrote_is_as_if_nobody_compared(lab_home: Workspace) -> None:
    disk.write_json(lab_home.datasets / "abc" / "v1-likeness.json", {}, schema=99)
    assert load_similarity(lab_home, DATASET) is None


def test_a_photo_of_two_people_has_a_key_for_each() -> None:
    assert [key_of(DATASET, item) for item in DATASET.items] == ["11/anna", "11/ben", "22"]
