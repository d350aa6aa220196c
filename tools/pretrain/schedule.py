"""How size and learning rate follow the progress of a run."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """How size and learning rate follow the progress of a run, the share of its pixels that are done, 0 to 1.

    Attributes:
        stages: size in pixels and number of epochs, in order.
        peak_rate: where the learning rate starts its cosine down to a hundredth.
    """

    stages: tuple[tuple[int, int], ...]
    peak_rate: float

    @classmethod
    def parse(cls, stages: str, peak_rate: float) -> Schedule:
        """Read stages such as "64:30,80:15,96:8": size in pixels, colon, epochs."""
        pairs = (stage.split(":") for stage in stages.split(","))
        return cls(tuple((int(size_px), int(epochs)) for size_px, epochs in pairs), peak_rate)

    @property
    def work(self) -> int:
        """Pixels a face of the whole run; the time of an epoch grows with size_px squared."""
        return sum(size_px**2 * epochs for size_px, epochs in self.stages)

    def size_px(self, progress: float) -> int:
        """Return the size of the stage that progress lies in."""
        left = progress * self.work + 1
        for size_px, epochs in self.stages:
            if left < size_px**2 * epochs:
                break
            left -= size_px**2 * epochs
        return size_px

    def rate(self, progress: float) -> float:
        """Return the learning rate."""
        return self.peak_rate * (0.01 + 0.99 * (1 + math.cos(math.pi * progress)) / 2)


def work_done(history: list[dict]) -> int:
    """Return the pixels a face that the epochs of a history have taken."""
    return sum(epoch["size_px"] ** 2 for epoch in history)


def plan_work(schedule: Schedule, history: list[dict], left_s: float | None) -> float:
    """Return the pixels a face of the whole run: what the stages say, or what the time left allows at the last pace."""
    if left_s is None or not history:
        return schedule.work
    last = history[-8:]
    pixels_per_s = work_done(last) / sum(epoch["elapsed_s"] for epoch in last)
    return work_done(history) + max(left_s, 0) * pixels_per_s


def next_epoch(schedule: Schedule, history: list[dict], left_s: float | None) -> tuple[int, float, float] | None:
    """Return the next epoch's size in pixels, and the run's progress before and after it; None when the run is over.

    Args:
        schedule: the stages.
        history: the epochs done, each with `size_px` and `elapsed_s`.
        left_s: seconds left; None goes by the stages alone.
    """
    done, work = work_done(history), plan_work(schedule, history, left_s)
    size_px = max(schedule.size_px(done / work), history[-1]["size_px"] if history else 0)  # never back to smaller ones
    if work - done < size_px**2 / 2:
        return None
    return size_px, done / work, min((done + size_px**2) / work, 1.0)
