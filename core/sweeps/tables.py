"""The trainings of a sweep and all their answers as tables that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from core.data.dataset import Dataset
from core.evaluation.listing import as_text
from core.experiments.runs import Run
from core.models.registry import backbone
from core.sweeps.plan import Cell
from core.sweeps.results import Result, groups, labelled_test_items, results
from core.sweeps.sweep import Sweep

RUN_COLUMNS = (
    "run",
    "network",
    "starts with",
    "frozen layers",
    "frozen blocks",
    "practice photos",
    "size",
    "learning rate",
    "seed",
    "mock exam accuracy",
    "right",
    "total",
    "seconds",
    "trainable parameters",
    "kept round",
    "learned as asked",
    "right with the new last layers alone",
)
PREDICTION_COLUMNS = ("run", "photo", "name", "take", "true", "predicted", "right", "leaning")
ALL_PHOTOS, UNTRAINED, THINGS, FACES = "all", "untrained", "things", "faces"
YES, NO = "yes", "no"
_Row = tuple[object, ...]


def run_rows(sweep: Sweep) -> list[_Row]:
    """Return a row a finished training, in the order in which they were done; the columns are `RUN_COLUMNS`.

    "learned as asked" is no where an epoch was kept from before all that was to learn began to.
    Frozen blocks stay empty where the frozen layers end inside a block. Nothing says where the lab keeps its files.
    """
    return [_run_row(sweep.dataset, result, run) for result, run in _finished(sweep)]


def prediction_rows(sweep: Sweep) -> list[_Row]:
    """Return a row a finished training and labelled test photo; the columns are `PREDICTION_COLUMNS`.

    A photo has the same number in every training, and photos of one person and one minute have the same take. `right`
    is 1 or 0; `leaning` is how much the network leans towards its answer, 0 to 1.
    """
    return [row for result, run in _finished(sweep) for row in _predictions_of(sweep.dataset, result, run)]


def runs_csv(sweep: Sweep) -> bytes:
    """Return `run_rows` as a file: UTF-8 with the mark by which Excel knows it."""
    return _as_csv(RUN_COLUMNS, run_rows(sweep))


def predictions_csv(sweep: Sweep) -> bytes:
    """Return `prediction_rows` as a file, as `runs_csv` does."""
    return _as_csv(PREDICTION_COLUMNS, prediction_rows(sweep))


def _finished(sweep: Sweep) -> list[tuple[Result, Run]]:
    """Return the results, each with its run."""
    return [(result, Run(sweep.runs_home / result.run_id)) for result in results(sweep)]


def _run_row(dataset: Dataset, result: Result, run: Run) -> _Row:
    cell, network = result.cell, backbone(result.cell.start.backbone)
    boundaries = network.architecture.freeze_boundaries()
    return (
        result.run_id,
        network.title,
        _starts_with(cell),
        cell.depth,
        boundaries.index(cell.depth) if cell.depth in boundaries else "",
        ALL_PHOTOS if cell.photos is None else cell.photos,
        cell.size_px,
        cell.rate,
        cell.seed,
        round(result.validation_accuracy, 6),
        result.correct,
        len(labelled_test_items(dataset)),
        round(result.seconds, 1),
        result.trainable_parameters,
        (run.numbers() or {}).get("kept_epoch", ""),
        YES if result.outcome.retrained else NO,
        "" if result.outcome.head_only is None else result.outcome.head_only.test_correct,
    )


def _starts_with(cell: Cell) -> str:
    if not cell.start.pretrained:
        return UNTRAINED
    return THINGS if cell.start.backbone.startswith("imagenet") else FACES


def _predictions_of(dataset: Dataset, result: Result, run: Run) -> Iterator[_Row]:
    given = run.predictions()
    if given is None:
        return
    place_of = {photo: place for place, photo in enumerate(zip(given.sha256s, given.faces, strict=True))}
    for number, (item, group) in enumerate(zip(labelled_test_items(dataset), groups(dataset), strict=True)):
        leanings = given.probabilities[place_of[item.sha256, item.face]]
        said = int(leanings.argmax())
        yield (
            result.run_id,
            number + 1,
            item.name,
            int(group) + 1,
            item.person,
            dataset.people[said],
            int(result.right[number]),
            f"{float(leanings[said]):.4f}",
        )


def _as_csv(columns: Sequence[str], rows: Sequence[_Row]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(columns)
    table.writerows([as_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")
