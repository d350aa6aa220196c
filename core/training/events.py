"""What a training tells while it runs: the names and facts of its events, in one place for writer and reader.

started   epochs, batches, people          a training, or the continuation of one, begins
phase     phase                            "weights", "prefix", "train" or "test" begins
prefix    done, total                      pictures through the frozen layers so far
batch     epoch, batch, batches            a few times a second while an epoch runs
epoch     epoch, loss, accuracy, val_loss, val_accuracy, seconds, learning_rate, val_probabilities
border    epoch, val_accuracy, test_correct  more than the head learns from here on; what the head alone gets
stopping  epoch                            the user asked to stop; what was learned until then is being tested
tested    correct, total                   the final exam of the saved model
"""

from __future__ import annotations

import time
from collections.abc import Callable

from core.jobfolder import JobFolder


class Reporter:
    """Writes a training's events, the frequent ones at most a few times a second.

    Args:
        job: whose log.
        check_stop: a second one to ask besides the job's own.
    """

    def __init__(
        self, job: JobFolder, *, check_stop: Callable[[], None] | None = None, at_most_every_s: float = 0.2
    ) -> None:
        self._job = job
        self._also = check_stop
        self._at_most_every_s = at_most_every_s
        self._last_s = 0.0

    def emit(self, event: str, **facts: object) -> None:
        """Write an event at once."""
        self._job.emit(event, **facts)

    def emit_sometimes(self, event: str, *, last: bool = False, **facts: object) -> None:
        """Write an event unless one of these was written a moment ago; the `last` one is always written."""
        now = time.monotonic()
        if last or now - self._last_s >= self._at_most_every_s:
            self._last_s = now
            self._job.emit(event, **facts)

    def check_stop(self) -> None:
        """Raise `Stopped` if the user asked for it."""
        self._job.check_stop()
        if self._also:
            self._also()
