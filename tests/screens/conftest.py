"""The lab opened without a browser, its workers replaced by nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import supervisor
from core.workspace import Workspace

APP = Path(__file__).resolve().parents[2] / "app.py"


class NoWorkers:
    """Stands where the supervisor does; jobs stay queued."""

    def __init__(self, workspace: Workspace) -> None:
        self.ensured: list[str] = []

    def start(self) -> None: ...
    def stop(self) -> None: ...

    def ensure(self, lane: str) -> None:
        self.ensured.append(lane)

    def trouble(self, lane: str) -> str | None:
        return None


@pytest.fixture
def open_page(lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Give a function that opens a page of the lab: `open_page("screens/train.py", run="...")`."""
    monkeypatch.setattr(supervisor, "Supervisor", NoWorkers)

    def opened(page: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.run()
        for name, value in query.items():
            app.query_params[name] = value
        app.switch_page(page).run()
        assert not app.exception, app.exception
        return app

    return opened
