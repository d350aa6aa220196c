"""What was uploaded leaves the server's memory: once it is on disk, and all of it when everything is erased."""

from __future__ import annotations

import os
import re
import sys
import zipfile
from pathlib import Path

import psutil
import pytest

from core.data import samples
from tests import traces
from tests.e2e.conftest import Server, Visitor
from ui.text import common
from ui.text import experiments as experiments_words
from ui.text import photos as photos_words
from ui.text import start as start_words

MEGABYTE = 1_000_000
MARK = os.urandom(32)


def memory_of(process: psutil.Process) -> int:
    """Return the bytes of memory that are the process's own, in MB."""
    return int(process.memory_info().rss / MEGABYTE)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a zip of drawn people, each photo with a mark behind its end and made heavy."""
    if not samples.sample_people():
        pytest.skip("this checkout has no drawn people in data/")
    path = tmp_path_factory.mktemp("marked") / "marked.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        pictures = sorted((samples.SAMPLE / "train").rglob("*.jpg"))
        for picture in pictures:
            content = picture.read_bytes() + MARK + os.urandom(MEGABYTE)
            archive.writestr(f"{picture.parent.name}/{picture.name}", content)
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory(visitor: Visitor, server: Server, photos: Path) -> None:
    assert server.process
    process = psutil.Process(server.process.pid)
    visitor.open()
    visitor.clicks(start_words.OWN_PHOTOS)
    visitor.presses(visitor.page.get_by_text(photos_words.SOURCE_ZIP, exact=True))
    before = memory_of(process)
    for _ in range(3):
        visitor.page.locator("input[type=file]:not([multiple])").set_input_files(photos)
        visitor.waits_for(visitor.button(photos_words.REMOVE))
        visitor.clicks(photos_words.REMOVE)
        visitor.button(photos_words.REMOVE).wait_for(state="detached")
    # Three times 60 MB: Streamlit alone would hold all of them now.
    assert memory_of(process) - before < 60
    assert traces.in_memory([process], {"photo": MARK}) == []

    visitor.page.locator("input[type=file]:not([multiple])").set_input_files(photos)
    visitor.waits_for(visitor.button(photos_words.REMOVE))
    visitor.clicks(photos_words.FIND_FACES)
    visitor.sees(re.compile(r"\d+ faces ready"))
    visitor.unfolds(experiments_words.ON_DISK)
    visitor.clicks(experiments_words.ERASE)
    visitor.clicks(common.SURE)
    visitor.sees("Erased: ")
    assert traces.in_memory([process], {"photo": MARK}) == []
    assert traces.in_folders([server.workspace.root], {"photo": MARK}) == []
