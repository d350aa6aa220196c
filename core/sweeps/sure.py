"""How sure a verdict is: every stop with its word and its numbers, and what the exam cannot tell."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.data.dataset import Dataset
from core.evaluation import metrics, paired
from core.evaluation.model_selection import Standing, Verdict, Word
from core.models.weights import known_people
from core.sweeps.headline import HELPS
from core.sweeps.naming import Name, counted, names, place_name
from core.sweeps.recommendation import point_of
from core.sweeps.results import Line, exam, groups

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
    return (*_comparisons(line, found), *_expected(line, dataset, found), *_about_the_photos(line, dataset))


def _comparisons(line: Line, found: Verdict) -> Iterator[str]:
    if found.kind != "alone":
        yield margin(found)
        yield from METHOD
        yield ONE_TRY if line.points[0].planned == 1 else LUCK
        yield from comparisons(line, found)
    yield MOCK_IS_A_PICK
    if len({point.rate for point in line.points}) > 1:
        yield "Each has the learning rate that was best for it in the mock exam."


def comparisons(line: Line, found: Verdict) -> list[str]:
    """Say of each what its word rests on, a sentence or more each."""
    if found.kind == "alone":
        return []
    named = [place_name(line, point_of(line, arm)) for arm in range(len(line.points))]
    return [_comparison(named[arm], named[each.rival], each, found) for arm, each in enumerate(found.standings)]


def _comparison(name: Name, rival: Name, each: Standing, found: Verdict) -> str:
    low, high = each.interval
    said = (
        f"{name.first}: {WORDS[each.word]}. Against {rival.text}: {_signed(each.difference)} right answers "
        f"(95 % interval {_signed(low)} to {_signed(high)})."
    )
    if each.word == "clearly_worse":
        return f"{said} Luck alone: p {_p(each.worse_p)}, corrected."
    return f"{said} {behind(each, found.total)} {would_help(each)}".rstrip()


def behind(each: Standing, total: int) -> str:
    """Say how far one may lie behind the best of the others at most."""
    if each.behind <= 0:
        return "Surely ahead of all others."
    return f"At most {min(each.behind, total):.1f} behind any other."


def would_help(each: Standing) -> str:
    """Say what would tell about one of which nothing can be told; empty where something is."""
    return HELPS[each.helps] if each.helps else ""


def _expected(line: Line, dataset: Dataset, found: Verdict) -> Iterator[str]:
    """Say what to expect of new photos, as far as takes of this exam tell."""
    if found.take is None:
        return
    point = point_of(line, found.take)
    low, high = interval(point.correct, dataset)
    yield (
        f"Out of 100 new photos like these, expect between {round(100 * low)} and {round(100 * high)} right "
        f"({place_name(line, point).text})."
    )


def interval(correct: float, dataset: Dataset) -> tuple[float, float]:
    """Return the Wilson 95 % interval of a mean number of right answers, as shares; it counts takes, not photos."""
    total = len(exam(dataset))
    return metrics.wilson_interval(correct, total, len(set(groups(dataset).tolist())))


def _about_the_photos(line: Line, dataset: Dataset) -> Iterator[str]:
    """Say what this exam cannot tell, whoever wins."""
    photos = exam(dataset)
    takes, people = groups(dataset), np.array([item.person for item in photos])
    tested = [person for person in dataset.people if person in people]
    missing = [person for person in dataset.people if person not in people]
    if len(photos) < metrics.ROUGH_BELOW:
        yield f"With {counted(len(photos), 'photo')} in the final exam, this is a rough idea only."
    n_takes = len(set(takes.tolist()))
    if n_takes <= len(tested) < len(photos):
        yield "The final exam has photos of one moment only for each person. On other days it may be different."
    elif n_takes < len(photos):
        yield (
            f"The {counted(len(photos), 'photo')} of the final exam come from {counted(n_takes, 'moment')}. "
            "Photos of one moment count once."
        )
    if missing:
        has = "has" if len(missing) == 1 else "have"
        yield f"The final exam says nothing about {names(missing)}, who {has} no photo in it."
    ever = np.any([result.right for point in line.points for result in point.results], axis=0)
    never = [person for person in tested if not ever[people == person].any()]
    if never:
        yield f"{names(never)} {'was' if len(never) == 1 else 'were'} never recognised, in no try."
    met = known_people(line.start.backbone, dataset.people) if line.start.pretrained else ()
    if met:
        yield f"The network has seen photos of {names(list(met))} before. Its results with them look too good."


def _signed(number: float) -> str:
    return f"{number:+.1f}".replace("-", "−") if round(number, 1) else "0"


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}"
