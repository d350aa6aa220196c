"""Whatever stands in the zip of an experiment, it is brought back whole or refused, and nothing is left of it then."""

from __future__ import annotations

import io
import json
import os
import zipfile
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LabError
from core.experiments import archive, listing, restore
from core.models import foreign_model
from core.workspace import Workspace
from tests import fakes
from tests.apart import Apart, reading
from tests.mutations import changed, tried, zip_of, zips

DENSE = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 3}, "registered_name": None}


def _arrays(libver: str) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w", libver=libver) as file:
        file["layers/people/vars/0"] = np.zeros((4, 3), np.float32)
        file.create_dataset("layers/people/vars/1", data=np.zeros(3, np.float32), compression="gzip")
    return content.getvalue()


def _network(arrays: bytes) -> bytes:
    config = json.dumps({"class_name": "Functional", "config": {"layers": [DENSE]}}).encode()
    parts = {"metadata.json": b"{}", "config.json": config, "model.weights.h5": arrays}
    return zip_of([(name, part, zipfile.ZIP_STORED) for name, part in parts.items()])


ARRAYS = [_arrays("earliest"), _arrays("latest")]
NETWORKS = [_network(each) for each in ARRAYS]


def _files() -> dict[str, bytes]:
    """Return what stands in the zip of an experiment."""
    with TemporaryDirectory() as place:
        workspace = Workspace(Path(place))
        run = fakes.run(workspace, fakes.dataset(workspace), epochs=1)
        run.model_path.write_bytes(NETWORKS[0])
        with zipfile.ZipFile(archive.pack_run(run, Path(place) / "taken.zip")) as taken:
            return {name: taken.read(name) for name in taken.namelist()}


FILES = _files()
WHOLE = [zip_of([(name, data, method) for name, data in FILES.items()]) for method in (0, 8)]


def with_other(name: str, data: bytes) -> bytes:
    return zip_of([(each, data if each == name else FILES[each], zipfile.ZIP_STORED) for each in FILES])


# The network is a zip in the zip, and its arrays a file in that.
IN_NETWORK = st.one_of(
    changed(NETWORKS),
    changed(ARRAYS).map(_network),
    zips({"config.json": b"{}", "metadata.json": b"{}", "model.weights.h5": ARRAYS[0]}, keep=True),
).map(partial(with_other, archive.MODEL))
IN_A_FILE = st.sampled_from(sorted(FILES)).flatmap(
    lambda name: changed([FILES[name]]).map(partial(with_other, name)),
)
AROUND = st.one_of(zips(FILES, keep=True), changed(WHOLE))
WAYS = ("bring back", "test")


def read(inside: Path, data: bytes, way: str) -> str:
    # This is a process of its own already.
    foreign_model.check_apart = foreign_model.check
    source, workspace = inside / "taken.zip", Workspace(inside / "home")
    source.write_bytes(data)
    try:
        if way == "bring back":
            _bring_back(source, workspace)
        else:
            os.environ["LAB_HOME"] = str(workspace.root)
            with archive.opened(source) as pack:
                foreign_model.check(pack.model_path)
                assert all(isinstance(person, str) for person in pack.people)
    except LabError as error:
        left = [path for path in workspace.root.rglob("*") if path != workspace.runs]
        assert left == []
        return str(error)
    assert {path.name for path in inside.iterdir()} <= {"taken.zip", "home"}
    return ""


def _bring_back(source: Path, workspace: Workspace) -> None:
    back = restore.unpack_run(source, workspace)
    (row,) = listing.list_all(workspace).rows
    assert (row.run, row.state) == (back, "done")
    back.predictions(), back.history(), back.outcome()
    foreign_model.check(back.model_path)
    assert [path.name for path in workspace.root.iterdir()] == ["runs"]


reader = reading(read)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_changed_below_can_be_read(reader: Apart, way: str) -> None:
    assert reader(WHOLE[0], way) == ""
    assert reader(with_other(archive.MODEL, NETWORKS[1]), way) == ""


@tried(max_examples=1000)
@given(data=IN_NETWORK, way=st.sampled_from(("test", "test", "test", "bring back")))
def test_an_experiment_with_a_changed_network(reader: Apart, data: bytes, way: str) -> None:
    assert "\n" not in reader(data, way)


@tried(max_examples=300)
@given(data=IN_A_FILE, way=st.sampled_from(WAYS))
def test_an_experiment_with_changed_bytes_in_a_file(reader: Apart, data: bytes, way: str) -> None:
    assert "\n" not in reader(data, way)


@tried(max_examples=700)
@given(data=AROUND, way=st.sampled_from(WAYS))
def test_an_experiment_with_changed_bytes_around_its_files(reader: Apart, data: bytes, way: str) -> None:
    assert "\n" not in reader(data, way)


ANYTHING = st.tuples(IN_NETWORK | IN_A_FILE | AROUND, st.sampled_from(WAYS))
