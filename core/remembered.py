"""What a server remembers of the user's files, so as not to read them at each click; deleting forgets all of it.

What is remembered may name people. `core.trash` forgets it, so that whoever deletes need not know what is remembered.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., object])
# Of each file when it was changed, in nanoseconds since the epoch, and its bytes; None where there is none.
Stamp = tuple[tuple[int, int] | None, ...]

# A file may change twice within one tick of the clock that its disk stamps it with; the longest is that of FAT.
_TICK_NS = 2_000_000_000

_forgetters: list[Callable[[], None]] = []
_times_forgotten = 0


def remembered(most: int) -> Callable[[F], F]:
    """Remember the results of a function by its arguments, as `functools.lru_cache` does, until `forget`.

    Args:
        most: results that are kept; those asked for last stay.
    """

    def decorate(function: F) -> F:
        cached = lru_cache(maxsize=most)(function)
        on_forget(cached.cache_clear)

        @wraps(function)
        def asked(*arguments: Hashable) -> object:
            before = _times_forgotten
            result = cached(*arguments)
            if before != _times_forgotten:  # read before what it tells of was deleted, kept after
                cached.cache_clear()
            return result

        return cast("F", _inspectable(asked, cached))

    return decorate


def remembered_of_files(files: Callable[..., Iterable[str]], most: int) -> Callable[[F], F]:
    """Remember the results of a function for as long as the files that it reads stay as they are, or until `forget`.

    Args:
        files: takes the arguments of the function, returns the paths of these files; some may be missing.
        most: as for `remembered`.
    """

    def decorate(function: F) -> F:
        @remembered(most)
        def read(stamp: Stamp, *arguments: object) -> object:
            del stamp
            return function(*arguments)

        @wraps(function)
        def asked(*arguments: object) -> object:
            found = stamp(files(*arguments))
            return read(found, *arguments) if is_settled(found) else function(*arguments)

        return cast("F", _inspectable(asked, read))

    return decorate


def _inspectable(asked: Any, cached: Any) -> Any:
    asked.cache_info = cached.cache_info
    return asked


def stamp(files: Iterable[str]) -> Stamp:
    """Return what tells whether files have changed."""
    return tuple(map(_stamp, files))


def _stamp(file: str) -> tuple[int, int] | None:
    try:
        found = os.stat(file)  # noqa: PTH116 (a `Path` takes three times as long)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def is_settled(found: Stamp) -> bool:
    """Return whether another change of these files would be seen: none of them was changed just now."""
    now_ns = time.time_ns()
    return all(each is None or abs(now_ns - each[0]) > _TICK_NS for each in found)


def on_forget(forgetter: Callable[[], None]) -> None:
    """Have a function called by `forget`."""
    _forgetters.append(forgetter)


def forget() -> None:
    """Forget everything."""
    global _times_forgotten
    _times_forgotten += 1
    for forgetter in _forgetters:
        forgetter()
