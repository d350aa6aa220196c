from __future__ import annotations

from ui.text import webcam as words


def test_an_explanation_says_what_covering_changes() -> None:
    assert words.because("Ada", 0.93, 0.41) == (
        "The answer rests on what is coloured: with the strongest patch covered, “Ada” goes to 0.41."
    )
    assert words.because("Ada", 0.999, 0.996) == (
        "What is coloured counts most, but no patch decides alone: “Ada” stays at 1.00."
    )


def test_a_trick_that_fooled_it_once_has_fooled_it() -> None:
    assert words.tried(9, 2, 3) == "fooled 2 of 9"
    assert words.tried(9, 0, 3) == "not sure 3 of 9"
    assert words.tried(9, 0, 0) == "held 9 of 9"


def test_what_was_skipped_is_counted_by_kind() -> None:
    assert words.skipped(0, 0) == ""
    assert words.skipped(2, 0) == "2 blurred skipped"
    assert words.skipped(2, 5) == "2 blurred and 5 nearly equal skipped"
