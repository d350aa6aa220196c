"""What the strip shows, as plain data for its drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import sqrt
from typing import Any

from core.config import TrainConfig
from core.experiments.outcome import Outcome
from core.models import architectures, registry
from core.models.architectures import Architecture
from ui.charts import colours
from ui.text import common, runs
from ui.text import train as train_words

# Of the height the blocks have: each sees the picture at half the size of the one before.
_HEIGHTS = (86, 73, 61, 49, 37)
_HEAD_HEIGHT = 31
_PEOPLE_SHOWN = 6
# Less than this would be written as none at all.
LEAST_PERCENT = 0.05


@dataclass(frozen=True)
class Parts:
    """One network between a face and names.

    Attributes:
        config: the settings; its freeze depth is left aside.
        people: in the label order.
        face: address of the face that goes in; "" draws none.
        maps: addresses of what each block responds to; None draws no frames, an empty one an empty frame.
        moved: share by which each unit moved, by its name; empty where nothing was trained.
        outcome: what a training did that has ended; None before.
    """

    config: TrainConfig
    people: Sequence[str]
    face: str = ""
    maps: Sequence[str] | None = None
    moved: Mapping[str, float] = field(default_factory=dict)
    outcome: Outcome | None = None

    @property
    def as_it_was(self) -> bool:
        """Whether what was not frozen is as it was before."""
        return self.outcome is not None and not self.outcome.retrained

    @property
    def network(self) -> Architecture:
        return registry.backbone(self.config.backbone).architecture


def data(parts: Parts, depths: Sequence[int], frozen: int, *, fixed: bool = False) -> dict[str, Any]:
    """Return everything the drawing needs; strip.js names the same fields."""
    config, side_px = parts.config, parts.config.image_size_px
    in_blocks = set(depths) <= set(parts.network.freeze_boundaries())
    return {
        "face": parts.face,
        "faceSaid": train_words.one_face(side_px),
        "faceTitle": train_words.ALL_IT_SEES,
        "faceSize": train_words.pixels(side_px),
        "blocks": _blocks(parts, frozen),
        "head": {"title": train_words.NEW_LAYERS, "state": train_words.NEW, "height": _HEAD_HEIGHT},
        "people": [
            {"name": name, "colour": colours.person_colour(label)}
            for label, name in enumerate(parts.people[:_PEOPLE_SHOWN])
        ],
        "morePeople": train_words.and_more(len(parts.people) - _PEOPLE_SHOWN)
        if len(parts.people) > _PEOPLE_SHOWN
        else "",
        "stops": list(depths),
        "said": [_sentences(parts, depth) for depth in depths],
        "frozen": frozen,
        "fixed": fixed,
        "label": train_words.FREEZE if in_blocks else train_words.FREEZE_LAYERS,
        "learns": ("kept" if parts.as_it_was else "retrained") if config.pretrained else "fresh",
        "states": {
            "frozen": train_words.FROZEN if config.pretrained else train_words.FROZEN_AT_RANDOM,
            "retrained": train_words.RETRAINED,
            "kept": train_words.KEPT_AS_IT_WAS,
            "fresh": train_words.KEPT_AS_IT_WAS if parts.as_it_was else train_words.LEARNS_FROM_ZERO,
        },
    }


def _blocks(parts: Parts, frozen: int) -> list[dict[str, Any]]:
    network = parts.network
    drawn = []
    for number, (first, last) in enumerate(pairwise(network.freeze_boundaries())):
        title = f"{runs.block_word(network).capitalize()} {number + 1}"
        block: dict[str, Any] = {
            "title": title,
            "units": last - first,
            "height": _HEIGHTS[number],
            "width": 1 + 0.1 * number,
            "partly": [train_words.FROZEN_OF.format(frozen=n, layers=last - first) for n in range(last - first + 1)],
            "moved": _moved(parts, first, last, frozen),
        }
        if parts.maps is not None:
            block |= {"map": parts.maps[number], "mapSaid": train_words.responds_to(title.lower())}
        drawn.append(block)
    return drawn


def _moved(parts: Parts, first: int, last: int, frozen: int) -> str:
    """Say how far a block moved: the root of the units' mean square, each weighted by its number of parameters."""
    if not parts.moved:
        return ""
    if frozen >= last:
        return train_words.MOVED_NOT
    if parts.as_it_was:
        return ""
    block = parts.network.units[first:last]
    total = sum(unit.trainable_parameters for unit in block)
    square = sum(unit.trainable_parameters * parts.moved.get(unit.name, 0.0) ** 2 for unit in block) / total
    percent = 100 * sqrt(square)
    return train_words.MOVED.format(percent=percent) if percent >= LEAST_PERCENT else train_words.HARDLY_MOVED


def _sentences(parts: Parts, depth: int) -> dict[str, str]:
    network, config = parts.network, parts.config
    frozen, learns = _freeze_sentence(network, depth)
    if parts.as_it_was:
        return {"frozen": frozen, "learns": "", "rest": runs.why_not_retrained(config, parts.outcome)}
    counts = architectures.count_parameters(
        config.backbone, depth, config.head, max(len(parts.people), 1), config.image_size_px
    )
    rest = train_words.how_many_learn(counts.trainable, counts.trainable + counts.frozen, head_only=not learns)
    return {"frozen": frozen, "learns": learns, "rest": rest}


def _freeze_sentence(network: Architecture, depth: int) -> tuple[str, str]:
    """Say what is frozen and what learns, in blocks, or in layers where a block is cut."""
    stops = network.freeze_boundaries()
    if depth in stops:
        return train_words.freeze_sentence(stops.index(depth), len(network.blocks), runs.block_word(network))
    return train_words.freeze_sentence(depth, len(network.units), common.LAYER)
