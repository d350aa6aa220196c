from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from core.evaluation.model_selection import Verdict, margin_of, verdict

PHOTOS, GUESSING = 144, 24


def judged(*correct: int | Sequence[int], photos: int = PHOTOS, tries: int = 5, **how: object) -> Verdict:
    """Judge settings with the first photos right: so many in each try, or in each try as named."""
    each = [[one] * tries if isinstance(one, int) else list(one) for one in correct]
    right = np.array([[np.arange(photos) < n for n in counts] for counts in each])
    return verdict(right, **{"guessing": GUESSING, **how})  # type: ignore[arg-type]


def words(found: Verdict) -> list[str]:
    return [each.word for each in found.standings]


def test_the_margin_is_a_24th_and_a_photo_at_least() -> None:
    assert [margin_of(total) for total in (1, 23, 24, 71, 72, 144)] == [1, 1, 1, 2, 3, 6]


def test_a_clear_winner() -> None:
    found = judged(80, 132, 90)
    assert (found.kind, found.recommended) == ("best", 1)
    assert words(found) == ["clearly_worse", "as_good", "clearly_worse"]
    assert [each.rival for each in found.standings] == [1, 2, 1]
    assert [each.difference for each in found.standings] == pytest.approx([-52, 42, -42])
    assert found.standings[1].behind < 0


def test_the_cheapest_that_is_as_good_is_enough() -> None:
    found = judged(100, 132, 133, 131)
    assert (found.kind, found.recommended, found.margin) == ("enough", 1, 6)
    assert words(found) == ["clearly_worse", "as_good", "as_good", "as_good"]
    assert all(each.behind <= 6 for each in found.standings[1:])


def test_what_is_only_not_clearly_worse_is_not_enough() -> None:
    """Some 10 of 144 fewer in tries that differ: not clearly worse, and no proof that it is as good."""
    found = judged((116, 128, 119), (134, 124, 134), (40, 41, 39))
    assert words(found) == ["cannot_tell", "as_good", "clearly_worse"]
    assert (found.kind, found.recommended) == ("enough", 1)


def test_all_level_takes_the_cheapest() -> None:
    found = judged(130, 131, 130)
    assert (found.kind, found.recommended, found.those("as_good")) == ("cheapest", 0, (0, 1, 2))


def test_the_same_answers_bit_for_bit() -> None:
    """Twenty-four photos on which nobody differs do not show that nobody ever does; 144 do, within six."""
    few, many = judged(*[20] * 6, photos=24, guessing=4), judged(*[130] * 6)
    assert (few.kind, set(words(few))) == ("cannot_tell", {"cannot_tell"})
    assert (many.kind, set(words(many))) == ("cheapest", {"as_good"})
    assert all(each.worse_p >= 0.5 for each in (*few.standings, *many.standings))


def test_worse_by_less_than_the_margin_is_as_good() -> None:
    """Five photos of 480 are lost in every one of ten tries: surely fewer, and not by as much as the margin."""
    found = judged(440, 450, photos=480, tries=10, guessing=80)
    assert found.standings[0].worse_p < 0.05
    assert (found.margin, words(found)) == (20, ["as_good", "as_good"])
    assert (found.kind, found.recommended) == ("cheapest", 0)


def test_no_spread_within_tries_is_no_certainty() -> None:
    found = judged(60, 64, photos=72, tries=3, guessing=12)
    assert all(each.worse_p > 1e-6 for each in found.standings)
    assert words(found)[0] == "cannot_tell"


def test_one_try_needs_a_larger_difference_than_ten() -> None:
    one, ten = judged(114, 124, tries=1), judged(114, 124, tries=10)
    assert (words(one)[0], words(ten)[0]) == ("cannot_tell", "clearly_worse")
    assert one.standings[0].needs_more == "tries"
    assert words(judged(60, 136, tries=1))[0] == "clearly_worse"


def test_a_bad_stop_does_not_change_what_is_said_of_two_others() -> None:
    """However wildly its tries scatter: Tukey's pooled variance would let it hide what two others differ by."""
    calm = judged(100, 132, 40)
    wild = judged(100, 132, (10, 20, 90, 5, 80))
    assert words(calm)[:2] == words(wild)[:2] == ["clearly_worse", "as_good"]
    assert calm.standings[0].interval == wild.standings[0].interval


def test_what_would_help_is_named_where_nothing_can_be_told() -> None:
    scattered = judged((100, 144, 120), (144, 110, 140))
    assert scattered.standings[0].needs_more == "tries"
    # The same photos are lost and won in every try: trying more often shows the same again.
    right = np.ones((2, 10, 72), bool)
    right[0, :, :10], right[1, :, 10:19] = False, False
    steady = verdict(right, guessing=12)
    assert [each.needs_more for each in steady.standings] == ["photos", "photos"]
    assert all(each.needs_more == "" for each in judged(130, 131).standings)


def test_all_equal_to_guessing() -> None:
    found = judged(26, 30, 20)
    assert (found.kind, found.recommended) == ("nothing_learned", None)
    assert found.can_tell_from_guessing


def test_one_that_is_above_guessing_has_learned() -> None:
    assert judged(26, 100).kind == "best"


def test_everything_right() -> None:
    assert (judged(PHOTOS, PHOTOS).kind, judged(PHOTOS, PHOTOS).recommended) == ("cheapest", 0)


def test_one_setting_alone_is_no_comparison() -> None:
    found = judged(120)
    assert (found.kind, found.recommended, found.standings[0].rival) == ("alone", 0, 0)


def test_what_did_not_do_what_it_is_called_is_compared_and_never_taken() -> None:
    right = np.array([[np.arange(PHOTOS) < n] * 5 for n in (100, 132, 132)])
    found = verdict(right, guessing=GUESSING, learned=[True, False, True])
    assert (found.kind, found.recommended, words(found)[1]) == ("enough", 2, "as_good")
    nobody = verdict(right, guessing=GUESSING, learned=[True, False, False])
    assert (nobody.kind, nobody.recommended) == ("unlearned", None)


def test_where_all_others_are_clearly_worse_the_one_that_is_left_is_the_best() -> None:
    """Twenty-four photos are too few to show that something is as good, but not that it is the best."""
    found = judged(4, 24, 8, photos=24, guessing=4)
    assert (found.kind, found.recommended, found.can_show) == ("best", 1, False)
    assert found.standings[1].behind < 0


def test_takes_count_once() -> None:
    """The same answers: 144 photos alone are clear, six takes of 24 are not, whatever they say."""
    assert judged(96, PHOTOS).kind == "best"
    found = judged(96, PHOTOS, groups=np.arange(PHOTOS) // 24)
    assert (found.kind, found.n_groups, words(found)[0]) == ("cannot_tell", 6, "cannot_tell")


def test_an_exam_too_small_to_tell_says_so() -> None:
    found = judged(4, 0, photos=4, tries=1, guessing=2)
    assert found.kind == "nothing_learned"
    assert not found.can_tell_from_guessing


def test_settings_that_cannot_be_judged_are_refused() -> None:
    with pytest.raises(ValueError, match="received"):
        verdict(np.zeros((0, 3, 72), bool), guessing=GUESSING)
