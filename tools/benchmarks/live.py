"""How soon a page shows what a training does: a real server and real workers, a visitor without a browser.

    python -m tools.benchmarks.live                  # one to two minutes

The seconds from pressing Start to the first point of the curve, with a worker that is ready and on a server that has
just started; from a round's end, as its event says, to its message at the visitor (a browser adds the drawing); and
from pressing Stop to the page that says it has ended. Prints a table in Markdown, and exits 1 where a bar is missed.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from streamlit.proto.Element_pb2 import Element
from websockets.asyncio.client import ClientConnection

from core.config import CropConfig
from core.data import samples
from core.data.building import build_dataset
from core.experiments import runs
from core.experiments.runs import Run
from core.jobfolder import OPEN_STATES
from core.jobs import queue, workers
from core.presets import preset
from core.workspace import Workspace
from tools.benchmarks.visitor import Session, server, session
from ui.state import Widget
from ui.text import train as words

TIMES, ROUNDS, PATIENCE_S = 3, 8, 120
WARM_S, COLD_S, SCREEN_S, STOP_S = (
    "Start to the first point, worker ready",
    "the same, server just started",
    "a round's end to the page",
    "Stop to stopped",
)
BARS_S = {WARM_S: 3.0, COLD_S: 15.0, SCREEN_S: 1.0, STOP_S: 2.0}
# The description of the chart names its newest round.
ROUND = re.compile(rb"after round (\d+):")
STOPPED = words.ended("stopped", 1).partition(" after")[0].encode()


class Watcher(Session):
    """Notes when what came, in Unix seconds.

    Attributes:
        rounds: by the newest round in the curves.
        stopped: the page that says so.
    """

    def __init__(self, connection: ClientConnection) -> None:
        super().__init__(connection)
        self.rounds: dict[int, float] = {}
        self.stopped = 0.0

    def _drawn(self, element: Element) -> None:
        super()._drawn(element)
        data = element.SerializeToString()
        for found in ROUND.finditer(data):
            self.rounds.setdefault(int(found[1]), time.time())
        if STOPPED in data:
            self.stopped = time.time()

    async def until(self, came: Callable[[], object]) -> None:
        """Look at the page until something has come."""
        began_s = time.monotonic()
        while not came():
            if time.monotonic() - began_s > PATIENCE_S or self.errors:
                raise SystemExit(f"A page failed: {self.errors or 'nothing came'}")
            await self.stay(0.05)


async def from_start(visitor: Watcher, workspace: Workspace, *, warm: bool) -> float:
    """Press Start, and return the seconds until the first point; the training is stopped then."""
    await visitor.visit("train")
    while warm and not any(
        each.lane == queue.TRAIN and each.state == "idle" for each in workers.list_workers(workspace)
    ):
        await asyncio.sleep(0.2)
    visitor.rounds.clear()
    pressed_s = time.time()
    await visitor.choose(Widget.START, trigger_value=True)
    await visitor.until(lambda: visitor.rounds)
    took_s = min(visitor.rounds.values()) - pressed_s
    run = runs.list_runs(workspace)[0]
    run.job.ask_to_stop()
    await visitor.until(lambda: run.status().state not in OPEN_STATES)
    return took_s


async def watched(visitor: Watcher, workspace: Workspace, run: Run) -> tuple[list[float], float]:
    """Watch some rounds and press Stop; return the seconds from each round's end to the page, and until it stopped."""
    queue.enqueue(workspace, run.job)
    visitor.rounds.clear()
    await visitor.visit("train")
    await visitor.until(lambda: len(visitor.rounds) > ROUNDS)
    ends = {event["epoch"]: event["at"] for event in run.job.events() if event["event"] == "epoch"}
    late = [came - ends[number] for number, came in visitor.rounds.items() if number]
    pressed_s = time.time()
    await visitor.choose(Widget.STOP, trigger_value=True)
    await visitor.until(lambda: visitor.stopped > pressed_s)
    return late, visitor.stopped - pressed_s


async def measure(workspace: Workspace, port: int) -> dict[str, list[float]]:
    """Return seconds by what was measured."""
    dataset = build_dataset(samples.sample_source(), workspace, crop=CropConfig(detector="none"))
    took: dict[str, list[float]] = {name: [] for name in BARS_S}
    async with session(port, Watcher) as visitor:
        took[COLD_S].append(await from_start(visitor, workspace, warm=False))
        for _ in range(TIMES):
            took[WARM_S].append(await from_start(visitor, workspace, warm=True))
        for _ in range(TIMES):
            # A round takes about a second.
            config = preset("recommended").with_changes(freeze_depth=0, epochs=300, head_epochs=0)
            late, stop_s = await watched(
                visitor, workspace, runs.create_run(runs.new_run_path(workspace), dataset, config)
            )
            took[SCREEN_S] += late
            took[STOP_S].append(stop_s)
    return took


def main() -> int:
    """Print the table; return the exit code."""
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        with server(workspace) as (port, _):
            took = asyncio.run(measure(workspace, port))
    print("| seconds | median | most | bar | times |", "|---|---|---|---|---|", sep="\n")
    for name, seconds in took.items():
        print(f"| {name} | {np.median(seconds):.2f} | {max(seconds):.2f} | {BARS_S[name]:.0f} | {len(seconds)} |")
    return int(any(max(seconds) > BARS_S[name] for name, seconds in took.items()))


if __name__ == "__main__":
    sys.exit(main())
