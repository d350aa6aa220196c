from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.config import SPLITS, CropConfig
from core.data.arrays import load_faces, one_face
from core.data.building import build_dataset
from core.data.dataset import Dataset
from core.data.store import PhotoStore
from core.errors import DatasetError
from core.workspace import Workspace
from tests.drawn import encoded, picture, write_files

COLOURS = {"anna": (200, 30, 30), "ben": (30, 200, 30), "carl": (30, 30, 200)}


@pytest.fixture
def dataset(tmp_path: Path, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Three people of twelve photos each, whole photos; the middle of every photo shows the person's colour."""
    monkeypatch.setattr("core.data.parallel.FEW_PHOTOS", 10_000)
    files = {}
    for seed, (person, colour) in enumerate(COLOURS.items()):
        for number in range(12):
            rgb = picture(100 * seed + number, 64, 64)
            rgb[24:40, 24:40] = colour
            files[f"train/{person}/{number}.png"] = encoded(rgb)
    files["test/who.png"] = encoded(picture(999, 64, 64))
    source = write_files(tmp_path / "source", files)
    return build_dataset(source, lab_home, crop=CropConfig(detector="none", size_px=64))


def test_faces_labels_and_items_belong_together(dataset: Dataset, lab_home: Workspace) -> None:
    for split in SPLITS:
        loaded = load_faces(dataset, lab_home, split, 32)
        assert loaded.items == dataset.of(split)
        assert loaded.faces_rgb.shape == (len(loaded.items), 32, 32, 3)
        assert loaded.faces_rgb.dtype == np.uint8
        assert loaded.labels.dtype == np.int64
        for face_rgb, label, item in zip(loaded.faces_rgb, loaded.labels, loaded.items, strict=True):
            if item.person is None:
                assert label == -1
            else:
                assert dataset.people[label] == item.person
                assert np.abs(face_rgb[15:17, 15:17].astype(int) - COLOURS[item.person]).max() <= 8


@pytest.mark.parametrize("size_px", [32, 64, 96])
def test_faces_come_at_the_size_asked_for(dataset: Dataset, lab_home: Workspace, size_px: int) -> None:
    loaded = load_faces(dataset, lab_home, "test", size_px)
    assert loaded.faces_rgb.shape == (1, size_px, size_px, 3)
    expected = picture(999, 64, 64)
    if size_px == 64:
        assert (loaded.faces_rgb[0] == expected).all()
    else:
        assert loaded.faces_rgb.mean() == pytest.approx(expected.mean(), abs=3)


def test_fewer_photos_a_person_are_part_of_more(dataset: Dataset, lab_home: Workspace) -> None:
    chosen = {}
    for count in (1, 3, 5, 100):
        items = load_faces(dataset, lab_home, "train", 32, per_class=count).items
        chosen[count] = {item.name for item in items}
        people = [item.person for item in items]
        assert all(people.count(person) == min(count, 10) for person in COLOURS)
        assert list(items) == [item for item in dataset.of("train") if item in items]
    assert chosen[1] < chosen[3] < chosen[5] < chosen[100] == {item.name for item in dataset.of("train")}
    other = load_faces(dataset, lab_home, "train", 32, per_class=3, seed=1).items
    assert {item.name for item in other} != chosen[3]


def test_unlabelled_photos_are_not_counted(dataset: Dataset, lab_home: Workspace) -> None:
    assert len(load_faces(dataset, lab_home, "test", 32, per_class=1).items) == 1


def test_crops_that_went_away_are_made_again(dataset: Dataset, lab_home: Workspace) -> None:
    before = load_faces(dataset, lab_home, "train", 64).faces_rgb
    for crop in lab_home.photos.glob("*/*/crop-*"):
        crop.unlink()
    assert (load_faces(dataset, lab_home, "train", 64).faces_rgb == before).all()


def test_photos_that_went_away_are_a_sentence(dataset: Dataset, lab_home: Workspace) -> None:
    PhotoStore(lab_home.photos).remove([dataset.of("test")[0].sha256])
    with pytest.raises(DatasetError, match=r'"test/who.png" is no longer there'):
        load_faces(dataset, lab_home, "test", 32)


def test_one_face_is_what_the_network_gets(dataset: Dataset, lab_home: Workspace) -> None:
    face_rgb = one_face(dataset, lab_home, 32)
    assert face_rgb is not None
    np.testing.assert_array_equal(face_rgb, load_faces(dataset, lab_home, "train", 32).faces_rgb[0])
    PhotoStore(lab_home.photos).remove(dataset.sha256s())
    assert one_face(dataset, lab_home, 32) is None
