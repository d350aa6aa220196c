"""What pages ask workers for: each function queues one job and wakes the lane."""

from __future__ import annotations

import shutil
import uuid
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.config import CropConfig, TrainConfig
from core.data import samples
from core.data.dataset import Dataset
from core.data.naming import PeopleFrom
from core.data.uploads import Draft, apart
from core.experiments import runs
from core.experiments.runs import Run
from core.jobfolder import OPEN_STATES, JobFolder
from core.jobs import queue
from core.sweeps.plan import SweepPlan
from core.sweeps.sweep import Sweep, create_sweep
from core.workspace import Workspace
from ui import server

UPLOAD, WEIGHTS = "upload.zip", "weights.h5"
# A search with this file in its folder has been told the end of.
_TOLD = "told"
# Kinds of jobs that find faces; one at a time is shown on Photos.
SEARCHES = ("crop", "fetch", "add", "recrop")


def draft(workspace: Workspace, way: str) -> Draft:
    """Return the photos brought one way that wait for the search; a refresh and another tab find the same."""
    return Draft(workspace.jobs / f"draft-{way}")


def drop_drafts(workspace: Workspace) -> None:
    """Remove what was brought, whichever way, and waits for the search."""
    for path in workspace.jobs.glob("draft-*"):
        Draft(path).clear()


def crop_draft(
    workspace: Workspace, photos: Draft, crop: CropConfig, name: str, people_from: PeopleFrom = "folders"
) -> JobFolder:
    """Move what was brought into the job's own folder and queue the search for faces in it."""
    request = {"kind": "crop", "name": name, "crop": asdict(crop), "people_from": people_from}
    return _bring(workspace, photos, request)


def add_draft(workspace: Workspace, photos: Draft, into: Dataset, people_from: PeopleFrom = "folders") -> JobFolder:
    """The same for photos that join a data set."""
    request = {"kind": "add", "dataset_id": into.id, "version": into.version, "people_from": people_from}
    return _bring(workspace, photos, request)


def add_path(workspace: Workspace, folder: Path, into: Dataset, people_from: PeopleFrom = "folders") -> JobFolder:
    """Queue the search for faces in a folder of this computer whose photos join a data set."""
    request = {"kind": "add", "lane": queue.HELPER, "source": str(folder), "people_from": people_from}
    return _submit(workspace, {**request, "dataset_id": into.id, "version": into.version})


def recrop(workspace: Workspace, dataset: Dataset, crop: CropConfig) -> JobFolder:
    """Queue another search for faces in the photos of a data set, with other settings."""
    request = {"kind": "recrop", "lane": queue.HELPER, "crop": asdict(crop)}
    return _submit(workspace, {**request, "dataset_id": dataset.id, "version": dataset.version})


def compare_faces(workspace: Workspace, dataset: Dataset) -> JobFolder:
    """Queue the comparing of all faces of a data set by the network that comes with the lab."""
    request = {"kind": "compare", "lane": queue.HELPER, "dataset_id": dataset.id, "version": dataset.version}
    return _submit(workspace, request)


def explain(workspace: Workspace, dataset: Dataset, backbone: str, size_px: int) -> JobFolder:
    """Queue the pictures of what a network responds to in a face; older wishes not begun yet are dropped."""
    wanted = {"dataset_id": dataset.id, "version": dataset.version, "backbone": backbone, "image_size_px": size_px}
    for asked in queue.open_jobs(workspace):
        request = asked.request()
        if request["kind"] == "explain":
            if wanted.items() <= request.items():
                return asked
            asked.ask_to_stop()
    return _submit(workspace, {"kind": "explain", "lane": queue.HELPER, **wanted})


def _bring(workspace: Workspace, photos: Draft, request: dict[str, Any]) -> JobFolder:
    packed = photos.packed()
    path = _new_path(workspace)
    source = path / UPLOAD
    made = JobFolder.create(path, {**request, "lane": queue.HELPER, "source": str(source)})
    # Workers find it by its marker, which comes last: then the file is there. Pages see at once that it is open.
    packed.replace(source)
    photos.clear()
    return _queue(workspace, made)


def crop_folder(
    workspace: Workspace, folder: Path, crop: CropConfig, name: str = "", people_from: PeopleFrom = "folders"
) -> JobFolder:
    """Queue the search for faces in a folder of this computer."""
    request = {"kind": "crop", "lane": queue.HELPER, "source": str(folder), "crop": asdict(crop)}
    return _submit(workspace, {**request, "name": name or folder.name, "people_from": people_from})


def fetch(workspace: Workspace, collection: str, people: int, photos: int) -> JobFolder:
    """Queue the fetching of a published collection, and the search for faces in it."""
    request = {"kind": "fetch", "lane": queue.HELPER, "collection": collection}
    return _submit(workspace, {**request, "people": people, "photos": photos})


def train(workspace: Workspace, dataset: Dataset, config: TrainConfig, came_from: str = "") -> Run:
    """Make an experiment and queue it; `came_from` is the one that the idea for it started from."""
    run = runs.create_run(runs.new_run_path(workspace), dataset, config, came_from=came_from)
    queue.enqueue(workspace, run.job)
    server.workers().ensure(queue.TRAIN)
    return run


def go_on(workspace: Workspace, run: Run) -> None:
    """Queue a stopped, interrupted or failed experiment again; it goes on where it stood."""
    queue.again(workspace, run.job)
    server.workers().ensure(queue.TRAIN)


def sweep(workspace: Workspace, dataset: Dataset, plan: SweepPlan, guesses: Mapping[int, int] | None = None) -> Sweep:
    """Queue a whole comparison; `guesses` are the votes of the class by place on its axis."""
    made = create_sweep(workspace, dataset, plan, guesses=guesses)
    queue.enqueue(workspace, made.job)
    server.workers().ensure(queue.TRAIN)
    return made


def go_on_with_sweep(workspace: Workspace, stopped: Sweep) -> None:
    """Queue a stopped, interrupted or failed comparison again; what is done stays."""
    queue.again(workspace, stopped.job)
    server.workers().ensure(queue.TRAIN)


def download(workspace: Workspace, backbone: str) -> JobFolder:
    """Queue the download of a network's weights."""
    return _submit(workspace, {"kind": "download", "lane": queue.HELPER, "backbone": backbone})


def import_weights(workspace: Workspace, backbone: str, upload: UploadedFile) -> JobFolder:
    """Write an uploaded weights file into the job's own folder and queue its check."""
    request = {"kind": "import_weights", "lane": queue.HELPER, "backbone": backbone, "called": upload.name}
    return _with_file(
        workspace, request, "file", WEIGHTS, write=lambda beside: shutil.copyfileobj(upload, beside, 1 << 20)
    )


def predict(workspace: Workspace, run: Run, uploads: Sequence[UploadedFile]) -> JobFolder:
    """Pack uploaded photos into a zip in the job's own folder and queue a look at them.

    Earlier looks go away with their photos: they were for the eye, and nobody else shall find them here.
    """
    forget_ended(workspace, "predict")

    def pack(beside: BinaryIO) -> None:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as archive:
            for upload in uploads:
                archive.writestr(apart(upload.name, set(archive.namelist())), upload.getbuffer())

    request = {"kind": "predict", "lane": queue.HELPER, "model": str(run.path)}
    return _with_file(workspace, request, "photos", UPLOAD, write=pack)


def _with_file(
    workspace: Workspace, request: dict[str, Any], named: str, file: str, *, write: Callable[[BinaryIO], object]
) -> JobFolder:
    """Queue a job with an uploaded file in its folder.

    The file is whole before there is a job: another tab clears up after jobs that have ended, and a worker takes one
    as soon as it waits.
    """
    path = _new_path(workspace)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}")
    try:
        with beside.open("wb") as opened:
            write(opened)
        made = JobFolder.create(path, {**request, named: str(path / file)})
        beside.replace(path / file)
    finally:
        beside.unlink(missing_ok=True)
    return _queue(workspace, made)


def show_strangers(workspace: Workspace, run: Run) -> JobFolder:
    """Queue a look at the strangers who come with the lab."""
    request = {"kind": "predict", "lane": queue.HELPER, "model": str(run.path), "photos": str(samples.STRANGERS)}
    return _submit(workspace, request)


def open_job(workspace: Workspace, *kinds: str) -> JobFolder | None:
    """Return the newest job of some kinds that is queued or running; a refresh finds it again here."""
    found = [job for job in queue.open_jobs(workspace) if job.request()["kind"] in kinds]
    return max(found, key=lambda job: job.request()["created_at"], default=None)


def job(workspace: Workspace, job_id: str | None) -> JobFolder | None:
    """Return a job by its id, or None where it is gone."""
    found = JobFolder(workspace.jobs / job_id) if job_id else None
    return found if found and found.exists() else None


def drop_uploads(workspace: Workspace) -> None:
    """Remove the uploaded files of jobs that have ended: the photos lie in the store now, or were not wanted.

    An interrupted search keeps its own, to go on with.
    """
    for path in _jobs(workspace):
        if not (path / UPLOAD).exists():
            continue
        ended = JobFolder(path)
        needed = "interrupted" if ended.request()["kind"] in SEARCHES else ""
        if ended.status().state not in (*OPEN_STATES, needed):
            (path / UPLOAD).unlink(missing_ok=True)


def untold_searches(workspace: Workspace) -> list[JobFolder]:
    """Return the searches for faces that have ended and whose end nobody was told yet, the newest first."""
    found = [JobFolder(path) for path in _jobs(workspace) if not (path / _TOLD).exists()]
    ended = [job for job in found if job.request()["kind"] in SEARCHES and job.status().state not in OPEN_STATES]
    return sorted(ended, key=lambda job: job.status().changed_at, reverse=True)


def tell(job: JobFolder) -> None:
    """Note that the end of a search was told."""
    (job.path / _TOLD).touch()


def can_go_on(job: JobFolder) -> bool:
    """Tell whether what an interrupted search looks through is still there."""
    source = job.request().get("source")
    return source is None or Path(source).exists()


def search_on(workspace: Workspace, job: JobFolder) -> None:
    """Queue an interrupted search once more; photos that were looked at are not looked at again."""
    queue.again(workspace, job)
    server.workers().ensure(queue.HELPER)


def forget(job: JobFolder) -> None:
    """Remove a job that has ended, with its upload."""
    shutil.rmtree(job.path, ignore_errors=True)


def _jobs(workspace: Workspace) -> list[Path]:
    return [path for path in workspace.jobs.iterdir() if JobFolder(path).exists()] if workspace.jobs.is_dir() else []


def forget_ended(workspace: Workspace, kind: str = "") -> None:
    """Remove the folders of jobs (of one kind) that have ended, with the faces in them. Experiments stay."""
    for path in _jobs(workspace):
        if kind in ("", JobFolder(path).request()["kind"]) and JobFolder(path).status().state not in OPEN_STATES:
            shutil.rmtree(path, ignore_errors=True)


def _new_path(workspace: Workspace) -> Path:
    return workspace.jobs / uuid.uuid4().hex[:12]


def _submit(workspace: Workspace, request: dict[str, Any]) -> JobFolder:
    submitted = queue.submit(workspace, _new_path(workspace), request)
    server.workers().ensure(request["lane"])
    return submitted


def _queue(workspace: Workspace, made: JobFolder) -> JobFolder:
    queue.enqueue(workspace, made)
    server.workers().ensure(made.request()["lane"])
    return made
