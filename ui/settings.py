"""The settings of a training: every one has a default, what an expert wants is folded away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import presets
from core.config import TrainConfig
from core.models import backbones, seen, units, weights
from core.models.backbones import Backbone
from core.photos.dataset import Dataset
from core.workspace import Workspace
from ui import blocks, collection, text, words
from ui.state import Widget

IMAGE_SIZES_PX = (32, 48, 64, 96, 128, 160, 192, 224)


@dataclass(frozen=True, eq=False)
class Choice:
    """What was chosen, whether the network's weights are there for it, and where the button that starts belongs."""

    config: TrainConfig
    weights_missing: bool
    start_here: DeltaGenerator

    def start_with_nothing(self) -> None:
        """Choose "nothing" for the start; called before the next run of the page."""
        st.session_state[_key(Widget.STARTS_WITH, self.config.preset, self.config.backbone)] = False


def choose(workspace: Workspace, found: Sequence[Dataset], dataset: Dataset) -> Choice:
    """Draw all settings and give what they say; with several data sets, a picker stands before them."""
    main, start_here = st.container(), st.container()
    published, advanced = st.expander(words.PRESETS_TITLE), st.expander(words.ADVANCED)
    with published:
        base = _preset()
    with main:
        *first, left, right = st.columns(3 if len(found) > 1 else 2, gap="medium")
        for column in first:
            with column:
                collection.pick(found, dataset, words.TRAIN_ON, Widget.TRAIN_ON)
        with left:
            backbone = _backbone(workspace, base)
        with right:
            pretrained = _starts_with(backbone, base)
        st.caption(backbone.description)
        met = seen.seen_people(backbone.name, dataset.people) if pretrained else ()
        if met:
            st.info(words.has_met([text.plain(person) for person in met]), icon=":material/info:")
    config = _fitting(base, backbone, pretrained)
    with advanced:
        config, single = _advanced(config)
    with main:
        config = config.with_changes(freeze_depth=_freeze(backbone, config, single=single))
        sentence = st.container()
        config = _sizes(backbone, config, dataset)
    with sentence:
        _parameters(backbone, config, dataset)
    missing = pretrained and weights.find_weights(backbone.name, workspace) is None
    return Choice(config, missing, start_here)


def _key(widget: Widget, *parts: object) -> str:
    """Give a key that changes with what decides the default, so that a new preset brings its own values."""
    return "-".join([widget, *map(str, parts)])


def _preset() -> TrainConfig:
    name = st.selectbox(
        words.PRESET,
        list(presets.PRESETS),
        format_func=lambda name: words.PRESETS[name][0],
        key=Widget.PRESET,
        persist_state="session",
    )
    st.caption(words.PRESETS[name][1])
    return presets.preset(name)


def _backbone(workspace: Workspace, base: TrainConfig) -> Backbone:
    here = {name for name in backbones.BACKBONES if weights.find_weights(name, workspace)}
    names = sorted(backbones.BACKBONES, key=lambda name: name not in here)
    name = st.selectbox(
        words.BACKBONE,
        names,
        index=names.index(base.backbone),
        format_func=lambda name: words.backbone(backbones.backbone(name).title, here=name in here),
        key=_key(Widget.BACKBONE, base.preset),
        persist_state="session",
    )
    return backbones.backbone(name)


def _starts_with(backbone: Backbone, base: TrainConfig) -> bool:
    return bool(
        st.radio(
            words.STARTS_WITH,
            [True, False],
            index=0 if base.pretrained else 1,
            format_func=lambda pretrained: words.starts(pretrained, backbone.name),
            key=_key(Widget.STARTS_WITH, base.preset, backbone.name),
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


def _advanced(config: TrainConfig) -> tuple[TrainConfig, bool]:
    single = st.toggle(words.SINGLE_LAYERS, key=Widget.SINGLE_LAYERS, persist_state="session")
    columns = st.columns(4)
    preset = config.preset
    batch = columns[0].number_input(
        words.BATCH, 1, 512, config.batch_size, key=_key(Widget.BATCH, preset), persist_state="session"
    )
    rate = columns[1].number_input(
        words.LEARNING_RATE,
        0.000001,
        10.0,
        config.learning_rate,
        step=config.learning_rate / 10,
        format="%g",
        key=_key(Widget.LEARNING_RATE, preset),
        persist_state="session",
    )
    copies = columns[2].number_input(
        words.COPIES, 1, 100, config.augment.views, key=_key(Widget.COPIES, preset), persist_state="session"
    )
    seed = columns[3].number_input(words.SEED, 0, 2**31, config.seed, key=Widget.SEED, persist_state="session")
    changed = config.with_changes(batch_size=int(batch), learning_rate=float(rate), views=int(copies), seed=int(seed))
    return changed, single


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
            key=_key(Widget.FREEZE_LAYERS, *key),
            persist_state="session",
        )
    else:
        nearest = min(range(len(stops)), key=lambda stop: abs(stops[stop] - depth))
        stop = st.select_slider(
            words.FREEZE,
            range(len(stops)),
            value=nearest,
            format_func=lambda n: words.frozen_stop(n, len(stops) - 1),
            key=_key(Widget.FREEZE, *key),
            persist_state="session",
        )
        depth = stops[stop]
    blocks.draw(network, depth)
    return int(depth)


def _sizes(backbone: Backbone, config: TrainConfig, dataset: Dataset) -> TrainConfig:
    size, rounds, photos = st.columns(3, gap="medium")
    sizes = sorted({px for px in (*IMAGE_SIZES_PX, config.image_size_px) if px >= backbone.smallest_px})
    side_px = size.select_slider(
        words.IMAGE_SIZE,
        sizes,
        value=config.image_size_px,
        format_func=words.pixels,
        key=_key(Widget.IMAGE_SIZE, config.preset, backbone.name),
        persist_state="session",
    )
    epochs = rounds.number_input(
        words.EPOCHS, 1, 1000, config.epochs, key=_key(Widget.EPOCHS, config.preset), persist_state="session"
    )
    most = max(Counter(item.person for item in dataset.of("train")).values())
    a_person = photos.number_input(
        words.PHOTOS_A_PERSON,
        1,
        most,
        most,
        key=_key(Widget.PHOTOS_A_PERSON, dataset.id),
        persist_state="session",
    )
    return config.with_changes(
        image_size_px=side_px,
        epochs=int(epochs),
        train_per_class=None if a_person == most else int(a_person),
    )


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
