"""What a finished training did, which may differ from what was requested: whether all unfrozen units trained.

Labels, lists, charts and comparisons use it, so that a network of which only the head trained is called "retrained"
nowhere. Results of earlier versions of the lab do not state it; there it follows from the epoch that was kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from core.models.registry import backbone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.config import TrainConfig

Did = Literal["learned", "kept_frozen", "ended_before"]


@dataclass(frozen=True)
class HeadOnly:
    """The network after its head-only epochs.

    Attributes:
        epoch: the last of them.
        val_accuracy: 0 to 1.
        test_correct: test photos it gets right.
    """

    epoch: int
    val_accuracy: float
    test_correct: int


@dataclass(frozen=True)
class Outcome:
    """What a training did.

    Attributes:
        did: "learned": all unfrozen units had trained in the epoch that was kept (the head alone where all units are
            frozen); "kept_frozen": units were unfrozen, but an earlier epoch was kept; "ended_before": the training
            ended before they were.
        head_epochs: how many epochs trained the head alone before units were unfrozen; None where none were.
        kept_epoch: the epoch that was tested; None where the result does not state it.
        head_only: the result after `head_epochs`; None without these, or where the result does not state it.
        test_correct: test photos it got right; None before the test.
    """

    did: Did = "learned"
    head_epochs: int | None = None
    kept_epoch: int | None = None
    head_only: HeadOnly | None = None
    test_correct: int | None = None

    @property
    def retrained(self) -> bool:
        """Whether all unfrozen units had trained in the epoch that was kept."""
        return self.did == "learned"

    @property
    def was_worse(self) -> bool:
        """Whether the head alone got more test photos right."""
        return (
            self.retrained
            and self.head_only is not None
            and self.test_correct is not None
            and self.test_correct < self.head_only.test_correct
        )


def head_epochs(config: TrainConfig) -> int | None:
    """Return how many epochs train the head alone before units are unfrozen; None where none are, or from the start."""
    return config.head_only_epochs(len(backbone(config.backbone).architecture.units)) or None


def outcome(config: TrainConfig, summary: Mapping[str, Any] | None) -> Outcome:
    """Return what a training did.

    Args:
        config: its settings.
        summary: its `result.json`, of this version of the lab or an earlier one; None before the test.
    """
    alone = head_epochs(config)
    if summary is None:
        return Outcome(head_epochs=alone)
    kept, ran = summary.get("kept_epoch"), summary.get("epochs_run")
    return Outcome(
        did=_did(alone, summary.get("retrained"), kept, ran),
        head_epochs=alone,
        kept_epoch=kept,
        head_only=_head_only(summary.get("head_only")) if alone is not None else None,
        test_correct=summary.get("test_correct") if summary.get("test_total") else None,
    )


def _did(alone: int | None, retrained: bool | None, kept: int | None, ran: int | None) -> Did:
    if alone is None or retrained:
        return "learned"
    if retrained is None and (kept is None or kept > alone):
        # Nothing contradicts the settings; results of every version of the lab state the kept epoch.
        return "learned"
    return "ended_before" if ran is not None and ran <= alone else "kept_frozen"


def _head_only(written: Mapping[str, Any] | None) -> HeadOnly | None:
    if not written:
        return None
    return HeadOnly(int(written["epoch"]), float(written["val_accuracy"]), int(written["test_correct"]))
