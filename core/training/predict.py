"""Predict who is on new photos: every face in each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.config import CropConfig
from core.data import read
from core.data.cropping import crop_faces, resize_square
from core.data.decode import decode
from core.data.detection import Face
from core.errors import DatasetError, PhotoError
from core.evaluation.metrics import evaluate, majority_label
from core.experiments import archive
from core.experiments.archive import ModelPack
from core.jobfolder import JobFolder
from core.models import saved
from core.training.finish import predict_faces
from core.workspace import Workspace

# The small copy of a photo on which its faces are shown with their names.
PICTURE_PX = 900


@dataclass(frozen=True)
class NewFace:
    """One face of a new photo.

    Attributes:
        name: of its photo.
        photo: the number of its photo, from 1.
        size_px: of its photo, (width, height), upright.
        person: None where unknown.
        face: in pixels of the photo; None: the whole photo.
        crop_rgb: uint8, shape (size, size, 3), RGB.
    """

    name: str
    photo: int
    size_px: tuple[int, int]
    person: str | None
    face: Face | None
    crop_rgb: np.ndarray


@dataclass(frozen=True)
class Observer:
    """What is called while photos are read.

    Attributes:
        photo: called with the number of photos read so far and of all of them; may raise `Stopped`.
        picture: called with a photo's number and the upright photo (uint8, RGB), where faces were found in it.
        face: called with a face's number and its crop (uint8, RGB), for showing it.
        entry: called for every file that is looked at before the first photo is read; may raise `Stopped`.
    """

    photo: Callable[[int, int], None] = lambda done, total: None
    picture: Callable[[int, np.ndarray], None] = lambda number, rgb: None
    face: Callable[[int, np.ndarray], None] = lambda number, rgb: None
    entry: Callable[[], None] = lambda: None


def predict_photos(
    pack: ModelPack,
    source: Path,
    *,
    crop: CropConfig | None = None,
    observer: Observer = Observer(),
) -> dict[str, Any]:
    """Predict who is on new photos.

    Args:
        pack: the model.
        source: a photo, a folder or a zip; where folders are named like the people, answers are compared with them.
        crop: how faces are cropped; None: as the model's training photos were.
        observer: what is called meanwhile.

    Returns:
        `people`, `predictions` (a row a face: name and number of its photo, the photo's size, face box, true,
        predicted, probabilities), `left_out`, and for labelled photos `correct`, `total`, `interval`,
        `confusion_matrix`.

    Raises:
        DatasetError: no photo with a face was found.
    """
    faces: list[NewFace] = []
    left_out: list[dict[str, str]] = []
    photos = read.read_photos(source, on_entry=observer.entry)
    for number, entry in enumerate(photos, start=1):
        if isinstance(entry, read.LeftOut):
            left_out.append({"name": entry.name, "reason": entry.reason})
        else:
            try:
                found = _faces(number, entry, crop or pack.crop, observer)
            except PhotoError as error:
                left_out.append({"name": entry.name, "reason": str(error)})
            else:
                faces.extend(found)
                if not found:
                    left_out.append({"name": entry.name, "reason": "no face found"})
        observer.photo(number, len(photos))
    if not faces:
        reasons = "; ".join(f"{each['name']}: {each['reason']}" for each in left_out[:3])
        raise DatasetError(
            f'No face to look at in "{source.name}" ({reasons or "no photos"}); bring photos that show a face.'
        )
    for number, each in enumerate(faces):
        observer.face(number, each.crop_rgb)
    return _answer(pack, faces, left_out)


def _faces(number: int, entry: read.SourcePhoto, crop: CropConfig, observer: Observer) -> list[NewFace]:
    """Crop every face of a photo, largest first; the whole photo for detector "none"."""
    photo = decode(entry.data)
    found = crop_faces(photo, crop)
    # With several faces a name does not say which of them it means.
    person = entry.person if len(found) == 1 else None
    cut = [NewFace(entry.name, number, photo.full_size_px, person, face, crop_rgb) for face, crop_rgb in found]
    if cut:
        observer.picture(number, photo.rgb)
    return cut


def _answer(pack: ModelPack, faces: list[NewFace], left_out: list[dict[str, str]]) -> dict[str, Any]:
    model = saved.open_model(pack.model_path)
    size_px = int(model.input_shape[1])
    crops = np.stack([resize_square(each.crop_rgb, size_px) for each in faces])
    probabilities = predict_faces(model, crops, len(pack.people))
    rows = [
        {
            "name": each.name,
            "photo": each.photo,
            "size_px": list(each.size_px),
            "face": each.face.to_dict() if each.face else None,
            "true": each.person,
            "predicted": pack.people[int(row.argmax())],
            "probabilities": {person: round(float(p), 6) for person, p in zip(pack.people, row, strict=True)},
        }
        for each, row in zip(faces, probabilities, strict=True)
    ]
    answer: dict[str, Any] = {"people": list(pack.people), "predictions": rows, "left_out": left_out}
    labels = np.array([pack.people.index(f.person) if f.person in pack.people else -1 for f in faces], np.int64)
    if (labels >= 0).any():
        result = evaluate(probabilities, labels, len(pack.people), majority_label=majority_label(labels))
        answer |= {
            "correct": result.correct,
            "total": result.total,
            "interval": list(result.interval),
            "confusion_matrix": result.confusion.tolist(),
        }
    return answer


def run_predict(job: JobFolder, workspace: Workspace) -> None:
    """Do a "predict" job: its request names `model` (a run folder or pack) and `photos`.

    Photos with faces land as small copies in photo-N.jpg, their faces in face-N.png.
    """
    request = job.request()

    def on_photo(done: int, total: int) -> None:
        job.check_stop()
        job.emit("progress", done=done, total=total)

    def on_picture(number: int, photo_rgb: np.ndarray) -> None:
        picture = Image.fromarray(photo_rgb)
        picture.thumbnail((PICTURE_PX, PICTURE_PX))
        picture.save(job.path / f"photo-{number}.jpg", quality=85)

    def on_face(number: int, crop_rgb: np.ndarray) -> None:
        Image.fromarray(crop_rgb).save(job.path / f"face-{number}.png")

    photos = Path(request["photos"])
    try:
        with archive.opened(Path(request["model"])) as pack:
            job.write_result(
                predict_photos(pack, photos, observer=Observer(on_photo, on_picture, on_face, job.check_stop))
            )
    finally:
        # An upload lies in the job's own folder and is no longer needed.
        if photos.parent == job.path:
            photos.unlink(missing_ok=True)
