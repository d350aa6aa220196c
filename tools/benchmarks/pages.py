"""How long the server works on each page of a full lab, against the bars: 0.5 s where there are 2,000 photos and 50
experiments, 1.5 s where there are 10,000 and 500.

    python -m tools.benchmarks.pages

Both labs are made up (`full_lab`), with versions of a data set and finished comparisons. Pages run through Streamlit's
AppTest, without a browser and without workers. Each page is the first that a fresh server draws, with nothing
remembered and everything imported; then it is drawn again, as after a click on it (the middle of five), once more after
somebody else has deleted an experiment, and after one was deleted on a page. Above the table stands what the first look
at such a workspace takes, before anything was kept of it. Ends with 1 where a bar is missed.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from core import remembered
from core.experiments import runs
from core.jobs import deletion, supervisor
from core.workspace import Workspace
from tests.pages.conftest import NoWorkers
from tools.benchmarks import full_lab
from tools.benchmarks.full_lab import Size
from ui import navigation, state

APP = Path(__file__).resolve().parents[2] / "app.py"
BARS_S = {Size(photos=2_000, runs=50, sweeps=2): 0.5, Size(photos=10_000, runs=500, sweeps=4): 1.5}
CLICKS = 5
# What is drawn: a page, and what of it was asked for.
VIEWS: dict[str, tuple[str, dict[str, object]]] = {
    "Start": (navigation.START, {}),
    "Photos, bring": (navigation.PHOTOS, {state.STEP.name: "bring"}),
    "Photos, check": (navigation.PHOTOS, {state.STEP.name: "check"}),
    "Photos, look closer": (navigation.PHOTOS, {state.STEP.name: "check", state.CHECKING.name: "look"}),
    "Photos, change": (navigation.PHOTOS, {state.STEP.name: "check", state.CHECKING.name: "change"}),
    "Photos, split": (navigation.PHOTOS, {state.STEP.name: "split"}),
    "Train": (navigation.TRAIN, {}),
    "Train, curves": (navigation.TRAIN, {"run": ""}),
    "Test": (navigation.TEST, {}),
    "Compare": (navigation.COMPARE, {}),
    "Compare, a new one": (navigation.COMPARE, {state.CHOOSING_COMPARISON.name: True}),
    "My experiments": (navigation.LIBRARY, {}),
}


def main() -> None:
    """Fill the labs and print a table of each."""
    supervisor.Supervisor = NoWorkers  # type: ignore[misc,assignment]
    logging.disable(logging.WARNING)  # Streamlit misses its server
    missed = [line for size, bar_s in BARS_S.items() for line in _measured(size, bar_s)]
    if missed:
        raise SystemExit(f"Slower than the bar: {', '.join(missed)}.")


def _measured(size: Size, bar_s: float) -> list[str]:
    """Fill a lab, print its table, and return what misses the bar."""
    missed, deleting_s = [], []
    with TemporaryDirectory() as folder:
        os.environ["LAB_HOME"] = folder
        workspace = Workspace(Path(folder))
        for view in VIEWS:  # imports what the pages need
            _drawn(view, workspace)
        began_s = time.perf_counter()
        full_lab.fill(workspace, size)
        filled_s = time.perf_counter() - began_s
        _fresh_server()
        _, once_s = _drawn("My experiments", workspace)
        print(
            f"\n{size.photos:,} photos, {size.runs} experiments, {size.sweeps} comparisons; filled in {filled_s:.0f} s."
        )
        print(f"The first look at what no server of this version has seen: {once_s:.1f} s. Bar: {bar_s} s.\n")
        print("| page | first visit | a click | deleted elsewhere | deleted here |\n|---|---|---|---|---|")
        for view in VIEWS:
            _fresh_server()
            app, first_s = _drawn(view, workspace)
            click_s = median(_timed(app.run) for _ in range(CLICKS))
            _delete_elsewhere(workspace)
            elsewhere_s = _timed(app.run)
            deleting_s.append(_timed(lambda: deletion.delete_run(workspace, runs.run_folders(workspace)[-1])))
            took = (first_s, click_s, elsewhere_s, _timed(app.run))
            print(f"| {view} | {' | '.join(f'{each:.2f}' for each in took)} |", flush=True)
            if max(took) > bar_s:
                missed.append(f"{view} at {size.photos:,}")
        print(f"\nDeleting an experiment takes {median(deleting_s):.2f} s before the page is drawn again.")
    return missed


def _fresh_server() -> None:
    remembered.forget()
    st.cache_data.clear()
    st.cache_resource.clear()


def _delete_elsewhere(workspace: Workspace) -> None:
    """Remove the oldest experiment as another process would: nothing here hears of it."""
    shutil.rmtree(runs.run_folders(workspace)[-1].path)


def _drawn(view: str, workspace: Workspace) -> tuple[AppTest, float]:
    """Draw a page in a new session; return it, and how long that took in seconds."""
    page, asked_for = VIEWS[view]
    app = AppTest.from_file(str(APP), default_timeout=600)
    for name, value in asked_for.items():
        if name == "run":
            newest = max((path.name for path in workspace.runs.glob("*-00*")), default=None)
            app.query_params["run"] = newest or ""
        else:
            app.session_state[name] = value
    app.switch_page(page)
    took = _timed(app.run)
    if app.exception:
        raise SystemExit(f"{view}: {app.exception[0].value}\n{app.exception[0].stack_trace}")
    return app, took


def _timed(run: Callable[[], object]) -> float:
    # AppTest makes each run the first of a fresh server; see `navigation.enter`.
    PagesManager.uses_pages_directory = False
    began_s = time.perf_counter()
    run()
    return time.perf_counter() - began_s


if __name__ == "__main__":
    sys.exit(main())
