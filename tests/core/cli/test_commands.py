"""What a command prints."""

from __future__ import annotations

from core.cli import commands
from core.sweeps import recommendation
from core.sweeps.plan import SweepPlan
from tests.made_sweeps import DESIGN, PLAN, SEEDS, made_lines, photos_of


def test_a_sweep_is_printed_as_a_table_that_marks_what_is_recommended() -> None:
    dataset = photos_of()
    facts = recommendation.facts(made_lines(PLAN, dataset, lambda cell: DESIGN[cell.depth]), dataset)
    first, *rows = commands._sweep_table(facts).splitlines()
    assert first == "face-vgg-mini: right of 144 (guessing: 24)"
    assert [row.split() for row in rows[:2]] == [
        ["frozen", "layers", "13", "110.0", "clearly", "worse"],
        ["frozen", "layers", "10", "134.0", "as", "good", "recommended"],
    ]
    assert len(rows) == 6


def test_all_photos_are_called_so_and_an_unfinished_sweep_goes_on() -> None:
    dataset, plan = photos_of(), SweepPlan(depths=(13,), photos=(1, None), seeds=SEEDS)
    facts = recommendation.facts(made_lines(plan, dataset, lambda cell: 132), dataset)
    assert "photos a person all" in commands._sweep_table(facts)
    assert "goes on with it" in commands._sweep_table({"verdict": []})
