"""Ask the teacher, dlib's face recogniser, for its 128-number descriptor of every crop's person.

Runs in an environment of its own (requirements.txt beside this file). LFW faces are read from the original photo, AAF
faces from the crop, each aligned dlib's own way. The result is one .npz, row for row as in crops.npz:

    descriptors  float32, shape (n, 128), as dlib gives them
    names        str, shape (n,)
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import dlib
import face_recognition_models
import numpy as np
from crops import read_photos
from describing import describe_all

if TYPE_CHECKING:
    from collections.abc import Iterator

CHIP_PX = 150  # what the network was trained on, with a margin of a quarter
CHIP_PADDING = 0.25


class Teacher:
    """dlib's detector, five landmarks and recognition network, loaded once a process."""

    def __init__(self) -> None:
        self.detect = dlib.get_frontal_face_detector()
        self.landmarks = dlib.shape_predictor(face_recognition_models.pose_predictor_five_point_model_location())
        self.network = dlib.face_recognition_model_v1(face_recognition_models.face_recognition_model_location())

    def box(self, photo_rgb: np.ndarray, yunet_box: np.ndarray) -> dlib.rectangle:
        """Return dlib's own box of the face YuNet found (its landmarks learned on those), else a square like it."""
        x, y, width, height = yunet_box
        centre = np.array([x + width / 2, y + height * 0.55])
        for upsample in (0, 1):
            for box in self.detect(photo_rgb, upsample):
                middle = np.array([box.center().x, box.center().y])
                if np.linalg.norm(middle - centre) < 0.4 * width:
                    return box
        left, top = centre - width / 2
        return dlib.rectangle(int(left), int(top), int(left + width), int(top + width))

    def describe(self, photo_rgb: np.ndarray, yunet_box: np.ndarray) -> np.ndarray:
        """Describe one face.

        Args:
            photo_rgb: uint8, shape (height, width, 3), RGB. Not changed.
            yunet_box: shape (4,), x, y, width, height in pixels.

        Returns:
            float32, shape (128,).
        """
        shape = self.landmarks(photo_rgb, self.box(photo_rgb, yunet_box))
        chip = dlib.get_face_chip(photo_rgb, shape, CHIP_PX, CHIP_PADDING)
        return np.array(self.network.compute_face_descriptor(chip), np.float32)


_teachers: list[Teacher] = []  # one a worker process: dlib's objects cannot be sent between processes


def describe_chunk(chunk: list[tuple[int, bytes | np.ndarray, np.ndarray]]) -> list[tuple[int, np.ndarray]]:
    """Describe (row, JPEG or RGB array, box) each; gives (row, descriptor) each."""
    if not _teachers:
        _teachers.append(Teacher())
    described = []
    for row, photo, box in chunk:
        described.append((row, _teachers[0].describe(np.ascontiguousarray(as_rgb(photo)), box)))
    return described


def describe_mirrored_chunk(chunk: list[tuple[int, bytes | np.ndarray, np.ndarray]]) -> list[tuple[int, np.ndarray]]:
    """Describe the mirror image of each face, as describe_chunk describes the face."""
    mirrored = []
    for row, photo, box in chunk:
        photo_rgb = as_rgb(photo)[:, ::-1]
        x, y, width, height = box
        mirrored.append((row, photo_rgb, np.array([photo_rgb.shape[1] - x - width, y, width, height])))
    return describe_chunk(mirrored)


def as_rgb(photo: bytes | np.ndarray) -> np.ndarray:
    """Return a JPEG's pixels, uint8, shape (height, width, 3), RGB; an array as it is."""
    if not isinstance(photo, bytes):
        return photo
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def read_faces(crops_path: Path, lfw_path: Path) -> Iterator[tuple[int, bytes | np.ndarray, np.ndarray]]:
    """Yield what the teacher needs of every row of crops.npz."""
    with np.load(crops_path) as crops:
        names, sources, boxes, faces_rgb = (crops[key] for key in ("names", "sources", "boxes", "faces_rgb"))
    row_of = {name: row for row, (name, source) in enumerate(zip(names, sources, strict=True)) if source == "lfw"}
    for path, jpeg in read_photos(lfw_path):
        if path.stem in row_of:
            yield row_of[path.stem], jpeg, boxes[row_of[path.stem]]
    for row in np.flatnonzero(sources == "aaf"):
        yield int(row), faces_rgb[row], boxes[row]


def main() -> None:
    """Describe every face of crops.npz."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--crops", type=Path, required=True, help="crops.npz")
    parser.add_argument("--lfw", type=Path, required=True, help="lfw-deepfunneled.tar")
    parser.add_argument("--out", type=Path, required=True, help="descriptors.npz")
    parser.add_argument("--mirror", action="store_true", help="describe the mirror images instead")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()

    with np.load(arguments.crops) as crops:
        names = crops["names"]
    faces = read_faces(arguments.crops, arguments.lfw)
    describe = describe_mirrored_chunk if arguments.mirror else describe_chunk
    describe_all(faces, names, arguments.out, describe, arguments.processes)


if __name__ == "__main__":
    main()
