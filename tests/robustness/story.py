"""What a class does with the lab, click by click, through the functions that the pages call; and what must hold after.

Runs in processes of `tests.robustness.processes`. Every step has clicks; those that were done are written down outside
the workspace, so that after a death it is known what the user has seen happen.
"""

from __future__ import annotations

import io
import json
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from core import disk
from core.config import CropConfig, TrainConfig
from core.data import edits
from core.data.dataset import Dataset
from core.data.store import sha256_of
from core.data.uploads import Upload
from core.data.versions import list_datasets
from core.experiments import runs
from core.jobfolder import OPEN_STATES, JobFolder
from core.jobs import deletion, supervisor, workers
from core.sweeps.plan import Start, SweepPlan
from core.sweeps.sweep import list_sweeps
from core.workspace import Workspace
from tests import patterns
from tests.drawn import encoded
from tests.robustness.processes import Process
from ui import ended_jobs, jobs, server

PEOPLE = ("Wilhelmina Quux", "Xanthippe Vrba", "Zebedee Okoro")
STRAY = "Nepomuk Hlava"
NEW_NAME = "Xaver Vrba"
PHOTOS = 8
CROP = CropConfig(detector="none", size_px=64)
CONFIG = TrainConfig(
    pretrained=False, image_size_px=48, epochs=3, head_epochs=1, batch_size=8, learning_rate=3e-3, precision="float32"
).with_changes(views=1, freeze_depth=10)
PLAN = SweepPlan(
    base=CONFIG.with_changes(epochs=2), starts=(Start("face-vgg-mini", pretrained=False),), depths=(10, 13), seeds=(0,)
)
PATIENCE_S = 90.0
# What each deletion removes, listed before it.
LIST = "list.json"


def photo(person: int, number: int) -> tuple[str, bytes]:
    """Return a photo's name and file; no two are the same."""
    name = STRAY if person == len(PEOPLE) else PEOPLE[person]
    return f"{name.lower()} {number}.png", encoded(patterns.pattern(person, number))


@dataclass(frozen=True)
class Click:
    """One thing that the user does.

    Attributes:
        do: does it.
        is_done: whether the user sees that it was done, after a restart.
    """

    name: str
    do: Callable[[Workspace], object]
    is_done: Callable[[Workspace], bool]


def cards(workspace: Workspace) -> Upload:
    return jobs.draft(workspace, "cards")


def _bring(person: int, numbers: Sequence[int]) -> Click:
    files = [photo(person, number) for number in numbers]

    def do(workspace: Workspace) -> None:
        cards(workspace).add(person, [(name, io.BytesIO(data)) for name, data in files])

    def is_done(workspace: Workspace) -> bool:
        return files[0][0] in cards(workspace).pile(person).names

    return Click(f"bring-{person}-{numbers[0]}", do, is_done)


def _name(person: int) -> Click:
    return Click(
        f"name-{person}",
        lambda workspace: cards(workspace).set_person(person, PEOPLE[person]),
        lambda workspace: cards(workspace).pile(person).person == PEOPLE[person],
    )


def newest(workspace: Workspace) -> Dataset:
    return list_datasets(workspace)[0]


def _is_used(workspace: Workspace) -> Any:
    return partial(runs.is_used, workspace)


def _edit(change: Callable[..., Dataset], *arguments: Any) -> Callable[[Workspace], object]:
    return lambda workspace: change(workspace, newest(workspace), *arguments, is_used=_is_used(workspace))


def _removed_photo() -> str:
    return sha256_of(photo(0, 0)[1])


def _only_run(workspace: Workspace) -> runs.Run:
    return runs.list_runs(workspace)[0]


BRING = [
    *(click for person in range(3) for click in (_bring(person, range(4)), _bring(person, range(4, PHOTOS)))),
    *map(_name, range(3)),
    _bring(3, range(2)),
    Click("drop", lambda workspace: cards(workspace).drop(3), lambda workspace: not cards(workspace).pile(3).names),
]
CROP_IT = [
    Click(
        "crop",
        lambda workspace: jobs.crop_draft(workspace, cards(workspace), CROP, "The class"),
        lambda workspace: cards(workspace).n_files() == 0,
    )
]
TRAIN = [
    Click(
        "train",
        lambda workspace: jobs.train(workspace, newest(workspace), CONFIG),
        lambda workspace: len(runs.list_runs(workspace)) > 0,
    )
]
SWEEP = [
    Click(
        "sweep",
        lambda workspace: jobs.sweep(workspace, newest(workspace), PLAN),
        lambda workspace: len(list_sweeps(workspace)) > 0,
    )
]
EDIT = [
    Click("rename", _edit(edits.rename_person, PEOPLE[1], NEW_NAME), lambda ws: NEW_NAME in newest(ws).people),
    Click(
        "remove-photo",
        _edit(edits.remove_photos, [_removed_photo()]),
        lambda workspace: _removed_photo() not in newest(workspace).sha256s(),
    ),
    Click("remove-person", _edit(edits.remove_person, PEOPLE[2]), lambda ws: PEOPLE[2] not in newest(ws).people),
]
DELETE = [
    Click(
        "delete-sweep",
        lambda workspace: deletion.delete_sweep(workspace, list_sweeps(workspace)[0]),
        lambda workspace: not list_sweeps(workspace),
    ),
    Click(
        "delete-photos",
        lambda workspace: deletion.delete_dataset(workspace, newest(workspace).id),
        lambda workspace: not list_datasets(workspace),
    ),
]
ERASE = [Click("erase", deletion.erase_everything, lambda workspace: not workspace.jobs.exists())]
STEPS = {
    "bring": BRING,
    "crop": CROP_IT,
    "edit": EDIT,
    "train": TRAIN,
    "sweep": SWEEP,
    "delete": DELETE,
    "erase": ERASE,
}


def run(step: str, place: str, address: str, first: bool, armed: dict[str, Any] | None = None) -> None:
    """Be the server: go on with what an earlier one left, check it, do what is left of a step, and wait for its jobs.

    Args:
        place: a folder for notes and lists, outside the workspace.
        first: no server has done anything of this step yet.
        armed: the lane whose first worker dies, with its cue; None where workers live.
    """
    workspace, notes = Workspace.personal(), Path(place) / "clicks"
    if first:
        notes.write_text("", encoding="utf-8")
    done = notes.read_text(encoding="utf-8").split()
    _fork_workers(address, armed)
    _start_and_tidy()
    check_kept(workspace, Path(place), step, done)
    for click in STEPS[step]:
        if click.name not in done and (first or not click.is_done(workspace)):
            click.do(workspace)
            with notes.open("a", encoding="utf-8") as log:
                log.write(click.name + "\n")
    _finish_work(workspace)
    server.workers().stop()


def _fork_workers(address: str, armed: dict[str, Any] | None) -> None:
    """Let the supervisor start workers by the waiting process; the first one of a lane may have a cue."""
    cues = {armed["lane"]: armed["cue"]} if armed else {}

    def start(command: Sequence[str], *, env: dict[str, str], **_: Any) -> Process:
        lane = command[-1]
        wanted = {name: env[name] for name in ("LAB_HOME", workers.TOKEN_VARIABLE)}
        cue = cues.pop(lane, {})
        log = Path(env["LAB_HOME"]) / "queue" / f"worker-{lane}.log"
        return Process(address, "tests.robustness.story:work", lane, env=wanted, log=log, **cue)

    supervisor.subprocess.Popen = start  # type: ignore[attr-defined]


def work(lane: str) -> None:
    from core.jobs.worker import run_worker

    run_worker(lane, Workspace.personal())


def _start_and_tidy() -> None:
    tidied, go_on = threading.Event(), deletion.go_on

    def tidy(workspace: Workspace) -> None:
        go_on(workspace)
        tidied.set()

    deletion.go_on = tidy
    server.workers()
    assert tidied.wait(PATIENCE_S), "the server did not tidy"


def _all_jobs(workspace: Workspace) -> Iterator[JobFolder]:
    for home in (workspace.jobs, workspace.runs, workspace.sweeps):
        for path in home.iterdir() if home.is_dir() else ():
            if JobFolder(path).exists():
                yield JobFolder(path)


def _finish_work(workspace: Workspace) -> None:
    """Wait until nothing is open; whatever was interrupted is gone on with, as the pages offer."""
    until = time.monotonic() + PATIENCE_S
    while True:
        states = {job: job.status().state for job in _all_jobs(workspace)}
        if not any(state in OPEN_STATES for state in states.values()):
            left = [job for job, state in states.items() if state in ("interrupted", "stopped")]
            left = [job for job in left if not job.request().get("sweep")]
            if not left:
                return
            for job in left:
                _go_on(workspace, job)
        assert time.monotonic() < until, f"stuck: {states}"
        time.sleep(0.05)


def _go_on(workspace: Workspace, job: JobFolder) -> None:
    if job.path.parent == workspace.jobs:
        assert ended_jobs.can_go_on(job), f"{job.request()} cannot go on"
        jobs.resume_search(workspace, job)
    elif job.path.parent == workspace.runs:
        jobs.resume(workspace, runs.Run(job.path))
    else:
        jobs.resume_sweep(workspace, next(sweep for sweep in list_sweeps(workspace) if sweep.path == job.path))


def kept_files(workspace: Workspace) -> Iterator[bytes]:
    """Yield the photos that are there: brought, waiting in the job of a search, or in the store."""
    for pile in cards(workspace).piles():
        for batch in range(pile.batches):
            name = f"{pile.number}-{batch}.zip" if batch else f"{pile.number}.zip"
            yield from _files_in(cards(workspace).path / name)
    for upload in workspace.jobs.glob(f"*/{ended_jobs.DRAFT}/*.zip"):
        yield from _files_in(upload)
    for original in workspace.photos.glob("*/*/original"):
        yield original.read_bytes()


def _files_in(path: Path) -> Iterator[bytes]:
    with zipfile.ZipFile(path) as archive:
        yield from (archive.read(name) for name in archive.namelist())


def check_kept(workspace: Workspace, place: Path, step: str, done: Sequence[str]) -> None:
    """Check what a new server finds: all that was brought, whole deletions or none, nothing temporary."""
    if step in ("bring", "crop"):
        there = {sha256_of(data) for data in kept_files(workspace)}
        brought = [click for click in done if click.startswith("bring-") and not click.startswith("bring-3")]
        people = [click.split("-")[1:] for click in brought] if step == "bring" else ALL_BROUGHT
        wanted = {sha256_of(photo(int(p), int(n) + i)[1]) for p, n in people for i in range(4)}
        assert wanted <= there, f"{len(wanted - there)} photos of {len(wanted)} are lost"
        for person in range(3):
            for first in (0, 4):
                batch = {sha256_of(photo(person, first + i)[1]) for i in range(4)}
                assert batch <= there or not batch & there, f"photos of person {person} are there in part"
    if step == "edit":
        dataset = newest(workspace)
        missing = {sha for sha in dataset.sha256s() if not (workspace.photos / sha[:2] / sha / "original").exists()}
        assert not missing, f"{len(missing)} photos in use are lost"
    for name, places in _belongs_together(workspace, place, step).items():
        left = [path.relative_to(workspace.root).as_posix() for path in places if path.exists()]
        assert len(left) in (0, len(places)), f"{name} is deleted in part, left are {left[:5]}"
        assert name not in done or not left, f"{name} was done, and left are {left[:5]}"
    check_nothing_temporary(workspace)


ALL_BROUGHT = [(str(person), str(first)) for person in range(3) for first in (0, 4)]


def _belongs_together(workspace: Workspace, place: Path, step: str) -> dict[str, list[Path]]:
    """Return by click what goes away together, as it was listed before the step."""
    if step not in ("delete", "erase"):
        return {}
    listed = json.loads((place / LIST).read_bytes())[step]
    return {name: [workspace.root / path for path in paths] for name, paths in listed.items()}


def list_what_goes(workspace: Workspace) -> dict[str, dict[str, list[str]]]:
    """List what each deletion removes."""
    sweep = list_sweeps(workspace)[0]
    members = [run.path for _, run in sweep.members()]
    searches = disk.folders_in(workspace.jobs)
    everything = [*workspace.runs.iterdir(), *searches, *workspace.datasets.glob("*/v*.json")]
    photos = [path.parent for path in workspace.photos.glob("*/*/original")]
    alone = [run.path for run in runs.list_runs(workspace)]
    groups = {
        "delete": {
            "delete-sweep": [sweep.path, *members],
            "delete-photos": [*alone, *workspace.datasets.glob("*/v*.json"), *searches, *photos],
        },
        "erase": {"erase": [sweep.path, *everything, *photos]},
    }
    return {
        step: {
            name: [path.relative_to(workspace.root).as_posix() for path in places] for name, places in clicks.items()
        }
        for step, clicks in groups.items()
    }


def _maker(temporary: Path) -> int:
    """Return the number of the process that made a temporary file or folder."""
    return int(temporary.name.removeprefix(disk.TEMPORARY).partition("-")[0])


def check_nothing_temporary(workspace: Workspace) -> None:
    # A worker that this server started goes on already: what it is writing is not left behind.
    left = [path for path in workspace.root.rglob(f"{disk.TEMPORARY}*") if not psutil.pid_exists(_maker(path))]
    assert not left, f"temporary files are left: {left}"
    trash = workspace.root / "trash"
    assert not trash.exists() or not any(trash.iterdir()), f"the trash is not empty: {list(trash.iterdir())}"
