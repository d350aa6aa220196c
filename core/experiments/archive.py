"""An experiment as a zip: the model with its labels and crop settings, and how it was trained. No photos.

model.keras, labels.json, crop.json   all that is needed to use the model elsewhere
README.txt                            how to use it, in five lines
run/                                  what `core.experiments.restore` needs to show the experiment again
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from core import disk, jobfiles
from core.config import CropConfig
from core.data.dataset import MANIFEST
from core.errors import RunError, from_system
from core.experiments import runs
from core.experiments.predictions import PREDICTIONS as ROWS
from core.experiments.runs import Run, open_run
from core.schema import Moment, Schema
from core.workspace import Workspace
from core.zips import UNREADABLE, NewZip, open_zip

T = TypeVar("T")
MODEL, LABELS, CROP, README = "model.keras", "labels.json", "crop.json", "README.txt"
HEADER, CONFIG, DATASET = "run/experiment.json", "run/config.json", "run/dataset.json"
EVENTS, PREDICTIONS, RESULT = "run/events.jsonl", "run/predictions.json", "run/result.json"
MODEL_LIMIT_BYTES, LARGEST_TEXT_BYTES = 4_000_000_000, 50_000_000
# Paths of this computer and names of unused files are not passed on.
_PRIVATE = ("model_path", "left_out")


@dataclass(frozen=True)
class Header:
    """What a zip says first; `id` is the run's own where it was made, and anything in a zip of somebody else."""

    id: Any
    name: str
    created_at: Moment


@dataclass(frozen=True)
class _Labels:
    people: tuple[str, ...]


HEADERS, _LABELS, _CROP = Schema(Header), Schema(_Labels), Schema(CropConfig)


@dataclass(frozen=True)
class ModelPack:
    """A trained model to predict with: the file, the people in label order, how its faces were cropped."""

    model_path: Path
    people: tuple[str, ...]
    crop: CropConfig


def pack_run(run: Run, to: Path) -> Path:
    """Write a tested run as one zip to `to`: its model, and its own files without a photo.

    Raises:
        RunError: the run has no tested model yet.
    """
    pack, predictions = _pack_of_run(run), run.path / "predictions.json"
    if not predictions.exists():
        raise RunError(f'The experiment "{run.name or run.id}" has no final exam yet; let it finish first.')
    summary = run.summary() or {}
    with disk.replacing(to) as beside, NewZip(beside, zipfile.ZIP_DEFLATED) as archive:
        # Weights do not compress.
        archive.write(pack.model_path, MODEL, zipfile.ZIP_STORED)
        archive.writestr(LABELS, _json(_LABELS, _Labels(pack.people)))
        archive.writestr(CROP, _json(_CROP, pack.crop))
        archive.writestr(README, _readme(run, summary))
        _write_run(archive, run, summary)
    return to


def _write_run(archive: zipfile.ZipFile, run: Run, summary: dict[str, Any]) -> None:
    dataset = replace(run.dataset, left_out=(), to_review=())
    archive.writestr(HEADER, _json(HEADERS, Header(run.id, run.name, run.created_at)))
    archive.writestr(CONFIG, _json(runs.CONFIG, run.config))
    archive.writestr(DATASET, _json(MANIFEST, dataset))
    archive.writestr(EVENTS, "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in run.job.events()))
    archive.writestr(PREDICTIONS, _json(ROWS, ROWS.read(run.path / "predictions.json")))
    public = {key: value for key, value in summary.items() if key not in _PRIVATE}
    archive.writestr(RESULT, _json(jobfiles.RESULT, public))


def _json(schema: Schema[T], value: T) -> str:
    return json.dumps(schema.content(value), ensure_ascii=False)


def _readme(run: Run, summary: dict[str, object]) -> str:
    size_px = run.config.image_size_px
    return "\n".join(
        [
            f"A classifier for {len(run.dataset.people)} people, trained from {_start(run)}.",
            'Open it anywhere: keras.saving.load_model("model.keras") (Keras 3, TensorFlow backend).',
            f"In: face crops, RGB, 0-255, shape (n, {size_px}, {size_px}, 3), cropped as crop.json says.",
            'Out: shape (n, people), how much it leans towards each person, in the order of labels.json "people".',
            f"Final exam: {summary.get('test_correct')} of {summary.get('test_total')} right. "
            "It knows these people only: a stranger gets one of their names too.",
            "",
        ]
    )


def _start(run: Run) -> str:
    backbone = run.config.backbone
    return backbone if run.config.pretrained else f"an untrained network of the shape of {backbone}"


def _pack_of_run(run: Run) -> ModelPack:
    if not run.model_path.exists() or run.summary() is None:
        raise RunError(f'The experiment "{run.name or run.id}" has no tested model yet; let it finish first.')
    dataset = run.dataset
    return ModelPack(run.model_path, dataset.people, dataset.crop)


@contextmanager
def opened(path: Path) -> Iterator[ModelPack]:
    """Open a model to predict with: a run folder, a pack, or a pack as a zip. Unzipped files are removed afterwards.

    Raises:
        RunError: it does not exist, or is none of the three.
    """
    if path.is_dir() and not (path / LABELS).exists():
        yield _pack_of_run(open_run(path))
    elif path.is_dir():
        yield _read_pack(path)
    elif zipfile.is_zipfile(path):
        with disk.temporary_folder(Workspace.personal().root) as folder:
            _unzip(path, folder)
            yield _read_pack(folder)
    else:
        raise RunError(f'"{path.name}" is neither an experiment nor a model taken along; choose its folder or its zip.')


def _unzip(path: Path, folder: Path) -> None:
    try:
        with open_zip(path) as zipped:
            for name in (MODEL, LABELS, CROP):
                if name not in zipped.namelist():
                    raise RunError(f'"{path.name}" holds no {name}; choose a zip that this lab made.')
                if zipped.getinfo(name).file_size > (MODEL_LIMIT_BYTES if name == MODEL else LARGEST_TEXT_BYTES):
                    raise RunError(f'{name} in "{path.name}" is too large; choose a zip that this lab made.')
                zipped.extract(name, folder)
    except UNREADABLE as error:
        raise from_system(error) or RunError(
            f'"{path.name}" cannot be unpacked ({error}); bring an intact copy.'
        ) from error


def _read_pack(folder: Path) -> ModelPack:
    for name in (MODEL, LABELS, CROP):
        if not (folder / name).exists():
            raise RunError(f'"{folder.name}" holds no {name}; choose a folder or zip that this lab made.')
    return ModelPack(folder / MODEL, _LABELS.read(folder / LABELS).people, _CROP.read(folder / CROP))
