"""No page falls for one odd folder: the others stay, and it is a sentence with a button that removes it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core import disk
from core.data.versions import damaged_datasets, list_datasets
from core.experiments import runs
from core.jobfolder import JobFolder
from core.jobs import deletion
from core.sweeps.plan import SweepPlan
from core.sweeps.sweep import damaged_sweeps, list_sweeps
from tests import fakes
from tests.made_sweeps import first_right, make_sweep
from tests.pages.test_app import PAGES
from ui import navigation
from ui.state import Widget

ODD: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "no object": lambda path: path.write_text("[1]", encoding="utf-8"),
    "newer": lambda path: disk.write_json(path, {}, schema=99),
    "a key missing": lambda path: _change(path, lambda content: content.pop(next(iter(content)))),
    "another type": lambda path: _change(path, lambda content: content.update({key: {"x": 1} for key in content})),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "gone": lambda path: path.unlink(),
}


def _change(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    schema = content.pop("schema")
    change(content)
    disk.write_json(path, content, schema=schema)


@pytest.fixture
def odd_folders(lab_home):
    """A workspace in which one of each is whole, and one of each is odd in every way in every file of ours."""
    dataset, plan = fakes.dataset(lab_home), SweepPlan(depths=(10,), seeds=(0,))
    run = fakes.run(lab_home, dataset)
    run.write_config(run.config)
    sweep = make_sweep(lab_home, dataset, plan, first_right(lambda cell: 0.5))
    job = JobFolder.create(lab_home.jobs / "look", {"kind": "crop", "lane": "helper", "source": "x"}, state="done")
    job.write_result({"dataset_id": dataset.id, "version": 1})
    homes = {lab_home.runs / run.id: "run", sweep.path: "sweep", job.path: "job", lab_home.datasets / dataset.id: "set"}
    odd = []
    for whole, kind in homes.items():
        for number, path in enumerate(sorted(whole.glob("*.json"))):
            for way, (said, make) in enumerate(ODD.items()):
                copy = whole.with_name(f"{kind}{number}{way}")
                shutil.copytree(whole, copy)
                make(copy / path.name)
                odd.append((copy, path.name, said))
        (whole.with_name(f"{kind}-file")).write_text("a file in the place of a folder", encoding="utf-8")
        only = whole.with_name(f"{kind}-only")
        only.mkdir()
        if (whole / "request.json").exists():
            shutil.copy(whole / "request.json", only)
    return odd


@pytest.mark.parametrize("page", PAGES)
def test_no_page_falls(open_page, lab_home, odd_folders, page) -> None:
    app = open_page(page)
    assert not app.exception
    assert app.title
    # All sentences are about folders, one each.
    assert all(
        "damaged" in error.value or "cannot be read" in error.value or "copy" in error.value for error in app.error
    )


def test_each_is_listed_with_its_reason_unless_nothing_is_missed(lab_home, odd_folders) -> None:
    listed = {run.id for run in runs.run_folders(lab_home) if runs.damage(run)}
    listed |= {job.id for job, _ in deletion.damaged_jobs(lab_home)}
    listed |= {dataset_id for dataset_id, _ in damaged_datasets(lab_home)}
    listed |= {sweep.id for sweep, _ in damaged_sweeps(lab_home)}
    assert [dataset.id for dataset in list_datasets(lab_home)] == ["made1"]
    assert len(list_sweeps(lab_home)) >= 1
    for folder, name, said in odd_folders:
        # Settings that were resolved, and a result that is gone, are as if the work had not come so far.
        spared = said == "gone" and name in ("config.json", "result.json")
        spared |= said == "a key missing" and name == "config.json"
        # Without its only version a data set is an empty folder.
        spared |= said == "gone" and name == "v1.json"
        assert (folder.name in listed) != spared, (folder.name, name, said)
    for kind in ("run", "sweep", "job"):
        assert f"{kind}-only" in listed


@pytest.mark.parametrize("kind", ["run", "set", "sweep", "job"])
def test_it_can_be_removed_and_nothing_else_goes(open_page, lab_home, odd_folders, kind) -> None:
    keep = {folder for folder, *_ in odd_folders if folder.name == f"{kind}00"}
    for folder, *_ in odd_folders:
        if folder not in keep:
            shutil.rmtree(folder)
    (odd,) = keep
    whole = set(lab_home.root.glob("*/*")) - keep
    app = open_page(navigation.LIBRARY)
    app.button(key=Widget.DELETE_DAMAGED_SURE.of(odd.name)).click().run()
    assert not app.exception
    assert not odd.exists()
    # Ended jobs hold faces and do not say of which photos, so they go with any data set.
    homes = ("runs", "sweeps", "datasets") if kind == "set" else ("runs", "sweeps", "datasets", "jobs")
    kept = {path for path in whole if path.parent.name in homes}
    assert all(path.exists() for path in kept)
