from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from core.evaluation import paired
from core.evaluation.verdict import Arm, verdict

PHOTOS, MOCK, GUESSING = 72, 24, 12


def arm(correct: int | Sequence[int], mock: float, *, photos: int = PHOTOS) -> Arm:
    """Give a setting with the first photos right: so many in each of three tries, or in each try as named."""
    each = [correct] * 3 if isinstance(correct, int) else list(correct)
    return Arm(np.array([np.arange(photos) < n for n in each]), np.full(len(each), mock))


def test_a_clear_winner() -> None:
    found = verdict([arm(40, 0.6), arm(66, 0.9), arm(45, 0.7)], guessing=GUESSING)
    assert (found.kind, found.picked, found.take, found.tied) == ("best", 1, 1, (1,))
    assert [each.arm for each in found.paired] == [0, 2]
    assert [each.difference for each in found.paired] == [-26, -21]
    assert all(each.is_clear for each in found.paired)


def test_the_cheapest_that_is_not_clearly_worse_is_enough() -> None:
    """58, 67, 68, 66: the second is enough, though the mock exam picked the third."""
    found = verdict([arm(56, 0.8), arm(67, 0.93), arm(68, 0.96), arm(66, 0.9)], guessing=GUESSING)
    assert (found.kind, found.picked, found.take, found.tied) == ("enough", 2, 1, (1, 2, 3))
    assert (found.paired[0].fixed, found.paired[0].broken) == (0, 12)


def test_a_tie_names_the_cheapest() -> None:
    found = verdict([arm(64, 0.9), arm(66, 0.95), arm(63, 0.9)], guessing=GUESSING)
    assert (found.kind, found.picked, found.take, found.tied) == ("no_winner", 1, 0, (0, 1, 2))
    assert found.paired[0].doubt == "photos"


def test_what_the_photos_call_worse_is_not_advised_though_tries_could_be_why() -> None:
    """55 against 68 in two tries that differ by ten: nobody would call the cheaper one enough."""
    cheaper, better, dearer = arm((60, 50), 0.75), arm((67, 68), 0.96), arm((34, 30), 0.5)
    found = verdict([cheaper, better, dearer], guessing=GUESSING)
    assert [each.doubt for each in found.paired] == ["tries", ""]
    assert (found.kind, found.picked, found.take, found.in_doubt) == ("enough", 1, 1, (0,))
    # Without anything clearly worse there is no winner, and still nothing that speaks for the cheaper one.
    alone = verdict([cheaper, better], guessing=GUESSING)
    assert (alone.kind, alone.take, alone.in_doubt) == ("no_winner", 1, (0,))


def test_nothing_is_advised_where_the_exams_disagree_or_nothing_was_learned() -> None:
    assert verdict([arm(40, 0.95), arm(66, 0.8)], guessing=GUESSING).advised is None
    assert verdict([arm(13, 0.2), arm(12, 0.1)], guessing=GUESSING).advised is None
    assert verdict([arm(64, 0.9), arm(66, 0.95)], guessing=GUESSING).advised == 0


def test_of_equally_good_ones_in_the_mock_exam_the_cheapest_is_picked() -> None:
    # 0.1 + 0.2 is not 0.3 in a computer; a tie is a tie.
    shares = Arm(arm(60, 0).right, np.array([0.1, 0.2, 0.0])), Arm(arm(60, 0).right, np.array([0.3, 0.0, 0.0]))
    assert verdict(shares, guessing=GUESSING).picked == verdict(shares[::-1], guessing=GUESSING).picked == 0


def test_the_final_exam_does_not_choose() -> None:
    """The second is a little better in the final exam; the mock exam has picked the third."""
    found = verdict([arm(30, 0.5), arm(67, 0.9), arm(65, 0.95)], guessing=GUESSING)
    assert found.picked == 2


def test_exams_that_disagree_name_no_winner() -> None:
    found = verdict([arm(40, 0.95), arm(66, 0.8)], guessing=GUESSING)
    assert (found.kind, found.picked, found.take) == ("no_winner", 0, 0)
    assert found.paired[0].is_clear
    assert found.paired[0].difference == 26


def test_all_equal_to_guessing() -> None:
    found = verdict([arm(13, 0.2), arm(15, 0.2), arm(10, 0.1)], guessing=GUESSING)
    assert found.kind == "nothing_learned"
    assert found.can_tell_from_guessing


def test_one_that_is_above_guessing_has_learned() -> None:
    assert verdict([arm(13, 0.2), arm(30, 0.5)], guessing=GUESSING).kind == "best"


def test_all_the_same_bit_for_bit() -> None:
    found = verdict([arm(60, 0.9)] * 6, guessing=GUESSING)
    assert (found.kind, found.take, found.tied) == ("no_winner", 0, tuple(range(6)))
    assert {(each.p_value, each.corrected_p, each.interval, each.more_photos) for each in found.paired} == {
        (1.0, 1.0, (0.0, 0.0), None)
    }


def test_everything_right() -> None:
    found = verdict([arm(PHOTOS, 1.0)] * 2, guessing=GUESSING)
    assert (found.kind, found.take) == ("no_winner", 0)


def test_one_setting_alone_is_no_winner() -> None:
    found = verdict([arm(60, 0.9)], guessing=GUESSING)
    assert (found.kind, found.picked, found.take, found.paired) == ("no_winner", 0, 0, ())


def test_one_try_needs_a_larger_difference_than_three() -> None:
    """Eight photos more, none lost, are clear by the exact test alone; a single try may have been lucky."""
    one = verdict([arm([60], 0.8), arm([68], 0.9), arm([68], 0.9)], guessing=GUESSING)
    three = verdict([arm(60, 0.8), arm(68, 0.9), arm(68, 0.9)], guessing=GUESSING)
    assert one.paired[0].corrected_p == three.paired[0].corrected_p < 0.02
    assert (one.kind, one.paired[0].doubt) == ("no_winner", "tries")
    assert three.kind == "enough"
    assert verdict([arm([40], 0.8), arm([68], 0.9)], guessing=GUESSING).kind == "best"


def test_tries_that_scatter_leave_a_difference_in_doubt() -> None:
    scattered = [arm([43, 57, 69], 0.8), arm([60, 68, 70], 0.9), arm([50, 62, 72], 0.8)]
    found = verdict(scattered, guessing=GUESSING)
    assert found.paired[0].corrected_p < 0.05
    assert found.kind == "no_winner"
    assert {each.doubt for each in found.paired} <= {"tries", "photos"}


def test_takes_count_once() -> None:
    """The same answers: 72 photos alone are clear, six takes of twelve are not, whatever they say."""
    arms = [arm(48, 0.8), arm(PHOTOS, 0.9)]
    assert verdict(arms, guessing=GUESSING).kind == "best"
    found = verdict(arms, guessing=GUESSING, groups=np.arange(PHOTOS) // 12)
    assert (found.kind, found.takes, found.paired[0].broken) == ("no_winner", 6, 2)
    three = verdict(arms * 3, guessing=GUESSING, groups=np.arange(PHOTOS) // 12)
    assert not three.can_tell_apart


def test_a_few_large_takes_do_not_overrule_many_small_ones() -> None:
    """Ten photos alone are lost, one take of fifty is won: more right answers, but not clearly better."""
    first, second = np.ones((3, 72), bool), np.ones((3, 72), bool)
    second[:, :10], first[:, 22:] = False, False
    groups = np.concatenate([np.arange(22), np.full(50, 99)])
    arms = [Arm(second, np.full(3, 0.8)), Arm(first, np.full(3, 0.9))]
    (held,) = verdict(arms, guessing=GUESSING, groups=groups).paired
    assert (held.fixed, held.broken, held.difference) == (1, 10, 40)
    assert held.corrected_p < 0.05
    assert not held.is_clear


def test_an_exam_too_small_to_tell_says_so() -> None:
    found = verdict([arm([4], 1.0, photos=4), arm([0], 0.0, photos=4)], guessing=2)
    assert found.kind == "nothing_learned"
    assert not found.can_tell_from_guessing
    assert not found.can_tell_apart


def test_settings_that_cannot_be_judged_are_refused() -> None:
    with pytest.raises(ValueError, match="received none"):
        verdict([], guessing=GUESSING)
    with pytest.raises(ValueError, match=r"\(3, 72\) and \(1, 72\)"):
        verdict([arm(60, 0.9), arm([60], 0.8)], guessing=GUESSING)


def simulated(
    rng: np.random.Generator,
    *,
    tries: int,
    luck: float = 0.33,
    effects: Sequence[float] = (0.0,) * 6,
    mean: float = 2.2,
    spread: float = 2.0,
    of_take: int = 1,
) -> list[Arm]:
    """Draw a sweep: each try is better or worse by its luck, in both exams; each photo is hard or easy for all.

    Args:
        luck: standard deviation of a try, in logits; 0.33 as measured with the drawn people.
        effects: how much better a setting truly is, in logits.
        mean, spread: of the photos, in logits: 2.2 and 2.0 give about 59 of 72 right, 0 and 1.0 half of them.
        of_take: so many photos are about equally hard.
    """
    ability = np.asarray(effects)[:, None] + rng.normal(0, luck, (len(effects), tries))

    def right(photos: int) -> np.ndarray:
        shared = np.repeat(rng.normal(0, spread * 0.7**0.5, photos // of_take), of_take)
        ease = mean + shared + rng.normal(0, spread * 0.3**0.5, photos)
        return rng.random((len(effects), tries, photos)) < 1 / (1 + np.exp(-(ability[:, :, None] + ease)))

    mock, final = right(MOCK), right(PHOTOS)
    return [Arm(answers, shares) for answers, shares in zip(final, mock.mean(axis=2), strict=True)]


def names_a_winner(arms: list[Arm], groups: np.ndarray | None = None) -> bool:
    """Ask the rule; where McNemar's test alone says no, there is nothing more to ask."""
    picked = int(np.argmax([round(float(arm.mock_accuracy.mean()), 9) for arm in arms]))
    p_values = [
        paired.exact_p(*paired.fixed_and_broken(paired.by_take(arms[picked].right, arms[other].right, groups)))
        for other in range(len(arms))
        if other != picked
    ]
    if min(p_values) * len(p_values) >= 0.05:
        return False
    return verdict(arms, guessing=GUESSING, groups=groups).kind in ("best", "enough")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tries", "luck", "mean", "spread", "of_take", "settings"),
    [
        (3, 0.33, 2.2, 2.0, 1, 6),
        (1, 0.33, 2.2, 2.0, 1, 6),
        (3, 0.33, 2.2, 2.0, 3, 6),
        (3, 0.5, 2.2, 2.0, 1, 6),
        (1, 0.33, 0.0, 0.5, 1, 6),
        (2, 0.33, 2.2, 2.0, 1, 2),
    ],
    ids=["as_measured", "one_try", "takes_of_three", "more_luck", "one_try_half_right", "two_settings"],
)
def test_without_any_difference_at_most_one_sweep_in_twenty_names_a_winner(
    tries: int, luck: float, mean: float, spread: float, of_take: int, settings: int
) -> None:
    """The rule keeps its promise, in the order of the scenarios: 1.5, 0.7, 1.4, 2.9, 1.8 and 1.3 of 100 name a winner.

    So it would not without room for the luck of tries: 6.0 of 100 with three tries (12.7 by the exact McNemar test
    alone), 11.3 with one.
    """
    rng = np.random.default_rng(0)
    groups = np.arange(PHOTOS) // of_take
    effects = (0.0,) * settings
    false = 0
    for _ in range(1000):
        arms = simulated(rng, tries=tries, luck=luck, effects=effects, mean=mean, spread=spread, of_take=of_take)
        false += names_a_winner(arms, groups)
    print(f"false winners: {false} of 1000")
    assert false <= 50


@pytest.mark.slow
def test_a_true_difference_is_found_in_most_sweeps() -> None:
    """58 against 67 of 72 in truth, the other settings equal to the 67: found in 140 of 200 sweeps with three tries.

    The same truth is found in 191 of 200 with five tries, and in 21 of 200 with one.
    """
    rng = np.random.default_rng(0)
    found, came = 0, []
    for _ in range(200):
        arms = simulated(rng, tries=3, effects=(-1.65, 0, 0, 0, 0, 0), mean=4.0)
        came.append([arm.correct for arm in arms])
        if names_a_winner(arms):
            judged = verdict(arms, guessing=GUESSING)
            found += any(each.arm == 0 and each.is_clear and each.difference < 0 for each in judged.paired)
    print(f"found: {found} of 200, where {np.mean(came, axis=0).round(1)} are right")
    assert found >= 120
