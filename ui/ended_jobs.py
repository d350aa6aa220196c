"""Jobs that have ended: what they were given goes away or waits again, and whose end was shown to nobody yet."""

from __future__ import annotations

import shutil
from pathlib import Path

from core import disk
from core.data.takes import Takes, is_takes
from core.data.uploads import Upload
from core.jobfolder import OPEN_STATES, JobFolder
from core.jobs.deletion import SEARCHES
from core.remembered import forget
from core.workspace import Workspace

# In a job's folder: a zip that was uploaded, photos that waited to be brought.
UPLOAD, DRAFT = "upload.zip", "draft"
# Marks a search whose end was shown to the user.
_REPORTED = "told"


def remove_uploads(workspace: Workspace) -> None:
    """Remove the uploads of jobs that have ended. An interrupted search keeps its own, to go on with.

    What was brought for a search that was refused or stopped waits on Photos again, as it was before.
    """
    for job in _jobs(workspace):
        state = job.status().state
        if state in OPEN_STATES or (state == "interrupted" and job.kind() in SEARCHES):
            continue
        (job.path / UPLOAD).unlink(missing_ok=True)
        if (job.path / DRAFT).is_dir() and state != "done":
            waits = workspace.jobs / job.request()["draft"]
            (Takes if is_takes(waits) else Upload)(waits).take_back(job.path / DRAFT)
        elif (job.path / DRAFT).is_dir():
            shutil.rmtree(job.path / DRAFT, ignore_errors=True)


def unreported_searches(workspace: Workspace) -> list[JobFolder]:
    """Return the searches for faces whose end was not shown to anybody yet, the newest first."""
    found = [job for job in _jobs(workspace) if not (job.path / _REPORTED).exists()]
    ended = [job for job in found if job.kind() in SEARCHES and job.status().state not in OPEN_STATES]
    return sorted(ended, key=lambda job: job.status().changed_at, reverse=True)


def mark_reported(job: JobFolder) -> None:
    """Note that the end of a search was shown."""
    (job.path / _REPORTED).touch()


def can_go_on(job: JobFolder) -> bool:
    """Tell whether what an interrupted search looks through is still there."""
    source = job.request().get("source")
    return source is None or Path(source).exists()


def remove(job: JobFolder) -> None:
    """Remove a job that has ended, with its upload."""
    disk.remove_folder(job.path)
    forget()


def remove_ended(workspace: Workspace, kind: str = "") -> None:
    """Remove the folders of jobs (of one kind) that have ended, with the faces in them. Runs stay."""
    for job in _jobs(workspace):
        if kind in ("", job.kind()) and job.status().state not in OPEN_STATES:
            remove(job)


def _jobs(workspace: Workspace) -> list[JobFolder]:
    """Return the jobs that can be read; My experiments lists the others."""
    found = map(JobFolder, disk.folders_in(workspace.jobs))
    return [job for job in found if job.exists() and job.damage() is None]
