from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from core.errors import LabError
from core.jobfolder import JobFolder
from core.jobs import queue

if TYPE_CHECKING:
    from core.workspace import Workspace


def _submit(workspace: Workspace, name: str, lane: str = queue.HELPER, **request: object) -> JobFolder:
    return queue.submit(workspace, workspace.jobs / name, {"kind": "crop", "lane": lane, **request})


def _take(workspace: Workspace, lane: str = queue.HELPER) -> str | None:
    """Take the next job and finish it; give its id."""
    with queue.take(workspace, lane) as job:
        if job is None:
            return None
        job.set_state("done")
        return job.id


def test_oldest_first_whatever_the_folder_is_called_or_where_it_lies(lab_home: Workspace) -> None:
    _submit(lab_home, "b", created_at=2.5)
    _submit(lab_home, "c", created_at=10.0)
    queue.submit(lab_home, lab_home.runs / "a", {"kind": "train", "lane": queue.HELPER, "created_at": 9.0})
    assert [job.id for job in queue.waiting(lab_home, queue.HELPER)] == ["b", "a", "c"]
    assert [_take(lab_home) for _ in range(4)] == ["b", "a", "c", None]


def test_lanes_do_not_mix(lab_home: Workspace) -> None:
    _submit(lab_home, "training", lane=queue.TRAIN)
    assert _take(lab_home, queue.HELPER) is None
    assert _take(lab_home, queue.TRAIN) == "training"


def test_a_taken_job_is_running_and_held_and_the_lane_is_busy(lab_home: Workspace) -> None:
    job = _submit(lab_home, "one")
    _submit(lab_home, "two")
    with queue.take(lab_home, queue.HELPER) as taken:
        assert taken == job
        assert job.status().state == "running"
        assert job.is_locked()
        assert queue.is_lane_busy(lab_home, queue.HELPER)
        with queue.take(lab_home, queue.HELPER) as second:
            assert second is None
    assert not queue.is_lane_busy(lab_home, queue.HELPER)
    # Nobody said how it ended: a worker that dies says nothing either.
    assert job.status().state == "interrupted"
    assert _take(lab_home) == "two"


def test_a_job_held_by_somebody_is_left_and_the_next_one_taken(lab_home: Workspace) -> None:
    first = _submit(lab_home, "first", created_at=1.0)
    _submit(lab_home, "second", created_at=2.0)
    with first.held():
        assert _take(lab_home) == "second"
    assert _take(lab_home) == "first"


def test_an_error_inside_lets_everything_go(lab_home: Workspace) -> None:
    job = _submit(lab_home, "one")
    with pytest.raises(ZeroDivisionError), queue.take(lab_home, queue.HELPER):
        _ = 1 / 0
    assert not job.is_locked()
    assert not queue.is_lane_busy(lab_home, queue.HELPER)


def test_jobs_that_vanished_or_were_stopped_are_dropped(lab_home: Workspace) -> None:
    shutil.rmtree(_submit(lab_home, "vanished").path)
    stopped = _submit(lab_home, "stopped")
    stopped.ask_to_stop()
    assert stopped.status().state == "stopped"
    stopping = _submit(lab_home, "stopping")
    (stopping.path / "stop").touch()  # as if asked in the moment a worker takes it
    assert _take(lab_home) is None
    assert stopping.status().state == "stopped"
    assert not (lab_home.jobs / "vanished").exists()
    assert list((lab_home.queue / queue.HELPER).iterdir()) == []


def test_withdrawn_jobs_leave_the_queue_and_one_that_runs_is_asked(lab_home: Workspace) -> None:
    waiting = _submit(lab_home, "waiting", created_at=2.0)
    damaged = _submit(lab_home, "damaged", created_at=3.0)
    (damaged.path / "request.json").write_text("{", encoding="utf-8")
    running = _submit(lab_home, "running", created_at=1.0)
    with queue.take(lab_home, queue.HELPER):
        for job in (waiting, damaged, running):
            queue.stop(lab_home, job)
        assert [job.status().state for job in (waiting, damaged, running)] == ["stopped", "stopped", "running"]
        assert (running.path / "stop").exists()
    names = [path.name for path in (lab_home.queue / queue.HELPER).iterdir()]
    assert [name.rpartition("-")[2] for name in names] == ["damaged"]
    assert _take(lab_home) is None


def test_again_queues_at_the_old_place(lab_home: Workspace) -> None:
    job = _submit(lab_home, "old", created_at=1.0)
    with queue.take(lab_home, queue.HELPER) as taken:
        assert taken is not None
        with pytest.raises(LabError, match="being worked on"):
            queue.resubmit(lab_home, job)
        taken.ask_to_stop()
        taken.set_state("stopped")
    _submit(lab_home, "new", created_at=2.0)
    queue.resubmit(lab_home, job)
    assert [_take(lab_home), _take(lab_home)] == ["old", "new"]


def test_repair_finds_queued_jobs_without_a_marker(lab_home: Workspace) -> None:
    JobFolder.create(lab_home.jobs / "lost", {"kind": "crop", "lane": queue.HELPER})
    JobFolder.create(lab_home.jobs / "over", {"kind": "crop", "lane": queue.HELPER}, state="done")
    (lab_home.jobs / "no job").mkdir()
    assert _take(lab_home) is None
    queue.repair(lab_home)
    assert [_take(lab_home), _take(lab_home)] == ["lost", None]


def test_looking_reads_no_finished_job(lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        _submit(lab_home, f"job-{number}")
        assert _take(lab_home) == f"job-{number}"
    looked_at: list[JobFolder] = []
    monkeypatch.setattr(JobFolder, "exists", lambda job: bool(looked_at.append(job)))
    assert _take(lab_home) is None
    assert looked_at == []


def test_foreign_files_in_a_lane_are_ignored(lab_home: Workspace) -> None:
    _submit(lab_home, "job")
    (lab_home.queue / queue.HELPER / ".DS_Store").touch()
    (lab_home.queue / queue.HELPER / "1.0-elsewhere-x").touch()
    assert [_take(lab_home), _take(lab_home)] == ["job", None]


def test_wrong_lane_and_wrong_place_are_refused_with_a_sentence(lab_home: Workspace) -> None:
    with pytest.raises(LabError, match="one of train, helper, received 'fast'"):
        _submit(lab_home, "x", lane="fast")
    assert not (lab_home.jobs / "x").exists()
    with pytest.raises(LabError, match="not one of this workspace"):
        queue.submit(lab_home, lab_home.root / "x", {"kind": "crop", "lane": queue.HELPER})
