"""Check a saved model before Keras opens it: only what this lab itself builds is let in. No TensorFlow.

Keras's safe mode refuses code in a model file, but it has had holes. A model of this lab has few kinds of layers; a
file with any other part, or with arrays that lie in other files, is refused.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import h5py

from core.errors import RunError, from_system
from core.models import weights_file
from core.zips import UNREADABLE, open_zip

ROOT = Path(__file__).resolve().parents[2]
LONGEST_CHECK_S = 120.0
# Exit code of the command line after a sentence on stderr.
REFUSED = 2
PARTS = {"metadata.json", "config.json", "model.weights.h5"}
LARGEST_CONFIG_BYTES = 20_000_000
LARGEST_WEIGHTS_BYTES = 4_000_000_000
# Larger than all but the largest networks of the lab.
MOST_IN_MEMORY_BYTES = 200_000_000
# What `core.models.saved.save_model` writes, for every network of the registry (a test compares them).
_MODULES = ("keras", "keras.initializers", "keras.layers", "keras.src.models.functional", "keras.src.ops.numpy")
_CLASSES = {
    "__keras_tensor__", "Activation", "Add", "AveragePooling2D", "BatchNormalization", "Concatenate", "Conv2D", "Dense",
    "DepthwiseConv2D", "Dropout", "DTypePolicy", "Flatten", "Flip", "Functional", "GlobalAveragePooling2D",
    "GlorotUniform", "InputLayer", "MaxPooling2D", "Multiply", "Normalization", "Ones", "ReLU", "Rescaling", "Reshape",
    "VarianceScaling", "ZeroPadding2D", "Zeros",
}  # fmt: skip


def check(path: Path) -> None:
    """Look into a `.keras` file without opening the model.

    Raises:
        RunError: it is none, it is damaged or too large, or it holds something that this lab does not make.
        RefusedError: this computer does not let it be read, or lacks the memory.
    """
    try:
        with open_zip(path) as archive:
            _check_parts(path.name, archive)
            config = json.loads(archive.read("config.json"))
            with archive.open("model.weights.h5") as stored:
                # Going back in a zip means reading it from its beginning, and HDF5 goes back and forth.
                is_small = archive.getinfo("model.weights.h5").file_size <= MOST_IN_MEMORY_BYTES
                with h5py.File(io.BytesIO(stored.read()) if is_small else stored, "r") as arrays:
                    weights_file.check_plain(arrays)
        strange = next(_strange(config), None)
    except (*UNREADABLE, TypeError) as error:
        raise from_system(error) or RunError(
            f'"{path.name}" cannot be read as a network ({error}); bring an intact copy.'
        ) from error
    if strange:
        raise RunError(f'"{path.name}" holds {strange!r}, which this lab never makes; bring one that it made.')


def check_apart(path: Path) -> None:
    """Do the same in a process of its own: the HDF5 library can die of a changed file, and a server must not.

    Raises:
        RunError: as `check` does, and where that process died or took longer than `LONGEST_CHECK_S`.
    """
    command = [sys.executable, "-m", "core", "check", str(path.resolve())]
    try:
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=LONGEST_CHECK_S
        )
    except subprocess.TimeoutExpired as error:
        raise RunError(f'"{path.name}" takes too long to be read as a network; bring an intact copy.') from error
    if done.returncode == REFUSED:
        raise RunError(done.stderr.strip().splitlines()[-1])
    if done.returncode:
        raise RunError(f'"{path.name}" cannot be read as a network (its reader broke); bring an intact copy.')


def _check_parts(name: str, archive: zipfile.ZipFile) -> None:
    sizes = {info.filename: info.file_size for info in archive.infolist()}
    if set(sizes) != PARTS or len(archive.infolist()) != len(PARTS):
        raise RunError(f'"{name}" is no network that this lab saved; bring one that it made.')
    if sizes["config.json"] > LARGEST_CONFIG_BYTES or sizes["model.weights.h5"] > LARGEST_WEIGHTS_BYTES:
        raise RunError(f'"{name}" is larger than any network that this lab makes; bring one that it made.')


def _strange(part: Any) -> Any:
    """Yield the classes and modules in a model's description that this lab does not use."""
    if isinstance(part, dict):
        if "class_name" in part and str(part["class_name"]) not in _CLASSES:
            yield str(part["class_name"])
        if part.get("module") not in (None, *_MODULES):
            yield str(part["module"])
        for value in part.values():
            yield from _strange(value)
    elif isinstance(part, list):
        for value in part:
            yield from _strange(value)
