from __future__ import annotations

import errno
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from core.errors import RefusedError, RunError, from_system
from core.models import foreign_model, weights_file

DENSE = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 3}, "registered_name": None}


def write_model(path: Path, layer: object = DENSE) -> Path:
    """Write a file that looks like a saved model to whoever does not open it."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", json.dumps({"class_name": "Functional", "config": {"layers": [layer]}}))
        archive.writestr("model.weights.h5", weights())
    return path


def weights(change: Callable[[h5py.File], None] = lambda file: None) -> bytes:
    """Return the bytes of a file of weights, changed."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["layers/people/vars/0"] = np.zeros((4, 3), np.float32)
        change(file)
    return content.getvalue()


def linked(file: h5py.File) -> None:
    file["layers/people/vars/1"] = h5py.ExternalLink("secret.h5", "/secret")


def soft(file: h5py.File) -> None:
    file["layers/people/vars/1"] = h5py.SoftLink("/layers/people/vars/0")


def outside(file: h5py.File) -> None:
    file["layers/people/vars"].create_dataset("1", (4,), "f4", external=[("secret.bin", 0, 16)])


@pytest.mark.parametrize("change", [linked, soft, outside])
def test_arrays_of_other_files_are_refused(tmp_path, change):
    path = write_model(tmp_path / "a.keras")
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in (parts | {"model.weights.h5": weights(change)}).items():
            archive.writestr(name, part)
    with pytest.raises(RunError, match=r'"a.keras" cannot be read as a network'):
        foreign_model.check(path)


def test_what_the_lab_makes_is_let_in(tmp_path):
    foreign_model.check(write_model(tmp_path / "a.keras"))


@pytest.mark.slow
@pytest.mark.parametrize(("backbone", "size_px"), [("face-vgg-mini", 48), ("imagenet-mobilenetv2", 96)])
def test_real_ones_are_let_in(tmp_path, backbone, size_px):
    from core.config import TrainConfig
    from core.models.classifier import build_classifier
    from core.models.saved import save_model

    config = TrainConfig(backbone=backbone, image_size_px=size_px)
    for changes in ({}, {"pooling": "flatten", "hidden": (8,)}, {"scale_features": True, "zero_start": True}):
        network = build_classifier(config.with_changes(**changes), 3, None, precision="float32")
        save_model(network, tmp_path / "real.keras")
        foreign_model.check(tmp_path / "real.keras")


@pytest.mark.parametrize(
    "layer",
    [
        {"class_name": "Lambda", "module": "keras.layers"},
        {"class_name": "Dense", "module": "os"},
        {"class_name": "Dense", "config": {"kernel_initializer": {"module": "builtins", "class_name": "function"}}},
        {"class_name": "StringLookup", "module": "keras.layers", "config": {"vocabulary": "/etc/passwd"}},
        {"class_name": "TFSMLayer", "module": "keras.layers"},
        {"class_name": ["Dense"], "module": "keras.layers"},
    ],
)
def test_anything_else_is_refused_by_name(tmp_path, layer):
    with pytest.raises(RunError, match="never makes"):
        foreign_model.check(write_model(tmp_path / "a.keras", layer))


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), MemoryError()])
def test_what_the_computer_lacks_is_not_called_damage(tmp_path, monkeypatch, error):
    def refuse(*_):
        raise error

    monkeypatch.setattr(foreign_model.weights_file, "check_plain", refuse)
    with pytest.raises(RefusedError) as refused:
        foreign_model.check(write_model(tmp_path / "a.keras"))
    assert str(refused.value) == str(from_system(error))


def test_a_description_too_deep_is_refused(tmp_path):
    path = write_model(tmp_path / "a.keras", "HERE")
    deep = b"[" * 2000 + b"]" * 2000
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name).replace(b'"HERE"', deep) for name in whole.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    with pytest.raises(RunError, match="recursion"):
        foreign_model.check(path)


def many_ways(file: h5py.File) -> None:
    """Let a thousand billion ways lead to the last of forty groups, and one back to the first."""
    group = file
    for _ in range(40):
        inner = group.create_group("a")
        group["b"] = inner
        group = inner
    group["back"] = file["a"]


def test_every_group_is_looked_at_once(tmp_path):
    (tmp_path / "a.h5").write_bytes(weights(many_ways))
    with h5py.File(tmp_path / "a.h5") as file:
        weights_file.check_plain(file)


def test_another_file_is_refused(tmp_path):
    (tmp_path / "a.keras").write_bytes(b"no zip")
    with pytest.raises(RunError, match="cannot be read"):
        foreign_model.check(tmp_path / "a.keras")
    with zipfile.ZipFile(write_model(tmp_path / "b.keras"), "a") as archive:
        archive.writestr("assets/code.py", "evil")
    with pytest.raises(RunError, match="no network that this lab saved"):
        foreign_model.check(tmp_path / "b.keras")


def test_a_process_of_its_own_finds_the_same_and_its_death_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = write_model(tmp_path / "model.keras")
    foreign_model.check_apart(saved)
    other = tmp_path / "other.keras"
    other.write_bytes(b"no network")
    with pytest.raises(RunError) as said:
        foreign_model.check(other)
    with pytest.raises(RunError, match=re.escape(str(said.value))):
        foreign_model.check_apart(other)
    monkeypatch.setattr(foreign_model.sys, "executable", "/bin/false")
    with pytest.raises(RunError, match="its reader broke"):
        foreign_model.check_apart(saved)
