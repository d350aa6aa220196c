"""What is said of runs: the settings that differ, and names that tell curves apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.config import TrainConfig
from core.data.versions import save_dataset
from core.experiments import listing
from core.experiments.listing import ListedRun
from tests import fakes
from ui.text import common, runs
from ui.text import compare as words
from ui.text import train as train_words

CONFIG = TrainConfig(freeze_depth=10, image_size_px=48)


@pytest.fixture
def row_with(lab_home):
    dataset = fakes.dataset(lab_home)

    def row_with(**changes: object) -> ListedRun:
        return listing.read_listed_run(fakes.run(lab_home, dataset, config=CONFIG.with_changes(**changes)))

    return row_with


def test_only_what_differs_is_told(row_with):
    rows = row_with(), row_with(freeze_depth=13, learning_rate=0.002), row_with(freeze_depth=13, seed=4)
    differ = dict(runs.differing_settings(rows))
    assert list(differ) == [common.SETTINGS["freeze"], train_words.LEARNING_RATE, train_words.SEED]
    assert differ[common.SETTINGS["freeze"]] == ["block 5 retrained", "all blocks frozen", "all blocks frozen"]
    assert differ[train_words.LEARNING_RATE] == ["0.001", "0.002", "0.001"]
    assert differ[train_words.SEED] == ["0", "0", "4"]


def test_head_rounds_that_follow_from_the_rounds_are_not_told(row_with):
    rows = row_with(epochs=20, head_epochs=10), row_with(epochs=10, head_epochs=5)
    assert list(dict(runs.differing_settings(rows))) == [common.SETTINGS["epochs"]]


def test_curves_are_named_by_as_little_as_tells_them_apart(row_with):
    names = runs.short_names((row_with(), row_with(freeze_depth=13), row_with(freeze_depth=13, seed=1)))
    assert names == ["block 5 retrained, " + words.a_try(0), "all blocks frozen, " + words.a_try(0),
                     "all blocks frozen, " + words.a_try(1)]  # fmt: skip
    assert runs.short_names((row_with(), row_with(freeze_depth=13))) == [
        "block 5 retrained",
        "all blocks frozen",
    ]


def test_every_setting_can_be_told_by_its_name():
    told = {"backbone", "pretrained", "freeze_depth", "image_size_px", "epochs", "train_per_class"}
    follows = {"preset", "head", "augment"}
    assert set(runs._flat(TrainConfig())) == told | follows | set(runs._ADVANCED)


def test_other_practice_photos_are_told(lab_home):
    dataset = fakes.dataset(lab_home)
    less = replace(
        dataset, version=2, items=tuple(item for item in dataset.items if not item.name.endswith("train-0.png"))
    )
    save_dataset(lab_home, less)
    rows = [listing.read_listed_run(fakes.run(lab_home, each, config=CONFIG)) for each in (dataset, less)]
    assert dict(runs.differing_settings(rows)) == {
        common.SETTINGS["data"]: ["18 practice photos", "15 practice photos"]
    }
