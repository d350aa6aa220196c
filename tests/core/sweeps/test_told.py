from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core.config import CropConfig, Split, SplitConfig
from core.data.dataset import Dataset, Item
from core.experiments.outcome import Outcome
from core.sweeps import headline, recommendation, sure, told
from core.sweeps.naming import place_name
from core.sweeps.plan import Cell, Start, SweepPlan
from core.sweeps.results import Line, Result, exam, lines, results
from tests import made_sweeps
from tests.pages import made

PEOPLE = ("Ada", "Bo", "Chen", "Dora", "Emil", "Fay")
MINI, FROM_NOTHING = Start("face-vgg-mini"), Start("face-vgg-mini", False)
# As in the picture of the design: seconds of a try, and right answers of 144, by frozen layers.
SECONDS = {0: 19.0, 2: 17.0, 4: 13.0, 7: 9.0, 10: 5.0, 13: 2.0}
DESIGN = {0: 133, 2: 134, 4: 133, 7: 134, 10: 134, 13: 110}
SEEDS = (0, 1, 2, 3, 4)
PLAN = SweepPlan(seeds=SEEDS)


def photos_of(people: int = 6, *, exam_each: int = 24, of_take: int = 1, practice: int = 10) -> Dataset:
    """Return a data set without pictures; each person's photos are in takes of `of_take`."""
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
    outcome: Callable[[Cell], Outcome] = lambda cell: Outcome(),
) -> tuple[Line, ...]:
    """Let so many photos of a cell be right, the first ones; the mock exam says the same."""
    n = len(exam(dataset))
    labels = np.array([dataset.people.index(item.person or "") for item in exam(dataset)], np.int64)
    found = []
    for cell in plan.cells():
        seconds = SECONDS.get(cell.depth, 3.0) * (cell.photos or 10) / 10
        often, share = int(np.bincount(labels).max()), right(cell) / n
        found.append(Result(cell, "run", np.arange(n) < right(cell), share, seconds, 1, often, outcome(cell)))
    return lines(plan, found)


def said(plan: SweepPlan, dataset: Dataset, right: Callable[[Cell], int], **how: object) -> told.Told:
    (line,) = drawn(plan, dataset, right, **how)  # type: ignore[arg-type]
    return told.told(line, dataset)


def name(depth: int, start: Start = MINI) -> str:
    """Name a stop as the sentences do."""
    (line,) = drawn(replace(PLAN, starts=(start,), depths=(depth,)), photos_of(), lambda cell: 100)
    return place_name(line, line.points[0]).text


def first(depth: int, start: Start = MINI) -> str:
    return name(depth, start)[:1].upper() + name(depth, start)[1:]


def test_the_headline_of_the_design() -> None:
    one = said(PLAN, photos_of(), lambda cell: DESIGN[cell.depth])
    assert one.headline == f"{first(10)} is enough: 134 of 144."
    assert one.second == (
        f"{first(13)} is clearly worse: 110. Retraining more gave 134 at most and took up to 3 times as long."
    )
    assert one.setting == "Mini network, six people, 10 practice photos each, 5 tries a stop."
    assert one.margin == "Enough, or as good, means: at most 6 of 144 right answers behind any other."
    assert one.unlearned == ()
    assert one.question_one == (
        "With all blocks frozen, the Mini network gets 110 of 144 new photos right. Guessing gives 24."
    )
    assert one.question_two == "The Mini network needs 1 of its 5 blocks (3 of 13 layers) retrained: 134 of 144."


def test_what_is_only_not_clearly_worse_is_not_called_enough() -> None:
    """Tries of the cheaper one scatter, so that it is not clearly worse; nobody would call it enough."""
    right = {(10, 0): 134, (13, 0): 134, (13, 1): 112, (13, 2): 137, (13, 3): 138, (13, 4): 110, (0, 0): 60}
    one = said(
        replace(PLAN, depths=(0, 10, 13)),
        photos_of(),
        lambda cell: right.get((cell.depth, cell.seed), right.get((cell.depth, 0), 0)),
    )
    assert one.headline == f"{first(10)} is enough: 134 of 144."
    assert one.second == (
        "Whether retraining less is enough too, these photos cannot tell. "
        "Retraining more gave 60 and took up to 3 times as long."
    )
    assert "can do with 1 of its 5 blocks" in one.question_two


def test_where_nothing_is_shown_to_be_as_good_the_photos_cannot_tell() -> None:
    def scattered(cell: Cell) -> int:
        return 30 if cell.depth == 13 else 124 + (0, 14, -16, 10, -4)[(cell.seed + cell.depth // 5) % 5]

    one = said(replace(PLAN, depths=(0, 10, 13)), photos_of(), scattered)
    assert one.headline == "These photos cannot tell which is best."
    assert one.second == (
        f"{first(13)} is clearly worse: 30. The other two stops gave 125 of 144. More tries would help most."
    )
    assert one.question_two == (
        "These photos cannot tell how many blocks must be retrained in the Mini network. "
        "Some must be: with all frozen it is clearly worse."
    )
    assert not any(note.startswith("Out of 100") for note in one.notes)


def test_several_that_are_clearly_worse_are_named_together() -> None:
    right = {13: 30, 10: 40, 7: 132, 0: 133}
    one = said(replace(PLAN, depths=tuple(right)), photos_of(), lambda cell: right[cell.depth])
    assert one.headline == f"{first(7)} is enough: 132 of 144."
    assert one.second.startswith(f"Clearly worse: {name(13)} and {name(10)}, 30 to 40. Retraining more gave 133 and")


def test_the_best_is_told_with_what_others_gave() -> None:
    best = {**dict.fromkeys(DESIGN, 60), 7: 132, 13: 40}
    one = said(PLAN, photos_of(), lambda cell: best[cell.depth])
    assert one.headline == f"{first(7)} is best: 132 of 144."
    assert (
        one.second == "All others are clearly worse. Retraining less gave 60 at most. Retraining more gave 60 at most."
    )
    assert one.question_two == "The Mini network is best with 2 of its 5 blocks (6 of 13 layers) retrained: 132 of 144."


def test_as_good_with_all_frozen_keeps_them_frozen() -> None:
    one = said(PLAN, photos_of(), lambda cell: 134 + (cell.depth == 7))
    assert one.headline == "Keep all blocks frozen: just as good, and fastest."
    assert one.second == "It gave 134 of 144. Retraining more gave 135 at most and took up to 9 times as long."
    assert one.question_two == "The Mini network can do with none of its 5 blocks retrained: 134 of 144."


def test_fastest_is_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SECONDS, 13, 30.0)
    one = said(PLAN, photos_of(), lambda cell: 134)
    assert one.headline == "Keep all blocks frozen: just as good."
    assert one.second == "It gave 134 of 144. Retraining more gave 134 at most."


def test_the_cheapest_that_was_tried_need_not_be_all_frozen() -> None:
    one = said(replace(PLAN, depths=(10, 0)), photos_of(), lambda cell: 134)
    assert one.headline == f"{first(10)} is enough: 134 of 144."
    assert one.question_two.startswith("The Mini network can do with 1 of its 5 blocks (3 of 13 layers) retrained")
    assert one.question_one == "Here the Mini network was not tried with all blocks frozen."


def test_everything_right_is_too_easy_but_almost_everything_is_not() -> None:
    assert said(PLAN, photos_of(), lambda cell: 144).second == headline.TOO_EASY
    almost = said(PLAN, photos_of(), lambda cell: 144 - (cell.seed == 0 and cell.depth == 0))
    assert almost.second.startswith("It gave 144 of 144.")


def test_guessing_is_no_learning() -> None:
    one = said(PLAN, photos_of(), lambda cell: 25 + cell.depth // 5)
    assert one.headline == "Nothing is clearly better than guessing: 25 to 27 of 144. Guessing gives 24."
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


def test_an_exam_in_which_nothing_could_be_shown_says_so() -> None:
    """Twenty-four photos with the same answers everywhere are no proof that a stop is at most one behind."""
    one = said(replace(PLAN, depths=(13, 10)), photos_of(4, exam_each=6), lambda cell: 20)
    assert one.headline == "These photos cannot tell which is best."
    assert one.second == "The two stops gave 20 of 24. This final exam has too few photos to tell."


def test_a_single_stop_is_told_without_a_comparison() -> None:
    one = said(SweepPlan(depths=(13,)), photos_of(), lambda cell: 120)
    assert one.headline == f"{first(13)}: 120 of 144."
    assert one.second == "Only this one was tried, so there is nothing to compare it with."
    assert one.margin == ""
    assert not any("as good" in note.lower() for note in one.notes)


def test_a_stop_that_did_not_learn_is_named_and_never_taken() -> None:
    """In some tries a round was kept in which the new last layers had learned alone: that is no retraining."""

    def kept(cell: Cell) -> Outcome:
        return Outcome("kept_frozen" if cell.depth == 10 and cell.seed < 2 else "learned", head_epochs=10, kept_epoch=9)

    (line,) = drawn(PLAN, photos_of(), lambda cell: DESIGN[cell.depth], outcome=kept)
    one = told.told(line, photos_of())
    assert one.unlearned == (
        f"{first(10)}: in 2 of 5 tries, a round was kept from before all blocks that were to learn did.",
    )
    assert one.headline == f"{first(7)} is enough: 134 of 144."
    assert recommendation.point_of(line, 1).unlearned == 2
    assert told.facts([line], photos_of())["depths"][4]["unlearned"] == 2


def test_from_nothing_is_training_not_retraining() -> None:
    plan = replace(PLAN, starts=(MINI, FROM_NOTHING))
    dataset = photos_of()
    both = drawn(plan, dataset, lambda c: DESIGN[c.depth] if c.start.pretrained else 80 if c.depth == 0 else 30)
    one, other = (told.told(line, dataset, is_named=True) for line in both)
    assert one.headline == f"With the Mini network, {name(10)} is enough: 134 of 144."
    assert other.headline == f"With the untrained Mini network, {name(0, FROM_NOTHING)} is best: 80 of 144."
    assert other.question_two == (
        "The untrained Mini network is best with all of its 5 blocks (13 layers) trained: 80 of 144."
    )
    assert "retrain" not in " ".join([other.headline, other.second, other.question_one, *other.notes]).lower()


def test_practice_photos() -> None:
    plan = SweepPlan(depths=(10,), photos=(1, 3, 5, None), seeds=SEEDS)
    right = {1: 60, 3: 132, 5: 132, None: 132}
    one = said(plan, photos_of(), lambda cell: right[cell.photos])
    assert one.headline == "3 practice photos of each person are enough: 132 of 144."
    assert one.second == (
        "1 practice photo of each person is clearly worse: 60. "
        "More photos gave 132 at most and took up to 3 times as long."
    )
    assert one.setting.startswith("Mini network, six people, block 5")
    assert one.setting.endswith("5 tries each.")
    assert one.question_one == "Here the Mini network was not tried with all blocks frozen."
    assert "does not say how many layers" in one.question_two
    tie = said(plan, photos_of(), lambda cell: 132)
    assert tie.headline == "1 practice photo of each person is enough: 132 of 144."


def test_face_sizes() -> None:
    plan = SweepPlan(depths=(13,), sizes_px=(96, 32, 64), seeds=SEEDS)
    right = {32: 60, 64: 132, 96: 132}
    one = said(plan, photos_of(practice=1), lambda cell: right[cell.size_px])
    assert one.headline == "Faces of 64 × 64 points are enough: 132 of 144."
    assert one.second == "Faces of 32 × 32 points are clearly worse: 60. Larger faces gave 132."
    assert one.question_one.startswith(
        "With all blocks frozen and faces of 96 × 96 points, the Mini network gets 132 of"
    )
    tie = said(plan, photos_of(), lambda cell: 132)
    assert tie.headline == "Faces of 32 × 32 points are enough: 132 of 144."


def test_single_layers_of_another_network() -> None:
    plan = SweepPlan(starts=(Start("vggface2-resnet50"),), sizes_px=(224,), depths=(17, 16, 13, 0), seeds=SEEDS)
    one = said(plan, photos_of(), lambda cell: 80 if cell.depth == 17 else 132)
    assert one.headline.endswith("the last layer is enough: 132 of 144.")
    assert one.question_two == (
        "The VGGFace2 ResNet-50 network needs 1 of its 17 layers retrained: 132 of 144. "
        "Not every number of stages was tried."
    )


@pytest.mark.parametrize(
    ("network", "depth", "name"),
    [
        ("face-vgg-mini", 13, "no block"),
        ("face-vgg-mini", 12, "the last layer"),
        ("vggface-vgg16", 11, "the last 2 layers"),
        ("vggface-vgg16", 10, "block 5"),
        ("imagenet-vgg19", 8, "blocks 4 and 5"),
        ("face-vgg-mini", 2, "blocks 2 to 5"),
        ("face-vgg-mini", 1, "the last 12 layers"),
        ("face-vgg-mini", 0, "all blocks"),
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

    def begun_with(points: int, tries: int = 1) -> str:
        """Let the quick ones have some tries."""
        begun = len(line.points) - points
        shown = (replace(point, results=point.results[:tries] if point.place >= begun else ()) for point in line.points)
        return told.so_far(replace(line, points=tuple(shown)), dataset)

    assert begun_with(0) == ""
    assert begun_with(1) == f"{first(13)}: 110 of 144 in one try."
    assert begun_with(2) == f"So far {name(10)} is ahead: 134 of 144 in one try. That can still be luck."
    assert begun_with(6, 2) == "So far three stops are level: 134 of 144. That can be luck."


def notes(dataset: Dataset, right: Callable[[Cell], int], plan: SweepPlan = PLAN) -> str:
    return "\n".join(said(plan, dataset, right).notes)


def test_every_stop_has_its_word_and_its_numbers_under_how_sure() -> None:
    text = notes(photos_of(), lambda cell: DESIGN[cell.depth])
    assert f"{first(13)}: clearly worse. Against {name(10)}: −24.0 right answers (95 % interval −" in text
    assert "Luck alone: p below 0.001, corrected." in text
    assert f"{first(7)}: as good. Against {name(10)}: 0 right answers (95 % interval −2.8 to +2.8). At most 2." in text
    assert sure.LUCK in text
    assert sure.ONE_TRY not in text
    assert sure.MOCK_IS_A_PICK in text
    assert "Out of 100 new photos like these, expect between 88 and 96 right" in text


def test_what_is_surely_ahead_and_what_would_help_are_said() -> None:
    best = notes(photos_of(), lambda cell: {**dict.fromkeys(DESIGN, 60), 7: 132}[cell.depth])
    assert f"{first(7)}: as good." in best
    assert "Surely ahead of all others." in best
    one_try = notes(photos_of(), lambda cell: DESIGN[cell.depth], replace(PLAN, seeds=(0,)))
    assert sure.ONE_TRY in one_try
    assert sure.LUCK not in one_try
    assert "these photos cannot tell." in one_try
    assert "More tries would help most." in one_try


def test_what_the_exam_cannot_tell_is_said() -> None:
    rough = notes(photos_of(2, exam_each=4), lambda cell: 7, SweepPlan(depths=(13, 10), seeds=(0,)))
    assert "With 8 photos in the final exam, this is a rough idea only." in rough
    takes = notes(photos_of(of_take=3), lambda cell: DESIGN[cell.depth])
    assert "The 144 photos of the final exam come from 48 moments. Photos of one moment count once." in takes
    assert "of one moment only for each person" in notes(photos_of(of_take=24), lambda cell: DESIGN[cell.depth])
    # The first photos of the exam are Ada's, the last ones Fay's.
    missing = notes(drop(photos_of(), "Bo"), lambda cell: 90)
    assert "The final exam says nothing about Bo, who has no photo in it." in missing
    assert "Fay was never recognised, in no try." in missing
    two = notes(drop(drop(photos_of(), "Bo"), "Ada"), lambda cell: 40)
    assert "nothing about Ada and Bo, who have no photo in it." in two
    assert "Emil and Fay were never recognised, in no try." in two
    assert "never recognised" not in notes(photos_of(), lambda cell: 121)


def test_people_whom_the_network_has_met_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sure, "known_people", lambda network, people: tuple(people[:2]))
    met = "The network has seen photos of Ada and Bo before."
    assert met in notes(photos_of(), lambda cell: 60)
    assert met not in notes(photos_of(), lambda cell: 60, SweepPlan(starts=(FROM_NOTHING,)))


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?]) ", text)


def test_sentences_are_short_plain_and_end() -> None:
    shapes = [
        (PLAN, lambda cell: DESIGN[cell.depth]),
        (PLAN, lambda cell: 134 + (cell.depth == 7)),
        (PLAN, lambda cell: 134 - 2 * (cell.seed * cell.depth % 9)),
        (PLAN, lambda cell: 25),
        (replace(PLAN, starts=(FROM_NOTHING,)), lambda cell: 80 if cell.depth == 0 else 30),
        (SweepPlan(starts=(Start("vggface-vgg16"),), seeds=(0,)), lambda cell: DESIGN[cell.depth]),
        (SweepPlan(depths=(10,), photos=(1, 3, None)), lambda cell: 132 if cell.photos != 1 else 40),
        (SweepPlan(depths=(13,), sizes_px=(32, 64)), lambda cell: 2 * cell.size_px),
    ]
    for plan, right in shapes:
        one = said(plan, photos_of(), right)
        plain = [one.headline, one.second, one.setting, one.margin, one.question_one, one.question_two]
        plain.append(one.why_two_exams)
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
    assert (verdict["total"], verdict["guessing"], verdict["margin_right"]) == (12, 4, 1)
    assert [(each["value"], each["word"]) for each in verdict["standings"]] == [
        (13, "cannot_tell"),
        (10, "cannot_tell"),
        (0, "clearly_worse"),
    ]
    assert (verdict["take"], verdict["tied"]) == (None, [])
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
