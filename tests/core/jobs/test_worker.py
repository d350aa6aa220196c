from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import psutil
import pytest

from core.errors import LabError, Stopped
from core.jobs import queue
from core.jobs.kinds import Kind, Work
from core.jobs.worker import by_kind, run_worker, work_on
from tests.core.jobs.conftest import Bench, wait_for
from tests.core.jobs.sample_jobs import KINDS

if TYPE_CHECKING:
    from core.workspace import Workspace

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


def _run_here(workspace: Workspace) -> None:
    """Do what waits in the helper lane in this process."""
    run_worker(queue.HELPER, workspace, kinds=KINDS, without_server_s=0.3)


def test_a_job_is_done_with_its_events_and_result(bench: Bench) -> None:
    job = bench.submit("count", to=3)
    _run_here(bench.workspace)
    assert job.status().state == "done"
    assert [event["step"] for event in job.events()] == [1, 2, 3]
    assert job.result() == {"counted_to": 3}
    assert (job.path / "heartbeat").exists()
    assert not job.is_locked()
    assert bench.living() == []


def test_failures_tell_their_sentence_and_bugs_keep_their_traceback(bench: Bench) -> None:
    refused = bench.submit("refuse")
    broken = bench.submit("break_down")
    full = bench.submit("fill_the_disk")
    unknown = bench.submit("fly")
    last = bench.submit("count", to=1)
    _run_here(bench.workspace)
    assert refused.status().state == "failed"
    assert refused.status().message == 'Person "anna" has 1 photo; add photos.'
    assert not (refused.path / "traceback.txt").exists()
    assert broken.status().state == "failed"
    message = broken.status().message
    assert message.startswith("Something broke that should not have: ZeroDivisionError: 3 by 0; ")
    assert "\n" not in message
    assert "break_down" in (broken.path / "traceback.txt").read_text(encoding="utf-8")
    assert 'disk that holds "checkpoint.npz" is full' in full.status().message
    assert not (full.path / "traceback.txt").exists()
    assert 'received "fly"' in unknown.status().message
    assert last.status().state == "done"


def test_work_on_does_a_job_here_and_passes_on_what_it_raises(bench: Bench) -> None:
    job = bench.submit("count", to=2)
    work_on(job, bench.workspace, by_kind(KINDS))
    assert job.status().state == "done"
    refused = bench.submit("refuse")
    with pytest.raises(LabError, match="anna"):
        work_on(refused, bench.workspace, by_kind(KINDS))
    assert refused.status().state == "failed"
    stopped = bench.submit("count", to=2)
    (stopped.path / "stop").touch()
    with pytest.raises(Stopped):
        work_on(stopped, bench.workspace, by_kind(KINDS))
    assert stopped.status().state == "stopped"
    with stopped.held(), pytest.raises(LabError, match="another process"):
        work_on(stopped, bench.workspace, by_kind(KINDS))


def test_no_such_lane(lab_home: Workspace) -> None:
    with pytest.raises(LabError, match="one of train, helper, received 'fast'"):
        run_worker("fast", lab_home)


def test_a_warm_worker_starts_at_once_and_stops_within_one_check(bench: Bench) -> None:
    bench.worker()
    wait_for(lambda: any(worker.state == "idle" for worker in bench.living()))
    asked_s = time.time()
    job = bench.submit("count", to=10_000, pause_s=0.05)
    wait_for(job.events)
    assert job.events()[0]["at"] - asked_s < 0.5
    wait_for(lambda: len(job.events()) > 3)
    seen = len(job.events())
    job.ask_to_stop()
    wait_for(lambda: job.status().state == "stopped")
    assert len(job.events()) - seen <= 2
    # The same worker does the next one.
    queue.resubmit(bench.workspace, job)
    wait_for(lambda: len(job.events()) > seen + 3)
    assert len({event["pid"] for event in job.events()}) == 1


def test_what_takes_long_to_import_is_not_time_without_a_server(bench: Bench) -> None:
    class SlowKind(Kind):
        def load(self) -> Work:
            time.sleep(1.2)
            return super().load()

    job = bench.submit("count", to=2)
    slow = SlowKind(queue.HELPER, KINDS["count"].function, warm=True)
    run_worker(queue.HELPER, bench.workspace, kinds={"count": slow}, without_server_s=1.0)
    assert job.status().state == "done"


def test_a_killed_worker_leaves_an_interrupted_job_that_another_finishes(bench: Bench) -> None:
    job = bench.submit("count", to=40, pause_s=0.02)
    worker = bench.worker()
    wait_for(lambda: len(job.events()) > 3)
    assert job.status().state == "running"
    worker.kill()
    worker.wait()
    assert job.status().state == "interrupted"
    bench.worker()
    queue.resubmit(bench.workspace, job)
    wait_for(lambda: job.status().state == "done")
    assert [event["step"] for event in job.events()] == list(range(1, 41))
    assert len({event["pid"] for event in job.events()}) == 2


@posix_only
def test_an_allocation_that_fails_says_what_takes_less_memory(bench: Bench) -> None:
    job = bench.submit("take_all_memory")
    bench.worker().wait(20)
    assert job.status().state == "failed"
    assert job.status().message == (
        "This computer has too little memory for it; choose smaller faces or more frozen blocks, "
        "or close other programs, and start it again."
    )
    assert not (job.path / "traceback.txt").exists()


@posix_only
@pytest.mark.parametrize(("end", "said"), [(signal.SIGABRT, "Aborted"), (signal.SIGSEGV, "Segmentation fault")])
def test_a_worker_that_breaks_says_so_and_keeps_where_it_was(bench: Bench, end: signal.Signals, said: str) -> None:
    job = bench.submit("count", to=40, pause_s=0.05)
    worker = bench.worker()
    wait_for(job.events)
    worker.send_signal(end)
    worker.wait()
    status = job.status()
    assert status.state == "interrupted"
    assert status.message == (
        f"The program that did this work broke ({said}); start it again, and if it breaks again, "
        f'report it with the file traceback.txt in "{job.path}".'
    )
    assert "in count" in (job.path / "traceback.txt").read_text(encoding="utf-8")
    # What was done before counts, and a good end leaves nothing of it.
    bench.worker()
    queue.resubmit(bench.workspace, job)
    wait_for(lambda: job.status().state == "done")
    assert job.status().message == ""
    assert not (job.path / "traceback.txt").exists()


@pytest.mark.parametrize(("free_bytes", "said"), [(100_000_000, "want of memory (0.1 GB were left)"), (9e9, "")])
def test_a_killed_worker_leaves_word_of_memory_only_where_little_was_left(
    bench: Bench, free_bytes: float, said: str
) -> None:
    job = bench.submit("count", to=10_000, pause_s=0.02)
    worker = bench.worker()
    wait_for((job.path / "heartbeat").exists)
    worker.kill()
    worker.wait()
    noted = json.loads((job.path / "heartbeat").read_bytes())
    (job.path / "heartbeat").write_text(json.dumps({**noted, "free_bytes": free_bytes}), encoding="utf-8")
    assert job.status().state == "interrupted"
    assert said in job.status().message
    assert bool(said) == bool(job.status().message)
    queue.resubmit(bench.workspace, job)
    assert job.status().message == ""


@posix_only
def test_a_terminated_worker_ends_soon_and_its_job_counts_as_interrupted(bench: Bench) -> None:
    job = bench.submit("count", to=10_000, pause_s=0.02)
    worker = bench.worker()
    wait_for(job.events)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(5) == 0
    assert job.status().state == "interrupted"
    queue.resubmit(bench.workspace, job)
    assert not (job.path / "stop").exists()


def test_two_workers_of_a_lane_never_work_at_the_same_time(bench: Bench) -> None:
    bench.worker()
    bench.worker()
    wait_for(lambda: len(bench.living()) == 2)
    jobs = [bench.submit("count", to=10, pause_s=0.02) for _ in range(6)]
    wait_for(lambda: all(job.status().state == "done" for job in jobs))
    times = [[event["at"] for event in job.events()] for job in jobs]
    assert all(earlier[-1] <= later[0] for earlier, later in pairwise(times))


def test_a_training_ends_its_worker_which_had_stepped_back(bench: Bench) -> None:
    worker = bench.worker(queue.TRAIN)
    wait_for(lambda: any(worker.state == "idle" for worker in bench.living(queue.TRAIN)))
    own, its = psutil.Process().nice(), psutil.Process(worker.pid).nice()
    assert its == (psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else max(10, own))
    jobs = [bench.submit("practise", queue.TRAIN, to=1) for _ in range(2)]
    assert worker.wait(10) == 0
    assert [job.status().state for job in jobs] == ["done", "queued"]


@posix_only
def test_a_worker_brings_no_deleted_job_back(bench: Bench) -> None:
    job = bench.submit("count", to=10_000, pause_s=0.05)
    worker = bench.worker()
    wait_for(job.events)
    # The worker may write between two looks at the folder.
    while job.path.exists():
        shutil.rmtree(job.path, ignore_errors=True)
    time.sleep(0.3)
    assert not job.exists()
    assert worker.poll() is None


def test_neither_worker_nor_supervisor_import_tensorflow() -> None:
    code = (
        "import sys\n"
        "import core.jobs.kinds, core.jobs.queue, core.jobs.supervisor, core.jobs.worker\n"
        "heavy = {'tensorflow', 'keras', 'numpy', 'cv2', 'streamlit'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
