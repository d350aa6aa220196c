"""Where in an experiment's rounds a session is, and when it goes on to the next one."""

from __future__ import annotations

from dataclasses import dataclass

ROUNDS_A_SECOND = 4
# In parts of a round's time on the page: how much too early a tick may be, and how soon the next round may follow.
_EARLY, _LEAST = 0.2, 0.6
# Rounds at once, where the computer is so busy that looking takes too long.
_MOST = 2


@dataclass(frozen=True)
class Playback:
    """Where in an experiment's rounds this session is.

    Attributes:
        run_id: which experiment.
        shown: the round that is on the page; -1 is before round 0.
        since: when it came there, seconds since the epoch.
        looked: when it was looked at last.
        skipped: the user asked for the newest round.
    """

    run_id: str
    shown: int
    since: float
    looked: float
    skipped: bool = False

    def next(self, newest: int, now: float) -> int:
        """Return the round to show now: the next one when it is time."""
        if self.skipped or self.shown > newest:
            return newest
        waited = ROUNDS_A_SECOND * (now - self.since)
        # Ticks come a little unevenly, and a click makes one in between.
        step = max(min(int(waited + _EARLY), _MOST), waited >= _LEAST)
        return min(newest, self.shown + step)
