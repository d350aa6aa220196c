from __future__ import annotations

import pytest

from core import runs
from core.config import TrainConfig
from tests.pages import made
from ui import changed, words


@pytest.fixture(autouse=True)
def _a_second_apart(monkeypatch) -> None:
    """Folders of experiments sort by the second in which they were made."""
    seconds = iter(range(60))
    monkeypatch.setattr(runs, "new_run_path", lambda home: home.runs / f"20260101-0000{next(seconds):02}-aaaaaa")


def test_the_first_experiment_has_changed_nothing(lab_home) -> None:
    dataset = made.dataset(lab_home)
    assert changed.sentence(lab_home, dataset, TrainConfig()) == ""
    made.run(lab_home, dataset, state="stopped", tested=False)
    assert changed.sentence(lab_home, dataset, TrainConfig()) == ""


def test_what_changed_is_said_against_the_last_one_with_these_photos(lab_home) -> None:
    dataset = made.dataset(lab_home)
    made.run(lab_home, dataset, config=TrainConfig())
    made.run(lab_home, dataset, config=TrainConfig(epochs=7))
    made.run(lab_home, made.dataset(lab_home, ("Eva", "Finn"), dataset_id="others"), config=TrainConfig(seed=3))
    now = TrainConfig(epochs=7, freeze_depth=10, train_per_class=3)
    told = changed.sentence(lab_home, dataset, now)
    assert told == "This is experiment 4. You have changed: frozen blocks, practice photos a person."
    same = changed.sentence(lab_home, dataset, TrainConfig(epochs=7, freeze_depth=13))
    assert same == f"This is experiment 4. {words.NOTHING_CHANGED}"
