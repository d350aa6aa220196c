"""Stops jobs and waits until nothing holds them any more, as before their folders are deleted."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

from core.errors import LabError
from core.jobs import queue, workers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.jobfolder import JobFolder
    from core.workspace import Workspace


def stop_everything(workspace: Workspace, *, timeout_s: float = 20.0) -> None:
    """Stop every open job of a workspace and wait until their locks are released, as before erasing it.

    Raises:
        LabError: as for `stop_jobs`.
    """
    stop_jobs(workspace, queue.open_jobs(workspace), lanes=queue.LANES, timeout_s=timeout_s)


def stop_jobs(
    workspace: Workspace,
    jobs: Sequence[JobFolder],
    *,
    lanes: Sequence[str] = (),
    timeout_s: float = 20.0,
    kill_timeout_s: float = 5.0,
) -> None:
    """Stop some jobs and wait until their locks are released, as before deleting their folders.

    A worker that takes too long is killed: after a deletion nothing of the user's may be written again.

    Args:
        lanes: lanes in which no worker may be busy any more either.
        timeout_s: how long workers have to stop by themselves; `kill_timeout_s` once they were killed.

    Raises:
        LabError: a process that is no worker of this workspace still holds a job.
    """
    for job in jobs:
        queue.stop(workspace, job)

    def held() -> list[JobFolder]:
        return [job for job in jobs if job.exists() and job.is_locked()]

    def quiet() -> bool:
        return not any(queue.is_lane_busy(workspace, lane) for lane in lanes) and not held()

    if wait_until(quiet, timeout_s):
        return
    busy = {*lanes, *filter(None, map(_lane_of, held()))}
    for worker in workers.list_workers(workspace):
        if worker.alive and worker.state == "working" and worker.lane in busy:
            _kill(worker.pid)
    if not wait_until(quiet, kill_timeout_s):
        raise LabError("Some work of this lab does not end; close every window and terminal it runs in and try again.")


def _lane_of(job: JobFolder) -> str:
    """Return the lane of a job; empty where its request cannot be read."""
    try:
        return str(job.stored_request()["lane"])
    except (LabError, FileNotFoundError):
        return ""


def _kill(pid: int) -> None:
    """Kill a worker and the processes it started."""
    with suppress(psutil.NoSuchProcess):
        worker = psutil.Process(pid)
        for process in (*worker.children(recursive=True), worker):
            with suppress(psutil.NoSuchProcess):
                process.kill()


def wait_until(condition: Callable[[], bool], timeout_s: float) -> bool:
    """Wait until a condition holds; return whether it did in time."""
    ends_s = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > ends_s:
            return False
        time.sleep(0.1)
    return True
