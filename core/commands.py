"""What each command of the command line does: one call into the lab, one answer as facts and as text."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from core import packing, presets, runs
from core.config import AugmentConfig, CropConfig, HeadConfig, SplitConfig, TrainConfig
from core.errors import ConfigError, LabError, Stopped
from core.models import backbones, weights
from core.photos import dataset as datasets
from core.photos import export
from core.workspace import Workspace


@dataclass(frozen=True)
class Answer:
    """What a command has to say: `facts` for `--json`, `text` for people."""

    facts: dict[str, Any]
    text: str


@contextmanager
def _bar(what: str, unit: str = "photo") -> Iterator[Callable[[int, int], None]]:
    """Show progress on stderr; give a function (done, total) that moves it."""
    with tqdm(desc=what, unit=unit, file=sys.stderr, leave=False, disable=None) as bar:

        def move(done: int, total: int) -> None:
            bar.total = total or None
            bar.update(done - bar.n)

        yield move


@contextmanager
def _new_folder(path: Path) -> Iterator[None]:
    """Make sure that `path` is not there yet, and that nothing half-written is there after an error."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise ConfigError(f'"{path}" exists already and is not an empty folder; name a new one with --out.')
    try:
        yield
    except LabError:
        shutil.rmtree(path, ignore_errors=True)
        raise


def _crop_config(arguments: argparse.Namespace, size_px: int) -> CropConfig:
    crop = CropConfig(detector=arguments.detector, size_px=size_px)
    if getattr(arguments, "no_crop", False):
        crop = replace(crop, detector="none")
    return crop if arguments.margin is None else replace(crop, margin=arguments.margin)


def crop(arguments: argparse.Namespace) -> Answer:
    """Write every photo's face to `--out`, in folders named like the people."""
    began_s = time.monotonic()
    crop_config = _crop_config(arguments, arguments.image_size_px)
    with _new_folder(arguments.out), _bar("faces") as move:
        report = export.export_crops(
            arguments.data,
            arguments.out,
            crop_config,
            on_progress=lambda _step, done, total: move(done, total),
        )
    facts = {
        "written": report.written,
        "left_out": [{"name": each.name, "reason": each.reason} for each in report.left_out],
        "to_review": [{"name": each.name, "reason": each.reason} for each in report.to_review],
        "crop": asdict(crop_config),
        "out": str(arguments.out),
        "seconds": round(time.monotonic() - began_s, 2),
    }
    lines = [f'{report.written} faces written to "{arguments.out}".']
    lines += [f"Left out: {each.name}: {each.reason}" for each in report.left_out]
    lines += [f"Look at: {each.name}: {each.reason}" for each in report.to_review]
    return Answer(facts, "\n".join(lines))


def _train_config(arguments: argparse.Namespace) -> TrainConfig:
    names = {field.name for kind in (TrainConfig, HeadConfig, AugmentConfig) for field in fields(kind)}
    given = {k: v for k, v in vars(arguments).items() if k in names - {"preset"} and v is not None}
    return backbones.check_config(presets.preset(arguments.preset).with_changes(**given))


def train(arguments: argparse.Namespace) -> Answer:
    """Crop, split, train and test in this process; leave a run folder at `--out`."""
    config = _train_config(arguments)
    workspace = Workspace.personal()
    if config.pretrained:
        # Before the photos: whoever lacks the weights should not wait for the cropping to hear it.
        weights.require_weights(config.backbone, workspace)
    split = SplitConfig(seed=config.seed)
    if arguments.fractions:
        train_fraction, validation_fraction, test_fraction = arguments.fractions
        split = SplitConfig(train_fraction, validation_fraction, test_fraction, seed=config.seed)
    crop_config = _crop_config(arguments, max(CropConfig.size_px, config.image_size_px))
    with _new_folder(arguments.out):
        with _bar("faces") as move:
            dataset = datasets.build_dataset(
                arguments.data,
                workspace,
                crop=crop_config,
                split=split,
                on_progress=lambda _step, done, total: move(done, total),
            )
        run = runs.create_run(arguments.out, dataset, config, name=arguments.name, state="stopped")
        _train_here(run, workspace)
    facts = run.summary() or {}
    return Answer(facts, _told(facts, run))


def _train_here(run: runs.Run, workspace: Workspace) -> None:
    """Do in this process what a worker does with a queued run, states included."""
    from core.jobs import worker

    with _bar("training", unit="round") as move:
        stop_watching = _watch(run, move)
        try:
            worker.work_on(run.job, workspace)
        except Stopped:
            pass
        finally:
            stop_watching()


def _watch(run: runs.Run, move: Callable[[int, int], None]) -> Callable[[], None]:
    """Follow the run folder from a thread, as a page does; give the function that ends it."""
    from threading import Event, Thread

    ended = Event()

    def follow() -> None:
        while not ended.wait(0.3):
            history = run.history()
            move(history[-1].epoch if history else 0, run.config.epochs)

    thread = Thread(target=follow, daemon=True)
    thread.start()

    def stop() -> None:
        ended.set()
        thread.join()

    return stop


def _told(facts: dict[str, Any], run: runs.Run) -> str:
    if not facts:
        return "Stopped before the first round was finished."
    lines = [f"Final exam: {facts['test_correct']} of {facts['test_total']} right."]
    if facts["test_interval"]:
        low, high = (round(100 * bound) for bound in facts["test_interval"])
        lines.append(f"Out of 100 new photos like these, expect between {low} and {high}.")
    lines.append(f"Guessing the most frequent person gives {facts['majority_correct']} of {facts['test_total']}.")
    lines.append(f"Network {facts['backbone']}, {facts['freeze_depth']} layers frozen, {facts['epochs_run']} rounds.")
    lines += [f"Left out: {each['name']}: {each['reason']}" for each in facts["left_out"]]
    lines.append(f"Model: {run.model_path}")
    return "\n".join(lines)


def test(arguments: argparse.Namespace) -> Answer:
    """Predict who is on new photos."""
    from core.training import predict

    with packing.opened(arguments.run) as pack, _bar("photos") as move:
        crop_config = replace(pack.crop, detector="none") if arguments.no_crop else None
        watch = predict.Watch(photo=move)
        facts = predict.predict_photos(pack, arguments.photos, crop=crop_config, watch=watch)
    lines = []
    for row in facts["predictions"]:
        leaning = row["probabilities"][row["predicted"]]
        lines.append(f"{row['name']}: {row['predicted']} (leans {100 * leaning:.0f} %)")
    lines += [f"Left out: {each['name']}: {each['reason']}" for each in facts["left_out"]]
    if "correct" in facts:
        lines.append(f"{facts['correct']} of {facts['total']} right.")
    return Answer(facts, "\n".join(lines))


def weights_command(arguments: argparse.Namespace) -> Answer:
    """List, download or import the weights of the ready-made networks."""
    workspace = Workspace.personal()
    if arguments.action == "list":
        rows = [_weights_row(name, workspace) for name in backbones.BACKBONES]
        text = "\n".join(f"{row['backbone']:24} {row['state']:12} {row['title']} ({row['licence']})" for row in rows)
        return Answer({"weights": rows}, text)
    if arguments.action == "download":
        with _bar(arguments.name, unit="byte") as move:
            found = weights.download_weights(arguments.name, workspace, on_progress=move)
    else:
        found = weights.import_weights(arguments.name, arguments.file, workspace)
    facts = {"backbone": arguments.name, "path": str(found.path), "sha256": found.sha256, "verified": found.verified}
    word = "verified" if found.verified else "unverified: no official hash of this file is known"
    return Answer(facts, f"{arguments.name} is on this machine ({word}).")


def _weights_row(name: str, workspace: Workspace) -> dict[str, Any]:
    backbone = backbones.backbone(name)
    found = weights.find_weights(name, workspace)
    state = "missing" if found is None else "verified" if found.verified else "unverified"
    return {
        "backbone": name,
        "title": backbone.title,
        "state": state,
        "path": str(found.path) if found else None,
        "address": backbone.weights.url,
        "licence": backbone.weights.licence,
    }


def worker(lane: str) -> None:
    """Do the queued jobs of a lane until there is nobody left to work for."""
    from core.jobs import worker as workers

    workers.run_worker(lane, Workspace.personal())


COMMANDS: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "crop": crop,
    "train": train,
    "test": test,
    "weights": weights_command,
}
