"""A whole comparison as one zip: its tables, its settings, its figures, a page for handing in. No photo, no model.

runs.csv, predictions.csv   a row a try; a row a try and photo of the final exam
settings.json               what was tried, and what came out
report.html                 one page for printing
figures/                    charts that can be touched; they share plotly.min.js, so that they open without a network
README.txt                  what is what
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from pathvalidate import sanitize_filename
from plotly import offline

from core import disk
from core.data.dataset import Dataset
from core.evaluation import metrics
from core.experiments.runs import Run
from core.sweeps import recommendation, tables
from core.sweeps.results import Line, Point, Result, labelled_test_items, lines, results
from core.sweeps.sweep import Sweep
from core.zips import NewZip
from ui.charts import confusion_matrix, overlay
from ui.compare import report
from ui.state import Widget
from ui.text import compare as words
from ui.text import sweep_report, sweeps
from ui.text.sweep_names import line_title, point_name, point_title

SCHEMA = 1


def offer(sweep: Sweep) -> None:
    """Draw the download of a comparison as a zip, packed when it is asked for."""

    def packed() -> bytes:
        with TemporaryDirectory(prefix="vggface-lab-") as folder:
            return pack(sweep, Path(folder) / "comparison.zip").read_bytes()

    st.download_button(
        words.TAKE_ALONG,
        packed,
        file_name=f"{sanitize_filename(sweep.name, '-') or sweep.id}.zip",
        mime="application/zip",
        key=Widget.COMPARISON.of("take", sweep.id),
        on_click="ignore",
        icon=":material/download:",
        help=words.TAKE_ALONG_HOW,
    )


def pack(sweep: Sweep, to: Path) -> Path:
    """Write a sweep, finished or not, as one zip to `to`."""
    found = results(sweep)
    drawn = lines(sweep.plan, found)
    with disk.replacing(to) as beside, NewZip(beside, zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("runs.csv", tables.runs_csv(sweep))
        archive.writestr("predictions.csv", tables.predictions_csv(sweep))
        archive.writestr("settings.json", json.dumps(_settings(sweep, drawn), ensure_ascii=False, indent=1))
        archive.writestr("report.html", report.report(sweep))
        archive.writestr("README.txt", sweep_report.readme(len(found), len(list(sweep.plan.cells()))))
        archive.writestr("figures/plotly.min.js", offline.get_plotlyjs())
        for name, title, figure in _figures(sweep, drawn):
            inside = figure.to_html(include_plotlyjs="directory", full_html=False, config={"displaylogo": False})
            page = report.fill_in("figure.html.jinja", title=title, figure=inside)
            archive.writestr(f"figures/{name}.html", page)
    return to


def _settings(sweep: Sweep, drawn: Sequence[Line]) -> dict[str, Any]:
    """Return what was tried and what came out as plain JSON values; nothing of where the lab keeps it."""
    dataset = sweep.dataset
    return {
        "schema": SCHEMA,
        "name": sweep.name,
        "created_at": sweep.created_at,
        "photos": {"name": dataset.name, "people": list(dataset.people), "counts": dataset.counts()},
        "plan": sweep.plan.to_dict(),
        "guesses": {str(place): votes for place, votes in sweep.guesses.items()},
        "found": facts(drawn, dataset),
    }


def facts(drawn: Sequence[Line], dataset: Dataset) -> dict[str, Any]:
    """Return every number and sentence of a sweep: what `core.sweeps.recommendation.facts` gives, with its words."""
    found = recommendation.facts(drawn, dataset)
    for row, (line, point) in zip(found["depths"], _points(drawn), strict=True):
        row["name"] = point_name(line, point).text
    concluded = [line for line in drawn if recommendation.verdict_of(line, dataset)]
    for row, line in zip(found["verdict"], concluded, strict=True):
        said = asdict(sweeps.conclusion(line, dataset, is_named=len(drawn) > 1))
        row |= {name: list(each) if isinstance(each, tuple) else each for name, each in said.items()}
    return found


def _points(drawn: Sequence[Line]) -> list[tuple[Line, Point]]:
    return [(line, point) for line in drawn for point in line.points]


def _figures(sweep: Sweep, drawn: Sequence[Line]) -> Iterator[tuple[str, str, go.Figure]]:
    """Return the figures with their file names and titles."""
    yield "tries", sweep_report.ALL_TRIES, _tries(sweep, drawn)
    tried = [(line, point) for line, point in _points(drawn) if point.results]
    if tried:
        curves = [_curve(sweep, _title(drawn, line, point), point.results[0]) for line, point in tried]
        yield "curves", sweep_report.CURVES, overlay.validation_figure(curves)
    for name, title, result in _exams(sweep, drawn):
        yield name, title, _matrix(sweep, result)


def _tries(sweep: Sweep, drawn: Sequence[Line]) -> go.Figure:
    tried = [
        overlay.Tried(
            line_title(line.start), tuple(tuple(result.correct for result in point.results) for point in line.points)
        )
        for line in drawn
    ]
    names = [point_title(drawn[0], point) for point in drawn[0].points]
    total, guessing = len(labelled_test_items(sweep.dataset)), recommendation.guessing(drawn[0], sweep.dataset)
    return overlay.sweep_figure(tried, names, sweep_report.POINT_COLUMN[sweep.plan.axis], total, guessing)


def _title(drawn: Sequence[Line], line: Line, point: Point) -> str:
    title = point_title(line, point)
    return f"{line_title(line.start)}: {title}" if len(drawn) > 1 else title


def _curve(sweep: Sweep, name: str, result: Result) -> overlay.Curve:
    return overlay.Curve(name, Run(sweep.runs_home / result.run_id).history())


def _exams(sweep: Sweep, drawn: Sequence[Line]) -> Iterator[tuple[str, str, Result]]:
    """Return of each line the first try of the recommended point, else of the best in validation, and of the cheapest.

    Each comes with the name of its file and its title.
    """
    for number, line in enumerate(drawn):
        tried = [point for point in line.points if point.results]
        if not tried:
            continue
        recommended = recommendation.recommended_place(line, sweep.dataset)
        # Of equally good ones the cheapest.
        cheapest_first = tried[::-1] if line.axis == "depth" else tried
        name, best = "best-in-mock-exam", max(cheapest_first, key=lambda point: round(point.validation_accuracy, 9))
        if recommended is not None:
            name, best = "taken", line.points[recommended]
        for called, point in ((name, best), ("cheapest", recommendation.point_of(line, 0))):
            if point.results and (called == name or point is not best):
                ending = f"-{number + 1}" if len(drawn) > 1 else ""
                yield (
                    f"matrix-{called}{ending}",
                    sweep_report.matrix_title(_title(drawn, line, point)),
                    point.results[0],
                )


def _matrix(sweep: Sweep, result: Result) -> go.Figure:
    people = sweep.dataset.people
    given = Run(sweep.runs_home / result.run_id).predictions()
    counts = np.zeros((len(people), len(people)), np.int64)
    if given is not None:
        known = given.labels != metrics.UNLABELLED
        np.add.at(counts, (given.labels[known], given.probabilities[known].argmax(axis=1)), 1)
    return confusion_matrix.confusion_figure(counts, people)
