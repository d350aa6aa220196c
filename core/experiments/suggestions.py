"""What to try next after a result: the first idea of the lesson that has not been tried yet.

An idea changes one setting of an existing experiment, its base, so that the two can be compared. The base is the
experiment on the page where it fits, else the newest that does. Only an untrained network changes a second setting: all
its blocks must train.

With photos of real people a wider network comes first, so that what follows is tried with the better one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from core.config import TrainConfig
from core.data.samples import are_drawn
from core.models import weights
from core.models.registry import backbone, can_start_untrained, frozen_units, is_all_frozen

if TYPE_CHECKING:
    from core.workspace import Workspace

Idea = Literal["wider", "untrained", "pretrained", "retrain_last", "sweep", "few_photos", "stranger"]
FEW_PHOTOS = 3


@dataclass(frozen=True)
class Suggestion:
    """An idea.

    Attributes:
        changes: the settings it changes (fields of `TrainConfig`); empty where no new training is needed.
        base: settings of the experiment that is changed; None where no new training is needed.
    """

    idea: Idea
    changes: dict[str, Any] = field(default_factory=dict)
    base: TrainConfig | None = None

    @property
    def config(self) -> TrainConfig | None:
        """The settings of the experiment it proposes."""
        return None if self.base is None else self.base.with_changes(**self.changes)


def next_idea(
    config: TrainConfig,
    tried: Sequence[TrainConfig],
    most_photos: int,
    *,
    wider: str = "",
    is_compared: bool,
    stranger_shown: bool,
) -> Suggestion | None:
    """Return the first idea not tried yet; None where all were.

    Args:
        config: of the experiment whose result is being read.
        tried: settings of all finished experiments with these photos, that one included, newest first.
        most_photos: training photos of the person who has the most.
        wider: what `wider_network` says of the experiment's network and people.
        is_compared: whether a sweep over freeze depths was done with these photos.
        stranger_shown: whether this experiment's network was asked about a stranger.
    """
    every = (config, *tried)
    return (
        (_wider(every, wider) if wider else None)
        or _untrained(every)
        or _retrain_last(every)
        or (None if is_compared else Suggestion("sweep"))
        or (_few_photos(every) if most_photos > FEW_PHOTOS else None)
        or (None if stranger_shown else Suggestion("stranger"))
    )


def wider_network(name: str, people: Collection[str], workspace: Workspace) -> str:
    """Return the network that is the same but wider, and often better on photos of these people.

    Args:
        name: of the network that is used.
        people: whose photos these are; the drawn people are made for the narrow one.
        workspace: where weights may be.

    Returns:
        Its name in the registry; empty where there is none, or its weights are not on this computer.

    Raises:
        ConfigError: no such backbone.
    """
    wider = backbone(name).wider
    return wider if wider and weights.has_weights(wider, workspace) and not are_drawn(people) else ""


def _wider(every: Sequence[TrainConfig], wider: str) -> Suggestion | None:
    narrow = [config for config in every if config.pretrained and backbone(config.backbone).wider == wider]
    if not narrow or any(config.backbone == wider for config in every):
        return None
    return Suggestion("wider", {"backbone": wider}, narrow[0])


def _untrained(every: Sequence[TrainConfig]) -> Suggestion | None:
    if not all(config.pretrained for config in every):
        return None
    # Preferably one that freezes nothing: then only the start differs.
    base = _first(every, lambda config: _has_all_photos(config) and frozen_units(config) == 0, _has_all_photos)
    if not can_start_untrained(base.backbone):
        return None
    return Suggestion("untrained", {"pretrained": False, "freeze_depth": 0}, base)


def _retrain_last(every: Sequence[TrainConfig]) -> Suggestion | None:
    if any(_is_last_retrained(config) for config in every):
        return None
    pretrained = [config for config in every if config.pretrained]
    if not pretrained:
        return Suggestion("pretrained", {"pretrained": True}, every[0])
    base = _first(pretrained, lambda config: is_all_frozen(config) and _has_all_photos(config), is_all_frozen)
    return Suggestion("retrain_last", {"freeze_depth": _last_block(base)}, base)


def _few_photos(every: Sequence[TrainConfig]) -> Suggestion | None:
    pretrained = [config for config in every if config.pretrained]
    if not pretrained or any(_has_few_photos(config) for config in pretrained):
        return None
    return Suggestion("few_photos", {"train_per_class": FEW_PHOTOS}, _first(pretrained, _has_all_photos))


def _first(every: Sequence[TrainConfig], *conditions: Callable[[TrainConfig], bool]) -> TrainConfig:
    """Return the first experiment that meets the first condition, else the second, else the first of all."""
    fitting = (config for fits in conditions for config in every if fits(config))
    return next(fitting, every[0])


def _has_all_photos(config: TrainConfig) -> bool:
    return config.train_per_class is None


def _is_last_retrained(config: TrainConfig) -> bool:
    """Return whether the last block alone was unfrozen."""
    return config.pretrained and frozen_units(config) == _last_block(config)


def _last_block(config: TrainConfig) -> int:
    """Return the freeze depth at which the last block alone is unfrozen."""
    return backbone(config.backbone).architecture.freeze_boundaries()[-2]


def _has_few_photos(config: TrainConfig) -> bool:
    return config.train_per_class is not None and config.train_per_class <= FEW_PHOTOS
