"""Settings of a training for experts. Their labels may use the field's own words, in brackets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.config import Optimizer, Pooling, Precision, TrainConfig
from ui import page
from ui.state import Widget
from ui.text import train as words

# The field of `TrainConfig`, its head or its augmentation that each widget sets.
FIELDS = {
    Widget.BATCH: "batch_size",
    Widget.LEARNING_RATE: "learning_rate",
    Widget.SEED: "seed",
    Widget.PRECISION: "precision",
    Widget.OPTIMIZER: "optimizer",
    Widget.MOMENTUM: "momentum",
    Widget.HEAD_EPOCHS: "head_epochs",
    Widget.KEEP_BEST: "keep_best",
    Widget.CLASS_WEIGHTS: "class_weights",
    Widget.STOP_EARLY: "early_stopping_patience",
    Widget.SLOW_DOWN: "reduce_lr_patience",
    Widget.POOLING: "pooling",
    Widget.HIDDEN: "hidden",
    Widget.DROPOUT: "dropout",
    Widget.COPIES: "views",
    Widget.ROTATION: "rotation_deg",
    Widget.SHIFT: "shift",
    Widget.ZOOM: "zoom",
    Widget.FLIP: "flip",
}
FLOATS = (
    Widget.LEARNING_RATE, Widget.MOMENTUM, Widget.DROPOUT, Widget.ROTATION, Widget.SHIFT, Widget.ZOOM
)  # fmt: skip


def single_layers() -> bool:
    """Draw the switch between blocks and single layers."""
    return st.toggle(words.SINGLE_LAYERS, key=Widget.SINGLE_LAYERS, persist_state="session")


def settings(config: TrainConfig) -> TrainConfig:
    """Draw all settings that are not on the page already; return the settings with what was chosen."""
    config = _learning(config)
    st.markdown(f"**{words.NEW_LAYERS_TITLE}**")
    with page.errors_as_sentences():
        config = _new_layers(config)
    st.markdown(f"**{words.COPIES_TITLE}**")
    return _copies(config)


def chosen(config: TrainConfig) -> dict[str, object]:
    """Return the value of each widget for these settings, by key."""
    return {_key(config, widget): _value(config, widget) for widget in FIELDS}


def _key(config: TrainConfig, widget: Widget) -> str:
    if widget == Widget.SEED:
        return widget
    # The epochs decide the default: a shorter training has a shorter first phase.
    return widget.of(config.preset, *([config.epochs] if widget == Widget.HEAD_EPOCHS else []))


def _value(config: TrainConfig, widget: Widget) -> Any:
    """Return what a widget shows for these settings."""
    values = config.to_dict()
    value = {**values, **values["head"], **values["augment"]}[FIELDS[widget]]
    if widget == Widget.HIDDEN:
        return ", ".join(map(str, value))
    if widget in (Widget.STOP_EARLY, Widget.SLOW_DOWN):
        return value or 0
    return float(value) if widget in FLOATS else value


def _learning(config: TrainConfig) -> TrainConfig:
    first, second, third = (st.columns(4, vertical_alignment="bottom") for _ in range(3))
    rate = config.learning_rate / 10
    return config.with_changes(
        batch_size=_number(first[0], words.BATCH, config, Widget.BATCH, 1, 512),
        learning_rate=_number(
            first[1], words.LEARNING_RATE, config, Widget.LEARNING_RATE, 0.000001, 10.0, rate, format="%g"
        ),
        seed=_number(first[2], words.SEED, config, Widget.SEED, 0, 2**31),
        precision=_one_of(first[3], words.PRECISION, config, Widget.PRECISION, get_args(Precision)),
        optimizer=_one_of(second[0], words.OPTIMIZER, config, Widget.OPTIMIZER, get_args(Optimizer)),
        momentum=_number(second[1], words.MOMENTUM, config, Widget.MOMENTUM, 0.0, 0.99, 0.05),
        head_epochs=_number(second[2], words.HEAD_EPOCHS, config, Widget.HEAD_EPOCHS, 0, config.epochs - 1),
        keep_best=_switch(third[0], words.KEEP_BEST, config, Widget.KEEP_BEST),
        class_weights=_switch(third[1], words.CLASS_WEIGHTS, config, Widget.CLASS_WEIGHTS),
        early_stopping_patience=_number(third[2], words.STOP_EARLY, config, Widget.STOP_EARLY, 0, 1000) or None,
        reduce_lr_patience=_number(third[3], words.SLOW_DOWN, config, Widget.SLOW_DOWN, 0, 1000) or None,
    )


def _new_layers(config: TrainConfig) -> TrainConfig:
    """Draw the settings of the new last layers.

    Raises:
        ConfigError: the sizes typed are no whole numbers.
    """
    columns = st.columns(3)
    pooling = _one_of(
        columns[0], words.POOLING, config, Widget.POOLING, get_args(Pooling), format_func=words.POOLINGS.__getitem__
    )
    typed = columns[1].text_input(
        words.HIDDEN,
        _value(config, Widget.HIDDEN),
        placeholder=words.HIDDEN_EXAMPLE,
        key=_key(config, Widget.HIDDEN),
        persist_state="session",
    )
    dropout = _number(columns[2], words.DROPOUT, config, Widget.DROPOUT, 0.0, 0.95, 0.05)
    sizes = [part.strip() for part in typed.split(",") if part.strip()]
    hidden = tuple(int(part) if part.isdecimal() else part for part in sizes)
    return config.with_changes(pooling=pooling, hidden=hidden, dropout=dropout)


def _copies(config: TrainConfig) -> TrainConfig:
    columns = st.columns(5, vertical_alignment="bottom")
    return config.with_changes(
        views=_number(columns[0], words.COPIES, config, Widget.COPIES, 1, 100),
        rotation_deg=_number(columns[1], words.ROTATION, config, Widget.ROTATION, 0.0, 180.0, 5.0),
        shift=_number(columns[2], words.SHIFT, config, Widget.SHIFT, 0.0, 0.5, 0.05),
        zoom=_number(columns[3], words.ZOOM, config, Widget.ZOOM, 0.0, 0.9, 0.05),
        flip=_switch(columns[4], words.FLIP, config, Widget.FLIP),
    )


def _number(
    column: DeltaGenerator, label: str, config: TrainConfig, widget: Widget, *bounds_and_step: float, **look: Any
) -> Any:
    """Ask for a number: a whole one between bounds, or a float with a step."""
    low, high, *step = bounds_and_step
    key, value = _key(config, widget), _value(config, widget)
    return column.number_input(label, low, high, value, *step, key=key, persist_state="session", **look)


def _one_of(
    column: DeltaGenerator, label: str, config: TrainConfig, widget: Widget, options: Sequence[str], **look: Any
) -> str:
    index = options.index(_value(config, widget))
    return column.selectbox(label, options, index, key=_key(config, widget), persist_state="session", **look)


def _switch(column: DeltaGenerator, label: str, config: TrainConfig, widget: Widget) -> bool:
    return column.toggle(label, _value(config, widget), key=_key(config, widget), persist_state="session")
