"""A model for taking along: the `.keras` file, its labels, its crop settings and five lines on how to use them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from core import disk
from core.config import CropConfig
from core.errors import RunError
from core.runs import Run, open_run

SCHEMA = 1
MODEL, LABELS, CROP, README = "model.keras", "labels.json", "crop.json", "README.txt"
MODEL_LIMIT_BYTES = 4_000_000_000


@dataclass(frozen=True)
class ModelPack:
    """A trained model that can be asked: the file, the people in label order, how its faces were cropped."""

    model_path: Path
    people: tuple[str, ...]
    crop: CropConfig


def pack_model(run: Run, to: Path) -> Path:
    """Write a run's model as one zip to `to`.

    Raises:
        RunError: the run has no tested model yet.
    """
    pack = _pack_of_run(run)
    summary = run.summary() or {}
    with disk.replacing(to) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as archive:
        archive.write(pack.model_path, MODEL)
        archive.writestr(LABELS, json.dumps({"schema": SCHEMA, "people": list(pack.people)}, ensure_ascii=False))
        archive.writestr(CROP, json.dumps({"schema": SCHEMA, **asdict(pack.crop)}))
        archive.writestr(README, _readme(run, summary))
    return to


def _readme(run: Run, summary: dict[str, object]) -> str:
    size_px = run.config.image_size_px
    return "\n".join(
        [
            f"A classifier for {len(run.dataset.people)} people, trained from {run.config.backbone}.",
            'Open it anywhere: keras.saving.load_model("model.keras") (Keras 3, TensorFlow backend).',
            f"In: face crops, RGB, 0-255, shape (n, {size_px}, {size_px}, 3), cropped as crop.json says.",
            'Out: shape (n, people), how much it leans towards each person, in the order of labels.json "people".',
            f"Final exam: {summary.get('test_correct')} of {summary.get('test_total')} right. "
            "It knows these people only: a stranger gets one of their names too.",
            "",
        ]
    )


def _pack_of_run(run: Run) -> ModelPack:
    if not run.model_path.exists() or run.summary() is None:
        raise RunError(f'The experiment "{run.name or run.id}" has no tested model yet; let it finish first.')
    dataset = run.dataset
    return ModelPack(run.model_path, dataset.people, dataset.crop)


@contextmanager
def opened(path: Path) -> Iterator[ModelPack]:
    """Open a model to ask it: a run folder, a pack, or a pack as a zip. Unzipped files go away afterwards.

    Raises:
        RunError: there is no such thing, or it is none of the three.
    """
    if path.is_dir() and not (path / LABELS).exists():
        yield _pack_of_run(open_run(path))
    elif path.is_dir():
        yield _read_pack(path)
    elif zipfile.is_zipfile(path):
        with TemporaryDirectory(prefix="vggface-lab-") as folder:
            _unzip(path, Path(folder))
            yield _read_pack(Path(folder))
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
