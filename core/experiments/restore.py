"""An experiment imported: the zip of `core.experiments.archive.pack_run` becomes a run folder again.

The zip is not trusted. No name in it decides a path, everything is read with a limit, only what was checked is written,
and the folder is complete or not there. Its photos are not in it; where they are not here either, pictures stay empty.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from core import disk, jobfiles
from core.config import MAX_PEOPLE, MIN_PEOPLE, TrainConfig
from core.data.dataset import MANIFEST, Dataset
from core.errors import LabError, RunError, from_system
from core.experiments import archive, listing, runs
from core.experiments.predictions import PREDICTIONS, Predictions
from core.experiments.runs import Run
from core.models import foreign_model
from core.zips import UNREADABLE, open_zip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from core.schema import Schema
    from core.workspace import Workspace

MOST_ENTRIES = 100
LONGEST_NAME = 500
LONGEST_ID, MOST_FACES = 64, 10_000
T = TypeVar("T")
_IDS = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
# What pages read of a result, beside what is computed anew.
_RESULT_KEYS = (
    *("epochs_run", "kept_epoch", "val_accuracy", "seconds", "trainable_parameters", "frozen_parameters"),
    *("retrained", "head_only", "unit_movement"),
)
_EPOCH_KEYS = (
    *("event", "at", "epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds", "learning_rate"),
    "val_probabilities",
)
# What reading a zip and a log in it raises where they are damaged or were made to harm.
_UNREADABLE = (*UNREADABLE, TypeError, LabError)


def unpack_run(source: Path | BinaryIO, workspace: Workspace) -> Run:
    """Import the zip of an experiment, so that it can be shown and used like one made here.

    Args:
        source: the zip, as a path or open for reading.

    Raises:
        RunError: it is no such zip, it is damaged or too large, or the experiment exists already.
    """
    with _opened(source) as zipped:
        header = _read(zipped, archive.HEADER, archive.HEADERS)
        run_id = header.id if _IDS.fullmatch(str(header.id)) else runs.new_run_path(workspace).name
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
        with open_zip(source) as zipped:
            names = zipped.namelist()
            if len(names) > MOST_ENTRIES or not {archive.MODEL, archive.HEADER} <= set(names):
                raise RunError("This zip is no experiment that was taken along; choose one that this lab made.")
            yield zipped
    except RunError:
        raise
    except _UNREADABLE as error:
        raise from_system(error) or RunError(
            f"This zip cannot be brought back ({error}); choose one that this lab made."
        ) from error


def _write(zipped: zipfile.ZipFile, path: Path, header: archive.Header) -> None:
    dataset = replace(_read(zipped, archive.DATASET, MANIFEST), left_out=(), to_review=())
    _check_dataset(dataset)
    config = runs.check_known(_read(zipped, archive.CONFIG, runs.CONFIG), archive.CONFIG)
    predictions = _read(zipped, archive.PREDICTIONS, PREDICTIONS).predictions(len(dataset.people))
    for name, sha256, face in zip(predictions.names, predictions.sha256s, predictions.faces, strict=True):
        _check_photo(name, sha256, face)
    result = _result(_read(zipped, archive.RESULT, jobfiles.RESULT), predictions, config)
    request = {
        **runs.training_request(config, dataset, _name(header.name, allow_empty=True)),
        "created_at": header.created_at,
        "brought_back": True,
    }
    run = runs.create_run(path, dataset, config, state="stopped")
    jobfiles.REQUEST.write(path / "request.json", request)
    run.write_config(config)
    run.write_predictions(predictions)
    run.job.write_result(result)
    for event in _epoch_events(_read_bytes(zipped, archive.EVENTS), dataset):
        disk.append_line(path / "events.jsonl", event)
    _extract_model(zipped, run.model_path)
    foreign_model.check_apart(run.model_path)
    run.job.set_state("done")


def _read(zipped: zipfile.ZipFile, name: str, schema: Schema[T]) -> T:
    return schema.parse(_read_bytes(zipped, name), name)


def _read_bytes(zipped: zipfile.ZipFile, name: str) -> bytes:
    with zipped.open(name) as entry:
        data = entry.read(archive.LARGEST_TEXT_BYTES + 1)
    if len(data) > archive.LARGEST_TEXT_BYTES:
        raise ValueError(f"{name} is larger than {archive.LARGEST_TEXT_BYTES / 1e6:.0f} MB")
    return data


def _extract_model(zipped: zipfile.ZipFile, to: Path) -> None:
    info = zipped.getinfo(archive.MODEL)
    # This lab stores it uncompressed; a compressed one may be a zip bomb.
    if info.compress_type != zipfile.ZIP_STORED or info.file_size > archive.MODEL_LIMIT_BYTES:
        raise ValueError("its network is packed otherwise than this lab does, or larger than 4 GB")
    if info.file_size > shutil.disk_usage(to.parent).free:
        raise ValueError("its network does not fit on this disk")
    with zipped.open(info) as packed, to.open("wb") as file:
        shutil.copyfileobj(packed, file, 1 << 20)


def _name(value: str, *, allow_empty: bool = False) -> str:
    if len(value) > LONGEST_NAME or not (value.strip() or allow_empty):
        raise ValueError("a name in it is no name")
    return value


def _check_photo(name: str, sha256: str, face: int | None) -> None:
    """Check the hash and the face number, beside the name: the hash becomes the name of a folder."""
    _name(name, allow_empty=True)
    if not _SHA256.fullmatch(sha256):
        raise ValueError("a photo in it has no proper hash")
    if face is not None and face >= MOST_FACES:
        raise ValueError("a face in it has no proper number")


def _check_dataset(dataset: Dataset) -> None:
    people = [_name(person) for person in (dataset.name or "-", *dataset.people)][1:]
    if len(dataset.id) > LONGEST_ID:
        raise ValueError("its photos have no proper number")
    if not MIN_PEOPLE <= len(people) <= MAX_PEOPLE:
        raise ValueError("its people are too few or too many")
    for item in dataset.items:
        _check_photo(item.name, item.sha256, item.face)
    if {item.person for item in dataset.of("train")} != set(people):
        raise ValueError("somebody in it has no practice photos")


def _result(content: dict[str, Any], predictions: Predictions, config: TrainConfig) -> dict[str, Any]:
    """Return the numbers that pages show; those that follow from the predictions are computed anew."""
    jobfiles.check_result(content, "train")
    labelled = predictions.labels >= 0
    right = predictions.probabilities[labelled].argmax(axis=1) == predictions.labels[labelled]
    return {
        **{key: content[key] for key in _RESULT_KEYS if content.get(key) is not None},
        "backbone": config.backbone,
        "pretrained": config.pretrained,
        "freeze_depth": config.freeze_depth,
        "test_correct": int(right.sum()),
        "test_total": int(labelled.sum()),
        "test_accuracy": float(right.mean()) if labelled.any() else None,
    }


def _epoch_events(log: bytes, dataset: Dataset) -> Iterator[dict[str, Any]]:
    """Yield the epochs; no other events are needed for a finished run."""
    answers = len(dataset.of("validation")), len(dataset.people)
    for line in log.splitlines():
        event = json.loads(line)
        if event["event"] != "epoch":
            continue
        if not jobfiles.is_event(event) or np.shape(event["val_probabilities"]) != answers:
            raise ValueError("a round in it is not whole")
        yield {key: event[key] for key in _EPOCH_KEYS}
