"""Workers and servers die at fifty seeded moments; nothing is lost, nothing removed comes back, results are the same.

A moment is a change on disk: the process dies just before it. The name of a test says which: repeat one with
`pytest tests/robustness -k "train-worker-17"`.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import disk
from core.data.store import sha256_of
from core.data.versions import list_datasets
from core.experiments import runs
from core.sweeps.sweep import list_sweeps
from core.workspace import Workspace
from tests.conftest import ROOT
from tests.robustness import story
from tests.robustness.processes import Process, end_all

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="kills forked processes, which Windows and macOS do not have"),
]

LANES = {"crop": "helper", "train": "train", "sweep": "train"}
# After which step each begins.
BEFORE = {
    "bring": "",
    "crop": "bring",
    "train": "crop",
    "sweep": "train",
    "edit": "sweep",
    "delete": "sweep",
    "erase": "sweep",
}
# How many moments of each step, by who dies.
MOMENTS = {
    ("bring", "server"): 9,
    ("crop", "server"): 4,
    ("crop", "worker"): 8,
    ("edit", "server"): 6,
    ("train", "server"): 2,
    ("train", "worker"): 6,
    ("sweep", "server"): 2,
    ("sweep", "worker"): 4,
    ("delete", "server"): 5,
    ("erase", "server"): 4,
}
CASES = [(step, who, number) for (step, who), n in MOMENTS.items() for number in range(n)]
assert len(CASES) == 50


@dataclass
class Lab:
    """A workspace that processes come and go on."""

    place: Path
    address: str
    changes: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.place / "home")

    def serve(self, step: str, *, first: bool, armed: dict[str, Any] | None = None, **cue: Any) -> int:
        """Let a server do a step; return its exit code."""
        env, log = {"LAB_HOME": str(self.workspace.root)}, self.place / "server.log"
        arguments = (step, str(self.place), self.address, first, armed)
        return Process(self.address, "tests.robustness.story:run", *arguments, env=env, log=log, **cue).wait()

    def log(self) -> str:
        """Return the end of what servers and workers have said."""
        logs = [*self.workspace.queue.glob("*.log"), self.place / "server.log"]
        return "\n".join(f"--- {log.name}\n{log.read_text(encoding='utf-8')[-1500:]}" for log in logs if log.exists())

    def keep(self, name: str) -> None:
        """Keep a copy of everything; idle workers end first, for they would still change their own files."""
        end_all(self.address)
        shutil.copytree(self.workspace.root, self.place / f"after-{name}")

    def restore(self, step: str) -> None:
        """Bring everything to where it is before a step."""
        name = BEFORE[step]
        end_all(self.address)
        shutil.rmtree(self.workspace.root, ignore_errors=True)
        if name:
            shutil.copytree(self.place / f"after-{name}", self.workspace.root)
        (self.place / "server.log").unlink(missing_ok=True)
        if step == "erase":
            # Erasing empties the logs, which may name people.
            with (self.workspace.queue / "worker-helper.log").open("a", encoding="utf-8") as log:
                log.write(f"{story.PEOPLE[0]} has 1 photo.\n")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab that went through the whole story once, undisturbed; what each step left is kept."""
    place = tmp_path_factory.mktemp("lab")
    address = str(place / "socket")
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "PYTHONUNBUFFERED": "1"}
    waiting = subprocess.Popen(
        [sys.executable, "-m", "tests.robustness.processes", address],
        cwd=ROOT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert waiting.stdout
    assert waiting.stdout.readline() == "ready\n"
    made = Lab(place, address)
    for step in BEFORE:
        made.restore(step)
        counts = {who: place / f"{step}-{who}" for who in ("server", "worker")}
        count = {"folder": str(made.workspace.root), "die_at": 0}
        armed = {"lane": LANES.get(step, "helper"), "cue": {**count, "count_file": str(counts["worker"])}}
        code = made.serve(step, first=True, armed=armed, count_file=str(counts["server"]), **count)
        assert code == 0, made.log()
        for who, file in counts.items():
            made.changes[step, who] = int(file.read_text(encoding="utf-8")) if file.exists() else 0
        made.keep(step)
        if step == "sweep":
            disk.write_json(place / story.LIST, story.list_what_goes(made.workspace), schema=1)
    yield made
    waiting.communicate()
    waiting.wait()


@pytest.mark.parametrize(("step", "who", "number"), CASES, ids=["-".join(map(str, case)) for case in CASES])
def test_a_death_costs_nothing(lab: Lab, step: str, who: str, number: int) -> None:
    drawn = random.Random(f"{step}-{who}-{number}")
    # Each from its own share of the changes, so that the first and the last ones are among them.
    changes, share = lab.changes[step, who], MOMENTS[step, who]
    die_at = drawn.randint(changes * number // share + 1, changes * (number + 1) // share)
    power_cut = drawn.random() < 0.3
    lab.restore(step)
    cue = {"folder": str(lab.workspace.root), "die_at": die_at, "all_die": power_cut}
    said = f"{step}: {who} dies before change {die_at} of {changes}{', and all others' * power_cut}"
    if who == "server":
        code = lab.serve(step, first=True, **cue)
        assert code in (0, -signal.SIGKILL), f"{said}\n{lab.log()}"
    else:
        code = lab.serve(step, first=True, armed={"lane": LANES[step], "cue": cue})
        assert code == 0 or (power_cut and code == -signal.SIGKILL), f"{said}\n{lab.log()}"
    assert lab.serve(step, first=False) == 0, f"{said}\n{lab.log()}"
    try:
        check(lab, step)
    except AssertionError as error:
        raise AssertionError(f"{said}: {error}\n{lab.log()}") from error


def check(lab: Lab, step: str) -> None:
    """Check that the lab is as if nobody had died."""
    end_all(lab.address)
    workspace, undisturbed = lab.workspace, Workspace(lab.place / f"after-{step}")
    assert names_of(workspace) == names_of(undisturbed)
    story.check_nothing_temporary(workspace)
    for original in workspace.photos.glob("*/*/original"):
        assert sha256_of(original.read_bytes()) == original.parent.name
    there, wanted = (list_datasets(each) for each in (workspace, undisturbed))
    assert there == wanted
    for kept in zip(trainings(workspace), trainings(undisturbed), strict=True):
        same(*kept)
    for what, mark in marks(step).items():
        left = [path for path in workspace.root.rglob("*") if path.is_file() and has(path, mark)]
        assert left == [], f"{what} was removed and is in {left}"


def has(path: Path, mark: bytes) -> bool:
    return mark in path.read_bytes() or mark in str(path).encode()


def names_of(workspace: Workspace) -> list[str]:
    """Return what there is, each once, with neutral names where ids are drawn."""
    found = set()
    for path in workspace.root.rglob("*"):
        parts = path.relative_to(workspace.root).parts
        if path.is_dir() or parts[0] in ("queue", "cache") or path.name.endswith("lock"):
            continue
        if parts[0] in ("jobs", "runs", "sweeps") and not parts[1].startswith("draft"):
            parts = (parts[0], "*", *parts[2:])
        found.add("/".join(parts))
    return sorted(found)


def trainings(workspace: Workspace) -> list[runs.Run]:
    alone = runs.list_runs(workspace)
    return [*alone, *(run for sweep in list_sweeps(workspace) for _, run in sweep.members())]


def same(mine: runs.Run, theirs: runs.Run) -> None:
    assert mine.status().state == theirs.status().state == "done"
    for here, there in zip(mine.history(), theirs.history(), strict=True):
        assert here.val_loss == pytest.approx(there.val_loss, abs=1e-5)
    predicted, expected = mine.predictions(), theirs.predictions()
    assert predicted
    assert expected
    np.testing.assert_allclose(predicted.probabilities, expected.probabilities, atol=1e-5)


def marks(step: str) -> dict[str, bytes]:
    """Return what must be nowhere after a step: of photos a piece of their file, their name and their hash."""
    gone = {"bring": [(3, 0), (3, 1)], "delete": [], "erase": []}.get(step, [])
    if step in ("delete", "erase"):
        gone = [(person, number) for person in range(3) for number in range(story.PHOTOS)]
    found = {}
    for name, data in (story.photo(*each) for each in gone):
        found |= {f"the file of {name}": data[200:264], name: name.encode()}
        found[f"the hash of {name}"] = sha256_of(data).encode()
    people = story.PEOPLE if step in ("delete", "erase") else ()
    return found | {person: person.encode() for person in people}
