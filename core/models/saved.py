"""A trained model as a file: saved so that plain Keras opens it, opened in safe mode, and checked."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from core import disk
from core.errors import RunError
from core.models import build, foreign_model, weights_file
from core.models.architectures import architecture
from core.models.classifier import SCALE_LAYER, Classifier


def save_model(classifier: Classifier, path: Path) -> None:
    """Save the joined model, whole or not at all, so that plain Keras opens it in safe mode without this lab's code.

    The saved model takes RGB 0-255 and computes in float32, whatever the classifier was trained in. Its BatchNorm
    layers are not trainable, so that they stay in inference mode where it is trained further; to let their gamma and
    beta train then, set `layer.gamma.trainable` and `layer.beta.trainable`.

    Args:
        classifier: keeps the float32 copy that is written, for the next training that uses it.
        path: ends in ".keras".
    """
    if classifier.saved_form is None:
        classifier.saved_form = keras.models.clone_model(classifier.joined, clone_function=_float32_layer)
    plain = classifier.saved_form
    plain.set_weights(classifier.joined.get_weights())
    for layer in plain.layers:
        if layer.name == SCALE_LAYER:
            layer.finalize_state()  # What it divides by is computed from its weights, which have just changed.
    with disk.replacing(path) as beside:
        plain.save(beside)


def _float32_layer(layer: keras.Operation) -> keras.Operation:
    config = layer.get_config()
    if isinstance(layer, keras.layers.Layer):
        config["dtype"] = "float32"
    return type(layer).from_config(config)


def open_model(path: Path) -> keras.Model:
    """Open a saved model in safe mode, without code of this lab: the one way in for all models.

    Raises:
        RunError: it is no such file, or holds what this lab never makes.
    """
    foreign_model.check(path)
    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RunError(f'"{path.name}" does not open as a Keras model ({error}); start the training again.') from error


def check_model(
    model: keras.Model,
    file_name: str,
    weights_path: Path | None,
    freeze_depth: int,
    backbone_name: str,
    *,
    seed: int | None = None,
) -> dict[str, float]:
    """Compare a saved model with the weights it started from.

    Args:
        model: opened from its file.
        file_name: of that file.
        weights_path: the backbone's weights file; None: it started untrained.
        freeze_depth: units that were frozen.
        backbone_name: in the registry.
        seed: of an untrained start; without it the initial weights are unknown and only the form is checked.

    Returns:
        How far each unit moved: the norm of the change over the norm it started from, over the weights that can train.
        0.0 for frozen units. Empty where the initial weights are unknown.

    Raises:
        RunError: it does not compute in float32, gives no probabilities, or a frozen unit (or a moving statistic)
            changed in any bit.
    """
    _check_form(model, file_name)
    if weights_path is not None:
        weights = weights_file.read_layers(weights_path, backbone_name)
    elif seed is not None:
        weights = build.initial_weights(backbone_name, seed)
    else:
        return {}
    moved = {}
    for i, unit in enumerate(architecture(backbone_name).units):
        started = [array for layer in unit.weight_layers for array in weights[layer.name]]
        trains = [j < 2 or layer.kind != "batchnorm" for layer in unit.weight_layers for j in range(len(layer.shapes))]
        ended = build.unit_weights(model, unit)
        may_move = [i >= freeze_depth and can_train for can_train in trains]
        for before, after, may in zip(started, ended, may_move, strict=True):
            if not may and not np.array_equal(before, after):
                raise RunError(
                    f'The frozen layer "{unit.name}" changed in "{file_name}", so this model must not be used; '
                    "start the training again."
                )
        moved[unit.name] = _movement(started, ended, trains)
    return moved


def _movement(started: list[np.ndarray], ended: list[np.ndarray], trains: list[bool]) -> float:
    pairs = [(a, b) for a, b, can_train in zip(started, ended, trains, strict=True) if can_train]
    change = np.sqrt(sum(np.sum(np.square(b - a, dtype=np.float64)) for a, b in pairs))
    return float(change / np.sqrt(sum(np.sum(np.square(a, dtype=np.float64)) for a, _ in pairs)))


def _check_form(model: keras.Model, file_name: str) -> None:
    """Raise RunError unless the model computes in float32, from pictures of 0-255 to probabilities."""
    policies = {layer.dtype_policy.name for layer in model.layers if isinstance(layer, keras.layers.Layer)}
    size_px = model.input_shape[1]
    pictures = np.random.default_rng(0).integers(0, 256, (2, size_px, size_px, 3), dtype=np.uint8)
    # Called, not `predict`: compiling it would take longer.
    probabilities = np.asarray(keras.ops.convert_to_numpy(model(pictures.astype(np.float32), training=False)))
    sums = probabilities.sum(axis=-1)
    if policies != {"float32"} or probabilities.dtype != np.float32 or not np.allclose(sums, 1.0, atol=1e-4):
        raise RunError(
            f'"{file_name}" should give probabilities in float32, received {", ".join(sorted(policies))} and sums of '
            f"{sums.min():.3f} to {sums.max():.3f}; start the training again with a smaller learning rate."
        )
