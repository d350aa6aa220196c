from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.config import CropConfig, TrainConfig
from core.data.building import build_dataset
from core.data.cropping import crop_faces
from core.data.decode import decode
from core.experiments import runs
from core.live import likeness
from core.live.naming import FAMILIAR_FROM
from core.workspace import Workspace

SAMPLE = Path(__file__).resolve().parents[3] / "data" / "sample"
PEOPLE = ("Amara", "Emil")


def face(person: str, photo: str) -> np.ndarray:
    """Return the crop of a photo that no training of the test has."""
    data = (SAMPLE / "test" / person / photo).read_bytes()
    return crop_faces(decode(data), CropConfig())[0][1]


@pytest.fixture
def run(tmp_path: Path, lab_home: Workspace) -> runs.Run:
    for person in PEOPLE:
        shutil.copytree(SAMPLE / "train" / person, tmp_path / "photos" / person)
    dataset = build_dataset(tmp_path / "photos", lab_home)
    return runs.create_run(runs.new_run_path(lab_home), dataset, TrainConfig())


def test_a_face_is_like_the_person_it_shows_and_a_stranger_like_nobody(run: runs.Run, lab_home: Workspace) -> None:
    found = likeness.of_run(run.path, lab_home)
    assert found
    rows = found([face("Amara", "01.jpg"), face("Emil", "01.jpg"), face("Leila", "01.jpg")])
    assert rows.shape == (3, 2)
    assert rows[0, 0] > FAMILIAR_FROM > rows[0, 1]
    assert rows[1, 1] > FAMILIAR_FROM > rows[1, 0]
    assert rows[2].max() < FAMILIAR_FROM


def test_without_the_photos_there_is_none(run: runs.Run, lab_home: Workspace) -> None:
    shutil.rmtree(lab_home.photos)
    assert likeness.of_run(run.path, lab_home) is None
    assert likeness.of_run(run.path / "nothing", lab_home) is None
