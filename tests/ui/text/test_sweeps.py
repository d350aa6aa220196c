"""What a sweep has shown, word for word."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from core.data.dataset import Dataset
from core.experiments.outcome import Outcome
from core.sweeps import recommendation
from core.sweeps.plan import Cell, Start, SweepPlan
from tests.made_sweeps import DESIGN, FROM_NOTHING, MINI, PLAN, SECONDS, SEEDS, drop, made_lines, photos_of
from ui.text import sweep_answers as answers
from ui.text import sweep_evidence as evidence
from ui.text.sweep_names import point_name
from ui.text.sweeps import Conclusion, conclusion, so_far


def said(plan: SweepPlan, dataset: Dataset, right: Callable[[Cell], int], **how: object) -> Conclusion:
    (line,) = made_lines(plan, dataset, right, **how)  # type: ignore[arg-type]
    return conclusion(line, dataset)


def name(depth: int, start: Start = MINI) -> str:
    """Name a stop as the sentences do."""
    (line,) = made_lines(replace(PLAN, starts=(start,), depths=(depth,)), photos_of(), lambda cell: 100)
    return point_name(line, line.points[0]).text


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
    assert said(PLAN, photos_of(), lambda cell: 144).second == answers.TOO_EASY
    almost = said(PLAN, photos_of(), lambda cell: 144 - (cell.seed == 0 and cell.depth == 0))
    assert almost.second.startswith("It gave 144 of 144.")


def test_guessing_is_no_learning() -> None:
    one = said(PLAN, photos_of(), lambda cell: 25 + cell.depth // 5)
    assert one.headline == "Nothing is clearly better than guessing: 25 to 27 of 144. Guessing gives 24."
    assert one.second == "More practice photos or more rounds may help."
    assert one.question_two.endswith("How many blocks must be retrained stays open.")
    assert not any(note.startswith("Out of 100") for note in one.notes)


def test_an_exam_that_is_too_small_is_not_called_a_failure_to_learn() -> None:
    one = said(SweepPlan(depths=(13, 10), seeds=(0,)), photos_of(2, test_each=2), lambda cell: 4)
    assert one.headline == "Nothing is clearly better than guessing: 4 of 4. Guessing gives 2."
    assert one.second == "This final exam has too few photos to tell."
    assert one.setting == "Mini network, two people, 10 practice photos each, 1 try a stop."
    takes = said(SweepPlan(depths=(13, 10), seeds=(0,)), photos_of(2, test_each=12, of_group=12), lambda cell: 24)
    assert takes.second == "The photos of this final exam show too few different moments to tell."


def test_an_exam_in_which_nothing_could_be_shown_says_so() -> None:
    """Twenty-four photos with the same answers everywhere are no proof that a stop is at most one behind."""
    one = said(replace(PLAN, depths=(13, 10)), photos_of(4, test_each=6), lambda cell: 20)
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

    (line,) = made_lines(PLAN, photos_of(), lambda cell: DESIGN[cell.depth], outcome=kept)
    one = conclusion(line, photos_of())
    assert one.unlearned == (
        f"{first(10)}: in 2 of 5 tries, a round was kept from before all blocks that were to learn did.",
    )
    assert one.headline == f"{first(7)} is enough: 134 of 144."
    assert recommendation.point_of(line, 1).unlearned == 2
    assert recommendation.facts([line], photos_of())["depths"][4]["unlearned"] == 2


def test_from_nothing_is_training_not_retraining() -> None:
    plan = replace(PLAN, starts=(MINI, FROM_NOTHING))
    dataset = photos_of()
    both = made_lines(plan, dataset, lambda c: DESIGN[c.depth] if c.start.pretrained else 80 if c.depth == 0 else 30)
    one, other = (conclusion(line, dataset, is_named=True) for line in both)
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


def test_without_a_verdict_there_is_no_conclusion() -> None:
    dataset, no_exam = photos_of(), photos_of(test_each=0)
    (line,) = made_lines(SweepPlan(), dataset, lambda cell: DESIGN[cell.depth])
    last = replace(line.points[0], results=line.points[0].results[:2])
    with pytest.raises(ValueError, match="all its tries"):
        conclusion(replace(line, points=(last, *line.points[1:])), dataset)
    said = "The final exam has no photo with a name, so nothing can be compared."
    assert so_far(replace(line, points=()), no_exam) == said


def test_so_far_is_careful() -> None:
    dataset = photos_of()
    (line,) = made_lines(SweepPlan(), dataset, lambda cell: DESIGN[cell.depth])

    def begun_with(points: int, tries: int = 1) -> str:
        """Let the quick ones have some tries."""
        begun = len(line.points) - points
        shown = (replace(point, results=point.results[:tries] if point.place >= begun else ()) for point in line.points)
        return so_far(replace(line, points=tuple(shown)), dataset)

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
    assert evidence.LUCK in text
    assert evidence.ONE_TRY not in text
    assert evidence.MOCK_IS_A_PICK in text
    assert "Out of 100 new photos like these, expect between 88 and 96 right" in text


def test_what_is_surely_ahead_and_what_would_help_are_said() -> None:
    best = notes(photos_of(), lambda cell: {**dict.fromkeys(DESIGN, 60), 7: 132}[cell.depth])
    assert f"{first(7)}: as good." in best
    assert "Surely ahead of all others." in best
    one_try = notes(photos_of(), lambda cell: DESIGN[cell.depth], replace(PLAN, seeds=(0,)))
    assert evidence.ONE_TRY in one_try
    assert evidence.LUCK not in one_try
    assert "these photos cannot tell." in one_try
    assert "More tries would help most." in one_try


def test_what_the_exam_cannot_tell_is_said() -> None:
    rough = notes(photos_of(2, test_each=4), lambda cell: 7, SweepPlan(depths=(13, 10), seeds=(0,)))
    assert "With 8 photos in the final exam, this is a rough idea only." in rough
    takes = notes(photos_of(of_group=3), lambda cell: DESIGN[cell.depth])
    assert "The 144 photos of the final exam come from 48 moments. Photos of one moment count once." in takes
    assert "of one moment only for each person" in notes(photos_of(of_group=24), lambda cell: DESIGN[cell.depth])
    # The first photos of the exam are Ada's, the last ones Fay's.
    missing = notes(drop(photos_of(), "Bo"), lambda cell: 90)
    assert "The final exam says nothing about Bo, who has no photo in it." in missing
    assert "Fay was never recognised, in no try." in missing
    two = notes(drop(drop(photos_of(), "Bo"), "Ada"), lambda cell: 40)
    assert "nothing about Ada and Bo, who have no photo in it." in two
    assert "Emil and Fay were never recognised, in no try." in two
    assert "never recognised" not in notes(photos_of(), lambda cell: 121)


def test_people_whom_the_network_has_met_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recommendation, "known_people", lambda network, people: tuple(people[:2]))
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
