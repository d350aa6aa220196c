from __future__ import annotations

import errno
import shutil

import pytest

from core import disk
from core.config import TrainConfig
from core.experiments import listing, runs
from core.sweeps.plan import SweepPlan
from tests import fakes
from tests.made_sweeps import first_right, make_sweep


def test_the_shelf_gives_what_the_list_shows_newest_first(lab_home):
    dataset = fakes.dataset(lab_home)
    first = fakes.run(lab_home, dataset)
    first.path.rename(first.path.with_name("20200101-000000-aaaaaa"))
    fakes.run(lab_home, dataset, state="failed", message="x", tested=False)
    shelf = listing.list_all(lab_home)
    newest, oldest = shelf.rows
    assert (newest.state, newest.total, newest.is_tested) == ("failed", None, False)
    assert (oldest.correct, oldest.total, oldest.is_tested) == (11, 12, True)
    assert shelf.tested == (oldest,)
    assert shelf.row(oldest.id) == oldest
    assert shelf.row("../etc") is shelf.row(None) is None


@pytest.mark.parametrize("file", ["request.json", "result.json", "config.json", "status.json"])
@pytest.mark.parametrize("content", ["no json", '{"schema": 1, "epochs": "x"}', '{"schema": 99}'])
def test_a_damaged_experiment_hides_no_other(lab_home, file, content):
    dataset = fakes.dataset(lab_home)
    kept, broken = fakes.run(lab_home, dataset), fakes.run(lab_home, dataset)
    (broken.path / file).write_text(content, encoding="utf-8")
    shelf = listing.list_all(lab_home)
    assert [row.id for row in shelf.rows] == [kept.id]
    ((run, reason),) = runs.damaged_runs(lab_home)
    assert run == broken
    assert f'The experiment "{broken.id}" cannot be read' in reason
    assert reason.endswith(".")


def test_the_list_never_reads_epochs(lab_home):
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    (run.path / "events.jsonl").unlink()
    assert len(listing.list_all(lab_home).rows) == 1


def test_experiments_of_sweeps_are_apart_and_found_by_their_id(lab_home):
    dataset = fakes.dataset(lab_home)
    alone = fakes.run(lab_home, dataset)
    plan = SweepPlan(depths=(10, 13), seeds=(0,))
    sweep = make_sweep(lab_home, dataset, plan, first_right(lambda cell: 0.5), done=1)
    shelf = listing.list_all(lab_home)
    assert [row.id for row in shelf.rows] == [alone.id]
    assert [(row.sweep, row.is_tested) for row in shelf.of_sweeps] == [(sweep.id, False), (sweep.id, True)]
    first = sweep.members()[0][1]
    assert shelf.row(first.id) in shelf.of_sweeps


@pytest.fixture
def apart(monkeypatch):
    """Folders of experiments sort by the second in which they were made."""
    seconds = iter(range(60))
    monkeypatch.setattr(runs, "new_run_path", lambda home: home.runs / f"20260101-0000{next(seconds):02}-aaaaaa")


def test_each_experiment_has_a_number_of_its_own_and_keeps_it(lab_home, apart):
    dataset = fakes.dataset(lab_home)
    first, second, third = (fakes.run(lab_home, dataset) for _ in range(3))

    def numbers():
        return {row.id: row.number for row in listing.list_all(lab_home).rows}

    assert numbers() == {first.id: 1, second.id: 2, third.id: 3}
    waiting = fakes.run(lab_home, dataset, state="queued", tested=False)
    assert numbers()[waiting.id] == 4
    assert listing.next_number(lab_home) == 5
    shutil.rmtree(second.path)
    shutil.rmtree(waiting.path)
    assert numbers() == {first.id: 1, third.id: 3}
    # What is gone leaves its number unused, and its id nowhere.
    newest = fakes.run(lab_home, dataset)
    assert numbers()[newest.id] == 5
    assert second.id not in (lab_home.runs / "numbers.json").read_text(encoding="utf-8")
    sweep = make_sweep(lab_home, dataset, SweepPlan(depths=(10, 13), seeds=(0,)), first_right(lambda cell: 0.5))
    assert {row.number for row in listing.list_all(lab_home).of_sweeps} == {0}
    assert len(sweep.members()) == 2
    assert len(set(numbers().values())) == 3


def test_an_older_experiment_that_comes_later_takes_no_number_away(lab_home, apart):
    dataset = fakes.dataset(lab_home)
    fakes.run(lab_home, dataset)
    assert listing.list_all(lab_home).rows[0].number == 1
    brought = fakes.run(lab_home, dataset)
    brought.path.rename(brought.path.with_name("20200101-000000-aaaaaa"))
    assert [row.number for row in listing.list_all(lab_home).rows] == [1, 2]


def test_numbers_that_cannot_be_kept_are_given_all_the_same(lab_home, apart, monkeypatch):
    dataset = fakes.dataset(lab_home)
    older, newer = fakes.run(lab_home, dataset), fakes.run(lab_home, dataset)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(disk, "write_json", refuse)
    assert [(row.id, row.number) for row in listing.list_all(lab_home).rows] == [(newer.id, 2), (older.id, 1)]


def test_damaged_numbers_are_given_anew(lab_home, apart):
    dataset = fakes.dataset(lab_home)
    for _ in range(2):
        fakes.run(lab_home, dataset)
    listing.list_all(lab_home)
    (lab_home.runs / "numbers.json").write_text("no json", encoding="utf-8")
    assert [row.number for row in listing.list_all(lab_home).rows] == [2, 1]


def test_the_list_knows_who_did_not_retrain(lab_home):
    dataset = fakes.dataset(lab_home)
    run = fakes.run(lab_home, dataset, config=TrainConfig(freeze_depth=10, epochs=20, head_epochs=10))
    run.job.write_result({**run.summary(), "kept_epoch": 10, "epochs_run": 20})
    (row,) = listing.list_all(lab_home).rows
    assert row.outcome.did == "kept_frozen"
