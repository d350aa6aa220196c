from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def packing(program):
    return program("pack")


@pytest.fixture
def crops() -> dict[str, np.ndarray]:
    """Twelve smooth pictures, redder to the right, each brighter than the one before."""
    ramp = np.linspace(0, 100, 152, dtype=np.float32)
    faces_rgb = np.zeros((12, 152, 152, 3), np.uint8)
    for row in range(12):
        faces_rgb[row, :, :, 0] = ramp + row * 10
        faces_rgb[row, :, :, 1] = row * 10
    names = np.array([f"photo {row}" for row in range(12)])
    return {"faces_rgb": faces_rgb, "names": names, "people": np.char.add("of ", names)}


def test_what_was_packed_comes_back_small_and_in_order(packing, crops, tmp_path) -> None:
    parts = packing.pack(crops, tmp_path / "parts", 0.01)
    assert len(parts) > 1
    found = packing.unpack(tmp_path / "parts")
    assert found["faces_rgb"].shape == (12, 112, 112, 3)
    assert found["faces_rgb"].dtype == np.uint8
    assert found["names"].tolist() == crops["names"].tolist()
    assert found["people"].tolist() == crops["people"].tolist()
    middle = found["faces_rgb"][:, 56, 56].astype(int)
    assert np.abs(middle - crops["faces_rgb"][:, 76, 76].astype(int)).max() <= 4  # RGB stays RGB


def test_no_part_is_larger_than_allowed(packing, crops, tmp_path) -> None:
    crops["faces_rgb"] = np.random.default_rng(0).integers(0, 256, crops["faces_rgb"].shape, np.uint8)
    parts = packing.pack(crops, tmp_path, 0.1)
    assert len(parts) > 1
    assert max(part.stat().st_size for part in parts) <= 0.1 * 2**20


def test_old_parts_are_not_mixed_with_new_ones(packing, crops, tmp_path) -> None:
    packing.pack(crops, tmp_path, 1)
    with pytest.raises(FileExistsError, match="holds parts already"):
        packing.pack(crops, tmp_path, 1)
    with pytest.raises(FileNotFoundError, match="Fill it with pack"):
        packing.unpack(tmp_path / "elsewhere")
