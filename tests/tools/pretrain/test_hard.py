from __future__ import annotations

import numpy as np
import pytest

from core.models.weights import known_people


@pytest.fixture
def hard(program):
    return program("hard")


def clusters() -> tuple[np.ndarray, np.ndarray]:
    """Thirty people, the last twenty of whom look alike; directions and the rows of those twenty."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(30, 128)) + np.where(np.arange(30)[:, None] >= 10, 3.0, 0.0)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), np.arange(10, 30)


def test_those_who_look_alike_are_found(hard) -> None:
    rows, alike = clusters()
    assert sorted(hard.tightest_group(rows, 20)) == alike.tolist()


def test_eight_photos_of_each_are_for_practice_and_few_photos_are_not_enough(hard) -> None:
    rows, alike = clusters()
    counts = np.full(30, 10)
    counts[10] = 9  # one of those who look alike has too few
    people = np.repeat([f"Person_{n:02d}" for n in range(30)], counts)
    names = np.array(
        [f"{who}_{n:04d}" for who, count in zip(np.unique(people), counts, strict=True) for n in range(count)]
    )
    practice = hard.choose(people, names, np.repeat(rows, counts, axis=0).astype(np.float32), 0)
    assert len(practice) == 20
    assert "Person_10" not in practice
    assert {f"Person_{n}" for n in alike[1:]} < set(practice)
    for who, numbers in practice.items():
        assert len(set(numbers)) == 8
        assert {f"{who}_{number}" for number in numbers} <= set(names)


def test_the_list_comes_back_as_it_was_written(hard, tmp_path) -> None:
    practice = {"Ada_L": ["0001", "0010"], "Bo": ["0002", "0003"]}
    hard.write_list(practice, tmp_path / "list.txt")
    assert hard.read_list(tmp_path / "list.txt") == practice
    assert list(hard.read_list(tmp_path / "list.txt")) == ["Ada_L", "Bo"]


def test_the_list_that_is_kept_is_of_twenty_people_the_network_never_met(hard) -> None:
    practice = hard.read_list()
    assert len(practice) == 20
    assert all(len(set(numbers)) == 8 for numbers in practice.values())
    assert known_people("face-vgg-mini", list(practice)) == ()
