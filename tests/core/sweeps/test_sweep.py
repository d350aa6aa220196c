"""A sweep's folder: made, found again, and made whole again."""

import shutil

import pytest

from core.config import TrainConfig
from core.errors import LabError, RunError
from core.experiments import runs
from core.sweeps.plan import SweepPlan
from core.sweeps.sweep import complete, create_sweep, damaged_sweeps, list_sweeps, open_sweep
from core.workspace import Workspace
from tests import fakes
from tests.made_sweeps import finish, first_right, make_sweep

PLAN = SweepPlan(depths=(0, 10, 13), seeds=(0, 1))
HALF = first_right(lambda cell: 0.5)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def dataset(workspace):
    return fakes.dataset(workspace)


def test_a_sweep_is_found_again_as_it_was_made(workspace, dataset):
    sweep = create_sweep(workspace, dataset, PLAN, name="4b", guesses={0: 2, 2: 5})
    found = list_sweeps(workspace)[0]
    assert found == sweep == open_sweep(sweep.path, workspace)
    assert (found.name, found.plan, found.guesses, found.dataset) == ("4b", PLAN, {0: 2, 2: 5}, dataset)
    assert found.status().state == "queued"


def test_every_cell_has_a_run_of_its_own_with_its_settings(workspace, dataset):
    sweep = create_sweep(workspace, dataset, PLAN)
    members = sweep.members()
    assert len({run.id for _, run in members}) == 6
    for cell, run in members:
        assert run.config == PLAN.config(cell)
        assert (run.dataset, run.sweep_id) == (dataset, sweep.id)


def test_its_photos_count_as_used_before_anything_trains(workspace, dataset):
    assert not runs.is_used(workspace, dataset)
    create_sweep(workspace, dataset, PLAN)
    assert runs.is_used(workspace, dataset)


def test_lists_of_experiments_leave_its_runs_out(workspace, dataset):
    alone = fakes.run(workspace, dataset)
    make_sweep(workspace, dataset, PLAN, HALF)
    assert [run.id for run in runs.list_runs(workspace)] == [alone.id]
    assert len(runs.list_runs(workspace, of_sweeps=True)) == 7


def test_only_finished_runs_with_these_photos_and_settings_are_taken_over(workspace, dataset):
    other = fakes.dataset(workspace, dataset_id="made2")
    old = make_sweep(workspace, dataset, PLAN, HALF, done=2)
    make_sweep(workspace, other, PLAN, HALF)
    new = create_sweep(workspace, dataset, PLAN)
    done = [run.id for _, run in old.members()[:2]]
    assert [run.id for _, run in new.members()][:2] == done
    assert not {run.id for _, run in new.members()[2:]} & {run.id for _, run in old.members()}


def test_a_run_that_did_not_retrain_is_not_taken_over(workspace, dataset):
    plan = SweepPlan(depths=(0, 13), seeds=(0,), base=TrainConfig(epochs=20, head_epochs=10))
    old = make_sweep(workspace, dataset, plan, HALF)
    for _, run in old.members():
        run.job.write_result({**run.summary(), "retrained": run.config.freeze_depth == 13})
    taken = {run.id for _, run in create_sweep(workspace, dataset, plan).members()} & {
        run.id for _, run in old.members()
    }
    assert taken == {run.id for _, run in old.members() if run.config.freeze_depth == 13}


def test_a_run_that_is_missing_or_a_ruin_is_made_again_and_no_other(workspace, dataset):
    sweep = make_sweep(workspace, dataset, PLAN, HALF)
    gone, ruin, kept = (run for _, run in sweep.members()[:3])
    shutil.rmtree(gone.path)
    (ruin.path / "dataset.json").unlink()
    complete(sweep)
    assert [run.status().state for run in (gone, ruin, kept)] == ["stopped", "stopped", "done"]
    assert kept.summary() is not None


def test_a_folder_of_the_command_line_holds_its_runs_and_takes_none_over(workspace, dataset, tmp_path):
    make_sweep(workspace, dataset, PLAN, HALF)
    sweep = create_sweep(workspace, dataset, PLAN, out=tmp_path / "out")
    assert all(run.path.parent == tmp_path / "out" / "runs" for _, run in sweep.members())
    assert not any(run.summary() for _, run in sweep.members())
    finish(sweep.members()[0][1], sweep.members()[0][0], HALF)
    assert open_sweep(tmp_path / "out", workspace).members()[0][1].summary()


def test_a_full_folder_is_not_written_into(workspace, dataset, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(LabError, match="already holds something"):
        create_sweep(workspace, dataset, PLAN, out=tmp_path)


def test_a_folder_that_is_no_sweep_is_refused(workspace, tmp_path):
    with pytest.raises(RunError, match="not the folder of a sweep"):
        open_sweep(tmp_path, workspace)


@pytest.mark.parametrize("file", ["request.json", "status.json", "dataset.json", "cells.json"])
@pytest.mark.parametrize("content", ["{", '{"schema": 1, "runs": 3}'])
def test_a_damaged_sweep_hides_no_other_and_is_told(workspace, dataset, file, content):
    broken, whole = (create_sweep(workspace, dataset, PLAN) for _ in range(2))
    (broken.path / file).write_text(content, encoding="utf-8")
    assert list_sweeps(workspace) == [whole]
    ((found, reason),) = damaged_sweeps(workspace)
    assert found == broken
    assert f'The comparison "{broken.id}" cannot be read' in reason
    assert reason.count(". ") == 0
    assert file in reason or "delete it" in reason


def test_where_there_is_nothing_there_are_no_sweeps(workspace):
    assert list_sweeps(workspace) == damaged_sweeps(workspace) == []
    (workspace.sweeps / "being made").mkdir(parents=True)
    assert damaged_sweeps(workspace) == []
