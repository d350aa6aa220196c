from __future__ import annotations

from core.config import TrainConfig
from core.suggestions import next_idea

FROZEN = TrainConfig()
NOTHING = TrainConfig(pretrained=False, freeze_depth=0)
LAST_BLOCK = TrainConfig(freeze_depth=10)
THREE = TrainConfig(freeze_depth=10, train_per_class=3)


def test_the_lesson_in_its_order() -> None:
    tried = [FROZEN]
    first = next_idea(FROZEN, tried, 15, is_compared=True, stranger_shown=False)
    assert first
    assert first.idea == "from_nothing"
    assert not FROZEN.with_changes(**first.changes).pretrained
    tried.append(NOTHING)
    second = next_idea(NOTHING, tried, 15, is_compared=True, stranger_shown=False)
    assert second
    assert second.idea == "retrain_last"
    assert NOTHING.with_changes(**second.changes) == LAST_BLOCK
    tried.append(LAST_BLOCK)
    whole = next_idea(LAST_BLOCK, tried, 15, is_compared=False, stranger_shown=False)
    assert whole
    assert (whole.idea, whole.changes) == ("all_stops", {})
    third = next_idea(LAST_BLOCK, tried, 15, is_compared=True, stranger_shown=False)
    assert third
    assert third.idea == "few_photos"
    assert LAST_BLOCK.with_changes(**third.changes) == THREE
    tried.append(THREE)
    fourth = next_idea(THREE, tried, 15, is_compared=True, stranger_shown=False)
    assert fourth
    assert (fourth.idea, fourth.changes) == ("stranger", {})
    assert next_idea(THREE, tried, 15, is_compared=True, stranger_shown=True) is None


def test_what_was_tried_first_is_not_suggested_again() -> None:
    found = next_idea(LAST_BLOCK, [LAST_BLOCK, THREE], 15, is_compared=True, stranger_shown=True)
    assert found
    assert found.idea == "from_nothing"
    # All photos again: what started from nothing with three of each would show two things at once.
    assert found.changes["train_per_class"] is None


def test_three_photos_each_are_no_idea_where_nobody_has_more() -> None:
    tried = [FROZEN, NOTHING, LAST_BLOCK]
    found = next_idea(FROZEN, tried, 3, is_compared=True, stranger_shown=False)
    assert found
    assert found.idea == "stranger"


def test_the_last_block_alone_is_meant() -> None:
    everything = TrainConfig(freeze_depth=0)
    found = next_idea(everything, [everything, NOTHING], 15, is_compared=True, stranger_shown=False)
    assert found
    assert (found.idea, found.changes["freeze_depth"]) == ("retrain_last", 10)


def test_three_photos_go_with_a_network_that_has_seen_faces() -> None:
    found = next_idea(NOTHING, [NOTHING, LAST_BLOCK], 15, is_compared=True, stranger_shown=False)
    assert found
    assert (found.idea, found.changes["pretrained"], found.changes["freeze_depth"]) == ("few_photos", True, 13)


def test_all_stops_at_once_come_after_the_last_block_alone() -> None:
    found = next_idea(FROZEN, [FROZEN, NOTHING], 15, is_compared=False, stranger_shown=False)
    assert found
    assert found.idea == "retrain_last"
