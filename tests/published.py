"""Weight files in the layouts they were published in, full size, with seeded numbers; and a server for them.

The layouts, from the files' own history: keras-vggface wrote Keras 2 names ("conv1_1/kernel:0", and for the residual
networks "/" in the layers' names too); the VGG files of keras.applications are from Keras 1 ("block1_conv1_W_1:0");
MobileNetV2's has layer names from before the network came to Keras ("mobl1_conv_1_expand"). Layers stand in the order
in which Keras listed them, which in a residual block is not the order of the computation.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import h5py
import numpy as np

from core.models.architectures import Layer, Unit, architecture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LayerWeights = dict[str, list[np.ndarray]]


def seeded_weights(backbone: str, seed: int = 0) -> LayerWeights:
    """Numbers a network can compute with, by layer name in the model, float32."""
    rng = np.random.default_rng(seed)
    return {layer.name: _numbers(layer, rng) for layer in architecture(backbone).weight_layers}


def _numbers(layer: Layer, rng: np.random.Generator) -> list[np.ndarray]:
    if layer.kind == "batchnorm":
        gamma, beta, mean, variance = (rng.standard_normal(shape, dtype=np.float32) for shape in layer.shapes)
        return [1 + 0.1 * gamma, 0.1 * beta, 0.1 * mean, 1 + 0.1 * np.abs(variance)]
    shape = layer.shapes[0]
    fan_in = np.prod(shape[:2]) if layer.kind == "depthwise" else np.prod(shape[:-1])
    kernel = rng.standard_normal(shape, dtype=np.float32) * np.float32(np.sqrt(2 / fan_in))
    return [kernel, *(0.01 * rng.standard_normal(shape, dtype=np.float32) for shape in layer.shapes[1:])]


def write_published(path: Path, backbone: str, weights: LayerWeights, *, dtype: str = "float32") -> None:
    """Write `weights` to `path` as the backbone's file was published."""
    with h5py.File(path, "w") as file:
        _write(file, backbone, weights, dtype)


def write_saved_model(path: Path, backbone: str, weights: LayerWeights) -> None:
    """Write them as `model.save("x.h5")` of Keras 2 did: below "model_weights", with a top layer too."""
    with h5py.File(path, "w") as file:
        group = file.create_group("model_weights")
        _write(group, backbone, weights, "float32")
        top = architecture(backbone).top_layers[0]
        group.attrs["layer_names"] = np.array([*group.attrs["layer_names"], top.encode()])
        arrays = [np.ones((8, 4), np.float32), np.ones(4, np.float32)]
        _write_layer(group, top, [f"{top}/kernel:0", f"{top}/bias:0"], arrays)


def _write(group: h5py.Group, backbone: str, weights: LayerWeights, dtype: str) -> None:
    names = ["input_1"]
    _write_layer(group, "input_1", [], [])
    for layer in _listed(backbone):
        name = _published_name(backbone, layer)
        arrays = [array.astype(dtype) for array in weights[layer.name]]
        _write_layer(group, name, _weight_names(backbone, layer, name), arrays)
        names.append(name)
        if backbone == "imagenet-mobilenetv2" and layer.kind == "batchnorm":
            names.append(f"{name}_relu")
            _write_layer(group, names[-1], [], [])
    group.attrs["layer_names"] = np.array([name.encode() for name in names])
    group.attrs["backend"] = b"tensorflow"
    group.attrs["keras_version"] = b"2.0.5"


def _write_layer(root: h5py.Group, name: str, weight_names: list[str], arrays: list[np.ndarray]) -> None:
    group = root.require_group(name)
    group.attrs["weight_names"] = np.array([weight.encode() for weight in weight_names])
    for weight, array in zip(weight_names, arrays, strict=True):
        group.create_dataset(weight, data=array)


def _weight_names(backbone: str, layer: Layer, name: str) -> list[str]:
    if backbone.startswith("imagenet-vgg"):
        return [f"{name}_W_1:0", f"{name}_b_1:0"]
    fields = ["depthwise_kernel"] if layer.kind == "depthwise" else layer.fields
    return [f"{name}/{field}:0" for field in fields]


def _published_name(backbone: str, layer: Layer) -> str:
    if backbone != "imagenet-mobilenetv2":
        return layer.file_name
    name = re.sub("^expanded_conv_", "block_0_", layer.name)
    found = re.fullmatch(r"block_(\d+)_(expand|depthwise|project)(_BN)?", name)
    if not found:
        return name
    number, part, is_bn = found.groups()
    return f"bn{number}_conv_{number}_bn_{part}" if is_bn else f"mobl{number}_conv_{number}_{part}"


def _listed(backbone: str) -> list[Layer]:
    return [layer for unit in architecture(backbone).units for layer in _listed_unit(unit)]


def _listed_unit(unit: Unit) -> list[Layer]:
    layers = list(unit.weight_layers)
    projection = [layer for layer in layers if "_1x1_proj" in layer.name]
    if not projection:
        return layers
    others = [layer for layer in layers if layer not in projection]
    if "_1x1_up" in others[-1].name:
        return [*others, *projection]
    return [*others[:-1], projection[0], others[-1], projection[1]]


class WeightsServer(ThreadingHTTPServer):
    """Serves one folder on 127.0.0.1, with ranges; can break off.

    Attributes:
        break_at: byte of the file at which a transfer breaks; None never.
        breaks_left: how often it still does.
        ranges: the `Range` header of every request so far, "" for none.
        knows_ranges: False answers every request from the first byte on.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, folder))
        self.break_at: int | None = None
        self.breaks_left = 0
        self.knows_ranges = True
        self.ranges: list[str] = []

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: WeightsServer

    def __init__(self, folder: Path, *args: object) -> None:
        self._folder = folder
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = self._folder / self.path.lstrip("/")
        asked = self.headers.get("Range", "")
        self.server.ranges.append(asked)
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        begin = int(asked[len("bytes=") : -1]) if asked and self.server.knows_ranges else 0
        if begin and begin >= len(data):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(data)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - begin))
        self.end_headers()
        end = len(data)
        if self.server.break_at is not None and self.server.breaks_left > 0:
            end, self.server.breaks_left = max(begin, self.server.break_at), self.server.breaks_left - 1
        self.wfile.write(memoryview(data)[begin:end])
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Say nothing: the tests look at `ranges`."""


@contextmanager
def serving(folder: Path) -> Iterator[WeightsServer]:
    """Serve a folder for the length of a `with`."""
    with WeightsServer(folder) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
