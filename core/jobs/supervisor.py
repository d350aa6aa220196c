"""Keeps workers ready: a thread in the server that starts them and restarts those that crash.

Of several servers on one workspace one is in charge, by a lock. Workers are separate processes: they outlive a server
that is killed and finish their jobs, and a new server finds them in the list of `workers`. The thread survives whatever
it meets on disk, and says what that was (`trouble`).
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from filelock import Timeout

from core import disk, load
from core.errors import LabError
from core.jobs import no_worker, queue, workers
from core.jobs.no_worker import Trouble
from core.jobs.stopping import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from core.jobs.workers import WorkerInfo
    from core.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "core", "worker")
TICK_S = 0.5
RETRY_S = 1.0
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
    trouble: Trouble | None = None


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
        self._failure: Trouble | None = None
        self._unreadable: list[Path] = []
        self._leads = False
        self._told: list[Trouble] | None = None
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

    def troubles(self) -> list[Trouble]:
        """Return why no worker can be had, and what is left out because it cannot be read; empty where all is well.

        Where another server is in charge it is what that one says.
        """
        if not self._leads and not self._failure:
            return no_worker.read(self._workspace) if workers.server_lives(self._workspace) else []
        found = [each for each in (self._failure, *(health.trouble for health in self._health.values())) if each]
        if self._unreadable:
            found.append(Trouble("unreadable", ", ".join(f'"{path}"' for path in self._unreadable)))
        return found

    def _run(self) -> None:
        while not self._stopping.is_set():
            if not self._survive(self._lead):
                self._stopping.wait(RETRY_S)

    def _lead(self) -> None:
        """Wait a moment for this server to be the one in charge; while it is, look after the workers."""
        with suppress(Timeout), self._leading() as still:
            self._survive(self._tick)
            if self._tidy:
                # After the first tick: workers need seconds to start, and meanwhile this is done.
                self._survive(partial(self._tidy, self._workspace))
            # A lock that is gone was deleted with the folder: it is taken anew, in a new folder.
            while still() and not self._stopping.is_set():
                self._wake.wait(TICK_S)
                self._wake.clear()
                self._survive(self._tick)
            if self._stopping.is_set():
                self._dismiss()

    @contextmanager
    def _leading(self) -> Iterator[Callable[[], bool]]:
        with workers.in_charge(self._workspace, timeout_s=1.0) as still:
            self._leads, self._told = True, None
            try:
                yield still
            finally:
                self._leads = False

    def _survive(self, step: Callable[[], object]) -> bool:
        """Do a step; what goes wrong is told and logged, for without this thread no worker would be started again."""
        try:
            step()
        except Exception as error:
            failure = no_worker.of_error(error)
            if failure != self._failure:
                log.exception("looking after the workers failed")
            self._failure = failure
            return False
        self._failure = None
        return True

    def _tick(self) -> None:
        known = workers.list_workers(self._workspace)
        _note_load(known)
        self._reap({worker.token: worker for worker in known})
        for worker in known:
            # The file of a child without an exit code yet is kept: its state is needed then.
            if not worker.alive and worker.token not in self._children:
                workers.forget(self._workspace, worker.token)
        for lane in queue.LANES:
            self._ensure_worker(lane, [worker for worker in known if worker.lane == lane and worker.alive])
        if time.monotonic() - self._repaired_s >= REPAIR_EVERY_S:
            self._repaired_s = time.monotonic()
            workers.forget_unreadable(self._workspace)
            self._unreadable = [path.relative_to(self._workspace.root) for path in queue.repair(self._workspace)]
        self._tell()

    def _tell(self) -> None:
        """Write down for other servers what is wrong, where that is something else than before."""
        found = self.troubles()
        if found != self._told:
            no_worker.write(self._workspace, found)
            self._told = found

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
        last_words = _tail(child.log_path, child.log_starts_at)
        again_at = time.time() + wait_s
        health.trouble = Trouble("dies", last_words.splitlines()[-1], child.lane, str(child.log_path), again_at)
        log.error('A worker of lane "%s" %s and starts again in %.0f s: %s', child.lane, what, wait_s, last_words)

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
        # A worker without room for its own card dies, and finds none for its last words either.
        room = self._workspace.queue / f"{token}.room"
        disk.write_bytes(room, b"room")
        room.unlink()
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
        wait_until(lambda: not any(c.alive and c.state == "idle" for c in workers.list_workers(self._workspace)), 3.0)
        for child in self._children.values():
            child.process.poll()
        self._children.clear()


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


def _note_load(known: Sequence[WorkerInfo]) -> None:
    """Note how much others take of the processor, as long as no work of the lab's own is among it."""
    if known and all(worker.state == "idle" for worker in known):
        load.note()
    else:
        load.forget_notes()
