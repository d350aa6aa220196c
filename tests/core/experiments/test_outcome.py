from __future__ import annotations

import pytest

from core.config import TrainConfig
from core.experiments.outcome import HeadOnly, head_epochs, outcome

LAST_BLOCK = TrainConfig(freeze_depth=10, epochs=20, head_epochs=10)
FROZEN = TrainConfig(freeze_depth=None, epochs=20, head_epochs=10)


def test_head_epochs_are_those_before_more_than_the_head_trains() -> None:
    assert head_epochs(LAST_BLOCK) == 10
    assert head_epochs(FROZEN) is head_epochs(FROZEN.with_changes(freeze_depth=13)) is None
    assert head_epochs(TrainConfig(freeze_depth=0, epochs=20, head_epochs=0)) is None


@pytest.mark.parametrize(
    ("config", "summary", "did"),
    [
        (LAST_BLOCK, {"kept_epoch": 11, "epochs_run": 20}, "learned"),
        (LAST_BLOCK, {"kept_epoch": 10, "epochs_run": 20}, "kept_frozen"),
        (LAST_BLOCK, {"kept_epoch": 4, "epochs_run": 4}, "ended_before"),
        (LAST_BLOCK, {"kept_epoch": 10, "epochs_run": 10}, "ended_before"),
        (FROZEN, {"kept_epoch": 3, "epochs_run": 20}, "learned"),
        (LAST_BLOCK.with_changes(head_epochs=0), {"kept_epoch": 1, "epochs_run": 20}, "learned"),
        # What a run says of itself counts.
        (LAST_BLOCK, {"kept_epoch": 12, "epochs_run": 20, "retrained": False}, "kept_frozen"),
        (LAST_BLOCK, {"kept_epoch": 10, "epochs_run": 20, "retrained": True}, "learned"),
        (LAST_BLOCK, {}, "learned"),
        (LAST_BLOCK, None, "learned"),
    ],
)
def test_what_a_training_did(config: TrainConfig, summary: dict | None, did: str) -> None:
    found = outcome(config, summary)
    assert found.did == did
    assert found.retrained == (did == "learned")


def test_the_head_alone_was_better_only_where_it_had_more_right_answers_in_the_same_exam() -> None:
    summary = {"kept_epoch": 12, "epochs_run": 20, "retrained": True, "test_correct": 64, "test_total": 72}
    head = {"epoch": 10, "val_accuracy": 0.9, "test_correct": 66}
    found = outcome(LAST_BLOCK, {**summary, "head_only": head})
    assert found.head_only == HeadOnly(10, 0.9, 66)
    assert found.was_worse
    assert not outcome(LAST_BLOCK, {**summary, "head_only": {**head, "test_correct": 64}}).was_worse
    assert not outcome(LAST_BLOCK, {**summary, "head_only": None}).was_worse
    # What was kept is the head alone: there is nothing that was worse than it.
    assert not outcome(LAST_BLOCK, {**summary, "retrained": False, "head_only": head}).was_worse
