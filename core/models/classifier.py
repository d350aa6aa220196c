"""Preprocessing, backbone and head as one classifier, cut at its freeze depth.

Runs in a worker: importing this imports TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import keras
import numpy as np

from core.models import build, weights_file
from core.models.architectures import architecture
from core.models.registry import backbone, check_config

if TYPE_CHECKING:
    from core.config import HeadConfig, TrainConfig
    from core.models.architectures import Unit
    from core.models.registry import Preprocessing
    from core.models.weights import FoundWeights


SCALE_LAYER, LAST_LAYER = "head_scale", "people"
SMALLEST_SQUARE = 1e-12


@dataclass
class Classifier:
    """A network as several models that share its layers.

    Attributes:
        prefix: RGB pictures, shape (n, size_px, size_px, 3), float or uint8, 0-255, to the input of the first unfrozen
            unit; preprocessing inside. At depth 0 it is the preprocessing alone. Its output has the dtype the network
            computes in: float32, or bfloat16 behind a frozen unit at that precision.
        suffix: from there to probabilities, shape (n, n_classes), float32: the unfrozen units and the head.
        head: what comes out of the last unit to probabilities.
        joined: RGB pictures to probabilities.
        unit_inputs: the symbolic tensor each unit takes, and last the one the head takes.
        backbone: name in the registry.
        units: names of the backbone's units, from the input side.
        saved_form: what `saved.save_model` writes, made once; None before that.
    """

    prefix: keras.Model
    suffix: keras.Model
    head: keras.Model
    joined: keras.Model
    unit_inputs: tuple[keras.KerasTensor, ...]
    backbone: str
    units: tuple[str, ...]
    saved_form: keras.Model | None = None

    def part(self, last: int, first: int | None = None) -> keras.Model:
        """Return the units before `last` as a model whose output is the input of `last` (after all units, of the head).

        Args:
            last: the first unit that is not in it.
            first: the model takes the input of this unit; None takes RGB pictures.
        """
        begin = self.joined.inputs[0] if first is None else self.unit_inputs[first]
        return keras.Model(begin, self.unit_inputs[last])

    def feature_shape(self, depth: int) -> tuple[int, ...]:
        """Return the shape of what `depth` units give for one picture."""
        return tuple(int(side) for side in self.unit_inputs[depth].shape[1:])

    def unit_weights(self) -> dict[str, list[np.ndarray]]:
        """Return copies of all weights of each unit, float32, moving statistics included."""
        return {unit.name: build.unit_weights(self.joined, unit) for unit in architecture(self.backbone).units}

    def set_trainable_units(self, freeze_depth: int) -> None:
        """Unfreeze all units from `freeze_depth` on and freeze the others; the head always trains.

        Compile the model afterwards. The cut between prefix and suffix stays where it is, so `freeze_depth` may not be
        below the depth the classifier was built for.
        """
        for i, unit in enumerate(architecture(self.backbone).units):
            _set_trainable(self.joined, unit, i >= freeze_depth)

    def scale_features(self, batches: Iterable[np.ndarray]) -> None:
        """Set what the head divides by: the root mean square of its pooled features, where its settings ask for that.

        Args:
            batches: float, each of shape (n, ...), the features of the training photos.
        """
        if not self.scales_features:
            return
        layer = self.joined.get_layer(SCALE_LAYER)
        pooled = keras.Model(self.unit_inputs[-1], layer.input)
        total = count = 0.0
        for batch in batches:
            features = np.asarray(pooled.predict_on_batch(batch), np.float64)
            total, count = total + float(np.square(features).sum()), count + features.size
        layer.adapt_variance.assign(max(total / max(count, 1.0), SMALLEST_SQUARE))
        layer.finalize_state()

    @property
    def scales_features(self) -> bool:
        """Whether the head divides its features by their size."""
        return any(layer.name == SCALE_LAYER for layer in self.joined.layers)

    def set_suffix_weights(self, weights: list[np.ndarray]) -> None:
        """Restore what `suffix.get_weights()` gave."""
        self.suffix.set_weights(weights)
        if self.scales_features:
            # What it divides by is computed from its weights, which have just changed.
            self.joined.get_layer(SCALE_LAYER).finalize_state()

    def seed_dropout(self, seed: int) -> None:
        """Let dropout draw from `seed` from here on; called with another seed before each epoch."""
        for layer in self.joined.layers:
            if isinstance(layer, keras.layers.Dropout):
                layer.seed_generator.state.assign(np.array([build.derived_seed(seed, layer.name), 0], np.uint32))


def build_classifier(
    config: TrainConfig, n_classes: int, weights: FoundWeights | None, *, precision: Literal["float32", "bfloat16"]
) -> Classifier:
    """Build a classifier, ready to be compiled and trained.

    The head's first weights depend on `config.seed` and the layers' sizes only: they are the same at every freeze
    depth, with pretrained weights and without.

    Args:
        config: settings; `freeze_depth` None freezes all units.
        n_classes: number of people.
        weights: of the backbone; None starts it untrained, seeded by `config.seed`.
        precision: what the layers compute in; weights are float32 always, and the last layer computes in float32.

    Raises:
        ConfigError: settings the backbone cannot do.
        WeightsError: the weights are not those of the backbone.
    """
    config = check_config(config)
    entry, shape = backbone(config.backbone), (config.image_size_px, config.image_size_px, 3)
    policy = "mixed_bfloat16" if precision == "bfloat16" else "float32"
    with _dtype_policy(policy):
        picture = keras.Input(shape, name="rgb", dtype="float32")
        network = build.build_backbone(entry.name, config.image_size_px, _preprocess(picture, entry.preprocessing))
        inputs = build.unit_inputs(network, entry.name)
        probabilities = _head(inputs[-1], config.head, n_classes, config.seed)
    if weights is None:
        build.fill(network, entry.name, build.initial_weights(entry.name, config.seed))
    else:
        build.load_weights(network, entry.name, weights.path)
    depth = config.freeze_depth or 0
    classifier = Classifier(
        prefix=keras.Model(picture, inputs[depth], name="prefix"),
        suffix=keras.Model(inputs[depth], probabilities, name="suffix"),
        head=keras.Model(inputs[-1], probabilities, name="head"),
        joined=keras.Model(picture, probabilities, name=entry.name),
        unit_inputs=tuple(inputs),
        backbone=entry.name,
        units=tuple(unit.name for unit in entry.architecture.units),
    )
    classifier.set_trainable_units(depth)
    return classifier


def _preprocess(picture: keras.KerasTensor, preprocessing: Preprocessing) -> keras.KerasTensor:
    """Turn RGB 0-255 into what the backbone was trained on, in float32 whatever the network computes in."""
    channels = keras.ops.flip(picture, axis=-1) if preprocessing.bgr else picture
    variance = [1 / preprocessing.scale**2] * 3
    return keras.layers.Normalization(
        mean=preprocessing.mean, variance=variance, name="preprocessing", dtype="float32"
    )(channels)


def _head(features: keras.KerasTensor, head: HeadConfig, n_classes: int, seed: int) -> keras.KerasTensor:
    if head.pooling == "average":
        x = keras.layers.GlobalAveragePooling2D(name="head_average", dtype="float32")(features)
    else:
        x = keras.layers.Flatten(name="head_flatten")(features)
    if head.scale_features:
        # Not centred, and one scale for all features: measured better than standardising (docs/training.md), and a
        # feature that is zero on all training photos is not amplified on the first photo where it is not.
        x = keras.layers.Normalization(axis=None, name=SCALE_LAYER, dtype="float32")(x)
    for i, size in enumerate(head.hidden, start=1):
        name = f"head_dense_{i}"
        start = _kernel_start(name, head, seed)
        x = keras.layers.Dense(size, activation="relu", name=name, kernel_initializer=start)(x)
    if head.dropout:
        x = keras.layers.Dropout(head.dropout, seed=build.derived_seed(seed, "head_dropout"), name="head_dropout")(x)
    # A softmax in bfloat16 would have three digits only.
    start = _kernel_start(LAST_LAYER, head, seed)
    return keras.layers.Dense(
        n_classes, activation="softmax", name=LAST_LAYER, kernel_initializer=start, dtype="float32"
    )(x)


def _kernel_start(name: str, head: HeadConfig, seed: int) -> keras.initializers.Initializer:
    if name == LAST_LAYER and head.zero_start:
        return keras.initializers.Zeros()
    return keras.initializers.GlorotUniform(seed=build.derived_seed(seed, name))


def reset(classifier: Classifier, config: TrainConfig, weights: FoundWeights | None) -> None:
    """Reset a trained classifier to what `build_classifier` gives for the same settings with another seed.

    What Keras compiled for it stays, which saves most of the time of a small training.

    Args:
        classifier: changed.
        config: as it was built with, but for the seed.
        weights: as it was built with.
    """
    if weights is None:
        initial = build.initial_weights(config.backbone, config.seed)
    else:
        initial = weights_file.read_layers(weights.path, config.backbone)
    for layer in architecture(config.backbone).weight_layers:
        for variable, value in zip(build.weight_variables(classifier.joined, layer), initial[layer.name], strict=True):
            variable.assign(value)
    for built in classifier.head.layers:
        if isinstance(built, keras.layers.Dense):
            built.kernel.assign(_kernel_start(built.name, config.head, config.seed)(built.kernel.shape, "float32"))
            built.bias.assign(keras.ops.zeros_like(built.bias))
    for learns in (classifier.head, classifier.suffix):
        if learns.compiled:
            for variable in learns.optimizer.variables:
                variable.assign(keras.ops.zeros_like(variable))


def _set_trainable(model: keras.Model, unit: Unit, trainable: bool) -> None:
    for layer in unit.weight_layers:
        built = model.get_layer(layer.name)
        if layer.kind == "batchnorm":
            # A BatchNorm that is not trainable runs in inference mode (Keras ignores `training=False` at its call as
            # soon as `fit` asks for training); its gamma and beta train nevertheless once they say so themselves.
            built.trainable = False
            built.gamma.trainable = built.beta.trainable = trainable
        else:
            built.trainable = trainable


@contextmanager
def _dtype_policy(policy: str) -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
