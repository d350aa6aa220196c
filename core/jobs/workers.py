"""Which workers live on a workspace, and what each is doing: one card a worker, valid for as long as its lock is held.

queue/workers/<token>.json    lane, process id, state; written by the worker
queue/workers/<token>.lock    held by the worker while it lives: no guessing by process ids, which are used again
queue/workers/<token>.leave   its presence asks the worker to end as soon as it has no job
queue/server.lock             held by the supervisor that leads, that is, by a living server
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from filelock import FileLock, Timeout

from core import disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.workspace import Workspace

WorkerState = Literal["warming", "idle", "working"]
SCHEMA = 1
# The environment variable with a worker's token: who starts one and the worker itself find each other by it.
TOKEN_VARIABLE = "LAB_WORKER"


@dataclass(frozen=True)
class Card:
    """What is known of one worker.

    Attributes:
        token: its name, given by who started it.
        pid: its process.
        state: "warming" up, "idle", or "working" on a job.
        alive: whether its lock was held when somebody looked.
        leaving: it was asked to end once it has no job.
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
class Seat:
    """A worker's own side of its card."""

    folder: Path
    token: str
    lane: str

    def show(self, state: WorkerState) -> None:
        content = {"lane": self.lane, "pid": os.getpid(), "state": state}
        disk.write_json(self.folder / f"{self.token}.json", content, schema=SCHEMA)

    def must_leave(self) -> bool:
        return (self.folder / f"{self.token}.leave").exists()


def _folder(workspace: Workspace) -> Path:
    return workspace.queue / "workers"


def _is_held(path: Path) -> bool:
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


@contextmanager
def seat(workspace: Workspace, lane: str, token: str) -> Iterator[Seat]:
    """Be on the roster for as long as this process works here."""
    folder = _folder(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / f"{token}.lock"):
        mine = Seat(folder, token, lane)
        mine.show("warming")
        try:
            yield mine
        finally:
            # Before the lock: nobody shall read this end as a death.
            with suppress(PermissionError):
                (folder / f"{token}.json").unlink(missing_ok=True)
    _sweep(folder, token)


def cards(workspace: Workspace) -> list[Card]:
    """Return the card of every worker, dead ones that left no word included."""
    found = []
    for path in sorted(_folder(workspace).glob("*.json")):
        if path.name.startswith("."):  # one that is being written
            continue
        try:
            content = disk.read_json(path, schema=SCHEMA)
        except FileNotFoundError:
            continue
        found.append(
            Card(
                token=path.stem,
                lane=content["lane"],
                pid=content["pid"],
                state=cast("WorkerState", content["state"]),
                alive=_is_held(path.with_suffix(".lock")),
                leaving=path.with_suffix(".leave").exists(),
            )
        )
    return found


def ask_to_leave(workspace: Workspace, token: str) -> None:
    """Ask a worker to end as soon as it has no job."""
    folder = _folder(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{token}.leave").touch()


def forget(workspace: Workspace, token: str) -> None:
    """Take a dead worker's card off the roster."""
    _sweep(_folder(workspace), token)


def _sweep(folder: Path, token: str) -> None:
    for suffix in (".json", ".leave", ".lock"):
        with suppress(PermissionError):  # Windows, while somebody looks; a card without its lock is dead anyway
            (folder / f"{token}{suffix}").unlink(missing_ok=True)


def server_lock(workspace: Workspace) -> FileLock:
    """Return the lock that a living server's supervisor holds."""
    workspace.queue.mkdir(parents=True, exist_ok=True)
    return FileLock(workspace.queue / "server.lock")


def server_lives(workspace: Workspace) -> bool:
    """Tell whether a server leads this workspace."""
    return _is_held(workspace.queue / "server.lock")
