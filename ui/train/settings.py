"""The settings of a training. All have a default; those for experts are folded away (`advanced`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import presets
from core.config import TrainConfig
from core.data.dataset import Dataset
from core.experiments import baseline, listing, outcome, runtime_estimate, suggestions
from core.experiments.runs import Run
from core.models import registry, weights
from core.models.registry import Backbone
from core.workspace import Workspace
from ui import dataset_choice, state
from ui.components import strip
from ui.components.strip.parts import Parts
from ui.state import Widget
from ui.text import amounts, common, escape
from ui.text import train as words
from ui.train import activations, advanced, networks

# Settings that only presets set; runs of earlier versions of the lab may have other values.
WITHOUT_WIDGET = ("unfrozen_rate", "min_steps", "unfrozen_min_steps", "scale_features", "zero_start")
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
    """The container of each part. Parts are drawn in the order in which they depend on each other."""

    first: DeltaGenerator
    strip: DeltaGenerator
    size: DeltaGenerator
    epochs: DeltaGenerator
    photos: DeltaGenerator
    start: DeltaGenerator
    new: DeltaGenerator
    below: DeltaGenerator
    more: DeltaGenerator
    published: DeltaGenerator
    advanced: DeltaGenerator

    @classmethod
    def laid_out(cls) -> _Places:
        # Close together, so that the button that starts is on the first screen of a projector.
        with st.container(gap="xsmall"):
            first, drawn = st.container(), st.container()
            row = st.columns([1.5, 1, 1, 1.2], gap="medium", vertical_alignment="bottom")
            new = st.container()
        below, more = st.container(), st.container()
        published, advanced = st.expander(words.PRESETS_TITLE), st.expander(common.ADVANCED)
        return cls(first, drawn, *row, new, below, more, published, advanced)


def choose(workspace: Workspace, found: Sequence[Dataset], dataset: Dataset) -> Choice:
    """Draw all settings and return what was chosen; with several data sets, a picker comes first."""
    state.SETTINGS_OF.set(dataset.id)
    places = _Places.laid_out()
    with places.published:
        base = _preset().with_changes(**state.CARRIED.get())
    with places.first:
        backbone, pretrained = _start(workspace, found, dataset, base)
    with places.below:
        _about(workspace, backbone, base, dataset, pretrained=pretrained)
    config = _fitting(base, backbone, pretrained)
    with places.size:
        config = _image_size(backbone, config)
    config = _amounts(places, config, dataset)
    with places.advanced:
        single = advanced.single_layers()
        config = advanced.settings(config)
    with places.strip:
        config = config.with_changes(freeze_depth=_freeze(workspace, config, dataset, single=single))
    with places.new:
        st.caption(" ".join(filter(None, (what_changes(workspace, dataset, config), epoch_sentence(dataset, config)))))
    missing = pretrained and not weights.has_weights(backbone.name, workspace)
    with places.more:
        networks.more(workspace, is_missing=missing)
    return Choice(config, backbone, missing, places.start, places.below)


def epoch_sentence(dataset: Dataset, config: TrainConfig) -> str:
    """Say how often an epoch looks at each photo."""
    counts = Counter(item.person for item in dataset.of("train") if item.person in dataset.people)
    most = config.train_per_class
    photos = sum(n if most is None else min(n, most) for n in counts.values())
    alone, later = (config.repeats_per_epoch(photos, head_only=only) for only in (True, False))
    border = outcome.head_epochs(config)
    return words.a_round(alone if border or registry.is_all_frozen(config) else later, later if border else None)


def what_changes(workspace: Workspace, dataset: Dataset, config: TrainConfig) -> str:
    """Say which run this will be, its baseline and what differs from it; empty before the first run."""
    listed = listing.list_all(workspace)
    rows = sorted(listed.all_tested, key=lambda row: row.id)
    tested = baseline.Tested([row.run for row in reversed(rows)])
    number = words.this_is(listing.next_number(workspace))
    fair = tested.baseline_for(config, dataset, state.CAME_FROM.get())
    if fair:
        which = common.experiment(_number(listed, fair.run))
        return f"{number} {common.against_baseline(which, fair.differ, follows=fair.follows)}"
    last = tested.newest_for(config, dataset)
    if last is None:
        return ""
    return f"{number} {words.changes_too_much(common.experiment(_number(listed, last.run)), last.differ)}"


def _number(listed: listing.RunList, run: Run) -> int:
    row = listed.row(run.id)
    return row.number if row else 0


def takes(workspace: Workspace, dataset: Dataset, config: TrainConfig) -> str:
    """Say how long the training will take."""
    return words.takes(amounts.about(runtime_estimate.estimate_seconds(config, dataset, workspace)))


def _start(
    workspace: Workspace, found: Sequence[Dataset], dataset: Dataset, base: TrainConfig
) -> tuple[Backbone, bool]:
    """Draw which photos, which network, and what it starts with."""
    # The last is the widest: its two answers have to fit on one line.
    first, left, right = st.columns([1, 1.1, 1.4], gap="medium", vertical_alignment="bottom")
    with first:
        dataset_choice.pick(found, dataset, words.TRAIN_ON, Widget.TRAIN_ON)
        dataset_choice.say_which(found)
    with left:
        backbone = networks.choose(workspace, base)
    with right:
        pretrained = _starts_with(backbone, base)
    return backbone, pretrained


def _about(workspace: Workspace, backbone: Backbone, base: TrainConfig, dataset: Dataset, *, pretrained: bool) -> None:
    """Say what the network is, whose settings these are, and whom it has met before."""
    about = backbone.description if pretrained else words.STARTS_EMPTY
    if pretrained and (wider := suggestions.wider_network(backbone.name, dataset.people, workspace)):
        about += words.try_wider(registry.backbone(wider).title)
    st.caption(about)
    if base.preset != TrainConfig().preset:
        st.caption(words.settings_of(words.PRESETS[base.preset][0]))
    met = weights.known_people(backbone.name, dataset.people) if pretrained else ()
    if met:
        st.info(common.has_met([escape.plain(person) for person in met]), icon=":material/info:")


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
            [True, False] if registry.can_start_untrained(backbone.name) else [True],
            index=0 if base.pretrained else 1,
            format_func=lambda pretrained: words.starts(pretrained, backbone.name),
            key=Widget.STARTS_WITH.of(base.preset, backbone.name),
            horizontal=True,
            persist_state="session",
        )
    )


def _fitting(base: TrainConfig, backbone: Backbone, pretrained: bool) -> TrainConfig:
    """Adapt a preset to the chosen network: its own picture size, and nothing frozen in an untrained one."""
    config = base.with_changes(backbone=backbone.name, pretrained=pretrained)
    if backbone.name != base.backbone:
        config = config.with_changes(image_size_px=backbone.usual_px, freeze_depth=None)
    return config if pretrained else config.with_changes(freeze_depth=0)


def _freeze(workspace: Workspace, config: TrainConfig, dataset: Dataset, *, single: bool) -> int:
    """Draw the strip, whose handle stands between blocks or single layers; return the number of frozen units."""
    face = activations.face(workspace, dataset, config.image_size_px)
    parts = Parts(config, dataset.people, face, activations.maps_or_make(workspace, dataset, config))
    depths = tuple(range(len(parts.network.units) + 1)) if single else parts.network.freeze_boundaries()
    return strip.choose(parts, depths, registry.frozen_units(config), _freeze_key(config))


def _freeze_key(config: TrainConfig) -> str:
    return Widget.FREEZE.of(config.preset, config.backbone, config.pretrained)


def _image_size(backbone: Backbone, config: TrainConfig) -> TrainConfig:
    sizes = sorted({px for px in (*IMAGE_SIZES_PX, config.image_size_px) if px >= backbone.smallest_px})
    side_px = st.select_slider(
        words.IMAGE_SIZE,
        sizes,
        value=config.image_size_px,
        format_func=words.pixels,
        key=Widget.IMAGE_SIZE.of(config.preset, backbone.name),
        persist_state="session",
    )
    return config.with_changes(image_size_px=side_px)


def _amounts(places: _Places, config: TrainConfig, dataset: Dataset) -> TrainConfig:
    """Draw how many epochs, and how many photos of each person."""
    epochs = places.epochs.number_input(
        words.EPOCHS, 1, 1000, config.epochs, key=Widget.EPOCHS.of(config.preset), persist_state="session"
    )
    most = most_photos(dataset)
    a_person = places.photos.number_input(
        words.PHOTOS_A_PERSON,
        1,
        most,
        most,
        key=Widget.PHOTOS_A_PERSON.of(dataset.id, most),
        persist_state="session",
    )
    return config.with_changes(epochs=int(epochs), train_per_class=None if a_person == most else int(a_person))


def most_photos(dataset: Dataset) -> int:
    """Return how many train photos the person with most of them has."""
    return max(Counter(item.person for item in dataset.of("train")).values())


def preset_to(
    changes: Mapping[str, object],
    base: TrainConfig | None = None,
    dataset: Dataset | None = None,
    *,
    came_from: str = "",
) -> None:
    """Set the widgets of Train for its next visit. Call it before Train draws them.

    Args:
        changes: fields of `TrainConfig` (those of `head` and `augment` too) and their values.
        base: what they change; the settings this lab recommends where there is none.
        dataset: the photos to train on; "photos a person" is left alone where it is not named.
        came_from: id of the run whose settings `base` are, where a suggestion changes them.
    """
    config = (base or presets.preset(TrainConfig().preset)).with_changes(**changes)
    values = config.to_dict()
    values |= values["head"]
    state.CAME_FROM.set(came_from)
    state.CARRIED.set({name: values[name] for name in WITHOUT_WIDGET})
    for key, value in _chosen(config).items():
        st.session_state[key] = value
    if dataset:
        most = most_photos(dataset)
        key = Widget.PHOTOS_A_PERSON.of(dataset.id, most)
        st.session_state[key] = min(config.train_per_class or most, most)
        state.DATASET.set(dataset.id)
    state.CHOOSING_SETTINGS.set(True)


def forget_idea() -> None:
    """Forget the run that the settings came from: the next ones are chosen by hand."""
    state.CAME_FROM.set("")
    state.CARRIED.set({})


def fresh_for(dataset: Dataset) -> None:
    """Choose these photos for Train. Settings that were chosen for other photos are reset: they may not fit."""
    if state.SETTINGS_OF.get() in (None, dataset.id):
        state.DATASET.set(dataset.id)
        state.CHOOSING_SETTINGS.set(True)
    else:
        preset_to({}, dataset=dataset)


def _chosen(config: TrainConfig) -> dict[str, object]:
    """Return what each widget says for these settings, by key."""
    network, depth = registry.backbone(config.backbone).architecture, registry.frozen_units(config)
    return {
        Widget.PRESET: config.preset,
        Widget.BACKBONE.of(config.preset): config.backbone,
        Widget.STARTS_WITH.of(config.preset, config.backbone): config.pretrained,
        _freeze_key(config): depth,
        Widget.SINGLE_LAYERS: depth not in network.freeze_boundaries(),
        Widget.IMAGE_SIZE.of(config.preset, config.backbone): config.image_size_px,
        Widget.EPOCHS.of(config.preset): config.epochs,
        **advanced.chosen(config),
    }
