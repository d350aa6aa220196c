"""How well the lab foretells the seconds of a training: forecast against taken, one training after the other.

    python -m tools.benchmarks.forecast data/sample
    python -m tools.benchmarks.forecast FOLDER --runs vggface-vgg16:13:64:2 face-vgg-mini:0:96:20

Each RUN is backbone:frozen layers:image size:rounds. All start from nothing, which takes as long as starting from
something, and needs no download. "expected" is what the constants in `core.experiments.runtime_estimate` say;
"forecast" also knows the trainings before it, as a user's lab does.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import keras

from core.config import TrainConfig
from core.data.building import build_dataset
from core.experiments import runs, runtime_estimate
from core.presets import preset
from core.training.trainer import run_training
from core.workspace import Workspace

RUNS = ("face-vgg-mini:13:96:20", "face-vgg-mini:10:96:20", "face-vgg-mini:0:96:20", "vggface-vgg16:13:64:5")


def asked(run: str) -> TrainConfig:
    """Return the settings that backbone:frozen:px:rounds names."""
    backbone, frozen, side_px, rounds = run.split(":")
    return preset("recommended").with_changes(
        backbone=backbone, pretrained=False, freeze_depth=int(frozen), image_size_px=int(side_px), epochs=int(rounds)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--runs", nargs="+", default=RUNS)
    arguments = parser.parse_args()
    print("| training | expected | forecast | taken |", "|---|---|---|---|", sep="\n")
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        dataset = build_dataset(arguments.data, workspace)
        for name in arguments.runs:
            config = asked(name)
            photos = runtime_estimate.PhotoCounts.of(dataset)
            expected_s = runtime_estimate.reference_seconds(config, photos, len(dataset.people))
            forecast_s = runtime_estimate.estimate_seconds(config, dataset, workspace)
            run = runs.create_run(runs.new_run_path(workspace), dataset, config, state="running")
            began_s = time.perf_counter()
            with run.job.held():
                run_training(run.job, workspace)
            taken_s = time.perf_counter() - began_s
            run.job.set_state("done")
            print(f"| {name} | {expected_s:.1f} | {forecast_s:.1f} | {taken_s:.1f} |")
            sys.stdout.flush()
            keras.backend.clear_session()


if __name__ == "__main__":
    main()
