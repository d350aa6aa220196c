from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.config import CropConfig, TrainConfig
from core.data.cropping import crop_faces
from core.data.decode import decode
from core.errors import DatasetError, Stopped
from core.experiments.archive import ModelPack
from core.jobfolder import JobFolder
from core.models.classifier import build_classifier
from core.models.saved import save_model
from core.training import predict
from tests.patterns import write_people

WHOLE = CropConfig(detector="none", size_px=64)


@pytest.fixture(scope="module")
def model_path(tmp_path_factory) -> Path:
    """A classifier that learned nothing: what it says is arbitrary, and the same every time."""
    path = tmp_path_factory.mktemp("model") / "model.keras"
    config = TrainConfig(pretrained=False, image_size_px=48)
    save_model(build_classifier(config, 3, None, precision="float32"), path)
    return path


@pytest.fixture
def pack(model_path) -> ModelPack:
    return ModelPack(model_path, ("Ada", "Bruno", "Chen"), WHOLE)


def test_every_photo_gets_a_row_and_labelled_ones_are_counted(pack, tmp_path):
    answer = predict.predict_photos(pack, write_people(tmp_path / "new", people=3, photos=2))
    assert [row["true"] for row in answer["predictions"]] == ["Ada", "Ada", "Bruno", "Bruno", "Chen", "Chen"]
    for row in answer["predictions"]:
        assert row["predicted"] == max(row["probabilities"], key=row["probabilities"].get)
    assert answer["total"] == 6
    assert answer["correct"] == sum(row["true"] == row["predicted"] for row in answer["predictions"])
    assert np.trace(np.array(answer["confusion_matrix"])) == answer["correct"]


def test_somebody_the_model_never_met_counts_neither_way(pack, tmp_path):
    write_people(tmp_path / "new", people=1, photos=2)
    stranger = tmp_path / "new" / "Zora"
    (tmp_path / "new" / "Ada").rename(stranger)
    answer = predict.predict_photos(pack, tmp_path / "new")
    assert len(answer["predictions"]) == 2
    assert "correct" not in answer


def test_one_bad_photo_does_not_stop_the_rest(pack, tmp_path):
    folder = write_people(tmp_path / "new", people=1, photos=2)
    (folder / "Ada" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 torn")
    answer = predict.predict_photos(pack, folder)
    assert len(answer["predictions"]) == 2
    assert [each["name"] for each in answer["left_out"]] == ["Ada/broken.jpg"]


def test_a_single_photo_file_is_enough(pack, tmp_path):
    folder = write_people(tmp_path / "new", people=1, photos=1)
    answer = predict.predict_photos(pack, folder / "Ada" / "00.png")
    assert [row["name"] for row in answer["predictions"]] == ["00.png"]


def test_no_face_at_all_says_so_with_the_reason(pack, tmp_path):
    folder = write_people(tmp_path / "new", people=1, photos=1)
    with pytest.raises(DatasetError, match="no face"):
        predict.predict_photos(pack, folder, crop=CropConfig(detector="yunet"))


def test_the_job_leaves_rows_and_pictures_in_its_folder(pack, model_path, lab_home, tmp_path, monkeypatch):
    folder = write_people(tmp_path / "new", people=1, photos=2)
    request = {"kind": "predict", "lane": "helper", "model": "the run", "photos": str(folder)}
    job = JobFolder.create(lab_home.jobs / "one", request)
    monkeypatch.setattr(predict.archive, "opened", lambda _: nullcontext(pack))
    predict.run_predict(job, lab_home)
    assert len(job.result()["predictions"]) == 2
    with Image.open(job.path / "face-1.png") as face:
        assert face.size == (64, 64)
    rows = job.result()["predictions"]
    assert [row["photo"] for row in rows] == [1, 2]
    with Image.open(job.path / "photo-2.jpg") as picture:
        assert list(picture.size) == rows[1]["size_px"]


def test_a_wish_to_stop_ends_the_job(pack, lab_home, tmp_path, monkeypatch):
    folder = write_people(tmp_path / "new", people=1, photos=2)
    request = {"kind": "predict", "lane": "helper", "model": "the run", "photos": str(folder)}
    job = JobFolder.create(lab_home.jobs / "one", request)
    (job.path / "stop").touch()
    monkeypatch.setattr(predict.archive, "opened", lambda _: nullcontext(pack))
    with pytest.raises(Stopped):
        predict.run_predict(job, lab_home)


def alone(person: Path) -> np.ndarray:
    """Return the first photo that shows nobody else: uint8, RGB."""
    for path in sorted(person.iterdir()):
        if len(crop_faces(decode(path.read_bytes()), CropConfig())) == 1:
            return np.asarray(Image.open(path).convert("RGB"))
    raise AssertionError(person)


@pytest.mark.real_data
def test_two_faces_on_one_photo_are_two_rows_without_a_label(model_path, shared_data, tmp_path):
    pictures = [alone(shared_data / "lfw-six" / person) for person in ("Tony_Blair", "Serena_Williams")]
    (tmp_path / "Tony_Blair").mkdir()
    Image.fromarray(np.hstack(pictures)).save(tmp_path / "Tony_Blair" / "both.png")
    pack = ModelPack(model_path, ("Serena_Williams", "Tony_Blair", "Zora"), CropConfig())
    answer = predict.predict_photos(pack, tmp_path)
    rows = answer["predictions"]
    assert len(rows) == 2
    assert {row["true"] for row in rows} == {None}
    left, right = sorted(row["face"]["box"][0] for row in rows)
    assert left < 250 < right
