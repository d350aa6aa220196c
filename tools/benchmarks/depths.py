"""What a training takes at each freeze depth, against what it cannot avoid and against plain Keras.

    python -m tools.benchmarks.depths                                    # VGG-Face's shapes at 224 px
    python -m tools.benchmarks.depths --px 96 --photos 200 --depths 10 4

The photos are drawn noise, ten in the mock exam at least; the network starts from nothing, which takes as long as
from something. Unavoidable are the frozen layers once for each distinct view of each photo that rounds show, and the
steps, both timed alone in the same process just before and after. "plain" is Keras with the frozen layers inside, asked
in each step, and the mock exam measured after each round; both are timed. Its practice curve costs it nothing, for it
shows photos as they were practised, before the round's end: what that of the lab costs is the slack of a tenth. What a
training always takes (network, saving, checking, exam: "ends") is in the table and not in the bar; measuring after each
round is in the bar and not in what cannot be avoided. `--processor` counts the processor's seconds, for a machine that
others use. Prints a table in Markdown, and exits 1 where a training takes more than 1.15 times what it cannot avoid, or
plain less than 0.9 times what the lab takes.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import keras
import numpy as np

from core.config import CropConfig, TrainConfig
from core.data.building import build_dataset
from core.data.dataset import Dataset
from core.experiments import runs
from core.experiments.course import PhotoCounts
from core.jobfolder import JobFolder
from core.models.classifier import Classifier, build_classifier
from core.training.precision import resolve_precision
from core.training.trainer import run_training
from core.workspace import Workspace
from tools.benchmarks.growth import draw

BAR, PLAIN_BAR = 1.15, 0.9
FROZEN_BATCH = 32
PEOPLE, STEPS = 10, 2
Clock = Callable[[], float]


def quickest(work: Callable[[], object], clock: Clock, times: int = 2) -> float:
    """Return the seconds of the quickest of a few tries, after one that does not count."""
    work()
    taken = []
    for _ in range(times):
        began_s = clock()
        work()
        taken.append(clock() - began_s)
    return min(taken)


def alone(network: Classifier, config: TrainConfig, clock: Clock) -> tuple[float, float]:
    """Return the seconds of the frozen layers a picture, and of a step."""
    rng = np.random.default_rng(0)
    faces = rng.integers(0, 255, (FROZEN_BATCH, *network.prefix.input_shape[1:])).astype(np.float32)
    frozen_s = (
        quickest(lambda: network.prefix.predict_on_batch(faces), clock) / FROZEN_BATCH if config.freeze_depth else 0.0
    )
    return frozen_s, step_s(network.suffix, clock, config.batch_size)


def step_s(model: keras.Model, clock: Clock, batch_size: int) -> float:
    """Return the seconds of a step, as `fit` takes it: `train_on_batch` waits for each one's loss."""
    n = STEPS * batch_size
    shown = np.random.default_rng(0).random((n, *model.input_shape[1:])).astype(np.float32)
    model.compile(keras.optimizers.Adam(1e-6), "sparse_categorical_crossentropy")
    rest = {"batch_size": batch_size, "sample_weight": np.ones(n, np.float32), "verbose": 0, "shuffle": False}
    return quickest(lambda: model.fit(shown, np.arange(n) % PEOPLE, **rest), clock) / STEPS


def trained(dataset: Dataset, workspace: Workspace, config: TrainConfig, clock: Clock) -> tuple[float, float]:
    """Return the seconds from the first picture to the last round, and those of the whole training."""
    shutil.rmtree(workspace.features, ignore_errors=True)
    run = runs.create_run(runs.new_run_path(workspace), dataset, config, state="running")
    at_s = {"begin": clock()}
    emit = JobFolder.emit

    def emit_and_note(job: JobFolder, event: str, **facts: object) -> None:
        if event == "phase":
            at_s[str(facts["phase"])] = clock()
        emit(job, event, **facts)

    with patch.object(JobFolder, "emit", emit_and_note):
        run_training(run.job, workspace)
    return at_s["test"] - at_s.get("prefix", at_s["train"]), clock() - at_s["begin"]


def row(dataset: Dataset, workspace: Workspace, config: TrainConfig, clock: Clock) -> tuple[str, bool]:
    """Return the line of one depth, and whether it misses a bar."""
    photos = PhotoCounts.of(dataset)
    network = build_classifier(config, len(dataset.people), None, precision=resolve_precision("auto", workspace))
    plain_s = step_s(network.joined, clock, config.batch_size)
    exam = np.zeros((photos.validation, *network.joined.input_shape[1:]), np.float32)
    measured_s = quickest(lambda: network.joined.predict_on_batch(exam), clock)
    before = alone(network, config, clock)
    taken_s, whole_s = trained(dataset, workspace, config, clock)
    # A machine that others use is slower at times: what was timed alone is the mean of before and after.
    frozen_s, own_s = (float(np.mean(pair)) for pair in zip(before, alone(network, config, clock), strict=True))
    steps = config.epochs * -(-photos.train // config.batch_size)
    pictures = photos.train * config.augment.distinct_views + photos.validation
    bound_s = (pictures * frozen_s if config.freeze_depth else 0.0) + steps * own_s
    ratio, plain, ends_s = (
        taken_s / bound_s,
        (steps * plain_s + config.epochs * measured_s) / taken_s,
        whole_s - taken_s,
    )
    line = f"| {config.freeze_depth} | {bound_s:.1f} s | {ratio:.2f} | {ends_s:.1f} s | {plain:.2f} |"
    return line, ratio > BAR or plain < PLAIN_BAR


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default="vggface-vgg16")
    parser.add_argument("--px", type=int, default=224)
    parser.add_argument("--photos", type=int, default=60, help="practice photos")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--depths", type=int, nargs="+", default=(13, 10, 7, 4, 0))
    parser.add_argument("--processor", action="store_true", help="count the processor's seconds")
    asked = parser.parse_args()
    clock = time.process_time if asked.processor else time.perf_counter
    print("| frozen | unavoidable | lab / unavoidable | ends | plain / lab |", "|---|---|---|---|---|", sep="\n")
    missed = False
    with TemporaryDirectory() as folder:
        workspace, photos = Workspace(Path(folder) / "home"), Path(folder) / "photos"
        draw(photos, asked.photos, PEOPLE, asked.px)
        dataset = build_dataset(photos, workspace, crop=CropConfig(detector="none", size_px=asked.px))
        for depth in asked.depths:
            config = TrainConfig(
                backbone=asked.network,
                pretrained=False,
                freeze_depth=depth,
                image_size_px=asked.px,
                epochs=asked.rounds,
            )
            line, is_missed = row(dataset, workspace, config, clock)
            missed |= is_missed
            print(line)
            sys.stdout.flush()
            keras.backend.clear_session()
    sys.exit(int(missed))


if __name__ == "__main__":
    main()
