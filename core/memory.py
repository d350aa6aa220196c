"""How much memory a process may take, and whether the system ended one for want of it.

What a process keeps to save time has one budget, a share of what is free: `fits` asks it, wherever something is kept.
Whether a process died of it is told afterwards by what it noted while it lived.

A process that is killed can say nothing. Linux counts the processes it has ended so; elsewhere, and where a service
does it, what tells is how much memory was left.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import psutil

from core import disk
from core.errors import WHAT_TAKES_LESS_MEMORY

LOW_BYTES = 512 * 1024**2
# The rest is for the network at work, for other programs, and for the system's copies of what lies on the disk.
SHARE_TO_KEEP = 0.5
# A worker notes every two seconds, and a server looks every ten: what the system ends later is something else.
SOON_S = 60.0
_CGROUPS = Path("/sys/fs/cgroup")
_EVERYWHERE = Path("/proc/vmstat")


def fits(n_bytes: float) -> bool:
    """Return whether a process may keep so much more in memory, only to save time."""
    return n_bytes <= SHARE_TO_KEEP * psutil.virtual_memory().available


def note(path: Path) -> None:
    """Write down how much memory is left, and how many processes the system has ended for want of it."""
    counter = next((file for file in _counters() if _killed(file) is not None), None)
    known = {"counter": str(counter), "killed": _killed(counter)} if counter else {}
    noted = json.dumps({"free_bytes": _free_bytes(), **known}).encode()
    # Whole or not at all: the process may be killed while it notes.
    disk.write_bytes(path, noted, make_folder=False)


def _free_bytes() -> int:
    """Return what the system has left, or this process below a limit of its own, which Linux knows."""
    free_bytes, me = psutil.virtual_memory().available, psutil.Process()
    if hasattr(me, "rlimit"):
        most_bytes, _ = me.rlimit(psutil.RLIMIT_AS)
        if most_bytes != psutil.RLIM_INFINITY:
            free_bytes = min(free_bytes, max(0, most_bytes - me.memory_info().vms))
    return int(free_bytes)


def cause_of_death(path: Path) -> str:
    """Say in a sentence that the writer of a `note` was ended for want of memory; empty where that is not known.

    Args:
        path: of the note. One from before the computer was started again says nothing.
    """
    try:
        noted_s = path.stat().st_mtime
        if noted_s < psutil.boot_time():
            return ""
        noted = json.loads(path.read_bytes())
        free_bytes, killed, counter = float(noted["free_bytes"]), noted.get("killed"), noted.get("counter")
        is_soon = abs(time.time() - noted_s) < SOON_S
        more_killed = is_soon and counter is not None and (_killed(Path(counter)) or 0) > killed
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    if free_bytes >= LOW_BYTES and not more_killed:
        return ""
    left = f" ({free_bytes / 1e9:.1f} GB were left)" if free_bytes < LOW_BYTES else ""
    return f"The system ended this work, probably for want of memory{left}; {WHAT_TAKES_LESS_MEMORY}"


def _counters() -> list[Path]:
    """Return the files that may hold the system's count, that of this process's own group first."""
    try:
        groups = re.findall(
            r"^\d+:(|memory):/(.*)$", Path("/proc/self/cgroup").read_text(encoding="utf-8"), re.MULTILINE
        )
    except OSError:
        return []
    kinds = {"": ("", "memory.events"), "memory": ("memory", "memory.oom_control")}
    return [*(_CGROUPS / kinds[kind][0] / group / kinds[kind][1] for kind, group in groups), _EVERYWHERE]


def _killed(counter: Path) -> int | None:
    """Return a count of processes ended for want of memory; None where it cannot be read."""
    try:
        found = re.search(r"^oom_kill (\d+)$", counter.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) if found else None
