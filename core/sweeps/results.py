"""What a sweep has found so far: its finished trainings, ordered along lines of points. No TensorFlow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.data.dataset import Dataset
from core.errors import LabError
from core.experiments.outcome import Outcome, outcome
from core.experiments.runs import Run, files_of
from core.jobfolder import State
from core.remembered import remembered_of_files
from core.sweeps.plan import Axis, Cell, Start, SweepPlan
from core.sweeps.sweep import Sweep


@dataclass(frozen=True, eq=False)
class Result:
    """One finished training.

    Attributes:
        right: bool, shape (n,): each labelled test photo, in the order of `labelled_test_items(dataset)`.
        validation_accuracy: share of right answers in validation, of the epoch that was kept.
        seconds: from its start to the end of its test.
        outcome: whether all that was to learn did learn.
    """

    cell: Cell
    run_id: str
    right: np.ndarray
    validation_accuracy: float
    seconds: float
    trainable_parameters: int
    majority_correct: int
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def correct(self) -> int:
        """Right answers in the test."""
        return int(self.right.sum())


@dataclass(frozen=True, eq=False)
class Point:
    """One place on a line: the trainings that differ in nothing but their seed, at the rate that is shown.

    Attributes:
        place: on the axis, 0 for its smallest value.
        value: freeze depth of the line's own network, practice photos a person (None: all), or side of a face.
        rate: the learning rate that was best here in validation; the only one where one was tried.
        results: finished ones, a seed each, in the order of the plan's seeds.
        planned: how many there will be.
    """

    place: int
    value: int | None
    rate: float
    results: tuple[Result, ...]
    planned: int

    @property
    def correct(self) -> float:
        """Mean number of right answers in the test; nan before the first result."""
        return float(np.mean([result.correct for result in self.results])) if self.results else float("nan")

    @property
    def validation_accuracy(self) -> float:
        """Mean share of right answers in validation; nan before the first result."""
        return float(np.mean([result.validation_accuracy for result in self.results])) if self.results else float("nan")

    @property
    def seconds(self) -> float:
        """Median seconds of a training; nan before the first result."""
        return float(np.median([result.seconds for result in self.results])) if self.results else float("nan")

    def is_faster(self, other: Point) -> bool:
        """Return whether most trainings took no longer than the other point's of the same seed.

        Those ran in the same round, so whatever else the computer did meanwhile slowed both.
        """
        theirs = {result.cell.seed: result.seconds for result in other.results}
        more_s = [mine.seconds - theirs[mine.cell.seed] for mine in self.results if mine.cell.seed in theirs]
        return bool(more_s) and float(np.median(more_s)) <= 0

    @property
    def unlearned(self) -> int:
        """Trials in which an epoch was kept from before all that was to learn began to."""
        return sum(not result.outcome.retrained for result in self.results)


@dataclass(frozen=True, eq=False)
class Line:
    """All points of one network along the axis; with several settings crossed, a line for each of the others.

    Attributes:
        fixed: a cell of the line: what its points share is read off it.
        points: in the order of the axis, smallest value first; also those without a result yet.
    """

    start: Start
    axis: Axis
    fixed: Cell
    points: tuple[Point, ...]

    @property
    def is_complete(self) -> bool:
        return all(len(point.results) == point.planned for point in self.points)


def labelled_test_items(dataset: Dataset) -> tuple[Any, ...]:
    """Return the labelled test photos, in the order of `Result.right`."""
    return tuple(item for item in dataset.of("test") if item.person in dataset.people)


def groups(dataset: Dataset) -> np.ndarray:
    """Return for each photo of `labelled_test_items` a number of the group it belongs to: int64, shape (n,)."""
    numbers: dict[Any, int] = {}
    return np.array(
        [numbers.setdefault((item.person, item.group), len(numbers)) for item in labelled_test_items(dataset)], np.int64
    )


def results(sweep: Sweep) -> list[Result]:
    """Read the finished trainings of a sweep, in the order of its cells; a damaged one counts as missing."""
    photos = tuple((item.sha256, item.face) for item in labelled_test_items(sweep.dataset))
    found = []
    for cell, run in sweep.members():
        result = _read(cell, run, photos)
        if result is not None:
            found.append(result)
    return found


def _read(cell: Cell, run: Run, photos: tuple[Any, ...]) -> Result | None:
    try:
        if run.status().state != "done":
            return None
        return _read_done(run, cell, photos)
    except (LabError, OSError, KeyError, TypeError):  # a number that is not in every result
        return None


def _files(run: Run, *_: object) -> list[str]:
    return files_of(run)


@remembered_of_files(_files, most=2000)
def _read_done(run: Run, cell: Cell, photos: tuple[Any, ...]) -> Result | None:
    summary, predictions = run.numbers(), run.predictions()
    if summary is None or predictions is None:
        return None
    said = predictions.probabilities.argmax(axis=1) == predictions.labels
    by_photo = dict(zip(zip(predictions.sha256s, predictions.faces, strict=True), said.tolist(), strict=True))
    return Result(
        cell=cell,
        run_id=run.id,
        right=np.array([by_photo[photo] for photo in photos], bool),
        validation_accuracy=float(summary["val_accuracy"]),
        seconds=float(summary["seconds"]),
        trainable_parameters=int(summary["trainable_parameters"]),
        majority_correct=int(summary["majority_correct"]),
        outcome=outcome(run.config, summary),
    )


def lines(plan: SweepPlan, found: Sequence[Result]) -> tuple[Line, ...]:
    """Order results along lines, one a network (and a combination of what is crossed with the axis).

    Of several learning rates each point has the one that is best in validation, as if it had been tuned there; of
    equally good ones the smaller.
    """
    by_cell = {result.cell: result for result in found}
    grouped: dict[tuple[Any, ...], dict[Any, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    for cell in plan.cells():
        line, value = _apart(plan.axis, cell)
        grouped[line][value].append(cell)
    made = []
    for places in grouped.values():
        values = sorted(places, key=lambda value: (value is None, value or 0))
        points = tuple(_point(place, value, places[value], by_cell) for place, value in enumerate(values))
        fixed = places[values[0]][0]
        made.append(Line(fixed.start, plan.axis, fixed, points))
    return tuple(made)


def _apart(axis: Axis, cell: Cell) -> tuple[tuple[Any, ...], int | None]:
    """Return what a cell shares with others of its line, and its value on the axis."""
    if axis == "depth":
        return (cell.start, cell.photos, cell.size_px), cell.depth
    if axis == "photos":
        return (cell.start, cell.depth, cell.size_px), cell.photos
    return (cell.start, cell.depth, cell.photos), cell.size_px


def _point(place: int, value: int | None, cells: Sequence[Cell], by_cell: dict[Cell, Result]) -> Point:
    at_rate = {rate: [cell for cell in cells if cell.rate == rate] for rate in sorted({cell.rate for cell in cells})}
    tried = [_at(place, value, rate, of_rate, by_cell) for rate, of_rate in at_rate.items()]
    return max(
        tried, key=lambda point: (len(point.results), np.nan_to_num(point.validation_accuracy, nan=-1.0), -point.rate)
    )


def _at(place: int, value: int | None, rate: float, cells: Sequence[Cell], by_cell: dict[Cell, Result]) -> Point:
    return Point(place, value, rate, tuple(by_cell[cell] for cell in cells if cell in by_cell), len(cells))


def by_rate(plan: SweepPlan, found: Sequence[Result], line: Line) -> dict[float, tuple[Point, ...]]:
    """Return for each learning rate the points of one line, for the cross of depth and rate."""
    by_cell = {result.cell: result for result in found}
    mine = [cell for cell in plan.cells() if _apart(plan.axis, cell)[0] == _apart(plan.axis, line.fixed)[0]]

    def at(rate: float, point: Point) -> Point:
        cells = [cell for cell in mine if cell.rate == rate and _apart(plan.axis, cell)[1] == point.value]
        return _at(point.place, point.value, rate, cells, by_cell)

    return {rate: tuple(at(rate, point) for point in line.points) for rate in plan.rates}


@dataclass(frozen=True)
class Progress:
    """How far a sweep is.

    Attributes:
        done, total: trainings finished, and in all.
        now: the cell that trains at the moment.
        failed: sentences of trainings that could not be done.
    """

    state: State
    done: int
    total: int
    now: Cell | None
    failed: tuple[str, ...]


def progress(sweep: Sweep) -> Progress:
    """Return how far a sweep is, from the states of its runs."""
    states = []
    for cell, run in sweep.members():
        try:
            status = run.status()
            states.append((cell, status.state, status.message))
        except (LabError, OSError):
            states.append((cell, "stopped", ""))
    return Progress(
        state=sweep.status().state,
        done=sum(state == "done" for _, state, _ in states),
        total=len(states),
        now=next((cell for cell, state, _ in states if state == "running"), None),
        failed=tuple(message for _, state, message in states if state == "failed"),
    )
