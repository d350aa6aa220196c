"""Deletion of what a worker may be using: its jobs are stopped first, then everything is removed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from core import disk, trash
from core.data import versions
from core.data.takes import FOOLED_DRAFT, is_takes
from core.data.uploads import Upload
from core.data.versions import delete_dataset as delete_photos
from core.errors import LabError
from core.experiments import runs
from core.jobfolder import OPEN_STATES, JobFolder
from core.jobs import stopping, workers
from core.sweeps.sweep import damaged_sweeps, list_sweeps

if TYPE_CHECKING:
    from pathlib import Path

    from core.data.dataset import Dataset
    from core.experiments.runs import Run
    from core.sweeps.sweep import Sweep
    from core.workspace import Erased, Workspace

# Kinds of jobs that bring photos into the store before a data set names them.
SEARCHES = ("crop", "add", "recrop", "fetch")


@dataclass(frozen=True)
class MadeWith:
    """Experiments and comparisons that have some photos, and so keep them when these are removed from a data set.

    Attributes:
        runs: those that no comparison of `sweeps` was made for.
    """

    runs: tuple[Run, ...]
    sweeps: tuple[Sweep, ...]

    def __bool__(self) -> bool:
        return bool(self.runs or self.sweeps)


def delete_run(workspace: Workspace, run: Run) -> None:
    """Stop an experiment where it is open, and remove it with all predictions of new photos made with it.

    Raises:
        LabError: a worker does not let go of it.
    """
    delete_made(workspace, MadeWith((run,), ()))


def delete_sweep(workspace: Workspace, sweep: Sweep) -> None:
    """Stop a sweep where it is open, and remove it with the experiments made for it that no other sweep shows.

    Raises:
        LabError: a worker does not let go of it.
    """
    delete_made(workspace, MadeWith((), (sweep,)))


def delete_made(workspace: Workspace, made: MadeWith) -> None:
    """Delete experiments and sweeps as `delete_run` and `delete_sweep` do, all of them or none.

    Raises:
        LabError: a worker does not let go of one.
    """
    gone = [run.job for run in made.runs] + _made_for(workspace, made.sweeps)
    models = {str(job.path) for job in gone}
    predictions = [job for job in _jobs(workspace) if _request(job).get("model") in models]
    everything = [*(sweep.job for sweep in made.sweeps), *gone, *predictions]
    _stop(workspace, everything)
    # Sweeps first: they would train missing experiments again, while experiments without their sweep are harmless.
    _remove(workspace, everything)
    _remove_unneeded_photos(workspace)


def _made_for(workspace: Workspace, sweeps: Collection[Sweep]) -> list[JobFolder]:
    """Return the experiments made for these sweeps, or for some deleted earlier, that no other sweep shows."""
    if not sweeps:
        return []
    ids = {sweep.id for sweep in sweeps}
    others = [other for other in list_sweeps(workspace) if other.id not in ids]
    # A damaged sweep may be repaired by hand, so its experiments stay.
    needed = {"", *(other.id for other in others), *(other.id for other, _ in damaged_sweeps(workspace))} - ids
    shown = {run.id for other in others for _, run in other.members()}
    return [run.job for run in runs.run_folders(workspace) if run.id not in shown and _sweep_of(run.job) not in needed]


def _sweep_of(job: JobFolder) -> str:
    return str(_request(job).get("sweep", ""))


def made_with(workspace: Workspace, dataset: Dataset, sha256s: Collection[str]) -> MadeWith:
    """Find what was made with some of these photos of a data set, in any of its versions."""

    def uses(made: Run | Sweep) -> bool:
        return made.dataset.id == dataset.id and not made.dataset.sha256s().isdisjoint(sha256s)

    sweeps = [sweep for sweep in list_sweeps(workspace) if uses(sweep)]
    theirs, same, asked = {sweep.id for sweep in sweeps}, [], {}
    for run in runs.list_runs(workspace, of_sweeps=True):
        # Many have the same photos, whose list is long.
        photos = runs.dataset_of(run), run.digest().photos.kept
        if photos not in asked:
            asked[photos] = uses(run)
        if asked[photos] and run.sweep_id not in theirs:
            same.append(run)
    return MadeWith(tuple(same), tuple(sweeps))


def delete_dataset(workspace: Workspace, dataset_id: str) -> None:
    """Stop everything that uses a data set; remove it with its experiments and whatever else has its faces.

    Photos that wait for a search stay, and so do looks at new photos by other experiments.

    Raises:
        LabError: a worker does not let go of it, or photos of another data set are being read in right now.
    """
    made = [run.job for run in runs.run_folders(workspace) if (runs.dataset_of(run) or ("",))[0] == dataset_id]
    models = {str(job.path) for job in made}
    others = [*_jobs(workspace), *_sweeps(workspace)]
    using = [*made, *(job for job in others if _uses(job, dataset_id) or _request(job).get("model") in models)]
    _stop(workspace, using)
    fooled = workspace.jobs / f"{FOOLED_DRAFT}{dataset_id}"
    delete_photos(workspace, dataset_id, also=[*(job.path for job in using), *([fooled] if fooled.exists() else [])])


def _uses(job: JobFolder, dataset_id: str) -> bool:
    """Return whether a job was asked for with a data set, or has made it."""
    if _request(job).get("dataset_id") == dataset_id:
        return True
    try:
        return job.result().get("dataset_id") == dataset_id
    except (LabError, FileNotFoundError):
        return False


def go_on(workspace: Workspace) -> None:
    """Finish what an earlier process left: deletions that did not come to their end, temporary files, unused photos.

    Call it when a server starts.
    """
    disk.clear_temporary(workspace.root, deep=True)
    trash.finish(workspace.root)
    for draft in workspace.jobs.glob("draft-*"):
        if not is_takes(draft):
            Upload(draft).tidy()
    _remove_unneeded_photos(workspace)


def _remove_unneeded_photos(workspace: Workspace) -> None:
    """Remove photos that no data set uses, unless a search that can go on may still want them."""
    searching = [job for job in _jobs(workspace) if job.kind() in SEARCHES and not _has_ended(job)]
    if not searching:
        versions.remove_unneeded(workspace, partial(runs.is_used, workspace))


def _has_ended(job: JobFolder) -> bool:
    try:
        return job.status().state in ("done", "failed")
    except (LabError, FileNotFoundError):
        return True


def delete_job(workspace: Workspace, job: JobFolder) -> None:
    """Stop a job where it is open, and remove it with what it was given.

    Raises:
        LabError: a worker does not let go of it.
    """
    _stop(workspace, [job])
    _remove(workspace, [job])
    _remove_unneeded_photos(workspace)


def damaged_jobs(workspace: Workspace) -> list[tuple[JobFolder, str]]:
    """Return the jobs beside trainings and sweeps that cannot be read, each with the reason in a sentence."""
    needed = ("request.json", "status.json")
    folders = [path for path in disk.folders_in(workspace.jobs) if any((path / name).exists() for name in needed)]
    return [(job, reason) for job in map(JobFolder, folders) if (reason := job.damage()) is not None]


def erase_everything(workspace: Workspace) -> Erased:
    """Stop all work, remove everything of the user's, and let the workers exit, so that nothing stays in memory either.

    Raises:
        LabError: a worker does not stop, or something could not be removed.
    """
    stopping.stop_everything(workspace)
    erased = workspace.erase()
    for worker in workers.list_workers(workspace):
        if worker.alive:
            workers.ask_to_leave(workspace, worker.token)
    return erased


def _jobs(workspace: Workspace) -> list[JobFolder]:
    return _in(workspace.jobs)


def _sweeps(workspace: Workspace) -> list[JobFolder]:
    return _in(workspace.sweeps)


def _in(home: Path) -> list[JobFolder]:
    return [job for job in map(JobFolder, disk.folders_in(home)) if job.exists()]


def _request(job: JobFolder) -> dict[str, Any]:
    """Return a job's request; nothing where its folder is damaged."""
    try:
        return job.stored_request()
    except (LabError, FileNotFoundError):
        return {}


def _is_open(job: JobFolder) -> bool:
    try:
        return job.status().state in OPEN_STATES
    except (LabError, FileNotFoundError):
        return False


def _stop(workspace: Workspace, jobs: list[JobFolder]) -> None:
    stopping.stop_jobs(workspace, [job for job in jobs if _is_open(job)])


def _remove(workspace: Workspace, jobs: list[JobFolder]) -> None:
    trash.remove(workspace.root, [job.path for job in jobs])
