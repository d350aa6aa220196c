from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.learning_curve import Mark, read_curve

ROUNDS = np.arange(21)
FALLING = (1.8 * np.exp(-ROUNDS / 4)).tolist()
LEARNED = (1 - 0.83 * np.exp(-ROUNDS / 3)).tolist()


def test_mock_exam_getting_worse_while_practice_gets_better_is_learning_by_heart() -> None:
    val_loss = [1.8 - 0.1 * n if n <= 6 else 1.2 + 0.04 * (n - 6) for n in ROUNDS]
    val_accuracy = np.minimum(0.17 + 0.08 * ROUNDS, 0.65).tolist()
    assert read_curve(FALLING, LEARNED, val_loss, val_accuracy) == Mark("by_heart", 6)


def test_two_curves_that_go_together_show_nothing() -> None:
    assert read_curve(FALLING, LEARNED, FALLING, LEARNED) is None


@pytest.mark.parametrize("rise", [0.0, 0.05])
def test_a_mock_exam_that_only_levels_off_is_no_learning_by_heart(rise: float) -> None:
    val_loss = [max(1.8 - 0.1 * n, 1.2) * (1 + rise * (n == 20)) for n in ROUNDS]
    assert read_curve(FALLING, LEARNED, val_loss, np.full(21, 0.6).tolist()) is None


def test_a_rising_error_without_a_gap_in_right_answers_is_no_learning_by_heart() -> None:
    val_loss = [1.8 - 0.1 * n if n <= 6 else 1.2 + 0.04 * (n - 6) for n in ROUNDS]
    assert read_curve(FALLING, LEARNED, val_loss, (np.asarray(LEARNED) - 0.05).tolist()) is None


def test_practice_that_still_gets_better_from_a_low_place_learned_too_little() -> None:
    slow = (1.8 - 0.03 * ROUNDS).tolist()
    few = (0.17 + 0.02 * ROUNDS).tolist()
    assert read_curve(slow, few, slow, few) == Mark("too_little", 20)


def test_practice_that_stands_still_at_guessing_is_not_told_to_go_on() -> None:
    flat = np.full(21, 1.79).tolist()
    assert read_curve(flat, np.full(21, 0.17).tolist(), flat, np.full(21, 0.17).tolist()) is None


def test_a_few_rounds_say_nothing() -> None:
    assert read_curve(FALLING[:4], LEARNED[:4], [1.0, 0.5, 0.9, 1.5], [0.2, 0.3, 0.3, 0.3]) is None


def test_one_round_out_of_line_proves_nothing() -> None:
    slip = [*LEARNED[:-1], 0.8]
    assert read_curve(FALLING, slip, [*FALLING[:-1], 1.5 * FALLING[-1]], slip) is None


def test_a_training_that_diverged_shows_nothing() -> None:
    lost = [1.8, 1.2, *[float("nan")] * 19]
    assert read_curve(lost, np.full(21, 0.2).tolist(), lost, np.full(21, 0.2).tolist()) is None


def test_practice_at_83_with_a_mock_exam_of_58_is_no_underfitting() -> None:
    practice = np.minimum(0.17 + 0.04 * ROUNDS, 0.83).tolist()
    mock = np.minimum(0.17 + 0.03 * ROUNDS, 0.58).tolist()
    assert read_curve(FALLING, practice, (0.3 + 0.8 * np.asarray(FALLING)).tolist(), mock) is None
    # Where the mock exam's error rises as well, it is the other thing.
    rising = [1.8 - 0.1 * n if n <= 6 else 1.2 + 0.04 * (n - 6) for n in ROUNDS]
    assert read_curve(FALLING, practice, rising, mock) == Mark("by_heart", 6)


@pytest.mark.parametrize("mock", [0.3, 0.6, 0.75])
def test_the_practice_curves_own_level_decides_whatever_the_mock_exam_gives(mock: float) -> None:
    low = np.minimum(0.17 + 0.04 * ROUNDS, 0.75).tolist()
    slow = (1.8 - 0.05 * ROUNDS).tolist()
    rising = [1.8 - 0.1 * n if n <= 6 else 1.2 + 0.04 * (n - 6) for n in ROUNDS]
    assert read_curve(slow, low, rising, np.full(21, mock).tolist()) == Mark("too_little", 20)


def test_what_happens_at_the_border_is_no_learning_by_heart() -> None:
    val_loss = [*np.linspace(1.8, 0.5, 11), *np.linspace(1.4, 0.8, 10)]
    practice = [*np.linspace(0.2, 0.85, 11), *np.linspace(0.6, 1.0, 10)]
    loss = [*np.linspace(1.8, 0.6, 11), *np.linspace(0.9, 0.05, 10)]
    mock = np.full(21, 0.7).tolist()
    assert read_curve(loss, practice, val_loss, mock) == Mark("by_heart", 10)
    assert read_curve(loss, practice, val_loss, mock, border=10) is None
    # A training that ended before the border is read as a whole.
    low = np.linspace(0.2, 0.6, 9).tolist()
    falling = np.linspace(1.8, 1.0, 9).tolist()
    assert read_curve(falling, low, falling, low, border=10) == Mark("too_little", 8)
