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
import contextlib
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from core.config import CropConfig, TrainConfig
from core.data import samples
from core.data.building import build_dataset
from core.data.dataset import Dataset
from core.experiments import runs
from core.jobfolder import OPEN_STATES
from core.jobs import queue, workers
from core.presets import preset
from core.sweeps.plan import SweepPlan
from core.workspace import Workspace
from tests import fakes, made_sweeps

ROOT = Path(__file__).resolve().parents[2]
BAR_S = 2.0
PAUSE_S = 5.0
PAGES = ("", "dataset", "train", "test", "compare", "library")
LIVE = "live part"
OK = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


class Session:
    """One visitor.

    Attributes:
        waited: seconds by page, and by `LIVE`.
        received: bytes by page.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.waited: dict[str, list[float]] = defaultdict(list)
        self.received: dict[str, list[int]] = defaultdict(list)
        self.errors: list[str] = []
        self._hashes: dict[str, str] = {}
        self._cached: set[str] = set()
        self._query = self._page = ""
        # Of each live part: how often it wants to be asked for, and when it was last.
        self._live: dict[str, tuple[float, float]] = {}

    async def visit(self, page: str) -> None:
        """Open a page, and note how long it takes."""
        self._page, self._query = page, ""
        self._live.clear()
        began_s, received = time.perf_counter(), await self._run()
        self.waited[page].append(time.perf_counter() - began_s)
        self.received[page].append(received)

    async def stay(self, seconds: float) -> None:
        """Look at the page; its live parts go on."""
        until = time.perf_counter() + seconds
        while (now := time.perf_counter()) < until:
            due = [part for part, (every_s, last_s) in self._live.items() if now - last_s >= every_s]
            for part in due:
                self._live[part] = self._live[part][0], time.perf_counter()
                await self._run(fragment=part)
                self.waited[LIVE].append(time.perf_counter() - now)
            await asyncio.sleep(min(0.05, max(until - time.perf_counter(), 0)))

    async def _run(self, fragment: str = "") -> int:
        """Ask for the script, or one live part of it, and wait for its end; return the bytes that came."""
        message = BackMsg()
        wanted = message.rerun_script
        wanted.query_string = self._query
        wanted.page_script_hash = self._hashes.get(self._page, "")
        if not self._hashes:
            wanted.page_name = self._page
        wanted.cached_message_hashes.extend(self._cached)
        if fragment:
            wanted.fragment_id, wanted.is_auto_rerun = fragment, True
        wanted.widget_states.SetInParent()
        await self._connection.send(message.SerializeToString())
        received = 0
        while True:
            data = await self._connection.recv()
            received += len(data)
            message = ForwardMsg.FromString(data)
            if self._heard(message) and message.script_finished in OK:
                return received

    def _heard(self, message: ForwardMsg) -> bool:
        """Take in what a browser would keep; return whether this is the end of a script."""
        kind = message.WhichOneof("type")
        if message.metadata.cacheable and message.hash:
            self._cached.add(message.hash)
        if kind == "navigation":
            pages = message.navigation.app_pages
            self._hashes = {"" if page.is_default else page.url_pathname: page.page_script_hash for page in pages}
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            # A browser counts from the message on.
            self._live[message.auto_rerun.fragment_id] = message.auto_rerun.interval, time.perf_counter()
        elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            self.errors.append(message.delta.new_element.exception.message)
        return kind == "script_finished"


@contextlib.asynccontextmanager
async def session(port: int) -> AsyncIterator[Session]:
    """Open a session, which has seen the first page."""
    address = f"ws://localhost:{port}/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=None, ping_interval=None) as connection:  # type: ignore[list-item]
        opened = Session(connection)
        await opened.visit("")
        yield opened


def fill(workspace: Workspace) -> Dataset:
    """Write a data set of the drawn people, three experiments and a comparison, all finished."""
    dataset = build_dataset(samples.sample_source(), workspace, crop=CropConfig(detector="none"))
    for depth in (13, 10, 7):
        fakes.run(workspace, dataset, epochs=20, config=TrainConfig(freeze_depth=depth, epochs=20))
    plan = SweepPlan(seeds=(0, 1, 2))
    made_sweeps.make_sweep(workspace, dataset, plan, made_sweeps.first_right(lambda cell: 0.9 - cell.depth / 100))
    return dataset


@contextlib.contextmanager
def server(workspace: Workspace) -> Iterator[tuple[int, psutil.Process]]:
    """Run the lab; yield its port and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = {**os.environ, "LAB_HOME": str(workspace.root), "CUDA_VISIBLE_DEVICES": "-1"}
    with (workspace.root / "server.log").open("wb") as log:
        running = subprocess.Popen(
            [*command, "--server.headless", "true"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(port)
        yield port, psutil.Process(running.pid)
    finally:
        running.terminate()
        running.wait(timeout=30)
        for worker in workers.list_workers(workspace):
            with contextlib.suppress(psutil.NoSuchProcess):
                if worker.alive:
                    psutil.Process(worker.pid).kill()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=2):
            return
        time.sleep(0.2)
    raise SystemExit("The server did not start.")


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
    async with session(port) as visitor:
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
        async with session(port) as opened:
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
