"""Settings of a training for experts. Their labels may use the field's own words, in brackets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.config import Optimizer, Pooling, Precision, TrainConfig
from ui import page
from ui.state import Widget
from ui.text import train as words


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
    """Return what each widget says for these settings, by key."""
    preset, head, augment = config.preset, config.head, config.augment
    return {
        Widget.BATCH.of(preset): config.batch_size,
        Widget.LEARNING_RATE.of(preset): float(config.learning_rate),
        Widget.SEED: config.seed,
        Widget.PRECISION.of(preset): config.precision,
        Widget.OPTIMIZER.of(preset): config.optimizer,
        Widget.MOMENTUM.of(preset): float(config.momentum),
        Widget.HEAD_EPOCHS.of(preset, config.epochs): config.head_epochs,
        Widget.KEEP_BEST.of(preset): config.keep_best,
        Widget.CLASS_WEIGHTS.of(preset): config.class_weights,
        Widget.STOP_EARLY.of(preset): config.early_stopping_patience or 0,
        Widget.SLOW_DOWN.of(preset): config.reduce_lr_patience or 0,
        Widget.POOLING.of(preset): head.pooling,
        Widget.HIDDEN.of(preset): ", ".join(map(str, head.hidden)),
        Widget.DROPOUT.of(preset): float(head.dropout),
        Widget.COPIES.of(preset): augment.views,
        Widget.ROTATION.of(preset): float(augment.rotation_deg),
        Widget.SHIFT.of(preset): float(augment.shift),
        Widget.ZOOM.of(preset): float(augment.zoom),
        Widget.FLIP.of(preset): augment.flip,
    }


def _learning(config: TrainConfig) -> TrainConfig:
    first, second, third = (st.columns(4, vertical_alignment="bottom") for _ in range(3))
    preset = config.preset
    changes: dict[str, object] = {
        "batch_size": _whole(first[0], words.BATCH, (1, 512), config.batch_size, Widget.BATCH.of(preset)),
        "learning_rate": first[1].number_input(
            words.LEARNING_RATE,
            0.000001,
            10.0,
            config.learning_rate,
            step=config.learning_rate / 10,
            format="%g",
            key=Widget.LEARNING_RATE.of(preset),
            persist_state="session",
        ),
        "seed": _whole(first[2], words.SEED, (0, 2**31), config.seed, Widget.SEED),
        "precision": _one_of(
            first[3], words.PRECISION, get_args(Precision), config.precision, Widget.PRECISION.of(preset)
        ),
        "optimizer": _one_of(
            second[0], words.OPTIMIZER, get_args(Optimizer), config.optimizer, Widget.OPTIMIZER.of(preset)
        ),
        "momentum": _share(second[1], words.MOMENTUM, 0.99, config.momentum, Widget.MOMENTUM.of(preset)),
        "head_epochs": _whole(
            second[2],
            words.HEAD_EPOCHS,
            (0, config.epochs - 1),
            config.head_epochs,
            # The epochs decide the default: a shorter training has a shorter first phase.
            Widget.HEAD_EPOCHS.of(preset, config.epochs),
        ),
        "keep_best": third[0].toggle(
            words.KEEP_BEST, config.keep_best, key=Widget.KEEP_BEST.of(preset), persist_state="session"
        ),
        "class_weights": third[1].toggle(
            words.CLASS_WEIGHTS, config.class_weights, key=Widget.CLASS_WEIGHTS.of(preset), persist_state="session"
        ),
    }
    for column, name, label, widget in (
        (third[2], "early_stopping_patience", words.STOP_EARLY, Widget.STOP_EARLY),
        (third[3], "reduce_lr_patience", words.SLOW_DOWN, Widget.SLOW_DOWN),
    ):
        changes[name] = _whole(column, label, (0, 1000), getattr(config, name) or 0, widget.of(preset)) or None
    return config.with_changes(**changes)


def _new_layers(config: TrainConfig) -> TrainConfig:
    """Draw the settings of the new last layers.

    Raises:
        ConfigError: the sizes typed are no whole numbers.
    """
    columns, head, preset = st.columns(3), config.head, config.preset
    pooling = columns[0].selectbox(
        words.POOLING,
        get_args(Pooling),
        index=get_args(Pooling).index(head.pooling),
        format_func=words.POOLINGS.__getitem__,
        key=Widget.POOLING.of(preset),
        persist_state="session",
    )
    typed = columns[1].text_input(
        words.HIDDEN,
        ", ".join(map(str, head.hidden)),
        placeholder=words.HIDDEN_EXAMPLE,
        key=Widget.HIDDEN.of(preset),
        persist_state="session",
    )
    dropout = _share(columns[2], words.DROPOUT, 0.95, head.dropout, Widget.DROPOUT.of(preset))
    sizes = [part.strip() for part in typed.split(",") if part.strip()]
    hidden = tuple(int(part) if part.isdecimal() else part for part in sizes)
    return config.with_changes(pooling=pooling, hidden=hidden, dropout=dropout)


def _copies(config: TrainConfig) -> TrainConfig:
    columns, augment, preset = st.columns(5, vertical_alignment="bottom"), config.augment, config.preset
    return config.with_changes(
        views=_whole(columns[0], words.COPIES, (1, 100), augment.views, Widget.COPIES.of(preset)),
        rotation_deg=columns[1].number_input(
            words.ROTATION,
            0.0,
            180.0,
            augment.rotation_deg,
            5.0,
            key=Widget.ROTATION.of(preset),
            persist_state="session",
        ),
        shift=_share(columns[2], words.SHIFT, 0.5, augment.shift, Widget.SHIFT.of(preset)),
        zoom=_share(columns[3], words.ZOOM, 0.9, augment.zoom, Widget.ZOOM.of(preset)),
        flip=columns[4].toggle(words.FLIP, augment.flip, key=Widget.FLIP.of(preset), persist_state="session"),
    )


def _whole(column: DeltaGenerator, label: str, bounds: tuple[int, int], value: int, key: str) -> int:
    return int(column.number_input(label, *bounds, value, key=key, persist_state="session"))


def _share(column: DeltaGenerator, label: str, most: float, value: float, key: str) -> float:
    """Draw a fraction from 0 to `most`."""
    return float(column.number_input(label, 0.0, most, value, 0.05, key=key, persist_state="session"))


def _one_of(column: DeltaGenerator, label: str, options: Sequence[str], value: str, key: str) -> str:
    return column.selectbox(label, options, index=options.index(value), key=key, persist_state="session")
