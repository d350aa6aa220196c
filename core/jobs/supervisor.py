"""Keeps workers ready: a thread in the server that starts them and restarts those that crash.

Of several servers on one workspace one is in charge, by a lock. Workers are separate processes: they outlive a server
that is killed and finish their jobs, and a new server finds them in the list of `workers`.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from filelock import Timeout

from core.errors import LabError
from core.jobs import queue, workers
from core.jobs.queue import is_lane_busy as is_lane_busy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.jobfolder import JobFolder
    from core.jobs.workers import WorkerInfo
    from core.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "core", "worker")
TICK_S = 0.5
REPAIR_EVERY_S = 10.0
# A second worker for trainings takes 0.7 GB before its first job; with less memory it would slow down the first.
STANDBY_NEEDS_BYTES = 4 * 1024**3
# After a crash within this time the next worker waits: 1 s, 2 s, 4 s, at most a minute.
STABLE_AFTER_S = 30.0
LONGEST_WAIT_S = 60.0
LARGEST_LOG_BYTES = 1_000_000

log = logging.getLogger(__name__)


@dataclass
class _Child:
    """A worker this server started."""

    process: subprocess.Popen[bytes]
    lane: str
    log_path: Path
    log_starts_at: int
    started_s: float


@dataclass
class _Health:
    """How the starts of one lane's workers went lately."""

    crashes: int = 0
    not_before_s: float = 0.0
    trouble: str | None = None
    last_output: str = ""


class Supervisor:
    """Keeps one worker a lane ready, and a second for trainings while one trains, where memory allows.

    Args:
        workspace: whose jobs the workers do.
        command: what starts a worker; the lane is appended.
        tidy: done once in its thread, when workers have been started: finishes what an earlier server left.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        command: Sequence[str] = COMMAND,
        tidy: Callable[[Workspace], None] | None = None,
    ) -> None:
        self._tidy = tidy
        self._workspace = workspace
        self._command = tuple(command)
        self._children: dict[str, _Child] = {}
        self._health = {lane: _Health() for lane in queue.LANES}
        self._repaired_s = -REPAIR_EVERY_S
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, which ends with the server. A second call changes nothing."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread and ask the workers to exit, each after its current job."""
        if self._thread is not None:
            self._stopping.set()
            self._wake.set()
            self._thread.join()
            self._thread = None

    def ensure(self, lane: str) -> None:
        """Check now, not at the next tick, that the lane has a worker. Call it after queueing a job."""
        if lane not in queue.LANES:
            raise LabError(f"A lane must be one of {', '.join(queue.LANES)}, received {lane!r}; name one of these.")
        self._wake.set()

    def trouble(self, lane: str) -> str | None:
        """Return in one sentence why the lane has no worker, or None where all is well."""
        return self._health[lane].trouble

    def last_output(self, lane: str) -> str:
        """Return the last lines a worker of this lane wrote before it died; empty while none has."""
        return self._health[lane].last_output

    def _run(self) -> None:
        lock = workers.server_lock(self._workspace)
        while not self._stopping.is_set():
            with suppress(Timeout), lock.acquire(timeout=1.0):
                self._supervise()

    def _supervise(self) -> None:
        tidied = self._tidy is None
        while not self._stopping.is_set():
            self._survive(self._tick)
            if not tidied:
                # After the first tick: workers need seconds to start, and meanwhile this is done.
                self._survive(lambda: self._tidy and self._tidy(self._workspace))
                tidied = True
            self._wake.wait(TICK_S)
            self._wake.clear()
        self._dismiss()

    def _survive(self, step: Callable[[], object]) -> None:
        """Do a step; whatever goes wrong is logged, for without this thread no worker would ever be started again."""
        try:
            step()
        except Exception:
            log.exception("looking after the workers failed")

    def _tick(self) -> None:
        if time.monotonic() - self._repaired_s >= REPAIR_EVERY_S:
            self._repaired_s = time.monotonic()
            queue.repair(self._workspace)
        known = workers.list_workers(self._workspace)
        self._reap({worker.token: worker for worker in known})
        for worker in known:
            # The file of a child without an exit code yet is kept: its state is needed then.
            if not worker.alive and worker.token not in self._children:
                workers.forget(self._workspace, worker.token)
        for lane in queue.LANES:
            self._ensure_worker(lane, [worker for worker in known if worker.lane == lane and worker.alive])

    def _reap(self, known: dict[str, WorkerInfo]) -> None:
        for token, child in list(self._children.items()):
            exit_code = child.process.poll()
            if exit_code is None:
                continue
            del self._children[token]
            worker = known.get(token)
            if exit_code != 0 and not (worker and worker.state == "working"):
                self._record_crash(child, f"ended with code {exit_code}")

    def _record_crash(self, child: _Child, what: str) -> None:
        health = self._health[child.lane]
        crashed_early = time.monotonic() - child.started_s < STABLE_AFTER_S
        health.crashes = health.crashes + 1 if crashed_early else 1
        wait_s = min(LONGEST_WAIT_S, 2.0 ** (health.crashes - 1))
        health.not_before_s = time.monotonic() + wait_s
        health.last_output = _tail(child.log_path, child.log_starts_at)
        health.trouble = (
            f'The worker of lane "{child.lane}" {what} ({health.last_output.splitlines()[-1]}); '
            f'it starts again in {wait_s:.0f} s, and its log is "{child.log_path}".'
        )
        log.error(health.trouble)

    def _ensure_worker(self, lane: str, living: list[WorkerInfo]) -> None:
        """Start a missing worker, dismiss superfluous ones."""
        registered = {worker.token for worker in living}
        starting = [t for t, child in self._children.items() if child.lane == lane and t not in registered]
        # Idle ones first: their imports are done.
        free = sorted((worker for worker in living if worker.is_free), key=lambda worker: worker.state)
        health = self._health[lane]
        if any(worker.state != "warming" for worker in living):
            health.trouble = None
        for worker in free[1:]:
            workers.ask_to_leave(self._workspace, worker.token)
        if not free and not starting and self._wants_worker(lane, living) and time.monotonic() >= health.not_before_s:
            self._start_worker(lane)

    def _wants_worker(self, lane: str, living: list[WorkerInfo]) -> bool:
        """Return whether a lane without a free worker should get one."""
        if any(worker.state == "working" for worker in living):
            return lane == queue.TRAIN and psutil.virtual_memory().available > STANDBY_NEEDS_BYTES
        return True

    def _start_worker(self, lane: str) -> None:
        token = f"{lane}-{uuid.uuid4().hex[:8]}"
        log_path = self._workspace.queue / f"worker-{lane}.log"
        if log_path.exists() and log_path.stat().st_size > LARGEST_LOG_BYTES:
            os.truncate(log_path, 0)
        with log_path.open("ab") as words:
            starts_at = words.tell()
            process = subprocess.Popen(
                [*self._command, lane],
                cwd=ROOT,
                env={
                    **os.environ,
                    "LAB_HOME": str(self._workspace.root.resolve()),
                    workers.TOKEN_VARIABLE: token,
                    "PYTHONUTF8": "1",
                    "PYTHONFAULTHANDLER": "1",
                },
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                **_apart_from_this_process(),
            )
        self._children[token] = _Child(process, lane, log_path, starts_at, time.monotonic())

    def _dismiss(self) -> None:
        """Ask all workers to exit, each after its current job; wait a moment for the idle ones."""
        living = {worker.token for worker in workers.list_workers(self._workspace) if worker.alive}
        for token in living | self._children.keys():
            workers.ask_to_leave(self._workspace, token)
        _wait_until(lambda: not any(c.alive and c.state == "idle" for c in workers.list_workers(self._workspace)), 3.0)
        for child in self._children.values():
            child.process.poll()
        self._children.clear()


def stop_everything(workspace: Workspace, *, timeout_s: float = 20.0) -> None:
    """Stop every open job of a workspace and wait until their locks are released, as before erasing it.

    Raises:
        LabError: as for `stop_jobs`.
    """
    stop_jobs(workspace, queue.open_jobs(workspace), lanes=queue.LANES, timeout_s=timeout_s)


def stop_jobs(
    workspace: Workspace, jobs: Sequence[JobFolder], *, lanes: Sequence[str] = (), timeout_s: float = 20.0
) -> None:
    """Stop some jobs and wait until their locks are released, as before deleting their folders.

    A worker that takes too long is killed: after a deletion nothing of the user's may be written again.

    Args:
        lanes: lanes in which no worker may be busy any more either.

    Raises:
        LabError: a process that is no worker of this workspace still holds a job.
    """
    for job in jobs:
        queue.stop(workspace, job)

    def held() -> list[JobFolder]:
        return [job for job in jobs if job.exists() and job.is_locked()]

    def quiet() -> bool:
        return not any(is_lane_busy(workspace, lane) for lane in lanes) and not held()

    if _wait_until(quiet, timeout_s):
        return
    busy = {*lanes, *(job.stored_request()["lane"] for job in held())}
    for worker in workers.list_workers(workspace):
        if worker.alive and worker.state == "working" and worker.lane in busy:
            _kill(worker.pid)
    if not _wait_until(quiet, 5.0):
        raise LabError("Some work of this lab does not end; close every window and terminal it runs in and try again.")


def _kill(pid: int) -> None:
    """Kill a worker and the processes it started."""
    with suppress(psutil.NoSuchProcess):
        worker = psutil.Process(pid)
        for process in (*worker.children(recursive=True), worker):
            with suppress(psutil.NoSuchProcess):
                process.kill()


def _wait_until(condition: Callable[[], bool], timeout_s: float) -> bool:
    ends_s = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > ends_s:
            return False
        time.sleep(0.1)
    return True


def _apart_from_this_process() -> dict[str, Any]:
    """Return the options that make a new process survive the terminal and the server it was started from."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def _tail(path: Path, starts_at: int, lines: int = 10) -> str:
    """Return the last lines of a log from a position on."""
    try:
        text = path.read_bytes()[starts_at:].decode("utf-8", "replace")
    except OSError:
        return "(no log)"
    return "\n".join(text.strip().splitlines()[-lines:]) or "(nothing)"
