"""Weight files that are none: data outside the file, links, types and names that no network has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import h5py
import numpy as np
import pytest

from core.errors import WeightsError
from core.models import weights
from tests.published import seeded_weights, write_published

if TYPE_CHECKING:
    from pathlib import Path

    from core.workspace import Workspace

MINI = "face-vgg-mini"
LAYER, KERNEL = "conv3_1", "conv3_1/kernel:0"
Change = Callable[[h5py.File, "Path"], None]


def kernel(file: h5py.File) -> h5py.Dataset:
    return file[LAYER][KERNEL]


def instead(file: h5py.File, make: Callable[[h5py.Group, str], None]) -> None:
    """Put something else where the kernel was."""
    name = file[LAYER].attrs["weight_names"][0].decode()
    del file[LAYER][name]
    make(file[LAYER], name)


def external_storage(file: h5py.File, folder: Path) -> None:
    array = np.array(kernel(file), np.float32)
    (folder / "elsewhere.bin").write_bytes(array.tobytes())
    stored = [(str(folder / "elsewhere.bin"), 0, array.nbytes)]
    instead(file, lambda group, name: group.create_dataset(name, array.shape, "f4", external=stored) and None)


def another_file(file: h5py.File, folder: Path) -> Path:
    path = folder / "other.h5"
    with h5py.File(path, "w") as other:
        other["kernel"] = np.array(kernel(file), np.float32)
    return path


def external_link(file: h5py.File, folder: Path) -> None:
    other = another_file(file, folder)
    instead(file, lambda group, name: group.__setitem__(name, h5py.ExternalLink(str(other), "/kernel")))


def external_layer(file: h5py.File, folder: Path) -> None:
    with h5py.File(folder / "layers.h5", "w") as other:
        file.copy(LAYER, other)
    del file[LAYER]
    file[LAYER] = h5py.ExternalLink(str(folder / "layers.h5"), f"/{LAYER}")


def soft_link(file: h5py.File, folder: Path) -> None:
    file["hidden"] = np.array(kernel(file), np.float32)
    instead(file, lambda group, name: group.__setitem__(name, h5py.SoftLink("/hidden")))


def virtual(file: h5py.File, folder: Path) -> None:
    other, shape = another_file(file, folder), kernel(file).shape
    layout = h5py.VirtualLayout(shape, "f4")
    layout[...] = h5py.VirtualSource(str(other), "kernel", shape)
    instead(file, lambda group, name: group.create_virtual_dataset(name, layout) and None)


def compound(file: h5py.File, folder: Path) -> None:
    shape = kernel(file).shape
    instead(file, lambda group, name: group.create_dataset(name, shape, np.dtype([("a", "f4")])) and None)


def strings(file: h5py.File, folder: Path) -> None:
    shape = kernel(file).shape
    instead(file, lambda group, name: group.create_dataset(name, shape, h5py.string_dtype()) and None)


def group_in_place(file: h5py.File, folder: Path) -> None:
    instead(file, lambda group, name: group.create_group(name) and None)


def array_in_place_of_layer(file: h5py.File, folder: Path) -> None:
    del file[LAYER]
    file[LAYER] = np.zeros(3, np.float32)


def no_shape(file: h5py.File, folder: Path) -> None:
    instead(file, lambda group, name: group.create_dataset(name, data=h5py.Empty("f4")) and None)


def scalar_names(file: h5py.File, folder: Path) -> None:
    file.attrs["layer_names"] = 7


def no_utf8(file: h5py.File, folder: Path) -> None:
    file.attrs["layer_names"] = np.array([b"\xff\xfe", b"conv1_1"])


def root_is_no_group(file: h5py.File, folder: Path) -> None:
    file["model_weights"] = np.zeros(3, np.float32)


def named_too_often(file: h5py.File, folder: Path) -> None:
    """One array a billion times, in a file of few bytes."""
    file[LAYER].attrs["weight_names"] = np.repeat(file[LAYER].attrs["weight_names"][:1], 1000)
    file.attrs["layer_names"] = np.repeat([LAYER.encode()], 1000)


CHANGES: list[Change] = [
    external_storage, external_link, external_layer, soft_link, virtual, compound, strings, group_in_place,
    array_in_place_of_layer, no_shape, scalar_names, no_utf8, root_is_no_group,
    named_too_often,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_only_plain_arrays_inside_the_file_are_taken(change: Change, lab_home: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "odd.h5"
    write_published(path, MINI, seeded_weights(MINI))
    with h5py.File(path, "r+") as file:
        change(file, tmp_path)
    with pytest.raises(WeightsError, match=r'"odd.h5" .*; bring ') as caught:
        weights.import_weights(MINI, path, lab_home)
    assert "\n" not in str(caught.value)
    assert str(caught.value).count('"') % 2 == 0
    assert list(lab_home.weights.glob("*.h5")) == []
