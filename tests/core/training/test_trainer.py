"""Trainings from nothing on drawn patterns: small, seeded, and the same every time."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from core.config import CropConfig, TrainConfig
from core.data.arrays import load_faces
from core.data.building import build_dataset
from core.data.dataset import Dataset
from core.errors import Stopped, WeightsError
from core.experiments import runs
from core.features import folder, store
from core.jobfolder import JobFolder
from core.models import build
from core.models.classifier import Classifier
from core.training import checkpoint, trainer
from core.training.features import FrozenLayers
from core.training.shared import Shared
from core.workspace import Workspace
from tests.patterns import write_people

SMALL = TrainConfig(
    pretrained=False, image_size_px=48, epochs=4, batch_size=8, learning_rate=3e-3, precision="float32", freeze_depth=10
).with_changes(views=2)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def people(home: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = write_people(tmp_path_factory.mktemp("people"), people=3, photos=10)
    return build_dataset(folder, home, crop=CropConfig(detector="none", size_px=64))


def train(home: Workspace, people: Dataset, path: Path, config: TrainConfig = SMALL) -> runs.Run:
    run = runs.create_run(path, people, config, state="running")
    trainer.run_training(run.job, home)
    return run


@pytest.fixture(scope="module")
def finished(home, people, tmp_path_factory) -> runs.Run:
    return train(home, people, tmp_path_factory.mktemp("finished") / "run")


def test_history_begins_with_epoch_0_and_ends_with_the_last(finished):
    history = finished.history()
    assert [epoch.epoch for epoch in history] == [0, 1, 2, 3, 4]
    assert history[0].learning_rate == 0
    assert history[-1].loss < history[0].loss
    n_validation = len(finished.dataset.of("validation"))
    for epoch in history:
        assert epoch.val_probabilities.shape == (n_validation, 3)
        np.testing.assert_allclose(epoch.val_probabilities.sum(axis=1), 1, atol=1e-3)


def test_measured_accuracy_is_that_of_the_probabilities(finished):
    labels = np.array([finished.dataset.people.index(i.person) for i in finished.dataset.of("validation")])
    for epoch in finished.history():
        assert epoch.val_accuracy == pytest.approx((epoch.val_probabilities.argmax(axis=1) == labels).mean(), abs=1e-4)


def test_summary_agrees_with_the_predictions(finished):
    summary, predictions = finished.summary(), finished.predictions()
    right = int((predictions.probabilities.argmax(axis=1) == predictions.labels).sum())
    assert summary["test_correct"] == right
    assert summary["test_total"] == len(predictions.labels) == len(finished.dataset.of("test"))
    assert summary["test_accuracy"] == pytest.approx(right / len(predictions.labels))
    assert np.trace(np.array(summary["confusion_matrix"])) == right
    assert summary["classes"] == list(finished.dataset.people)
    # For lists, which would have to read all of it otherwise.
    assert (finished.path / "digest.json").exists()
    assert finished.numbers().items() <= summary.items()
    assert summary["split_counts"] == finished.dataset.counts()
    low, high = summary["test_interval"]
    assert 0 <= low < summary["test_accuracy"] <= high <= 1


def test_the_saved_file_opens_in_safe_mode_and_says_what_was_reported(finished, home):
    model = keras.saving.load_model(finished.model_path, compile=False, safe_mode=True)
    test = load_faces(finished.dataset, home, "test", 48)
    assert all(variable.dtype == "float32" for variable in model.weights)
    answer = np.asarray(model(test.faces_rgb.astype(np.float32), training=False))
    np.testing.assert_allclose(answer, finished.predictions().probabilities, atol=1e-5)


def test_the_kept_epoch_is_the_one_the_file_holds(finished, home):
    """The best validation result is reported; the saved file must give exactly that one."""
    history = finished.history()
    best = max(history[1:], key=lambda e: (e.val_accuracy, -e.val_loss))
    validation = load_faces(finished.dataset, home, "validation", 48)
    model = keras.saving.load_model(finished.model_path, compile=False)
    answer = np.asarray(model(validation.faces_rgb.astype(np.float32), training=False))
    np.testing.assert_allclose(answer, best.val_probabilities, atol=2e-4)
    assert finished.summary()["kept_epoch"] == best.epoch


def test_frozen_units_do_not_move_and_the_others_do(finished):
    moved = finished.summary()["unit_movement"]
    assert [moved[f"conv{name}"] for name in ("1_1", "2_2", "3_3", "4_3")] == [0, 0, 0, 0]
    assert all(moved[f"conv5_{number}"] > 0 for number in (1, 2, 3))


def test_nothing_of_the_checkpoint_is_left_after_the_end(finished):
    assert {file.name for file in finished.path.iterdir()} >= {"model.keras", "predictions.json", "result.json"}
    assert not (finished.path / "checkpoint.npz").exists()


def test_a_step_is_traced_once(home, people, tmp_path, monkeypatch):
    """With two tracings a training that learns everything begins more than a second later."""
    traced, step = [], keras.Model.train_step
    monkeypatch.setattr(keras.Model, "train_step", lambda model, data: traced.append(model) or step(model, data))
    train(home, people, tmp_path / "run", SMALL.with_changes(epochs=1))
    assert len(traced) == 1


class StopAfter:
    """Stands for the user who presses Stop after so many epochs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, epochs: int) -> None:
        check = JobFolder.check_stop

        def check_stop(job: JobFolder) -> None:
            if sum(event["event"] == "epoch" for event in job.events()) > epochs:
                (job.path / "stop").touch()
            check(job)

        monkeypatch.setattr(JobFolder, "check_stop", check_stop)


@pytest.mark.slow
@pytest.mark.parametrize("head_epochs", [0, 2])
def test_a_resumed_run_ends_as_an_uninterrupted_one(home, people, tmp_path, head_epochs):
    config = SMALL.with_changes(head_epochs=head_epochs, reduce_lr_patience=1, early_stopping_patience=3)
    through = train(home, people, tmp_path / "through", config)
    for stop_after in (1, 2):
        with pytest.MonkeyPatch.context() as patch:
            StopAfter(patch, stop_after)
            with pytest.raises(Stopped):
                train(home, people, tmp_path / f"stopped-{stop_after}", config)
        resumed = runs.open_run(tmp_path / f"stopped-{stop_after}")
        assert len(resumed.history()) == stop_after + 1
        resumed.job.queue_again()
        resumed.job.set_state("running")
        trainer.run_training(resumed.job, home)
        for mine, theirs in zip(resumed.history(), through.history(), strict=True):
            assert mine.val_loss == pytest.approx(theirs.val_loss, abs=1e-5)
            assert mine.learning_rate == theirs.learning_rate
        np.testing.assert_allclose(resumed.predictions().probabilities, through.predictions().probabilities, atol=1e-5)


def test_stop_keeps_and_tests_what_was_learned(home, people, tmp_path, monkeypatch):
    StopAfter(monkeypatch, 2)
    with pytest.raises(Stopped):
        train(home, people, tmp_path / "run")
    run = runs.open_run(tmp_path / "run")
    assert run.summary()["epochs_run"] == 2
    assert run.predictions() is not None
    assert (run.path / "checkpoint.npz").exists()


def test_stop_before_the_first_epoch_leaves_no_result(home, people, tmp_path):
    run = runs.create_run(tmp_path / "run", people, SMALL, state="running")
    (run.path / "stop").touch()
    with pytest.raises(Stopped):
        trainer.run_training(run.job, home)
    assert run.summary() is None


def test_the_head_phase_leaves_the_backbone_alone(home, people, tmp_path):
    kernel = build.initial_weights(SMALL.backbone, SMALL.seed)["conv5_1"][0]
    after = {}
    original = checkpoint.TakeCheckpoint.on_epoch_end

    def on_epoch_end(self, epoch, logs=None):
        original(self, epoch, logs)
        arrays, _ = checkpoint.read_arrays(tmp_path / "run" / "checkpoint.npz")
        after[epoch + 1] = any(np.array_equal(array, kernel) for array in arrays.values())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint.CheckpointWriter, "MOST_SHARE", np.inf)
        patch.setattr(checkpoint.TakeCheckpoint, "on_epoch_end", on_epoch_end)
        run = train(home, people, tmp_path / "run", SMALL.with_changes(head_epochs=2))
    assert after == {1: True, 2: True, 3: False, 4: False}
    rates = [epoch.learning_rate for epoch in run.history()]
    assert rates[:3] == pytest.approx([0, 3e-3, 3e-3])


def test_the_rate_of_unfrozen_layers_rises_and_falls(home, people, tmp_path):
    run = train(home, people, tmp_path / "run", SMALL.with_changes(head_epochs=2, epochs=8, unfrozen_rate=0.2))
    rates = [epoch.learning_rate for epoch in run.history()]
    assert rates[1:3] == pytest.approx([3e-3, 3e-3])
    top = rates.index(max(rates[3:]))
    assert rates[3:top] == sorted(rates[3:top])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert 0.8 * 6e-4 < rates[top] < 6e-4
    assert 0 < rates[-1] < 0.1 * 6e-4


# ---- what learned, and what is said of it


@pytest.fixture(scope="module")
def two_phases(home, people, tmp_path_factory) -> runs.Run:
    config = SMALL.with_changes(head_epochs=2, epochs=5, scale_features=True, zero_start=True, min_steps=6)
    return train(home, people, tmp_path_factory.mktemp("two") / "run", config)


def test_only_epochs_in_which_all_learned_that_was_to_learn_can_be_kept(two_phases):
    summary, history = two_phases.summary(), two_phases.history()
    assert summary["kept_epoch"] == max(history[3:], key=lambda e: (e.val_accuracy, -e.val_loss)).epoch
    assert summary["retrained"] is True
    assert [name for name, moved in summary["unit_movement"].items() if moved] == ["conv5_1", "conv5_2", "conv5_3"]


def test_a_head_that_was_better_is_not_kept_in_the_name_of_what_was_retrained(home, people, tmp_path):
    """With a rate that destroys the network the head's epochs are the best of all, and still none of them is kept."""
    config = SMALL.with_changes(head_epochs=4, epochs=6, unfrozen_rate=1.0, learning_rate=0.1, zero_start=True)
    run = train(home, people, tmp_path / "run", config)
    summary, history = run.summary(), run.history()
    assert max(epoch.val_accuracy for epoch in history[1:5]) > max(epoch.val_accuracy for epoch in history[5:])
    assert summary["kept_epoch"] > 4
    assert summary["head_only"]["val_accuracy"] == history[4].val_accuracy
    assert summary["head_only"]["test_correct"] > summary["test_correct"]


def test_the_exam_of_the_head_alone_is_that_of_a_training_that_ends_there(home, people, tmp_path, two_phases):
    alone = train(
        home,
        people,
        tmp_path / "run",
        two_phases.config.with_changes(freeze_depth=13, epochs=2, head_epochs=0, keep_best=False),
    )
    head_only = two_phases.summary()["head_only"]
    assert head_only["epoch"] == 2
    assert head_only["test_correct"] == alone.summary()["test_correct"]
    assert head_only["val_accuracy"] == pytest.approx(alone.history()[-1].val_accuracy)
    assert alone.summary()["head_only"] is None
    assert alone.summary()["retrained"] is True


def test_who_stops_before_units_are_unfrozen_retrained_nothing(home, people, tmp_path, monkeypatch):
    StopAfter(monkeypatch, 1)
    with pytest.raises(Stopped):
        train(home, people, tmp_path / "run", SMALL.with_changes(head_epochs=3))
    summary = runs.open_run(tmp_path / "run").summary()
    assert (summary["kept_epoch"], summary["retrained"], summary["head_only"]) == (1, False, None)
    assert set(summary["unit_movement"].values()) == {0.0}


def test_the_history_in_the_result_is_that_of_the_log(two_phases):
    rows, history = two_phases.summary()["history"], two_phases.history()
    assert [row["epoch"] for row in rows] == [0, 1, 2, 3, 4, 5]
    assert [row["phase"] for row in rows] == ["start", "head", "head", "all", "all", "all"]
    for row, epoch in zip(rows, history, strict=True):
        named = (row["loss"], row["accuracy"], row["val_loss"], row["val_accuracy"], row["seconds"])
        assert named == (epoch.loss, epoch.accuracy, epoch.val_loss, epoch.val_accuracy, epoch.seconds)


def test_the_head_divides_by_the_size_of_its_features(two_phases, home):
    model = keras.saving.load_model(two_phases.model_path, compile=False, safe_mode=True)
    scale = model.get_layer("head_scale")
    before = keras.Model(model.inputs, scale.input)
    untrained = build.initial_weights(SMALL.backbone, SMALL.seed)
    for name, arrays in untrained.items():
        model.get_layer(name).set_weights(arrays)
    train = load_faces(two_phases.dataset, home, "train", 48).faces_rgb.astype(np.float32)
    square = float(np.square(before.predict(train, verbose=0)).mean())
    assert float(np.asarray(scale.variance).item()) == pytest.approx(square, rel=1e-3)
    assert not np.asarray(scale.mean).any()


def test_a_zero_start_says_the_same_of_everybody_in_epoch_0(two_phases):
    np.testing.assert_allclose(two_phases.history()[0].val_probabilities, 1 / 3, atol=1e-4)


@pytest.mark.parametrize(("optimizer", "kind"), [("adam", "Adam"), ("sgd", "SGD"), ("rmsprop", "RMSprop")])
def test_every_optimizer_is_the_one_asked_for_and_learns(home, people, tmp_path, monkeypatch, optimizer, kind):
    compiled, compile_model = [], keras.Model.compile

    def compile_and_note(self, optimizer, **others):
        compiled.append(optimizer)
        compile_model(self, optimizer=optimizer, **others)

    monkeypatch.setattr(keras.Model, "compile", compile_and_note)
    config = SMALL.with_changes(optimizer=optimizer, momentum=0.5, learning_rate=5e-4, epochs=2, zero_start=True)
    run = train(home, people, tmp_path / "run", config)
    assert {type(each).__name__ for each in compiled} == {kind}
    assert {getattr(each, "momentum", 0.5) for each in compiled} == {0.5}
    assert run.history()[-1].learning_rate == pytest.approx(5e-4)
    assert run.history()[-1].loss < run.history()[0].loss


def test_rare_people_weigh_as_much_as_the_others_where_asked_for():
    labels = np.array([0] * 8 + [1] * 2)
    weights = trainer._sample_weights(labels, balanced=True)
    assert weights[labels == 0].sum() == pytest.approx(weights[labels == 1].sum())
    assert weights.sum() == pytest.approx(len(labels))
    assert np.array_equal(trainer._sample_weights(labels, balanced=False), np.ones(10))


def test_class_weights_reach_the_network(home, people, tmp_path, monkeypatch):
    """Told that one person is all that counts, the network says that person."""
    monkeypatch.setattr(
        trainer, "_sample_weights", lambda labels, *, balanced: (10.0 * (labels == 1)).astype(np.float32)
    )
    run = train(home, people, tmp_path / "run", SMALL.with_changes(zero_start=True))
    assert (run.predictions().probabilities.argmax(axis=1) == 1).all()


@pytest.fixture
def empty_store(home: Workspace) -> Path:
    shutil.rmtree(home.features, ignore_errors=True)
    return home.features


def test_frozen_layers_that_find_no_room_train_the_same_and_it_is_said(
    home, people, two_phases, tmp_path, monkeypatch, empty_store
):
    folder.set_share(empty_store, 0)
    run = train(home, people, tmp_path / "run", two_phases.config)
    (event,) = [event for event in run.job.events() if event["event"] == "unkept"]
    assert "10 frozen layers" in event["message"]
    assert not any(event["event"] == "prefix" for event in run.job.events())
    assert folder.used_bytes(empty_store) == 0
    assert run.summary()["features_computed"] is None
    for mine, theirs in zip(run.history(), two_phases.history(), strict=True):
        assert mine.val_loss == pytest.approx(theirs.val_loss, abs=1e-3)


def test_the_next_training_reads_what_frozen_layers_gave_and_ends_the_same(
    home, people, tmp_path, monkeypatch, empty_store
):
    config = SMALL.with_changes(head_epochs=1, epochs=3)
    first = train(home, people, tmp_path / "first", config)
    monkeypatch.setattr(FrozenLayers, "_part", None)  # asks nothing
    second = train(home, people, tmp_path / "second", config)
    assert (first.summary()["features_computed"], second.summary()["features_computed"]) == (1, 0)
    for mine, theirs in zip(second.history(), first.history(), strict=True):
        np.testing.assert_allclose(mine.val_probabilities, theirs.val_probabilities, atol=1e-4)
    np.testing.assert_allclose(second.predictions().probabilities, first.predictions().probabilities, atol=1e-4)


def test_a_disk_that_fills_up_changes_nothing(home, people, tmp_path, monkeypatch, empty_store):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    config = SMALL.with_changes(epochs=2)
    kept = train(home, people, tmp_path / "kept", config)
    shutil.rmtree(empty_store)
    monkeypatch.setattr(store._NewPiece, "write", full)
    run = train(home, people, tmp_path / "full", config)
    (event,) = [event for event in run.job.events() if event["event"] == "unkept"]
    assert event["message"].startswith("The disk is full")
    for mine, theirs in zip(run.history(), kept.history(), strict=True):
        assert mine.val_loss == pytest.approx(theirs.val_loss, abs=1e-3)


def test_stop_keeps_the_last_whole_epoch_where_the_best_is_not_kept(home, people, tmp_path, monkeypatch):
    asked = []

    def check_stop(job: JobFolder) -> None:
        batches = [event for event in job.events() if event["event"] == "epoch"]
        if len(batches) == 3:
            asked.append(1)
        if len(asked) > 2:  # In the middle of epoch 3: its first batches have moved the weights.
            (job.path / "stop").touch()
            raise Stopped

    monkeypatch.setattr(JobFolder, "check_stop", check_stop)
    with pytest.raises(Stopped):
        train(home, people, tmp_path / "run", SMALL.with_changes(keep_best=False))
    run = runs.open_run(tmp_path / "run")
    validation = load_faces(run.dataset, home, "validation", 48)
    model = keras.saving.load_model(run.model_path, compile=False)
    answer = np.asarray(model(validation.faces_rgb.astype(np.float32), training=False))
    np.testing.assert_allclose(answer, run.history()[2].val_probabilities, atol=2e-4)


def test_what_a_resumed_training_needs_no_more_is_not_computed(home, people, tmp_path, monkeypatch):
    config = SMALL.with_changes(head_epochs=2, epochs=4)
    with pytest.MonkeyPatch.context() as patch:
        StopAfter(patch, 3)
        with pytest.raises(Stopped):
            train(home, people, tmp_path / "run", config)
    shutil.rmtree(home.features)
    parts, part = set(), Classifier.part
    monkeypatch.setattr(Classifier, "part", lambda self, last, first=None: parts.add(last) or part(self, last, first))
    run = runs.open_run(tmp_path / "run")
    run.job.queue_again()
    run.job.set_state("running")
    trainer.run_training(run.job, home)
    assert parts == {10}


def test_the_head_phase_is_the_same_at_every_depth(home, people, tmp_path):
    """Its epochs see what all units make of the photos, whichever of them learn later."""
    shapes = []
    for depth in (0, 10, 13):
        run = train(home, people, tmp_path / f"run-{depth}", SMALL.with_changes(head_epochs=3, freeze_depth=depth))
        shapes.append([epoch.val_probabilities for epoch in run.history()[:4]])
    for other in shapes[1:]:
        np.testing.assert_allclose(np.array(other), np.array(shapes[0]), atol=2e-3)


def test_the_head_phase_goes_on_from_what_the_frozen_layers_gave(home, people, tmp_path, monkeypatch, empty_store):
    parts, part = set(), Classifier.part

    def part_and_note(self, last, first=None):
        parts.add((first, last))
        return part(self, last, first)

    monkeypatch.setattr(Classifier, "part", part_and_note)
    train(home, people, tmp_path / "run", SMALL.with_changes(head_epochs=1, epochs=2, freeze_depth=10))
    assert parts == {(None, 10), (10, 13)}


def test_trainings_that_share_features_give_what_they_give_alone(home, people, tmp_path):
    shared = Shared(depths=(4, 10))
    for depth in (13, 10, 4):
        config = SMALL.with_changes(freeze_depth=depth, epochs=2, head_epochs=1)
        shutil.rmtree(home.features, ignore_errors=True)
        alone = train(home, people, tmp_path / f"alone-{depth}", config)
        together = runs.create_run(tmp_path / f"together-{depth}", people, config, state="running")
        trainer.run_training(together.job, home, shared)
        for one, other in zip(alone.history(), together.history(), strict=True):
            np.testing.assert_allclose(one.val_probabilities, other.val_probabilities, atol=5e-3)


def test_fewer_training_photos_leave_validation_and_test_as_they_were(home, people, finished, tmp_path):
    run = train(home, people, tmp_path / "run", SMALL.with_changes(train_per_class=2, epochs=1))
    counts = run.summary()["split_counts"]
    assert counts == {**finished.summary()["split_counts"], "train": 6}
    assert run.predictions().sha256s == finished.predictions().sha256s


def test_early_stopping_ends_a_run_that_gets_no_better(home, people, tmp_path):
    config = SMALL.with_changes(epochs=30, early_stopping_patience=1, optimizer="sgd", learning_rate=5.0)
    run = train(home, people, tmp_path / "run", config)
    assert run.summary()["epochs_run"] < 30


def test_missing_weights_are_never_replaced_by_random_ones(home, people, tmp_path):
    run = runs.create_run(
        tmp_path / "run", people, SMALL.with_changes(pretrained=True, backbone="vggface-vgg16"), state="running"
    )
    with pytest.raises(WeightsError, match=r"rcmalli_vggface_tf_notop_vgg16\.h5"):
        trainer.run_training(run.job, home)
    assert run.summary() is None


def test_precision_is_resolved_and_recorded(home, people, tmp_path):
    run = train(home, people, tmp_path / "run", SMALL.with_changes(precision="auto", epochs=1))
    assert run.config.precision in ("float32", "bfloat16")
    assert run.config.freeze_depth == 10


def test_bfloat16_saves_a_float32_model(home, people, tmp_path):
    run = train(home, people, tmp_path / "run", SMALL.with_changes(precision="bfloat16", epochs=1))
    model = keras.saving.load_model(run.model_path, compile=False)
    assert {layer.dtype_policy.name for layer in model.layers} == {"float32"}


def test_trainings_that_differ_in_their_seed_share_a_network_and_give_what_they_give_alone(home, people, tmp_path):
    """Weights, head, optimizer and dropout of the second begin anew; the first of the three runs again as the last."""
    config = SMALL.with_changes(
        pretrained=True, head_epochs=2, epochs=4, scale_features=True, zero_start=True, dropout=0.3
    )
    shared = Shared(depths=(10,))
    predicted = {}
    for place, seed in enumerate((0, 1, 0)):
        run = runs.create_run(tmp_path / f"shared-{place}", people, config.with_changes(seed=seed), state="running")
        trainer.run_training(run.job, home, shared)
        alone = train(home, people, tmp_path / f"alone-{place}", config.with_changes(seed=seed))
        for mine, theirs in zip(run.history(), alone.history(), strict=True):
            assert mine.val_loss == pytest.approx(theirs.val_loss, abs=1e-4)
            assert mine.learning_rate == pytest.approx(theirs.learning_rate)
        for name, moved in alone.summary()["unit_movement"].items():
            assert run.summary()["unit_movement"][name] == pytest.approx(moved, rel=1e-3)
        predicted[place] = run.predictions().probabilities
        np.testing.assert_allclose(predicted[place], alone.predictions().probabilities, atol=1e-4)
    np.testing.assert_allclose(predicted[0], predicted[2], atol=1e-5)
    assert not np.allclose(predicted[0], predicted[1], atol=1e-3)


def test_the_head_alone_is_trained_once_a_seed(home, people, tmp_path, monkeypatch):
    config = SMALL.with_changes(head_epochs=2, epochs=3)
    shared, fitted, fit = Shared(depths=(10, 4)), [], trainer._fit_phase

    def fit_and_note(setup, phase, *rest):
        fitted.append((setup.config.seed, setup.freeze_depth, phase.head_only))
        fit(setup, phase, *rest)

    monkeypatch.setattr(trainer, "_fit_phase", fit_and_note)
    for place, (seed, depth) in enumerate(((0, 10), (0, 4), (1, 10))):
        made = config.with_changes(seed=seed, freeze_depth=depth)
        run = runs.create_run(tmp_path / str(place), people, made, state="running")
        trainer.run_training(run.job, home, shared)
        assert [row["phase"] for row in run.summary()["history"]] == ["start", "head", "head", "all"]
        assert run.summary()["head_only"]["epoch"] == 2
    assert fitted == [(0, 10, True), (0, 10, False), (0, 4, False), (1, 10, True), (1, 10, False)]
