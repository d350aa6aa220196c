"""A job is a folder, and the folder is the only channel between whoever asks and the worker that does it.

request.json   what to do; written before the job is queued, and again when the user renames it
status.json    queued, running, done, failed, stopped or interrupted; with the sentence of a failure
events.jsonl   what happened so far, appended by the worker, read by the page
result.json    the result, where it is small
heartbeat      how much memory is left, noted by the worker while it lives (`core.memory`)
stop           its presence asks the worker to stop
traceback.txt  of a failure that is a bug; while a worker works, empty until the process itself breaks
lock           held by the operating system for as long as the worker lives

The folder is made whole or not at all. A process that changes the
state of a job it does not work on holds the lock meanwhile, so that it does not overwrite what a worker has just begun.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from filelock import FileLock, Timeout

from core import disk, memory
from core.errors import LabError, Stopped
from core.jobfiles import REQUEST, RESULT, check_request, check_result, is_event
from core.remembered import remembered_of_files
from core.schema import Moment, Schema, why_unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

State = Literal["queued", "running", "done", "failed", "stopped", "interrupted"]
OPEN_STATES: tuple[State, ...] = ("queued", "running")
LONGEST_NAME = 60


@dataclass(frozen=True)
class Status:
    """The status of a job.

    Attributes:
        state: see `State`.
        message: the sentence of a failure, or of why the worker died; empty otherwise.
        changed_at: when this state was entered, seconds since the epoch.
    """

    state: State
    message: str = ""
    changed_at: Moment = 0.0


STATUS = Schema(Status)


@remembered_of_files(lambda path: [f"{path}/status.json"], most=5000)
def _status(path: Path) -> Status:
    return STATUS.read(path / "status.json")


@remembered_of_files(lambda path: [f"{path}/request.json"], most=5000)
def _request(path: Path) -> dict[str, Any]:
    return check_request(REQUEST.read(path / "request.json"))


@dataclass(frozen=True)
class JobFolder:
    """The folder of one job. Reading it never blocks and needs no lock."""

    path: Path

    @classmethod
    def create(cls, path: Path, request: dict[str, Any], *, state: State = "queued") -> JobFolder:
        """Make the folder with its request, as `making` does."""
        with cls.making(path, request, state=state):
            return cls(path)

    @classmethod
    @contextmanager
    def making(cls, path: Path, request: dict[str, Any], *, state: State = "queued") -> Iterator[Path]:
        """Make the folder with its request, and with what the block writes into the folder it is given.

        Args:
            request: holds `kind` and `lane`, and whatever the kind of job needs.

        Raises:
            LabError: the folder exists already and is not empty.
        """
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise LabError(f'The folder "{path.name}" already holds something; choose a new one.')
        with disk.making_folder(path) as beside:
            REQUEST.write(beside / "request.json", {"created_at": time.time(), **request})
            yield beside
            cls(beside).set_state(state)

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def traceback(self) -> Path:
        return self.path / "traceback.txt"

    def exists(self) -> bool:
        """Return whether the folder is there and complete."""
        return (self.path / "status.json").exists()

    def request(self) -> dict[str, Any]:
        """Return what the job is to do; shared, do not change it.

        Raises:
            DamagedFileError: it does not say all that its kind needs.
        """
        return _request(self.path)

    def stored_request(self) -> dict[str, Any]:
        """Return the same, though something that its kind needs may be missing: for finding and deleting it."""
        return check_request(REQUEST.read(self.path / "request.json"), whole=False)

    def kind(self) -> str:
        """Return the kind of job; empty where its request cannot be read."""
        try:
            return str(self.stored_request()["kind"])
        except (LabError, FileNotFoundError):
            return ""

    def damage(self) -> str | None:
        """Return in a sentence why the job cannot be read; None where it can."""
        try:
            self.request()
            if self.stored_status().state == "done" and (self.path / "result.json").exists():
                self.result()
        except (LabError, FileNotFoundError) as error:
            return why_unreadable(f'The job "{self.id}"', error)
        return None

    def rename(self, name: str) -> None:
        """Rename the job; an empty name removes the one it has.

        Raises:
            LabError: the name is too long.
        """
        name = " ".join(name.split())
        if len(name) > LONGEST_NAME:
            raise LabError(
                f"A name may have {LONGEST_NAME} letters at most, received {len(name)}; choose a shorter one."
            )
        REQUEST.write(self.path / "request.json", {**self.request(), "name": name})

    def set_state(self, state: State, message: str = "") -> None:
        STATUS.write(self.path / "status.json", Status(state, message, time.time()))

    def status(self) -> Status:
        """Return the job's status; one that is `running` without a held lock is marked interrupted, if it can be."""
        status = self.stored_status()
        if status.state != "running":
            return status
        with disk.unless_refused(), self._claimed() as mine:
            # The worker may have written its final state between the two reads.
            status = self.stored_status()
            if mine and status.state == "running":
                status = Status("interrupted", self._cause_of_death(), time.time())
                STATUS.write(self.path / "status.json", status)
        return status

    def _cause_of_death(self) -> str:
        """Say in a sentence why the worker died; empty where that is not known, or the user had asked to stop."""
        if (self.path / "stop").exists():
            return ""
        if want_of_memory := memory.cause_of_death(self.path / "heartbeat"):
            return want_of_memory
        with suppress(OSError), self.traceback.open(encoding="utf-8", errors="replace") as noted:
            # As `faulthandler` begins: "Fatal Python error: Aborted", on Windows "Windows fatal exception: ...".
            if what := noted.readline().partition(": ")[2].strip():
                return (
                    f"The program that did this work broke ({what}); start it again, and if it breaks again, "
                    f'report it with the file {self.traceback.name} in "{self.path}".'
                )
        return ""

    def stored_status(self) -> Status:
        """Return the status as it was written last; `running` may be long over."""
        return _status(self.path)

    @contextmanager
    def held(self, *, timeout_s: float = 2.0) -> Iterator[None]:
        """Hold the job's lock, as its worker does while it lives.

        Args:
            timeout_s: how long to wait for it. Not 0 by default: `status` and `is_locked` hold it for a moment.

        Raises:
            LabError: another process holds it.
        """
        with self._claimed(timeout_s) as mine:
            if not mine:
                raise LabError(f'"{self.id}" is being worked on by another process; wait for it or stop it.')
            yield

    @contextmanager
    def _claimed(self, timeout_s: float = 0.0) -> Iterator[bool]:
        """Try to hold the lock; yield whether it worked."""
        if not self.path.is_dir():  # filelock would create the folder of a deleted job
            raise FileNotFoundError(self.path)
        lock = FileLock(self.path / "lock")
        try:
            lock.acquire(timeout=timeout_s)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def is_locked(self) -> bool:
        """Return whether a living process holds the job."""
        with self._claimed() as mine:
            return not mine

    def emit(self, event: str, **facts: Any) -> None:
        """Append one event with its time."""
        disk.append_line(self.path / "events.jsonl", {"event": event, "at": time.time(), **facts})

    def events(self) -> list[dict[str, Any]]:
        """Return all events so far, oldest first."""
        return disk.read_lines(self.path / "events.jsonl", is_event)

    def beat(self) -> None:
        """Note how much memory is left, which tells later why a worker died."""
        memory.note(self.path / "heartbeat")

    def ask_to_stop(self) -> None:
        """Ask the worker to stop within one batch. A job still queued is stopped at once; a deleted one is ignored."""
        if not self.exists():
            return
        (self.path / "stop").touch()
        if self.stored_status().state == "queued":
            # Briefly: a worker that has just taken the job sees the file itself.
            with self._claimed(timeout_s=0.5) as mine:
                if mine and self.stored_status().state == "queued":
                    self.set_state("stopped")

    def check_stop(self) -> None:
        """Raise `Stopped` if the user asked to stop. Workers call this after every batch and every photo."""
        if (self.path / "stop").exists():
            raise Stopped

    def queue_again(self) -> None:
        """Mark a stopped, interrupted or failed job `queued` again. Call `core.jobs.queue.resubmit` to have it done.

        Raises:
            LabError: a worker is working on it, or it was deleted.
        """
        if not self.exists():
            raise LabError(f'"{self.id}" is no longer here, it was deleted elsewhere; start another one.')
        with self.held():
            (self.path / "stop").unlink(missing_ok=True)
            self.set_state("queued")

    def write_result(self, result: dict[str, Any]) -> None:
        RESULT.write(self.path / "result.json", result)

    def result(self) -> dict[str, Any]:
        """Return the result.

        Raises:
            DamagedFileError: it does not say all that pages read in it.
        """
        return check_result(RESULT.read(self.path / "result.json"), self.request()["kind"])
