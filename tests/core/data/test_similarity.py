from __future__ import annotations

import numpy as np

from core.data.similarity import SeenPhoto, guess_faces, odd_ones
from core.data.similarity_file import Odd

RNG_SEED = 0
DIRECTIONS = np.eye(4, 16) + 0.2


def faces(*people: int, noise: float = 0.05, seed: int = RNG_SEED) -> np.ndarray:
    rng = np.random.default_rng([seed, *people])
    return DIRECTIONS[list(people)] + rng.normal(0, noise, (len(people), 16))


def seen(key: str, person: str, features: np.ndarray, *, decided: bool = False) -> SeenPhoto:
    return SeenPhoto(key, key, f"{person}/{key}.jpg", person, features, decided)


def album() -> list[SeenPhoto]:
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
    assert odd_ones([*album(), wrong]) == (Odd("x", "a/x.jpg", "a", "c"),)
    assert odd_ones(album()) == ()


def test_what_was_decided_or_has_nothing_to_be_held_against_is_not_odd() -> None:
    assert odd_ones([*album(), seen("x", "a", faces(2), decided=True)]) == ()
    assert odd_ones([*album(), seen("x", "d", faces(2))]) == ()
    assert odd_ones([*album(), seen("x", "a", faces(2, 1))]) == ()
    assert odd_ones([photo for photo in album() if photo.person == "a"]) == ()
    assert odd_ones([]) == ()
