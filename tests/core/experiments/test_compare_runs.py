from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.config import TrainConfig
from core.data import edits
from core.experiments import compare_runs, runs
from core.experiments.runs import Run
from core.schema import convert
from tests import fakes

pytestmark = pytest.mark.usefixtures("runs_apart")


def says(run: Run, wrong: set[int]) -> None:
    """Let an experiment be wrong about these photos of its exam, and right about the others."""
    given = run.predictions()
    assert given
    probabilities = 0 * given.probabilities
    for place, label in enumerate(given.labels):
        probabilities[place, (label + (place in wrong)) % probabilities.shape[1]] = 1
    run.write_predictions(replace(given, probabilities=probabilities))


def test_settings_that_differ_are_named_in_order() -> None:
    before = TrainConfig()
    assert compare_runs.differences(before, before) == ()
    now = TrainConfig(train_per_class=3, freeze_depth=10, learning_rate=0.1)
    assert compare_runs.differences(before, now) == ("freeze", "photos", "other")
    assert compare_runs.differences(before, TrainConfig(pretrained=False, image_size_px=48)) == ("start", "size")


def test_long_trainings_are_compared_like_short_ones() -> None:
    long = TrainConfig(epochs=1000, head_epochs=500)
    assert compare_runs.differences(long, long) == ()
    assert compare_runs.differences(long, TrainConfig(epochs=1000, head_epochs=100)) == ("other",)
    assert compare_runs.differences(long, TrainConfig(epochs=20, head_epochs=10)) == ("epochs",)


def test_all_frozen_is_no_change_whatever_the_network_and_however_it_is_said() -> None:
    assert compare_runs.differences(TrainConfig(), TrainConfig(freeze_depth=13)) == ()
    other = TrainConfig(backbone="vggface2-resnet50")
    assert compare_runs.differences(TrainConfig(), other) == ("network",)


def test_a_shorter_training_is_one_change_not_two() -> None:
    before = TrainConfig(epochs=20, head_epochs=10)
    assert compare_runs.differences(before, before.with_changes(epochs=7)) == ("epochs",)
    assert compare_runs.differences(before, before.with_changes(head_epochs=3)) == ("other",)


def test_experiments_with_these_photos_are_found_whatever_their_settings(lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    first, second = fakes.run(lab_home, dataset), fakes.run(lab_home, dataset)
    fakes.run(lab_home, fakes.dataset(lab_home, people=("Eva", "Finn"), dataset_id="others"))
    fakes.run(lab_home, dataset, state="failed", message="x", tested=False)
    assert list(compare_runs.tested_with(dataset.id, runs.list_runs(lab_home))) == [second, first]


def test_each_setting_that_is_folded_away_counts() -> None:
    before = TrainConfig()
    assert compare_runs.count_changes(before, before) == 0
    assert compare_runs.count_changes(before, TrainConfig(learning_rate=0.1)) == 1
    assert compare_runs.count_changes(before, before.with_changes(learning_rate=0.1, dropout=0.1, views=2)) == 3
    assert compare_runs.count_changes(before, before.with_changes(freeze_depth=10, seed=1)) == 2
    long = TrainConfig(epochs=20, head_epochs=10)
    assert compare_runs.count_changes(long, long.with_changes(epochs=8)) == 1


def test_settings_read_from_a_file_that_leaves_some_out_are_complete() -> None:
    read = convert({"epochs": 5, "head": {"dropout": 0.1}}, TrainConfig, "a file")
    asked = TrainConfig().with_changes(epochs=5, dropout=0.1)
    assert compare_runs.all_settings(read) == compare_runs.all_settings(asked)
    assert compare_runs.differences(read, asked.with_changes(batch_size=8)) == ("other",)


def test_what_was_fixed_and_what_broke(lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    before, now = fakes.run(lab_home, dataset), fakes.run(lab_home, dataset)
    says(before, {0, 1, 2, 3, 4, 5, 6})
    says(now, {6, 11})
    found = compare_runs.compare_runs(before, now)
    assert found
    assert (found.total, found.right_before, found.right_now) == (12, 5, 10)
    assert [changed.place for changed in found.fixed] == [0, 1, 2, 3, 4, 5]
    assert (found.fixed[0].before, found.fixed[0].now) == (fakes.PEOPLE[1], fakes.PEOPLE[0])
    assert [(changed.place, changed.before, changed.now) for changed in found.broken] == [
        (11, fakes.PEOPLE[2], fakes.PEOPLE[0])
    ]
    assert found.changes.p_value == pytest.approx(2 * (1 + 7) / 2**7)


def test_a_person_with_a_new_name_is_still_the_same(lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    before = fakes.run(lab_home, dataset)
    renamed = edits.rename_person(lab_home, dataset, fakes.PEOPLE[0], "Zoe", is_used=lambda _: True)
    now = fakes.run(lab_home, renamed)
    says(before, set())
    says(now, set())
    found = compare_runs.compare_runs(before, now)
    assert found
    assert (found.total, found.right_before, found.right_now) == (12, 12, 12)
    assert found.fixed == found.broken == ()


def test_many_pairs_at_once_are_counted_as_each_alone() -> None:
    plain = TrainConfig(epochs=20, head_epochs=10)
    changed = [
        plain,
        *(plain.with_changes(epochs=n, head_epochs=h) for n, h in ((20, 5), (30, 10), (30, 15))),
        plain.with_changes(freeze_depth=10, learning_rate=0.1, dropout=0.1),
        plain.with_changes(backbone="imagenet-vgg16", train_per_class=3, preset="webcam"),
    ]
    settings = [compare_runs.all_settings(config) for config in changed]
    for before, row in zip(changed, settings, strict=True):
        differ = np.array([[was != now for was, now in zip(row, other, strict=True)] for other in settings])
        alone = [compare_runs.count_changes(before, now) for now in changed]
        assert compare_runs.count_all_changes(differ).tolist() == alone
