"""The folder with everything of one user, and how to erase it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from core import disk, trash
from core.errors import LabError


@dataclass(frozen=True)
class Erased:
    """What was removed: how many photos, and bytes in all."""

    photos: int
    bytes: int


@dataclass(frozen=True)
class Workspace:
    """One user's folder. Nothing outside it is ever written, except where a command names a place (`--out`).

    photos/    the content store: a folder a photo, named by its hash, with everything made from it (faces, crops)
    datasets/  a folder a data set: its manifest, one file a version
    runs/      a folder a training
    sweeps/    a folder a sweep: which trainings belong to it, the guesses of the class
    jobs/      a folder a job that is neither (crop, download, predict)
    queue/     queued jobs by lane, the locks of the lanes, the workers and their logs
    weights/   downloaded and imported weights
    cache/     what can be computed again; `features` in it what frozen layers gave (`core.features`)
    trash/     what was deleted and could not be removed at once (`core.trash`)
    .tmp-*     temporary folders, named after the process that made them (`core.disk`)
    """

    root: Path

    @classmethod
    def personal(cls) -> Workspace:
        """Return the workspace of this computer's user: `LAB_HOME`, else the platform's own user data folder."""
        home = os.environ.get("LAB_HOME")
        return cls(Path(home) if home else Path(platformdirs.user_data_dir("vggface-lab", appauthor=False)))

    @property
    def photos(self) -> Path:
        return self.root / "photos"

    @property
    def datasets(self) -> Path:
        return self.root / "datasets"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def sweeps(self) -> Path:
        return self.root / "sweeps"

    @property
    def jobs(self) -> Path:
        return self.root / "jobs"

    @property
    def queue(self) -> Path:
        return self.root / "queue"

    @property
    def weights(self) -> Path:
        return self.root / "weights"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def features(self) -> Path:
        return self.cache / "features"

    def erase(self) -> Erased:
        """Remove everything of the user's: photos, data sets, runs, sweeps, jobs, caches. Weights stay.

        Stop all jobs before (`core.jobs.stopping.stop_everything`), for they write into these folders.

        Raises:
            LabError: something could not be removed, as where another program has a file open.
        """
        trash.finish(self.root)
        photos = sum(1 for _ in self.photos.glob("*/*/original"))
        size = 0
        temporary = [path for path in self.root.glob(f"{disk.TEMPORARY}*") if path.is_dir()]
        folders = (self.photos, self.datasets, self.runs, self.sweeps, self.jobs, self.cache, *temporary)
        size += sum(file.stat().st_size for folder in folders for file in folder.rglob("*") if file.is_file())
        # Logs may name people. Living workers keep them open, so they are emptied, not removed; and first, because a
        # deletion that death interrupts goes on with the folders only.
        for log in self.queue.glob("*.log"):
            size += log.stat().st_size
            os.truncate(log, 0)
        trash.remove(self.root, folders)
        places = (*folders, self.root / trash.FOLDER)
        left = [file for folder in places for file in folder.rglob("*") if file.is_file()]
        if left:
            raise LabError(
                f'{len(left)} files in "{left[0].parent}" could not be removed; '
                "close the programs that use them and erase again."
            )
        return Erased(photos=photos, bytes=size)
