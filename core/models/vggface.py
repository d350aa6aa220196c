"""keras-vggface 0.6 on Keras 3: the one file that knows its quirks.

The package was written for Keras 2 and is used unchanged, for its networks are the published ones. Two things need a
workaround:

- it imports `keras.utils.data_utils`, `keras.utils.layer_utils` and `keras.engine.topology`, which Keras 3 does not
  have: stand-ins are in `sys.modules` while it is imported;
- it names layers "conv1/7x7_s2", and Keras 3 allows no "/" in a name: the layer classes it gets write "_" instead.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import ModuleType
from typing import Any

import keras


def build_vggface(model: str, picture: keras.KerasTensor) -> keras.Model:
    """Build a network of keras-vggface on a picture, without its top and without published weights.

    Args:
        model: "vgg16", "resnet50" or "senet50".
        picture: shape (n, size_px, size_px, 3), preprocessed.

    Returns:
        A model from what `picture` was made of to the features.
    """
    build = _vggface_models()[model]
    return build(include_top=False, weights=None, input_tensor=picture, input_shape=picture.shape[1:])


@lru_cache
def _vggface_models() -> dict[str, Callable[..., keras.Model]]:
    with _keras2_modules():
        from keras_vggface import models
    for name in ("Conv2D", "Dense", "BatchNormalization", "Activation"):
        setattr(models, name, _with_plain_name(getattr(models, name)))
    return {"vgg16": models.VGG16, "resnet50": models.RESNET50, "senet50": models.SENET50}


def _with_plain_name(layer_class: type[keras.layers.Layer]) -> Callable[..., keras.layers.Layer]:
    def make(*args: Any, name: str | None = None, **settings: Any) -> keras.layers.Layer:
        return layer_class(*args, name=name.replace("/", "_") if name else None, **settings)

    return make


@contextmanager
def _keras2_modules() -> Iterator[None]:
    """Provide the modules of Keras 2 that keras-vggface imports, as long as the block runs."""
    stand_ins: dict[str, dict[str, Any]] = {
        "keras.utils.data_utils": {"get_file": keras.utils.get_file},
        "keras.utils.layer_utils": {},
        "keras.engine": {},
        "keras.engine.topology": {"get_source_inputs": keras.utils.get_source_inputs},
    }
    added = [name for name in stand_ins if name not in sys.modules]
    for name in added:
        module = ModuleType(name)
        vars(module).update(stand_ins[name])
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        setattr(sys.modules[parent], child, module)
    try:
        yield
    finally:
        for name in reversed(added):
            parent, _, child = name.rpartition(".")
            delattr(sys.modules[parent], child)
            del sys.modules[name]
