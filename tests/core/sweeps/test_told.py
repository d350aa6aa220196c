from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core.config import CropConfig, Split, SplitConfig
from core.evaluation.verdict import Paired
from core.photos.manifest import Dataset, Item
from core.sweeps import sure, told
from core.sweeps.plan import Cell, Start, SweepPlan
from core.sweeps.results import Line, Result, exam, lines, results
from tests import made_sweeps
from tests.pages import made

PEOPLE = ("Ada", "Bo", "Chen", "Dora", "Emil", "Fay")
MINI, FROM_NOTHING = Start("face-vgg-mini"), Start("face-vgg-mini", False)
# As in the picture of the design: seconds of a try, and right answers of 72, by frozen layers.
SECONDS = {0: 19.0, 2: 17.0, 4: 13.0, 7: 9.0, 10: 5.0, 13: 2.0}
DESIGN = {0: 63, 2: 65, 4: 66, 7: 67, 10: 67, 13: 55}


def photos_of(people: int = 6, *, exam_each: int = 12, of_take: int = 1, practice: int = 10) -> Dataset:
    """Give a data set without pictures; each person's photos are in takes of `of_take`."""
    each: dict[Split, int] = {"train": practice, "validation": 4, "test": exam_each}
    items = [
        Item(f"{person}{split}{n}", f"{person}/{n}.png", person, split, 100 * at + n // of_take, 1, None)
        for person in PEOPLE[:people]
        for at, (split, count) in enumerate(each.items())
        for n in range(count)
    ]
    return Dataset("made", "class", 1, PEOPLE[:people], tuple(items), (), (), CropConfig(), SplitConfig())


def drop(dataset: Dataset, person: str) -> Dataset:
    """Take a person's photos out of the final exam."""
    kept = tuple(item for item in dataset.items if (item.person, item.split) != (person, "test"))
    return replace(dataset, items=kept)


def drawn(
    plan: SweepPlan,
    dataset: Dataset,
    right: Callable[[Cell], int],
    *,
    mock: Callable[[Cell], float] | None = None,
    order: np.ndarray | None = None,
) -> tuple[Line, ...]:
    """Let so many photos of a cell be right, the first ones of `order`; the mock exam says the same."""
    n = len(exam(dataset))
    order = np.arange(n) if order is None else order
    labels = np.array([dataset.people.index(item.person or "") for item in exam(dataset)], np.int64)
    found = []
    for cell in plan.cells():
        answers = np.zeros(n, bool)
        answers[order[: right(cell)]] = True
        share = mock(cell) if mock else right(cell) / n
        seconds = SECONDS.get(cell.depth, 3.0) * (cell.photos or 10) / 10
        found.append(Result(cell, "run", answers, share, seconds, 1, int(np.bincount(labels).max())))
    return lines(plan, found)


def said(plan: SweepPlan, dataset: Dataset, right: Callable[[Cell], int], **how: object) -> told.Told:
    (line,) = drawn(plan, dataset, right, **how)  # type: ignore[arg-type]
    return told.told(line, dataset)


def test_the_headline_of_the_design() -> None:
    one = said(SweepPlan(), photos_of(), lambda cell: DESIGN[cell.depth])
    assert one.headline == "Retraining block 5 is enough: 67 of 72."
    assert one.second == "Retraining more did not help and took up to 3 times as long. Retraining nothing gave 55."
    assert one.setting == "Mini network, six people, 10 practice photos each, 3 tries a stop."
    assert one.question_one == (
        "With nothing retrained, the Mini network gets 55 of 72 new photos of these six people right. "
        "Guessing gives 12."
    )
    assert one.question_two == "The Mini network needs 1 of its 5 blocks (3 of 13 layers) retrained: 67 of 72."


def test_fewer_right_answers_that_may_be_luck_of_tries_are_not_called_enough() -> None:
    plan, two = SweepPlan(depths=(0, 10, 13), seeds=(0, 1)), SweepPlan(depths=(10, 13), seeds=(0, 1))
    right = {(0, 0): 34, (0, 1): 30, (10, 0): 67, (10, 1): 68, (13, 0): 60, (13, 1): 50}
    one = said(plan, photos_of(), lambda cell: right[cell.depth, cell.seed])
    assert one.headline == "Retraining block 5 is enough: 68 of 72."
    assert one.second.endswith("Retraining nothing gave 55. That could be luck. More tries would tell.")
    assert "can do with 1 of its 5 blocks" in one.question_two
    other = said(two, photos_of(), lambda cell: right[cell.depth, cell.seed])
    assert other.headline == "Retraining block 5 looks best: 68 of 72."
    assert other.second == "Retraining nothing gave 55. That could be luck. More tries would tell."


def test_more_that_is_a_little_better_did_not_clearly_help() -> None:
    more = {**DESIGN, 7: 69}
    picked = said(SweepPlan(), photos_of(), lambda cell: more[cell.depth], mock=lambda cell: DESIGN[cell.depth] / 72)
    assert picked.second.startswith("Retraining more did not clearly help and took")
    other = said(SweepPlan(), photos_of(), lambda cell: more[cell.depth])
    assert other.headline == "Retraining block 5 is enough: 67 of 72."
    assert other.second.startswith("Retraining blocks 4 and 5, best in the mock exam, gave 69: not clearly more.")


def test_the_best_is_told_with_what_others_gave() -> None:
    best = {**dict.fromkeys(DESIGN, 30), 7: 66, 13: 20}
    one = said(SweepPlan(), photos_of(), lambda cell: best[cell.depth])
    assert one.headline == "Retraining blocks 4 and 5 is best: 66 of 72."
    assert one.second == "Retraining less gave 30 at most. Retraining more gave 30 at most."
    assert one.question_two == "The Mini network is best with 2 of its 5 blocks (6 of 13 layers) retrained: 66 of 72."


def test_a_tie_takes_the_fastest() -> None:
    one = said(SweepPlan(), photos_of(), lambda cell: 64 + (cell.depth == 7))
    assert one.headline == "No clear winner: 64 to 65 of 72. Retrain nothing: that is the fastest."
    assert one.second == "Such differences can be luck. Retraining more took up to 9 times as long."
    assert one.question_two == "This exam cannot tell how many blocks must be retrained in the Mini network."


def test_fastest_is_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SECONDS, 13, 30.0)
    one = said(SweepPlan(), photos_of(), lambda cell: 64)
    assert one.headline == "No clear winner: 64 of 72. Retrain nothing: that is the least."
    assert one.second == "All gave the same number of right answers."


def test_everything_right_is_too_easy_but_almost_everything_is_not() -> None:
    assert said(SweepPlan(), photos_of(), lambda cell: 72).second.startswith("Everything was right everywhere")
    almost = said(SweepPlan(), photos_of(), lambda cell: 72 - (cell.seed == 0 and cell.depth == 0))
    assert almost.headline.startswith("No clear winner: 72 of 72.")
    assert almost.second.startswith("Such differences can be luck.")


def test_guessing_is_no_learning() -> None:
    one = said(SweepPlan(), photos_of(), lambda cell: 13 + cell.depth // 5)
    assert one.headline == "Nothing is clearly better than guessing: 13 to 15 of 72. Guessing gives 12."
    assert one.second == "More practice photos or more rounds may help."
    assert one.question_two.endswith("How many blocks must be retrained stays open.")
    assert not any(note.startswith("Out of 100") for note in one.notes)


def test_an_exam_that_is_too_small_is_not_called_a_failure_to_learn() -> None:
    one = said(SweepPlan(depths=(13, 10), seeds=(0,)), photos_of(2, exam_each=2), lambda cell: 4)
    assert one.headline == "Nothing is clearly better than guessing: 4 of 4. Guessing gives 2."
    assert one.second == "This final exam has too few photos to tell."
    assert one.setting == "Mini network, two people, 10 practice photos each, 1 try a stop."
    takes = said(SweepPlan(depths=(13, 10), seeds=(0,)), photos_of(2, exam_each=12, of_take=12), lambda cell: 24)
    assert takes.second == "The photos of this final exam show too few different moments to tell."


def test_exams_that_disagree() -> None:
    one = said(
        SweepPlan(depths=(13, 0)), photos_of(), lambda cell: 30 if cell.depth else 66, mock=lambda cell: cell.depth / 13
    )
    assert one.headline == "No clear winner: the two exams disagree."
    assert one.second == (
        "The mock exam picked retraining nothing: 30 in the final exam. There, retraining everything gave 66, clearly "
        "more."
    )


def test_a_single_stop_is_told_without_a_comparison() -> None:
    one = said(SweepPlan(depths=(13,)), photos_of(), lambda cell: 60)
    assert one.headline == "Retraining nothing: 60 of 72."
    assert one.second == "Nothing else was tried, so there is nothing to compare it with."


def test_from_nothing_is_training_not_retraining() -> None:
    plan = SweepPlan(starts=(MINI, FROM_NOTHING))
    dataset = photos_of()
    both = drawn(plan, dataset, lambda c: DESIGN[c.depth] if c.start.pretrained else 40 if c.depth == 0 else 15)
    first, second = (told.told(line, dataset, is_named=True) for line in both)
    assert first.headline == "With the Mini network, retraining block 5 is enough: 67 of 72."
    assert second.headline == "With the Mini network starting from nothing, training everything is best: 40 of 72."
    assert second.question_two == (
        "The Mini network starting from nothing is best with all of its 5 blocks (13 layers) trained: 40 of 72."
    )
    assert "retrain" not in " ".join([second.headline, second.second, second.question_one, *second.notes]).lower()


def test_practice_photos() -> None:
    plan = SweepPlan(depths=(10,), photos=(1, 3, 5, None))
    right = {1: 30, 3: 66, 5: 66, None: 66}
    one = said(plan, photos_of(), lambda cell: right[cell.photos])
    assert one.headline == "3 practice photos of each person are enough: 66 of 72."
    assert one.second == (
        "More photos did not help and took up to 3 times as long. 1 practice photo of each person gave 30."
    )
    assert one.setting == "Mini network, six people, block 5 retrained, 3 tries each."
    assert one.question_one == "Here the Mini network was not tried with nothing retrained."
    assert "does not say how many layers" in one.question_two
    tie = said(plan, photos_of(), lambda cell: 66)
    assert tie.headline == "No clear winner: 66 of 72. Take 1 practice photo of each person: that is the fewest."


def test_face_sizes() -> None:
    plan = SweepPlan(depths=(13,), sizes_px=(96, 32, 64))
    right = {32: 30, 64: 66, 96: 66}
    one = said(plan, photos_of(practice=1), lambda cell: right[cell.size_px])
    assert one.headline == "Faces of 64 × 64 points are enough: 66 of 72."
    assert one.second == "Larger faces did not help. Faces of 32 × 32 points gave 30."
    assert one.setting == "Mini network, six people, 1 practice photo each, nothing retrained, 3 tries each."
    assert one.question_one.startswith(
        "With nothing retrained and faces of 96 × 96 points, the Mini network gets 66 of"
    )
    tie = said(plan, photos_of(), lambda cell: 66)
    assert tie.headline.endswith("Take faces of 32 × 32 points: those are the smallest.")


def test_single_layers_of_another_network() -> None:
    plan = SweepPlan(starts=(Start("vggface2-resnet50"),), sizes_px=(224,), depths=(17, 16, 13, 0))
    one = said(plan, photos_of(), lambda cell: 40 if cell.depth == 17 else 66)
    assert one.headline == "Retraining the last layer is enough: 66 of 72."
    assert one.question_two == (
        "The VGGFace2 ResNet-50 network needs 1 of its 17 layers retrained: 66 of 72. "
        "Not every number of stages was tried."
    )


def test_what_less_would_do_is_not_claimed_where_it_was_not_tried() -> None:
    one = said(SweepPlan(depths=(10, 7, 4)), photos_of(), lambda cell: 66 - 30 * (cell.depth == 4))
    assert one.question_two.startswith("The Mini network can do with 1 of its 5 blocks (3 of 13 layers) retrained")
    assert one.question_one == "Here the Mini network was not tried with nothing retrained."


@pytest.mark.parametrize(
    ("network", "depth", "name"),
    [
        ("face-vgg-mini", 13, "nothing"),
        ("face-vgg-mini", 12, "the last layer"),
        ("vggface-vgg16", 11, "the last 2 layers"),
        ("vggface-vgg16", 10, "block 5"),
        ("imagenet-vgg19", 8, "blocks 4 and 5"),
        ("face-vgg-mini", 2, "blocks 2 to 5"),
        ("face-vgg-mini", 1, "the last 12 layers"),
        ("face-vgg-mini", 0, "everything"),
        ("vggface2-resnet50", 14, "stage 5"),
    ],
)
def test_names_of_stops(network: str, depth: int, name: str) -> None:
    assert told.stop_name(network, depth) == name


def test_arms_are_cheapest_first_and_places_smallest_first() -> None:
    dataset = photos_of()
    (depths,) = drawn(SweepPlan(), dataset, lambda cell: 60)
    assert [depths.points[told.place_of(depths, arm)].value for arm in range(6)] == [13, 10, 7, 4, 2, 0]
    (photos,) = drawn(SweepPlan(depths=(13,), photos=(1, None, 3)), dataset, lambda cell: 60)
    assert [photos.points[told.place_of(photos, arm)].value for arm in range(3)] == [1, 3, None]


def test_no_verdict_before_the_last_try_and_none_without_an_exam() -> None:
    dataset = photos_of()
    (line,) = drawn(SweepPlan(), dataset, lambda cell: DESIGN[cell.depth])
    assert told.judge(line, dataset) is told.judge(line, dataset) is not None
    last = replace(line.points[0], results=line.points[0].results[:2])
    unfinished = replace(line, points=(last, *line.points[1:]))
    assert told.judge(unfinished, dataset) is None
    with pytest.raises(ValueError, match="all its tries"):
        told.told(unfinished, dataset)
    no_exam = photos_of(exam_each=0)
    empty = replace(line, points=())
    assert told.judge(empty, no_exam) is None
    assert told.so_far(empty, no_exam) == "The final exam has no photo with a name, so nothing can be compared."


def test_so_far_is_careful() -> None:
    dataset = photos_of()
    (line,) = drawn(SweepPlan(), dataset, lambda cell: DESIGN[cell.depth])

    def first(points: int, tries: int = 1) -> str:
        """Let the quick ones have some tries."""
        begun = len(line.points) - points
        shown = (replace(point, results=point.results[:tries] if point.place >= begun else ()) for point in line.points)
        return told.so_far(replace(line, points=tuple(shown)), dataset)

    assert first(0) == ""
    assert first(1) == "Retraining nothing: 55 of 72 in one try."
    assert first(2) == "So far retraining block 5 is ahead: 67 of 72 in one try. That can still be luck."
    assert first(6, 2) == "So far two stops are level: 67 of 72. That can be luck."


def notes(dataset: Dataset, right: Callable[[Cell], int], plan: SweepPlan | None = None, **how: object) -> str:
    return "\n".join(said(plan or SweepPlan(), dataset, right, **how).notes)


def test_every_comparison_is_under_how_sure() -> None:
    text = notes(photos_of(), lambda cell: DESIGN[cell.depth])
    assert "Several were best in the mock exam, with 93 of 100 right. The cheapest is retraining block 5." in text
    assert "Retraining nothing, against retraining block 5: −12.0 right answers (95 % interval −18.0 to −7.0)" in text
    assert "clearly fewer. 0 photos better, 12 worse (corrected p 0.002)." in text
    assert "Retraining blocks 4 and 5, against retraining block 5: no difference at all." in text
    # 4 of 72 and five comparisons: (2.576 * sqrt(4/72) + 0.842 * sqrt(4/72 - (4/72)^2))^2 / (4/72)^2 = 207, rounded up.
    assert "−4.0 right answers" in text
    assert "not clear. 0 photos better, 4 worse (corrected p 0.500). About 210 photos in the final exam" in text
    assert sure.SEVERAL_TRIES in text
    assert "Out of 100 new photos like these, expect between 85 and 97 right (retraining block 5)." in text


@pytest.mark.parametrize(
    ("doubt", "more_photos", "named", "said"),
    [
        ("", 207, "", ""),
        ("photos", None, "", ""),
        ("tries", 207, "more tries", sure.MORE_TRIES),
        ("photos", 72, "more tries", sure.MORE_TRIES),
        ("photos", 207, "210 photos", "About 210 photos in the final exam would tell a difference of this size."),
        ("photos", 10_001, "over 10,000 photos", "If there is a difference, it is too small for 10,000 photos."),
    ],
)
def test_what_would_tell_is_named_as_it_is_said(doubt, more_photos, named, said) -> None:
    each = Paired(0, -4.0, 0, 4, 0.125, 0.5, (-8.0, 0.0), doubt, more_photos)
    assert sure.would_tell(each, 72) == named
    assert sure._way_on(each, 72) == said


def test_what_the_exam_cannot_tell_is_said() -> None:
    one_try = notes(photos_of(2, exam_each=4), lambda cell: 7, SweepPlan(depths=(13, 10), seeds=(0,)))
    assert sure.ONE_TRY in one_try
    assert sure.SEVERAL_TRIES not in one_try
    assert "With 8 photos in the final exam, this is a rough idea only." in one_try
    takes = notes(photos_of(of_take=3), lambda cell: DESIGN[cell.depth])
    assert "The 72 photos of the final exam come from 24 moments. Photos of one moment count once." in takes
    assert "0 moments better, 5 worse (corrected p 0.312). About 170 photos" in takes
    assert "of one moment only for each person" in notes(photos_of(of_take=12), lambda cell: DESIGN[cell.depth])
    # The first photos of the exam are Ada's, the last ones Fay's.
    missing = notes(drop(photos_of(), "Bo"), lambda cell: 45)
    assert "The final exam says nothing about Bo, who has no photo in it." in missing
    assert "Fay was never recognised, in no try." in missing
    two = notes(drop(drop(photos_of(), "Bo"), "Ada"), lambda cell: 20)
    assert "nothing about Ada and Bo, who have no photo in it." in two
    assert "Emil and Fay were never recognised, in no try." in two
    assert "never recognised" not in notes(photos_of(), lambda cell: 61)


def test_people_whom_the_network_has_met_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sure, "seen_people", lambda network, people: tuple(people[:2]))
    met = "The network has seen photos of Ada and Bo before."
    assert met in notes(photos_of(), lambda cell: 60)
    assert met not in notes(photos_of(), lambda cell: 60, SweepPlan(starts=(FROM_NOTHING,)))


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?]) ", text)


def test_sentences_are_short_plain_and_end() -> None:
    shapes = [
        (SweepPlan(), lambda cell: DESIGN[cell.depth]),
        (SweepPlan(), lambda cell: 64 + (cell.depth == 7)),
        (SweepPlan(), lambda cell: 13),
        (SweepPlan(starts=(FROM_NOTHING,)), lambda cell: 40 if cell.depth == 0 else 15),
        (SweepPlan(starts=(Start("vggface-vgg16"),), seeds=(0,)), lambda cell: DESIGN[cell.depth]),
        (SweepPlan(depths=(10,), photos=(1, 3, None)), lambda cell: 66 if cell.photos != 1 else 20),
        (SweepPlan(depths=(13,), sizes_px=(32, 64)), lambda cell: cell.size_px),
    ]
    for plan, right in shapes:
        one = said(plan, photos_of(), right)
        plain = [one.headline, one.second, one.setting, one.question_one, one.question_two, one.why_two_exams]
        for text in [*plain, *one.notes]:
            assert text.endswith("."), text
            assert text[0].isupper() or text[0].isdigit(), text
            assert "  " not in text
        for sentence in [each for text in plain for each in _sentences(text)]:
            assert len(sentence.split()) <= 20, sentence
        for word in ("sweep", "seed", "unit", "epoch", "p-value", "arm"):
            assert not re.search(rf"\b{word}s?\b", " ".join([*plain, *one.notes]).lower()), word


def test_facts_are_plain_json_and_agree_with_the_runs(lab_home) -> None:
    dataset = made.dataset(lab_home)
    plan = SweepPlan(depths=(13, 10, 0), seeds=(0, 1))
    sweep = made_sweeps.make_sweep(lab_home, dataset, plan, made_sweeps.first_right(lambda cell: cell.depth / 13))
    found = lines(plan, results(sweep))
    given = told.facts(found, dataset)
    assert json.loads(json.dumps(given, allow_nan=False)) == given
    assert [(row["value"], row["right"], row["tries"]) for row in given["depths"]] == [
        (0, 0, 2),
        (10, 9, 2),
        (13, 12, 2),
    ]
    assert [row["test_accuracy"] for row in given["depths"]] == [0, 9 / 12, 1]
    (verdict,) = given["verdict"]
    assert (verdict["picked"], verdict["total"], verdict["guessing"]) == (13, 12, 4)
    assert [each["value"] for each in verdict["paired"]] == [10, 0]
    assert verdict["headline"] == told.told(found[0], dataset).headline


def test_facts_of_a_cross_say_which_line_a_row_is_of(lab_home) -> None:
    dataset = made.dataset(lab_home)
    plan = SweepPlan(depths=(10, 13), photos=(1, None), seeds=(0, 1))
    sweep = made_sweeps.make_sweep(lab_home, dataset, plan, made_sweeps.first_right(lambda cell: 0.75))
    given = told.facts(lines(plan, results(sweep)), dataset)
    rows = {(row["fixed"]["photos"], row["fixed"]["size"], row["value"]) for row in given["depths"]}
    assert rows == {(photos, 96, depth) for photos in (1, None) for depth in (10, 13)}
    assert {verdict["fixed"]["photos"] for verdict in given["verdict"]} == {1, None}


def test_facts_of_what_has_hardly_begun(lab_home) -> None:
    dataset = made.dataset(lab_home)
    plan = SweepPlan(depths=(13, 0), seeds=(0,))
    sweep = made_sweeps.make_sweep(lab_home, dataset, plan, made_sweeps.first_right(lambda cell: 1), done=1)
    given = told.facts(lines(plan, results(sweep)), dataset)
    assert given["verdict"] == []
    assert [row["right"] for row in given["depths"]] == [None, 12]
    assert json.dumps(given, allow_nan=False)
