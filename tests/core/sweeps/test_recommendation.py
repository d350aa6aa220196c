"""What a sweep has shown, as data."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.sweeps import recommendation
from core.sweeps.plan import SweepPlan
from core.sweeps.results import lines, results
from tests import fakes, made_sweeps
from tests.made_sweeps import DESIGN, PLAN, drop, made_lines, photos_of


def test_settings_are_cheapest_first_and_places_smallest_first() -> None:
    dataset = photos_of()
    (depths,) = made_lines(SweepPlan(), dataset, lambda cell: 60)
    assert [depths.points[recommendation.place_of(depths, setting)].value for setting in range(6)] == [
        13,
        10,
        7,
        4,
        2,
        0,
    ]
    (photos,) = made_lines(SweepPlan(depths=(13,), photos=(1, None, 3)), dataset, lambda cell: 60)
    assert [photos.points[recommendation.place_of(photos, setting)].value for setting in range(3)] == [1, 3, None]


def test_no_verdict_before_the_last_try_and_none_without_an_exam() -> None:
    dataset = photos_of()
    (line,) = made_lines(SweepPlan(), dataset, lambda cell: DESIGN[cell.depth])
    assert recommendation.verdict_of(line, dataset) is recommendation.verdict_of(line, dataset) is not None
    last = replace(line.points[0], results=line.points[0].results[:2])
    unfinished = replace(line, points=(last, *line.points[1:]))
    assert recommendation.verdict_of(unfinished, dataset) is None
    no_exam = photos_of(test_each=0)
    empty = replace(line, points=())
    assert recommendation.verdict_of(empty, no_exam) is None


def test_what_the_exam_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = drop(photos_of(of_group=3), "Bo")
    (line,) = made_lines(PLAN, dataset, lambda cell: 90)
    monkeypatch.setattr(recommendation, "known_people", lambda network, people: tuple(people[:2]))
    limits = recommendation.limits_of_test(line, dataset)
    assert (limits.photos, limits.groups, limits.is_rough, limits.one_group_each) == (120, 40, False, False)
    # The first photos of the exam are Ada's, the last ones Fay's.
    assert (limits.untested, limits.never_recognised) == (("Bo",), ("Fay",))
    assert limits.seen_before == ("Ada", "Bo")


def test_facts_name_what_is_recommended_and_what_the_exam_cannot_tell() -> None:
    dataset = photos_of()
    given = recommendation.facts(made_lines(PLAN, dataset, lambda cell: DESIGN[cell.depth]), dataset)
    (verdict,) = given["verdict"]
    assert (verdict["kind"], verdict["recommended"]) == ("enough", 10)
    assert [row["value"] for row in verdict["standings"] if row["recommended"]] == [10]
    assert [row["right"] for row in verdict["standings"]][:2] == [110, 134]
    assert verdict["test_limits"]["groups"] == 144
    assert json.loads(json.dumps(given, allow_nan=False)) == given


def test_facts_are_plain_json_and_agree_with_the_runs(lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    plan = SweepPlan(depths=(13, 10, 0), seeds=(0, 1))
    sweep = made_sweeps.make_sweep(lab_home, dataset, plan, made_sweeps.first_right(lambda cell: cell.depth / 13))
    found = lines(plan, results(sweep))
    given = recommendation.facts(found, dataset)
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
    assert [(each["right"], each["recommended"]) for each in verdict["standings"]] == [
        (12, False),
        (9, False),
        (0, False),
    ]
    assert (verdict["recommended"], verdict["tied"]) == (None, [])


def test_facts_of_a_cross_say_which_line_a_row_is_of(lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    plan = SweepPlan(depths=(10, 13), photos=(1, None), seeds=(0, 1))
    sweep = made_sweeps.make_sweep(lab_home, dataset, plan, made_sweeps.first_right(lambda cell: 0.75))
    given = recommendation.facts(lines(plan, results(sweep)), dataset)
    rows = {(row["fixed"]["photos"], row["fixed"]["size"], row["value"]) for row in given["depths"]}
    assert rows == {(photos, 96, depth) for photos in (1, None) for depth in (10, 13)}
    assert {verdict["fixed"]["photos"] for verdict in given["verdict"]} == {1, None}


def test_facts_of_what_has_hardly_begun(lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    plan = SweepPlan(depths=(13, 0), seeds=(0,))
    sweep = made_sweeps.make_sweep(lab_home, dataset, plan, made_sweeps.first_right(lambda cell: 1), done=1)
    given = recommendation.facts(lines(plan, results(sweep)), dataset)
    assert given["verdict"] == []
    assert [row["right"] for row in given["depths"]] == [None, 12]
    assert json.dumps(given, allow_nan=False)
