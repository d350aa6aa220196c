"""How long a class waits for a page while one experiment trains: many sessions at once, without browsers.

    python -m tools.benchmarks.sessions
    python -m tools.benchmarks.sessions --sessions 5 30 --minutes 2

A real server on a workspace of its own. Each session speaks Streamlit's own messages over a websocket: it visits one
page after the other with a pause between, and asks for live parts again as often as a browser does. A page's time runs
from asking for it to the end of its script. Exits 1 where the median of the largest class is over the bar.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil

from core.config import CropConfig, TrainConfig
from core.data import samples
from core.data.building import build_dataset
from core.data.dataset import Dataset
from core.experiments import runs
from core.jobfolder import OPEN_STATES
from core.jobs import queue
from core.presets import preset
from core.sweeps.plan import SweepPlan
from core.workspace import Workspace
from tests import fakes, made_sweeps
from tools.benchmarks.visitor import LIVE, Session, server, session

BAR_S = 2.0
PAUSE_S = 5.0
PAGES = ("", "dataset", "train", "test", "compare", "library")


def fill(workspace: Workspace) -> Dataset:
    """Write a data set of the drawn people, three experiments and a comparison, all finished."""
    dataset = build_dataset(samples.sample_source(), workspace, crop=CropConfig(detector="none"))
    for depth in (13, 10, 7):
        fakes.run(workspace, dataset, epochs=20, config=TrainConfig(freeze_depth=depth, epochs=20))
    plan = SweepPlan(seeds=(0, 1, 2))
    made_sweeps.make_sweep(workspace, dataset, plan, made_sweeps.first_right(lambda cell: 0.9 - cell.depth / 100))
    return dataset


class Training:
    """An experiment that trains all the time: a new one begins where one ends."""

    def __init__(self, workspace: Workspace, dataset: Dataset) -> None:
        self._workspace, self._dataset = workspace, dataset
        self._run: runs.Run | None = None

    def go_on(self) -> None:
        """Begin anew where it has ended."""
        if self._run and self._run.status().state in OPEN_STATES:
            return
        config = preset("recommended").with_changes(freeze_depth=7, epochs=300, early_stopping_patience=None)
        self._run = runs.create_run(runs.new_run_path(self._workspace), self._dataset, config)
        queue.enqueue(self._workspace, self._run.job)

    def wait(self) -> None:
        """Wait for its first epoch."""
        while not (self._run and self._run.history()):
            time.sleep(0.5)


async def alone(port: int, process: psutil.Process) -> None:
    """Print what each page costs the server for one visitor while nothing trains: seconds, CPU, bytes."""
    async with session(port, Session) as visitor:
        for page in PAGES:
            await visitor.visit(page)
        print(f"{'page':10} {'seconds':>8} {'CPU ms':>8} {'KB':>8}   one visitor, nothing trains")
        for page in PAGES:
            before = process.cpu_times()
            for _ in range(5):
                await visitor.visit(page)
            after = process.cpu_times()
            cpu_ms = 200 * (after.user + after.system - before.user - before.system)
            took, size = np.median(visitor.waited[page][-5:]), np.median(visitor.received[page][-5:])
            print(f"{page or 'start':10} {took:8.2f} {cpu_ms:8.0f} {size / 1024:8.0f}", flush=True)
    _complain(visitor.errors)


async def together(port: int, n: int, seconds: float, training: Training, process: psutil.Process) -> float:
    """Let n sessions visit pages for a while; print a table, and return the median wait for a page."""
    waited: dict[str, list[float]] = defaultdict(list)
    errors: list[str] = []
    until = time.perf_counter() + seconds

    async def visitor(number: int) -> None:
        chance = random.Random(number)
        await asyncio.sleep(PAUSE_S * number / n)
        async with session(port, Session) as opened:
            opened.waited.clear()
            turn = number
            while time.perf_counter() < until:
                await opened.stay(PAUSE_S * chance.uniform(0.8, 1.2))
                turn += 1
                await opened.visit(PAGES[turn % len(PAGES)])
        for page, times in opened.waited.items():
            waited[page] += times
        errors.extend(opened.errors)

    async def renewed() -> None:
        while time.perf_counter() < until:
            training.go_on()
            await asyncio.sleep(1)

    before = process.cpu_times()
    await asyncio.gather(renewed(), *map(visitor, range(n)))
    after = process.cpu_times()
    busy = (after.user + after.system - before.user - before.system) / seconds
    print(f"\n{f'{n} sessions':12} {'median':>7} {'90 %':>7} {'most':>7} {'times':>6}   server busy {busy:.2f} cores")
    pages = [value for page in PAGES for value in waited[page]]
    for page, times in [(page, waited[page]) for page in (*PAGES, LIVE)] + [("all pages", pages)]:
        if times:
            said = " ".join(f"{value:7.2f}" for value in (np.median(times), np.percentile(times, 90), max(times)))
            print(f"{page or 'start':12} {said} {len(times):6}", flush=True)
    _complain(errors)
    return float(np.median(pages))


def _complain(errors: list[str]) -> None:
    if errors:
        raise SystemExit(f"A page failed: {errors[0]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, nargs="+", default=[15, 30], metavar="N")
    parser.add_argument("--minutes", type=float, default=1.0, help="how long each class stays")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        dataset = fill(workspace)
        training = Training(workspace, dataset)
        with server(workspace) as (port, process):
            asyncio.run(alone(port, process))
            training.go_on()
            training.wait()
            medians = [asyncio.run(together(port, n, 60 * asked.minutes, training, process)) for n in asked.sessions]
    if medians[-1] > BAR_S:
        raise SystemExit(f"{asked.sessions[-1]} sessions wait {medians[-1]:.1f} s in the median; the bar is {BAR_S} s.")


if __name__ == "__main__":
    main()
