"""How much of a network is frozen, counted in whole blocks and said in words."""

from __future__ import annotations

from core.config import TrainConfig
from core.models import backbones
from core.models.structure import Architecture
from ui import words


def whole_blocks(network: Architecture, depth: int) -> int | None:
    """Give how many blocks `depth` frozen units are, or None where they end inside one."""
    stops = network.stops()
    return stops.index(depth) if depth in stops else None


def told(config: TrainConfig) -> str:
    """Say in two or three words what is frozen."""
    network, depth = backbones.backbone(config.backbone).architecture, backbones.frozen_units(config)
    return words.frozen_short(depth, len(network.units), whole_blocks(network, depth))
