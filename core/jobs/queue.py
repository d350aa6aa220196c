"""The queue: job folders, and a marker for each that is queued.

A marker is an empty file `queue/<lane>/<created>-<runs|sweeps|jobs>-<id>`. Its name says everything, so that listing
one small folder gives the waiting jobs, oldest first, however many finished ones there are. The job folder decides: a
marker whose job is gone or no longer queued is dropped when it is read, and `repair` writes missing ones.
"""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from core import disk
from core.errors import LabError
from core.jobfolder import OPEN_STATES, JobFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.workspace import Workspace

TRAIN, HELPER = LANES = ("train", "helper")
# What reading a job's files raises where they are damaged, or deleted meanwhile.
_ODD = (OSError, LabError)
_MARKER_NAME = re.compile(r"[\d.]+-(runs|sweeps|jobs)-(.+)")


@dataclass(frozen=True)
class Marker:
    """One entry of a lane."""

    path: Path
    job: JobFolder

    @classmethod
    def of(cls, workspace: Workspace, job: JobFolder) -> Marker:
        """Return the marker of a job, existing or not."""
        request = job.stored_request()
        name = f"{request['created_at']:017.6f}-{job.path.parent.name}-{job.id}"
        return cls(_lane_folder(workspace, request["lane"]) / name, job)

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)


def _lane_folder(workspace: Workspace, lane: str) -> Path:
    if lane not in LANES:
        raise LabError(f"A lane must be one of {', '.join(LANES)}, received {lane!r}; name one of these.")
    return workspace.queue / lane


def submit(workspace: Workspace, path: Path, request: dict[str, Any]) -> JobFolder:
    """Make a job's folder and put it into the queue.

    Args:
        workspace: whose job it is.
        path: the new folder, directly in the workspace's `runs`, `sweeps` or `jobs`.
        request: `kind`, `lane`, and whatever the kind of job needs.

    Raises:
        LabError: the folder exists already and is not empty, or there is no such lane.
    """
    _lane_folder(workspace, request["lane"])
    job = JobFolder.create(path, request)
    enqueue(workspace, job)
    return job


def enqueue(workspace: Workspace, job: JobFolder) -> None:
    """Write the marker of a job that is `queued` already, as `core.experiments.runs.create_run` makes them."""
    if job.path.parent not in _homes(workspace):
        raise LabError(
            f'The job folder "{job.path}" is not one of this workspace; make it in its runs, sweeps or jobs.'
        )
    Marker.of(workspace, job).write()


def resubmit(workspace: Workspace, job: JobFolder) -> None:
    """Queue a stopped, interrupted or failed job again, at its old place; its worker resumes it.

    Raises:
        LabError: a worker is working on it.
    """
    job.queue_again()
    enqueue(workspace, job)


def stop(workspace: Workspace, job: JobFolder) -> None:
    """Ask a job to stop; one that still waits leaves the queue."""
    job.ask_to_stop()
    if _state(job) == "stopped":
        with suppress(*_ODD):  # its request cannot be read, or it was deleted meanwhile
            Marker.of(workspace, job).drop()


def waiting(workspace: Workspace, lane: str) -> list[JobFolder]:
    """Return the queued jobs of a lane, oldest first."""
    return [marker.job for marker in _markers(workspace, lane) if _state(marker.job) == "queued"]


def open_jobs(workspace: Workspace) -> list[JobFolder]:
    """Return every job of the workspace that is queued or running."""
    return [job for job in _all_jobs(workspace) if _state(job) in OPEN_STATES]


def repair(workspace: Workspace) -> list[Path]:
    """Write the markers of queued jobs that have none, as after a crash between the folder and its marker.

    Returns:
        the folders that cannot be read; they stay as they are, and stop no other.
    """
    odd = []
    for job in _all_jobs(workspace):
        try:
            marker = Marker.of(workspace, job) if job.status().state == "queued" else None
        except _ODD:
            if job.exists():  # not deleted meanwhile
                odd.append(job.path)
        else:
            if marker:
                marker.write()
    return odd


def is_lane_busy(workspace: Workspace, lane: str) -> bool:
    """Return whether a living worker of this lane is at work."""
    with _lane_claimed(workspace, lane) as free:
        return not free


@contextmanager
def take(workspace: Workspace, lane: str) -> Iterator[JobFolder | None]:
    """Hold the lane and its oldest queued job, marked `running`; None where there is nothing to do.

    Each lane does one job at a time: None as well while another worker of the lane has one. Cheap when nothing waits:
    it lists one folder.
    """
    with ExitStack() as held:
        markers = _markers(workspace, lane)
        job = None
        if len(markers) > 0 and held.enter_context(_lane_claimed(workspace, lane)):
            job = next((marker.job for marker in markers if _claim(marker, held)), None)
        yield job


def _claim(marker: Marker, held: ExitStack) -> bool:
    """Try to hold a marker's job and mark it running; drop the marker of a job that is no longer queued."""
    if not marker.job.exists():
        marker.drop()
        return False
    with ExitStack() as mine:
        try:
            mine.enter_context(marker.job.held(timeout_s=0.2))
        except (LabError, FileNotFoundError):
            return False
        is_mine = False
        if _state(marker.job) == "queued":
            is_mine = not (marker.job.path / "stop").exists()
            marker.job.set_state("running" if is_mine else "stopped")
        marker.drop()
        if is_mine:
            held.push(mine.pop_all())
    return is_mine


@contextmanager
def _lane_claimed(workspace: Workspace, lane: str) -> Iterator[bool]:
    """Try to hold a lane, so that no other worker of it takes a job; yield whether it worked."""
    lock = FileLock(_lane_folder(workspace, lane).with_suffix(".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _markers(workspace: Workspace, lane: str) -> list[Marker]:
    folder = _lane_folder(workspace, lane)
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except FileNotFoundError:
        return []
    matches = [match for match in map(_MARKER_NAME.fullmatch, names) if match]
    return [Marker(folder / match[0], JobFolder(workspace.root / match[1] / match[2])) for match in matches]


def _homes(workspace: Workspace) -> tuple[Path, ...]:
    return workspace.runs, workspace.sweeps, workspace.jobs


def _all_jobs(workspace: Workspace) -> list[JobFolder]:
    folders = [path for home in _homes(workspace) for path in disk.folders_in(home)]
    return [job for job in map(JobFolder, folders) if job.exists()]


def _state(job: JobFolder) -> str | None:
    """Return a job's state; None where its folder was deleted meanwhile or cannot be read."""
    try:
        return job.status().state
    except _ODD:
        return None
