"""How much of the processor others keep busy: a training beside them takes longer."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

import psutil

# How far a look back goes.
LOOK_S = 15.0
# What pictures on their way through a network keep busy, of all cores; what all else does, in cores, for it takes one,
# and at low priority waits at times while one is free; and what a training gets at least. Beside others that took 0.5
# of two cores trainings took 1.0 to 1.9 times as long, beside 0.8 four times (Linux).
COMPUTING_USES, ONE_CORE_USES, LEAST_LEFT = 0.8, 1.25, 0.15


def _busy_s() -> float:
    times = psutil.cpu_times()
    # Linux counts what guests take twice.
    not_counted = ("idle", "iowait", "guest", "guest_nice")
    return float(sum(seconds for name, seconds in times._asdict().items() if name not in not_counted))


def _own_s() -> float:
    own = psutil.Process().cpu_times()
    return float(own.user + own.system)


@dataclass(frozen=True)
class Reading:
    """What of this computer's processor was used until a moment.

    Attributes:
        at_s: monotonic seconds.
        busy_s: seconds of all cores.
        own_s: those of this process among them.
    """

    at_s: float = field(default_factory=time.monotonic)
    busy_s: float = field(default_factory=_busy_s)
    own_s: float = field(default_factory=_own_s)


def others_share(begin: Reading, end: Reading) -> float:
    """Return the share of all cores that other processes kept busy between two readings, 0 to 1."""
    cores_s = (end.at_s - begin.at_s) * (psutil.cpu_count() or 1)
    others_s = end.busy_s - begin.busy_s - (end.own_s - begin.own_s)
    return min(1.0, max(0.0, others_s / cores_s)) if cores_s > 0 else 0.0


def slowdown(others_share: float, *, on_one_core: bool) -> float:
    """Return how many times as long work takes, on one core or as computing does, beside others' share of all cores."""
    uses = ONE_CORE_USES / (psutil.cpu_count() or 1) if on_one_core else COMPUTING_USES
    return max(1.0, uses / max(LEAST_LEFT, 1 - others_share))


_noted: deque[Reading] = deque(maxlen=100)


def note() -> None:
    """Note a reading to look back on, while no work of the lab itself goes on; it takes a tenth of a millisecond."""
    _noted.append(Reading())


def forget_notes() -> None:
    """Forget the readings: between two of them the lab's own work would count as that of others."""
    _noted.clear()


def others_lately() -> float:
    """Return the share of all cores that others kept busy when the last readings were noted; 0 before there are two."""
    noted = list(_noted)
    recent = [each for each in noted if noted[-1].at_s - each.at_s <= LOOK_S]
    return others_share(recent[0], recent[-1]) if len(recent) > 1 else 0.0
