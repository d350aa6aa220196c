"""After "Erase everything" nothing tells who was here: no photo, crop, name or hash, in no folder and no memory."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect

from core.data import samples
from core.jobs import workers
from core.jobs.stopping import wait_until
from tests import traces
from tests.e2e.conftest import Server, Visitor
from ui import freed
from ui.text import common
from ui.text import experiments as experiments_words
from ui.text import photos as photos_words
from ui.text import start as start_words
from ui.text import test as test_words
from ui.text import train as train_words

# Each name stands nowhere else, and each begins with it; so do the names of the files.
NAME = "Quobblewick"
RENAMED = "Zanthorpe"
EXPERIMENT = "Vexingham"
NAMES = {what: mark for name in (NAME, RENAMED, EXPERIMENT) for what, mark in traces.of_name(name).items()}
PHOTOS_SEARCHED = 3


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders outside the workspace into which programs write without being asked, by their variable."""
    folders = {name: tmp_path_factory.mktemp(name.lower()) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    return {**folders, "XDG_DATA_HOME": folders["HOME"], "XDG_CONFIG_HOME": folders["HOME"]}


@pytest.fixture(scope="module")
def server_environment(outside: dict[str, Path]) -> dict[str, str]:
    return {name: str(folder) for name, folder in outside.items()}


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a zip of three drawn people under other names."""
    if not samples.sample_people():
        pytest.skip("this checkout has no drawn people in data/")
    path = tmp_path_factory.mktemp("brought") / f"{NAME}s class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for home in sorted((samples.SAMPLE / "train").iterdir())[:3]:
            for picture in sorted(home.glob("*.jpg")):
                archive.write(picture, f"{NAME} {home.name}/{NAME}-{home.name}-{picture.name}")
    return path


def processes_of(server: Server) -> list[psutil.Process]:
    """Return the server, its workers, and what they have started."""
    assert server.process
    alive = [worker.pid for worker in workers.list_workers(server.workspace) if worker.alive]
    parents = [psutil.Process(pid) for pid in (server.process.pid, *alive) if psutil.pid_exists(pid)]
    return list({each for parent in parents for each in (parent, *parent.children(recursive=True))})


def brings_and_names(visitor: Visitor, photos: Path) -> None:
    """Bring a zip, and rename one of the people."""
    visitor.clicks(start_words.OWN_PHOTOS)
    visitor.presses(visitor.page.get_by_text(photos_words.SOURCE_ZIP, exact=True))
    visitor.page.locator("input[type=file]:not([multiple])").set_input_files(photos)
    visitor.waits_for(visitor.button(photos_words.REMOVE))
    visitor.clicks(photos_words.FIND_FACES)
    visitor.sees(re.compile(r"\d+ faces ready"))
    visitor.clicks(photos_words.CHANGE_PEOPLE)
    types(visitor, photos_words.NEW_NAME, f"{RENAMED} the first")
    visitor.clicks(photos_words.ALL_FACES)
    visitor.sees(f"{RENAMED} the first")
    visitor.clicks(photos_words.CONTINUE)
    visitor.waits_for(visitor.page.locator(".lab-stack img").first)


def trains_and_asks(visitor: Visitor, photo: Path) -> None:
    """Train for one epoch, read the test, ask about a new photo, and name the experiment."""
    visitor.clicks(photos_words.TRAIN_WITH_THESE)
    types(visitor, train_words.EPOCHS, "1")
    visitor.clicks(train_words.START_TRAINING)
    visitor.sees(train_words.ended("done", 1))
    visitor.clicks(common.TO_EXAM)
    reads_every_photo(visitor)
    visitor.presses(visitor.page.get_by_role("tab", name=test_words.NEW_PHOTOS))
    visitor.page.locator("input[type=file]").set_input_files(photo)
    visitor.waits_for(visitor.page.locator(".lab-card:visible").first)
    visitor.goes_to(common.LIBRARY)
    visitor.clicks(experiments_words.RENAME)
    visitor.page.get_by_label(experiments_words.RENAME_AS).fill(f"{EXPERIMENT} one")
    visitor.clicks(experiments_words.RENAME_SAVE)
    visitor.sees(f"{EXPERIMENT} one")


def types(visitor: Visitor, label: str, text: str) -> None:
    box = visitor.page.get_by_label(label, exact=True)
    box.fill(text)
    box.press("Enter")


def reads_every_photo(visitor: Visitor) -> None:
    visitor.presses(visitor.page.get_by_role("tab", name=test_words.EVERY_PHOTO))
    visitor.waits_for(visitor.page.locator(".lab-card").first)


def another_window(visitor: Visitor, path: str) -> Visitor:
    other = Visitor(visitor.page.context.new_page(), visitor.server, path)
    other.open(path)
    return other


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_is_left_after_erasing(
    visitor: Visitor, server: Server, photos: Path, outside: dict[str, Path], tmp_path: Path
) -> None:
    visitor.open()
    brings_and_names(visitor, photos)
    new_photo = tmp_path / f"{NAME} new.jpg"
    new_photo.write_bytes(next((samples.SAMPLE / "test").rglob("*.jpg")).read_bytes())
    trains_and_asks(visitor, new_photo)
    still_open, closed = another_window(visitor, "test"), another_window(visitor, "dataset")
    reads_every_photo(still_open)
    closed.waits_for(closed.page.locator(".lab-stack img").first)
    closed.page.close()

    marks = NAMES | traces.of_photos(server.workspace, PHOTOS_SEARCHED)
    places = (server.workspace.root, *outside.values())
    worked = processes_of(server)
    # What is searched for can be found, in both places.
    assert len(traces.in_folders(places, marks)) > len(NAMES)
    assert traces.in_memory(worked, NAMES)

    visitor.page.bring_to_front()
    visitor.unfolds(experiments_words.ON_DISK)
    visitor.clicks(experiments_words.ERASE)
    visitor.clicks(common.SURE)
    visitor.sees("Erased: ")
    # The other window is not clicked.
    expect(still_open.page.locator(".lab-card")).to_have_count(0)
    assert wait_until(lambda: not any(each.is_running() for each in worked if each.pid != server.process.pid), 30)
    soon_s, later_s, _ = freed.OVERWRITE_AFTER_S
    visitor.page.wait_for_timeout(1000 * (soon_s + 3))
    assert traces.in_folders(places, marks) == []
    if traces.in_memory(processes_of(server), marks):
        # So busy a computer draws the other window later.
        visitor.page.wait_for_timeout(1000 * (later_s - soon_s + 3))
    assert traces.in_memory(processes_of(server), marks) == []
