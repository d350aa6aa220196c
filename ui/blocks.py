"""How many whole blocks of a network are frozen."""

from __future__ import annotations

from core.models.structure import Architecture


def whole_blocks(network: Architecture, depth: int) -> int | None:
    """Give how many blocks `depth` frozen units are, or None where they end inside one."""
    stops = network.stops()
    return stops.index(depth) if depth in stops else None
