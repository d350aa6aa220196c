"""How long a comparison of all six stops takes, from the click to its first shape and to its end.

    python -m tools.benchmarks.sweep                  # Mini on the sample, three seeds, then VGG-Face's shape
    python -m tools.benchmarks.sweep --only mini --processor

A supervisor and its worker do it, as a server has them: the photos are cropped and the worker is warm, as they are when
somebody clicks. The first shape is there once every stop was tried once. VGG-Face's shape starts from nothing, at 224
px, on 84 drawn photos (60 to practise, 12 in each exam), one seed, two rounds of the new last layers and two in which
blocks learn. Unavoidable are there the frozen layers once for each distinct view, a step for each 16 photos in each of
these rounds, the exam of each training, and to save each network and open it; each timed alone in this process before.
`--processor` counts the processor's seconds, for a machine that others use; of several cores they add up.
Prints tables in Markdown; exits 1 where the sample takes more than 180 s, its first shape more than 60 s, or VGG-Face's
shape more than 1.3 times what is unavoidable.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import numpy as np
import psutil

from core.config import CropConfig, TrainConfig
from core.data.building import build_dataset
from core.data.dataset import Dataset
from core.experiments.course import PhotoCounts
from core.jobfolder import OPEN_STATES
from core.jobs import queue, workers
from core.jobs.supervisor import Supervisor
from core.models import saved
from core.models.classifier import build_classifier
from core.presets import preset
from core.sweeps.plan import Start, SweepPlan
from core.sweeps.sweep import create_sweep
from core.training.finish import predict_faces
from core.training.precision import resolve_precision
from core.workspace import Workspace
from tools.benchmarks.depths import Clock, quickest, step_s
from tools.benchmarks.growth import draw
from tools.benchmarks.sets import DRAWN

MOST_S, FIRST_SHAPE_S, BAR = 180, 60, 1.3
PX, PHOTOS, PEOPLE, ROUNDS = 224, 60, 12, 4


def taken(workspace: Workspace, dataset: Dataset, plan: SweepPlan, *, processor: bool) -> tuple[float, float]:
    """Return the seconds of a sweep from when it is queued to when every depth was tried once, and to its end.

    Raises:
        RuntimeError: it did not come to its end.
    """
    supervisor = Supervisor(workspace)
    supervisor.start()
    try:
        while not (idle := [each for each in workers.list_workers(workspace) if _is_warm(each)]):
            time.sleep(0.1)
        worker = psutil.Process(idle[0].pid)
        sweep = create_sweep(workspace, dataset, plan)
        at_s = {0: _now_s(worker, processor=processor)}
        queue.enqueue(workspace, sweep.job)
        supervisor.ensure(queue.TRAIN)
        is_open = True
        while is_open:
            time.sleep(0.1)
            is_open = sweep.status().state in OPEN_STATES
            done = sum(event["event"] == "tried" for event in sweep.job.events())
            with suppress(psutil.Error):  # It exits after the last one.
                at_s.setdefault(done, _now_s(worker, processor=processor))
    finally:
        supervisor.stop()
    if (status := sweep.status()).state != "done":
        raise RuntimeError(f"The sweep ended as {status.state}: {status.message}")
    return at_s[len(sweep.plan.depths)] - at_s[0], at_s[max(at_s)] - at_s[0]


def _is_warm(worker: workers.WorkerInfo) -> bool:
    return worker.lane == queue.TRAIN and worker.state == "idle"


def _now_s(worker: psutil.Process, *, processor: bool) -> float:
    return sum(worker.cpu_times()[:2]) if processor else time.perf_counter()


def unavoidable(plan: SweepPlan, photos: PhotoCounts, workspace: Workspace, clock: Clock) -> dict[str, float]:
    """Return the seconds of what such a sweep cannot do without, part by part, for one seed."""
    precision = resolve_precision("auto", workspace)
    parts = dict.fromkeys(("frozen layers", "steps", "exams", "files"), 0.0)
    for cell in plan.cells():
        config = plan.config(cell)
        network = build_classifier(config, PEOPLE, None, precision=precision)
        n_units, path = len(network.units), workspace.root / "model.keras"
        if config.freeze_depth == n_units:
            faces = np.random.default_rng(0).integers(0, 255, (32, PX, PX, 3)).astype(np.uint8)
            shown = faces.astype(np.float32)
            one_s = quickest(lambda: network.prefix.predict_on_batch(shown), clock) / len(faces)  # noqa: B023
            pictures = photos.train * config.augment.distinct_views + photos.validation + photos.test
            parts["frozen layers"] = pictures * one_s
            saved.save_model(network, path)
            began_s = clock()
            saved.save_model(network, path)
            opened = saved.open_model(path)
            file_s = clock() - began_s
            exam = faces[: photos.test]
            exam_s = quickest(lambda: predict_faces(opened, exam, PEOPLE), clock)  # noqa: B023
        else:
            steps = -(-photos.train * config.repeats_per_epoch(photos.train, head_only=False) // config.batch_size)
            rounds = config.epochs - config.head_epochs
            a_step_s = step_s(network.suffix, clock, config.batch_size)
            parts["steps"] += rounds * steps * a_step_s
        parts["exams"] += exam_s
        parts["files"] += file_s
        keras.backend.clear_session()
    return parts


def mini(folder: Path, *, processor: bool) -> bool:
    """Compare all stops of the bundled network on the sample; return whether a bar is missed."""
    workspace = Workspace(folder)
    plan = SweepPlan(seeds=(0, 1, 2))
    first_s, whole_s = taken(workspace, build_dataset(DRAWN, workspace), plan, processor=processor)
    print("| sample, Mini | seconds | at most |", "|---|---|---|", sep="\n")
    print(f"| {len(plan.depths)} stops tried once | {first_s:.0f} | {FIRST_SHAPE_S} |")
    print(f"| {len(plan.depths)} stops, three seeds | {whole_s:.0f} | {MOST_S} |\n", flush=True)
    return first_s > FIRST_SHAPE_S or whole_s > MOST_S


def vgg(folder: Path, *, processor: bool) -> bool:
    """Compare all stops of VGG-Face's shape; return whether the bar is missed."""
    workspace, photos = Workspace(folder / "home"), folder / "photos"
    draw(photos, PHOTOS, PEOPLE, PX)
    dataset = build_dataset(photos, workspace, crop=CropConfig(detector="none", size_px=PX))
    base = preset(TrainConfig().preset).with_changes(image_size_px=PX, epochs=ROUNDS)
    plan = SweepPlan(base, (Start("vggface-vgg16", pretrained=False),), seeds=(0,))
    parts = unavoidable(plan, PhotoCounts.of(dataset), workspace, time.process_time if processor else time.perf_counter)
    _, whole_s = taken(workspace, dataset, plan, processor=processor)
    print("| VGG-Face's shape | seconds |", "|---|---|", sep="\n")
    for name, seconds in (*parts.items(), ("unavoidable", sum(parts.values())), ("taken", whole_s)):
        print(f"| {name} | {seconds:.1f} |")
    ratio = whole_s / sum(parts.values())
    print(f"| taken / unavoidable | {ratio:.2f} |")
    return ratio > BAR


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("mini", "vgg"))
    parser.add_argument("--processor", action="store_true", help="count the processor's seconds")
    asked = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    missed = False
    for name, measure in (("mini", mini), ("vgg", vgg)):
        if asked.only in (None, name):
            with TemporaryDirectory() as folder:
                missed |= measure(Path(folder), processor=asked.processor)
    sys.exit(int(missed))


if __name__ == "__main__":
    main()
