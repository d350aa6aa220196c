"""A visitor without a browser: speaks Streamlit's own messages over a websocket to a real server.

It keeps what a browser would: addresses of pages, what the server may leave out, live parts, and what was chosen.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from core.jobs import workers
from core.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
LIVE = "live part"
# "$$ID-", a hash, and the key that the page gave.
_WIDGET_ID = re.compile(r"\$\$ID-[0-9a-f]+-(.+)", re.DOTALL)
OK = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


class Session:
    """One visitor.

    Attributes:
        waited: seconds by page, and by `LIVE`.
        received: bytes by page.
        chosen: the values of widgets by their ids, which a browser sends with everything it asks for.
        widgets: ids of the widgets drawn so far, by the keys that pages give them.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.waited: dict[str, list[float]] = defaultdict(list)
        self.received: dict[str, list[int]] = defaultdict(list)
        self.errors: list[str] = []
        self.chosen: dict[str, WidgetState] = {}
        self.widgets: dict[str, str] = {}
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

    async def choose(self, key: str, **value: Any) -> None:
        """Give a widget a value, as a click or a typed text does.

        Args:
            key: as the page gives it, or its beginning.
            value: named as in Streamlit's `WidgetState`; a button is clicked with `trigger_value`.
        """
        widget = self.widgets[next(known for known in reversed(self.widgets) if known.startswith(key))]
        self.chosen[widget] = WidgetState(id=widget, **value)
        await self._run()
        if "trigger_value" in value:
            del self.chosen[widget]

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
        wanted.widget_states.widgets.extend(self.chosen.values())
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
        elif kind == "new_session" and not message.metadata.run.fragment_ids:
            # The whole page is drawn anew, and says again which of its parts are live.
            self._live.clear()
        elif kind == "auto_rerun":
            # A browser counts from the message on.
            self._live[message.auto_rerun.fragment_id] = message.auto_rerun.interval, time.perf_counter()
        elif kind == "delta":
            self._drawn(message.delta.new_element)
        return kind == "script_finished"

    def _drawn(self, element: Element) -> None:
        kind = element.WhichOneof("type")
        drawn = getattr(element, kind) if kind else None
        if kind == "exception":
            self.errors.append(element.exception.message)
        elif found := _WIDGET_ID.fullmatch(getattr(drawn, "id", "")):
            self.widgets.pop(found[1], None)
            self.widgets[found[1]] = found[0]


S = TypeVar("S", bound=Session)


@contextlib.asynccontextmanager
async def session(port: int, kind: type[S]) -> AsyncIterator[S]:
    """Open a session, which has seen the first page."""
    address = f"ws://localhost:{port}/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=None, ping_interval=None) as connection:  # type: ignore[list-item]
        opened = kind(connection)
        await opened.visit("")
        yield opened


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
