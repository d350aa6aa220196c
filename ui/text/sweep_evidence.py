"""How sure a verdict is: each point with its word and its numbers, and what the exam cannot tell."""

from __future__ import annotations

from collections.abc import Iterator

from core.data.dataset import Dataset
from core.evaluation import paired
from core.evaluation.model_selection import Standing, Verdict, Word
from core.sweeps.recommendation import interval, limits_of_test, point_of
from core.sweeps.results import Line
from ui.text.amounts import count
from ui.text.sweep_answers import NEEDS_MORE
from ui.text.sweep_names import Name, listed, point_name

WHY_TWO_EXAMS = (
    "The mock exam (validation) picks the best round of each try. "
    "The final exam (test) picks nothing, so the stops are compared on it."
)
MOCK_IS_A_PICK = "The numbers of the mock exam are those of the best rounds, so they are a little too good."
WORDS: dict[Word, str] = {
    "as_good": "as good",
    "clearly_worse": "clearly worse",
    "cannot_tell": "these photos cannot tell",
}
METHOD = (
    "Each is compared with each other one, photo by photo and try by try (paired analysis, tries as blocks).",
    "Clearly worse: another one is better, in all but 5 of 100 such comparisons (corrected by Hommel).",
)
LUCK = (
    "How much luck tries have is judged by the two compared alone, and by a cautious guess "
    f"(prior: {paired.PRIOR_LUCK:g} logits)."
)
ONE_TRY = "One try may just have been lucky. So only very large differences count; six tries tell more."


def margin(found: Verdict) -> str:
    """Say what counts as just as good."""
    return f"Enough, or as good, means: at most {found.margin} of {found.total} right answers behind any other."


def notes(line: Line, dataset: Dataset, found: Verdict) -> tuple[str, ...]:
    """Say how far a verdict can be trusted."""
    return (*_method(line, found), *_expected(line, dataset, found), *_limits(line, dataset))


def _method(line: Line, found: Verdict) -> Iterator[str]:
    if found.kind != "alone":
        yield margin(found)
        yield from METHOD
        yield ONE_TRY if line.points[0].planned == 1 else LUCK
        yield from comparisons(line, found)
    yield MOCK_IS_A_PICK
    if len({point.rate for point in line.points}) > 1:
        yield "Each has the learning rate that was best for it in the mock exam."


def comparisons(line: Line, found: Verdict) -> list[str]:
    """Say of each setting what its word rests on, a sentence or more each."""
    if found.kind == "alone":
        return []
    named = [point_name(line, point_of(line, setting)) for setting in range(len(line.points))]
    return [_comparison(named[k], named[each.rival], each, found) for k, each in enumerate(found.standings)]


def _comparison(name: Name, rival: Name, each: Standing, found: Verdict) -> str:
    low, high = each.interval
    said = (
        f"{name.first}: {WORDS[each.word]}. Against {rival.text}: {_signed(each.difference)} right answers "
        f"(95 % interval {_signed(low)} to {_signed(high)})."
    )
    if each.word == "clearly_worse":
        return f"{said} Luck alone: p {_p(each.worse_p)}, corrected."
    behind = f"At most {min(each.behind, found.total):.1f} behind any other."
    if each.behind <= 0:
        behind = "Surely ahead of all others."
    return f"{said} {behind} {NEEDS_MORE[each.needs_more]}".rstrip()


def _expected(line: Line, dataset: Dataset, found: Verdict) -> Iterator[str]:
    """Say what to expect of new photos, as far as the groups of this exam tell."""
    if found.recommended is None:
        return
    point = point_of(line, found.recommended)
    low, high = interval(point.correct, dataset)
    yield (
        f"Out of 100 new photos like these, expect between {round(100 * low)} and {round(100 * high)} right "
        f"({point_name(line, point).text})."
    )


def _limits(line: Line, dataset: Dataset) -> Iterator[str]:
    """Say what this exam cannot tell, whichever point is best."""
    limits = limits_of_test(line, dataset)
    photos, untested, never = count(limits.photos, "photo"), limits.untested, limits.never_recognised
    if limits.is_rough:
        yield f"With {photos} in the final exam, this is a rough idea only."
    if limits.one_group_each:
        yield "The final exam has photos of one moment only for each person. On other days it may be different."
    elif limits.groups < limits.photos:
        moments = count(limits.groups, "moment")
        yield f"The {photos} of the final exam come from {moments}. Photos of one moment count once."
    if untested:
        has = "has" if len(untested) == 1 else "have"
        yield f"The final exam says nothing about {listed(untested)}, who {has} no photo in it."
    if never:
        yield f"{listed(never)} {'was' if len(never) == 1 else 'were'} never recognised, in no try."
    if limits.seen_before:
        yield (
            f"The network has seen photos of {listed(limits.seen_before)} before. Its results with them look too good."
        )


def _signed(number: float) -> str:
    return f"{number:+.1f}".replace("-", "−") if round(number, 1) else "0"


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}"
