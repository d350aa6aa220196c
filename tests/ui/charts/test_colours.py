from __future__ import annotations

from ui.charts import colours


def test_a_person_is_told_by_colour_and_mark_up_to_a_hundred() -> None:
    looks = {(colours.person_colour(label), colours.person_mark(label)) for label in range(100)}
    assert len(looks) == 100
    assert len({colours.person_mark(label) for label in range(10)}) == 1


def test_no_colour_has_two_meanings() -> None:
    meanings = [*colours.PERSON_COLOURS, *colours.SPLIT_COLOURS.values(), colours.RIGHT, colours.WRONG]
    assert len(set(meanings)) == len(meanings)
