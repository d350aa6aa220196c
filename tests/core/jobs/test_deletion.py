from __future__ import annotations

import io
from functools import partial

from core.data import edits, versions
from core.data.dataset import Dataset
from core.data.takes import FOOLED_DRAFT, Takes
from core.data.uploads import Upload
from core.experiments import runs
from core.jobfolder import JobFolder
from core.jobs import deletion, queue
from core.sweeps.plan import SweepPlan
from core.sweeps.sweep import damaged_sweeps, list_sweeps
from core.workspace import Workspace
from tests import fakes
from tests.core.jobs.conftest import Bench, wait_for
from tests.made_sweeps import first_right, make_sweep


def look_at(workspace: Workspace, run: runs.Run, name: str) -> JobFolder:
    """Make an ended look at new photos, with a face in it."""
    request = {"kind": "predict", "lane": "helper", "model": str(run.path)}
    job = JobFolder.create(workspace.jobs / name, request, state="done")
    (job.path / "face-0.png").write_bytes(b"a face")
    return job


def test_an_experiment_goes_with_the_looks_that_asked_it(lab_home):
    dataset = fakes.dataset(lab_home)
    kept, gone = fakes.run(lab_home, dataset), fakes.run(lab_home, dataset)
    theirs, other = look_at(lab_home, gone, "one"), look_at(lab_home, kept, "two")
    deletion.delete_run(lab_home, gone)
    assert runs.list_runs(lab_home) == [kept]
    assert not theirs.path.exists()
    assert other.path.exists()


def test_a_damaged_experiment_can_be_deleted(lab_home):
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    (run.path / "config.json").write_text("no json", encoding="utf-8")
    deletion.delete_run(lab_home, run)
    assert not run.path.exists()
    for file in ("request.json", "status.json"):
        run = fakes.run(lab_home, fakes.dataset(lab_home))
        (run.path / file).write_text("no json", encoding="utf-8")
        deletion.delete_run(lab_home, run)
        assert not run.path.exists()


def test_photos_go_with_all_that_was_made_of_them_and_nothing_else(lab_home):
    kept_photos = fakes.dataset(lab_home, ("Dayo", "Emil"), dataset_id="kept1", name="kept")
    kept = fakes.run(lab_home, kept_photos)
    dataset = fakes.dataset(lab_home)
    gone, waiting = fakes.run(lab_home, dataset), fakes.run(lab_home, dataset, state="queued", tested=False)
    theirs, others = look_at(lab_home, gone, "one"), look_at(lab_home, kept, "two")
    deletion.delete_dataset(lab_home, dataset.id)
    assert [found.id for found in versions.list_datasets(lab_home)] == ["kept1"]
    assert runs.list_runs(lab_home) == [kept]
    assert not waiting.path.exists()
    assert not theirs.path.exists()
    assert others.path.exists()
    photos = {path.parent.name for path in lab_home.photos.glob("*/*/original")}
    assert photos == kept_photos.sha256s()


def test_photos_that_wait_or_are_of_others_stay_where_a_data_set_is_deleted(lab_home):
    """Another tab's draft, a search cut off, and what was brought for one that failed: nobody asked to remove them."""
    dataset = fakes.dataset(lab_home)
    draft = Upload(lab_home.jobs / "draft-zip")
    draft.set_zip("class.zip", io.BytesIO(b"photos"))
    fooled = [Takes(lab_home.jobs / f"{FOOLED_DRAFT}{each}") for each in (dataset.id, "another")]
    for pictures in fooled:
        pictures.set_sitter(1, "Ada", agrees=True)
    asked = {"kind": "crop", "lane": "helper"}
    searches = {
        name: JobFolder.create(lab_home.jobs / name, {**asked, "source": "class.zip"}, state=state)
        for name, state in (("cut", "interrupted"), ("refused", "failed"), ("theirs", "done"), ("its", "done"))
    }
    for name, found in (("theirs", "another"), ("its", dataset.id)):
        searches[name].write_result({"dataset_id": found, "version": 1})
    deletion.delete_dataset(lab_home, dataset.id)
    assert draft.n_files() == 1
    assert [pictures.path.exists() for pictures in fooled] == [False, True]
    assert {name for name, job in searches.items() if job.exists()} == {"cut", "refused", "theirs"}


def test_what_is_being_worked_on_is_stopped_first_and_the_workers_leave(bench: Bench):
    bench.worker()
    job = bench.submit("count", to=1_000_000, pause_s=0.02)
    wait_for(job.events)
    fakes.dataset(bench.workspace)
    erased = deletion.erase_everything(bench.workspace)
    assert erased.photos == 36
    assert not job.path.exists()
    wait_for(lambda: bench.living() == [])


def test_only_the_jobs_in_the_way_are_stopped(bench: Bench):
    dataset = fakes.dataset(bench.workspace)
    other = bench.submit("count", to=1_000_000, pause_s=0.02, dataset_id="other")
    theirs = bench.submit("count", to=1, dataset_id=dataset.id)
    bench.worker(queue.HELPER)
    wait_for(other.events)
    deletion.delete_dataset(bench.workspace, dataset.id)
    assert not theirs.path.exists()
    assert other.status().state == "running"


def test_a_sweep_goes_with_its_own_experiments_and_leaves_what_others_show(lab_home):
    dataset, half = fakes.dataset(lab_home), first_right(lambda cell: 0.5)
    alone = fakes.run(lab_home, dataset)
    first = make_sweep(lab_home, dataset, SweepPlan(depths=(10, 13), seeds=(0,)), half)
    second = make_sweep(lab_home, dataset, SweepPlan(depths=(7, 10, 13), seeds=(0,)), half)
    shown = {run.id for _, run in second.members()}
    deletion.delete_sweep(lab_home, first)
    assert list_sweeps(lab_home) == [second]
    assert {run.id for run in runs.list_runs(lab_home, of_sweeps=True)} == {alone.id, *shown}
    deletion.delete_sweep(lab_home, second)
    assert runs.list_runs(lab_home, of_sweeps=True) == [alone]


def test_a_damaged_sweep_goes_alone_and_loses_nothing_to_others(lab_home):
    dataset, half = fakes.dataset(lab_home), first_right(lambda cell: 0.5)
    plans = SweepPlan(depths=(10, 13), seeds=(0,)), SweepPlan(depths=(7,), seeds=(0,))
    whole, damaged = (make_sweep(lab_home, dataset, plan, half) for plan in plans)
    (damaged.path / "dataset.json").write_text("{", encoding="utf-8")
    ((_, its_run),) = damaged.members()
    deletion.delete_sweep(lab_home, whole)
    assert runs.list_runs(lab_home, of_sweeps=True) == [its_run]
    deletion.delete_sweep(lab_home, damaged)
    assert runs.list_runs(lab_home, of_sweeps=True) == []
    assert damaged_sweeps(lab_home) == []


def test_sweeps_go_with_their_photos(lab_home):
    dataset, other = fakes.dataset(lab_home), fakes.dataset(lab_home, ("Dayo", "Emil"), dataset_id="kept1")
    half, plan = first_right(lambda cell: 0.5), SweepPlan(depths=(13,), seeds=(0,))
    gone, kept = (make_sweep(lab_home, photos, plan, half) for photos in (dataset, other))
    runs_of_it = [run for _, run in gone.members()]
    deletion.delete_dataset(lab_home, dataset.id)
    assert list_sweeps(lab_home) == [kept]
    assert not any(run.path.exists() for run in runs_of_it)


def without(workspace: Workspace, dataset: Dataset, person: str) -> Dataset:
    """Remove a person, as the page does."""
    return edits.remove_person(workspace, dataset, person, is_used=partial(runs.is_used, workspace))


def originals(workspace: Workspace) -> set[str]:
    return {path.parent.name for path in workspace.photos.glob("*/*/original")}


def test_photos_of_somebody_removed_go_with_the_last_experiment_that_had_them(lab_home):
    before = fakes.dataset(lab_home)
    first, second = fakes.run(lab_home, before), fakes.run(lab_home, before)
    after = without(lab_home, before, before.people[0])
    deletion.delete_run(lab_home, first)
    assert originals(lab_home) == before.sha256s()
    deletion.delete_run(lab_home, second)
    assert originals(lab_home) == after.sha256s() < before.sha256s()
    folder = lab_home.datasets / before.id
    assert [path.name for path in folder.glob("v*.json")] == [f"v{after.version}.json"]


def test_the_next_start_finishes_what_was_left(lab_home):
    before = fakes.dataset(lab_home)
    run = fakes.run(lab_home, before)
    after = without(lab_home, before, before.people[0])
    run.path.rename(lab_home.root / "killed-in-the-middle")
    half = lab_home.runs / ".tmp-4194999-model.keras"  # of a process that no computer has
    half.write_bytes(b"half")
    deletion.go_on(lab_home)
    assert originals(lab_home) == after.sha256s()
    assert not half.exists()


def test_a_search_that_can_go_on_keeps_the_photos_it_has_read(lab_home):
    before = fakes.dataset(lab_home)
    without(lab_home, before, before.people[0])
    (lab_home.photos / "ab" / ("ab" * 32)).mkdir(parents=True)
    (lab_home.photos / "ab" / ("ab" * 32) / "original").write_bytes(b"read so far")
    search = JobFolder.create(lab_home.jobs / "one", {"kind": "crop", "lane": "helper"}, state="interrupted")
    deletion.go_on(lab_home)
    assert "ab" * 32 in originals(lab_home)
    search.set_state("failed")
    deletion.go_on(lab_home)
    assert "ab" * 32 not in originals(lab_home)


def test_what_keeps_somebody_s_photos_is_known_before_and_can_go_too(lab_home):
    dataset, half = fakes.dataset(lab_home), first_right(lambda cell: 0.5)
    other = fakes.run(lab_home, fakes.dataset(lab_home, ("Dayo", "Emil"), dataset_id="other1"))
    alone = fakes.run(lab_home, dataset)
    sweep = make_sweep(lab_home, dataset, SweepPlan(depths=(7,), seeds=(0,)), half)
    person = dataset.people[0]
    photos = {item.sha256 for item in dataset.items if item.person == person}
    made = deletion.made_with(lab_home, dataset, photos)
    assert made == deletion.MadeWith((alone,), (sweep,))
    assert not deletion.made_with(lab_home, dataset, {"a photo of nobody"})

    without(lab_home, dataset, person)
    assert photos <= originals(lab_home)
    deletion.delete_made(lab_home, made)
    assert not photos & originals(lab_home)
    assert runs.list_runs(lab_home, of_sweeps=True) == [other]
    assert list_sweeps(lab_home) == []
    assert not list((lab_home.root / "trash").glob("*"))
