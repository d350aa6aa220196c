"""Files written whole or not at all (beside their place, then renamed), and logs that survive a torn last line."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import psutil
from filelock import FileLock, Timeout

from core.errors import from_system
from core.remembered import on_forget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

# Windows refuses to replace a file that somebody reads at that moment, and to open one that is being replaced.
_REFUSES_WHILE_OPEN = os.name == "nt"
_REFUSALS = 50
_PAUSE_S = 0.02
# All temporary files and folders begin with this, and the number of the process that made them.
TEMPORARY = ".tmp-"


def _patiently(action: Callable[[], T]) -> T:
    """Do `action`; where Windows refuses it because the file is in use, retry for a second at most."""
    for _ in range(_REFUSALS if _REFUSES_WHILE_OPEN else 0):
        try:
            return action()
        except PermissionError:
            time.sleep(_PAUSE_S)
    return action()


@contextmanager
def replacing(path: Path, *, make_folder: bool = True) -> Iterator[Path]:
    """Return a path beside `path` to write to; rename it into place on success, remove it on any error.

    Args:
        make_folder: False where a missing folder was deleted on purpose and must not come back.

    Raises:
        FileNotFoundError: the folder is gone, with `make_folder` False.
    """
    if make_folder:
        path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=_temporary_prefix(), suffix=path.suffix, dir=path.parent)
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        _patiently(lambda: beside.replace(path))
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def temporary_folder(parent: Path) -> Iterator[Path]:
    """Make a folder in `parent` for as long as the block runs; one that a killed process left is cleared later."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=_temporary_prefix(), dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_temporary(folder: Path, *, deep: bool = False) -> None:
    """Remove temporary files and folders whose process has ended, as one that was killed leaves them.

    Args:
        folder: where to look.
        deep: look into the folders inside it, too.
    """
    for path in list(folder.rglob(f"{TEMPORARY}*") if deep else folder.glob(f"{TEMPORARY}*")):
        found = re.match(rf"{re.escape(TEMPORARY)}(\d+)-", path.name)
        if found and not psutil.pid_exists(int(found[1])):
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def unless_refused() -> Iterator[None]:
    """Write what can be found out again: a disk that is full or read-only keeps nobody from reading.

    Raises:
        OSError: something else went wrong.
    """
    try:
        yield
    except OSError as error:
        if from_system(error) is None:
            raise


def is_held(lock_path: Path) -> bool:
    """Return whether somebody holds a lock; one that is not there is held by nobody."""
    if not lock_path.exists():
        return False
    lock = FileLock(lock_path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def folders_in(home: Path) -> list[Path]:
    """Return the folders in one that need not exist, without temporary ones."""
    if not home.is_dir():
        return []
    return [path for path in home.iterdir() if path.is_dir() and not path.name.startswith(TEMPORARY)]


@contextmanager
def making_folder(path: Path) -> Iterator[Path]:
    """Return a folder beside `path` to fill; rename it to `path` on success, remove it on any error.

    A folder that is there already, which only the command line names, is filled where it is.
    """
    beside = path if path.exists() else temporary_beside(path)
    beside.mkdir(parents=True, exist_ok=True)
    try:
        yield beside
        if beside != path:
            _patiently(lambda: beside.rename(path))
    finally:
        if beside != path:
            shutil.rmtree(beside, ignore_errors=True)


def remove_folder(path: Path) -> None:
    """Remove a folder at once, as far as anybody can see; what death leaves of it is cleared later."""
    beside = temporary_beside(path)
    try:
        path.rename(beside)
    except FileNotFoundError:
        return
    except OSError:  # Windows: a file in it is open
        beside = path
    shutil.rmtree(beside, ignore_errors=True)


def temporary_beside(path: Path) -> Path:
    """Return a path in the same folder for what is to become `path`; left behind, it is cleared later."""
    return path.with_name(f"{_temporary_prefix()}{path.name}")


def _temporary_prefix() -> str:
    return f"{TEMPORARY}{os.getpid()}-"


def write_bytes(path: Path, data: bytes, *, make_folder: bool = True) -> None:
    """Write `data` to `path`, whole or not at all; `make_folder` as for `replacing`."""
    with replacing(path, make_folder=make_folder) as beside:
        beside.write_bytes(data)


def write_json(path: Path, content: dict[str, Any], *, schema: int, make_folder: bool = True) -> None:
    """Write `content` with its schema version as UTF-8 JSON, whole or not at all; `make_folder` as for `replacing`."""
    text = json.dumps({"schema": schema, **content}, ensure_ascii=False, indent=1)
    write_bytes(path, text.encode("utf-8"), make_folder=make_folder)


def read_bytes(path: Path) -> bytes:
    """Read a file that may be replaced at this moment."""
    return _patiently(path.read_bytes)


def append_line(path: Path, entry: dict[str, Any]) -> None:
    """Append one JSON object as a line; a last line torn by a crash is closed first, so that it spoils nothing."""
    line = json.dumps(entry, ensure_ascii=False).encode("utf-8") + b"\n"
    with path.open("ab+") as log:
        if log.tell() > 0:
            log.seek(-1, os.SEEK_END)
            if log.read(1) != b"\n":
                line = b"\n" + line
        log.write(line)


def read_lines(path: Path, fits: Callable[[dict[str, Any]], bool] = bool) -> list[dict[str, Any]]:
    """Return every complete entry of a log that `append_line` wrote; torn lines are skipped, a missing file is empty.

    Args:
        fits: entries for which it says no are skipped too; the same one at each call for a file.

    Logs only grow, and pages read them every second: entries are cached, and only new lines are parsed. They are shared
    between callers; do not change them.
    """
    return _logs_read.entries(path, fits)


class _LogsRead:
    """A cache of the logs read last, with how far each was read."""

    MOST = 16

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: OrderedDict[Path, tuple[int, int, list[dict[str, Any]]]] = OrderedDict()

    def forget(self) -> None:
        with self._lock:
            self._read.clear()

    def entries(self, path: Path, fits: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        with self._lock:
            try:
                log = path.open("rb")
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                self._read.pop(path, None)
                return []
            with log:
                # Another file under the same path (a folder deleted and made again) is read from its beginning.
                identity = os.fstat(log.fileno()).st_ino
                known, offset, entries = self._read.pop(path, (identity, 0, []))
                if known != identity or os.fstat(log.fileno()).st_size < offset:
                    offset, entries = 0, []
                log.seek(offset)
                *whole, torn = log.read().split(b"\n")
            entries.extend(entry for line in whole if (entry := _entry(line, fits)) is not None)
            self._read[path] = identity, offset + sum(len(line) + 1 for line in whole), entries
            while len(self._read) > self.MOST:
                self._read.popitem(last=False)
            last = _entry(torn, fits)
            return [*entries, last] if last is not None else list(entries)


def _entry(line: bytes, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and fits(entry) else None


_logs_read = _LogsRead()
# They name people.
on_forget(_logs_read.forget)
