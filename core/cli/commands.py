"""What each command does: one call into the lab, one answer as facts and as text."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from core import presets
from core.cli.console import Answer, bar, check_free, cropping, new_folder, people_source, photos_of, work_here
from core.config import AugmentConfig, HeadConfig, TrainConfig
from core.data import export, leaks
from core.data.dataset import Dataset
from core.errors import ConfigError
from core.experiments import archive, runs
from core.models import registry, weights
from core.sweeps import recommendation, results, tables
from core.sweeps.plan import USUAL_SEEDS, Axis, Start, SweepPlan
from core.sweeps.sweep import Sweep, create_sweep, open_sweep
from core.workspace import Workspace

AXES: dict[Axis, str] = {"depth": "frozen layers", "photos": "photos a person", "size": "face size"}


def crop(arguments: argparse.Namespace) -> Answer:
    """Write every photo's face to `--out`, in folders named like the people."""
    began_s = time.monotonic()
    crop_config = cropping(arguments, arguments.image_size_px)
    people_from = people_source(arguments)
    with new_folder(arguments.out), bar("faces") as move:
        report = export.export_crops(
            arguments.data,
            arguments.out,
            crop_config,
            people_from=people_from,
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
    return registry.check_config(_settings(arguments))


def _settings(arguments: argparse.Namespace) -> TrainConfig:
    """Return the preset with the options that were given."""
    names = {field.name for kind in (TrainConfig, HeadConfig, AugmentConfig) for field in fields(kind)} - {"preset"}
    given = {name: value for name, value in vars(arguments).items() if name in names and value is not None}
    return presets.preset(arguments.preset).with_changes(**given)


def train(arguments: argparse.Namespace) -> Answer:
    """Crop, split, train and test in this process; leave a run folder at `--out`, or go on with what it holds."""
    config = _train_config(arguments)
    workspace = Workspace.personal()
    if config.pretrained:
        # Checked before the photos, so that missing weights are reported before minutes of cropping.
        weights.require_weights(config.backbone, workspace)
    if not (arguments.out / "request.json").exists():
        check_free(arguments.out)
    dataset = photos_of(arguments, workspace, config.image_size_px, seed=arguments.split_seed)
    run = _run_at(arguments.out, dataset, config, arguments.name)
    if run.summary() is None:
        _train_here(run, workspace)
    facts = run.summary() or {}
    return Answer(facts, _train_text(facts, run))


def _run_at(path: Path, dataset: Dataset, config: TrainConfig, name: str) -> runs.Run:
    """Make the run, or open the one that is there."""
    if not (path / "request.json").exists():
        with new_folder(path):
            return runs.create_run(path, dataset, config, name=name, state="stopped")
    found = runs.open_run(path)
    if found.requested_config != config or found.dataset.id != dataset.id:
        raise ConfigError(f'"{path}" holds an experiment with other settings or photos; name a new folder with --out.')
    (path / "stop").unlink(missing_ok=True)
    return found


def _train_here(run: runs.Run, workspace: Workspace) -> None:
    """Train in this process as a worker does, job states included."""

    def progress() -> tuple[int, int]:
        history = run.history()
        return history[-1].epoch if history else 0, run.config.epochs

    work_here(run.job, workspace, "round", progress)


def _train_text(facts: dict[str, Any], run: runs.Run) -> str:
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


def sweep(arguments: argparse.Namespace) -> Answer:
    """Crop, split, train everything the plan names on one split, and judge; or go on with what `--out` holds."""
    plan = _plan(arguments)
    workspace = Workspace.personal()
    for start in plan.starts:
        if start.pretrained:
            weights.require_weights(start.backbone, workspace)
    dataset = photos_of(arguments, workspace, max(plan.sizes_px), seed=arguments.split_seed)
    made = _sweep_at(arguments.out, workspace, dataset, plan, arguments.name)

    def progress() -> tuple[int, int]:
        done = results.progress(made)
        return done.done, done.total

    work_here(made.job, workspace, "try", progress)
    lines = results.lines(plan, results.results(made))
    rows = [dict(zip(tables.RUN_COLUMNS, row, strict=True)) for row in tables.run_rows(made)]
    run_facts = [{name.replace(" ", "_"): value for name, value in row.items()} for row in rows]
    left_out = [{"name": each.name, "reason": each.reason} for each in dataset.left_out]
    facts = {"runs": run_facts, **recommendation.facts(lines, dataset), "out": str(made.path)}
    facts |= {"left_out": left_out, "warnings": leaks.warnings(dataset)}
    return Answer(facts, _sweep_table(facts))


def _plan(arguments: argparse.Namespace) -> SweepPlan:
    given, base = vars(arguments), _settings(arguments)
    known = (False,) if arguments.untrained else (True, False) if arguments.also_untrained else (True,)
    networks = arguments.backbones or (base.backbone,)
    varied = {name: given[name] for name in ("depths", "photos", "sizes_px", "rates", "seeds") if given[name]}
    varied = {"seeds": USUAL_SEEDS, **varied}
    return SweepPlan(base, tuple(Start(name, learned) for name in networks for learned in known), **varied)


def _sweep_at(path: Path, workspace: Workspace, dataset: Dataset, plan: SweepPlan, name: str) -> Sweep:
    """Make the sweep, or open the one that is there."""
    if not (path / "cells.json").exists():
        with new_folder(path):
            return create_sweep(workspace, dataset, plan, name=name, out=path)
    found = open_sweep(path, workspace)
    if found.plan != plan or found.dataset.id != dataset.id:
        raise ConfigError(f'"{path}" holds a sweep with other settings or photos; name a new folder with --out.')
    return found


def _sweep_table(facts: dict[str, Any]) -> str:
    """Return a table a network: each setting, its mean of right answers, its word, and which one is recommended."""
    lines = []
    for verdict in facts["verdict"]:
        start = "" if verdict["pretrained"] else ", untrained"
        lines.append(f"{verdict['network']}{start}: right of {verdict['total']} (guessing: {verdict['guessing']})")
        for row in verdict["standings"]:
            name = f"{AXES[verdict['axis']]} {'all' if row['value'] is None else row['value']}"
            marked = "  recommended" if row["recommended"] else ""
            lines.append(f"  {name:20} {row['right']:7.1f}  {row['word'].replace('_', ' ')}{marked}")
    return "\n".join(lines) or "Not every try is done yet; the same command goes on with it."


def test(arguments: argparse.Namespace) -> Answer:
    """Predict who is on new photos."""
    from core.training import predict

    with archive.opened(arguments.run) as pack, bar("photos") as move:
        crop_config = replace(pack.crop, detector="none") if arguments.no_crop else None
        observer = predict.Observer(photo=move)
        facts = predict.predict_photos(pack, arguments.photos, crop=crop_config, observer=observer)
    lines = []
    for row in facts["predictions"]:
        probability = row["probabilities"][row["predicted"]]
        lines.append(f"{row['name']}: {row['predicted']} (leans {100 * probability:.0f} %)")
    lines += [f"Left out: {each['name']}: {each['reason']}" for each in facts["left_out"]]
    if "correct" in facts:
        lines.append(f"{facts['correct']} of {facts['total']} right.")
    return Answer(facts, "\n".join(lines))


def weights_command(arguments: argparse.Namespace) -> Answer:
    """List, download or import the weights of the ready-made networks."""
    workspace = Workspace.personal()
    if arguments.action == "list":
        rows = [_weights_row(name, workspace) for name in registry.BACKBONES]
        text = "\n".join(f"{row['backbone']:24} {row['state']:12} {row['title']} ({row['licence']})" for row in rows)
        return Answer({"weights": rows}, text)
    if arguments.action == "download":
        with bar(arguments.name, unit="byte") as move:
            found = weights.download_weights(arguments.name, workspace, on_progress=move)
    else:
        found = weights.import_weights(arguments.name, arguments.file, workspace)
    facts = {"backbone": arguments.name, "path": str(found.path), "sha256": found.sha256, "verified": found.verified}
    word = "verified" if found.verified else "unverified: no official hash of this file is known"
    return Answer(facts, f"{arguments.name} is on this machine ({word}).")


def _weights_row(name: str, workspace: Workspace) -> dict[str, Any]:
    backbone = registry.backbone(name)
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
    """Do the queued jobs of a lane, see `core.jobs.worker`."""
    from core.jobs import worker as workers

    workers.run_worker(lane, Workspace.personal())


def check(arguments: argparse.Namespace) -> Answer:
    """Look into a model without opening it, see `core.models.foreign_model.check_apart`."""
    from core.models import foreign_model

    foreign_model.check(arguments.file)
    return Answer({}, "")


def live() -> None:
    """Answer what a server asks about a webcam's pictures, see `core.live.process`."""
    from core.live import process

    process.main()


COMMANDS: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "crop": crop,
    "check": check,
    "train": train,
    "sweep": sweep,
    "test": test,
    "weights": weights_command,
}
