"""What lies in the workspace and cannot be read: a row each, which says why, with the button that removes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import streamlit as st

from core.data.versions import damaged_datasets
from core.experiments.runs import damaged_runs
from core.jobs import deletion
from core.sweeps.sweep import damaged_sweeps
from core.workspace import Workspace
from ui import page
from ui.experiments import storage
from ui.state import Param, Widget
from ui.text import experiments as words

# The folder's name, why it cannot be read, and what removes it.
Row = tuple[str, str, Callable[[], None]]


def show(rows: Iterable[Row]) -> None:
    """Draw a row for each, nothing where there are none."""
    for name, reason, remove in rows:
        page.show_error(reason)
        if storage.sure(words.DELETE_RUN, Widget.DELETE_DAMAGED.of(name), Widget.DELETE_DAMAGED_SURE.of(name), name):
            storage.delete(remove)


def datasets(workspace: Workspace) -> list[Row]:
    """Return the rows of data sets."""
    return [
        (dataset_id, reason, partial(deletion.delete_dataset, workspace, dataset_id))
        for dataset_id, reason in damaged_datasets(workspace)
    ]


def runs(workspace: Workspace) -> list[Row]:
    """Return the rows of runs."""
    return [(run.id, reason, partial(deletion.delete_run, workspace, run)) for run, reason in damaged_runs(workspace)]


def named_run(workspace: Workspace) -> list[Row]:
    """Return the row of the run that the page's address names, if it cannot be read."""
    named = st.query_params.get(Param.RUN)
    return [row for row in runs(workspace) if row[0] == named] if named else []


def sweeps(workspace: Workspace) -> list[Row]:
    """Return the rows of sweeps."""
    return [
        (sweep.id, reason, partial(deletion.delete_sweep, workspace, sweep))
        for sweep, reason in damaged_sweeps(workspace)
    ]


def jobs(workspace: Workspace) -> list[Row]:
    """Return the rows of searches, downloads and looks at new photos."""
    return [
        (job.id, reason, partial(deletion.delete_job, workspace, job))
        for job, reason in deletion.damaged_jobs(workspace)
    ]
