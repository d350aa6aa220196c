"""Real worker processes for the tests, none of which outlives its test."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from core.jobs import queue, workers
from tests.core.jobs.sample_jobs import COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.jobfolder import JobFolder
    from core.workspace import Workspace


class Bench:
    """What a test of the machinery needs at hand."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._processes: list[subprocess.Popen[bytes]] = []

    def submit(self, kind: str, lane: str = queue.HELPER, **request: Any) -> JobFolder:
        place = self.workspace.runs if lane == queue.TRAIN else self.workspace.jobs
        number = sum(1 for _ in place.glob("*")) if place.is_dir() else 0
        return queue.submit(self.workspace, place / f"{kind}-{number}", {"kind": kind, "lane": lane, **request})

    def process(self, *command: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([*command])
        self._processes.append(process)
        return process

    def worker(self, lane: str = queue.HELPER) -> subprocess.Popen[bytes]:
        return self.process(*COMMAND, lane)

    def server(self) -> subprocess.Popen[bytes]:
        """A process with nothing but a supervisor in it."""
        code = (
            "import time\n"
            "from core.jobs.supervisor import Supervisor\n"
            "from core.workspace import Workspace\n"
            "from tests.core.jobs.sample_jobs import COMMAND\n"
            "Supervisor(Workspace.personal(), command=COMMAND).start()\n"
            "time.sleep(60)\n"
        )
        return self.process(sys.executable, "-c", code)

    def living(self, lane: str | None = None) -> list[workers.WorkerInfo]:
        return [
            worker for worker in workers.list_workers(self.workspace) if worker.alive and lane in (None, worker.lane)
        ]

    def clear(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        for worker in self.living():
            psutil.Process(worker.pid).kill()


@pytest.fixture
def bench(lab_home: Workspace) -> Iterator[Bench]:
    bench = Bench(lab_home)
    yield bench
    bench.clear()


def wait_for(condition: Callable[[], object], timeout_s: float = 15.0) -> None:
    """Wait until a condition holds; fail if it does not in time."""
    ends_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < ends_s, "waited in vain"
        time.sleep(0.02)
