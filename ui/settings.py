"""The settings of a training: every one has a default, what an expert wants is folded away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import forecast, presets
from core.config import TrainConfig
from core.models import backbones, seen, units, weights
from core.models.backbones import Backbone
from core.photos.dataset import Dataset
from core.workspace import Workspace
from ui import advanced, amounts, blocks, collection, networks, pixels, text, words
from ui.state import Widget

IMAGE_SIZES_PX = (32, 48, 64, 96, 128, 160, 192, 224)


@dataclass(frozen=True, eq=False)
class Choice:
    """What was chosen, and whether the network's weights are there for it.

    Attributes:
        start_here: where the button that starts belongs.
        below: the place under it, for what stands in its way.
    """

    config: TrainConfig
    backbone: Backbone
    weights_missing: bool
    start_here: DeltaGenerator
    below: DeltaGenerator


@dataclass(frozen=True, eq=False)
class _Places:
    """Where on the page each part stands; parts are drawn in the order in which one decides the next."""

    first: DeltaGenerator
    face: DeltaGenerator
    freeze: DeltaGenerator
    rounds: DeltaGenerator
    photos: DeltaGenerator
    start: DeltaGenerator
    below: DeltaGenerator
    more: DeltaGenerator
    published: DeltaGenerator
    advanced: DeltaGenerator

    @classmethod
    def laid_out(cls) -> _Places:
        first = st.container()
        left, right = st.columns([1, 3.4], gap="medium")
        freeze = right.container()
        row = right.columns(3, gap="medium", vertical_alignment="bottom")
        below, more = st.container(), st.container()
        published, advanced = st.expander(words.PRESETS_TITLE), st.expander(words.ADVANCED)
        return cls(first, left.container(), freeze, *row, below, more, published, advanced)


def choose(workspace: Workspace, found: Sequence[Dataset], dataset: Dataset) -> Choice:
    """Draw all settings and give what they say; with several data sets, a picker stands before them."""
    places = _Places.laid_out()
    with places.published:
        base = _preset()
    with places.first:
        backbone, pretrained = _start(workspace, found, dataset, base)
    config = _fitting(base, backbone, pretrained)
    with places.face:
        config = _image_size(workspace, backbone, config, dataset)
    config = _amounts(places.rounds, places.photos, config, dataset)
    with places.advanced:
        single = advanced.single_layers()
        config = advanced.settings(config)
    with places.freeze:
        config = config.with_changes(freeze_depth=_freeze(backbone, config, single=single))
        _parameters(backbone, config, dataset)
    missing = pretrained and not weights.has_weights(backbone.name, workspace)
    with places.more:
        networks.more(workspace, told_above=missing)
    return Choice(config, backbone, missing, places.start, places.below)


def takes(workspace: Workspace, dataset: Dataset, config: TrainConfig) -> str:
    """Say how long the training will take."""
    return words.takes(amounts.about(forecast.forecast(config, dataset, workspace)))


def _start(
    workspace: Workspace, found: Sequence[Dataset], dataset: Dataset, base: TrainConfig
) -> tuple[Backbone, bool]:
    """Draw which photos, which network, and what it starts with."""
    *first, left, right = st.columns(3 if len(found) > 1 else 2, gap="medium")
    for column in first:
        with column:
            collection.pick(found, dataset, words.TRAIN_ON, Widget.TRAIN_ON)
    with left:
        backbone = networks.choose(workspace, base)
    with right:
        pretrained = _starts_with(backbone, base)
    st.caption(backbone.description)
    if base.preset != TrainConfig().preset:
        st.caption(words.settings_of(words.PRESETS[base.preset][0]))
    met = seen.seen_people(backbone.name, dataset.people) if pretrained else ()
    if met:
        st.info(words.has_met([text.plain(person) for person in met]), icon=":material/info:")
    return backbone, pretrained


def _preset() -> TrainConfig:
    names = list(presets.PRESETS)
    name = st.radio(
        words.PRESET,
        names,
        format_func=lambda name: words.PRESETS[name][0],
        captions=[words.PRESETS[name][1] for name in names],
        key=Widget.PRESET,
        persist_state="session",
    )
    return presets.preset(name)


def _starts_with(backbone: Backbone, base: TrainConfig) -> bool:
    return bool(
        st.radio(
            words.STARTS_WITH,
            [True, False],
            index=0 if base.pretrained else 1,
            format_func=lambda pretrained: words.starts(pretrained, backbone.name),
            key=Widget.STARTS_WITH.of(base.preset, backbone.name),
            horizontal=True,
            persist_state="session",
        )
    )


def _fitting(base: TrainConfig, backbone: Backbone, pretrained: bool) -> TrainConfig:
    """Bring a preset to the chosen network: its own picture size, and nothing frozen where nothing was learned."""
    config = base.with_changes(backbone=backbone.name, pretrained=pretrained)
    if backbone.name != base.backbone:
        config = config.with_changes(image_size_px=backbone.usual_px, freeze_depth=None)
    return config if pretrained else config.with_changes(freeze_depth=0)


def _freeze(backbone: Backbone, config: TrainConfig, *, single: bool) -> int:
    """Draw the freeze control: in blocks, or in single layers; give the number of frozen units."""
    network = backbone.architecture
    n_units, stops = len(network.units), network.stops()
    depth = n_units if config.freeze_depth is None else config.freeze_depth
    key = (config.preset, backbone.name, config.pretrained)
    if single:
        depth = st.select_slider(
            words.FREEZE_LAYERS,
            range(n_units + 1),
            value=depth,
            format_func=lambda n: words.frozen_stop(n, n_units, network.units[n - 1].name),
            key=Widget.FREEZE_LAYERS.of(*key),
            persist_state="session",
        )
    else:
        nearest = min(range(len(stops)), key=lambda stop: abs(stops[stop] - depth))
        stop = st.select_slider(
            words.FREEZE,
            range(len(stops)),
            value=nearest,
            format_func=lambda n: words.frozen_stop(n, len(stops) - 1),
            key=Widget.FREEZE.of(*key),
            persist_state="session",
        )
        depth = stops[stop]
    blocks.draw(network, depth)
    return int(depth)


def _image_size(workspace: Workspace, backbone: Backbone, config: TrainConfig, dataset: Dataset) -> TrainConfig:
    """Draw a face as the network will see it, over the control that says how large that is."""
    seen_here = st.container()
    sizes = sorted({px for px in (*IMAGE_SIZES_PX, config.image_size_px) if px >= backbone.smallest_px})
    side_px = st.select_slider(
        words.IMAGE_SIZE,
        sizes,
        value=config.image_size_px,
        format_func=words.pixels,
        key=Widget.IMAGE_SIZE.of(config.preset, backbone.name),
        persist_state="session",
    )
    with seen_here:
        pixels.face(workspace, dataset, side_px)
    return config.with_changes(image_size_px=side_px)


def _amounts(rounds: DeltaGenerator, photos: DeltaGenerator, config: TrainConfig, dataset: Dataset) -> TrainConfig:
    """Draw how many rounds, and how many photos of each person."""
    epochs = rounds.number_input(
        words.EPOCHS, 1, 1000, config.epochs, key=Widget.EPOCHS.of(config.preset), persist_state="session"
    )
    most = max(Counter(item.person for item in dataset.of("train")).values())
    a_person = photos.number_input(
        words.PHOTOS_A_PERSON,
        1,
        most,
        most,
        key=Widget.PHOTOS_A_PERSON.of(dataset.id, most),
        persist_state="session",
    )
    return config.with_changes(epochs=int(epochs), train_per_class=None if a_person == most else int(a_person))


def _parameters(backbone: Backbone, config: TrainConfig, dataset: Dataset) -> None:
    depth = config.freeze_depth or 0
    counts = units.count_parameters(config.backbone, depth, config.head, len(dataset.people), config.image_size_px)
    frozen = blocks.told(backbone.architecture, depth)
    st.markdown(f"{frozen}: {words.parameters(counts.trainable, counts.frozen)}")


def told(config: TrainConfig) -> str:
    """Give an experiment's settings on one line."""
    backbone = backbones.backbone(config.backbone)
    network = backbone.architecture
    depth = len(network.units) if config.freeze_depth is None else config.freeze_depth
    frozen = words.frozen_short(depth, len(network.units), blocks.whole_blocks(network, depth))
    starts = words.starts(config.pretrained, config.backbone)
    return words.settings(backbone.title, frozen, config.image_size_px, config.epochs, starts)
