from __future__ import annotations

import shutil

import pytest

from core.config import TrainConfig
from tests import fakes
from ui.text import common
from ui.text import train as words
from ui.train import settings

pytestmark = pytest.mark.usefixtures("runs_apart")


def test_the_first_experiment_has_changed_nothing(lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    assert settings.what_changes(lab_home, dataset, TrainConfig()) == ""
    fakes.run(lab_home, dataset, state="stopped", tested=False)
    assert settings.what_changes(lab_home, dataset, TrainConfig()) == ""


def test_what_changed_is_said_against_the_one_it_will_be_held_against(lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    fakes.run(lab_home, dataset, config=TrainConfig())
    fakes.run(lab_home, dataset, config=TrainConfig(epochs=7))
    fakes.run(lab_home, fakes.dataset(lab_home, ("Eva", "Finn"), dataset_id="others"), config=TrainConfig(seed=3))
    one = settings.what_changes(lab_home, dataset, TrainConfig(freeze_depth=10))
    assert one == "This is experiment 4. One thing changes against experiment 1: frozen blocks."
    now = TrainConfig(epochs=7, freeze_depth=10, train_per_class=3)
    told = settings.what_changes(lab_home, dataset, now)
    assert told == f"This is experiment 4. {words.changes_too_much('experiment 2', ('freeze', 'photos'))}"
    same = settings.what_changes(lab_home, dataset, TrainConfig(epochs=9, freeze_depth=13))
    assert same == "This is experiment 4. One thing changes against experiment 2: rounds."


def test_the_same_once_more_is_said_to_be_the_same(lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    fakes.run(lab_home, dataset, config=TrainConfig())
    same = settings.what_changes(lab_home, dataset, TrainConfig(freeze_depth=13))
    assert same == "This is experiment 2. Its settings are those of experiment 1."


def test_an_untrained_network_changes_two_things_and_says_why(lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    fakes.run(lab_home, dataset, config=TrainConfig())
    told = settings.what_changes(lab_home, dataset, TrainConfig(pretrained=False, freeze_depth=0))
    assert told.startswith("This is experiment 2. Two things change against experiment 1: ")
    assert told.endswith(common.MUST_LEARN)


def test_a_number_stays_free_of_experiments_that_wait_or_were_deleted(lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    first = fakes.run(lab_home, dataset, config=TrainConfig())
    fakes.run(lab_home, dataset, config=TrainConfig(), state="queued", tested=False)
    assert settings.what_changes(lab_home, dataset, TrainConfig()).startswith("This is experiment 3.")
    fakes.run(lab_home, dataset, config=TrainConfig())
    assert settings.what_changes(lab_home, dataset, TrainConfig()).startswith("This is experiment 4.")
    shutil.rmtree(first.path)
    assert settings.what_changes(lab_home, dataset, TrainConfig()).startswith("This is experiment 4.")
