from __future__ import annotations

from dataclasses import replace

import pytest

from core.config import TrainConfig
from core.data.dataset import Dataset
from core.data.photoset import PhotoSet
from core.data.versions import save_dataset
from core.experiments import baseline, runs
from core.experiments.runs import Run
from core.sweeps.plan import SweepPlan
from tests import fakes
from tests.made_sweeps import first_right, make_sweep

FROZEN = TrainConfig()
UNTRAINED = TrainConfig(pretrained=False, freeze_depth=0)
LAST_BLOCK = TrainConfig(freeze_depth=10)
ALL_LEARN = TrainConfig(freeze_depth=0)


pytestmark = pytest.mark.usefixtures("runs_apart")


@pytest.fixture
def dataset(lab_home) -> Dataset:
    return fakes.dataset(lab_home)


def everything(lab_home) -> list[Run]:
    return runs.list_runs(lab_home, of_sweeps=True)


def against(lab_home, run: Run) -> tuple[str, tuple[str, ...]] | None:
    found = baseline.Tested(everything(lab_home)).baseline(run)
    return (found.run.id, found.differ) if found else None


def test_the_lesson_holds_the_last_block_against_all_frozen_not_against_the_newest(lab_home, dataset) -> None:
    frozen, untrained, block = (
        fakes.run(lab_home, dataset, config=config) for config in (FROZEN, UNTRAINED, LAST_BLOCK)
    )
    assert against(lab_home, frozen) is None
    assert against(lab_home, untrained) == (frozen.id, ("start", "freeze"))
    assert baseline.Tested(everything(lab_home)).baseline(untrained).follows
    assert against(lab_home, block) == (frozen.id, ("freeze",))


def test_exactly_one_setting_beats_what_follows_and_the_newest_such_counts(lab_home, dataset) -> None:
    first, learns, untrained = (
        fakes.run(lab_home, dataset, config=config) for config in (FROZEN, ALL_LEARN, UNTRAINED)
    )
    assert against(lab_home, untrained) == (learns.id, ("start",))
    again = fakes.run(lab_home, dataset, config=FROZEN)
    block = fakes.run(lab_home, dataset, config=LAST_BLOCK)
    assert against(lab_home, block) == (again.id, ("freeze",))
    # Of several the one that the idea came from.
    path = runs.new_run_path(lab_home)
    idea = runs.create_run(path, dataset, LAST_BLOCK, came_from=first.id)
    assert against(lab_home, idea) == (first.id, ("freeze",))
    far = runs.create_run(runs.new_run_path(lab_home), dataset, LAST_BLOCK, came_from=untrained.id)
    assert against(lab_home, far) == (again.id, ("freeze",))


def test_two_changes_at_once_are_held_against_nothing(lab_home, dataset) -> None:
    fakes.run(lab_home, dataset, config=FROZEN)
    two = fakes.run(lab_home, dataset, config=LAST_BLOCK.with_changes(train_per_class=3))
    assert against(lab_home, two) is None
    folded = fakes.run(lab_home, dataset, config=FROZEN.with_changes(dropout=0.1, batch_size=8))
    assert against(lab_home, folded) is None
    same = fakes.run(lab_home, dataset, config=LAST_BLOCK.with_changes(train_per_class=3))
    assert against(lab_home, same) == (two.id, ())


def test_photos_of_another_data_set_are_never_held_against_though_they_share_one(lab_home, dataset) -> None:
    shared = dataset.of("test")[0]
    other = fakes.dataset(lab_home, ("Ada", "Finn"), dataset_id="others")
    items = (*(item for item in other.items if item.split != "test" or item.person != "Ada"), shared)
    mixed = replace(other, items=items, version=2)
    save_dataset(lab_home, mixed)
    fakes.run(lab_home, mixed, config=FROZEN)
    assert against(lab_home, fakes.run(lab_home, dataset, config=FROZEN)) is None


def test_more_training_photos_are_one_change_and_other_test_photos_no_baseline(lab_home, dataset) -> None:
    before = fakes.run(lab_home, dataset, config=FROZEN)
    more = replace(
        dataset, version=2, items=tuple(item for item in dataset.items if item.name != f"{fakes.PEOPLE[0]}/train-0.png")
    )
    save_dataset(lab_home, more)
    assert against(lab_home, fakes.run(lab_home, more, config=FROZEN)) == (before.id, ("data",))
    assert against(lab_home, fakes.run(lab_home, more, config=LAST_BLOCK.with_changes(epochs=3))) is None
    less = replace(
        dataset, version=3, items=tuple(item for item in dataset.items if item.name != f"{fakes.PEOPLE[0]}/test-0.png")
    )
    save_dataset(lab_home, less)
    assert against(lab_home, fakes.run(lab_home, less, config=FROZEN)) is None


def test_a_run_of_a_sweep_is_a_baseline_like_any_other(lab_home, dataset) -> None:
    plan = SweepPlan(depths=(10, 13), seeds=(0, 1))
    sweep = make_sweep(lab_home, dataset, plan, first_right(lambda cell: 0.5))
    block = next(run for cell, run in sweep.members() if cell.depth == 10 and cell.seed == 0)
    block.path.rename(block.path.with_name("20250101-000000-aaaaaa-000"))
    moved = Run(block.path.with_name("20250101-000000-aaaaaa-000"))
    three = fakes.run(lab_home, dataset, config=moved.config.with_changes(train_per_class=3))
    assert against(lab_home, three) == (moved.id, ("photos",))


def test_a_damaged_one_is_passed_over(lab_home, dataset) -> None:
    first, second = (fakes.run(lab_home, dataset, config=FROZEN) for _ in range(2))
    block = fakes.run(lab_home, dataset, config=LAST_BLOCK)
    (second.path / "predictions.json").write_text("no json", encoding="utf-8")
    assert against(lab_home, block) == (first.id, ("freeze",))
    (first.path / "dataset.json").write_text("no json", encoding="utf-8")
    assert against(lab_home, block) is None


def test_what_it_will_be_held_against_is_known_before_it_begins(lab_home, dataset) -> None:
    frozen = fakes.run(lab_home, dataset, config=FROZEN)
    found = baseline.Tested(everything(lab_home)).baseline_for(LAST_BLOCK, dataset)
    assert (found.run, found.differ) == (frozen, ("freeze",))
    two = LAST_BLOCK.with_changes(train_per_class=3)
    assert baseline.Tested(everything(lab_home)).baseline_for(two, dataset) is None
    assert baseline.Tested(everything(lab_home)).newest_for(two, dataset).differ == ("freeze", "photos")
    other = fakes.dataset(lab_home, ("Eva", "Finn"), dataset_id="others")
    assert baseline.Tested(everything(lab_home)).newest_for(two, other) is None


def test_where_nothing_was_tested_yet_there_is_no_baseline(lab_home, dataset) -> None:
    first = fakes.run(lab_home, dataset, tested=False, state="failed")
    tested = baseline.Tested([first])
    assert tested.baseline(first) is tested.baseline_for(FROZEN, dataset) is tested.newest_for(FROZEN, dataset) is None
    assert tested.earlier(first) == []


def test_photos_are_counted_as_they_are_used(lab_home, dataset) -> None:
    photos = PhotoSet.of(dataset)
    assert (photos.each(None), photos.each(3), photos.total) == ((6, 6), (3, 3), 18)


def test_one_that_did_not_retrain_is_no_baseline(lab_home, dataset) -> None:
    two_phases = LAST_BLOCK.with_changes(epochs=20, head_epochs=10)
    frozen = fakes.run(lab_home, dataset, config=two_phases.with_changes(freeze_depth=13))
    kept = fakes.run(lab_home, dataset, config=two_phases)
    kept.job.write_result({**kept.summary(), "kept_epoch": 10, "epochs_run": 20})
    blocks = fakes.run(lab_home, dataset, config=two_phases.with_changes(freeze_depth=7))
    assert against(lab_home, blocks) == (frozen.id, ("freeze",))
