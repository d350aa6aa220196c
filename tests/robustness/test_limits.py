"""A training with too little memory, and two servers on one workspace."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import psutil
import pytest

from core.experiments import runs
from core.jobs import queue
from core.workspace import Workspace
from tests import fakes
from tests.core.jobs.conftest import Bench, wait_for
from tests.robustness import story


@pytest.fixture
def bench(lab_home: Workspace) -> Iterator[Bench]:
    bench = Bench(lab_home)
    yield bench
    bench.clear()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of another process, as only Linux does")
def test_a_training_with_too_little_memory_says_what_takes_less(bench: Bench) -> None:
    """TensorFlow may raise an error then, or end its process: either way it is told."""
    workspace = bench.workspace
    dataset = fakes.dataset(workspace)
    with (workspace.root / "worker.log").open("wb") as log:
        worker = subprocess.Popen([sys.executable, "-m", "core", "worker", queue.TRAIN], stdout=log, stderr=log)
        try:
            wait_for(lambda: any(each.state == "idle" for each in bench.living(queue.TRAIN)), 90)
            process = psutil.Process(worker.pid)
            most = process.memory_info().vms + 300 * 1024**2
            process.rlimit(psutil.RLIMIT_AS, (most, most))
            config = story.CONFIG.with_changes(image_size_px=224, batch_size=64, freeze_depth=0)
            run = runs.create_run(runs.new_run_path(workspace), dataset, config)
            queue.enqueue(workspace, run.job)
            worker.wait(90)
        finally:
            worker.kill()
            worker.wait()
    status = run.job.status()
    assert status.state in ("failed", "interrupted")
    assert "memory" in status.message
    assert "choose smaller faces or more frozen blocks, or close other programs, and start it" in status.message
    assert "report it" not in status.message


def test_of_two_servers_each_job_is_done_once_also_when_one_dies(bench: Bench) -> None:
    servers = [bench.server(), bench.server()]

    def jobs() -> list[queue.JobFolder]:
        made = [bench.submit("count", to=3, pause_s=0.01) for _ in range(6)]
        return [*made, *(bench.submit("practise", queue.TRAIN, to=3, pause_s=0.01) for _ in range(2))]

    def in_charge() -> list[subprocess.Popen[bytes]]:
        """Return the servers that have a worker."""
        return [each for each in servers if psutil.Process(each.pid).children()]

    first = jobs()
    wait_for(lambda: all(job.status().state == "done" for job in first), 40)
    (leader,) = in_charge()
    leader.kill()
    leader.wait()
    second = jobs()
    wait_for(lambda: all(job.status().state == "done" for job in second), 40)
    for job in (*first, *second):
        steps = Counter(event["step"] for event in job.events() if event["event"] == "counted")
        assert steps == {1: 1, 2: 1, 3: 1}
        assert len({event["pid"] for event in job.events()}) == 1
    assert all(number <= 2 for number in Counter(each.lane for each in bench.living()).values())
