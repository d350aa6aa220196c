"""A run in words: what is frozen, what learned, its settings on one line or one by one. Counted in whole blocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from core.config import TrainConfig
from core.data.dataset import Dataset
from core.experiments import compare_runs
from core.experiments.compare_runs import Setting
from core.experiments.listing import Row
from core.experiments.outcome import Outcome
from core.experiments.runs import Run
from core.models import registry
from core.models.structure import Architecture
from ui.text import common
from ui.text import compare as compare_words
from ui.text import test as test_words
from ui.text import train as train_words

FEW_SETTINGS = 3


def block_word(network: Architecture) -> str:
    """Return what a block is called: a residual network has stages."""
    return common.BLOCK if network.units[0].name.startswith("conv") else common.STAGE


def whole_blocks(network: Architecture, depth: int) -> int | None:
    """Return how many blocks `depth` frozen units are, or None where they end inside one."""
    stops = network.stops()
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


def what_learned(row: Row) -> str:
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
    summary, outcome = run.summary(), run.outcome()
    if summary is None:
        return ""
    if outcome.was_worse and outcome.head_only:
        return train_words.did_not_help(outcome.head_only.test_correct, summary["test_correct"], summary["test_total"])
    return why_not_retrained(run.config, outcome)


def settings_line(config: TrainConfig, outcome: Outcome | None = None) -> str:
    """Return a run's settings on one line; of one that has ended, what learned as it did."""
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
    config = compare_runs.asked_for(run)
    said: dict[Setting, Callable[[], str]] = {
        "network": lambda: registry.backbone(config.backbone).title,
        "start": lambda: test_words.started(config.pretrained, config.backbone),
        "freeze": lambda: retrained(config, run.outcome()),
        "size": lambda: train_words.pixels(config.image_size_px),
        "rounds": lambda: common.rounds(config.epochs),
        "photos": lambda: common.photos_each(config.train_per_class or _photos_each(run.dataset)),
        "data": lambda: test_words.practice_photos(len(run.dataset.of("train"))),
    }
    return said[which]() if which in said else ""


def _photos_each(dataset: Dataset) -> int | None:
    """Return how many train photos everybody has; None where that is not one number."""
    numbers = set(Counter(item.person for item in dataset.of("train")).values())
    return numbers.pop() if len(numbers) == 1 else None
