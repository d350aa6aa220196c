"""What Python's audit events say of changes on disk."""

from __future__ import annotations

import os
from typing import Any

_CHANGES = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.utime", "os.link"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def changed_path(event: str, facts: tuple[Any, ...]) -> str | None:
    """Return the path that an audit event is about to change; None if it changes none, or a file that is open already.

    The path may be relative to a folder that is open, of which events say nothing.
    """
    if event not in _CHANGES:
        return None
    if event == "open" and not (isinstance(facts[2], int) and facts[2] & _WRITES):
        return None
    try:
        return os.fsdecode(facts[0])
    except TypeError:
        return None
