import numpy as np
import pytest

from core.config import CropConfig, SplitConfig, TrainConfig
from core.data.dataset import Dataset, Item
from core.errors import LabError, RunError
from core.experiments import history, runs
from core.experiments.predictions import Predictions


@pytest.fixture
def dataset() -> Dataset:
    items = tuple(
        Item(sha256=f"{n:064x}", name=f"{person}/{n}.jpg", person=person, split=split, group=n, n_faces=1, face=0)
        for n, (person, split) in enumerate(
            [(p, s) for p in ("Ada", "Bruno") for s in ("train", "train", "validation", "test")]
        )
    )
    return Dataset("abc", "two", 1, ("Ada", "Bruno"), items, (), (), CropConfig(), SplitConfig())


def test_a_run_gives_back_what_it_was_made_of(tmp_path, dataset):
    config = TrainConfig(freeze_depth=4, seed=3)
    run = runs.create_run(tmp_path / "run", dataset, config, name="erste Probe ✓")
    again = runs.open_run(tmp_path / "run")
    assert again.config == config
    assert again.dataset == dataset
    assert again.name == run.name == "erste Probe ✓"
    assert again.status().state == "queued"


def test_a_run_keeps_its_folder_to_itself(tmp_path, dataset):
    runs.create_run(tmp_path / "run", dataset, TrainConfig())
    with pytest.raises(LabError, match="choose a new one"):
        runs.create_run(tmp_path / "run", dataset, TrainConfig())


def test_the_resolved_settings_win(tmp_path, dataset):
    run = runs.create_run(tmp_path / "run", dataset, TrainConfig())
    run.write_config(TrainConfig(freeze_depth=13, precision="float32"))
    assert run.config.freeze_depth == 13


def emit_epoch(run: runs.Run, epoch: int, loss: float = 1.0) -> None:
    run.job.emit(
        "epoch",
        epoch=epoch,
        loss=loss,
        accuracy=0.5,
        val_loss=loss,
        val_accuracy=0.5,
        seconds=2.0,
        learning_rate=0.1,
        val_probabilities=[[0.25, 0.75], [0.5, 0.5]],
    )


def test_an_epoch_trained_twice_counts_once_with_its_later_numbers(tmp_path, dataset):
    run = runs.create_run(tmp_path / "run", dataset, TrainConfig())
    for epoch, loss in [(0, 3.0), (1, 2.0), (2, 1.5), (2, 1.4)]:
        emit_epoch(run, epoch, loss)
    assert [(e.epoch, e.loss) for e in run.history()] == [(0, 3.0), (1, 2.0), (2, 1.4)]
    assert run.history()[0].val_probabilities.dtype == np.float32


def test_predictions_survive_the_disk(tmp_path, dataset):
    run = runs.create_run(tmp_path / "run", dataset, TrainConfig())
    assert run.predictions() is None
    run.write_predictions(
        Predictions(
            probabilities=np.array([[0.9, 0.1], [0.2, 0.8]], np.float32),
            labels=np.array([0, -1]),
            names=("a.jpg", "b.jpg"),
            sha256s=("0", "1"),
            faces=(0, None),
        )
    )
    predictions = run.predictions()
    np.testing.assert_allclose(predictions.probabilities, [[0.9, 0.1], [0.2, 0.8]], atol=1e-6)
    assert predictions.labels.tolist() == [0, -1]
    assert predictions.faces == (0, None)


def events(*pairs):
    return [{"event": name, "at": at, **facts} for name, at, facts in pairs]


def test_progress_counts_the_photos_through_the_frozen_layers():
    log = events(("started", 0, {}), ("phase", 1, {"phase": "prefix"}), ("prefix", 3, {"done": 20, "total": 60}))
    progress = history.progress_from(log, 10)
    assert (progress.phase, progress.done, progress.total) == ("prefix", 20, 60)


def test_progress_of_a_training_is_its_last_batch():
    log = events(
        ("started", 0, {}),
        ("phase", 1, {"phase": "train"}),
        ("epoch", 2, {"epoch": 0, "seconds": 0.5}),
        ("epoch", 5, {"epoch": 1, "seconds": 3.0}),
        ("epoch", 8, {"epoch": 2, "seconds": 3.0}),
        ("batch", 9, {"epoch": 3, "batch": 2, "batches": 5}),
    )
    progress = history.progress_from(log, 10)
    assert (progress.epoch, progress.batch, progress.batches) == (2, 2, 5)


def test_progress_of_a_continued_run_counts_the_epochs_of_its_first_attempt():
    log = events(
        ("started", 0, {}),
        ("phase", 1, {"phase": "train"}),
        ("epoch", 2, {"epoch": 0, "seconds": 0.5}),
        ("epoch", 50, {"epoch": 1, "seconds": 48.0}),
        ("started", 900, {}),
        ("phase", 901, {"phase": "train"}),
    )
    progress = history.progress_from(log, 10)
    assert progress.epoch == 1


def test_runs_are_listed_newest_first(lab_home, dataset):
    for name in ("20260101-000000-aaaaaa", "20260102-000000-aaaaaa"):
        runs.create_run(lab_home.runs / name, dataset, TrainConfig(), state="done")
    (lab_home.runs / "not a run").mkdir()
    listed = runs.list_runs(lab_home)
    assert [run.id[:8] for run in listed] == ["20260102", "20260101"]


@pytest.mark.parametrize("file", ["request.json", "result.json", "config.json", "status.json", "predictions.json"])
@pytest.mark.parametrize("content", ["no json", '{"schema": 1, "epochs": "x"}', None])
def test_a_damaged_run_hides_no_other_and_keeps_its_photos(lab_home, dataset, file, content):
    kept, broken = (
        runs.create_run(lab_home.runs / f"2026010{n}-000000-aaaaaa", dataset, TrainConfig(), state="done")
        for n in (1, 2)
    )
    broken.write_config(TrainConfig())
    broken.job.write_result({"test_correct": 1, "test_total": 2})
    answers = Predictions(np.full((2, 2), 0.5, np.float32), np.array([0, 1]), *[("", "")] * 2, (0, 0))
    broken.write_predictions(answers)
    assert runs.list_runs(lab_home) == [broken, kept]
    if content is None:
        (broken.path / file).unlink()
    else:
        (broken.path / file).write_text(content, encoding="utf-8")
    is_hurt = content is not None or file in ("request.json", "status.json", "predictions.json")
    assert (runs.damage(broken) is not None) == is_hurt
    assert runs.list_runs(lab_home) == ([kept] if is_hurt else [broken, kept])
    assert runs.run_folders(lab_home) == [broken, kept]
    assert runs.dataset_of(broken) == (dataset.id, dataset.version)


def test_another_folder_is_no_run(tmp_path):
    with pytest.raises(RunError, match="--out"):
        runs.open_run(tmp_path)
