"""What holds for every page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import supervisor
from core.jobs.no_worker import Trouble
from tests import fakes
from tests.pages.conftest import NoWorkers
from ui import navigation
from ui.text import escape
from ui.text import workers as words

ROOT = Path(__file__).resolve().parents[2]
PAGES = [navigation.START, navigation.PHOTOS, navigation.TRAIN, navigation.TEST, navigation.COMPARE, navigation.LIBRARY]

OPEN_EVERY_PAGE = """
import sys
from streamlit.testing.v1 import AppTest
from core.jobs import supervisor
from tests.pages.conftest import NoWorkers
supervisor.Supervisor = NoWorkers
app = AppTest.from_file("app.py", default_timeout=120).run()
for page in sys.argv[1:]:
    app.switch_page(page).run()
    assert not app.exception, app.exception
heavy = sorted({name.split(".")[0] for name in sys.modules} & {"tensorflow", "keras", "keras_vggface"})
print("heavy:", heavy)
"""


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_an_empty_lab(open_page, page) -> None:
    app = open_page(page)
    assert app.title
    assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_a_full_lab(open_page, lab_home, page) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_page(page)
    assert app.title
    assert not app.error


def test_the_server_never_imports_tensorflow(lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    done = subprocess.run(
        [sys.executable, "-c", OPEN_EVERY_PAGE, *PAGES], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "heavy: []" in done.stdout


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_why_no_work_can_begin(open_page, lab_home, monkeypatch, page) -> None:
    found = [
        Trouble("dies", "No module named <b>", "train", "worker-train.log", 8.4),
        Trouble("broken", "NotADirectoryError: queue"),
        Trouble("unreadable", '"runs/odd"'),
    ]
    monkeypatch.setattr(NoWorkers, "troubles", lambda self: found)
    app = open_page(page)
    assert [part.value for part in (*app.error, *app.warning)] == [
        escape.plain(words.trouble(each, lab_home.root)) for each in found
    ]


@pytest.mark.parametrize("page", [navigation.TRAIN, navigation.TEST])
def test_a_file_of_the_lab_that_is_damaged_is_said_in_one_sentence(open_page, lab_home, page) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    (run.path / "dataset.json").write_text("no json", encoding="utf-8")
    app = open_page(page, run=run.id)
    assert not app.exception
    (error,) = app.error
    assert "dataset" in error.value


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_comes_up_without_app_py_is_the_whole_lab(lab_home, monkeypatch, page) -> None:
    """As on a fresh server whose first visitor asks for a page by its address; see `navigation.enter`."""
    monkeypatch.setattr(supervisor, "Supervisor", NoWorkers)
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.switch_page(page).run()
    assert not app.exception
    assert app.title
    assert not app.sidebar.children
