"""One page about a sweep for handing in: HTML that needs nothing else, made for an A4 sheet."""

from __future__ import annotations

import html
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path

from core.evaluation import sweepchart
from core.evaluation.model_selection import Word
from core.models import architectures
from core.sweeps import charted, recommendation, told
from core.sweeps.plan import SweepPlan
from core.sweeps.results import Line, Point, exam, lines, results
from core.sweeps.sweep import Sweep

TITLE = "Face Lab"
LAB = (
    "In Face Lab, a network that has seen other faces learns new people from a few photos each. "
    "Some of its layers stay frozen, the others are retrained."
)
NAME, DATE, OWN_WORDS = "Name", "Date", "In my own words"
QUESTIONS = (
    "Question 1: how far does it get with all blocks frozen?",
    "Question 2: how many layers must be retrained?",
)
HOW_SURE, SETTINGS, TABLE = "How sure is this?", "Settings", "All tries: right answers in the final exam"
WORDS: dict[Word, str] = {"as_good": "as good", "clearly_worse": "clearly worse", "cannot_tell": "cannot tell"}
STOP_COLUMN = {"depth": "what learns", "photos": "practice photos", "size": "size of a face"}
COLUMNS = ("each try", "mean of {total}", "verdict", "mock exam", "time", "learn")
COLUMNS_SAID = "Mock exam: of 100, each try's best round. Time: of one try. Learn: numbers of the network (parameters)."
RATE_COLUMN, NOT_YET, UNFINISHED = "rate", "–", "Not finished: {done} of {total} tries."
OF_NETWORK = "{network}:"
MORE_NOTES = "All other comparisons are in settings.json."
# What the headline and the answers of a second network take of the sheet.
_ANOTHER_MM = 34
_MOST_PEOPLE, _LONGEST_NAME = 12, 24
_LINE = '<i class="line"></i>'
_escaped = html.escape

_STYLE = Path(__file__).with_name("report.css")


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
class _Said:
    """One line, what is said of it, and the word of each place; an unfinished line has no verdict."""

    line: Line
    told: told.Told | None
    so_far: str
    taken: int | None
    words: dict[int, str] = field(default_factory=dict)


def report(sweep: Sweep) -> str:
    """Return the page of a sweep, finished or not: headline, chart, table, both questions, how sure, settings.

    It references nothing outside itself and holds no script; every name is escaped.
    """
    plan, dataset = sweep.plan, sweep.dataset
    found = results(sweep)
    said = [_say(sweep, line) for line in lines(plan, found)]
    chosen = said[0].taken if len(said) == 1 else None
    drawn = charted.chart_of(plan, [each.line for each in said], dataset, guesses=sweep.guesses, chosen=chosen)
    done, total = len(found), sum(point.planned for each in said for point in each.line.points)
    unfinished = "" if all(each.told for each in said) else UNFINISHED.format(done=done, total=total)
    css_class, notes = _fit(said, _notes(said))
    parts = [
        _header(),
        _verdicts(said, unfinished),
        f"<figure>{sweepchart.draw(drawn)}</figure>",
        _answers(said),
        _tables(sweep, said),
        _how_sure(notes),
        f'<section class="own"><h2>{OWN_WORDS}</h2><div></div></section>',
        f'<section class="small soft"><b>{SETTINGS}.</b> {_escaped(" ".join(_settings(sweep)))} {LAB}</section>',
    ]
    title = _escaped(f"{TITLE}: {sweep.name}" if sweep.name else TITLE)
    style = _STYLE.read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head>\n'
        f'<body class="{css_class}"><main>{"".join(parts)}</main></body></html>\n'
    )


def _say(sweep: Sweep, line: Line) -> _Said:
    found = recommendation.judge(line, sweep.dataset)
    if found is None:
        return _Said(line, None, told.so_far(line, sweep.dataset), None)
    words = {recommendation.place_of(line, arm): WORDS[each.word] for arm, each in enumerate(found.standings)}
    return _Said(line, told.told(line, sweep.dataset), "", recommendation.advised(line, sweep.dataset), words)


def _notes(said: Sequence[_Said]) -> list[str]:
    """Return how sure all this is; of several networks, what holds for all once and the rest by name."""
    finished = [(each.line, each.told) for each in said if each.told]
    if len(said) == 1:
        return [note for _, one in finished for note in (one.why_two_exams, *one.notes)]
    shared: list[str] = []
    if len(finished) > 1:
        shared = [note for note in finished[0][1].notes if all(note in one.notes for _, one in finished)]
    notes = [*dict.fromkeys(one.why_two_exams for _, one in finished), *shared]
    for line, one in finished:
        own = [note for note in one.notes if note not in shared]
        notes += [_of_network(line), *own] if own else []
    return notes


def _of_network(line: Line) -> str:
    return OF_NETWORK.format(network=charted.line_name(line.start))


def _fit(said: Sequence[_Said], notes: Sequence[str]) -> tuple[str, list[str]]:
    """Return how small the type must be, as a class of the style, and the notes that then fit on the sheet."""
    rows = 2 + max(len(each.line.points) for each in said)
    names = {_of_network(each.line) for each in said}
    for size in _SIZES:
        room_mm = size.room_mm - size.row_mm * rows - _ANOTHER_MM * (len(said) - 1)
        fitting = list(notes)
        if sum(map(size.note_mm, fitting)) <= room_mm:
            return size.css_class, fitting
    # A name with nothing below it says nothing.
    while fitting and (fitting[-1] in names or sum(map(size.note_mm, [*fitting, MORE_NOTES])) > room_mm):
        fitting.pop()
    return size.css_class, [*fitting, MORE_NOTES]


def _header() -> str:
    return f"<header><b>{TITLE}</b><span>{NAME}{_LINE}</span><span>{DATE}{_LINE}</span></header>"


def _verdicts(said: Sequence[_Said], unfinished: str) -> str:
    several = len(said) > 1
    each = "".join(f"<section>{_name(one) if several else ''}{_verdict(one)}</section>" for one in said)
    note = f'<p class="soft">{_escaped(unfinished)}</p>' if unfinished else ""
    return f'<div class="verdicts{" two" if several else ""}">{each}</div>{note}'


def _name(said: _Said) -> str:
    return f'<h2 class="soft">{_escaped(charted.line_name(said.line.start))}</h2>'


def _verdict(said: _Said) -> str:
    if said.told is None:
        return f'<p class="second">{_escaped(said.so_far)}</p>' if said.so_far else ""
    one = said.told
    unlearned = "".join(f'<p class="soft">{_escaped(sentence)}</p>' for sentence in one.unlearned)
    return (
        f'<h1>{_escaped(one.headline)}</h1><p class="second">{_escaped(one.second)}</p>'
        f'<p class="soft">{_escaped(one.setting)} {_escaped(one.margin)}</p>{unlearned}'
    )


def _answers(said: Sequence[_Said]) -> str:
    finished = [each.told for each in said if each.told]
    if not finished:
        return ""
    sections = [
        (QUESTIONS[0], [each.question_one for each in finished]),
        (QUESTIONS[1], [each.question_two for each in finished]),
    ]
    drawn = (f"<section><h2>{question}</h2>{_paragraphs(answers)}</section>" for question, answers in sections)
    return f'<div class="answers">{"".join(drawn)}</div>'


def _paragraphs(sentences: Sequence[str]) -> str:
    return "".join(f"<p>{_escaped(sentence)}</p>" for sentence in dict.fromkeys(sentences))


def _tables(sweep: Sweep, said: Sequence[_Said]) -> str:
    alone = len(said) == 1
    drawn = "".join(_table(sweep, each, alone=alone) for each in said)
    css_class = "tables" if alone else "tables two-tables"
    return f'<section><div class="{css_class}">{drawn}</div><p class="small soft">{COLUMNS_SAID}</p></section>'


def _table(sweep: Sweep, said: _Said, *, alone: bool) -> str:
    line, plan = said.line, sweep.plan
    several_rates = len(plan.rates) > 1
    head = (STOP_COLUMN[line.axis], *COLUMNS, *((RATE_COLUMN,) if several_rates else ()))
    total = len(exam(sweep.dataset))
    rows = []
    for point in line.points:
        cells = [
            charted.stop_title(line, point),
            *_numbers(point, said.words.get(point.place, NOT_YET)),
            *([f"{point.rate:g}"] if several_rates else []),
        ]
        taken = ' class="taken"' if point.place == said.taken else ""
        rows.append(f"<tr{taken}>{''.join(f'<td>{_escaped(cell)}</td>' for cell in cells)}</tr>")
    caption = TABLE if alone else charted.line_name(line.start)
    return (
        f"<table><caption>{_escaped(caption)}</caption>"
        f"<thead><tr>{''.join(f'<th>{_escaped(title.format(total=total))}</th>' for title in head)}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _numbers(point: Point, word: str) -> Iterator[str]:
    """Return a row's numbers after its name, in the order of `COLUMNS`."""
    if not point.results:
        yield from [NOT_YET] * len(COLUMNS)
        return
    yield ", ".join(str(result.correct) for result in point.results)
    yield f"{point.correct:.1f}"
    yield word
    yield f"{100 * point.mock_accuracy:.0f}"
    yield _duration(point.seconds)
    yield f"{point.results[0].trainable_parameters:,}"


def _duration(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _how_sure(notes: Sequence[str]) -> str:
    items = "".join(f"<li>{_escaped(note)}</li>" for note in notes)
    return f'<section class="small"><h2>{HOW_SURE}</h2><ul>{items}</ul></section>' if items else ""


def _settings(sweep: Sweep) -> Iterator[str]:
    """Say what the tries shared, a sentence each."""
    plan, dataset = sweep.plan, sweep.dataset
    base, counts = plan.base, dataset.counts()
    day = time.localtime(sweep.created_at)
    yield f"Tried on {day.tm_mday} {time.strftime('%B %Y', day)} with {_networks(plan)}."
    yield f"{len(dataset.people)} people: {_listed(dataset.people)}."
    yield (
        f"Photos: {counts['train']} to practise with, {counts['validation']} in the mock exam, "
        f"{len(exam(dataset))} in the final exam."
    )
    sizes = " and ".join(f"{px} × {px}" for px in sorted(plan.sizes_px))
    rates = " or ".join(f"{rate:g}" for rate in plan.rates)
    yield f"Faces of {sizes} points, {base.epochs} rounds, learning rate {rates}, {base.batch_size} photos at once."


def _networks(plan: SweepPlan) -> str:
    shapes = [
        f"{charted.line_name(start)} ({len(architectures.architecture(start.backbone).units)} layers in "
        f"{len(architectures.architecture(start.backbone).blocks)} blocks)"
        for start in plan.starts
    ]
    return " and ".join(shapes)


def _listed(people: Sequence[str]) -> str:
    shown = [name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…" for name in people[:_MOST_PEOPLE]]
    return ", ".join(shown) + (f" and {len(people) - _MOST_PEOPLE} more" if len(people) > _MOST_PEOPLE else "")
