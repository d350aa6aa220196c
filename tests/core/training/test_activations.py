from __future__ import annotations

import shutil

import numpy as np
import pytest
from PIL import Image

from core.data.store import PhotoStore
from core.errors import DatasetError
from core.experiments.activation_files import existing_activations, face_shown
from core.jobfolder import JobFolder
from core.models.architectures import Architecture, architecture
from core.training import activations
from core.training.activations import PICTURE_PX, draw_map, strongest_channel
from core.workspace import Workspace
from tests import fakes


def asked(workspace: Workspace, size_px: int = 48) -> JobFolder:
    request = {"dataset_id": "made1", "version": 1, "backbone": "face-vgg-mini", "image_size_px": size_px}
    return JobFolder.create(workspace.jobs / "job1", {"kind": "explain", "lane": "helper", **request})


def test_a_picture_for_each_block_lies_with_the_photo_and_goes_away_with_it(lab_home: Workspace) -> None:
    dataset = fakes.dataset(lab_home)
    assert existing_activations(lab_home, dataset, "face-vgg-mini", 48) is None
    activations.explain(asked(lab_home), lab_home)
    paths = existing_activations(lab_home, dataset, "face-vgg-mini", 48)
    assert paths is not None
    assert len(paths) == 5
    pictures = [np.asarray(Image.open(path)) for path in paths]
    assert {picture.shape for picture in pictures} == {(PICTURE_PX, PICTURE_PX, 3)}
    assert all(picture.std() > 0 for picture in pictures)
    assert existing_activations(lab_home, dataset, "face-vgg-mini", 64) is None
    folder = PhotoStore(lab_home.photos).folder(face_shown(dataset).sha256).path
    assert {path.parent for path in paths} == {folder}


def test_maps_are_those_of_the_blocks_ends(lab_home: Workspace) -> None:
    face_rgb = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    before = face_rgb.copy()
    maps = activations.block_maps(face_rgb, "face-vgg-mini", lab_home)
    network: Architecture = architecture("face-vgg-mini")
    assert [found.shape[-1] for found in maps] == [
        network.units[stop - 1].channels for stop in network.freeze_boundaries()[1:]
    ]
    assert [found.shape[0] for found in maps] == [32, 16, 8, 4, 2]
    np.testing.assert_array_equal(face_rgb, before)


def test_of_a_photo_that_is_gone_nothing_is_made(lab_home: Workspace) -> None:
    fakes.dataset(lab_home)
    shutil.rmtree(lab_home.photos)
    with pytest.raises(DatasetError, match="bring the photos again"):
        activations.explain(asked(lab_home), lab_home)
    assert not lab_home.photos.exists()


def test_a_photo_deleted_meanwhile_does_not_come_back(lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    fakes.dataset(lab_home)

    def slow(*arguments: object) -> list[np.ndarray]:
        shutil.rmtree(lab_home.photos)
        return [np.eye(4)[..., None]] * 5

    monkeypatch.setattr(activations, "block_maps", slow)
    activations.explain(asked(lab_home), lab_home)
    assert not lab_home.photos.exists()


def test_the_strongest_channel_is_the_one_that_differs_most() -> None:
    maps = np.zeros((4, 4, 3), np.float32)
    maps[..., 0] = 9.0
    maps[1, 1, 2] = 1.0
    channel = strongest_channel(maps)
    np.testing.assert_array_equal(channel, maps[..., 2])
    drawn = draw_map(channel)
    assert drawn[20, 20].sum() > drawn[60, 60].sum()
    # One that says the same everywhere is drawn dark, not divided by nothing.
    assert draw_map(np.zeros((4, 4), np.float32)).std(axis=(0, 1)).max() == 0
