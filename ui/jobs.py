"""What pages ask workers for: each function queues one job and wakes the lane."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.config import CropConfig, SplitConfig, TrainConfig
from core.data import samples
from core.data.dataset import Dataset
from core.data.labels import PeopleFrom
from core.data.takes import FOOLED_DRAFT, LAID_OUT, WEBCAM_DRAFT, Takes
from core.data.uploads import Upload, unique_name
from core.experiments import runs
from core.experiments.runs import Run
from core.jobfolder import JobFolder
from core.jobs import deletion, queue
from core.sweeps.plan import SweepPlan
from core.sweeps.sweep import Sweep, create_sweep
from core.workspace import Workspace
from core.zips import NewZip
from ui import ended_jobs, server, uploads
from ui.ended_jobs import DRAFT, UPLOAD

WEIGHTS = "weights.h5"
# Kinds of jobs that find faces; one at a time is shown on Photos.
SEARCHES = deletion.SEARCHES


def draft(workspace: Workspace, way: str) -> Upload:
    """Return the photos that were brought one way and wait for the search; on disk, so a refresh finds them again."""
    return Upload(workspace.jobs / f"draft-{way}")


def takes(workspace: Workspace) -> Takes:
    """Return the pictures of the webcam that wait for the search."""
    return Takes(workspace.jobs / WEBCAM_DRAFT)


def crop_takes(workspace: Workspace, photos: Takes, name: str) -> JobFolder:
    """Move the webcam's pictures into the job's own folder and queue the search for faces in them."""
    return _submit_takes(workspace, photos, {"kind": "crop", "name": name, "crop": asdict(CropConfig())})


def add_takes(workspace: Workspace, photos: Takes, into: Dataset) -> JobFolder:
    """Queue the same for pictures that join a data set."""
    return _submit_takes(workspace, photos, {"kind": "add", "dataset_id": into.id, "version": into.version})


def fooled(workspace: Workspace, dataset: Dataset) -> Takes:
    """Return the pictures that fooled a network and wait to be added to its practice photos."""
    return Takes(workspace.jobs / f"{FOOLED_DRAFT}{dataset.id}")


def add_fooled(workspace: Workspace, photos: Takes, into: Dataset) -> JobFolder:
    """Queue the search for faces in pictures that all join train."""
    request = {"kind": "add", "dataset_id": into.id, "version": into.version, "train_only": True}
    return _submit_takes(workspace, photos, request)


def _submit_takes(workspace: Workspace, photos: Takes, request: dict[str, Any]) -> JobFolder:
    split = None if request.get("train_only") else SplitConfig()
    leaks = photos.shared_with_train() if split else ()
    request = {**request, "lane": queue.HELPER, "draft": photos.path.name, "count_leaks": leaks}

    def copy(beside: Path) -> None:
        photos.copy_to(beside.parent)
        Takes(beside.parent).lay_out(beside, split)

    made = _with_file(workspace, request, "source", f"{DRAFT}/{LAID_OUT}", write=copy)
    # Not moved: they stay where they are until the job is there.
    photos.clear()
    return made


def crop_draft(
    workspace: Workspace,
    photos: Upload,
    crop: CropConfig,
    name: str,
    people_from: PeopleFrom = "folders",
    without: Sequence[str] = (),
) -> JobFolder:
    """Move what was brought into the job's own folder and queue the search for faces in it; not of people `without`."""
    request = {"kind": "crop", "name": name, "crop": asdict(crop), "people_from": people_from, "without": without}
    return _submit_draft(workspace, photos, request)


def add_draft(
    workspace: Workspace,
    photos: Upload,
    into: Dataset,
    people_from: PeopleFrom = "folders",
    without: Sequence[str] = (),
) -> JobFolder:
    """Queue the same for photos that join a data set."""
    request = {"kind": "add", "dataset_id": into.id, "version": into.version, "people_from": people_from}
    return _submit_draft(workspace, photos, {**request, "without": without})


def add_path(
    workspace: Workspace,
    folder: Path,
    into: Dataset,
    people_from: PeopleFrom = "folders",
    without: Sequence[str] = (),
) -> JobFolder:
    """Queue the search for faces in a folder of this computer whose photos join a data set."""
    request = {"kind": "add", "lane": queue.HELPER, "source": str(folder), "people_from": people_from}
    return _submit(workspace, {**request, "without": without, "dataset_id": into.id, "version": into.version})


def recrop(workspace: Workspace, dataset: Dataset, crop: CropConfig) -> JobFolder:
    """Queue another search for faces in the photos of a data set, with other settings."""
    request = {"kind": "recrop", "lane": queue.HELPER, "crop": asdict(crop)}
    return _submit(workspace, {**request, "dataset_id": dataset.id, "version": dataset.version})


def compare_faces(workspace: Workspace, dataset: Dataset) -> JobFolder:
    """Queue the comparison of all faces of a data set by the bundled network."""
    request = {"kind": "compare", "lane": queue.HELPER, "dataset_id": dataset.id, "version": dataset.version}
    return _submit(workspace, request)


def explain(workspace: Workspace, dataset: Dataset, backbone: str, size_px: int) -> JobFolder:
    """Queue the activation maps of a network for a face; older requests that wait are dropped."""
    wanted = {"dataset_id": dataset.id, "version": dataset.version, "backbone": backbone, "image_size_px": size_px}
    for asked in queue.open_jobs(workspace):
        if asked.kind() == "explain":
            if wanted.items() <= asked.stored_request().items():
                return asked
            asked.ask_to_stop()
    return _submit(workspace, {"kind": "explain", "lane": queue.HELPER, **wanted})


def _submit_draft(workspace: Workspace, photos: Upload, request: dict[str, Any]) -> JobFolder:
    file = f"{DRAFT}/{photos.packed().name}"
    request = {**request, "lane": queue.HELPER, "draft": photos.path.name}
    made = _with_file(workspace, request, "source", file, write=lambda beside: photos.copy_to(beside.parent))
    # Not moved: the photos stay where they are until the job is there.
    photos.clear()
    return made


def crop_folder(
    workspace: Workspace,
    folder: Path,
    crop: CropConfig,
    name: str = "",
    people_from: PeopleFrom = "folders",
    without: Sequence[str] = (),
) -> JobFolder:
    """Queue the search for faces in a folder of this computer."""
    request = {"kind": "crop", "lane": queue.HELPER, "source": str(folder), "crop": asdict(crop), "without": without}
    return _submit(workspace, {**request, "name": name or folder.name, "people_from": people_from})


def fetch(workspace: Workspace, collection: str, people: int, photos: int) -> JobFolder:
    """Queue the fetching of a published collection, and the search for faces in it."""
    request = {"kind": "fetch", "lane": queue.HELPER, "collection": collection}
    return _submit(workspace, {**request, "people": people, "photos": photos})


def train(workspace: Workspace, dataset: Dataset, config: TrainConfig, came_from: str = "") -> Run:
    """Create a run and queue it; `came_from` is the id of the run that its suggestion started from."""
    run = runs.create_run(runs.new_run_path(workspace), dataset, config, came_from=came_from)
    queue.enqueue(workspace, run.job)
    server.workers().ensure(queue.TRAIN)
    return run


def resume(workspace: Workspace, run: Run) -> None:
    """Queue a stopped, interrupted or failed run again; it resumes from its checkpoint."""
    queue.resubmit(workspace, run.job)
    server.workers().ensure(queue.TRAIN)


def sweep(workspace: Workspace, dataset: Dataset, plan: SweepPlan, guesses: Mapping[int, int] | None = None) -> Sweep:
    """Create a sweep and queue it; `guesses` are the votes of the class by place on its axis."""
    made = create_sweep(workspace, dataset, plan, guesses=guesses)
    queue.enqueue(workspace, made.job)
    server.workers().ensure(queue.TRAIN)
    return made


def resume_sweep(workspace: Workspace, stopped: Sweep) -> None:
    """Queue a stopped, interrupted or failed sweep again; finished runs stay."""
    queue.resubmit(workspace, stopped.job)
    server.workers().ensure(queue.TRAIN)


def download(workspace: Workspace, backbone: str) -> JobFolder:
    """Queue the download of a network's weights."""
    return _submit(workspace, {"kind": "download", "lane": queue.HELPER, "backbone": backbone})


def import_weights(workspace: Workspace, backbone: str, upload: UploadedFile) -> JobFolder:
    """Write an uploaded weights file into the job's own folder and queue its check."""
    request = {"kind": "import_weights", "lane": queue.HELPER, "backbone": backbone, "called": upload.name}

    def copy(beside: Path) -> None:
        with beside.open("wb") as file:
            shutil.copyfileobj(upload, file, 1 << 20)

    job = _with_file(workspace, request, "file", WEIGHTS, write=copy)
    uploads.give_back([upload])
    return job


def predict(workspace: Workspace, run: Run, photos: Sequence[UploadedFile]) -> JobFolder:
    """Pack uploaded photos into a zip in the job's own folder and queue their prediction.

    Earlier predictions are removed with their photos, so that nobody else finds them here.
    """
    ended_jobs.remove_ended(workspace, "predict")

    def pack(beside: Path) -> None:
        with beside.open("wb") as file, NewZip(file) as archive:
            for upload in photos:
                archive.writestr(unique_name(upload.name, set(archive.namelist())), upload.getbuffer())

    request = {"kind": "predict", "lane": queue.HELPER, "model": str(run.path)}
    job = _with_file(workspace, request, "photos", UPLOAD, write=pack)
    uploads.give_back(photos)
    return job


def _with_file(
    workspace: Workspace, request: dict[str, Any], named: str, file: str, *, write: Callable[[Path], object]
) -> JobFolder:
    """Queue a job with a file in its folder, which `write` makes under the path it is given."""
    path = _new_path(workspace)
    with JobFolder.making(path, {**request, named: str(path / file)}) as beside:
        write(beside / file)
    made = JobFolder(path)
    queue.enqueue(workspace, made)
    server.workers().ensure(request["lane"])
    return made


def show_strangers(workspace: Workspace, run: Run) -> JobFolder:
    """Queue the prediction of the bundled strangers."""
    request = {"kind": "predict", "lane": queue.HELPER, "model": str(run.path), "photos": str(samples.STRANGERS)}
    return _submit(workspace, request)


def open_job(workspace: Workspace, *kinds: str) -> JobFolder | None:
    """Return the newest job of some kinds that is queued or running; a refresh finds it again here."""
    found = [job for job in queue.open_jobs(workspace) if job.kind() in kinds and job.damage() is None]
    return max(found, key=lambda job: job.request()["created_at"], default=None)


def job(workspace: Workspace, job_id: str | None) -> JobFolder | None:
    """Return a job by its id, or None where it was deleted or cannot be read."""
    found = JobFolder(workspace.jobs / job_id) if job_id else None
    return found if found and found.exists() and found.damage() is None else None


def resume_search(workspace: Workspace, job: JobFolder) -> None:
    """Queue an interrupted search again; it skips photos that were searched already."""
    queue.resubmit(workspace, job)
    server.workers().ensure(queue.HELPER)


def _new_path(workspace: Workspace) -> Path:
    return workspace.jobs / uuid.uuid4().hex[:12]


def _submit(workspace: Workspace, request: dict[str, Any]) -> JobFolder:
    submitted = queue.submit(workspace, _new_path(workspace), request)
    server.workers().ensure(request["lane"])
    return submitted
