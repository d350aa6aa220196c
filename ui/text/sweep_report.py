"""What the printed page about a sweep says, and what stands in its zip beside it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from core.evaluation.model_selection import Word
from core.models.registry import backbone
from core.sweeps.plan import Axis, SweepPlan
from core.sweeps.results import labelled_test_items
from core.sweeps.sweep import Sweep
from ui.text import common, sweep_evidence
from ui.text.sweep_names import line_title

ABOUT = (
    "In Face Lab, a network that has seen other faces learns new people from a few photos each. "
    "Some of its layers stay frozen, the others are retrained."
)
NAME, DATE, OWN_WORDS = "Name", "Date", "In my own words"
QUESTIONS = (
    "Question 1: how far does it get with all blocks frozen?",
    "Question 2: how many layers must be retrained?",
)
HOW_SURE, SETTINGS, TABLE = "How sure is this?", "Settings", "All tries: right answers in the final exam"
# The column is narrow.
WORDS: dict[Word, str] = sweep_evidence.WORDS | {"cannot_tell": "cannot tell"}
POINT_COLUMN: dict[Axis, str] = {"depth": "what learns", "photos": "practice photos", "size": "size of a face"}
COLUMNS = ("each try", "mean of {total}", "verdict", "mock exam", "time", "learn")
COLUMNS_SAID = "Mock exam: of 100, each try's best round. Time: of one try. Learn: numbers of the network (parameters)."
RATE_COLUMN, NOT_YET = "rate", "–"
MORE_NOTES = "All other comparisons are in settings.json."
_MOST_PEOPLE, _LONGEST_NAME = 12, 24

# Figures
MEAN, RIGHT_IN_FINAL_EXAM = "mean", "right answers in the final exam"
RIGHT_IN_MOCK_EXAM = "right answers in the mock exam, of 100"
ALL_TRIES, CURVES = "All tries", "The mock exam over the rounds, first tries"


def title(name: str) -> str:
    return f"{common.LAB}: {name}" if name else common.LAB


def unfinished(done: int, total: int) -> str:
    return f"Not finished: {done} of {total} tries."


def matrix_title(point: str) -> str:
    return f"Who is taken for whom: {point}, first try"


def duration(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def settings(sweep: Sweep) -> Iterator[str]:
    """Say what the tries shared, a sentence each."""
    plan, dataset = sweep.plan, sweep.dataset
    base, counts = plan.base, dataset.counts()
    day = time.localtime(sweep.created_at)
    yield f"Tried on {day.tm_mday} {time.strftime('%B %Y', day)} with {_networks(plan)}."
    yield f"{len(dataset.people)} people: {_listed(dataset.people)}."
    yield (
        f"Photos: {counts['train']} to practise with, {counts['validation']} in the mock exam, "
        f"{len(labelled_test_items(dataset))} in the final exam."
    )
    sizes = " and ".join(f"{px} × {px}" for px in sorted(plan.sizes_px))
    rates = " or ".join(f"{rate:g}" for rate in plan.rates)
    yield f"Faces of {sizes} points, {base.epochs} rounds, learning rate {rates}, {base.batch_size} photos at once."


def _networks(plan: SweepPlan) -> str:
    named = []
    for start in plan.starts:
        network = backbone(start.backbone).architecture
        named.append(f"{line_title(start)} ({len(network.units)} layers in {len(network.blocks)} blocks)")
    return " and ".join(named)


def _listed(people: Sequence[str]) -> str:
    shown = [name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…" for name in people[:_MOST_PEOPLE]]
    return ", ".join(shown) + (f" and {len(people) - _MOST_PEOPLE} more" if len(people) > _MOST_PEOPLE else "")


def readme(done: int, total: int) -> str:
    """Say what is what in the zip."""
    return f"""How many layers must be retrained? A comparison made with Face Lab.
{done} of {total} tries are finished. No photo and no network is in here.

report.html: one page for printing and handing in.
figures: charts; open them in a browser, no internet is needed. Keep plotly.min.js beside them.
runs.csv: a row for each try. predictions.csv: a row for each try and photo of the final exam.
  Both open in a spreadsheet. A photo has the same number in every try; photos with the same take belong
  together and count once in a test.
settings.json: every setting, and every number and sentence of the result.
"""
