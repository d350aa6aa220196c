"""The printed page about a sweep: HTML that needs nothing else, made for an A4 sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.sweeps import recommendation
from core.sweeps.results import Line, Point, labelled_test_items, lines, results
from core.sweeps.sweep import Sweep
from ui.components import sweep_chart
from ui.components.sweep_chart.chart import chart_of
from ui.text import common, sweeps
from ui.text import sweep_report as words
from ui.text.sweep_names import line_title, point_title
from ui.text.sweeps import Conclusion

# Every name in a template is escaped; nothing may be missing.
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
# What the headline and the answers of a second network take of the sheet.
_ANOTHER_MM = 34


@dataclass(frozen=True)
class _Size:
    """A size of type: what a row of the table and a line of notes take, measured with a wide font, and their room."""

    css_class: str
    row_mm: float
    line_mm: float
    letters: int
    room_mm: float

    def note_mm(self, note: str) -> float:
        """Return what a note takes; notes stand in two columns."""
        return self.line_mm * ceil(len(note) / self.letters) / 2


# Of single layers there are many rows and many comparisons: they are set smaller, so that all fits on the sheet.
_SIZES = (_Size("", 4.6, 3.35, 58, 82), _Size("many", 3.6, 2.9, 64, 104), _Size("many most", 2.9, 2.45, 72, 122))


@dataclass(frozen=True, eq=False)
class _Part:
    """What the page has of one line; an unfinished one has no conclusion.

    Attributes:
        recommended: the recommended place.
        words: the word of the verdict by place.
    """

    line: Line
    conclusion: Conclusion | None
    so_far: str
    recommended: int | None
    words: dict[int, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return line_title(self.line.start)


def fill_in(template: str, **values: Any) -> str:
    """Return a template of this folder with its values, each escaped but what the template calls safe."""
    return _TEMPLATES.get_template(template).render(**values)


def report(sweep: Sweep) -> str:
    """Return the page of a sweep, finished or not: headline, chart, table, both questions, how sure, settings.

    It references nothing outside itself and holds no script; every name is escaped.
    """
    plan, dataset = sweep.plan, sweep.dataset
    found = results(sweep)
    parts = [_part(sweep, line) for line in lines(plan, found)]
    recommended = parts[0].recommended if len(parts) == 1 else None
    chart = chart_of(plan, [each.line for each in parts], dataset, votes=sweep.guesses, recommended=recommended)
    done, total = len(found), sum(point.planned for each in parts for point in each.line.points)
    concluded = [each.conclusion for each in parts if each.conclusion]
    css_class, notes = _fit(parts, _notes(parts))
    return fill_in(
        "report.html.jinja",
        words=words,
        lab=common.LAB,
        title=words.title(sweep.name),
        css_class=css_class,
        parts=parts,
        unfinished="" if len(concluded) == len(parts) else words.unfinished(done, total),
        chart=sweep_chart.draw(chart),
        answers=[
            dict.fromkeys(each.question_one for each in concluded),
            dict.fromkeys(each.question_two for each in concluded),
        ],
        columns=_columns(sweep),
        tables=[[_row(sweep, part, point) for point in part.line.points] for part in parts],
        notes=notes,
        settings=" ".join(words.settings(sweep)),
    )


def _part(sweep: Sweep, line: Line) -> _Part:
    found = recommendation.verdict_of(line, sweep.dataset)
    if found is None:
        return _Part(line, None, sweeps.so_far(line, sweep.dataset), None)
    said = {recommendation.place_of(line, k): words.WORDS[each.word] for k, each in enumerate(found.standings)}
    recommended = recommendation.recommended_place(line, sweep.dataset)
    return _Part(line, sweeps.conclusion(line, sweep.dataset), "", recommended, said)


def _notes(parts: Sequence[_Part]) -> list[str]:
    """Return how sure all this is; of several networks, what holds for all once and the rest by name."""
    finished = [(each, each.conclusion) for each in parts if each.conclusion]
    if len(parts) == 1:
        return [note for _, one in finished for note in (one.why_two_exams, *one.notes)]
    shared: list[str] = []
    if len(finished) > 1:
        shared = [note for note in finished[0][1].notes if all(note in one.notes for _, one in finished)]
    notes = [*dict.fromkeys(one.why_two_exams for _, one in finished), *shared]
    for part, one in finished:
        own = [note for note in one.notes if note not in shared]
        notes += [f"{part.title}:", *own] if own else []
    return notes


def _fit(parts: Sequence[_Part], notes: Sequence[str]) -> tuple[str, list[str]]:
    """Return how small the type must be, as a class of the style, and the notes that then fit on the sheet."""
    rows = 2 + max(len(each.line.points) for each in parts)
    titles = {f"{each.title}:" for each in parts}
    for size in _SIZES:
        room_mm = size.room_mm - size.row_mm * rows - _ANOTHER_MM * (len(parts) - 1)
        fitting = list(notes)
        if sum(map(size.note_mm, fitting)) <= room_mm:
            return size.css_class, fitting
    # A title with nothing below it says nothing.
    while fitting and (fitting[-1] in titles or sum(map(size.note_mm, [*fitting, words.MORE_NOTES])) > room_mm):
        fitting.pop()
    return size.css_class, [*fitting, words.MORE_NOTES]


def _columns(sweep: Sweep) -> list[str]:
    rate = [words.RATE_COLUMN] if len(sweep.plan.rates) > 1 else []
    total = len(labelled_test_items(sweep.dataset))
    return [words.POINT_COLUMN[sweep.plan.axis], *(each.format(total=total) for each in words.COLUMNS), *rate]


def _row(sweep: Sweep, part: _Part, point: Point) -> tuple[bool, list[str]]:
    """Return whether a point is the recommended one, and its row of the table."""
    numbers = _numbers(point, part.words.get(point.place, words.NOT_YET))
    rate = [f"{point.rate:g}"] if len(sweep.plan.rates) > 1 else []
    return point.place == part.recommended, [point_title(part.line, point), *numbers, *rate]


def _numbers(point: Point, word: str) -> Iterator[str]:
    """Return a row's numbers after its name, in the order of the columns."""
    if not point.results:
        yield from [words.NOT_YET] * len(words.COLUMNS)
        return
    yield ", ".join(str(result.correct) for result in point.results)
    yield f"{point.correct:.1f}"
    yield word
    yield f"{100 * point.validation_accuracy:.0f}"
    yield words.duration(point.seconds)
    yield f"{point.results[0].trainable_parameters:,}"
