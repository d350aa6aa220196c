"""The job of a sweep: its trainings, one after the other in one process. Finished ones are skipped, others resumed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from core.errors import LabError
from core.jobs import worker
from core.sweeps.sweep import complete, open_sweep

if TYPE_CHECKING:
    from core.jobfolder import JobFolder
    from core.workspace import Workspace


def run_sweep(job: JobFolder, workspace: Workspace) -> None:
    """Do every training of a sweep that is not done yet. One that fails stops no other and is reported at the end.

    Raises:
        Stopped: the user asked to stop. The current training is resumed later from its checkpoint.
        LabError: at least one training failed.
    """
    # Imported here, so that listing the kinds of jobs does not import TensorFlow.
    from core.training.shared import Shared
    from core.training.trainer import run_training

    sweep = open_sweep(job.path, workspace)
    complete(sweep)
    shared = Shared(tuple(sorted({cell.depth for cell in sweep.plan.cells()})), job.check_stop)
    failed = []
    for _, run in sweep.members():
        job.check_stop()
        if run.status().state == "done":
            continue
        (run.path / "stop").unlink(missing_ok=True)
        try:
            worker.work_on(run.job, workspace, work=partial(run_training, shared=shared))
        except LabError as error:
            failed.append(str(error))
        job.emit("tried", run=run.id)
    if failed:
        raise LabError(failed[0] if len(failed) == 1 else f"{len(failed)} trainings failed. The first: {failed[0]}")
