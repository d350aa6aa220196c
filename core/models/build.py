"""Builds any backbone of the registry in Keras, and fills it with its published weights or from a seed.

Runs in a worker: importing this imports TensorFlow.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import keras
import numpy as np

from core.errors import WeightsError
from core.models import weights_file
from core.models.architectures import architecture
from core.models.vggface import build_vggface

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.models.architectures import Layer, Unit

LayerWeights = dict[str, list[np.ndarray]]


def build_backbone(name: str, image_size_px: int, picture: keras.KerasTensor | None = None) -> keras.Model:
    """Build a backbone without its top; its weights are Keras's unseeded ones until they are filled.

    Args:
        name: in the registry.
        image_size_px: side of the picture, at least the backbone's smallest.
        picture: build on this preprocessed picture, shape (n, image_size_px, image_size_px, 3); None makes an input.

    Returns:
        A model from preprocessed pictures (or what `picture` was made of) to features, shape
        (n, feature_size_px, feature_size_px, feature_channels). Layers carry the names of the published files, with "_"
        for "/", and lie flat in the model.
    """
    if picture is None:
        picture = keras.Input((image_size_px, image_size_px, 3))
    if name.startswith("face-vgg"):
        return _build_narrow(name, picture)
    if name.startswith("vggface"):
        return build_vggface(name.split("-")[1], picture)
    builders = {
        "imagenet-vgg16": keras.applications.VGG16,
        "imagenet-vgg19": keras.applications.VGG19,
        "imagenet-mobilenetv2": keras.applications.MobileNetV2,
    }
    return builders[name](include_top=False, weights=None, input_tensor=picture, input_shape=picture.shape[1:])


def _build_narrow(name: str, picture: keras.KerasTensor) -> keras.Model:
    """A VGG16 of a quarter or half of the width, with the layer names of VGG-Face."""
    x = picture
    for unit in architecture(name).units:
        width = unit.weight_layers[0].shapes[0][-1]
        x = keras.layers.Conv2D(width, 3, padding="same", activation="relu", name=unit.layers[0])(x)
        if unit.pool:
            x = keras.layers.MaxPooling2D(name=unit.block.replace("block", "pool"))(x)
    return keras.Model(keras.utils.get_source_inputs(picture), x, name=name.replace("-", "_"))


def unit_inputs(network: keras.Model, name: str) -> list[keras.KerasTensor]:
    """Return the tensor each unit takes, and last the features. Call it before anything else is built on the layers.

    It lies behind the pooling that follows the unit before, and behind the last addition of a residual block.
    """
    units = architecture(name).units
    return [*(network.get_layer(unit.layers[0]).input for unit in units), network.outputs[0]]


def weight_variables(model: keras.Model, layer: Layer) -> list[keras.Variable]:
    """Return a layer's variables in the order of the published files (`Layer.fields`)."""
    built = model.get_layer(layer.name)
    return [getattr(built, field) for field in layer.fields]


def unit_weights(model: keras.Model, unit: Unit) -> list[np.ndarray]:
    """Return copies of all weights of a unit, float32, in the order of the published files."""
    variables = [v for layer in unit.weight_layers for v in weight_variables(model, layer)]
    return [keras.ops.convert_to_numpy(v).copy() for v in variables]


def load_weights(model: keras.Model, name: str, path: Path) -> None:
    """Fill a backbone from a weights file, layer by layer and by name.

    Args:
        model: as `build_backbone` gives it. Changed.
        name: of the backbone.
        path: a file in the legacy HDF5 layout.

    Raises:
        WeightsError: the file is no such file, lacks a layer, holds one the network does not have, or one of another
            shape; the message names the layer. The model is unchanged then.
    """
    fill(model, name, weights_file.read_layers(path, name))


def fill(model: keras.Model, name: str, weights: LayerWeights) -> None:
    """Put weights into a backbone, and check that all of its variables were filled.

    Raises:
        WeightsError: a weight of the network was not filled.
    """
    filled = set()
    for layer in architecture(name).weight_layers:
        for variable, value in zip(weight_variables(model, layer), weights[layer.name], strict=True):
            variable.assign(value)
            filled.add(id(variable))
    left = [variable.path for variable in model.weights if id(variable) not in filled]
    if left:
        raise WeightsError(
            f'"{left[0]}" of "{name}" got no weights, since this version of Keras builds that network otherwise; '
            "install the versions in requirements.txt."
        )


def initial_weights(name: str, seed: int) -> LayerWeights:
    """Return the weights of an untrained backbone; the same for the same seed, whatever else is built.

    They are what Keras's own builders draw: Glorot uniform kernels, zero biases, identity BatchNorm. MobileNetV2 gets
    He normal kernels instead: Glorot's depthwise kernels shrink the activations, and its BatchNorm, in inference mode
    here, does not scale them up again (measured: features of 1e-12, nothing learned).
    """
    draw = _he_normal if name == "imagenet-mobilenetv2" else _glorot_uniform
    return {layer.name: _initial(layer, draw, seed) for layer in architecture(name).weight_layers}


def _initial(layer: Layer, draw: Callable[[Layer, int], np.ndarray], seed: int) -> list[np.ndarray]:
    if layer.kind == "batchnorm":
        return [np.full(shape, value, np.float32) for shape, value in zip(layer.shapes, (1, 0, 0, 1), strict=True)]
    kernel = draw(layer, derived_seed(seed, layer.name))
    return [kernel, *(np.zeros(shape, np.float32) for shape in layer.shapes[1:])]


def _glorot_uniform(layer: Layer, seed: int) -> np.ndarray:
    kernel = keras.initializers.GlorotUniform(seed=seed)(layer.shapes[0], "float32")
    return np.asarray(keras.ops.convert_to_numpy(kernel))


def _he_normal(layer: Layer, seed: int) -> np.ndarray:
    """He et al., "Delving deep into rectifiers", ICCV 2015; half the variance where no ReLU follows."""
    shape = layer.shapes[0]
    n_inputs = shape[0] * shape[1] * (1 if layer.kind == "depthwise" else shape[2])
    variance = (1 if layer.name.endswith("_project") else 2) / n_inputs
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32) * np.float32(variance**0.5)


def derived_seed(seed: int, name: str) -> int:
    """Return a seed for what is drawn by that name, 0 to 2**31 - 1."""
    return zlib.crc32(f"{seed}/{name}".encode()) & 0x7FFFFFFF
