from __future__ import annotations

import pytest

from core.errors import LabError
from core.jobfiles import REQUEST
from core.jobs import queue, stopping
from tests.core.jobs.conftest import Bench, wait_for


def test_stop_everything(bench: Bench) -> None:
    jobs = [bench.submit("count", to=1_000_000, pause_s=0.02), bench.submit("count", to=1)]
    bench.worker()
    wait_for(jobs[0].events)
    stopping.stop_everything(bench.workspace)
    assert [job.status().state for job in jobs] == ["stopped", "stopped"]
    assert not queue.is_lane_busy(bench.workspace, queue.HELPER)


def test_stop_everything_leaves_nothing_for_a_worker_to_take_up(bench: Bench) -> None:
    bench.submit("count", to=1)
    stopping.stop_everything(bench.workspace)
    assert list((bench.workspace.queue / queue.HELPER).iterdir()) == []


def test_stop_everything_kills_what_does_not_listen(bench: Bench) -> None:
    job = bench.submit("sleep_deaf")
    worker = bench.worker()
    wait_for(lambda: job.status().state == "running")
    wait_for(lambda: [worker.state for worker in bench.living()] == ["working"])
    stopping.stop_everything(bench.workspace, timeout_s=0.3)
    assert worker.wait(5) != 0
    assert job.status().state == "interrupted"


def test_a_job_whose_request_was_damaged_meanwhile_is_killed_as_well(bench: Bench) -> None:
    job = bench.submit("sleep_deaf")
    worker = bench.worker()
    wait_for(job.events)
    # A training without its settings.
    REQUEST.write(job.path / "request.json", {"kind": "train", "lane": queue.HELPER, "created_at": 1.0})
    stopping.stop_jobs(bench.workspace, [job], timeout_s=0.3)
    assert worker.wait(5) != 0


def test_a_job_that_nobody_can_place_is_told_in_a_sentence(bench: Bench) -> None:
    job = bench.submit("count", to=1)
    (job.path / "request.json").write_bytes(b"")
    with job.held(), pytest.raises(LabError, match="does not end"):
        stopping.stop_jobs(bench.workspace, [job], timeout_s=0.1, kill_timeout_s=0.1)
