from __future__ import annotations

import pytest

from core import experiments
from core.sweeps.plan import SweepPlan
from tests.made_sweeps import first_right, make_sweep
from tests.pages import made


def test_the_shelf_gives_what_the_list_shows_newest_first(lab_home):
    dataset = made.dataset(lab_home)
    first = made.run(lab_home, dataset)
    first.path.rename(first.path.with_name("20200101-000000-aaaaaa"))
    made.run(lab_home, dataset, state="failed", message="x", tested=False)
    shelf = experiments.shelf(lab_home)
    newest, oldest = shelf.rows
    assert (newest.state, newest.total, newest.is_tested) == ("failed", None, False)
    assert (oldest.correct, oldest.total, oldest.is_tested) == (11, 12, True)
    assert shelf.tested == (oldest,)
    assert shelf.row(oldest.id) == oldest
    assert shelf.row("../etc") is shelf.row(None) is None


@pytest.mark.parametrize("file", ["request.json", "result.json", "config.json", "status.json"])
@pytest.mark.parametrize("content", ["no json", '{"schema": 1, "epochs": "x"}', '{"schema": 99}'])
def test_a_damaged_experiment_hides_no_other(lab_home, file, content):
    dataset = made.dataset(lab_home)
    kept, broken = made.run(lab_home, dataset), made.run(lab_home, dataset)
    (broken.path / file).write_text(content, encoding="utf-8")
    shelf = experiments.shelf(lab_home)
    assert [row.id for row in shelf.rows] == [kept.id]
    ((run, reason),) = shelf.unreadable
    assert run == broken
    assert f'The experiment "{broken.id}" is damaged' in reason
    assert reason.endswith(".")


def test_the_list_never_reads_photos_or_rounds(lab_home):
    run = made.run(lab_home, made.dataset(lab_home))
    (run.path / "dataset.json").write_text("large", encoding="utf-8")
    (run.path / "predictions.json").unlink()
    (run.path / "events.jsonl").unlink()
    assert len(experiments.shelf(lab_home).rows) == 1


def test_experiments_of_sweeps_are_apart_and_found_by_their_id(lab_home):
    dataset = made.dataset(lab_home)
    alone = made.run(lab_home, dataset)
    plan = SweepPlan(depths=(10, 13), seeds=(0,))
    sweep = make_sweep(lab_home, dataset, plan, first_right(lambda cell: 0.5), done=1)
    shelf = experiments.shelf(lab_home)
    assert [row.id for row in shelf.rows] == [alone.id]
    assert [(row.sweep, row.is_tested) for row in shelf.of_sweeps] == [(sweep.id, False), (sweep.id, True)]
    first = sweep.members()[0][1]
    assert shelf.row(first.id) in shelf.of_sweeps
