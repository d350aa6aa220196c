import zipfile

import numpy as np
import pytest

from core.config import CropConfig, SplitConfig, TrainConfig
from core.data.dataset import Dataset, Item
from core.errors import RunError
from core.experiments import archive, runs
from core.experiments.predictions import Predictions


@pytest.fixture
def finished(tmp_path) -> runs.Run:
    """A run whose model is a stand-in: packing never looks inside."""
    item = Item(sha256="0" * 64, name="Zoë/1.jpg", person="Zoë", split="test", group=0, n_faces=1, face=0)
    dataset = Dataset("abc", "two", 1, ("Max", "Zoë"), (item,), (), (), CropConfig(margin=0.5), SplitConfig())
    run = runs.create_run(tmp_path / "run", dataset, TrainConfig(freeze_depth=13), state="done")
    run.model_path.write_bytes(b"a model")
    run.write_predictions(
        Predictions(np.array([[0.25, 0.75]], np.float32), np.array([1]), ("a",), (item.sha256,), (0,))
    )
    run.job.write_result({"test_correct": 9, "test_total": 12})
    return run


def test_a_pack_holds_all_that_is_needed_elsewhere(finished, tmp_path):
    path = archive.pack_run(finished, tmp_path / "pack.zip")
    with zipfile.ZipFile(path) as zipped_file:
        assert {"README.txt", "crop.json", "labels.json", "model.keras"} < set(zipped_file.namelist())
        readme = zipped_file.read("README.txt").decode("utf-8")
    assert len(readme.strip().splitlines()) == 5
    assert "9 of 12" in readme


def unpack(path, to):
    with zipfile.ZipFile(path) as zipped_file:
        zipped_file.extractall(to)
    return to


def test_run_zip_and_folder_open_alike(finished, tmp_path):
    zipped = archive.pack_run(finished, tmp_path / "pack.zip")
    for place in (finished.path, zipped, unpack(zipped, tmp_path / "folder")):
        with archive.opened(place) as pack:
            assert pack.people == ("Max", "Zoë")
            assert pack.crop == CropConfig(margin=0.5)
            assert pack.model_path.read_bytes() == b"a model"


def test_nothing_unzipped_is_left_behind(finished, tmp_path):
    zipped = archive.pack_run(finished, tmp_path / "pack.zip")
    with archive.opened(zipped) as pack:
        folder = pack.model_path.parent
        assert folder.exists()
    assert not folder.exists()


def test_an_unfinished_run_cannot_be_packed(finished, tmp_path):
    (finished.path / "result.json").unlink()
    with pytest.raises(RunError, match="let it finish"):
        archive.pack_run(finished, tmp_path / "pack.zip")
    assert not (tmp_path / "pack.zip").exists()


def test_an_experiment_without_an_exam_cannot_be_packed(finished, tmp_path):
    (finished.path / "predictions.json").unlink()
    with pytest.raises(RunError, match="no final exam"):
        archive.pack_run(finished, tmp_path / "pack.zip")


def test_another_zip_is_refused_with_what_it_lacks(tmp_path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as zipped_file:
        zipped_file.writestr("anna/1.jpg", b"...")
    with pytest.raises(RunError, match=r"holds no model\.keras"), archive.opened(tmp_path / "photos.zip"):
        pass


def test_a_damaged_zip_is_refused_and_leaves_nothing(finished, tmp_path, monkeypatch):
    monkeypatch.setenv("LAB_HOME", str(tmp_path / "home"))
    pack = archive.pack_run(finished, tmp_path / "pack.zip")
    pack.write_bytes(pack.read_bytes().replace((finished.path / "model.keras").read_bytes(), b"x" * 7))
    with pytest.raises(RunError, match=r'"pack.zip" cannot be unpacked .*; bring'), archive.opened(pack):
        pass
    assert list((tmp_path / "home").iterdir()) == []


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    with pytest.raises(RunError, match="neither"), archive.opened(tmp_path / "notes.txt"):
        pass
