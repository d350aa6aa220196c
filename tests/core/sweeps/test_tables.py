"""A sweep as tables."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from core.data.versions import save_dataset
from core.sweeps import tables
from core.sweeps.plan import Start, SweepPlan
from core.workspace import Workspace
from tests import fakes
from tests.made_sweeps import first_right, make_sweep

PEOPLE = ("=Ada()", 'Bo, "the" <b>', "Élise")
HALF = first_right(lambda cell: 0.5)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def dataset(workspace):
    return fakes.dataset(workspace, PEOPLE)


def opened(table: bytes) -> list[dict[str, str]]:
    assert table.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def test_a_row_a_try_with_what_was_tried_and_what_came_out(workspace, dataset):
    plan = SweepPlan(
        starts=(Start("face-vgg-mini"), Start("face-vgg-mini", pretrained=False)), depths=(10, 12), seeds=(4,)
    )
    sweep = make_sweep(workspace, dataset, plan, HALF)
    rows = opened(tables.runs_csv(sweep))
    assert list(rows[0]) == list(tables.RUN_COLUMNS)
    assert [(row["frozen layers"], row["frozen blocks"], row["starts with"]) for row in rows] == [
        ("12", "", "faces"),
        ("12", "", "untrained"),
        ("10", "4", "faces"),
        ("10", "4", "untrained"),
    ]
    first = rows[0]
    assert (first["network"], first["seed"], first["practice photos"], first["size"]) == ("Mini", "4", "all", "96")
    assert (first["mock exam accuracy"], first["right"], first["total"], first["seconds"]) == ("0.5", "6", "12", "3.0")
    assert (float(first["learning rate"]), first["kept round"]) == (plan.base.learning_rate, "12")
    assert int(first["trainable parameters"]) < int(rows[2]["trainable parameters"])
    assert [row["run"] for row in rows] == [run.id for _, run in sweep.members()]
    assert {(row["learned as asked"], row["right with the new last layers alone"]) for row in rows} == {("yes", "")}


def test_a_try_that_did_not_learn_says_so_in_its_row(workspace, dataset):
    sweep = make_sweep(workspace, dataset, SweepPlan(depths=(10, 13), seeds=(0,)), HALF)
    for cell, run in sweep.members():
        if cell.depth == 10:
            alone = {"epoch": 10, "val_accuracy": 0.5, "test_correct": 7}
            run.job.write_result({**run.summary(), "retrained": False, "head_only": alone})
    said = {
        row["frozen layers"]: (row["learned as asked"], row["right with the new last layers alone"])
        for row in opened(tables.runs_csv(sweep))
    }
    assert said == {"10": ("no", "7"), "13": ("yes", "")}


def test_a_row_a_try_and_photo_whose_numbers_are_the_same_in_every_try(workspace, dataset):
    sweep = make_sweep(workspace, dataset, SweepPlan(depths=(10, 13), seeds=(0,)), HALF)
    rows = opened(tables.predictions_csv(sweep))
    assert len(rows) == 24
    by_run = [[row for row in rows if row["run"] == run.id] for _, run in sweep.members()]
    assert [row["photo"] for row in by_run[0]] == [str(n + 1) for n in range(12)]
    assert [(row["photo"], row["name"], row["take"]) for row in by_run[0]] == [
        (row["photo"], row["name"], row["take"]) for row in by_run[1]
    ]
    assert [row["right"] for row in by_run[0]] == ["1"] * 6 + ["0"] * 6
    assert all((row["true"] == row["predicted"]) == (row["right"] == "1") for row in rows)
    assert float(rows[0]["leaning"]) == pytest.approx(0.9333, abs=1e-4)


def test_nothing_in_a_table_is_computed_by_a_spreadsheet_and_every_name_survives(workspace, dataset):
    sweep = make_sweep(workspace, dataset, SweepPlan(depths=(10, 13), seeds=(0,)), HALF)
    rows = opened(tables.predictions_csv(sweep))
    assert {row["true"] for row in rows} == {"'=Ada()", PEOPLE[1], PEOPLE[2]}
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_photos_of_one_take_have_one_number(workspace, dataset):
    paired = replace(dataset, id="paired", items=tuple(replace(item, group=item.group // 2) for item in dataset.items))
    save_dataset(workspace, paired)
    sweep = make_sweep(workspace, paired, SweepPlan(depths=(10, 13), seeds=(0,)), HALF)
    takes = [row["take"] for row in opened(tables.predictions_csv(sweep))[:12]]
    assert takes == [str(n) for n in (1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6)]


def test_no_file_says_where_the_lab_keeps_things(workspace, dataset):
    sweep = make_sweep(workspace, dataset, SweepPlan(depths=(10, 13), seeds=(0,)), HALF)
    for table in (tables.runs_csv(sweep), tables.predictions_csv(sweep)):
        assert str(workspace.root).encode() not in table
        assert dataset.items[0].sha256.encode() not in table


def test_only_finished_tries_are_in_the_tables(workspace, dataset):
    sweep = make_sweep(workspace, dataset, SweepPlan(depths=(10, 13), seeds=(0, 1)), HALF, done=1)
    assert len(opened(tables.runs_csv(sweep))) == 1
    assert len(opened(tables.predictions_csv(sweep))) == 12


def test_a_photo_whose_order_differs_in_a_run_is_still_the_same_photo(workspace, dataset):
    sweep = make_sweep(workspace, dataset, SweepPlan(depths=(10, 13), seeds=(0,)), HALF)
    before = tables.prediction_rows(sweep)
    _, run = sweep.members()[0]
    given = run.predictions()
    turned = np.arange(len(given.labels))[::-1]
    run.write_predictions(
        replace(
            given,
            probabilities=given.probabilities[turned],
            labels=given.labels[turned],
            names=tuple(given.names[i] for i in turned),
            sha256s=tuple(given.sha256s[i] for i in turned),
            faces=tuple(given.faces[i] for i in turned),
        )
    )
    # Read again: a result counts as read until its file changes.
    run.job.write_result(run.summary())
    assert tables.prediction_rows(sweep) == before
