"""The living workers of a workspace, and what each is doing: one file a worker, valid while the worker holds its lock.

queue/workers/<token>.json    lane, process id, state; written by the worker
queue/workers/<token>.lock    held by the worker while it lives; process ids are used again and would not tell
queue/workers/<token>.leave   its presence asks the worker to exit as soon as it has no job
queue/server.lock             held by the one supervisor that is in charge
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from filelock import FileLock

from core import disk
from core.errors import LabError
from core.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from core.workspace import Workspace

WorkerState = Literal["warming", "idle", "working"]
# The environment variable with a worker's token, by which its supervisor knows it.
TOKEN_VARIABLE = "LAB_WORKER"


@dataclass(frozen=True)
class WorkerInfo:
    """What is known of one worker.

    Attributes:
        token: its name, given by whoever started it.
        pid: its process.
        state: "warming" up, "idle", or "working" on a job.
        alive: whether it holds its lock.
        leaving: it was asked to exit once it has no job.
    """

    token: str
    lane: str
    pid: int
    state: WorkerState
    alive: bool
    leaving: bool

    @property
    def is_free(self) -> bool:
        """Whether it takes the next job, now or once it is warm."""
        return self.alive and not self.leaving and self.state != "working"


@dataclass(frozen=True)
class _Written:
    """What a worker writes of itself."""

    lane: str
    pid: int
    state: WorkerState


_FILE = Schema(_Written)


@dataclass(frozen=True)
class Registration:
    """A worker's own side of its file."""

    folder: Path
    token: str
    lane: str

    def set_state(self, state: WorkerState) -> None:
        _FILE.write(self.folder / f"{self.token}.json", _Written(self.lane, os.getpid(), state))

    def must_leave(self) -> bool:
        """Return whether it was asked to exit, or is on no list any more because the folder was deleted."""
        if not (self.folder / f"{self.token}.lock").exists():
            return True
        return (self.folder / f"{self.token}.leave").exists()


def _folder(workspace: Workspace) -> Path:
    return workspace.queue / "workers"


@contextmanager
def registered(workspace: Workspace, lane: str, token: str) -> Iterator[Registration]:
    """Register this process as a worker for as long as the block runs."""
    folder = _folder(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / f"{token}.lock"):
        mine = Registration(folder, token, lane)
        mine.set_state("warming")
        try:
            yield mine
        finally:
            # Removed while the lock is held, so that a normal exit does not look like a crash.
            with suppress(PermissionError):
                (folder / f"{token}.json").unlink(missing_ok=True)
    _remove_files(folder, token)


def list_workers(workspace: Workspace) -> list[WorkerInfo]:
    """Return every worker, crashed ones included; without those whose file cannot be read."""
    return [worker for worker in map(_read, _files(workspace)) if worker]


def forget_unreadable(workspace: Workspace) -> None:
    """Remove the files that cannot be read and are no living worker's, which writes its own anew."""
    for path in _files(workspace):
        if _read(path) is None and not disk.is_held(path.with_suffix(".lock")):
            forget(workspace, path.stem)


def _files(workspace: Workspace) -> list[Path]:
    """Return the files of all workers, without those that are being written."""
    return sorted(path for path in _folder(workspace).glob("*.json") if not path.name.startswith("."))


def _read(path: Path) -> WorkerInfo | None:
    try:
        written = _FILE.read(path)
    except (LabError, OSError):
        return None
    alive, leaving = disk.is_held(path.with_suffix(".lock")), path.with_suffix(".leave").exists()
    return WorkerInfo(path.stem, written.lane, written.pid, written.state, alive, leaving)


def ask_to_leave(workspace: Workspace, token: str) -> None:
    """Ask a worker to exit as soon as it has no job."""
    folder = _folder(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{token}.leave").touch()


def forget(workspace: Workspace, token: str) -> None:
    """Remove the files of a dead worker."""
    _remove_files(_folder(workspace), token)


def _remove_files(folder: Path, token: str) -> None:
    for suffix in (".json", ".leave", ".lock"):
        # Windows refuses while the file is read; without its lock the worker counts as dead anyway.
        with suppress(PermissionError):
            (folder / f"{token}{suffix}").unlink(missing_ok=True)


@contextmanager
def in_charge(workspace: Workspace, *, timeout_s: float) -> Iterator[Callable[[], bool]]:
    """Hold what only one server of a workspace holds; yield a function that tells whether this one still does.

    Raises:
        Timeout: another server holds it.
    """
    path = _server_lock(workspace)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path, timeout=timeout_s):
        mine = _identity(path)
        yield lambda: mine is not None and _identity(path) == mine


def server_lives(workspace: Workspace) -> bool:
    """Return whether a living server supervises this workspace."""
    return disk.is_held(_server_lock(workspace))


def _server_lock(workspace: Workspace) -> Path:
    return workspace.queue / "server.lock"


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one made later in its place; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
