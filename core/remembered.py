"""What a server remembers of the user's files, so as not to read them at each click; deleting forgets all of it.

What is remembered may name people. `core.trash` forgets it, so that whoever deletes need not know what is remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])

_forgetters: list[Callable[[], None]] = []


def remembered(most: int) -> Callable[[F], F]:
    """Remember the results of a function by its arguments, as `functools.lru_cache` does, until `forget`.

    Args:
        most: results that are kept; those asked for last stay.
    """

    def decorate(function: F) -> F:
        cached = lru_cache(maxsize=most)(function)
        on_forget(cached.cache_clear)
        return cached  # type: ignore[return-value]

    return decorate


def on_forget(forgetter: Callable[[], None]) -> None:
    """Have a function called by `forget`."""
    _forgetters.append(forgetter)


def forget() -> None:
    """Forget everything."""
    for forgetter in _forgetters:
        forgetter()
