"""Whatever stands in a file of weights, it is imported or refused in a sentence, and nothing is left of it then."""

from __future__ import annotations

import io
from pathlib import Path

import h5py
import numpy as np
from hypothesis import given

from core.errors import LabError
from core.models import weights
from core.models.architectures import architecture
from core.workspace import Workspace
from tests.apart import Apart, reading
from tests.mutations import changed, tried

MINI = "face-vgg-mini"


def weights_of(*, small: bool = False, latest: bool = False) -> bytes:
    """Write the layers of the network, with numbers that take little room.

    Args:
        small: with arrays of one number, so that most of the file says how it is made.
        latest: in the newest form of HDF5 instead of the oldest.
    """
    content = io.BytesIO()
    with h5py.File(content, "w", libver="latest" if latest else "earliest") as file:
        layers = architecture(MINI).weight_layers
        file.attrs["layer_names"] = np.array([layer.file_name.encode() for layer in layers])
        for layer in layers:
            group = file.create_group(layer.file_name)
            names = [f"{layer.file_name}/{field}:0" for field in layer.fields]
            group.attrs["weight_names"] = np.array([name.encode() for name in names])
            for name, shape in zip(names, layer.shapes, strict=True):
                numbers = np.resize(np.array([0, 1], np.float16), [1] * len(shape) if small else shape)
                packed = {} if small else {"compression": "gzip", "shuffle": True, "fletcher32": True}
                group.create_dataset(name, data=numbers, **packed)
    return content.getvalue()


FILES = [weights_of(), weights_of(latest=True), weights_of(small=True), weights_of(small=True, latest=True)]


def read(inside: Path, data: bytes) -> str:
    file, workspace = inside / "x.h5", Workspace(inside / "home")
    file.write_bytes(data)
    try:
        found = weights.import_weights(MINI, file, workspace)
    except LabError as error:
        assert not any(path.is_file() for path in workspace.root.rglob("*"))
        return str(error)
    assert [*workspace.weights.iterdir()] == [found.path]
    return ""


reader = reading(read)


def test_what_is_changed_below_can_be_read(reader: Apart) -> None:
    assert [reader(data)[:8] for data in FILES] == ["", "", 'Layer "c', 'Layer "c']


@tried(max_examples=1800)
@given(data=changed(FILES))
def test_weights_with_changed_bytes(reader: Apart, data: bytes) -> None:
    assert "\n" not in reader(data)
