"""The process that does jobs: `python -m core worker LANE`.

It imports what is slow before a job comes, does one job at a time, and exits after a training, when it is asked to, or
when no server has lived for a while and nothing waits. It communicates through the job's folder only.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
import threading
import time
import traceback
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal

import psutil

from core import disk
from core.errors import LabError, Stopped, from_system
from core.jobs import queue, workers
from core.jobs.kinds import KINDS, Kind, Work

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType

    from core.jobfolder import JobFolder
    from core.workspace import Workspace

POLL_S = 0.2
BEAT_S = 2.0
CHECK_SERVER_S = 1.0
_NICENESS = 10

log = logging.getLogger(__name__)


def run_worker(
    lane: str, workspace: Workspace, *, kinds: Mapping[str, Kind] = KINDS, without_server_s: float = 10.0
) -> None:
    """Do the queued jobs of a lane until the worker is asked to exit or no server lives any more.

    Args:
        lane: "train" or "helper".
        workspace: whose jobs.
        kinds: what this worker can do.
        without_server_s: how long to stay idle without a server.

    Raises:
        LabError: there is no such lane.
    """
    if lane not in queue.LANES:
        raise LabError(f"A lane must be one of {', '.join(queue.LANES)}, received {lane!r}; name one of these.")
    _Worker(lane, workspace, kinds, without_server_s).run()


def by_kind(kinds: Mapping[str, Kind]) -> Work:
    """Return what does a job of any kind. It is imported when the job begins, so that an import error is the job's."""

    def work(job: JobFolder, workspace: Workspace) -> None:
        name = job.request()["kind"]
        if name not in kinds:
            raise LabError(f'A job must be one of {", ".join(kinds)}, received "{name}"; ask for one of these.')
        kinds[name].load()(job, workspace)

    return work


def work_on(job: JobFolder, workspace: Workspace, work: Work | None = None) -> None:
    """Do one job in this process, as a worker does: hold its lock and write its states.

    Args:
        work: what is done; by default what its kind says.

    Raises:
        Stopped: it was asked to stop, and has.
        LabError: the user can mend it, or another process is working on the job.
        Exception: a bug; its traceback is in the folder too.
    """
    with job.held():
        job.set_state("running")
        _perform(job, workspace, work or by_kind(KINDS))


def _perform(job: JobFolder, workspace: Workspace, work: Work) -> None:
    """Do a job that is held and marked running, write its final state, and re-raise what it raised."""
    job.traceback.unlink(missing_ok=True)
    try:
        with _beating(job):
            work(job, workspace)
    except Stopped:
        _end(job, "stopped")
        raise
    except LabError as error:
        _end(job, "failed", str(error))
        raise
    except Exception as error:
        trouble = from_system(error)
        if trouble:
            with suppress(OSError):  # A full disk takes not even that; then the page finds no worker and says so.
                _end(job, "failed", str(trouble))
            raise trouble from error
        if job.exists():
            disk.write_bytes(job.traceback, traceback.format_exc().encode("utf-8"))
        reason = str(error).strip().partition("\n")[0][:300]
        _end(
            job,
            "failed",
            f"Something broke that should not have: {type(error).__name__}: {reason}; "
            f'please report it with the file {job.traceback.name} in "{job.path}".',
        )
        raise
    _end(job, "done")


def _end(job: JobFolder, state: Literal["done", "failed", "stopped"], message: str = "") -> None:
    # A folder that was deleted meanwhile must not come back.
    if job.exists():
        job.set_state(state, message)


@contextmanager
def _beating(job: JobFolder) -> Iterator[None]:
    """Beat from a thread while the block runs: a batch may take long."""
    ended = threading.Event()

    def beat() -> None:
        # Only a deleted folder or a full disk stops it early; the work itself reports that.
        with suppress(OSError):
            while job.exists():
                job.beat()
                if ended.wait(BEAT_S):
                    return

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _noting_faults(work: Work) -> Work:
    """Have the interpreter write into the job's folder where it was when the process breaks, as TensorFlow can make it.

    What a process does that way never comes back to Python, so that no other note of it is left.
    """

    def noted(job: JobFolder, workspace: Workspace) -> None:
        try:
            with job.traceback.open("wb") as file:
                faulthandler.enable(file)
                try:
                    work(job, workspace)
                finally:
                    faulthandler.enable()
        finally:
            job.traceback.unlink(missing_ok=True)

    return noted


class _Worker:
    def __init__(self, lane: str, workspace: Workspace, kinds: Mapping[str, Kind], without_server_s: float) -> None:
        self._lane = lane
        self._workspace = workspace
        self._kinds = kinds
        self._without_server_s = without_server_s
        self._job: JobFolder | None = None
        self._terminated = False
        self._finished = False
        self._server_seen_s = self._checked_s = time.monotonic()

    def run(self) -> None:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
        token = os.environ.get(workers.TOKEN_VARIABLE) or f"{self._lane}-{uuid.uuid4().hex[:8]}"
        if self._lane == queue.TRAIN:
            _lower_priority()
        with workers.registered(self._workspace, self._lane, token) as me, self._signals():
            for kind in self._kinds.values():
                if kind.lane == self._lane and kind.warm:
                    kind.load()
            # On a busy computer importing alone may take longer than a worker stays without a server.
            self._server_seen_s = time.monotonic()
            me.set_state("idle")
            while not (self._terminated or self._finished or me.must_leave() or self._is_alone()):
                if not self._do_next(me):
                    time.sleep(POLL_S)

    def _do_next(self, me: workers.Registration) -> bool:
        """Do the next job of the lane; return whether there was one."""
        with queue.take(self._workspace, self._lane) as job:
            if job is None:
                return False
            self._job = job
            if self._terminated:  # since the last check
                (job.path / "stop").touch()
            me.set_state("working")
            log.info("%s: begins", job.id)
            try:
                _perform(job, self._workspace, _noting_faults(by_kind(self._kinds)))
                log.info("%s: done", job.id)
            except Stopped:
                log.info("%s: stopped", job.id)
                self._mark_interrupted(job)
            except LabError as error:
                log.info("%s: %s", job.id, error)
            except Exception:
                log.exception("%s: failed", job.id)
            self._job = None
            self._finished = self._ends_worker(job)
        if not self._finished:
            me.set_state("idle")
        self._server_seen_s = time.monotonic()
        return True

    def _ends_worker(self, job: JobFolder) -> bool:
        """Return whether the process exits after this job; it does so as well where the job cannot be read."""
        if not job.exists():
            return False
        kind = self._kinds.get(job.kind())
        return job.kind() == "" or (kind is not None and kind.ends_worker)

    def _mark_interrupted(self, job: JobFolder) -> None:
        """Mark the job interrupted where the system ended the worker and the user asked for nothing."""
        if self._terminated and job.exists():
            (job.path / "stop").unlink(missing_ok=True)
            job.set_state("interrupted")

    def _is_alone(self) -> bool:
        """Return whether no server has lived for a while."""
        now_s = time.monotonic()
        if now_s - self._checked_s >= CHECK_SERVER_S:
            self._checked_s = now_s
            if workers.server_lives(self._workspace):
                self._server_seen_s = now_s
        return now_s - self._server_seen_s > self._without_server_s

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Turn a termination signal into a stop: the job stops at its next check and keeps what it has."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._terminate) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _terminate(self, _number: int, _frame: FrameType | None) -> None:
        self._terminated = True
        if self._job is not None and self._job.exists():
            (self._job.path / "stop").touch()


def _lower_priority() -> None:
    """Run at low priority: a training takes minutes beside lessons and browsers."""
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        # Never raised again: a server that is niced itself may not do that.
        psutil.Process().nice(max(_NICENESS, psutil.Process().nice()))
