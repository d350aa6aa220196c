"""What each block of a network responds to in a face: small pictures under the strip, as soon as a worker has them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.config import TrainConfig
from core.data.dataset import Dataset
from core.experiments import activation_files
from core.jobfolder import OPEN_STATES, JobFolder
from core.models import weights
from core.workspace import Workspace
from ui import jobs, state

EVERY_S = 1.0


def shown(workspace: Workspace, dataset: Dataset, config: TrainConfig) -> list[str] | None:
    """Return the pictures that are there as data addresses, an empty one each where none are; asks nobody to make them.

    None: there is nothing to show, for a network that learned nothing answers at random.
    """
    if not config.pretrained or not dataset.of("train"):
        return None
    paths = activation_files.existing_activations(workspace, dataset, config.backbone, config.image_size_px)
    return (
        _addresses(paths)
        if paths
        else [""] * len(activation_files.activation_paths(workspace, dataset, config.backbone, 0))
    )


def asked_for(workspace: Workspace, dataset: Dataset, config: TrainConfig) -> list[str] | None:
    """Return the same, and have them made once where they are missing; meanwhile the page looks for them."""
    pictures = shown(workspace, dataset, config)
    if pictures is None or all(pictures) or not weights.has_weights(config.backbone, workspace):
        return pictures
    key = (dataset.id, dataset.version, config.backbone, config.image_size_px)
    explained = state.EXPLAINED.get()
    if key not in explained:
        job = jobs.explain(workspace, dataset, config.backbone, config.image_size_px)
        state.EXPLAINED.set({**explained, key: job.id})
    else:
        # Asked once a session: what could not be made is not tried with every click.
        job = jobs.job(workspace, explained[key])
    if job and _is_open(job):
        st.fragment(_wait, run_every=EVERY_S)(job)
    return pictures


def _wait(job: JobFolder) -> None:
    """Draw the whole page once more when the pictures are there, or will not come; it then draws no such part."""
    if not _is_open(job):
        st.rerun()


def _is_open(job: JobFolder) -> bool:
    return job.exists() and job.status().state in OPEN_STATES


def _addresses(paths: Sequence[Path]) -> list[str]:
    try:
        return ["data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii") for path in paths]
    except OSError:
        return [""] * len(paths)
