"""An experiment imported: the zip of `core.experiments.archive.pack_run` becomes a run folder again.

The zip is not trusted. No name in it decides a path, everything is read with a limit, only what was checked is written,
and the folder is complete or not there. Its photos are not in it; where they are not here either, pictures stay empty.
"""

from __future__ import annotations

import json
import math
import re
import shutil
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core import disk
from core.config import MAX_PEOPLE, SPLITS, TrainConfig
from core.data.dataset import Dataset
from core.errors import ConfigError, RunError
from core.experiments import archive, listing, runs
from core.experiments.runs import Predictions, Run
from core.models import foreign_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from core.workspace import Workspace

LARGEST_TEXT_BYTES = 50_000_000
MOST_ENTRIES = 100
LONGEST_NAME = 500
LATEST_S = 253_402_300_800  # the year 10000, which no clock here can show
_IDS = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
# What pages read of a result, and of each kind of event.
_RESULT_NUMBERS = ("epochs_run", "kept_epoch", "val_accuracy", "seconds", "trainable_parameters", "frozen_parameters")
_EPOCH_NUMBERS = ("loss", "accuracy", "val_loss", "val_accuracy", "seconds", "learning_rate")
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    OverflowError,
    RecursionError,
    ConfigError,
)


def unpack_run(source: Path | BinaryIO, workspace: Workspace) -> Run:
    """Import the zip of an experiment, so that it can be shown and used like one made here.

    Args:
        source: the zip, as a path or open for reading.

    Raises:
        RunError: it is no such zip, it is damaged or too large, or the experiment exists already.
    """
    with _opened(source) as zipped:
        header = _read_json(zipped, archive.HEADER)
        run_id = header.get("id")
        if not (isinstance(run_id, str) and _IDS.fullmatch(run_id)):
            run_id = runs.new_run_path(workspace).name
        if (workspace.runs / run_id).exists():
            raise RunError(f'This experiment is here already ("{_title_of(workspace, run_id)}"); open it in the list.')
        workspace.runs.mkdir(parents=True, exist_ok=True)
        # Written beside its place and renamed into it, so that nobody meets half of it.
        with disk.temporary_folder(workspace.root) as beside:
            _write(zipped, beside / run_id, header)
            (beside / run_id).rename(workspace.runs / run_id)
    return Run(workspace.runs / run_id)


def _title_of(workspace: Workspace, run_id: str) -> str:
    """Return the title of an existing experiment."""
    row = listing.list_all(workspace).row(run_id)
    return row.title if row else run_id


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[zipfile.ZipFile]:
    """Open the zip; any error in its content becomes one sentence."""
    try:
        with zipfile.ZipFile(source) as zipped:
            names = zipped.namelist()
            if len(names) > MOST_ENTRIES or not {archive.MODEL, archive.HEADER} <= set(names):
                raise RunError("This zip is no experiment that was taken along; choose one that this lab made.")
            yield zipped
    except _UNREADABLE as error:
        raise RunError(f"This zip cannot be brought back ({error}); choose one that this lab made.") from error


def _write(zipped: zipfile.ZipFile, path: Path, header: dict[str, Any]) -> None:
    dataset = _dataset(_read_json(zipped, archive.DATASET))
    config = TrainConfig.from_dict(_read_json(zipped, archive.CONFIG))
    predictions = _predictions(_read_json(zipped, archive.PREDICTIONS), len(dataset.people))
    created_at, name = _moment(header["created_at"]), _name(header["name"], allow_empty=True)
    request = {**runs.training_request(config, dataset, name), "created_at": created_at, "brought_back": True}
    run = runs.create_run(path, dataset, config, name=name, state="stopped")
    disk.write_json(path / "request.json", request, schema=runs.SCHEMA)
    run.write_config(config)
    run.write_predictions(predictions)
    run.job.write_result(_result(_read_json(zipped, archive.RESULT), predictions, config))
    for event in _epoch_events(_read_text(zipped, archive.EVENTS), len(dataset.people)):
        disk.append_line(path / "events.jsonl", event)
    _extract_model(zipped, run.model_path)
    foreign_model.check(run.model_path)
    run.job.set_state("done")


def _read_text(zipped: zipfile.ZipFile, name: str) -> str:
    with zipped.open(name) as entry:
        data = entry.read(LARGEST_TEXT_BYTES + 1)
    if len(data) > LARGEST_TEXT_BYTES:
        raise ValueError(f"{name} is larger than {LARGEST_TEXT_BYTES / 1e6:.0f} MB")
    return data.decode("utf-8")


def _read_json(zipped: zipfile.ZipFile, name: str) -> dict[str, Any]:
    content = dict(json.loads(_read_text(zipped, name)))
    schema = content.pop("schema", None)
    if schema != archive.SCHEMA:
        raise ValueError(f"{name} was written by another version of the lab")
    return content


def _extract_model(zipped: zipfile.ZipFile, to: Path) -> None:
    info = zipped.getinfo(archive.MODEL)
    # This lab stores it uncompressed; a compressed one may be a zip bomb.
    if info.compress_type != zipfile.ZIP_STORED or info.file_size > archive.MODEL_LIMIT_BYTES:
        raise ValueError("its network is packed otherwise than this lab does, or larger than 4 GB")
    if info.file_size > shutil.disk_usage(to.parent).free:
        raise ValueError("its network does not fit on this disk")
    with zipped.open(info) as packed, to.open("wb") as file:
        shutil.copyfileobj(packed, file, 1 << 20)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return value


def _moment(value: Any) -> float:
    if not 0 <= _number(value) < LATEST_S:
        raise ValueError("it was made at no time there is")
    return float(value)


def _name(value: Any, *, allow_empty: bool = False) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_NAME or not (value.strip() or allow_empty):
        raise ValueError("a name in it is no name")
    return value


def _photo(sha256: Any, face: Any) -> None:
    """Check the hash and the face number: the hash becomes the name of a folder."""
    if not (isinstance(sha256, str) and _SHA256.fullmatch(sha256)):
        raise ValueError("a photo in it has no proper hash")
    if face is not None and not (isinstance(face, int) and 0 <= face < 10_000):
        raise ValueError("a face in it has no proper number")


def _dataset(content: dict[str, Any]) -> Dataset:
    dataset = replace(Dataset.from_dict(content), left_out=(), to_review=())
    people = [_name(person) for person in dataset.people]
    if not (isinstance(dataset.id, str) and dataset.id.isalnum() and len(dataset.id) <= 64):
        raise ValueError("its photos have no proper number")
    if not 2 <= len(set(people)) == len(people) <= MAX_PEOPLE:
        raise ValueError("its people are too few, too many, or named twice")
    _name(dataset.name, allow_empty=True)
    _number(dataset.version)
    for item in dataset.items:
        _photo(item.sha256, item.face)
        _name(item.name, allow_empty=True)
        _number(item.group)
        if item.split not in SPLITS or item.person not in (None, *people):
            raise ValueError("a photo in it belongs to nobody")
    if {item.person for item in dataset.of("train")} != set(people):
        raise ValueError("somebody in it has no practice photos")
    return dataset


def _predictions(content: dict[str, Any], n_people: int) -> Predictions:
    probabilities = np.asarray(content["probabilities"], np.float32).reshape(-1, n_people)
    labels = np.asarray(content["labels"], np.int64).reshape(-1)
    names, sha256s, faces = (tuple(content[key]) for key in ("names", "sha256s", "faces"))
    if not len(probabilities) == len(labels) == len(names) == len(sha256s) == len(faces):
        raise ValueError("its final exam is not whole")
    if not (np.isfinite(probabilities).all() and (probabilities >= 0).all() and (probabilities <= 1.001).all()):
        raise ValueError("its answers are no probabilities")
    if ((labels < -1) | (labels >= n_people)).any():
        raise ValueError("its final exam names somebody it does not know")
    for name, sha256, face in zip(names, sha256s, faces, strict=True):
        _name(name, allow_empty=True)
        _photo(sha256, face)
    return Predictions(probabilities, labels, names, sha256s, faces)


def _result(content: dict[str, Any], predictions: Predictions, config: TrainConfig) -> dict[str, Any]:
    """Return the numbers that pages show; those that follow from the predictions are computed anew."""
    labelled = predictions.labels >= 0
    right = predictions.probabilities[labelled].argmax(axis=1) == predictions.labels[labelled]
    numbers = {key: _number(content[key]) for key in _RESULT_NUMBERS if content.get(key) is not None}
    moved = {
        _name(unit): _number(share)
        for unit, share in dict(content.get("unit_movement") or {}).items()
        if share is not None
    }
    return {
        **numbers,
        **_outcome_fields(content),
        "backbone": config.backbone,
        "pretrained": config.pretrained,
        "freeze_depth": config.freeze_depth,
        "unit_movement": moved,
        "test_correct": int(right.sum()),
        "test_total": int(labelled.sum()),
        "test_accuracy": float(right.mean()) if labelled.any() else None,
    }


def _outcome_fields(content: dict[str, Any]) -> dict[str, Any]:
    """Return what `core.experiments.outcome` reads, as far as it is there."""
    fields: dict[str, Any] = {}
    if content.get("retrained") is not None:
        if not isinstance(content["retrained"], bool):
            raise ValueError("it does not say whether it was retrained")
        fields["retrained"] = content["retrained"]
    if content.get("head_only") is not None:
        head = content["head_only"]
        fields["head_only"] = {key: _number(head[key]) for key in ("epoch", "val_accuracy", "test_correct")}
    return fields


def _epoch_events(text: str, n_people: int) -> Iterator[dict[str, Any]]:
    """Yield the epochs; no other events are needed for a finished run."""
    for line in text.splitlines():
        event = json.loads(line)
        if event["event"] != "epoch":
            continue
        probabilities = np.asarray(event["val_probabilities"], np.float32)
        if probabilities.size and (probabilities.ndim != 2 or probabilities.shape[1] != n_people):
            raise ValueError("a round in it is not whole")
        yield {
            "event": "epoch",
            "at": _number(event["at"]),
            "epoch": int(_number(event["epoch"])),
            # An epoch that diverged has no finite loss.
            **{key: float(event[key]) for key in _EPOCH_NUMBERS},
            "val_probabilities": probabilities.round(6).tolist(),
        }
