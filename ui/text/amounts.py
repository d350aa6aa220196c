"""How amounts are said: photos, bytes, seconds."""

from __future__ import annotations

import math

_SPELLED = dict(enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=2))


def count(n: int, one: str, many: str = "") -> str:
    """Return "1 photo", "1,234 photos"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def spelled(n: int) -> str:
    """Return small numbers as words, for titles."""
    return _SPELLED.get(n, f"{n:,}")


def spelled_count(n: int, one: str) -> str:
    """Return "one photo", "two photos", "12 photos"."""
    return f"{'one' if n == 1 else spelled(n)} {one if n == 1 else one + 's'}"


def size(n_bytes: int) -> str:
    """Return a size in whole megabytes, or kilobytes below one."""
    return f"{max(1, round(n_bytes / 1e3))} KB" if n_bytes < 1e6 else f"{n_bytes / 1e6:.0f} MB"


def measured(seconds: float) -> str:
    """Return a time that was measured, no finer than it matters: "0.4 s", "14 s", "2.5 min"."""
    if seconds < 99.5:
        return f"{max(seconds, 0.1):.1f} s" if seconds < 0.95 else f"{round(seconds)} s"
    minutes = seconds / 60
    return f"{round(minutes, 1):g} min" if minutes < 9.95 else f"{round(minutes):,} min"


def seconds_left(seconds: float | None) -> str:
    """Return "about 20 s left", "about 3 min left", or nothing while nothing is known."""
    if seconds is None:
        return ""
    if seconds < 5:
        return "a few seconds left"
    if seconds < 90:
        return f"about {5 * math.ceil(seconds / 5)} s left"
    return f"about {round(seconds / 60)} min left"


def about(seconds: float) -> str:
    """Return a forecast no finer than it is: "a few seconds", "about 8 s", "about 3 min", "about 2 hours"."""
    if seconds < 4:
        return "a few seconds"
    if seconds < 11.5:
        return f"about {round(seconds)} s"
    if seconds < 57.5:
        return f"about {5 * round(seconds / 5)} s"
    minutes = seconds / 60
    if minutes < 57.5:
        return f"about {max(1, round(minutes)) if minutes < 11.5 else 5 * round(minutes / 5)} min"
    hours = max(1, round(minutes / 60))
    return f"about {count(hours, 'hour')}"
