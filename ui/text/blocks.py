"""How much of a network is frozen or learns, counted in whole blocks and said in words."""

from __future__ import annotations

from core.config import TrainConfig
from core.experiments.outcome import Outcome
from core.models import registry
from core.models.architectures import Architecture
from ui.text import common
from ui.text import compare as compare_words


def word(network: Architecture) -> str:
    """Return what a block is called: a residual network has stages."""
    return common.BLOCK if network.units[0].name.startswith("conv") else common.STAGE


def whole_blocks(network: Architecture, depth: int) -> int | None:
    """Return how many blocks `depth` frozen units are, or None where they end inside one."""
    stops = network.freeze_boundaries()
    return stops.index(depth) if depth in stops else None


def told(config: TrainConfig) -> str:
    """Say in two or three words what is to be frozen."""
    network, depth = registry.backbone(config.backbone).architecture, registry.frozen_units(config)
    return compare_words.frozen_short(depth, len(network.units), whole_blocks(network, depth), word(network))


def did(config: TrainConfig, outcome: Outcome) -> str:
    """Say in two or three words what a finished training did: what was retrained, or was to be and is as it was.

    Empty for an untrained network all of whose blocks learned: nothing was there that could be retrained.
    """
    if not outcome.retrained:
        return common.kept_as_was(*_learning(config))
    if config.pretrained:
        return common.retrained(*_learning(config))
    return told(config) if registry.frozen_units(config) else ""


def learning(config: TrainConfig) -> str:
    """Name what is not frozen: "block 5", "blocks 4–5", "all blocks", "layers 12–13"."""
    return common.which(*_learning(config))


def border(config: TrainConfig) -> str:
    """Say what begins to learn where the rounds of the new last layers alone end."""
    return common.border(*_learning(config))


def _learning(config: TrainConfig) -> tuple[int, int, str]:
    """Return the first and the last block that is not frozen, and what blocks are called; layers where one is cut."""
    network, depth = registry.backbone(config.backbone).architecture, registry.frozen_units(config)
    whole = whole_blocks(network, depth)
    if whole is None:
        return depth + 1, len(network.units), common.LAYER
    return whole + 1, len(network.blocks), word(network)
