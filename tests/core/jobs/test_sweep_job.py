"""A sweep that really trains: small, from nothing, on drawn patterns."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import CropConfig, TrainConfig
from core.data import building
from core.data.dataset import Dataset
from core.errors import LabError, Stopped
from core.experiments import runs
from core.jobfolder import JobFolder
from core.jobs import deletion, queue, worker
from core.sweeps import results
from core.sweeps.plan import Start, SweepPlan
from core.sweeps.sweep import Sweep, create_sweep, list_sweeps, open_sweep
from core.training import trainer
from core.workspace import Workspace
from tests.patterns import write_people

BASE = TrainConfig(
    pretrained=False, image_size_px=48, epochs=2, head_epochs=1, batch_size=8, learning_rate=3e-3, precision="float32"
).with_changes(views=1)
PLAN = SweepPlan(base=BASE, starts=(Start("face-vgg-mini", pretrained=False),), depths=(10, 13), seeds=(0, 1))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def people(home: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = write_people(tmp_path_factory.mktemp("people"), people=3, photos=10)
    return building.build_dataset(folder, home, crop=CropConfig(detector="none", size_px=64))


def begun(sweep: Sweep) -> list[str]:
    """Return the trainings in the order in which they began."""
    starts = [
        (event["at"], run.id) for _, run in sweep.members() for event in run.job.events() if event["event"] == "started"
    ]
    return [run_id for _, run_id in sorted(starts)]


@pytest.fixture(scope="module")
def done(home, people) -> Sweep:
    sweep = create_sweep(home, people, PLAN)
    worker.work_on(sweep.job, home)
    return sweep


def test_every_training_is_done_in_order(done):
    assert done.status().state == "done"
    assert begun(done) == [run.id for _, run in done.members()]
    found = results.results(done)
    assert [(result.cell.seed, result.cell.depth) for result in found] == [(0, 13), (0, 10), (1, 13), (1, 10)]
    for result, (cell, run) in zip(found, done.members(), strict=True):
        summary = run.summary()
        assert (summary["seed"], summary["freeze_depth"]) == (cell.seed, cell.depth)
        assert result.correct == summary["test_correct"]


def test_a_seed_begins_with_the_same_head_at_every_depth(done):
    """Round 0 is measured before anything was learned: same network, same head, same answers."""
    first = {(cell.seed, cell.depth): run.history()[0].val_probabilities for cell, run in done.members()}
    assert first[0, 13] == pytest.approx(first[0, 10], abs=1e-3)
    assert first[0, 13] != pytest.approx(first[1, 13], abs=1e-3)


def test_a_stop_keeps_what_is_done_and_the_rest_follows_later(home, people, monkeypatch):
    sweep = create_sweep(
        home, people, SweepPlan(base=BASE.with_changes(epochs=3), starts=PLAN.starts, depths=(10, 13), seeds=(0,))
    )
    second = sweep.members()[1][1]
    check = JobFolder.check_stop

    def check_stop(job: JobFolder) -> None:
        if any(event["event"] == "epoch" and event["epoch"] == 1 for event in second.job.events()):
            (sweep.path / "stop").touch()
        check(job)

    with monkeypatch.context() as patch:
        patch.setattr(JobFolder, "check_stop", check_stop)
        with pytest.raises(Stopped):
            worker.work_on(sweep.job, home)
    assert results.progress(sweep).done == 1
    # The one at work keeps its epochs and has no exam yet.
    assert second.status().state == "stopped"
    assert second.summary() is None
    epochs = [epoch.epoch for epoch in second.history()]
    assert epochs[-1] in (1, 2)

    sweep.job.queue_again()
    worker.work_on(sweep.job, home)
    assert results.progress(sweep).done == 2
    assert begun(sweep) == [sweep.members()[0][1].id, second.id, second.id]
    assert [epoch.epoch for epoch in second.history()] == [0, 1, 2, 3]
    began_with = [event["epochs"] for event in second.job.events() if event["event"] == "started"]
    assert len(began_with) == 2


def test_what_was_trained_before_is_taken_over(home, people, done):
    wider = create_sweep(home, people, SweepPlan(base=BASE, starts=PLAN.starts, depths=(7, 10, 13), seeds=(0, 1)))
    old = {run.id for _, run in done.members()}
    assert sum(run.id in old for _, run in wider.members()) == 4
    assert results.progress(wider).done == 4
    # Other photos, another version of them, or other settings are another training.
    other = create_sweep(home, people, SweepPlan(base=BASE.with_changes(epochs=4), starts=PLAN.starts, depths=(10,)))
    assert not old & {run.id for _, run in other.members()}
    deletion.delete_sweep(home, wider)
    deletion.delete_sweep(home, other)
    assert [sweep.id for sweep in list_sweeps(home) if sweep.id in (wider.id, other.id)] == []
    assert results.progress(done).done == 4


def test_one_that_fails_stops_no_other(home, people, monkeypatch):
    sweep = create_sweep(
        home,
        people,
        SweepPlan(base=BASE.with_changes(epochs=1, head_epochs=0), starts=PLAN.starts, depths=(10, 13), seeds=(5,)),
    )
    train = trainer.run_training

    def broken(job, workspace, shared=None):
        if runs.Run(job.path).config.freeze_depth == 13:
            raise LabError("The photos are gone; bring them again.")
        train(job, workspace, shared)

    monkeypatch.setattr(trainer, "run_training", broken)
    with pytest.raises(LabError, match="photos are gone"):
        worker.work_on(sweep.job, home)
    progress = results.progress(sweep)
    assert (progress.state, progress.done, progress.failed) == (
        "failed",
        1,
        ("The photos are gone; bring them again.",),
    )


def test_a_deleted_training_is_made_again(home, people, done):
    again = create_sweep(home, people, PLAN)
    (_, victim), *_ = again.members()
    deletion.delete_run(home, victim)
    assert results.progress(again).done == results.progress(done).done == 3
    worker.work_on(done.job, home)
    assert results.progress(done).done == 4


def test_a_worker_of_the_lane_takes_it(home, people):
    sweep = create_sweep(home, people, PLAN)
    queue.enqueue(home, sweep.job)
    assert [job.id for job in queue.waiting(home, queue.TRAIN)] == [sweep.id]
    with queue.take(home, queue.TRAIN) as job:
        assert job is not None
        assert open_sweep(job.path, home).plan == PLAN


def test_a_sweep_of_the_command_line_holds_its_runs(home, people, tmp_path: Path):
    sweep = create_sweep(home, people, PLAN, out=tmp_path / "sweep")
    assert {run.path.parent for _, run in open_sweep(sweep.path, home).members()} == {tmp_path / "sweep" / "runs"}
    assert results.progress(sweep).done == 0
