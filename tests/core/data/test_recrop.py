from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.config import CropConfig
from core.data import edits, photofolder
from core.data.dataset import Dataset, build_dataset, load_dataset, recrop
from core.data.faces import Face
from core.data.store import PhotoStore
from core.errors import Stopped
from core.workspace import Workspace
from tests.drawn import encoded, picture, unused, used, write_files

YUNET = CropConfig(size_px=32)
HAAR = CropConfig(size_px=32, detector="haar", align=False)
LEFT, RIGHT = Face(10.0, 10.0, 50.0, 60.0), Face(90.0, 20.0, 40.0, 50.0)


def find(photo_rgb: np.ndarray, detector: str) -> list[Face]:
    """Find as many faces as the upper left pixel says; the second detector finds one more, and in the other order."""
    count = int(photo_rgb[0, 0, 0])
    if detector == "yunet":
        return [LEFT, RIGHT][:count]
    return [replace(RIGHT, x=92.0), replace(LEFT, y=12.0)] if count == 2 else [LEFT]


def showing(n_faces: int, seed: int) -> bytes:
    rgb = picture(seed)
    rgb[0, 0, 0] = n_faces
    return encoded(rgb)


@pytest.fixture
def dataset(tmp_path: Path, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    monkeypatch.setattr("core.data.parallel.FEW_PHOTOS", 10_000)
    monkeypatch.setattr("core.data.faces.find_faces", find)
    files = {f"{who}/{n}.png": showing(1, 10 * len(who) + n) for who in ("anna", "ben") for n in range(4)}
    files |= {"anna/two.png": showing(2, 90), "ben/two.png": showing(2, 91), "ben/none.png": showing(0, 92)}
    return build_dataset(write_files(tmp_path / "source", files), lab_home, crop=YUNET, strict=False)


def faces_of(dataset: Dataset) -> dict[str, tuple[int, int | None]]:
    return {item.name: (item.n_faces, item.face) for item in dataset.items if item.n_faces > 1}


def test_another_margin_finds_nothing_anew_and_keeps_all_choices(
    dataset: Dataset, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = next(item for item in dataset.items if item.name == "anna/two.png")
    chosen = edits.choose_face(lab_home, dataset, two.sha256, 1, is_used=unused)
    monkeypatch.setattr("core.data.faces.find_faces", lambda *_: pytest.fail("looked for faces again"))
    steps: list[tuple[str, int, int]] = []
    crop = replace(YUNET, margin=0.1)
    after = recrop(lab_home, chosen, crop, is_used=unused, on_progress=lambda *step: steps.append(step))
    assert after.crop == crop
    assert (after.items, after.left_out, after.to_review) == (chosen.items, chosen.left_out, chosen.to_review)
    assert load_dataset(lab_home, dataset.id) == after
    assert steps[-1] == ("crop", 11, 11)
    store = PhotoStore(lab_home.photos)
    assert store.folder(dataset.items[0].sha256).crop_path(crop, 0).exists()
    monkeypatch.setattr(photofolder, "decode", lambda _: pytest.fail("decoded again"))
    assert recrop(lab_home, after, crop, is_used=unused) is not None
    back = recrop(lab_home, after, YUNET, is_used=unused)
    assert back.items == chosen.items


def test_another_detector_gives_everybody_another_chance(dataset: Dataset, lab_home: Workspace) -> None:
    assert [entry.kind for entry in dataset.left_out] == ["no_face"]
    two = {item.name: item.sha256 for item in dataset.items}
    chosen = edits.choose_faces(lab_home, dataset, {two["anna/two.png"]: 1}, is_used=used)
    after = recrop(lab_home, chosen, HAAR, is_used=used)
    assert after.left_out == ()
    assert "ben/none.png" in {item.name for item in after.items}
    # The chosen face is found again by its place; where nobody chose, the largest is taken.
    assert faces_of(after) == {"anna/two.png": (2, 0), "ben/two.png": (2, 0)}
    assert [entry.name for entry in after.to_review] == ["ben/two.png"]
    before = {item.name: (item.split, item.group) for item in dataset.items}
    assert before.items() <= {item.name: (item.split, item.group) for item in after.items}.items()
    assert load_dataset(lab_home, dataset.id, 1) == dataset


def test_who_is_found_no_more_is_left_out_and_whole_photos_stay(dataset: Dataset, lab_home: Workspace) -> None:
    haar = recrop(lab_home, dataset, HAAR, is_used=unused)
    none = next(item for item in haar.items if item.name == "ben/none.png")
    two = next(item for item in haar.items if item.name == "ben/two.png")
    whole = edits.choose_face(lab_home, haar, two.sha256, None, is_used=unused)
    back = recrop(lab_home, whole, YUNET, is_used=unused)
    assert [(entry.name, entry.kind, entry.split) for entry in back.left_out] == [
        ("ben/none.png", "no_face", none.split)
    ]
    assert faces_of(back) == {"anna/two.png": (2, 0), "ben/two.png": (2, None)}


def test_a_stop_changes_nothing(dataset: Dataset, lab_home: Workspace) -> None:
    def stop(step: str, done: int, total: int) -> None:
        if done == 3:
            raise Stopped

    with pytest.raises(Stopped):
        recrop(lab_home, dataset, HAAR, is_used=unused, on_progress=stop)
    assert load_dataset(lab_home, dataset.id) == dataset


def test_the_same_settings_are_no_edit(dataset: Dataset, lab_home: Workspace) -> None:
    assert recrop(lab_home, dataset, YUNET, is_used=unused) == dataset
