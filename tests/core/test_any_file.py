"""Whatever stands in a file of ours, it is read or refused in a sentence: quickly, and nothing outside is touched."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import disk, trash
from core.config import TrainConfig
from core.data import versions
from core.data.photofolder import PhotoFolder
from core.data.similarity import Guess, Similarity, load_similarity, save_similarity
from core.data.store import PhotoStore
from core.data.uploads import Upload
from core.errors import LabError
from core.experiments import archive, baseline, listing, restore, runs, runtime_estimate
from core.experiments.runs import Run
from core.jobfolder import JobFolder
from core.jobs import deletion, workers
from core.models import foreign_model
from core.sweeps import results
from core.sweeps.plan import SweepPlan
from core.sweeps.sweep import damaged_sweeps, list_sweeps
from core.workspace import Workspace
from tests import fakes
from tests.made_sweeps import first_right, make_sweep

tried = partial(
    settings,
    derandomize=True,
    database=None,
    deadline=2000,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -1, 2**63, 10**12])
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["../../x", "/etc", "\ud800", "a/b", "", "test", "queued", "running", "face-vgg-mini", "\0"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def changes(draw: st.DrawFn) -> Callable[[Any], Any]:
    """Draw a change of JSON: at some place a value is another, gone, or one is added."""
    steps, way, value = draw(st.lists(st.integers(0, 99), max_size=5)), draw(st.integers(0, 4)), draw(VALUES)

    def change(content: Any) -> Any:
        inside = content
        for step in steps:
            keys = list(inside) if isinstance(inside, dict) else range(len(inside))
            following = inside[keys[step % len(keys)]] if len(keys) else None
            if not isinstance(following, dict | list):
                break
            inside = following
        keys = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        key = keys[sum(steps) % len(keys)] if keys else None
        if way == 0 and isinstance(inside, dict):
            inside["of a later version"] = value
        elif way == 1 and key is not None:
            del inside[key]
        elif way == 2 and isinstance(inside, list):
            inside.append(value)
        elif key is not None:
            inside[key] = value
        return content

    return change


@dataclass(frozen=True)
class Lab:
    """A workspace with one of each, what each of its files held, and the paths around it."""

    workspace: Workspace
    run: Run
    job: JobFolder
    upload: Upload
    taken: dict[str, bytes]
    files: dict[Path, bytes]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    around = tmp_path_factory.mktemp("around")
    (around / "outside.txt").write_text("not ours", encoding="utf-8")
    workspace = Workspace(around / "lab")
    dataset = fakes.dataset(workspace)
    save_similarity(workspace, dataset, Similarity({dataset.items[0].sha256: Guess(0, True, (0.5, 0.1))}))
    run = fakes.run(workspace, dataset)
    run.write_config(run.config)
    listing.list_all(workspace)
    make_sweep(workspace, dataset, SweepPlan(depths=(10,), seeds=(0,)), first_right(lambda cell: 0.5))
    request = {"kind": "crop", "lane": "helper", "source": "x"}
    job = JobFolder.create(workspace.jobs / "look", request, state="done")
    job.write_result({"dataset_id": dataset.id, "version": 1})
    upload = Upload(workspace.jobs / "draft-cards")
    upload.add(1, [("1.jpg", io.BytesIO(b"photo"))])
    PhotoFolder(PhotoStore(workspace.photos).folder(dataset.items[0].sha256).path).facts("yunet")
    with workers.registered(workspace, "train", "one"):
        written = (workspace.queue / "workers" / "one.json").read_bytes()
    (workspace.queue / "workers" / "two.json").write_bytes(written)
    disk.write_json(workspace.root / trash.FOLDER / "note.json", {"paths": ["runs/gone"]}, schema=1)
    with zipfile.ZipFile(archive.pack_run(run, around / "taken.zip")) as zipped:
        taken = {name: zipped.read(name) for name in zipped.namelist()}
    files = {path: path.read_bytes() for path in workspace.root.rglob("*.json*")}
    return Lab(workspace, run, job, upload, taken, files)


@pytest.fixture
def whole(lab: Lab) -> Iterator[Lab]:
    yield lab
    assert {path.name for path in lab.workspace.root.parent.iterdir()} == {"outside.txt", "lab", "taken.zip"}


def read_everything(lab: Lab) -> None:
    """Read as pages do: lists never raise, and one thing may be refused."""
    workspace = lab.workspace
    shelf = listing.list_all(workspace)
    tested = baseline.Tested([row.run for row in shelf.rows])
    for row in (*shelf.rows, *shelf.of_sweeps):
        assert row.title
        tested.baseline(row.run)
    for dataset in versions.list_datasets(workspace):
        load_similarity(workspace, dataset)
        runtime_estimate.estimate_seconds(TrainConfig(image_size_px=48), dataset, workspace)
    for sweep in list_sweeps(workspace):
        results.progress(sweep)
        results.lines(sweep.plan, results.results(sweep))
    damaged = runs.damaged_runs(workspace), versions.damaged_datasets(workspace), damaged_sweeps(workspace)
    assert all(reason.endswith(".") for _, reason in chain(*damaged, deletion.damaged_jobs(workspace)))
    lab.upload.piles()
    workers.list_workers(workspace)
    trash.finish(workspace.root)
    for read in (
        lab.run.history,
        lab.run.progress,
        lab.run.predictions,
        lab.run.outcome,
        lab.job.request,
        lab.job.result,
    ):
        with suppress(LabError, FileNotFoundError):
            read()
    for photo in workspace.photos.glob("*/*"):
        with suppress(LabError):
            PhotoFolder(photo).stored_facts("yunet")


@tried(max_examples=2000)
@given(place=st.integers(0, 999), change=changes())
def test_a_change_anywhere_in_a_file_of_ours(whole: Lab, place: int, change: Callable[[Any], Any]) -> None:
    path = sorted(whole.files)[place % len(whole.files)]
    *others, last = (
        whole.files[path].decode("utf-8").strip().split("\n")
        if path.suffix == ".jsonl"
        else [whole.files[path].decode("utf-8")]
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.write_text("\n".join([*others, json.dumps(change(json.loads(last)))]) + "\n", encoding="utf-8")
        read_everything(whole)
    finally:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(whole.files[path])


@tried(max_examples=600)
@given(place=st.integers(0, 999), data=st.binary(max_size=40))
def test_any_bytes_in_a_file_of_ours(whole: Lab, place: int, data: bytes) -> None:
    path = sorted(whole.files)[place % len(whole.files)]
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.write_bytes(data)
        read_everything(whole)
    finally:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(whole.files[path])


@tried(max_examples=2600)
@given(place=st.integers(0, 999), change=changes(), line=st.integers(0, 9))
def test_a_change_anywhere_in_an_experiment_that_is_brought_back(
    whole: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: int, change: Callable[[Any], Any], line: int
) -> None:
    # The network has tests of its own.
    monkeypatch.setattr(foreign_model, "check_apart", lambda path: None)
    names = sorted(name for name in whole.taken if name.startswith("run/"))
    name = names[place % len(names)]
    lines = whole.taken[name].decode("utf-8").splitlines() if name == archive.EVENTS else [whole.taken[name]]
    line %= len(lines)
    lines[line] = json.dumps(change(json.loads(lines[line])))
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as out:
        for entry, content in (whole.taken | {name: "\n".join(map(str, lines))}).items():
            out.writestr(entry, content)
    elsewhere = Workspace(tmp_path / "elsewhere")
    try:
        back = restore.unpack_run(copy, elsewhere)
    except LabError:
        assert not elsewhere.runs.exists() or list(elsewhere.runs.iterdir()) == []
    else:
        # What was let in can be shown, and only its folder was written.
        (row,) = [*listing.list_all(elsewhere).rows, *listing.list_all(elsewhere).of_sweeps]
        assert (row.run, row.state) == (back, "done")
        back.predictions(), back.history(), back.outcome()
        assert {path.name for path in elsewhere.root.iterdir()} == {"runs"}
        assert {path.name for path in tmp_path.iterdir()} == {"elsewhere"}
    shutil.rmtree(elsewhere.root, ignore_errors=True)
