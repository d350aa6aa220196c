"""Weight files in the legacy HDF5 layout of Keras, read layer by layer and checked against a network. No TensorFlow.

In that layout the root (or the group "model_weights") carries `layer_names`, every layer is a group of that name with
`weight_names`, and those are the paths of its arrays. Names may hold "/". Keras itself skips silently what it
cannot match; here every layer must be there, with the right shapes, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import h5py
import numpy as np

from core.errors import WeightsError
from core.models.architectures import architecture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.models.architectures import Architecture, Layer


T = TypeVar("T")
# In a file; of a layer in it. Without an end, few bytes can name one array millions of times.
MOST_LAYERS, MOST_ARRAYS = 2000, 20


@dataclass(frozen=True)
class _FileLayer:
    """A layer of a file: its name there, and its arrays, not yet read."""

    name: str
    arrays: tuple[h5py.Dataset, ...]

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        return tuple(array.shape for array in self.arrays)


def read_layers(path: Path, backbone: str, *, file_name: str | None = None) -> dict[str, list[np.ndarray]]:
    """Read the weights of a backbone, checked by name and shape.

    Args:
        path: a file in the legacy HDF5 layout; float16 is taken as well.
        backbone: name in the registry.
        file_name: the name of the file in error messages; None: its own name.

    Returns:
        float32 arrays by layer name (as in the model, "_" for "/"), in the order of `Layer.fields`. Top layers are
        ignored.

    Raises:
        WeightsError: not such a file, an array that is not plain and inside it, or a layer is missing, unknown, of
            another shape, or empty of information (not finite, or a kernel that is one number throughout).
    """
    network, file_name = architecture(backbone), file_name or path.name
    try:
        with h5py.File(path, "r") as file:
            found = _match(network, list(_file_layers(file, file_name)), file_name)
            return {layer.name: _read(layer, found[layer.name], file_name) for layer in network.weight_layers}
    except (OSError, KeyError, RuntimeError, TypeError, ValueError) as error:
        # What h5py raises for a file that is cut off, no HDF5 at all, or lists what it does not hold, and what odd
        # names and types lead to.
        raise WeightsError(
            f'"{file_name}" cannot be read as a weights file ({_short(error)}); bring an intact copy.'
        ) from error


def _short(error: Exception) -> str:
    text = error.args[0] if isinstance(error, KeyError) and error.args else error
    return str(text).strip().split("\n")[0][:120]


def _file_layers(file: h5py.File, file_name: str) -> Iterator[_FileLayer]:
    root = _inside(file, "model_weights", h5py.Group) if "model_weights" in file else file
    names = _names(root, "layer_names", MOST_LAYERS)
    if not names:
        raise WeightsError(
            f'"{file_name}" holds no layers in the layout of Keras weights; bring the .h5 file of the network.'
        )
    for name in names:
        group = _inside(root, name, h5py.Group)
        arrays = tuple(_inside(group, weight, h5py.Dataset) for weight in _names(group, "weight_names", MOST_ARRAYS))
        if arrays:
            yield _FileLayer(name, arrays)


def _inside(group: h5py.Group, name: str, kind: type[T]) -> T:
    """Return a group or an array that lies in the file itself, reached without links.

    HDF5 can keep an array in another file, by links, external storage or as a virtual data set: a file from elsewhere
    could then read any file of this computer.

    Raises:
        ValueError: it is something else, or its numbers lie elsewhere or are no floating-point numbers.
    """
    found = group
    for part in name.split("/"):
        if not isinstance(group, h5py.Group) or not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise ValueError(f'"{name}" lies outside the file, or is not there')
        found = group = group[part]
    if not isinstance(found, kind):
        raise ValueError(f'"{name}" is no {kind.__name__.lower()}')
    if isinstance(found, h5py.Dataset) and not _is_plain(found, "f"):
        raise ValueError(f'"{name}" is no plain array of numbers')
    return found


def _is_plain(array: h5py.Dataset, kinds: str) -> bool:
    return not (array.external or array.is_virtual) and array.dtype.kind in kinds


def check_plain(root: h5py.Group) -> None:
    """Raise ValueError unless everything in a file lies in the file itself: no links, no arrays stored elsewhere."""
    waiting, seen = [root], set()
    while waiting:
        group = waiting.pop()
        # Many ways may lead to one group, and circles back to it.
        place = h5py.h5o.get_info(group.id).addr
        if place in seen:
            continue
        seen.add(place)
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise ValueError(f'"{name}" lies outside the file')
            found = group[name]
            if isinstance(found, h5py.Group):
                waiting.append(found)
            elif not isinstance(found, h5py.Dataset) or not _is_plain(found, "fiu"):
                raise ValueError(f'"{name}" is no plain array of numbers')


def _names(group: h5py.Group, attribute: str, most: int) -> list[str]:
    """Read a list of names; one too long for HDF5 is cut into `attribute`0, `attribute`1, ...

    Raises:
        ValueError: it is longer than that of any network, or one of the names is no text.
    """
    keys = [attribute] if attribute in group.attrs else []
    while f"{attribute}{len(keys)}" in group.attrs:
        keys.append(f"{attribute}{len(keys)}")
    names = [name for key in keys for name in group.attrs[key]]
    if len(names) > most:
        raise ValueError(f"{len(names)} {attribute} are more than any network has")
    return [name.decode("utf-8") if isinstance(name, bytes) else str(name) for name in names]


def _match(network: Architecture, file_layers: list[_FileLayer], file_name: str) -> dict[str, _FileLayer]:
    """Find the file's layer for each of the network's."""
    by_name = {layer.name: layer for layer in file_layers if layer.name not in network.top_layers}
    names = [layer.file_name for layer in network.weight_layers]
    if network.named_otherwise and len(by_name) == len(names) and set(by_name) != set(names):
        by_name = dict(zip(names, by_name.values(), strict=True))
    found = {}
    for layer in network.weight_layers:
        if layer.file_name not in by_name:
            raise WeightsError(
                f'"{file_name}" has no layer "{layer.file_name}", so it does not hold the weights of "{network.name}"; '
                "bring the file of that network."
            )
        found[layer.name] = by_name.pop(layer.file_name)
        if found[layer.name].shapes != layer.shapes:
            raise WeightsError(
                f'Layer "{layer.file_name}" of "{network.name}" needs the shapes {_listed(layer.shapes)}, '
                f'"{file_name}" has {_listed(found[layer.name].shapes)}; bring the file of that network.'
            )
    if by_name:
        raise WeightsError(
            f'"{file_name}" holds a layer "{next(iter(by_name))}" that "{network.name}" does not have; '
            "bring the file of that network."
        )
    return found


def _listed(shapes: tuple[tuple[int, ...], ...]) -> str:
    return " and ".join("x".join(map(str, shape)) for shape in shapes) or "nothing"


def _read(layer: Layer, file_layer: _FileLayer, file_name: str) -> list[np.ndarray]:
    weights = [np.asarray(array[()], dtype=np.float32) for array in file_layer.arrays]
    kernel = weights[0]
    is_empty = layer.kind != "batchnorm" and kernel.min() == kernel.max()
    if is_empty or not all(np.isfinite(array).all() for array in weights):
        raise WeightsError(
            f'Layer "{file_layer.name}" of "{file_name}" is empty or broken; bring an intact copy of the file.'
        )
    return weights
