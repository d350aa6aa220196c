"""What a sweep has shown, in sentences for a class, and the words on its chart."""

from __future__ import annotations

from dataclasses import dataclass

from core.data.dataset import Dataset
from core.sweeps.plan import Axis
from core.sweeps.recommendation import verdict_of
from core.sweeps.results import Line, Point, labelled_test_items
from ui.text import sweep_answers as answers
from ui.text import sweep_evidence as evidence
from ui.text.sweep_names import network_name, point_name, point_title, rounded, spelled, tries

# On the chart
ROW_OF_POINTS: dict[Axis, str] = {
    "depth": "frozen up to",
    "photos": "practice photos each",
    "size": "size of a face",
}
RIGHT, ALL_RIGHT, BY_CHANCE, VOTES = "right answers", "all {total} right", "by chance: {right}", "your votes"
RECOMMENDED, TIME = "take this one", "time a try"
FINAL, MEAN, MOCK = "one try in the final exam", "their mean", "mock exam, best rounds (does not count)"
CHART = "Right answers in the final exam, one dot a try, for each of {points} settings."
ONE_MORE, ONE_FEWER = "+ {point}", "− {point}"


@dataclass(frozen=True)
class Conclusion:
    """Sentences about one line that is complete.

    Attributes:
        headline: the answer, with its number.
        second: what the others gave, and what they cost.
        setting: which network, people, photos and tries.
        margin: what counts as just as good; empty where there is nothing to compare.
        unlearned: at which points not all learned in every try that was to learn, a sentence each.
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


def conclusion(line: Line, dataset: Dataset, *, is_named: bool = False) -> Conclusion:
    """Say what a line has shown.

    Args:
        is_named: the headline names the network, for where there are several.

    Raises:
        ValueError: there is no verdict on the line.
    """
    found = verdict_of(line, dataset)
    if found is None:
        raise ValueError("A conclusion needs a line with all its tries and a final exam; received one without.")
    answer = answers.headline(line, found)
    if is_named:
        answer = f"With {network_name(line.start)}, {answer[:1].lower()}{answer[1:]}"
    return Conclusion(
        headline=answer,
        second=" ".join(answers.below_headline(line, found)),
        setting=answers.setting(line, dataset),
        margin="" if found.kind == "alone" else evidence.margin(found),
        unlearned=answers.unlearned(line),
        question_one=answers.question_one(line, found),
        question_two=answers.question_two(line, found),
        notes=evidence.notes(line, dataset, found),
        why_two_exams=evidence.WHY_TWO_EXAMS,
    )


def so_far(line: Line, dataset: Dataset) -> str:
    """Say what a line shows while it fills in; empty before the first result."""
    if not labelled_test_items(dataset):
        return "The final exam has no photo with a name, so nothing can be compared."
    tried = [point for point in line.points if point.results]
    if not tried:
        return ""
    total, most = len(labelled_test_items(dataset)), max(rounded(point.correct) for point in tried)
    ahead = [point for point in tried if rounded(point.correct) == most]
    of_tries = tries(min(len(point.results) for point in ahead), in_words=True)
    name = point_name(line, ahead[0])
    if len(tried) == 1:
        return f"{name.first}: {most} of {total} in {of_tries}."
    if len(ahead) > 1:
        return f"So far {spelled(len(ahead), 'stop')} are level: {most} of {total}. That can be luck."
    return f"So far {name.text} {name.verb} ahead: {most} of {total} in {of_tries}. That can still be luck."


def point_alt(line: Line, point: Point, total: int) -> str:
    """Describe a point of the chart for those who cannot see it."""
    came = f"{point.correct:.0f} of {total} right" if point.results else "not tried yet"
    if point.unlearned:
        came += f"; {tries(point.unlearned)} kept the frozen network"
    what = point_title(line, point)
    return f"{what[:1].upper()}{what[1:]}: {came}"
