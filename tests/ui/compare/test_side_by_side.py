"""Runs side by side: the table shows only what differs, and what came out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.config import TrainConfig
from core.evaluation import metrics
from core.experiments import listing
from core.experiments.listing import ListedRun
from core.jobfolder import JobFolder
from core.sweeps.plan import SweepPlan
from core.workspace import Workspace
from tests import fakes
from tests.made_sweeps import first_right, make_sweep
from tests.pages import reading
from ui.compare import side_by_side
from ui.test import evaluation
from ui.text import common
from ui.text import compare as words

PEOPLE = ("Ada", "<b>Bo</b>", "Chen")
CONFIG = TrainConfig(freeze_depth=10, image_size_px=48)


class Cells(HTMLParser):
    """Reads the rows of a table."""

    def __init__(self, table: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.feed(table)

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_data(self, data):
        self.rows[-1][-1] += data


@pytest.fixture
def row_with(lab_home):
    dataset = fakes.dataset(lab_home)

    def row_with(**changes: object) -> ListedRun:
        return listing.read_listed_run(fakes.run(lab_home, dataset, config=CONFIG.with_changes(**changes)))

    return row_with


def told(*rows: ListedRun) -> dict[str, list[str]]:
    return {name: values for name, *values in Cells(side_by_side._table(rows)).rows[1:]}


def test_the_same_settings_are_said_to_be_the_same(row_with):
    table = side_by_side._table((row_with(), row_with()))
    assert words.SAME_SETTINGS in table


def test_what_came_out_stands_below_and_what_is_not_known_is_no_number(row_with):
    first, second = row_with(), row_with(seed=1)
    result = {"test_correct": 9, "test_total": 12, "val_accuracy": 0.75, "trainable_parameters": 443526, "seconds": 6.4}
    JobFolder(first.run.path).write_result(result)
    cells = told(listing.read_listed_run(first.run), second)
    assert cells[words.FINAL_EXAM] == [common.exam(9, 12), common.exam(11, 12)]
    assert cells[words.LEARNED] == ["443,526", words.UNKNOWN]
    assert cells[words.TIME][1] == words.UNKNOWN
    assert "75" in cells[words.MOCK_EXAM][0]


def script(root: str, *preset: str) -> None:
    from pathlib import Path

    from core.experiments import listing
    from core.workspace import Workspace
    from ui.compare import side_by_side

    workspace = Workspace(Path(root))
    listed = listing.list_all(workspace)
    side_by_side.show(list(listed.all_tested), preset)


def opened(workspace: Workspace, *preset: str) -> AppTest:
    app = AppTest.from_function(script, args=(str(workspace.root), *preset), default_timeout=30).run()
    assert not app.exception, app.exception
    return app


def test_two_to_four_of_any_experiments_stand_side_by_side(lab_home):
    dataset = fakes.dataset(lab_home)
    plan = SweepPlan(depths=(10, 13), seeds=(0, 1))
    sweep = make_sweep(lab_home, dataset, plan, first_right(lambda cell: 0.5))
    alone = fakes.run(lab_home, dataset, config=CONFIG)
    tries = [run.id for _, run in sweep.members()]
    app = opened(lab_home, alone.id, tries[0])
    (choice,) = app.multiselect
    assert len(choice.options) == 5
    assert reading.html(app).count('<table aria-label="') == 2
    choice.set_value([*choice.value, *tries[1:3]]).run()
    assert not app.exception, app.exception
    assert reading.html(app).count('<table aria-label="') == 4
    assert common.exam(11, 12) in reading.html(app)


def test_one_alone_asks_for_another(lab_home):
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    app = opened(lab_home, run.id)
    assert [each.value for each in app.markdown] == [words.CHOOSE_TWO]
    assert "<table" not in reading.html(app)


def test_tries_that_are_called_the_same_can_be_told_apart(lab_home):
    dataset = fakes.dataset(lab_home)
    runs = [fakes.run(lab_home, dataset, config=CONFIG) for _ in range(3)]
    for run in runs:
        run.job.rename("the same")
    titles = [side_by_side._titles(listing.list_all(lab_home).tested)[run.id] for run in runs]
    assert len(set(titles)) == 3


def test_other_exam_photos_are_said_to_be_others(lab_home):
    here = fakes.run(lab_home, fakes.dataset(lab_home))
    there = fakes.run(lab_home, fakes.dataset(lab_home, ("Dora", "Emil"), "made2"))
    app = opened(lab_home, here.id, there.id)
    assert words.OTHER_EXAMS in [each.value for each in app.markdown]
    assert reading.html(app).count('<table aria-label="') == 2
    same = opened(lab_home, here.id, fakes.run(lab_home, fakes.dataset(lab_home)).id)
    assert words.OTHER_EXAMS not in [each.value for each in same.markdown]


def test_a_deleted_try_among_the_preset_is_left_out(lab_home):
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    app = opened(lab_home, run.id, "gone")
    assert len(app.multiselect[0].value) == 1


def test_each_has_its_letter_and_a_column_in_the_order_of_choice(row_with):
    rows = [row_with(freeze_depth=depth) for depth in (13, 10, 0)]
    head, frozen, *_ = Cells(side_by_side._table(rows)).rows
    assert head == [words.WHAT_DIFFERS_HERE, "A", "B", "C"]
    assert frozen[1:] == ["all blocks frozen", "block 5 retrained", "all blocks learn"]


def test_a_preset_of_more_than_can_be_shown_is_cut(lab_home):
    dataset = fakes.dataset(lab_home)
    runs = [fakes.run(lab_home, dataset, config=CONFIG.with_changes(seed=seed)) for seed in range(5)]
    app = opened(lab_home, *(run.id for run in runs))
    assert len(app.multiselect[0].value) == 4
    assert reading.html(app).count('<table aria-label="') == 4


def test_names_are_text(lab_home):
    dataset = fakes.dataset(lab_home)
    runs = [fakes.run(lab_home, dataset, config=CONFIG.with_changes(seed=seed)) for seed in range(2)]
    for run in runs:
        run.job.rename("<i>mine</i> & co")
    drawn = reading.html(opened(lab_home, *(run.id for run in runs)))
    assert "<b>" not in drawn.replace("<b>A</b>", "").replace("<b>B</b>", "")
    assert "Bo **bold** &lt;b&gt;" in drawn
    assert "<i>" not in drawn


def test_a_run_that_did_not_retrain_is_not_called_retrained_and_counts_what_learned(row_with):
    first, second = row_with(epochs=20, head_epochs=10), row_with(epochs=20, head_epochs=10, freeze_depth=13)
    result = {**first.run.summary(), "kept_epoch": 10, "epochs_run": 20, "trainable_parameters": 443526}
    JobFolder(first.run.path).write_result(result)
    rows = listing.read_listed_run(first.run), second
    cells = told(*rows)
    assert cells["Frozen blocks"] == ["block 5 kept as it was", "all blocks frozen"]
    # Only the new last layers learned: 128 features to 3 people.
    assert cells[words.LEARNED][0] == "387"
    assert all("retrained" not in title for title in side_by_side._titles(rows).values())


def test_every_number_stands_in_its_row_and_column(lab_home) -> None:
    found = evaluation.of_run(fakes.run(lab_home, fakes.dataset(lab_home, PEOPLE)))
    drawn = side_by_side._matrix(0, found, np.arange(3))
    rows = drawn[drawn.index("<tbody>") :].split("<tr>")[1:]
    counts = [[int(n or 0) for n in re.findall(r"<td[^>]*>(\d*)</td>", row)] for row in rows]
    assert counts == found.result.confusion.tolist()
    assert "<b>Bo</b>" not in drawn
    assert drawn.count("&lt;b&gt;Bo&lt;/b&gt;</span>") == 2


def test_right_and_wrong_have_other_colours_and_more_is_darker() -> None:
    cells = (((1, 9), True), ((1, 9), False), ((9, 9), True))
    right, wrong, more = (side_by_side._cell(*cell, right=is_right) for cell, is_right in cells)
    assert len({right, wrong, more}) == 3
    assert side_by_side._cell(0, 9, right=True) == "<td></td>"


@pytest.mark.parametrize("people", [2, 6, 10, metrics.MOST_PEOPLE])
@pytest.mark.parametrize("shown", [2, 3, 4])
def test_they_fit_on_a_projector(shown: int, people: int) -> None:
    names_px = side_by_side.SHORT_NAMES_PX if people >= side_by_side.SHORT_FROM else side_by_side.NAMES_PX
    side_px, in_row = side_by_side._fit(shown, people, names_px)
    assert in_row * ((side_px + side_by_side.GAP_PX) * people + names_px) <= side_by_side.PAGE_PX
    assert side_px >= side_by_side.SMALLEST_PX
    assert in_row > 1


def test_of_very_many_people_the_most_confused_of_all_runs_are_shown() -> None:
    first, second = (np.diag([9] * 25) for _ in range(2))
    first[24, 0] = second[23, 0] = 5
    shown = side_by_side._most_confused([first, second]).tolist()
    assert len(shown) == metrics.MOST_PEOPLE
    assert {0, 23, 24} <= set(shown)
