"""Fixtures every test may use: a workspace of its own, and the photos beside the checkout where they exist."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from core import load
from core.experiments import runs
from core.workspace import Workspace

# Before anything imports it: TensorFlow's greeting and its GPU search help no test.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def lab_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace that is also `Workspace.personal()` for this test and the processes it starts."""
    home = tmp_path / "lab-home"
    monkeypatch.setenv("LAB_HOME", str(home))
    return Workspace(home)


@pytest.fixture
def runs_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Create each run a second after the one before: their folders sort by that second."""
    seconds = iter(range(60))
    monkeypatch.setattr(runs, "new_run_path", lambda home: home.runs / f"20260101-0000{next(seconds):02}-aaaaaa")


@pytest.fixture(autouse=True)
def the_main_module_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's AppTest puts its script in the place of the main module, where a new process would look for it."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(autouse=True)
def no_others_keep_the_processor_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forecast is the same whatever else runs, and nobody waits to see it."""
    monkeypatch.setattr(load, "others_lately", lambda: 0.0)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real photos beside the checkout; tests that want it skip where it is missing."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the photos in ../shared/data are not on this machine")
    return folder
