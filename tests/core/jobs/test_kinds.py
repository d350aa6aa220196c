from __future__ import annotations

import importlib.util
import re
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from core import disk
from core.config import CropConfig, SplitConfig, TrainConfig
from core.data import edits
from core.data.building import build_dataset
from core.data.dataset import Dataset
from core.data.store import PhotoStore
from core.data.versions import load_dataset
from core.errors import DatasetError, LabError, Stopped, WeightsError
from core.experiments import runs
from core.jobfolder import JobFolder
from core.jobs import kinds, queue
from core.jobs.kinds import KINDS
from core.jobs.worker import work_on
from tests.drawn import encoded, people_files, picture, unused, write_files, write_zip

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.models.weights import FoundWeights
    from core.workspace import Workspace

    Report = Callable[[str, int, int], None]


def _submit(workspace: Workspace, kind: str, **request: Any) -> JobFolder:
    return queue.submit(workspace, workspace.jobs / kind, {"kind": kind, "lane": KINDS[kind].lane, **request})


def test_every_kind_has_a_lane_and_a_function_that_exists() -> None:
    for kind in KINDS.values():
        assert kind.lane in queue.LANES
        module, name = kind.function.split(":")
        spec = importlib.util.find_spec(module)
        assert spec is not None
        assert spec.origin is not None
        # Read, not imported: two of them bring TensorFlow.
        # What else it takes has a default.
        takes = rf"\ndef {name}\(job: JobFolder, workspace: Workspace(, \w+: [^,=]+ = [^,]+)*\) -> None:"
        assert re.search(takes, Path(spec.origin).read_text("utf-8"))


def test_only_trainings_wait_in_the_training_lane_and_end_their_worker() -> None:
    assert [name for name, kind in KINDS.items() if kind.lane == queue.TRAIN] == ["train", "sweep"]
    assert [name for name, kind in KINDS.items() if kind.ends_worker] == ["train", "sweep"]
    assert [name for name, kind in KINDS.items() if kind.warm] == ["train"]


def test_crop_builds_the_data_set_that_was_asked_for(lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def build_dataset(source: Path, workspace: Workspace, *, on_progress: Report, **settings: Any) -> SimpleNamespace:
        asked.update(settings, source=source, workspace=workspace)
        for done in range(1000):
            on_progress("read", done + 1, 0)
        for done in range(1000):
            on_progress("crop", done + 1, 1000)
        return SimpleNamespace(id="abc", version=1)

    monkeypatch.setattr("core.data.building.build_dataset", build_dataset)
    job = _submit(
        lab_home,
        "crop",
        source="/photos/of a.zip",
        name="Klasse 9b",
        crop={"detector": "haar", "margin": 0.1},
        split={"seed": 7},
        count_leaks=["validation"],
    )
    began_s = time.monotonic()
    work_on(job, lab_home)
    assert asked == {
        "source": Path("/photos/of a.zip"),
        "workspace": lab_home,
        "without": (),
        "count_leaks": ["validation"],
        "name": "Klasse 9b",
        "crop": CropConfig(detector="haar", margin=0.1),
        "split": SplitConfig(seed=7),
        "strict": False,
        "people_from": "folders",
    }
    assert job.result() == {"dataset_id": "abc", "version": 1}
    events = [(event["step"], event["done"], event["total"]) for event in job.events()]
    assert events[0] == ("read", 1, 0)
    assert ("crop", 1, 1000) in events
    assert events[-1] == ("crop", 1000, 1000)
    # At most ten a second, and the first of each step and the very last.
    assert len(events) <= 3 + 10 * (time.monotonic() - began_s) + 1


@pytest.mark.parametrize("failure", [None, DatasetError("Nobody is on these photos."), Stopped()])
def test_an_upload_goes_away_once_its_photos_are_kept_and_a_folder_of_the_user_stays(
    lab_home: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception | None
) -> None:
    def build_dataset(*_: Any, **__: Any) -> SimpleNamespace:
        if failure:
            raise failure
        return SimpleNamespace(id="abc", version=1)

    monkeypatch.setattr("core.data.building.build_dataset", build_dataset)
    for name, place in (("upload", lab_home.jobs / "upload"), ("own", tmp_path)):
        source = place / "photos.zip"
        request = {"kind": "crop", "lane": "helper", "source": str(source)}
        job = JobFolder.create(lab_home.jobs / name, request)
        source.write_bytes(b"PK")
        with nullcontext() if failure is None else pytest.raises(type(failure)):
            kinds.crop(job, lab_home)
        # After a refusal or a stop the page gives back what was brought.
        assert source.exists() == (name == "own" or failure is not None)


def test_crop_stops_between_two_photos(lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    job = _submit(lab_home, "crop", source="x")

    def build_dataset(source: Path, workspace: Workspace, *, on_progress: Report, **settings: Any) -> None:
        assert settings["crop"] == CropConfig()
        on_progress("read", 1, 0)
        job.ask_to_stop()
        on_progress("read", 2, 0)
        raise AssertionError("went on after the wish to stop")

    monkeypatch.setattr("core.data.building.build_dataset", build_dataset)
    with pytest.raises(Stopped):
        work_on(job, lab_home)
    assert job.status().state == "stopped"


def _built(workspace: Workspace, tmp_path: Path, people: dict[str, int]) -> Dataset:
    source = write_files(tmp_path / "source", people_files(people))
    return build_dataset(source, workspace, crop=CropConfig(detector="none", size_px=32), strict=False)


def test_add_brings_photos_into_the_newest_version(lab_home: Workspace, tmp_path: Path) -> None:
    before = _built(lab_home, tmp_path, {"anna": 3, "ben": 3})
    newest = edits.rename_dataset(lab_home, before, "9b", is_used=unused)
    job = JobFolder.create(lab_home.jobs / "add", {"kind": "add", "lane": "helper"}, state="stopped")
    upload = write_zip(job.path / "upload.zip", {"x.png": encoded(picture(90))})
    request = {"kind": "add", "lane": "helper", "dataset_id": before.id, "version": 1, "source": str(upload)}
    disk.write_json(job.path / "request.json", {**request, "person": "anna", "created_at": 0.0}, schema=1)
    kinds.add(job, lab_home)
    assert job.result() == {"dataset_id": before.id, "version": newest.version + 1}
    after = load_dataset(lab_home, before.id)
    assert sum(item.person == "anna" for item in after.items) == 4
    assert after.name == "9b"
    assert not upload.exists()
    assert job.events()[-1]["step"] == "crop"


def test_a_version_that_a_run_has_stays(lab_home: Workspace, tmp_path: Path) -> None:
    before = _built(lab_home, tmp_path, {"anna": 3, "ben": 3})
    assert not runs.is_used(lab_home, before)
    runs.create_run(runs.new_run_path(lab_home), before, TrainConfig())
    assert runs.is_used(lab_home, before)
    job = _submit(lab_home, "recrop", dataset_id=before.id, version=1, crop={"detector": "none", "size_px": 48})
    work_on(job, lab_home)
    assert job.result() == {"dataset_id": before.id, "version": 2}
    after = load_dataset(lab_home, before.id)
    assert (after.crop.size_px, after.items) == (48, before.items)
    assert load_dataset(lab_home, before.id, 1) == before
    assert not runs.is_used(lab_home, after)


@pytest.mark.parametrize("kind", ["add", "recrop"])
def test_a_version_stays_that_a_run_takes_while_faces_are_being_found(
    lab_home: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    before = _built(lab_home, tmp_path, {"anna": 3, "ben": 3})
    crop_all = PhotoStore.crop_all

    def crop_while_a_training_begins(*args: Any, **options: Any) -> Any:
        runs.create_run(runs.new_run_path(lab_home), before, TrainConfig())
        return crop_all(*args, **options)

    monkeypatch.setattr(PhotoStore, "crop_all", crop_while_a_training_begins)
    more = write_files(tmp_path / "more", people_files({"carl": 3}, first_seed=90))
    asked = {"source": str(more)} if kind == "add" else {"crop": {"detector": "none", "size_px": 48}}
    work_on(job := _submit(lab_home, kind, dataset_id=before.id, version=1, **asked), lab_home)
    assert job.result() == {"dataset_id": before.id, "version": 2}
    assert load_dataset(lab_home, before.id, 1) == before


@pytest.mark.parametrize("kind", ["add", "crop"])
def test_an_upload_stays_where_the_job_cannot_even_begin(lab_home: Workspace, kind: str) -> None:
    upload = lab_home.jobs / kind / "upload.zip"
    job = _submit(lab_home, kind, dataset_id="gone", version=1, source=str(upload), crop={"margin": -1})
    upload.write_bytes(b"PK")
    with pytest.raises(LabError):
        work_on(job, lab_home)
    assert upload.exists()


def test_crop_stops_for_nobody_with_too_few_photos(lab_home: Workspace, tmp_path: Path) -> None:
    source = write_files(tmp_path / "source", people_files({"anna": 3, "ben": 1}))
    work_on(job := _submit(lab_home, "crop", source=str(source), crop={"detector": "none"}), lab_home)
    assert load_dataset(lab_home, job.result()["dataset_id"]).waiting == {"ben": 1}


def test_download_reports_bytes(lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.models import weights

    def download(name: str, workspace: Workspace, *, on_progress: Callable[[int, int], None]) -> FoundWeights:
        assert (name, workspace) == ("imagenet-vgg16", lab_home)
        on_progress(50, 100)
        on_progress(100, 100)
        return weights.FoundWeights(Path("vgg16.h5"), "ab" * 32, True)

    monkeypatch.setattr(weights, "download_weights", download)
    job = _submit(lab_home, "download", backbone="imagenet-vgg16")
    work_on(job, lab_home)
    assert job.result() == {"backbone": "imagenet-vgg16", "sha256": "ab" * 32, "verified": True}
    assert [(event["step"], event["done"], event["total"]) for event in job.events()] == [
        ("download", 50, 100),
        ("download", 100, 100),
    ]


def test_import_weights_takes_the_named_file(
    lab_home: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.models import weights

    file = tmp_path / "rcmalli.h5"
    file.write_bytes(b"numbers")

    def take_over(name: str, file: Path, workspace: Workspace, *, called: str) -> FoundWeights:
        assert (name, file, workspace, called) == ("vggface-vgg16", tmp_path / "rcmalli.h5", lab_home, "")
        return weights.FoundWeights(file, "cd" * 32, False)

    monkeypatch.setattr(weights, "import_weights", take_over)
    job = _submit(lab_home, "import_weights", backbone="vggface-vgg16", file=str(file))
    work_on(job, lab_home)
    assert job.result() == {"backbone": "vggface-vgg16", "sha256": "cd" * 32, "verified": False}
    assert file.exists(), "somebody's own file stays where it is"


def test_import_weights_of_an_upload_calls_it_by_its_name_and_leaves_nothing(lab_home: Workspace) -> None:
    upload = lab_home.jobs / "import_weights" / "weights.h5"
    job = _submit(lab_home, "import_weights", backbone="vggface-vgg16", file=str(upload), called="mine.h5")
    upload.write_bytes(b"no weights")
    with pytest.raises(WeightsError, match=r'"mine\.h5" cannot be read as a weights file'):
        work_on(job, lab_home)
    assert not upload.exists()


def test_kinds_are_imported_only_when_they_are_loaded() -> None:
    assert kinds.Kind(queue.HELPER, "core.jobs.kinds:crop").load() is kinds.crop
    with pytest.raises(ModuleNotFoundError):
        kinds.Kind(queue.HELPER, "core.nowhere:crop").load()
