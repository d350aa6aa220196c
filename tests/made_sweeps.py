"""Finished sweeps without a training: the numbers of their runs are chosen, the rest is as a worker leaves it.

`made_lines` needs no file: what a sweep has found, for all that is computed or said of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from core.config import CropConfig, Split, SplitConfig
from core.data.dataset import Dataset, Item
from core.experiments import outcome as outcomes
from core.experiments.predictions import Predictions
from core.experiments.runs import Run
from core.models import architectures
from core.sweeps.plan import Cell, Start, SweepPlan
from core.sweeps.results import Line, Result, labelled_test_items, lines
from core.sweeps.sweep import Sweep, create_sweep
from core.workspace import Workspace

PEOPLE = ("Ada", "Bo", "Chen", "Dora", "Emil", "Fay")
MINI, FROM_NOTHING = Start("face-vgg-mini"), Start("face-vgg-mini", False)
# As in the picture of the design: seconds of a try, and right answers of 144, by frozen layers.
SECONDS = {0: 19.0, 2: 17.0, 4: 13.0, 7: 9.0, 10: 5.0, 13: 2.0}
DESIGN = {0: 133, 2: 134, 4: 133, 7: 134, 10: 134, 13: 110}
SEEDS = (0, 1, 2, 3, 4)
PLAN = SweepPlan(seeds=SEEDS)
# For a cell: which photos of the final exam are right (bool, shape (n,)), and the share of right mock-exam answers.
Outcome = Callable[[Cell, int], tuple[np.ndarray, float]]


def first_right(share: Callable[[Cell], float]) -> Outcome:
    """Let the first photos of the exam be right, as many as `share` says of a cell; the mock exam says the same."""

    def outcome(cell: Cell, n: int) -> tuple[np.ndarray, float]:
        return np.arange(n) < round(share(cell) * n), share(cell)

    return outcome


def make_sweep(
    workspace: Workspace,
    dataset: Dataset,
    plan: SweepPlan,
    outcome: Outcome,
    *,
    done: int | None = None,
    guesses: dict[int, int] | None = None,
) -> Sweep:
    """Write a sweep whose first `done` trainings are finished (all of them by default); the state fits that."""
    sweep = create_sweep(workspace, dataset, plan, guesses=guesses)
    members = sweep.members()
    for cell, run in members[:done]:
        if run.status().state != "done":
            finish(run, cell, outcome)
    sweep.job.set_state("done" if done is None or done >= len(members) else "stopped")
    return sweep


def finish(run: Run, cell: Cell, outcome: Outcome) -> None:
    """Return a run the files of a finished training."""
    dataset, config = run.dataset, run.config
    n, n_people, photos = len(labelled_test_items(dataset)), len(dataset.people), labelled_test_items(dataset)
    right, mock = outcome(cell, n)
    labels = np.array([dataset.people.index(item.person or "") for item in photos], np.int64)
    probabilities = np.full((n, n_people), 0.1 / n_people, np.float32)
    probabilities[np.arange(n), np.where(right, labels, (labels + 1) % n_people)] += 0.9
    run.job.emit("started", epochs=config.epochs, people=list(dataset.people))
    n_mock = dataset.counts()["validation"]
    for epoch in range(3):
        run.job.emit(
            "epoch",
            epoch=epoch,
            loss=1.0 / (epoch + 1),
            accuracy=0.4 + 0.2 * epoch,
            val_loss=1.1 / (epoch + 1),
            val_accuracy=mock * (epoch + 1) / 3,
            seconds=0.5,
            learning_rate=cell.rate,
            val_probabilities=np.full((n_mock, n_people), 1 / n_people).tolist(),
        )
    run.write_predictions(
        Predictions(
            probabilities,
            labels,
            tuple(item.name for item in photos),
            tuple(item.sha256 for item in photos),
            tuple(item.face for item in photos),
        )
    )
    counts = architectures.count_parameters(config.backbone, cell.depth, config.head, n_people, config.image_size_px)
    run.job.write_result(
        {
            "test_correct": int(right.sum()),
            "test_total": n,
            "val_accuracy": mock,
            # After everything that is to learn began to.
            "kept_epoch": config.head_epochs + 2,
            "epochs_run": config.head_epochs + 2,
            "seconds": 2.0 + (13 - min(cell.depth, 13)),
            "trainable_parameters": counts.trainable,
            "frozen_parameters": counts.frozen,
            "majority_correct": int(np.bincount(labels).max()),
            "split_counts": dataset.counts(),
            "classes": list(dataset.people),
        }
    )
    run.model_path.write_bytes(b"a model")
    run.job.set_state("done")


def photos_of(people: int = 6, *, test_each: int = 24, of_group: int = 1, practice: int = 10) -> Dataset:
    """Return a data set without pictures; each person's photos are in groups of `of_group`."""
    each: dict[Split, int] = {"train": practice, "validation": 4, "test": test_each}
    items = [
        Item(f"{person}{split}{n}", f"{person}/{n}.png", person, split, 100 * at + n // of_group, 1, None)
        for person in PEOPLE[:people]
        for at, (split, count) in enumerate(each.items())
        for n in range(count)
    ]
    return Dataset("made", "class", 1, PEOPLE[:people], tuple(items), (), (), CropConfig(), SplitConfig())


def drop(dataset: Dataset, person: str) -> Dataset:
    """Take a person's photos out of the final exam."""
    kept = tuple(item for item in dataset.items if (item.person, item.split) != (person, "test"))
    return replace(dataset, items=kept)


def made_lines(
    plan: SweepPlan,
    dataset: Dataset,
    right: Callable[[Cell], int],
    *,
    outcome: Callable[[Cell], outcomes.Outcome] = lambda cell: outcomes.Outcome(),
) -> tuple[Line, ...]:
    """Let so many photos of a cell be right, the first ones; the mock exam says the same."""
    n = len(labelled_test_items(dataset))
    labels = np.array([dataset.people.index(item.person or "") for item in labelled_test_items(dataset)], np.int64)
    found = []
    for cell in plan.cells():
        seconds = SECONDS.get(cell.depth, 3.0) * (cell.photos or 10) / 10
        often, share = int(np.bincount(labels).max()), right(cell) / n
        found.append(Result(cell, "run", np.arange(n) < right(cell), share, seconds, 1, often, outcome(cell)))
    return lines(plan, found)
