"""Compares the faces of a data set by what the bundled network makes of them."""

from __future__ import annotations

from core.jobfolder import JobFolder
from core.photos.likeness_file import Likeness, write_likeness
from core.photos.manifest import load_dataset
from core.workspace import Workspace


def compare(job: JobFolder, workspace: Workspace) -> None:
    """Guess which face of a group photo is whose. Request: `dataset_id`, `version`. Result: `dataset_id`, `version`."""
    dataset = load_dataset(workspace, job.request()["dataset_id"])
    write_likeness(workspace, dataset, Likeness())
    job.write_result({"dataset_id": dataset.id, "version": dataset.version})
