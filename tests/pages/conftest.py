"""The lab opened without a browser, its workers replaced by nobody."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test

from core.jobs import supervisor
from core.jobs.no_worker import Trouble
from core.models import weights
from core.models.weights import FoundWeights
from core.workspace import Workspace
from ui import freed, sessions

APP = Path(__file__).resolve().parents[2] / "app.py"


class NoWorkers:
    """Stands where the supervisor does; jobs stay queued."""

    def __init__(self, workspace: Workspace, *, tidy: object = None) -> None:
        self.ensured: list[str] = []

    def start(self) -> None: ...
    def stop(self) -> None: ...

    def ensure(self, lane: str) -> None:
        self.ensured.append(lane)

    def troubles(self) -> list[Trouble]:
        return []


class SecondVisitor(PagesManager):
    """A server after its first page. AppTest makes each run the first of a fresh one (see `navigation.enter`)."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        PagesManager.uses_pages_directory = False


@pytest.fixture(scope="package", autouse=True)
def _nothing_old_is_looked_through() -> Iterator[None]:
    """Streamlit collects garbage after every run of the script; with TensorFlow in the process that takes a second."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def open_page(lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Return a function that opens a page of the lab: `open_page("pages/train.py", run="...")`."""
    monkeypatch.setattr(supervisor, "Supervisor", NoWorkers)
    monkeypatch.setattr(app_test, "PagesManager", SecondVisitor)
    # These concern a whole server, which is not here.
    for module, what in ((freed, "keep_little"), (freed, "overwrite_soon"), (sessions, "forget")):
        monkeypatch.setattr(module, what, lambda: None)

    def opened(page: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.run()
        for name, value in query.items():
            app.query_params[name] = value
        app.switch_page(page).run()
        assert not app.exception, app.exception
        return app

    return opened


@pytest.fixture
def weights_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Names of the networks whose weights are on this computer; a test fills it."""
    here: list[str] = []

    def find(name: str, workspace: Workspace) -> FoundWeights | None:
        return FoundWeights(tmp_path / name, "0" * 64, verified=True) if name in here else None

    monkeypatch.setattr(weights, "find_weights", find)
    monkeypatch.setattr(weights, "has_weights", lambda name, workspace: name in here)
    return here
