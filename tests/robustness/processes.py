"""Processes of a lab in no time: one that has imported everything is forked for each, and can be made to die on cue.

`python -m tests.robustness.processes SOCKET` waits for orders. The connection of an order lasts as long as its process:
it gives the process's number, and its exit code when it has ended.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.changes import changed_path


class Changes:
    """Counts what the main thread is about to change in a folder; kills the process before change number `die_at`."""

    def __init__(self, folder: Path, die_at: int) -> None:
        self.counted = 0
        self._folder, self._die_at = str(folder), die_at
        self._thread = threading.get_ident()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, facts: tuple[Any, ...]) -> None:
        if threading.get_ident() == self._thread and self._counts(event, facts):
            self.counted += 1
            if self.counted == self._die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def _counts(self, event: str, facts: tuple[Any, ...]) -> bool:
        path = changed_path(event, facts)
        if path is None:
            return False
        # A name without a folder is one inside a folder that is being removed. Locks are tried at any time.
        is_removed = event in ("os.remove", "os.rmdir") and not Path(path).is_absolute()
        return (is_removed or path.startswith(self._folder)) and not path.endswith("lock")


class Process:
    """A process that the waiting one is asked to start; what it prints goes to a log."""

    def __init__(self, address: str, target: str, *arguments: Any, env: dict[str, str], log: Path, **cue: Any) -> None:
        """Start it.

        Args:
            target: "module:function".
            cue: `folder` and `die_at` as for `Changes` (0: only count), `count_file` for what was counted, `all_die`:
                every process dies with this one.
        """
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(address)
        order = {"target": target, "arguments": arguments, "env": env, "log": str(log), **cue}
        self._connection.sendall(json.dumps(order).encode() + b"\n")
        self._lines = self._connection.makefile()
        self.pid = int(self._lines.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._connection], [], [], 0)[0]:
            self.returncode = int(self._lines.readline() or -signal.SIGKILL)
        return self.returncode

    def wait(self) -> int:
        while self.poll() is None:
            select.select([self._connection], [], [], 1.0)
        assert self.returncode is not None
        return self.returncode


def end_all(address: str) -> None:
    """Kill every process that was started, and wait until it is dead."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        connection.sendall(b"{}\n")
        connection.recv(1)


def _kill(pid: int) -> None:
    """Kill a process and all that it started; that they are dead already is no error."""
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)


def _end(living: dict[int, tuple[socket.socket, bool]]) -> None:
    for pid in living:
        _kill(pid)
    while living:
        _reap(living)


def _run(order: dict[str, Any]) -> None:
    os.setsid()
    os.environ.update(order["env"])
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    changes = Changes(Path(order["folder"]), order["die_at"]) if "folder" in order else None
    module, _, name = order["target"].partition(":")
    code = 0
    try:
        getattr(importlib.import_module(module), name)(*order["arguments"])
    except BaseException:
        traceback.print_exc()
        code = 1
    if changes and order.get("count_file"):
        Path(order["count_file"]).write_text(str(changes.counted), encoding="utf-8")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _reap(living: dict[int, tuple[socket.socket, bool]]) -> None:
    while living:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        connection, all_die = living.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        if all_die and code == -signal.SIGKILL:
            for each in (pid, *living):
                _kill(each)
        with suppress(OSError):  # whoever asked for it has died
            connection.sendall(f"{code}\n".encode())
        connection.close()


def serve(address: str) -> None:
    """Wait for orders until the parent closes stdin; then end everything."""
    for module in ("core.training.trainer", "core.jobs.sweep_job", "core.data.building", "ui.jobs"):
        importlib.import_module(module)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    print("ready", flush=True)
    living: dict[int, tuple[socket.socket, bool]] = {}
    while True:
        _reap(living)
        ready = select.select([listener, sys.stdin], [], [], 0.02)[0]
        if sys.stdin in ready:
            _end(living)
            return
        if listener in ready:
            connection = listener.accept()[0]
            with connection.makefile() as lines:
                order = json.loads(lines.readline())
            if not order:
                _end(living)
                connection.close()
                continue
            pid = os.fork()
            if pid == 0:
                for each in (listener, connection, *(theirs for theirs, _ in living.values())):
                    each.close()
                _run(order)
            connection.sendall(f"{pid}\n".encode())
            living[pid] = connection, bool(order.get("all_die"))


if __name__ == "__main__":
    serve(sys.argv[1])
