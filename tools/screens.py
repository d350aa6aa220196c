"""The pictures of the README: plays the class story on the drawn people in Chromium and photographs it.

    python -m tools.screens docs/pictures

Writes a WebP a screen, and `lesson.webp`, an animation of the strip and of the live wall.
"""

from __future__ import annotations

import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from core.workspace import Workspace
from tests.e2e.conftest import CHROMIUM_ARGUMENTS, Server, Visitor
from ui.text import common
from ui.text import compare as compare_words
from ui.text import experiments as experiments_words
from ui.text import photos as photos_words
from ui.text import start as start_words
from ui.text import train as train_words

SCREEN = {"width": 1280, "height": 720}
QUALITY = 82
FRAME_S, MOST_FRAMES = 0.25, 80
RECORDED_PX = 800, 450
VOTES, SWEEP_MS = (2, 3, 4, 6, 7, 3), 600_000


class Album:
    """Takes pictures of a page into a folder."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.frames: list[Image.Image] = []
        self.taken_s: list[float] = []

    def shoot(self, name: str, *, settle_ms: int = 1500) -> None:
        """Photograph the screen as it is."""
        self.page.wait_for_timeout(settle_ms)
        self._picture().save(self.folder / f"{name}.webp", quality=QUALITY, method=6)

    def record(self, seconds: float) -> None:
        """Add frames of what goes on for a while."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s and len(self.frames) < MOST_FRAMES:
            began_s = time.monotonic()
            self.taken_s.append(began_s)
            self.frames.append(self._picture().resize(RECORDED_PX, Image.Resampling.LANCZOS))
            self.page.wait_for_timeout(max(1, 1000 * (FRAME_S - (time.monotonic() - began_s))))

    def bind(self, name: str) -> None:
        """Write the frames as one animation, each as long as it stood, pauses between recordings left out."""
        first, *others = self.frames
        stood_ms = [min(1000, round(1000 * (b - a))) for a, b in pairwise([*self.taken_s, self.taken_s[-1] + 2])]
        first.save(
            self.folder / f"{name}.webp",
            save_all=True,
            append_images=others,
            duration=stood_ms,
            loop=0,
            quality=60,
            method=4,
        )

    def _picture(self) -> Image.Image:
        return Image.open(BytesIO(self.page.screenshot())).convert("RGB")


@contextmanager
def visiting(home: Path) -> Iterator[Visitor]:
    """Start a lab of its own and open a browser on it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = Server(Workspace(home), port)
    server.start()
    try:
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("chromium-browser")
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
            context = browser.new_context(viewport=SCREEN)
            yield Visitor(context.new_page(), server, "screens")
            browser.close()
    finally:
        server.stop()


def play(visitor: Visitor, album: Album) -> None:
    """Play the class story: all frozen, the last block free to learn, and then all stops at once."""
    visitor.open()
    album.shoot("start")
    visitor.clicks(start_words.TRY_IT)
    visitor.sees(train_words.TRAIN_TITLE)
    album.shoot("train", settle_ms=6000)
    visitor.clicks(train_words.START_TRAINING)
    visitor.sees(train_words.ended("done", 20))
    visitor.clicks(common.TO_EXAM)
    visitor.sees("Out of 100 new photos like these, expect between")
    album.shoot("exam")

    visitor.goes_to(common.TRAIN)
    visitor.sees(train_words.TRAIN_TITLE)
    for blocks in (5, 4, 3, 4):
        visitor.freezes(blocks)
        album.record(1.5)
    visitor.clicks(train_words.START_TRAINING)
    visitor.sees("Learning: round")
    album.record(15)
    album.shoot("live", settle_ms=0)
    visitor.sees(train_words.ended("done", 20))
    album.record(1)
    visitor.clicks(common.TO_EXAM)
    visitor.sees("Out of 100 new photos like these, expect between")
    album.record(2)
    album.shoot("before-and-now")
    album.bind("lesson")
    visitor.goes_to(common.PHOTOS)
    visitor.clicks(photos_words.PHOTO_STEPS[2])
    visitor.waits_for(visitor.page.locator(".lab-stack img").first)
    album.shoot("photos")
    visitor.goes_to(common.LIBRARY)
    visitor.sees(experiments_words.LIBRARY_HOW)
    album.shoot("library")
    compare_page(visitor, album)


def compare_page(visitor: Visitor, album: Album) -> None:
    """Guess, try every stop, and read the headline."""
    visitor.goes_to(compare_words.COMPARE)
    visitor.sees(compare_words.QUESTIONS["depth"])
    more = visitor.page.locator(".sweep-votes button").filter(has_text="+")
    for place, hands in enumerate(VOTES):
        for _ in range(hands):
            more.nth(place).click()
    visitor.clicks(train_words.START_TRAINING)
    expect(visitor.page.get_by_text("take this one").first).to_be_visible(timeout=SWEEP_MS)
    album.shoot("compare")


def main() -> None:
    """Play the story and leave the pictures in the folder named."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as home, visiting(Path(home)) as visitor:
        play(visitor, Album(visitor.page, folder))


if __name__ == "__main__":
    main()
