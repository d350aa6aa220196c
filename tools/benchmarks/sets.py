"""The people that benchmarks train on: the drawn ones, and people of Labeled Faces in the Wild whom Mini never met.

Each set is a folder with `train`, `validation` and `test`, with copies of the photos: the lab follows no links.
"""

from __future__ import annotations

import shutil
import tarfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras

from core.config import TrainConfig
from core.data.building import build_dataset
from core.data.dataset import Dataset
from core.experiments import runs
from core.models.weights import known_people
from core.training.shared import Shared
from core.training.trainer import run_training
from core.workspace import Workspace

DRAWN = Path("data/sample")
LFW = Path("../shared/data/lfw-deepfunneled.tar")
MOCK_EXAM, FINAL_EXAM = 4, 12
# Men of one age and dress, as far as this collection has them: the drawn people and a mixed class hide a weak head.
ALIKE = (
    "Tony_Blair",
    "Gerhard_Schroeder",
    "Jacques_Chirac",
    "Donald_Rumsfeld",
    "Silvio_Berlusconi",
    "Vicente_Fox",
    "Alvaro_Uribe",
    "Gray_Davis",
    "Jeremy_Greenstock",
)
SIX = ("Colin_Powell", "Donald_Rumsfeld", "George_W_Bush", "Gerhard_Schroeder", "Serena_Williams", "Tony_Blair")


@dataclass(frozen=True)
class PeopleSet:
    """Some people with so many practice photos each.

    Attributes:
        name: in the tables.
        people: names in Labeled Faces in the Wild; empty for the drawn people.
        practice: practice photos a person.
    """

    name: str
    people: tuple[str, ...]
    practice: int


def head_sets(lfw: Path) -> tuple[PeopleSet, ...]:
    """Return the ten sets on which heads are compared; those of LFW only where its file is there."""
    drawn = tuple(PeopleSet(f"drawn, 6 people x {n}", (), n) for n in (3, 10))
    if not lfw.exists():
        return drawn
    twenty = _most_photos(lfw, 20)
    nine = tuple(name for name in twenty if name not in SIX)[:9]
    return (
        *drawn,
        PeopleSet("LFW, 6 people x 8", SIX, 8),
        PeopleSet("LFW, 6 people x 30", SIX, 30),
        PeopleSet("LFW, 9 people x 3", nine, 3),
        PeopleSet("LFW, 9 people x 8", nine, 8),
        PeopleSet("LFW, 9 men alike x 5", ALIKE, 5),
        PeopleSet("LFW, 9 men alike x 8", ALIKE, 8),
        PeopleSet("LFW, 20 people x 3", twenty, 3),
        PeopleSet("LFW, 20 people x 5", twenty, 5),
    )


def unfreeze_sets(lfw: Path) -> tuple[PeopleSet, ...]:
    """Return the four sets on which letting units loose is measured; those of LFW only where its file is there."""
    wanted = ("drawn, 6 people x 10", "LFW, 6 people x 8", "LFW, 9 people x 3", "LFW, 9 men alike x 8")
    return tuple(each for each in head_sets(lfw) if each.name in wanted)


def named(every: tuple[PeopleSet, ...], text: str) -> tuple[PeopleSet, ...]:
    """Return the sets whose name holds a text."""
    return tuple(each for each in every if text in each.name)


def train(dataset: Dataset, workspace: Workspace, config: TrainConfig, shared: Shared) -> tuple[dict[str, Any], float]:
    """Train as the lab does, in this process; return the result and the seconds it took."""
    with TemporaryDirectory() as folder:
        run = runs.create_run(Path(folder) / "run", dataset, config, state="running")
        began_s = time.perf_counter()
        run_training(run.job, workspace, shared)
        seconds = time.perf_counter() - began_s
        summary = run.summary() or {}
    keras.backend.clear_session()
    return summary, seconds


def build(chosen: PeopleSet, folder: Path, workspace: Workspace, lfw: Path) -> Dataset:
    """Lay the photos of a set out under `folder`, and read them as the lab does."""
    source = folder / chosen.name.replace(",", "").replace(" ", "-")
    photos = _unpacked(lfw, folder / "lfw", chosen.people) if chosen.people else {}
    for person, of_person in photos.items():
        exam = min(FINAL_EXAM, len(of_person) - MOCK_EXAM - chosen.practice)
        mock_ends = exam + MOCK_EXAM
        _copy(of_person[:exam], source / "test" / person)
        _copy(of_person[exam:mock_ends], source / "validation" / person)
        _copy(of_person[mock_ends : mock_ends + chosen.practice], source / "train" / person)
    for split in () if photos else ("train", "validation", "test"):
        for person in sorted((DRAWN / split).iterdir()):
            of_person = sorted(person.iterdir())
            _copy(of_person[: chosen.practice] if split == "train" else of_person, source / split / person.name)
    return build_dataset(source, workspace)


def _most_photos(lfw: Path, n: int) -> tuple[str, ...]:
    """Return the n people with most photos among those whom Mini never met."""
    counts: dict[str, int] = defaultdict(int)
    with tarfile.open(lfw) as tar:
        for name in tar.getnames():
            if name.endswith(".jpg"):
                counts[Path(name).parent.name] += 1
    candidates = [name for name, photos in counts.items() if photos >= FINAL_EXAM]
    met = set(known_people("face-vgg-mini", candidates))
    return tuple(sorted((name for name in candidates if name not in met), key=lambda name: (-counts[name], name))[:n])


def _unpacked(lfw: Path, folder: Path, people: tuple[str, ...]) -> dict[str, list[Path]]:
    """Return each person's photos, taken out of the archive where they are not there yet."""
    if missing := {person for person in people if not (folder / person).exists()}:
        with tarfile.open(lfw) as tar:
            for member in tar:
                person = Path(member.name).parent.name
                if member.isfile() and member.name.endswith(".jpg") and person in missing:
                    path = folder / person / Path(member.name).name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(tar.extractfile(member).read())  # type: ignore[union-attr]
    return {person: sorted((folder / person).iterdir()) for person in people}


def _copy(photos: list[Path], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for photo in photos:
        shutil.copyfile(photo, folder / photo.name)
