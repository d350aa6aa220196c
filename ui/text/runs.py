"""A run in words: what is frozen, what learned, its settings on one line or one by one. Counted in whole blocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from core.config import TrainConfig
from core.data.dataset import Dataset
from core.experiments import baseline, compare_runs
from core.experiments.compare_runs import Setting
from core.experiments.listing import ListedRun
from core.experiments.outcome import Outcome
from core.experiments.runs import Run
from core.models import registry
from core.models.architectures import Architecture
from ui.text import common
from ui.text import compare as compare_words
from ui.text import test as test_words
from ui.text import train as train_words

FEW_SETTINGS = 3
# Settings that are folded away on Train, or not to be chosen there, by the name of their field.
_ADVANCED = {
    "learning_rate": train_words.LEARNING_RATE,
    "seed": train_words.SEED,
    "batch_size": train_words.BATCH,
    "head_epochs": train_words.HEAD_EPOCHS,
    "optimizer": train_words.OPTIMIZER,
    "momentum": train_words.MOMENTUM,
    "pooling": train_words.POOLING,
    "hidden": train_words.HIDDEN,
    "dropout": train_words.DROPOUT,
    "views": train_words.COPIES,
    "rotation_deg": train_words.ROTATION,
    "shift": train_words.SHIFT,
    "zoom": train_words.ZOOM,
    "flip": train_words.FLIP,
    "early_stopping_patience": train_words.STOP_EARLY,
    "reduce_lr_patience": train_words.SLOW_DOWN,
    "keep_best": train_words.KEEP_BEST,
    "class_weights": train_words.CLASS_WEIGHTS,
    "precision": train_words.PRECISION,
    "unfrozen_rate": compare_words.UNFROZEN_RATE,
    "min_steps": compare_words.MIN_STEPS,
    "unfrozen_min_steps": compare_words.UNFROZEN_MIN_STEPS,
    "scale_features": compare_words.SCALE_FEATURES,
    "zero_start": compare_words.ZERO_START,
}


def block_word(network: Architecture) -> str:
    """Return what a block is called: a residual network has stages."""
    return common.BLOCK if network.units[0].name.startswith("conv") else common.STAGE


def whole_blocks(network: Architecture, depth: int) -> int | None:
    """Return how many blocks `depth` frozen units are, or None where they end inside one."""
    stops = network.freeze_boundaries()
    return stops.index(depth) if depth in stops else None


def to_be_frozen(config: TrainConfig) -> str:
    """Say in two or three words what the settings freeze."""
    network, depth = registry.backbone(config.backbone).architecture, registry.frozen_units(config)
    return compare_words.frozen_short(depth, len(network.units), whole_blocks(network, depth), block_word(network))


def retrained(config: TrainConfig, outcome: Outcome) -> str:
    """Say in two or three words what a finished training retrained, or left as it was though it was not frozen.

    Empty for an untrained network all of whose blocks learned: nothing was there that could be retrained.
    """
    if not outcome.retrained:
        return common.kept_as_was(*_unfrozen(config))
    if config.pretrained:
        return common.retrained(*_unfrozen(config))
    return to_be_frozen(config) if registry.frozen_units(config) else ""


def what_learned(row: ListedRun) -> str:
    """Say in a few words what learned in a run that has ended, or is to; and that it was untrained."""
    done = row.total is not None and (row.config.pretrained or not row.outcome.retrained)
    what = retrained(row.config, row.outcome) if done else to_be_frozen(row.config)
    return what if row.config.pretrained else f"{common.UNTRAINED}, {what}"


def unfrozen(config: TrainConfig) -> str:
    """Name what is not frozen: "block 5", "blocks 4–5", "all blocks", "layers 12–13"."""
    return common.which(*_unfrozen(config))


def unfreezing(config: TrainConfig) -> str:
    """Say what begins to learn where the epochs of the new last layers alone end."""
    return common.border(*_unfrozen(config))


def _unfrozen(config: TrainConfig) -> tuple[int, int, str]:
    """Return the first and the last block that is not frozen, and what blocks are called; layers where one is cut."""
    network, depth = registry.backbone(config.backbone).architecture, registry.frozen_units(config)
    whole = whole_blocks(network, depth)
    if whole is None:
        return depth + 1, len(network.units), common.LAYER
    return whole + 1, len(network.blocks), block_word(network)


def why_not_retrained(config: TrainConfig, outcome: Outcome | None) -> str:
    """Say why what was not frozen is as it was before; empty where it learned, or no training has ended."""
    if outcome is None or outcome.retrained:
        return ""
    which = unfrozen(config)
    return train_words.ended_before(which) if outcome.did == "ended_before" else train_words.tried_to_learn(which)


def surprise(run: Run) -> str:
    """Say where a training did not do what its settings say, or did better without it; empty elsewhere."""
    summary, outcome = run.numbers(), run.outcome()
    if summary is None:
        return ""
    if outcome.was_worse and outcome.head_only:
        return train_words.did_not_help(outcome.head_only.test_correct, summary["test_correct"], summary["test_total"])
    return why_not_retrained(run.config, outcome)


def settings_line(config: TrainConfig, outcome: Outcome | None = None) -> str:
    """Return a run's settings on one line; with its outcome, what was really retrained."""
    backbone = registry.backbone(config.backbone)
    frozen = retrained(config, outcome) if outcome and not outcome.retrained else to_be_frozen(config)
    starts = train_words.starts(config.pretrained, config.backbone)
    return train_words.settings(
        backbone.title, frozen, config.image_size_px, config.epochs, starts, config.train_per_class
    )


def settings(run: Run, which: Sequence[Setting]) -> str:
    """Say in a few words what a run had for some settings."""
    said = [setting(run, each) for each in which]
    return ", ".join([part for part in said if part][:FEW_SETTINGS])


def setting(run: Run, which: Setting) -> str:
    """Say in a few words what a run had for one setting; empty where there is nothing to say."""
    config = run.requested_config
    said: dict[Setting, Callable[[], str]] = {
        "network": lambda: registry.backbone(config.backbone).title,
        "start": lambda: test_words.started(config.pretrained, config.backbone),
        "freeze": lambda: retrained(config, run.outcome()),
        "size": lambda: train_words.pixels(config.image_size_px),
        "epochs": lambda: common.rounds(config.epochs),
        "photos": lambda: common.photos_each(config.train_per_class or _photos_each(run.dataset)),
        "data": lambda: test_words.practice_photos(len(run.dataset.of("train"))),
    }
    return said[which]() if which in said else ""


def _photos_each(dataset: Dataset) -> int | None:
    """Return how many train photos everybody has; None where that is not one number."""
    numbers = set(Counter(item.person for item in dataset.of("train")).values())
    return numbers.pop() if len(numbers) == 1 else None


def short_names(rows: Sequence[ListedRun]) -> list[str]:
    """Name runs by what differs, for the ends of their curves: as little of it as tells them apart."""
    names = [""] * len(rows)
    for each in _what_differs(rows):
        if len(set(names)) == len(rows):
            break
        if len(set(each)) > 1:
            names = [", ".join(filter(None, pair)) for pair in zip(names, each, strict=True)]
    return names


def _what_differs(rows: Sequence[ListedRun]) -> list[list[str]]:
    """Return what can tell runs apart in two or three words each, the plainest first."""
    asked = [row.run.requested_config for row in rows]
    return [
        *(_in_words(rows, each) for each in common.SETTINGS if each not in ("other", "data")),
        [compare_words.rate(config.learning_rate) for config in asked],
        [compare_words.a_try(config.seed) for config in asked],
    ]


def differing_settings(rows: Sequence[ListedRun]) -> list[tuple[str, list[str]]]:
    """Return the settings that differ among runs, in words: what it is, and what each of them had.

    Advanced settings are named one by one; what follows from another setting is left out.
    """
    asked = [row.run.requested_config for row in rows]
    differ = dict.fromkeys(each for config in asked[1:] for each in compare_runs.differences(asked[0], config))
    said = [(common.SETTINGS[each], _in_words(rows, each)) for each in _in_order(differ) if each != "other"]
    if len({photos.train for row in rows if (photos := baseline.photos_of_run(row.run))}) > 1:
        said.append((common.SETTINGS["data"], [setting(row.run, "data") for row in rows]))
    flat = [_flat(config) for config in asked]
    for name, title in _ADVANCED.items():
        follows = name == "head_epochs" and len({config.epochs for config in asked}) > 1
        if not follows and len({repr(values[name]) for values in flat}) > 1:
            said.append((title, [_plain(values[name]) for values in flat]))
    return said


def _in_order(differ: dict[Setting, None]) -> list[Setting]:
    return [each for each in common.SETTINGS if each in differ]


def _in_words(rows: Sequence[ListedRun], which: Setting) -> list[str]:
    return [setting(row.run, which) or to_be_frozen(row.config) for row in rows]


def _flat(config: TrainConfig) -> dict[str, Any]:
    values = config.to_dict()
    return {**values, **values["head"], **values["augment"]}


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return compare_words.YES if value else compare_words.NO
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or compare_words.NONE
    return compare_words.NONE if value is None else f"{value:g}" if isinstance(value, float) else str(value)
