"""How well the lab foretells the seconds of a training: forecast against taken, one training after the other.

    python -m tools.benchmarks.forecast                                       # a grid, about eight minutes
    python -m tools.benchmarks.forecast --large                               # to 2,000 photos, a quarter of an hour
    python -m tools.benchmarks.forecast --runs vggface-vgg16:13:64:100:2 face-vgg-mini:0:96:60:20:busy

Each RUN is backbone:frozen layers:picture size:photos to train on:rounds, and ":busy" where a process of usual priority
keeps a core busy meanwhile. Photos are drawn noise, networks start from nothing, and workers are real. The trainings
share a workspace, as those of a user do: later ones find what earlier ones kept of the same photos, and how long these
took. "at first" is what the lab says before any training has finished on this computer, and has no bar. Prints a table
in Markdown, and exits 1 where a forecast is more than 1.5 times off.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from core import load
from core.config import CropConfig, TrainConfig
from core.data.building import build_dataset
from core.data.dataset import Dataset
from core.experiments import runs, runtime_estimate
from core.experiments.runs import Run
from core.jobs import queue, workers
from core.presets import preset
from core.workspace import Workspace
from tools.benchmarks.growth import draw

BAR = 1.5
PEOPLE = 6
MINI, VGG = "face-vgg-mini", "vggface-vgg16"
RUNS = (
    f"{MINI}:13:48:20:20",
    f"{MINI}:13:96:100:20",
    f"{MINI}:13:96:100:20",
    f"{VGG}:13:224:40:20",
    f"{VGG}:13:224:40:20",
    f"{MINI}:10:96:100:20",
    f"{MINI}:0:96:100:20",
    f"{MINI}:4:48:400:10",
    f"{MINI}:13:224:400:20",
    f"{MINI}:10:224:400:4",
    f"{VGG}:13:64:100:20",
    f"{VGG}:10:64:100:4",
    f"{VGG}:4:96:40:2",
    f"{VGG}:10:224:40:2",
    f"{VGG}:0:64:40:4",
    f"{MINI}:13:96:100:10:busy",
    f"{MINI}:0:96:100:10:busy",
    f"{VGG}:13:64:200:20:busy",
    f"{VGG}:10:64:40:4:busy",
    f"{MINI}:10:96:100:10",
)
LARGE = (
    f"{VGG}:0:48:20:5",
    f"{MINI}:7:48:20:10",
    f"{MINI}:13:96:2000:10",
    f"{MINI}:10:48:2000:4",
    f"{MINI}:7:96:400:4:busy",
    f"{MINI}:4:96:2000:1",
    f"{MINI}:2:64:1000:2",
    f"{MINI}:0:96:2000:1",
    f"{MINI}:13:224:1000:3",
    f"{VGG}:13:64:2000:5",
    f"{VGG}:7:64:400:2",
    f"{VGG}:4:64:400:1",
    f"{VGG}:2:48:200:2",
    f"{VGG}:0:96:100:2",
    f"{VGG}:10:224:200:2:busy",
    f"{VGG}:7:224:40:2",
    f"{VGG}:13:224:2000:1",
)


def asked(run: str) -> tuple[TrainConfig, int, bool]:
    """Return the settings that a RUN names, its photos, and whether the computer is busy."""
    backbone, frozen, side_px, photos, rounds, *busy = run.split(":")
    config = preset("recommended").with_changes(
        backbone=backbone, pretrained=False, freeze_depth=int(frozen), image_size_px=int(side_px), epochs=int(rounds)
    )
    return config, int(photos), bool(busy)


def photos(workspace: Workspace, n: int, px: int) -> Dataset:
    """Draw photos, a tenth as many for each exam, and make them a data set."""
    folder = workspace.root / f"{n} photos of {px} px"
    if not folder.exists():
        draw(folder, n, PEOPLE, px)
    return build_dataset(folder, workspace, crop=CropConfig(detector="none", size_px=px))


@contextlib.contextmanager
def busy(is_busy: bool) -> Iterator[None]:
    """Keep a core busy, and for long enough before that whoever looks can see it."""
    if not is_busy:
        yield
        return
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        other.kill()
        other.wait()


def train(workspace: Workspace, dataset: Dataset, config: TrainConfig) -> Run:
    """Have a worker train, and wait until it has."""
    run = runs.create_run(runs.new_run_path(workspace), dataset, config)
    queue.enqueue(workspace, run.job)
    command = [sys.executable, "-m", "core", "worker", "train"]
    home = {**os.environ, "LAB_HOME": str(workspace.root), "CUDA_VISIBLE_DEVICES": "-1"}
    with (workspace.root / "worker.log").open("ab") as log:
        subprocess.run(command, env=home, stdout=log, stderr=subprocess.STDOUT, check=True)
    return run


def measure(home: Path, names: Sequence[str]) -> int:
    """Train one after the other, print the table, and return how many forecasts missed."""
    workspace, nowhere, missed = Workspace(home), Workspace(home / "nothing yet"), 0
    print("| training | at first | forecast | taken | times off |", "|---|---|---|---|---|", sep="\n")
    for name in names:
        config, n, is_busy = asked(name)
        dataset = photos(workspace, n, config.image_size_px)
        with busy(is_busy):
            # Readings are looked back on for longer than the other is busy here.
            load._noted.clear()
            load.note()
            time.sleep(2)
            load.note()
            first_s, forecast_s = (
                runtime_estimate.estimate_seconds(config, dataset, home) for home in (nowhere, workspace)
            )
            taken_s = train(workspace, dataset, config).job.result()["seconds"]
        off = [forecast / taken_s for forecast in (first_s, forecast_s)]
        missed += not 1 / BAR <= off[1] <= BAR
        print(f"| {name} | {first_s:.1f} | {forecast_s:.1f} | {taken_s:.1f} | {off[0]:.2f}, {off[1]:.2f} |", flush=True)
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", nargs="+", default=RUNS, metavar="RUN")
    parser.add_argument(
        "--large", action="store_const", dest="runs", const=LARGE, help="up to 2,000 photos, all depths"
    )
    parser.add_argument("--home", type=Path, help="keep everything there")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        home = arguments.home or Path(folder)
        # A worker waits for work as long as somebody is in charge.
        with workers.in_charge(Workspace(home), timeout_s=1):
            missed = measure(home, arguments.runs)
    sys.exit(int(missed > 0))


if __name__ == "__main__":
    main()
