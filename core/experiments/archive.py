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
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from core import disk
from core.config import CropConfig
from core.errors import RunError
from core.experiments.runs import Run, open_run
from core.workspace import Workspace

SCHEMA = 1
MODEL, LABELS, CROP, README = "model.keras", "labels.json", "crop.json", "README.txt"
HEADER, CONFIG, DATASET = "run/experiment.json", "run/config.json", "run/dataset.json"
EVENTS, PREDICTIONS, RESULT = "run/events.jsonl", "run/predictions.json", "run/result.json"
MODEL_LIMIT_BYTES = 4_000_000_000
# Paths of this computer and names of unused files are not passed on.
_PRIVATE = ("model_path", "left_out")


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
    with disk.replacing(to) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
        # Weights do not compress.
        archive.write(pack.model_path, MODEL, zipfile.ZIP_STORED)
        archive.writestr(LABELS, _json({"people": list(pack.people)}))
        archive.writestr(CROP, _json(asdict(pack.crop)))
        archive.writestr(README, _readme(run, summary))
        _write_run(archive, run, summary)
    return to


def _write_run(archive: zipfile.ZipFile, run: Run, summary: dict[str, Any]) -> None:
    dataset = replace(run.dataset, left_out=(), to_review=())
    archive.writestr(HEADER, _json({"id": run.id, "name": run.name, "created_at": run.created_at}))
    archive.writestr(CONFIG, _json(run.config.to_dict()))
    archive.writestr(DATASET, _json(dataset.to_dict()))
    archive.writestr(EVENTS, "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in run.job.events()))
    archive.writestr(PREDICTIONS, _json(disk.read_json(run.path / "predictions.json", schema=SCHEMA)))
    archive.writestr(RESULT, _json({key: value for key, value in summary.items() if key not in _PRIVATE}))


def _json(content: dict[str, Any]) -> str:
    return json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False)


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
    with zipfile.ZipFile(path) as archive:
        for name in (MODEL, LABELS, CROP):
            try:
                entry = archive.getinfo(name)
            except KeyError as error:
                raise RunError(f'"{path.name}" holds no {name}; choose a zip that this lab made.') from error
            if entry.file_size > MODEL_LIMIT_BYTES:
                raise RunError(f'{name} in "{path.name}" is larger than 4 GB; choose a zip that this lab made.')
            archive.extract(entry, folder)


def _read_pack(folder: Path) -> ModelPack:
    for name in (MODEL, LABELS, CROP):
        if not (folder / name).exists():
            raise RunError(f'"{folder.name}" holds no {name}; choose a folder or zip that this lab made.')
    people = tuple(disk.read_json(folder / LABELS, schema=SCHEMA)["people"])
    crop = CropConfig(**disk.read_json(folder / CROP, schema=SCHEMA))
    return ModelPack(folder / MODEL, people, crop)
