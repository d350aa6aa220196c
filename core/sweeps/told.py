"""What a sweep has shown, in sentences for a class and in plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from core.data.dataset import Dataset
from core.evaluation.model_selection import Verdict
from core.sweeps import headline, questions, sure
from core.sweeps.naming import counted, network_name, place_name, rounded, stop_name
from core.sweeps.recommendation import guessing, judge, place_of, point_of
from core.sweeps.results import Line, Point, exam

__all__ = ["Told", "facts", "guessing", "judge", "place_of", "point_of", "so_far", "stop_name", "told"]


@dataclass(frozen=True)
class Told:
    """Sentences about one line that is complete.

    Attributes:
        headline: the answer, with its number.
        second: what the others gave, and what they cost.
        setting: which network, people, photos and tries.
        margin: what counts as just as good; empty where there is nothing to compare.
        unlearned: of which stops not all learned in every try that was to learn, a sentence each.
        question_one: how well the network does with all blocks frozen.
        question_two: how many of its layers must be retrained.
        notes: how sure that is, one or two sentences each.
        why_two_exams: what each of the two exams is for.
    """

    headline: str
    second: str
    setting: str
    margin: str
    unlearned: tuple[str, ...]
    question_one: str
    question_two: str
    notes: tuple[str, ...]
    why_two_exams: str


def told(line: Line, dataset: Dataset, *, is_named: bool = False) -> Told:
    """Say what a line has shown.

    Args:
        is_named: the headline names the network, for where there are several.

    Raises:
        ValueError: `judge` has no verdict on it.
    """
    found = judge(line, dataset)
    if found is None:
        raise ValueError("Only a line with all its tries and a final exam can be told; received one without.")
    answer = headline.headline(line, found)
    if is_named:
        answer = f"With {network_name(line.start)}, {answer[:1].lower()}{answer[1:]}"
    return Told(
        headline=answer,
        second=" ".join(headline.second(line, found)),
        setting=questions.setting(line, dataset),
        margin="" if found.kind == "alone" else sure.margin(found),
        unlearned=headline.unlearned(line),
        question_one=questions.question_one(line, found),
        question_two=questions.question_two(line, found),
        notes=sure.notes(line, dataset, found),
        why_two_exams=sure.WHY_TWO_EXAMS,
    )


def so_far(line: Line, dataset: Dataset) -> str:
    """Say what a line shows while it fills in; empty before the first result."""
    if not exam(dataset):
        return "The final exam has no photo with a name, so nothing can be compared."
    tried = [point for point in line.points if point.results]
    if not tried:
        return ""
    total, most = len(exam(dataset)), max(rounded(point.correct) for point in tried)
    ahead = [point for point in tried if rounded(point.correct) == most]
    tries = min(len(point.results) for point in ahead)
    counted_tries = counted(tries, "try", spelled=True)
    if len(tried) == 1:
        return f"{place_name(line, tried[0]).first}: {most} of {total} in {counted_tries}."
    if len(ahead) > 1:
        return f"So far {counted(len(ahead), 'stop', spelled=True)} are level: {most} of {total}. That can be luck."
    name = place_name(line, ahead[0])
    return f"So far {name.text} {name.verb} ahead: {most} of {total} in {counted_tries}. That can still be luck."


def facts(lines: Sequence[Line], dataset: Dataset) -> dict[str, Any]:
    """Return every number and sentence as plain JSON values.

    Returns:
        "depths": a row a point, whatever the axis ("value" is where on it, "fixed" what its line has of the other two:
        frozen layers, practice photos a person, size of a face); its numbers are None before its first result.
        "interval" is the 95 % interval of "right" (Wilson; it counts takes). "unlearned": tries that kept a round from
        before all that was to learn began to. "verdict": a row a line that has one; in it, "standings" has a row a
        stop, cheapest first: its word ("as_good", "clearly_worse", "cannot_tell") and what that rests on.
    """
    rows = [_row(line, point, dataset) for line in lines for point in line.points]
    verdicts = []
    for line in lines:
        found = judge(line, dataset)
        if found is not None:
            verdicts.append(_verdict(line, dataset, found, is_named=len(lines) > 1))
    return {"depths": rows, "verdict": verdicts}


def _shared(line: Line) -> dict[str, Any]:
    """Return what the points of a line have in common: its network, and what is crossed with the axis."""
    fixed = {"depth": line.fixed.depth, "photos": line.fixed.photos, "size": line.fixed.size_px}
    del fixed[line.axis]
    return {"network": line.start.backbone, "pretrained": line.start.pretrained, "axis": line.axis, "fixed": fixed}


def _row(line: Line, point: Point, dataset: Dataset) -> dict[str, Any]:
    total, tried = len(exam(dataset)), bool(point.results and exam(dataset))
    interval = [round(total * end, 2) for end in sure.interval(point.correct, dataset)] if tried else None
    return {
        **_shared(line),
        "value": point.value,
        "name": place_name(line, point).text,
        "learning_rate": point.rate,
        "tries": len(point.results),
        "tries_planned": point.planned,
        "right": point.correct if tried else None,
        "total": total,
        "interval": interval,
        "right_each_try": [result.correct for result in point.results],
        "validation_accuracy": point.mock_accuracy if isfinite(point.mock_accuracy) else None,
        "test_accuracy": point.correct / total if tried else None,
        "seconds": point.seconds if isfinite(point.seconds) else None,
        "unlearned": point.unlearned,
    }


def _verdict(line: Line, dataset: Dataset, found: Verdict, *, is_named: bool) -> dict[str, Any]:
    def value(arm: int) -> int | None:
        return point_of(line, arm).value

    said = told(line, dataset, is_named=is_named)
    standings = [
        {"value": value(arm), **asdict(each), "rival": value(each.rival), "interval": list(each.interval)}
        for arm, each in enumerate(found.standings)
    ]
    return {
        **_shared(line),
        "kind": found.kind,
        **asdict(said),
        "unlearned": list(said.unlearned),
        "notes": list(said.notes),
        "take": None if found.take is None else value(found.take),
        "tied": [value(arm) for arm in found.those("as_good")],
        "margin_right": found.margin,
        "guessing": found.guessing,
        "total": found.total,
        "standings": standings,
    }
