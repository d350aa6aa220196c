"""A whole lab for a browser test: a server with its own folder, Chromium, and a visitor who clicks through it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect, sync_playwright

from core.jobs import workers
from core.workspace import Workspace
from tests import patterns
from ui.text import common
from ui.text import compare as compare_words
from ui.text import test as test_words
from ui.text import train as train_words

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "screenshots"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A page opened by its address asks for these below its own path first and then where they are; Streamlit's way.
ASKED_TWICE = ("/_stcore/health", "/_stcore/host-config")
PATIENCE_MS = 120_000
PHOTOS_A_PERSON = 12
# The description of the chart, for those who cannot see it, names its newest round.
ROUND = re.compile(r"after round (\d+):")

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


Launch = Callable[..., Browser]


@pytest.fixture(scope="session")
def launch() -> Iterator[Launch]:
    """Start Chromium as Debian installs it, with more arguments; never missing in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None and os.environ.get("CI") != "true":
        pytest.skip("Chromium is not installed on this machine")
    with sync_playwright() as playwright:
        yield lambda *more: playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_ARGUMENTS, *more])


@pytest.fixture(scope="session")
def chromium(launch: Launch) -> Iterator[Browser]:
    browser = launch()
    yield browser
    browser.close()


@dataclass
class Server:
    """`streamlit run app.py` on a folder of its own, which can be killed and started again."""

    workspace: Workspace
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        log = (self.workspace.root / "server.log").open("ab")
        self.process = subprocess.Popen(
            [*command, "--server.headless", "true"],
            cwd=ROOT,
            env={
                **os.environ,
                **self.environment,
                "LAB_HOME": str(self.workspace.root),
                "CUDA_VISIBLE_DEVICES": "-1",
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2):
                return
            time.sleep(0.2)
        raise AssertionError((self.workspace.root / "server.log").read_text(encoding="utf-8"))

    def kill(self) -> None:
        """End the server as a power cut would; its workers live on."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def worker(self, lane: str) -> psutil.Process:
        """Return the process that works on a job of this lane right now."""
        working = [
            worker
            for worker in workers.list_workers(self.workspace)
            if worker.lane == lane and worker.state == "working"
        ]
        return psutil.Process(working[0].pid)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=20)
        for worker in workers.list_workers(self.workspace):
            if worker.alive:
                with suppress(psutil.NoSuchProcess):
                    psutil.Process(worker.pid).kill()


@pytest.fixture(scope="module")
def server_environment() -> dict[str, str]:
    """Return the variables that the server sees beside those of the tests."""
    return {}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, server_environment: dict[str, str]) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("lab-home")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    lab = Server(Workspace(home), port, server_environment)
    lab.start()
    yield lab
    lab.stop()


def middle(what: Locator) -> tuple[float, float]:
    """Return the middle of something on the screen."""
    box = what.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@dataclass
class Visitor:
    """Somebody at the screen. Every click and every wait is one that a person would make."""

    page: Page
    server: Server
    story: str
    troubles: list[str] = field(default_factory=list)
    clicked: int = 0
    waited_s: float = 0.0
    _steps: int = 0

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("request", self._see_request)
        self.page.on("pageerror", lambda error: self.troubles.append(f"page error: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.location.get("url", "").endswith(ASKED_TWICE):
            self.troubles.append(f"console: {message.text} ({message.location.get('url')})")

    def _see_request(self, request: Request) -> None:
        if not request.url.startswith((self.server.address, f"ws://localhost:{self.server.port}", "data:", "blob:")):
            self.troubles.append(f"asked another host: {request.url}")

    def open(self, path: str = "") -> None:
        self.page.goto(f"{self.server.address}/{path}")
        expect(self.page.locator("h1")).to_be_visible()

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until a text can be read somewhere."""
        self.waits_for(self.page.get_by_text(text).first)

    def waits_for(self, what: Locator) -> None:
        """Wait until something can be seen, on the clock."""
        began_s = time.monotonic()
        expect(what).to_be_visible()
        self.waited_s += time.monotonic() - began_s

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def clicks(self, name: str) -> None:
        self.presses(self.button(name))

    def presses(self, what: Locator) -> None:
        """Click something; it counts."""
        what.click()
        self.clicked += 1

    def unfolds(self, name: str) -> None:
        """Click what is folded and wait until it stands still, as anybody does who wants to click something in it."""
        folded = self.page.get_by_test_id("stExpander").filter(has=self.page.get_by_text(name, exact=True))
        self.presses(folded.get_by_text(name, exact=True))
        expect(folded.locator("details[open]")).to_be_visible()
        folded.evaluate("all => Promise.allSettled(all.getAnimations({subtree: true}).map(each => each.finished))")

    def freezes(self, blocks: int) -> None:
        """Move the handle of the strip by keyboard to so many blocks."""
        handle = self.page.get_by_role("slider", name=train_words.FREEZE)
        handle.focus()
        handle.press("Home")
        for _ in range(blocks):
            handle.press("ArrowRight")
        self.clicked += 1

    def drags_to(self, blocks: int) -> None:
        """Drag the handle of the strip to the end of so many blocks, and let it go there."""
        mouse, handle = self.page.mouse, self.page.get_by_role("slider", name=train_words.FREEZE)
        handle.scroll_into_view_if_needed()
        mouse.move(*middle(handle))
        mouse.down()
        mouse.move(*middle(self.page.locator(".strip .dot").nth(blocks)), steps=8)
        mouse.up()
        self.clicked += 1

    def goes_to(self, page: str) -> None:
        """Click a page's name in the bar at the top."""
        self.presses(self.page.get_by_role("link", name=page, exact=True))

    def photographs(self, what: str) -> None:
        """Leave a screenshot of the whole page for whoever wants to look at it."""
        SCREENSHOTS.mkdir(exist_ok=True)
        self._steps += 1
        self.page.screenshot(path=SCREENSHOTS / f"{self.story}-{self._steps:02}-{what}.png", full_page=True)

    def reads_right_answers(self, total: int) -> int:
        """Read the final exam off the page: how many are right."""
        self.sees("Out of 100 new photos like these, expect between")
        title = self.page.locator("h1").inner_text()
        right = int(title.split(":")[1].split("of")[0])
        assert title == f"{test_words.TEST_TITLE}: {common.exam(right, total)}"
        return right

    def rounds_on_chart(self) -> int:
        """Return the newest round on the chart of right answers; -1 before round 0."""
        chart = self.page.locator(".st-key-live-accuracy [aria-label^='Right answers']").first
        expect(chart).to_be_visible()
        said = ROUND.search(chart.get_attribute("aria-label") or "")
        return int(said.group(1)) if said else -1

    def waits_for_rounds(self, least: int) -> int:
        """Wait until the curve shows at least so many rounds; give how many it shows then."""
        until = time.monotonic() + PATIENCE_MS / 1000
        while (shown := self.rounds_on_chart()) < least:
            assert time.monotonic() < until, f"{shown} rounds in time, wanted {least}"
            self.page.wait_for_timeout(200)
        return shown


@contextmanager
def at_the_screen(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Let somebody with a fresh browser window sit down; afterwards nothing may have gone wrong behind the scenes."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    visitor = Visitor(context.new_page(), server, request.node.name.removeprefix("test_"))
    yield visitor
    if request.node.stash.get(FAILED, False):
        visitor.photographs("failed")
    context.close()
    print(f"\n{visitor.story}: {visitor.clicked} clicks, {visitor.waited_s:.1f} s of waiting")
    assert not visitor.troubles


@pytest.fixture
def visitor(chromium: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """A person at a projector."""
    with at_the_screen(chromium, server, request) as somebody:
        yield somebody


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@dataclass(frozen=True)
class ClassPhotos:
    """A zip with a folder a person.

    Attributes:
        path: of the zip.
        people: the names of the folders.
        are_faces: its pictures are drawn ones that stand for crops: no face would be found in them.
        one: a single photo of the first person, for asking who it is.
    """

    path: Path
    people: tuple[str, ...]
    are_faces: bool
    one: Path


@pytest.fixture(scope="session")
def class_photos(tmp_path_factory: pytest.TempPathFactory) -> ClassPhotos:
    """Six people with twelve photos each from beside the checkout; drawn pictures where there are none."""
    folder = tmp_path_factory.mktemp("photos")
    real = ROOT.parent / "shared" / "data" / "lfw-six"
    if real.is_dir():
        homes = sorted(real.iterdir())
    else:
        homes = sorted(patterns.write_people(folder / "drawn", people=6, photos=PHOTOS_A_PERSON + 1).iterdir())
    people = {home.name.replace("_", " "): sorted(home.iterdir()) for home in homes if home.is_dir()}
    path = folder / "six people.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for person, photos in people.items():
            for photo in photos[:PHOTOS_A_PERSON]:
                archive.write(photo, f"six people/{person}/{photo.name}")
        archive.writestr("six people/holiday.mp4", b"\0\0\0\x18ftypmp42" + bytes(64))
    last = next(iter(people.values()))[PHOTOS_A_PERSON]
    return ClassPhotos(path, tuple(people), not real.is_dir(), last)


def asks_for_three_stops(visitor: Visitor, tries: int) -> None:
    """Leave out three of the six stops, and choose how often each is tried."""
    visitor.unfolds(common.ADVANCED)
    for stop in ("1 block frozen", "2 blocks frozen", "3 blocks frozen"):
        visitor.clicks(stop)
        expect(visitor.button(stop)).to_have_attribute("aria-pressed", "false")
    often = visitor.page.get_by_role("radiogroup", name=compare_words.TRIES)
    often.get_by_role("radio", name=str(tries), exact=True).click()
    visitor.sees(re.compile(f"3 stops, {tries} tries each"))
