"""A reader in a process of its own, as its native libraries may end the process: then one test fails, and not all.

There it may change files in one folder only, start no program, ask no network, and has memory and seconds to keep to.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.changes import changed_path

# Of the processor's time: the clock on the wall says more of what else this computer does.
MOST_S = 2.0
HANGS_S = 60.0
MOST_BYTES = 3 * 1024**3
_LEADS_OUT = {"socket.connect", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.startfile"}


class Apart:
    """Calls a function in another process, which is started when it is needed.

    Args:
        read: a function of a module; called with an empty folder, as `(inside, *arguments)`.
        place: a new folder for that process; the empty one lies in it.
    """

    def __init__(self, read: Callable[..., Any], place: Path) -> None:
        self._read, self._place = read, place
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None
        self._log = place.with_name(f"{place.name}.log")

    def __call__(self, *arguments: Any) -> Any:
        """Return what the function returned.

        Raises:
            AssertionError: it raised something, died, took too long, or left or changed anything outside its folder.
        """
        if self._process is None:
            self._start()
        assert self._connection
        self._connection.send(arguments)
        died = "did not answer"
        with suppress(EOFError, ConnectionError):
            if self._connection.poll(HANGS_S):
                answer, problem = self._connection.recv()
                assert not problem, problem
                return answer
            died = f"hung for {HANGS_S:.0f} s"
        code = self.close()
        words = self._log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise AssertionError(f"the process that read it {died}, and ended with {code}; it said:\n{words}")

    def close(self) -> int | None:
        """End the process; return its exit code if it had died already."""
        if self._process is None or self._connection is None:
            return None
        self._connection.close()
        self._process.join(1.0)
        code = self._process.exitcode
        self._process.kill()
        self._process.join()
        self._process = None
        return code

    def _start(self) -> None:
        here, there = multiprocessing.Pipe()
        arguments = (there, self._read, self._place, self._log)
        self._process = multiprocessing.get_context("spawn").Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        there.close()
        self._connection = here
        assert here.recv() == "ready"


def reading(read: Callable[..., Any]) -> Any:
    """Return a fixture that reads apart with this function, one process for all tests of a module."""

    @pytest.fixture(scope="module")
    def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
        apart = Apart(read, tmp_path_factory.mktemp("apart"))
        yield apart
        apart.close()

    return reader


def _serve(connection: Connection, read: Callable[..., Any], place: Path, log: Path) -> None:
    with log.open("wb") as words:
        # Native libraries print there what they think of a file.
        os.dup2(words.fileno(), 1)
        os.dup2(words.fileno(), 2)
    faulthandler.enable()
    inside, around = place.resolve() / "inside", place.resolve() / "around"
    for folder in (inside, around):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    os.chdir(around)
    sys.dont_write_bytecode = True
    _limit_memory()
    led_out = _listen(inside)
    connection.send("ready")
    with suppress(EOFError):
        while True:
            arguments = connection.recv()
            led_out.clear()
            connection.send(_try(read, inside, arguments, led_out))


def _try(read: Callable[..., Any], inside: Path, arguments: tuple[Any, ...], led_out: Sequence[str]) -> tuple[Any, str]:
    """Return what the function returned, and what is wrong with what it did."""
    answer, problem, began_s = None, "", time.process_time()
    try:
        answer = read(inside, *arguments)
    except BaseException:
        problem = traceback.format_exc()
    took_s = time.process_time() - began_s
    if took_s > MOST_S:
        problem += f"took {took_s:.1f} s\n"
    # Native libraries tell nobody what they write: look for it.
    around = Path.cwd()
    left = [*around.iterdir(), *({*around.parent.iterdir()} - {inside, around})]
    if led_out or left:
        problem += f"changed something outside: {[*led_out, *map(str, left)]}\n"
    for path in [*inside.iterdir(), *around.iterdir()]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return answer, problem


def _listen(inside: Path) -> list[str]:
    """Return a list that grows by whatever Python is about to do outside a folder."""
    led_out: list[str] = []

    def hear(event: str, facts: tuple[Any, ...]) -> None:
        if event in _LEADS_OUT or any(not _is_in(path, inside) for path in _changed_paths(event, facts)):
            led_out.append(f"{event} {facts}")

    sys.addaudithook(hear)
    return led_out


def _changed_paths(event: str, facts: tuple[Any, ...]) -> list[str]:
    if event == "shutil.rmtree":
        return [os.fsdecode(facts[0])]
    if event in ("os.remove", "os.rmdir") and facts[1] != -1:  # in a folder of the `shutil.rmtree` before it
        return []
    changed = changed_path(event, facts)
    paths = [changed] if changed is not None else []
    return [*paths, os.fsdecode(facts[1])] if event in ("os.rename", "os.link") else paths


def _is_in(path: str, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(folder)


def _limit_memory() -> None:
    with suppress(ImportError):  # Windows has no such limits
        import resource

        most = psutil.Process().memory_info().vms + MOST_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
