"""The settings of a sweep. All have a default, and all are folded away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import presets
from core.config import TrainConfig
from core.data.dataset import Dataset
from core.errors import ConfigError
from core.models import registry
from core.sweeps.plan import USUAL_SEEDS, Axis, Start, SweepPlan, usual_photos
from core.workspace import Workspace
from ui.state import Widget
from ui.text import common, runs
from ui.text import compare as words
from ui.text import train as train_words
from ui.train import networks, settings

SEED_COUNTS = (1, 2, 3, 5, 7, 10)
FEWEST_STOPS = 2
# Only sizes up to the network's own are compared: larger ones only make it slow.
SMALLEST_PX = 32


@dataclass(frozen=True)
class Choice:
    """The chosen settings: what differs between the runs, the networks, and everything else."""

    axis: Axis
    starts: tuple[Start, ...]
    base: TrainConfig
    depths: tuple[int, ...]
    photos: tuple[int | None, ...]
    sizes_px: tuple[int, ...]
    n_seeds: int

    def plan(self) -> SweepPlan:
        """Return the plan.

        Raises:
            ConfigError: fewer than two stops, or the second network cannot be compared with the first.
        """
        if max(len(self.depths), len(self.photos), len(self.sizes_px)) < FEWEST_STOPS:
            raise ConfigError(words.TWO_STOPS)
        seeds = tuple(range(self.n_seeds))
        return SweepPlan(
            self.base, self.starts, self.depths, self.photos, self.sizes_px, (self.base.learning_rate,), seeds
        )


def choose(workspace: Workspace, dataset: Dataset) -> Choice:
    """Draw the settings and return what was chosen; the defaults fit a lesson."""
    first, second = (st.columns(3, gap="medium", vertical_alignment="bottom") for _ in range(2))
    with first[0]:
        axis = _axis()
    with first[1]:
        start = _start(workspace)
    with first[2]:
        others = _second(workspace, start)
    with second[0]:
        n_seeds = _n_seeds()
    base = _base(start)
    base = base.with_changes(epochs=_epochs(second[1], base))
    if axis != "size":
        base = base.with_changes(image_size_px=_size(second[2], base, start))
    third = st.columns(3, gap="medium", vertical_alignment="bottom")
    photos: tuple[int | None, ...] = usual_photos(dataset) if axis == "photos" else (_photos(third[1], dataset),)
    with third[0]:
        depths = _depths(start, axis)
    sizes_px = _sizes(start, base) if axis == "size" else (base.image_size_px,)
    return _some(Choice(axis, (start, *others), base, depths, photos, sizes_px, n_seeds))


def _some(choice: Choice) -> Choice:
    """Ask which points are tried; all of them by default."""
    field = {"depth": "depths", "photos": "photos", "size": "sizes_px"}[choice.axis]
    every = getattr(choice, field)
    network = registry.backbone(choice.starts[0].backbone).architecture

    def name(value: int | None) -> str:
        if choice.axis == "depth":
            return words.frozen_short(value or 0, len(network.units), runs.whole_blocks(network, value or 0))
        return common.photos_each(value) if choice.axis == "photos" else train_words.pixels(value or 0)

    picked = st.pills(
        words.STOPS,
        every,
        selection_mode="multi",
        default=every,
        format_func=name,
        key=Widget.COMPARE_STOPS.of(choice.axis, choice.starts[0].backbone, *every),
        persist_state="session",
    )
    return replace(choice, **{field: tuple(value for value in every if value in picked)})


def _axis() -> Axis:
    return st.selectbox(
        words.WHAT_DIFFERS,
        get_args(Axis),
        format_func=words.AXES.__getitem__,
        key=Widget.COMPARE_WHAT,
        persist_state="session",
    )


def _start(workspace: Workspace) -> Start:
    """Ask for the network. Default: the one chosen on Train where it is on this computer, else the bundled one."""
    here = networks.here(workspace)
    usual = _usual(here)
    names = list(registry.BACKBONES)
    every = [*(Start(name) for name in names), *_untrained(here)]
    picked = st.selectbox(
        train_words.BACKBONE,
        every,
        index=every.index(Start(usual)),
        format_func=lambda start: _network(start, here),
        key=Widget.COMPARE_NETWORK.of(usual),
        persist_state="session",
    )
    return _as_agreed(picked, here)


def _usual(here: Sequence[str]) -> str:
    chosen = st.session_state.get(Widget.BACKBONE.of(_preset()))
    return chosen if chosen in here else TrainConfig().backbone


def _preset() -> str:
    return str(st.session_state.get(Widget.PRESET) or TrainConfig().preset)


def _as_agreed(start: Start, here: Sequence[str]) -> Start:
    """Start untrained where the weights are missing and the user has agreed to that (`networks.way_on`)."""
    agreed = st.session_state.get(Widget.STARTS_WITH.of(_preset(), start.backbone)) is False
    return Start(start.backbone, pretrained=start.backbone in here or not agreed) if start.pretrained else start


def _second(workspace: Workspace, first: Start) -> tuple[Start, ...]:
    here = networks.here(workspace)
    every = [*(Start(name) for name in here), *_untrained(here)]
    picked = st.selectbox(
        words.SECOND,
        [None, *(start for start in every if start != first)],
        format_func=lambda start: _network(start, here) if start else words.NO_SECOND,
        key=Widget.COMPARE_SECOND.of(first.backbone, first.pretrained),
        persist_state="session",
    )
    return (picked,) if picked else ()


def _untrained(names: Sequence[str]) -> list[Start]:
    return [Start(name, pretrained=False) for name in names if registry.can_start_untrained(name)]


def _network(start: Start, here: Sequence[str]) -> str:
    title = registry.backbone(start.backbone).title
    if start.pretrained:
        return common.backbone(title, here=start.backbone in here)
    return words.network(title, common.UNTRAINED)


def _base(start: Start) -> TrainConfig:
    """Return the settings that this lab recommends, for faces of the size the network knows."""
    entry, recommended = registry.backbone(start.backbone), presets.preset(TrainConfig().preset)
    if entry.name == recommended.backbone:
        return recommended
    return recommended.with_changes(backbone=entry.name, image_size_px=entry.usual_px)


def _n_seeds() -> int:
    picked = st.segmented_control(
        words.TRIES,
        SEED_COUNTS,
        default=len(USUAL_SEEDS),
        required=True,
        key=Widget.COMPARE_SEEDS,
        persist_state="session",
    )
    return int(picked or len(USUAL_SEEDS))


def _epochs(column: DeltaGenerator, base: TrainConfig) -> int:
    return int(
        column.number_input(
            train_words.EPOCHS, 1, 1000, base.epochs, key=Widget.COMPARE_EPOCHS, persist_state="session"
        )
    )


def _size(column: DeltaGenerator, base: TrainConfig, start: Start) -> int:
    return int(
        column.select_slider(
            train_words.IMAGE_SIZE,
            _sizes_of(start),
            value=base.image_size_px,
            format_func=train_words.pixels,
            key=Widget.COMPARE_SIZE.of(start.backbone),
            persist_state="session",
        )
    )


def _sizes_of(start: Start) -> list[int]:
    entry = registry.backbone(start.backbone)
    return sorted({px for px in (*settings.IMAGE_SIZES_PX, entry.usual_px) if px >= entry.smallest_px})


def _sizes(start: Start, base: TrainConfig) -> tuple[int, ...]:
    return tuple(px for px in _sizes_of(start) if SMALLEST_PX <= px <= base.image_size_px)


def _photos(column: DeltaGenerator, dataset: Dataset) -> int | None:
    most = settings.most_photos(dataset)
    key = Widget.COMPARE_PHOTOS.of(dataset.id, most)
    each = column.number_input(train_words.PHOTOS_A_PERSON, 1, most, most, key=key, persist_state="session")
    return None if each == most else int(each)


def _depths(start: Start, axis: Axis) -> tuple[int, ...]:
    """Return the freeze depths that are compared, or ask for the one of all runs."""
    network = registry.backbone(start.backbone).architecture
    stops, units = network.freeze_boundaries(), len(network.units)
    if axis == "depth":
        every = st.toggle(words.EVERY_LAYER, key=Widget.COMPARE_LAYERS, persist_state="session")
        return tuple(range(units + 1)) if every else stops
    frozen = st.selectbox(
        words.FROZEN_IN_ALL,
        stops,
        index=len(stops) - 1 if start.pretrained else 0,
        format_func=lambda depth: words.frozen_short(depth, units, runs.whole_blocks(network, depth)),
        key=Widget.COMPARE_FROZEN.of(start.backbone, start.pretrained),
        persist_state="session",
    )
    return (frozen,)
