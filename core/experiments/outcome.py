"""What a finished training did, beside what it was asked to do: whether everything that was to learn did learn.

Labels, lists, charts and comparisons ask here, so that a network in which only the new last layers learned is found
under "retrained" nowhere. Runs of earlier versions of the lab do not say it themselves: it follows from the round kept.
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
    """The network after the last round in which the new last layers learned alone.

    Attributes:
        epoch: that round.
        val_accuracy: right answers in the mock exam, 0 to 1.
        test_correct: right answers it would have had in the same final exam.
    """

    epoch: int
    val_accuracy: float
    test_correct: int


@dataclass(frozen=True)
class Outcome:
    """What a training did.

    Attributes:
        did: "learned": all that was to learn learned in the round that was kept, nothing beside the new last layers
            where all units were frozen; "kept_frozen": units were let loose, but a round from before was kept;
            "ended_before": it ended before they were.
        border: the last round of the new last layers alone; None where there is none.
        kept_epoch: the round that took the final exam; None where nobody wrote it down.
        head_only: what `border` had been worth; None where there is no border, or nobody wrote it down.
        test_correct: right answers in the final exam; None before it.
    """

    did: Did = "learned"
    border: int | None = None
    kept_epoch: int | None = None
    head_only: HeadOnly | None = None
    test_correct: int | None = None

    @property
    def retrained(self) -> bool:
        """Whether the round that was kept lies after everything that was to learn began to."""
        return self.did == "learned"

    @property
    def was_worse(self) -> bool:
        """Whether the new last layers alone would have had more right answers in the same final exam."""
        return (
            self.retrained
            and self.head_only is not None
            and self.test_correct is not None
            and self.test_correct < self.head_only.test_correct
        )


def border(config: TrainConfig) -> int | None:
    """Return the last round in which the new last layers learn alone; None where they always do, or never."""
    return config.head_only_epochs(len(backbone(config.backbone).architecture.units)) or None


def outcome(config: TrainConfig, summary: Mapping[str, Any] | None) -> Outcome:
    """Return what a training did.

    Args:
        config: its settings.
        summary: its `result.json`, of this version of the lab or an earlier one; None before the final exam, when
            nothing speaks against its settings.
    """
    last = border(config)
    if summary is None:
        return Outcome(border=last)
    kept, ran = summary.get("kept_epoch"), summary.get("epochs_run")
    return Outcome(
        did=_did(last, summary.get("retrained"), kept, ran),
        border=last,
        kept_epoch=kept,
        head_only=_head_only(summary.get("head_only")) if last is not None else None,
        test_correct=summary.get("test_correct") if summary.get("test_total") else None,
    )


def _did(last: int | None, retrained: bool | None, kept: int | None, ran: int | None) -> Did:
    if last is None or retrained:
        return "learned"
    if retrained is None and (kept is None or kept > last):
        # Without a round that was kept nothing tells; results of every version of the lab name it.
        return "learned"
    return "ended_before" if ran is not None and ran <= last else "kept_frozen"


def _head_only(written: Mapping[str, Any] | None) -> HeadOnly | None:
    if not written:
        return None
    return HeadOnly(int(written["epoch"]), float(written["val_accuracy"]), int(written["test_correct"]))
