"""After the last epoch: save the model, check the file, test the file, write down the numbers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from core import load
from core.data import leaks
from core.evaluation.metrics import TestResult, evaluate, majority_label
from core.experiments import digest, history
from core.experiments.course import head_only_epochs
from core.experiments.predictions import Predictions
from core.load import Reading
from core.models import architectures, saved

if TYPE_CHECKING:
    from core.training.prepare import Setup

# In pixels: 32 faces at 224 px, for memory; small faces go in larger batches, for time.
TEST_BATCH_PIXELS = 32 * 224 * 224


def finish(setup: Setup, best_weights: list[np.ndarray] | None, began: Reading) -> None:
    """Restore the best epoch's weights, save, check and test the saved file, write predictions and numbers.

    Args:
        best_weights: of the suffix after the best epoch; None or empty keeps the weights of the last one.
        began: when this process began with the training.
    """
    run, config, reporter = setup.run, setup.config, setup.reporter
    reporter.emit("phase", phase="test")
    if best_weights:
        setup.network.set_suffix_weights(best_weights)
    saved.save_model(setup.network, run.model_path)
    weights_path = setup.found.path if setup.found else None
    opened = saved.open_model(run.model_path)
    moved = saved.check_model(
        opened, run.model_path.name, weights_path, setup.freeze_depth, config.backbone, seed=config.seed
    )
    probabilities = predict_faces(opened, setup.test.faces_rgb, len(run.dataset.people))
    predictions = Predictions(
        probabilities=probabilities,
        labels=setup.test.labels,
        names=tuple(item.name for item in setup.test.items),
        sha256s=tuple(item.sha256 for item in setup.test.items),
        faces=tuple(item.face for item in setup.test.items),
    )
    run.write_predictions(predictions)
    majority = majority_label(setup.train.labels)
    groups = [item.group for item in setup.test.items]
    people = len(run.dataset.people)
    result = evaluate(probabilities, predictions.labels, people, majority_label=majority, groups=groups)
    seconds = history.earlier_seconds(run.job.events()) + time.monotonic() - began.at_s
    run.job.write_result(
        {
            **_summary(setup, predictions, result, moved),
            "seconds": round(seconds, 2),
            "computing_seconds": round(history.computing_seconds(run.job.events(), head_only_epochs(config)), 2),
            "others_share": round(load.others_share(began, Reading()), 3),
        }
    )
    digest.keep(run.path)
    reporter.emit("tested", correct=result.correct, total=result.total)


def predict_faces(model: keras.Model, faces_rgb: np.ndarray, n_classes: int) -> np.ndarray:
    """Ask a saved model, as anyone who opens its file would.

    Args:
        model: opened from its file.
        faces_rgb: uint8, shape (n, size_px, size_px, 3), RGB.
        n_classes: columns of the answer, also where n is 0.

    Returns:
        float32, shape (n, n_classes), rows add up to 1.
    """
    if len(faces_rgb) == 0:
        return np.zeros((0, n_classes), np.float32)
    size = max(1, TEST_BATCH_PIXELS // (faces_rgb.shape[1] * faces_rgb.shape[2]))
    batches = [faces_rgb[start : start + size] for start in range(0, len(faces_rgb), size)]
    # Called, not `predict`: compiling it would take longer than a small test set.
    answers = [keras.ops.convert_to_numpy(model(batch.astype(np.float32), training=False)) for batch in batches]
    return np.concatenate(answers).astype(np.float32)


def _summary(setup: Setup, predictions: Predictions, result: TestResult, moved: dict[str, float]) -> dict[str, Any]:
    config, dataset, found = setup.config, setup.run.dataset, setup.found
    epochs = setup.run.history()
    counts = architectures.count_parameters(
        config.backbone, setup.freeze_depth, config.head, len(dataset.people), config.image_size_px
    )
    head_epochs = config.head_only_epochs(len(setup.network.units))
    kept = history.kept_epoch(epochs, head_epochs, keep_best=config.keep_best)
    return {
        "backbone": config.backbone,
        "pretrained": config.pretrained,
        "weights": {"sha256": found.sha256, "verified": found.verified} if found else None,
        "freeze_depth": config.freeze_depth,
        "precision": config.precision,
        "seed": config.seed,
        "classes": list(dataset.people),
        "split_counts": _split_counts(setup),
        "epochs_run": epochs[-1].epoch,
        "kept_epoch": kept.epoch,
        "retrained": kept.epoch > head_epochs and _all_moved(setup, moved),
        "head_only": history.head_only_result(setup.run.job.events()),
        "trainable_parameters": counts.trainable,
        "frozen_parameters": counts.frozen,
        "val_accuracy": kept.val_accuracy,
        "test_accuracy": result.accuracy if result.total else None,
        "test_correct": result.correct,
        "test_total": result.total,
        "test_interval": list(result.interval) if result.total else None,
        "balanced_accuracy": result.balanced_accuracy if result.total else None,
        "majority_correct": result.majority_correct,
        "confusion_matrix": result.confusion.tolist(),
        "predictions": describe(predictions, dataset.people),
        "unit_movement": moved,
        "features_computed": setup.features_computed,
        "history": history.rows(epochs, head_epochs),
        "model_path": str(setup.run.model_path),
        "left_out": [{"name": each.name, "reason": each.reason} for each in dataset.left_out],
        "warnings": leaks.warnings(dataset),
    }


def _all_moved(setup: Setup, moved: dict[str, float]) -> bool:
    """Return whether the weights of every unfrozen unit changed."""
    return all(moved[name] > 0 for name in setup.network.units[setup.freeze_depth :])


def _split_counts(setup: Setup) -> dict[str, int]:
    return {
        "train": len(setup.train),
        "validation": len(setup.validation),
        "test": len(setup.test.labels),
    }


def describe(predictions: Predictions, people: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return each prediction as a plain row: photo, face, true and predicted person, probabilities by person."""
    rows = []
    for i, row in enumerate(predictions.probabilities):
        label = int(predictions.labels[i])
        rows.append(
            {
                "name": predictions.names[i],
                "sha256": predictions.sha256s[i],
                "face": predictions.faces[i],
                "true": people[label] if label >= 0 else None,
                "predicted": people[int(row.argmax())],
                "probabilities": {person: round(float(p), 6) for person, p in zip(people, row, strict=True)},
            }
        )
    return rows
