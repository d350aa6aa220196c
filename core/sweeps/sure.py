"""How sure a verdict is: every comparison with its numbers, and what the exam cannot tell."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.evaluation import metrics, paired
from core.evaluation.verdict import Paired, Verdict
from core.models.seen import seen_people
from core.photos.manifest import Dataset
from core.sweeps.judging import point_of
from core.sweeps.naming import Name, counted, names, place_name
from core.sweeps.results import Line, exam, groups

WHY_TWO_EXAMS = (
    "The best one is picked on the mock exam (validation) and reported on the final exam (test). "
    "Picking and reporting on the same photos would take luck for skill."
)
METHOD = (
    "Each is held against the best of the mock exam, photo by photo (exact McNemar test, corrected by Holm).",
    f"The intervals come from drawing photos and tries anew {paired.RESAMPLES:,} times (bootstrap).",
)
SEVERAL_TRIES = "A clear difference is also larger than luck makes between tries of the same setting (Tukey's test)."
ONE_TRY = "One try may just have been lucky. So only very large differences count; three tries tell more."
HOW_MANY_PHOTOS = "Numbers of photos are for finding such a difference in four of five exams (power 80 %, Connor 1987)."
MORE_TRIES = "More tries would tell more."
NO_END = 10_000


def notes(line: Line, dataset: Dataset, found: Verdict) -> tuple[str, ...]:
    """Say how far a verdict can be trusted."""
    return (*_comparisons(line, found), *_expected(line, dataset, found), *_about_the_photos(line, dataset))


def _comparisons(line: Line, found: Verdict) -> Iterator[str]:
    best = place_name(line, point_of(line, found.picked))
    share = point_of(line, found.picked).mock_accuracy
    if sum(point.mock_accuracy >= share - 1e-9 for point in line.points) > 1:
        yield f"Several were best in the mock exam, with {100 * share:.0f} of 100 right. The cheapest is {best.text}."
    else:
        yield f"Best in the mock exam: {best.text}, with {100 * share:.0f} of 100 right."
    if not found.paired:
        return
    yield from METHOD
    yield SEVERAL_TRIES if line.points[0].planned > 1 else ONE_TRY
    yield from comparisons(line, found)
    if any(0 < (_needed(each, found.total) or 0) <= NO_END for each in found.paired):
        yield HOW_MANY_PHOTOS
    if len({point.rate for point in line.points}) > 1:
        yield "Each has the learning rate that was best for it in the mock exam."


def comparisons(line: Line, found: Verdict) -> list[str]:
    """Say how each compares with the best of the mock exam, a sentence or more each."""
    best = place_name(line, point_of(line, found.picked))
    return [_comparison(place_name(line, point_of(line, each.arm)), best, each, found) for each in found.paired]


def _comparison(name: Name, best: Name, each: Paired, found: Verdict) -> str:
    low, high = each.interval
    if low == high == 0:
        return f"{name.first}, against {best.text}: no difference at all."
    told = {"": f"clearly {'more' if each.difference > 0 else 'fewer'}", "photos": "not clear"}.get(
        each.doubt, "not clear, as tries of one setting differ that much by luck"
    )
    said = (
        f"{name.first}, against {best.text}: {_signed(each.difference)} right answers "
        f"(95 % interval {_signed(low)} to {_signed(high)}), {told}. "
        f"{counted(each.fixed, 'photo' if found.takes == found.total else 'moment')} better, {each.broken} worse "
        f"(corrected p {_p(each.corrected_p)})."
    )
    return f"{said} {_way_on(each, found.total)}".rstrip()


def _needed(each: Paired, total: int) -> int | None:
    """Give how many photos would tell a difference that is in doubt; 0: more tries would; None: nothing to be told."""
    points_one_way = each.difference * (each.fixed - each.broken) > 0
    if each.doubt == "" or each.more_photos is None or not points_one_way:
        return None
    return 0 if each.doubt == "tries" or each.more_photos <= total else each.more_photos


def _way_on(each: Paired, total: int) -> str:
    """Say what would tell a difference that is in doubt."""
    needed = _needed(each, total)
    if needed is None:
        return ""
    if needed == 0:
        return MORE_TRIES
    if needed > NO_END:
        return f"If there is a difference, it is too small for {NO_END:,} photos."
    return f"About {_about(needed):,} photos in the final exam would tell a difference of this size."


def would_tell(each: Paired, total: int) -> str:
    """Name what would tell a difference that is in doubt; empty where nothing is."""
    needed = _needed(each, total)
    if needed is None:
        return ""
    if needed == 0:
        return "more tries"
    return f"over {NO_END:,} photos" if needed > NO_END else f"{_about(needed):,} photos"


def _expected(line: Line, dataset: Dataset, found: Verdict) -> Iterator[str]:
    """Say what to expect of new photos, as far as takes of this exam tell."""
    if found.advised is None:
        return
    point = point_of(line, found.advised)
    low, high = interval(point.correct, dataset)
    yield (
        f"Out of 100 new photos like these, expect between {round(100 * low)} and {round(100 * high)} right "
        f"({place_name(line, point).text})."
    )


def interval(correct: float, dataset: Dataset) -> tuple[float, float]:
    """Give the Wilson 95 % interval of a mean number of right answers, as shares; it counts takes, not photos."""
    total = len(exam(dataset))
    # The formula is as good for a mean over tries, which is no whole number.
    return metrics.wilson_interval(correct, total, len(set(groups(dataset).tolist())))  # type: ignore[arg-type]


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
    met = seen_people(line.start.backbone, dataset.people) if line.start.pretrained else ()
    if met:
        yield f"The network has seen photos of {names(list(met))} before. Its results with them look too good."


def _signed(number: float) -> str:
    return f"{number:+.1f}".replace("-", "−") if round(number, 1) else "0"


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}"


def _about(n: int) -> int:
    """Round up to two digits: more would look surer than it is."""
    step = int(10 ** max(0, len(str(n)) - 2))
    return -(-n // step) * step
