from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.config import CropConfig
from core.data.detection import Face
from core.data.export import export_crops
from core.data.layout import BESIDE
from core.errors import DatasetError
from tests.drawn import encoded, people_files, picture, write_files

WHOLE = CropConfig(detector="none", size_px=32)


def written(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_faces_lie_in_folders_named_like_the_people(tmp_path: Path) -> None:
    source = write_files(
        tmp_path / "f", people_files({"anna": 2, "ben": 1}) | {"anna/0.jpg": encoded(picture(9), "JPEG")}
    )
    report = export_crops(source, tmp_path / "out", WHOLE)
    assert written(tmp_path / "out") == ["anna/0 (2).png", "anna/0.png", "anna/1.png", "ben/0.png"]
    assert report.written == 4
    with Image.open(tmp_path / "out/ben/0.png") as crop:
        assert (crop.size, crop.mode) == ((32, 32), "RGB")


def test_splits_of_the_source_are_kept(tmp_path: Path) -> None:
    files = people_files({"anna": 1, "ben": 1}, under="Train/") | {"Test/1.png": encoded(picture(9))}
    export_crops(write_files(tmp_path / "f", files), tmp_path / "out", WHOLE)
    assert written(tmp_path / "out") == ["test/1.png", "train/anna/0.png", "train/ben/0.png"]


def test_photos_beside_the_folders_of_the_split_are_not_written(tmp_path: Path) -> None:
    files = people_files({"anna": 1, "ben": 1}, under="train/") | {"more/anna/1.png": encoded(picture(9))}
    report = export_crops(write_files(tmp_path / "f", files), tmp_path / "out", WHOLE)
    assert written(tmp_path / "out") == ["train/anna/0.png", "train/ben/0.png"]
    assert [(entry.name, entry.reason) for entry in report.left_out] == [("more/anna/1.png", BESIDE)]


def test_what_is_not_written_and_what_needs_a_look_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find(photo_rgb: np.ndarray, detector: str) -> list[Face]:
        return [Face(10.0, 10.0, 50.0, 60.0)] * int(photo_rgb[0, 0, 0])

    files = {}
    for n_faces in range(3):
        rgb = picture(n_faces)
        rgb[0, 0, 0] = n_faces
        files[f"anna/{n_faces}.png"] = encoded(rgb)
    monkeypatch.setattr("core.data.detection.find_faces", find)
    source = write_files(tmp_path / "f", files | {"anna/notes.txt": b"x"})
    report = export_crops(source, tmp_path / "out", CropConfig(size_px=32))
    assert written(tmp_path / "out") == ["anna/1.png", "anna/2.png"]
    assert sorted(entry.name for entry in report.left_out) == ["anna/0.png", "anna/notes.txt"]
    assert [entry.name for entry in report.to_review] == ["anna/2.png"]
    with pytest.raises(DatasetError, match="shows a face"):
        export_crops(write_files(tmp_path / "g", {"anna/0.png": files["anna/0.png"]}), tmp_path / "none", CropConfig())
    assert not (tmp_path / "none").exists()
