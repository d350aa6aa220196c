"""Numbers of a test against values worked out by hand."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from core.evaluation import listing, metrics
from core.evaluation.metrics import compare_answers


def one_hot(predicted: list[int], n_classes: int, sure: float = 0.9) -> np.ndarray:
    probabilities = np.full((len(predicted), n_classes), (1 - sure) / (n_classes - 1), np.float32)
    probabilities[np.arange(len(predicted)), predicted] = sure
    return probabilities


def test_hand_computed_exam() -> None:
    #            0  0  0  1  1  2
    truth = [0, 0, 0, 1, 1, 2]
    predicted = [0, 0, 1, 1, 0, 1]
    result = metrics.evaluate(one_hot(predicted, 3), np.array(truth), 3, majority_label=0)
    assert (result.correct, result.total) == (3, 6)
    assert result.accuracy == pytest.approx(0.5)
    assert result.confusion.tolist() == [[2, 1, 0], [1, 1, 0], [0, 1, 0]]
    assert result.confusion.dtype == np.int64
    assert result.balanced_accuracy == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert result.majority_correct == 3
    first, second, third = result.per_person
    assert (first.precision, first.recall, first.photos) == (pytest.approx(2 / 3), pytest.approx(2 / 3), 3)
    assert (second.precision, second.recall, second.f1) == (
        pytest.approx(1 / 3),
        pytest.approx(1 / 2),
        pytest.approx(0.4),
    )
    assert math.isnan(third.precision)  # nobody was given the third name
    assert (third.recall, third.f1, third.photos) == (0.0, 0.0, 1)


@pytest.mark.parametrize(
    ("correct", "total", "expected"),
    [(9, 12, (47, 91)), (68, 72, (87, 98)), (12, 12, (76, 100)), (0, 12, (0, 24)), (0, 0, (0, 100))],
)
def test_what_to_expect_of_100_new_photos(correct: int, total: int, expected: tuple[int, int]) -> None:
    truth = np.zeros(total, np.int64)
    predicted = [0] * correct + [1] * (total - correct)
    result = metrics.evaluate(one_hot(predicted, 2), truth, 2, majority_label=0)
    assert result.expected_of_100 == expected


def test_wilson_against_its_formula() -> None:
    correct, total, z = 9, 12, 1.959963984540054
    share = correct / total
    centre = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z / (1 + z**2 / total) * math.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    assert metrics.wilson_interval(correct, total) == pytest.approx((centre - half, centre + half))


def test_unlabelled_photos_are_ignored_and_an_exam_may_be_empty() -> None:
    probabilities = one_hot([0, 1, 1], 2)
    some = metrics.evaluate(probabilities, np.array([0, -1, 0]), 2, majority_label=0)
    assert (some.correct, some.total) == (1, 2)
    none = metrics.evaluate(probabilities, np.array([-1, -1, -1]), 2, majority_label=0)
    assert (none.correct, none.total, none.majority_correct) == (0, 0, 0)
    assert math.isnan(none.accuracy)
    assert math.isnan(none.balanced_accuracy)
    assert none.confusion.tolist() == [[0, 0], [0, 0]]
    assert none.verdict == "luck"


def test_arguments_are_not_changed_and_nothing_warns() -> None:
    probabilities, labels = one_hot([2, 2, 2], 3), np.array([0, 1, -1])
    before = probabilities.copy(), labels.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        metrics.evaluate(probabilities, labels, 3, majority_label=1)
        listing.worst_first(probabilities, labels)
    assert np.array_equal(probabilities, before[0])
    assert np.array_equal(labels, before[1])


def test_wrong_shapes_are_refused_with_both_shapes() -> None:
    with pytest.raises(ValueError, match=r"shape \(3, 2\), received \(3, 4\)"):
        metrics.evaluate(np.zeros((3, 4)), np.zeros(3, int), 2, majority_label=0)


def test_clearly_better_than_guessing_where_the_whole_bar_lies_above_it() -> None:
    truth = np.array([0] * 6 + [1] * 6)
    nine = metrics.evaluate(one_hot([0] * 6 + [1] * 3 + [0] * 3, 2), truth, 2, majority_label=0)
    assert nine.verdict == "luck"  # 47 of 100 at the low end; guessing gives 50
    twelve = metrics.evaluate(one_hot(truth.tolist(), 2), truth, 2, majority_label=0)
    assert twelve.verdict == "clear"


def test_who_is_not_in_the_exam_does_not_make_guessing_worthless() -> None:
    result = metrics.evaluate(one_hot([0, 1, 2, 2], 4), np.array([0, 1, 2, 2]), 4, majority_label=3)
    assert result.majority_correct == 0
    assert result.guessing == 0.25


def test_under_twenty_photos_it_is_a_rough_idea() -> None:
    truth = np.zeros(20, np.int64)
    assert not metrics.evaluate(one_hot(truth.tolist(), 2), truth, 2, majority_label=0).is_rough
    assert metrics.evaluate(one_hot(truth[:19].tolist(), 2), truth[:19], 2, majority_label=0).is_rough


def test_photos_of_one_minute_count_once() -> None:
    truth = np.repeat([0, 1], 12)
    said = one_hot(truth.tolist(), 2)
    apart = metrics.evaluate(said, truth, 2, majority_label=0, groups=range(24))
    assert apart.interval == metrics.evaluate(said, truth, 2, majority_label=0).interval
    fours = metrics.evaluate(said, truth, 2, majority_label=0, groups=[n // 4 for n in range(24)])
    assert fours.n_groups == 6
    assert fours.interval[0] == pytest.approx(metrics.wilson_interval(6, 6)[0])
    one_each = metrics.evaluate(said, truth, 2, majority_label=0, groups=truth.tolist())
    assert one_each.verdict == "one_take"
    # One photo of each person is few, but not the same minute.
    assert metrics.evaluate(said[[0, 12]], truth[[0, 12]], 2, majority_label=0, groups=[1, 2]).verdict == "luck"


def test_majority_label() -> None:
    assert metrics.majority_label(np.array([2, 1, 1, -1, -1, -1])) == 1
    assert metrics.majority_label(np.array([2, 1])) == 1
    with pytest.raises(ValueError, match="labelled"):
        metrics.majority_label(np.array([-1]))


def test_the_most_confused_are_shown_and_the_rest_told() -> None:
    n = 25
    confusion = np.diag(np.full(n, 4))
    confusion[3, 24] = 2  # 3 and 24 are confused, then 7 with 0
    confusion[7, 0] = 1
    shown = metrics.most_confused(confusion)
    assert len(shown) == 20
    assert {0, 3, 7, 24} <= set(shown.tolist())
    assert shown.tolist() == sorted(shown.tolist())
    people = [f"person {i}" for i in range(n)]
    rest = metrics.rest_of_confusion(confusion, people)
    assert [row.person for row in rest] == [people[i] for i in range(n) if i not in shown]
    assert {(row.photos, row.correct, row.mostly_taken_for) for row in rest} == {(4, 4, None)}
    assert metrics.rest_of_confusion(confusion[:20, :20], people[:20]) == []


def test_a_row_of_the_rest_names_whom_one_is_taken_for() -> None:
    confusion = np.zeros((22, 22), np.int64)
    for label in range(20):
        confusion[label, (label + 1) % 20] = 9
    confusion[20, 21], confusion[20, 20], confusion[21, 21] = 2, 1, 3
    rows = {row.person: row for row in metrics.rest_of_confusion(confusion, [str(i) for i in range(22)])}
    assert rows["20"] == metrics.PersonRow("20", 3, 1, "21")
    assert rows["21"] == metrics.PersonRow("21", 3, 3, None)


def test_the_notebooks_twelve_against_nine_is_no_clear_winner() -> None:
    nine = np.array([True] * 9 + [False] * 3)
    changes = compare_answers(nine, np.ones(12, bool))
    assert changes.fixed.tolist() == [9, 10, 11]
    assert changes.broken.size == 0
    assert changes.p_value == pytest.approx(0.25)
    assert not changes.is_clear


def test_nine_fixed_and_one_broken_is_clear() -> None:
    before = np.array([False] * 9 + [True] * 11)
    now = np.array([True] * 9 + [False] + [True] * 10)
    changes = compare_answers(before, now)
    # Two-sided: 2 * (1 + 10) / 2^10.
    assert changes.p_value == pytest.approx(22 / 1024)
    assert changes.is_clear


def test_order_matters_and_equal_answers_are_no_difference() -> None:
    before, now = np.array([True, False, False]), np.array([False, True, False])
    assert compare_answers(before, now).fixed.tolist() == compare_answers(now, before).broken.tolist() == [1]
    assert compare_answers(now, now).p_value == 1.0


def test_different_photos_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match=r"\(3,\) and \(4,\)"):
        compare_answers(np.ones(3, bool), np.ones(4, bool))
