"""Kinds of jobs for the tests of the machinery, and a worker for them: python -m tests.core.jobs.sample_jobs LANE."""

from __future__ import annotations

import errno
import os
import sys
import time
from typing import TYPE_CHECKING

from core.errors import LabError
from core.jobs.kinds import Kind
from core.jobs.queue import HELPER, TRAIN
from core.jobs.worker import run_worker
from core.workspace import Workspace

if TYPE_CHECKING:
    from core.jobfolder import JobFolder

COMMAND = (sys.executable, "-m", "tests.core.jobs.sample_jobs")


def count(job: JobFolder, workspace: Workspace) -> None:
    """Count to `to`, going on from where an earlier attempt ended; `pause_s` a step."""
    request = job.request()
    done = [event["step"] for event in job.events() if event["event"] == "counted"]
    for step in range(max(done, default=0) + 1, request["to"] + 1):
        job.check_stop()
        job.emit("counted", step=step, pid=os.getpid())
        time.sleep(request.get("pause_s", 0.0))
    job.write_result({"counted_to": request["to"]})


def refuse(job: JobFolder, workspace: Workspace) -> None:
    raise LabError('Person "anna" has 1 photo; add photos.')


def fill_the_disk(job: JobFolder, workspace: Workspace) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "checkpoint.npz")


def take_all_memory(job: JobFolder, workspace: Workspace) -> None:
    """Allocate more than this process may have, a limit of the system's that it sets itself."""
    import resource

    import psutil

    most = psutil.Process().memory_info().vms + 50 * 1024**2
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
    bytearray(500 * 1024**2)


def break_down(job: JobFolder, workspace: Workspace) -> None:
    raise ZeroDivisionError("3 by 0\nand more")


def sleep_deaf(job: JobFolder, workspace: Workspace) -> None:
    """Work that never looks whether it should stop."""
    job.emit("asleep")
    time.sleep(60)


KINDS = {
    "count": Kind(HELPER, "tests.core.jobs.sample_jobs:count"),
    "practise": Kind(TRAIN, "tests.core.jobs.sample_jobs:count", warm=True, ends_worker=True),
    "refuse": Kind(HELPER, "tests.core.jobs.sample_jobs:refuse"),
    "break_down": Kind(HELPER, "tests.core.jobs.sample_jobs:break_down"),
    "fill_the_disk": Kind(HELPER, "tests.core.jobs.sample_jobs:fill_the_disk"),
    "take_all_memory": Kind(HELPER, "tests.core.jobs.sample_jobs:take_all_memory", ends_worker=True),
    "sleep_deaf": Kind(HELPER, "tests.core.jobs.sample_jobs:sleep_deaf"),
}

if __name__ == "__main__":
    without_server_s = float(os.environ.get("TEST_WITHOUT_SERVER_S", "10"))
    run_worker(sys.argv[1], Workspace.personal(), kinds=KINDS, without_server_s=without_server_s)
