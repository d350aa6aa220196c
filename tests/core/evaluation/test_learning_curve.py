from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.learning_curve import Mark, read_curve

EPOCHS = np.arange(21)
FALLING = (1.8 * np.exp(-EPOCHS / 4)).tolist()
LEARNED = (1 - 0.83 * np.exp(-EPOCHS / 3)).tolist()


def test_validation_getting_worse_while_training_gets_better_is_overfitting() -> None:
    val_loss = [1.8 - 0.1 * n if n <= 6 else 1.2 + 0.04 * (n - 6) for n in EPOCHS]
    val_accuracy = np.minimum(0.17 + 0.08 * EPOCHS, 0.65).tolist()
    assert read_curve(FALLING, LEARNED, val_loss, val_accuracy) == Mark("overfitting", 6)


def test_two_curves_that_go_together_show_nothing() -> None:
    assert read_curve(FALLING, LEARNED, FALLING, LEARNED) is None


@pytest.mark.parametrize("rise", [0.0, 0.05])
def test_validation_that_only_levels_off_is_no_overfitting(rise: float) -> None:
    val_loss = [max(1.8 - 0.1 * n, 1.2) * (1 + rise * (n == 20)) for n in EPOCHS]
    assert read_curve(FALLING, LEARNED, val_loss, np.full(21, 0.6).tolist()) is None


def test_a_rising_error_without_a_gap_in_right_answers_is_no_overfitting() -> None:
    val_loss = [1.8 - 0.1 * n if n <= 6 else 1.2 + 0.04 * (n - 6) for n in EPOCHS]
    assert read_curve(FALLING, LEARNED, val_loss, (np.asarray(LEARNED) - 0.05).tolist()) is None


def test_training_that_still_gets_better_from_a_low_level_is_underfitting() -> None:
    slow = (1.8 - 0.03 * EPOCHS).tolist()
    few = (0.17 + 0.02 * EPOCHS).tolist()
    assert read_curve(slow, few, slow, few) == Mark("underfitting", 20)


def test_training_that_stands_still_at_guessing_is_no_underfitting() -> None:
    flat = np.full(21, 1.79).tolist()
    assert read_curve(flat, np.full(21, 0.17).tolist(), flat, np.full(21, 0.17).tolist()) is None


def test_a_few_epochs_say_nothing() -> None:
    assert read_curve(FALLING[:4], LEARNED[:4], [1.0, 0.5, 0.9, 1.5], [0.2, 0.3, 0.3, 0.3]) is None


def test_one_epoch_out_of_line_proves_nothing() -> None:
    slip = [*LEARNED[:-1], 0.8]
    assert read_curve(FALLING, slip, [*FALLING[:-1], 1.5 * FALLING[-1]], slip) is None


def test_a_training_that_diverged_shows_nothing() -> None:
    lost = [1.8, 1.2, *[float("nan")] * 19]
    assert read_curve(lost, np.full(21, 0.2).tolist(), lost, np.full(21, 0.2).tolist()) is None


def test_training_at_83_with_validation_at_58_is_no_underfitting() -> None:
    train = np.minimum(0.17 + 0.04 * EPOCHS, 0.83).tolist()
    validation = np.minimum(0.17 + 0.03 * EPOCHS, 0.58).tolist()
    assert read_curve(FALLING, train, (0.3 + 0.8 * np.asarray(FALLING)).tolist(), validation) is None
    # Where the validation loss rises as well, it is the other thing.
    rising = [1.8 - 0.1 * n if n <= 6 else 1.2 + 0.04 * (n - 6) for n in EPOCHS]
    assert read_curve(FALLING, train, rising, validation) == Mark("overfitting", 6)


@pytest.mark.parametrize("validation", [0.3, 0.6, 0.75])
def test_the_training_accuracy_decides_whatever_the_validation_gives(validation: float) -> None:
    low = np.minimum(0.17 + 0.04 * EPOCHS, 0.75).tolist()
    slow = (1.8 - 0.05 * EPOCHS).tolist()
    rising = [1.8 - 0.1 * n if n <= 6 else 1.2 + 0.04 * (n - 6) for n in EPOCHS]
    assert read_curve(slow, low, rising, np.full(21, validation).tolist()) == Mark("underfitting", 20)


def test_what_happens_when_units_are_unfrozen_is_no_overfitting() -> None:
    val_loss = [*np.linspace(1.8, 0.5, 11), *np.linspace(1.4, 0.8, 10)]
    train = [*np.linspace(0.2, 0.85, 11), *np.linspace(0.6, 1.0, 10)]
    loss = [*np.linspace(1.8, 0.6, 11), *np.linspace(0.9, 0.05, 10)]
    validation = np.full(21, 0.7).tolist()
    assert read_curve(loss, train, val_loss, validation) == Mark("overfitting", 10)
    assert read_curve(loss, train, val_loss, validation, head_epochs=10) is None
    # A training that ended before units were unfrozen is read as a whole.
    low = np.linspace(0.2, 0.6, 9).tolist()
    falling = np.linspace(1.8, 1.0, 9).tolist()
    assert read_curve(falling, low, falling, low, head_epochs=10) == Mark("underfitting", 8)
