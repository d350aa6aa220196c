"""Pictures for the strip of layers: the face as the network gets it, and what each block responds to in it."""

from __future__ import annotations

import io

import streamlit as st
from PIL import Image

from core import disk
from core.config import TrainConfig
from core.data import arrays
from core.data.dataset import Dataset
from core.experiments import activation_files
from core.models import weights
from core.workspace import Workspace
from ui import job_progress, jobs, state
from ui.components import faces


def face(workspace: Workspace, dataset: Dataset, side_px: int) -> str:
    """Return a train face at the size the network gets it, as a data address; "" where its photo is gone."""
    seen_rgb = arrays.one_face(dataset, workspace, side_px)
    if seen_rgb is None:
        return ""
    data = io.BytesIO()
    # Without loss: every point the network sees is a point of the picture.
    Image.fromarray(seen_rgb).save(data, "PNG")
    return faces.data_address(data.getvalue(), "png")


def maps(workspace: Workspace, dataset: Dataset, config: TrainConfig) -> list[str] | None:
    """Return the activation map of each block as a data address, empty ones where none were made yet.

    None for a network that learned nothing, which responds at random, and where there are no photos.
    """
    if not config.pretrained or not dataset.of("train"):
        return None
    paths = activation_files.existing_activations(workspace, dataset, config.backbone, config.image_size_px)
    try:
        found = [faces.data_address(path.read_bytes(), "png") for path in paths or ()]
    except OSError:
        found = []
    return found or [""] * len(activation_files.activation_paths(workspace, dataset, config.backbone, 0))


def maps_or_make(workspace: Workspace, dataset: Dataset, config: TrainConfig) -> list[str] | None:
    """Return the same; have a worker make the maps where they are missing, and draw the page again with them."""
    found = maps(workspace, dataset, config)
    if found is None or all(found) or not weights.has_weights(config.backbone, workspace):
        return found
    key = (dataset.id, dataset.version, config.backbone, config.image_size_px)
    explained = state.ACTIVATION_JOBS.get()
    job = None
    if key not in explained:
        # Nobody asked for them: a full disk does not end the page here.
        with disk.unless_refused():
            job = jobs.explain(workspace, dataset, config.backbone, config.image_size_px)
            state.ACTIVATION_JOBS.set({**explained, key: job.id})
    else:
        # Asked once a session: what could not be made is not tried with every click.
        job = jobs.job(workspace, explained[key])
    if job and job_progress.is_open(job):
        st.fragment(job_progress.leave_when_over, run_every=job_progress.OUT_OF_STEP_S)(job)
    return found
