"""What a training takes at each freeze depth, against what it cannot avoid and against plain Keras.

    python -m tools.benchmarks.depths                                    # VGG-Face's shapes at 224 px: 25 minutes
    python -m tools.benchmarks.depths --photos 4 --rounds 3 --depths 13 10

The photos are those of the drawn people; the network starts from nothing, which takes as long as from something.
Unavoidable are the frozen layers once for each distinct view of each photo that rounds show, and the steps, both timed
alone in the same process just before and after. "plain" is Keras with the frozen layers inside, asked in each step, one
step of it timed. What a training always takes (network, saving, checking, exam: "ends") is in the table and not in the
bar; measuring after each round is in the bar and not in what cannot be avoided, and is much of a small training.
`--processor` counts the processor's seconds, for a machine that others use. Prints a table in Markdown, and exits 1
where a training takes more than 1.15 times what it cannot avoid.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from functools import partial
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
from core.training.prepare import resolve_precision
from core.training.trainer import run_training
from core.workspace import Workspace
from tools.benchmarks.sets import DRAWN

BAR = 1.15
FROZEN_BATCH = 32
Clock = Callable[[], float]


def quickest(work: Callable[[], object], clock: Clock, times: int = 3) -> float:
    """Return the seconds of the quickest of a few tries, after one that does not count."""
    work()
    taken = []
    for _ in range(times):
        began_s = clock()
        work()
        taken.append(clock() - began_s)
    return min(taken)


def alone(network: Classifier, config: TrainConfig, n_people: int, clock: Clock) -> tuple[float, float, float]:
    """Return the seconds of the frozen layers a picture, of a step, and of a step of plain Keras."""
    rng, n = np.random.default_rng(0), config.batch_size
    faces = rng.integers(0, 255, (FROZEN_BATCH, *network.prefix.input_shape[1:])).astype(np.float32)
    labels, weights = np.arange(n) % n_people, np.ones(n, np.float32)
    frozen_s = (
        quickest(lambda: network.prefix.predict_on_batch(faces), clock) / FROZEN_BATCH if config.freeze_depth else 0.0
    )
    features = rng.random((n, *network.feature_shape(config.freeze_depth or 0))).astype(np.float32)
    seconds = []
    for model, shown in ((network.suffix, features), (network.joined, faces[:n])):
        model.compile(keras.optimizers.Adam(1e-6), "sparse_categorical_crossentropy")
        # As `fit` takes its steps: `train_on_batch` waits for each one's loss.
        several = [np.concatenate([each] * 4) for each in (shown, labels, weights)]
        fit = partial(model.fit, *several[:2], batch_size=n, sample_weight=several[2], verbose=0, shuffle=False)
        seconds.append(quickest(fit, clock, 2) / 4)
    return frozen_s, *seconds


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


def row(dataset: Dataset, workspace: Workspace, config: TrainConfig, clock: Clock) -> tuple[str, float]:
    """Return the line of one depth, and how many times as long as it must the training takes."""
    photos = PhotoCounts.of(dataset, config.train_per_class)
    network = build_classifier(config, len(dataset.people), None, precision=resolve_precision("auto"))
    before = alone(network, config, len(dataset.people), clock)
    taken_s, whole_s = trained(dataset, workspace, config, clock)
    # A machine that others use is slower at times: what was timed alone is the mean of before and after.
    after = alone(network, config, len(dataset.people), clock)
    frozen_s, step_s, plain_s = (float(np.mean(pair)) for pair in zip(before, after, strict=True))
    steps = config.epochs * -(-photos.train // config.batch_size)
    pictures = photos.train * config.augment.distinct_views + photos.validation
    bound_s = (pictures * frozen_s if config.freeze_depth else 0.0) + steps * step_s
    ratio, plain, ends_s = taken_s / bound_s, steps * plain_s / taken_s, whole_s - taken_s
    return f"| {config.freeze_depth} | {bound_s:.1f} s | {ratio:.2f} | {ends_s:.1f} s | {plain:.2f} |", ratio


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default="vggface-vgg16")
    parser.add_argument("--px", type=int, default=224)
    parser.add_argument("--photos", type=int, default=10, help="practice photos a person")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--depths", type=int, nargs="+", default=(13, 10, 7, 4, 0))
    parser.add_argument("--processor", action="store_true", help="count the processor's seconds")
    asked = parser.parse_args()
    clock = time.process_time if asked.processor else time.perf_counter
    print("| frozen | unavoidable | lab / unavoidable | ends | plain / lab |", "|---|---|---|---|---|", sep="\n")
    missed = False
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        dataset = build_dataset(DRAWN, workspace, crop=CropConfig(size_px=asked.px))
        for depth in asked.depths:
            config = TrainConfig(
                backbone=asked.network,
                pretrained=False,
                freeze_depth=depth,
                image_size_px=asked.px,
                epochs=asked.rounds,
                train_per_class=asked.photos,
            )
            line, ratio = row(dataset, workspace, config, clock)
            missed |= ratio > BAR
            print(line)
            sys.stdout.flush()
            keras.backend.clear_session()
    sys.exit(int(missed))


if __name__ == "__main__":
    main()
