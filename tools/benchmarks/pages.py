"""How long the server works on each page of a full lab: 2,000 photos and 50 experiments, made up.

    python -m tools.benchmarks.pages

Pages run through Streamlit's AppTest, without a browser and without workers: first with nothing kept yet, then again.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from core.config import CropConfig, TrainConfig
from core.data.building import build_dataset
from core.jobs import supervisor
from core.workspace import Workspace
from tests import drawn, fakes
from tests.pages.conftest import NoWorkers
from ui import navigation

PEOPLE, PHOTOS, RUNS = 20, 100, 50
ROUNDS = 20


def fill(workspace: Workspace, source: Path) -> None:
    """Bring the photos and write the experiments."""
    photos = {
        f"person {person:02}/{photo:03}.jpg": drawn.encoded(drawn.picture(person * PHOTOS + photo), "JPEG")
        for person in range(PEOPLE)
        for photo in range(PHOTOS)
    }
    drawn.write_files(source, photos)
    dataset = build_dataset(source, workspace, crop=CropConfig(detector="none"))
    config = TrainConfig(freeze_depth=10, epochs=ROUNDS)
    for _ in range(RUNS):
        fakes.run(workspace, dataset, epochs=ROUNDS, config=config)


def seconds(page: str) -> tuple[float, float]:
    """Return how long the page takes the first time and the second."""
    app = AppTest.from_file(str(Path(__file__).resolve().parents[2] / "app.py"), default_timeout=120)
    app.run()
    took = []
    for _ in range(2):
        # AppTest makes each run the first of a fresh server; see `navigation.enter`.
        PagesManager.uses_pages_directory = False
        began_s = time.perf_counter()
        app.switch_page(page).run()
        took.append(time.perf_counter() - began_s)
    if app.exception:
        raise SystemExit(f"{page}: {app.exception[0].value}")
    return took[0], took[1]


def main() -> None:
    """Fill a lab and print a line a page."""
    supervisor.Supervisor = NoWorkers  # type: ignore[misc,assignment]
    with TemporaryDirectory() as folder:
        os.environ["LAB_HOME"] = folder
        fill(Workspace(Path(folder)), Path(folder) / "source")
        print(f"{PEOPLE * PHOTOS:,} photos of {PEOPLE} people, {RUNS} experiments; first and second time, in seconds")
        for page in (navigation.START, navigation.PHOTOS, navigation.TRAIN, navigation.TEST, navigation.LIBRARY):
            first, second = seconds(page)
            print(f"{page:20} {first:.2f} {second:.2f}", flush=True)


if __name__ == "__main__":
    main()
