"""What to try next after a result: the first idea of the lesson that has not been tried yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from core.config import TrainConfig
from core.models.backbones import backbone, frozen_units

Idea = Literal["from_nothing", "retrain_last", "all_stops", "few_photos", "stranger"]
FEW_PHOTOS = 3


@dataclass(frozen=True)
class Suggestion:
    """An idea, and the settings that it takes (fields of `TrainConfig`); none for what Train is not needed for."""

    idea: Idea
    changes: dict[str, Any] = field(default_factory=dict)


def next_idea(
    config: TrainConfig,
    tried: Sequence[TrainConfig],
    most_photos: int,
    *,
    is_compared: bool,
    stranger_shown: bool,
) -> Suggestion | None:
    """Give the first idea not tried yet; None where all were.

    Args:
        config: of the experiment whose result is being read; an idea changes as little of it as it can.
        tried: settings of all finished experiments with these photos, that one included.
        most_photos: practice photos of the person who has the most.
        is_compared: whether freeze depths were compared with these photos, all at once.
        stranger_shown: whether this experiment's network was shown one.
    """
    stops = backbone(config.backbone).architecture.stops()
    all_but_last, everything = stops[-2], stops[-1]
    if all(other.pretrained for other in tried):
        return Suggestion("from_nothing", {"pretrained": False, "freeze_depth": 0, "train_per_class": None})
    if not any(_is_last_retrained(other) for other in tried):
        changes = {"pretrained": True, "freeze_depth": all_but_last, "train_per_class": None}
        return Suggestion("retrain_last", changes)
    if not is_compared:
        return Suggestion("all_stops")
    if most_photos > FEW_PHOTOS and not any(_has_few_photos(other) for other in tried):
        depth = frozen_units(config) if config.pretrained else everything
        return Suggestion("few_photos", {"pretrained": True, "freeze_depth": depth, "train_per_class": FEW_PHOTOS})
    return None if stranger_shown else Suggestion("stranger")


def _is_last_retrained(config: TrainConfig) -> bool:
    """Tell whether the last block alone was retrained."""
    return config.pretrained and frozen_units(config) == backbone(config.backbone).architecture.stops()[-2]


def _has_few_photos(config: TrainConfig) -> bool:
    return config.pretrained and config.train_per_class is not None and config.train_per_class <= FEW_PHOTOS
