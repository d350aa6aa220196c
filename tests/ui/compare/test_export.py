"""The zip of a comparison: all of it, nothing of this computer, and figures that need no network."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data.dataset import Dataset
from core.schema import convert
from core.sweeps import results
from core.sweeps.plan import Cell, Start, SweepPlan
from core.sweeps.sweep import Sweep
from core.workspace import Workspace
from tests import fakes
from tests.made_sweeps import Outcome, first_right, make_sweep
from ui.compare import export
from ui.text import compare as words

PEOPLE = ("Ada", "<b>Bo</b>", "Chen", "Dora", "Emil", "Fay")
PLAN = SweepPlan(depths=(0, 10, 13), seeds=(0, 1, 2))
Row = dict[str, str]


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path / "home")


@pytest.fixture
def dataset(workspace) -> Dataset:
    return fakes.dataset(workspace, PEOPLE)


def packed(sweep: Sweep, tmp_path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(export.pack(sweep, tmp_path / "along.zip")) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(table: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def scattered(share: dict[int, float]) -> Outcome:
    """Let other photos be right in every try, about as many as `share` says of a depth."""

    def outcome(cell: Cell, n: int) -> tuple[np.ndarray, float]:
        rng = np.random.default_rng((cell.seed, cell.depth))
        # Photos differ in how hard they are, the same way for all.
        hard = np.random.default_rng(7).uniform(-0.25, 0.25, n)
        return rng.uniform(size=n) < share[cell.depth] + hard, share[cell.depth]

    return outcome


def test_all_of_it_is_there_and_nothing_of_this_computer(workspace, dataset, tmp_path):
    files = packed(make_sweep(workspace, dataset, PLAN, first_right(lambda cell: 0.75)), tmp_path)
    assert {"runs.csv", "predictions.csv", "settings.json", "report.html", "README.txt"} <= set(files)
    assert {"figures/tries.html", "figures/curves.html", "figures/plotly.min.js"} <= set(files)
    assert not any(name.endswith((".png", ".jpg", ".keras")) for name in files)
    told_here = b"".join(content for name, content in files.items() if name != "figures/plotly.min.js")
    assert str(workspace.root).encode() not in told_here
    for item in dataset.items:
        assert item.sha256.encode() not in told_here


def test_figures_open_without_a_network(workspace, dataset, tmp_path):
    clear = first_right(lambda cell: {0: 0.3, 10: 1.0, 13: 0.4}[cell.depth])
    files = packed(make_sweep(workspace, dataset, PLAN, clear), tmp_path)
    for name in (name for name in files if name.startswith("figures/") and name.endswith(".html")):
        page = files[name].decode("utf-8")
        assert re.findall(r'(?:src|href)="([^"]*)"', page) == ["plotly.min.js"]
        assert "://" not in page
        # Plotly reads a little HTML in names; in its JSON "<" and "/" may stand as codes.
        assert not re.search(r"(?:<|\\u003c)b(?:>|\\u003e)Bo", page)
    assert "&lt;b&gt;Bo&lt;" in files["figures/matrix-taken.html"].decode("utf-8")


@pytest.mark.parametrize(
    ("plan", "below"),
    [
        (SweepPlan(depths=(10, 13), seeds=(0,)), "what learns"),
        (SweepPlan(depths=(13,), photos=(1, None), seeds=(0,)), "practice photos"),
        (SweepPlan(depths=(13,), sizes_px=(48, 96), seeds=(0,)), "size of a face"),
    ],
)
def test_the_figure_of_all_tries_names_its_axis(workspace, dataset, tmp_path, plan, below):
    files = packed(make_sweep(workspace, dataset, plan, first_right(lambda cell: 0.75)), tmp_path)
    page = files["figures/tries.html"].decode("utf-8")
    assert f'"text":"{below}"' in page
    assert all(f'"text":"{other}"' not in page for other in {"what learns", "practice photos"} - {below})


def _no_number(constant: str) -> None:
    pytest.fail(f"{constant} is no JSON")


def test_an_unfinished_sweep_is_packed_as_far_as_it_is(workspace, dataset, tmp_path):
    for done in (0, 4):
        sweep = make_sweep(workspace, dataset, PLAN, scattered({0: 0.4, 10: 0.6, 13: 0.8}), done=done)
        files = packed(sweep, tmp_path)
        assert len(rows_of(files["runs.csv"])) == done
        found = json.loads(files["settings.json"], parse_constant=_no_number)["found"]
        assert found["verdict"] == []
        assert [row["tries_planned"] for row in found["depths"]] == [3, 3, 3]
        assert sum(row["tries"] for row in found["depths"]) == done
        assert f"{done} of 9 tries" in files["README.txt"].decode()


def test_settings_say_what_was_tried_and_what_the_lab_said(workspace, dataset, tmp_path):
    plan = replace(PLAN, starts=(Start("face-vgg-mini"), Start("face-vgg-mini", pretrained=False)))
    sweep = make_sweep(
        workspace, dataset, plan, first_right(lambda cell: 0.5 + cell.start.pretrained / 4), guesses={2: 5}
    )
    settings = json.loads(packed(sweep, tmp_path)["settings.json"])
    assert convert(settings["plan"], SweepPlan, "settings.json") == plan
    assert settings["guesses"] == {"2": 5}
    lines = results.lines(plan, results.results(sweep))
    assert settings["found"] == json.loads(json.dumps(export.facts(lines, dataset)))
    assert len(settings["found"]["verdict"]) == 2


def test_of_two_networks_a_finished_one_is_told_and_the_other_as_far_as_it_is(workspace, dataset, tmp_path):
    plan = replace(PLAN, starts=(Start("face-vgg-mini"), Start("face-vgg-mini", pretrained=False)))
    cells = [cell for cell, _ in make_sweep(workspace, dataset, plan, first_right(lambda cell: 0.5), done=0).members()]
    done = max(place for place, cell in enumerate(cells) if cell.start.pretrained) + 1
    assert done < len(cells)
    files = packed(make_sweep(workspace, dataset, plan, first_right(lambda cell: 0.75), done=done), tmp_path)
    found = json.loads(files["settings.json"])["found"]
    assert [verdict["pretrained"] for verdict in found["verdict"]] == [True]
    assert found["verdict"][0]["headline"].startswith("With the Mini network, ")
    assert len(found["depths"]) == 6


def test_a_matrix_is_of_the_stop_to_take_only_where_one_is_advised(workspace, dataset, tmp_path):
    def level(cell: Cell, n: int) -> tuple[np.ndarray, float]:
        return np.arange(n) < n * (0.6 + 0.15 * ((cell.seed + cell.depth) % 3)), 0.5 + cell.depth / 100

    def matrices(sweep: Sweep) -> dict[str, str]:
        files = {name.removeprefix("figures/"): page.decode("utf-8") for name, page in packed(sweep, tmp_path).items()}
        return {name: page for name, page in files.items() if name.startswith("matrix-")}

    clear = first_right(lambda cell: {0: 0.3, 10: 1.0, 13: 0.4}[cell.depth])
    shown = matrices(make_sweep(workspace, dataset, PLAN, clear))
    assert set(shown) == {"matrix-taken.html", "matrix-cheapest.html"}
    assert "block 5 learns, first try" in shown["matrix-taken.html"]
    again = Workspace(workspace.root / "again")
    shown = matrices(make_sweep(again, fakes.dataset(again, PEOPLE), PLAN, level))
    assert set(shown) == {"matrix-best-in-mock-exam.html"}
    assert "all blocks frozen, first try" in shown["matrix-best-in-mock-exam.html"]


def script(root: str, sweep_id: str) -> None:
    from pathlib import Path

    from core.sweeps.sweep import open_sweep
    from core.workspace import Workspace
    from ui.compare import export

    workspace = Workspace(Path(root))
    export.offer(open_sweep(workspace.sweeps / sweep_id, workspace))


def test_a_zip_is_offered_and_packed_only_when_it_is_asked_for(lab_home, monkeypatch) -> None:
    sweep = make_sweep(
        lab_home, fakes.dataset(lab_home), SweepPlan(depths=(10, 13), seeds=(0,)), first_right(lambda _: 0.5)
    )
    monkeypatch.setattr(export, "pack", None)
    app = AppTest.from_function(script, args=(str(lab_home.root), sweep.id), default_timeout=30).run()
    assert not app.exception, app.exception
    (button,) = app.get("download_button")
    assert button.proto.label == words.TAKE_ALONG
