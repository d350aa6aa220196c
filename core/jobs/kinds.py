"""The kinds of job: the lane of each, and the function that does it, imported when it is needed."""

from __future__ import annotations

import importlib
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from core.config import CropConfig, SplitConfig
from core.jobfolder import JobFolder
from core.jobs.queue import HELPER, TRAIN
from core.workspace import Workspace

if TYPE_CHECKING:
    from core.data.dataset import Dataset

Work = Callable[[JobFolder, Workspace], None]

# Every event is a line on disk, and a page shows no more.
_PROGRESS_EVERY_S = 0.1


@dataclass(frozen=True)
class Kind:
    """One kind of job.

    Attributes:
        lane: "train" for what takes minutes, "helper" for what a user waits for.
        function: "module:name" of a function (job, workspace). It returns when the job is done, raises `LabError` for
            what the user can mend and `Stopped` when asked to stop, and does not write the job's state.
        warm: import it before a job comes, for that takes seconds.
        ends_worker: the worker's process exits after such a job.
    """

    lane: str
    function: str
    warm: bool = False
    ends_worker: bool = False

    def load(self) -> Work:
        """Import the function."""
        module, _, name = self.function.partition(":")
        return cast("Work", getattr(importlib.import_module(module), name))


KINDS: dict[str, Kind] = {
    # Fitting in a loop leaks memory, so each training gets a process of its own.
    "train": Kind(TRAIN, "core.training.trainer:run_training", warm=True, ends_worker=True),
    "sweep": Kind(TRAIN, "core.jobs.sweep_job:run_sweep", ends_worker=True),
    "crop": Kind(HELPER, "core.jobs.kinds:crop"),
    "add": Kind(HELPER, "core.jobs.kinds:add"),
    "recrop": Kind(HELPER, "core.jobs.kinds:recrop"),
    "compare": Kind(HELPER, "core.training.similarity:compare_faces"),
    "explain": Kind(HELPER, "core.training.activations:explain"),
    "fetch": Kind(HELPER, "core.jobs.kinds:fetch"),
    # The first one imports TensorFlow (690 MB), which cropping does not need.
    "predict": Kind(HELPER, "core.training.predict:run_predict"),
    "download": Kind(HELPER, "core.jobs.kinds:download"),
    "import_weights": Kind(HELPER, "core.jobs.kinds:import_weights"),
}


def _reporter(job: JobFolder) -> Callable[[str, int, int], None]:
    """Return a function (step, done, total) that writes "progress" events at times and raises `Stopped` if asked."""
    last: tuple[str, float] = ("", 0.0)

    def report(step: str, done: int, total: int) -> None:
        nonlocal last
        job.check_stop()
        now_s = time.monotonic()
        if step != last[0] or done == total or now_s - last[1] >= _PROGRESS_EVERY_S:
            job.emit("progress", step=step, done=done, total=total)
            last = (step, now_s)

    return report


def crop(job: JobFolder, workspace: Workspace) -> None:
    """Build a data set: find, crop, group and split.

    Request: `source` (folder or zip), `name`, `crop` and `split` (fields of `CropConfig` and `SplitConfig`; may be
    missing), `people_from` where no folders name people (`core.data.read`), `without` (people to be left out),
    `count_leaks` (splits that may share takes with train). Events: "progress" with `step`, `done`, `total`.
    Result: `dataset_id`, `version`.
    """
    request = job.request()
    with _upload(job, Path(request["source"])) as source:
        crop_config = CropConfig(**request.get("crop", {}))
        _build(job, workspace, source, request.get("name"), crop_config, _reporter(job))


@contextmanager
def _upload(job: JobFolder, source: Path) -> Iterator[Path]:
    """Remove an upload, which lies in the job's own folder, once its photos are in the store.

    After anything else it stays: the page gives back what was brought, or the search is resumed.
    """
    yield source
    if source.parent == job.path:
        source.unlink(missing_ok=True)
    elif source.is_relative_to(job.path):
        shutil.rmtree(source.parent, ignore_errors=True)


def _build(
    job: JobFolder,
    workspace: Workspace,
    source: Path,
    name: str | None,
    crop_config: CropConfig,
    report: Callable[[str, int, int], None],
) -> None:
    from core.data.building import build_dataset

    split = SplitConfig(**job.request().get("split", {}))
    # Not strict: the page names people with too few photos, and the others can go on.
    dataset = build_dataset(
        source,
        workspace,
        name=name,
        crop=crop_config,
        split=split,
        strict=False,
        people_from=job.request().get("people_from", "folders"),
        without=job.request().get("without", ()),
        count_leaks=job.request().get("count_leaks", ()),
        on_progress=report,
    )
    _name_result(job, dataset)


def _name_result(job: JobFolder, dataset: Dataset) -> None:
    job.write_result({"dataset_id": dataset.id, "version": dataset.version})


def add(job: JobFolder, workspace: Workspace) -> None:
    """Add photos to the newest version of `dataset_id`.

    Request: `dataset_id`, `source`, `person` where all photos are one person's, `train_only` where all join train;
    `people_from`, `without`, `count_leaks`, events and result as for "crop".
    """
    from core.data.building import add_photos
    from core.data.versions import load_dataset
    from core.experiments import runs

    request = job.request()
    with _upload(job, Path(request["source"])) as source:
        added = add_photos(
            source,
            workspace,
            load_dataset(workspace, request["dataset_id"]),
            is_used=partial(runs.is_used, workspace),
            person=request.get("person"),
            people_from=request.get("people_from", "folders"),
            without=request.get("without", ()),
            count_leaks=request.get("count_leaks", ()),
            train_only=request.get("train_only", False),
            on_progress=_reporter(job),
        )
        _name_result(job, added)


def recrop(job: JobFolder, workspace: Workspace) -> None:
    """Crop the newest version of `dataset_id` anew. Request: `dataset_id`, `crop`. Events and result as for "crop"."""
    from core.data.recropping import recrop as crop_again
    from core.data.versions import load_dataset
    from core.experiments import runs

    request = job.request()
    dataset = load_dataset(workspace, request["dataset_id"])
    is_used = partial(runs.is_used, workspace)
    crop_config = CropConfig(**request["crop"])
    _name_result(job, crop_again(workspace, dataset, crop_config, is_used=is_used, on_progress=_reporter(job)))


def fetch(job: JobFolder, workspace: Workspace) -> None:
    """Bring people of a published collection from the internet, and build a data set of them.

    Request: `collection`, `people`, `photos` (a person), `crop` and `split` as for "crop". Events: "progress" with
    `step` "download" (bytes), then as for "crop". Result: `dataset_id`, `version`.
    """
    from core.data import collections

    request = job.request()
    chosen = collections.collection(request["collection"])
    report = _reporter(job)
    crop_config = CropConfig(**request.get("crop", {}))
    if chosen.are_faces:
        crop_config = replace(crop_config, detector="none")
    laid_out = job.path / "photos"
    try:
        collections.fetch(
            chosen.name,
            workspace.cache / "collections",
            laid_out,
            people=request["people"],
            photos=request["photos"],
            on_progress=report,
        )
        _build(job, workspace, laid_out, chosen.title, crop_config, report)
    finally:
        # They are in the store now, or were refused.
        shutil.rmtree(laid_out, ignore_errors=True)


def download(job: JobFolder, workspace: Workspace) -> None:
    """Download the weights of `backbone`. Events: "progress" with `step` "download", `done` and `total` in bytes.

    Result: `backbone`, `sha256`, `verified`.
    """
    from core.models.weights import download_weights

    report = _reporter(job)
    name = job.request()["backbone"]
    found = download_weights(name, workspace, on_progress=lambda done, total: report("download", done, total))
    job.write_result({"backbone": name, "sha256": found.sha256, "verified": found.verified})


def import_weights(job: JobFolder, workspace: Workspace) -> None:
    """Import the weights of `backbone` from the request's `file`; `called` is the name to show, where it is another.

    Result: `backbone`, `sha256`, `verified`.
    """
    from core.models.weights import import_weights as import_file

    request = job.request()
    file = Path(request["file"])
    try:
        found = import_file(request["backbone"], file, workspace, called=request.get("called", ""))
    finally:
        # An upload lies in the job's own folder; the workspace has its copy now, or it was refused.
        if file.parent == job.path:
            file.unlink(missing_ok=True)
    job.write_result({"backbone": request["backbone"], "sha256": found.sha256, "verified": found.verified})
