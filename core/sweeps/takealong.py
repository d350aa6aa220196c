"""A whole sweep as one zip: its tables, its settings, its figures, a page for handing in. No photo, no model.

runs.csv, predictions.csv   a row a try; a row a try and photo of the final exam
settings.json               what was tried, and what came out
report.html                 one page for printing
figures/                    charts that can be touched; they share plotly.min.js, so that they open without a network
README.txt                  what is what
"""

from __future__ import annotations

import html
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly import offline

from core import disk
from core.evaluation import figures, metrics, overlay
from core.evaluation.figures import ConfusionLabels
from core.experiments.runs import Run
from core.sweeps import charted, recommendation, report, tables, told
from core.sweeps.results import Line, Point, Result, exam, lines, results
from core.sweeps.sweep import Sweep

SCHEMA = 1
RUNS, PREDICTIONS, SETTINGS, REPORT, README = (
    "runs.csv",
    "predictions.csv",
    "settings.json",
    "report.html",
    "README.txt",
)
FIGURES, PLOTLY = "figures", "plotly.min.js"
MATRIX = ConfusionLabels(
    true="who it is",
    predicted="who it says",
    right="{true}: {count} right",
    wrong="{true} taken for {predicted}: {count}",
)
SWEEP_LABELS = overlay.SweepLabels(
    stops=report.STOP_COLUMN["depth"],
    right="right answers in the final exam",
    guessing="guessing: {right}",
    all_right="all {total} right",
    mean="mean",
)
CURVE_LABELS = overlay.OverlayLabels(rounds="round", right="right answers in the mock exam, of 100")
_STYLE = "body { margin: 1rem; font: 16px/1.4 system-ui, sans-serif; } h1 { font-size: 22px; margin: 0 0 0.5rem; }"


def pack_sweep(sweep: Sweep, to: Path) -> Path:
    """Write a sweep, finished or not, as one zip to `to`."""
    found = results(sweep)
    along = lines(sweep.plan, found)
    with disk.replacing(to) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(RUNS, tables.runs_csv(sweep))
        archive.writestr(PREDICTIONS, tables.predictions_csv(sweep))
        archive.writestr(SETTINGS, json.dumps(_settings(sweep, along), ensure_ascii=False, indent=1))
        archive.writestr(REPORT, report.report(sweep))
        archive.writestr(README, _readme(sweep))
        archive.writestr(f"{FIGURES}/{PLOTLY}", offline.get_plotlyjs())
        for name, title, figure in _figures(sweep, along):
            archive.writestr(f"{FIGURES}/{name}.html", _page(title, figure))
    return to


def _settings(sweep: Sweep, along: Sequence[Line]) -> dict[str, Any]:
    """Return what was tried and what came out as plain JSON values; nothing of where the lab keeps it."""
    dataset = sweep.dataset
    return {
        "schema": SCHEMA,
        "name": sweep.name,
        "created_at": sweep.created_at,
        "photos": {"name": dataset.name, "people": list(dataset.people), "counts": dataset.counts()},
        "plan": sweep.plan.to_dict(),
        "guesses": {str(place): votes for place, votes in sweep.guesses.items()},
        "found": told.facts(along, dataset),
    }


def _figures(sweep: Sweep, along: Sequence[Line]) -> Iterator[tuple[str, str, go.Figure]]:
    """Return the figures with their file names and titles."""
    yield "tries", "All tries", _tries(sweep, along)
    tried = [(line, point) for line in along for point in line.points if point.results]
    if tried:
        curves = [_curve(sweep, _title(along, line, point), point.results[0]) for line, point in tried]
        yield "curves", "The mock exam over the rounds, first tries", overlay.mock_exam_figure(curves, CURVE_LABELS)
    for name, title, result in _exams(sweep, along):
        yield name, title, _matrix(sweep, result)


def _tries(sweep: Sweep, along: Sequence[Line]) -> go.Figure:
    tried = [
        overlay.Tried(
            charted.line_name(line.start),
            tuple(tuple(result.correct for result in point.results) for point in line.points),
        )
        for line in along
    ]
    stops = [charted.stop_title(along[0], point) for point in along[0].points]
    total, guessing = len(exam(sweep.dataset)), recommendation.guessing(along[0], sweep.dataset)
    labels = replace(SWEEP_LABELS, stops=report.STOP_COLUMN[sweep.plan.axis])
    return overlay.sweep_figure(tried, stops, total, guessing, labels)


def _title(along: Sequence[Line], line: Line, point: Point) -> str:
    stop = charted.stop_title(line, point)
    return f"{charted.line_name(line.start)}: {stop}" if len(along) > 1 else stop


def _curve(sweep: Sweep, name: str, result: Result) -> overlay.Curve:
    return overlay.Curve(name, Run(sweep.runs_home / result.run_id).history())


def _exams(sweep: Sweep, along: Sequence[Line]) -> Iterator[tuple[str, str, Result]]:
    """Return of each line the first try of the stop to take, else of the best in the mock exam, and of the cheapest."""
    for number, line in enumerate(along):
        tried = [point for point in line.points if point.results]
        if not tried:
            continue
        advised = recommendation.advised(line, sweep.dataset)
        # Of equally good ones the cheapest.
        cheapest_first = sorted(tried, key=_place, reverse=line.axis == "depth")
        name, best = "best-in-mock-exam", max(cheapest_first, key=_mock_accuracy)
        if advised is not None:
            name, best = "taken", line.points[advised]
        for called, point in ((name, best), ("cheapest", recommendation.point_of(line, 0))):
            if point.results and (called == name or point is not best):
                ending = f"-{number + 1}" if len(along) > 1 else ""
                title = f"Who is taken for whom: {_title(along, line, point)}, first try"
                yield f"matrix-{called}{ending}", title, point.results[0]


def _mock_accuracy(point: Point) -> float:
    return round(point.mock_accuracy, 9)


def _place(point: Point) -> int:
    return point.place


def _matrix(sweep: Sweep, result: Result) -> go.Figure:
    people = sweep.dataset.people
    given = Run(sweep.runs_home / result.run_id).predictions()
    counts = np.zeros((len(people), len(people)), np.int64)
    if given is not None:
        known = given.labels != metrics.UNLABELLED
        np.add.at(counts, (given.labels[known], given.probabilities[known].argmax(axis=1)), 1)
    return figures.confusion_figure(counts, people, MATRIX)


def _page(title: str, figure: go.Figure) -> str:
    drawn = figure.to_html(include_plotlyjs="directory", full_html=False, config={"displaylogo": False})
    said = html.escape(title)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{said}</title>'
        f"<style>{_STYLE}</style></head>\n"
        f"<body><h1>{said}</h1>{drawn}</body></html>\n"
    )


def _readme(sweep: Sweep) -> str:
    n, total = len(results(sweep)), len(list(sweep.plan.cells()))
    return "\n".join(
        [
            "How many layers must be retrained? A comparison made with Face Lab.",
            f"{n} of {total} tries are finished. No photo and no network is in here.",
            "",
            f"{REPORT}: one page for printing and handing in.",
            f"{FIGURES}: charts; open them in a browser, no internet is needed. Keep {PLOTLY} beside them.",
            f"{RUNS}: a row for each try. {PREDICTIONS}: a row for each try and photo of the final exam.",
            "  Both open in a spreadsheet. A photo has the same number in every try; photos with the same take belong",
            "  together and count once in a test.",
            f"{SETTINGS}: every setting, and every number and sentence of the result.",
            "",
        ]
    )
