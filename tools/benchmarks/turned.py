"""How many faces are found, and stand upright in their crop, where a photo lies on its side or on its head.

    python -m tools.benchmarks.turned data/sample ../shared/data/lfw-six --each 200

Each photo is turned in its pixels by 0, 90, 180 and 270 degrees. "found": any face, as the lab found them before it
looked in other turns and as it does now. "upright": the largest face's photo is turned back by what it was turned.
Faceless pictures: strips beside the face in the middle of the folder's photos, 1,000 px long (some show other people's
faces, which counts as found too), and drawn clouds of colour; seed 0.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from core.data.decode import decode
from core.data.detection import TURNS, find_faces, find_upright, find_yunet, turned_photo
from core.errors import PhotoError

STRIP, LONG_PX, CLOUDS = 0.24, 1000, 120


def photos_of(folder: Path, most: int) -> Iterator[np.ndarray]:
    """Return up to so many photos of a folder, drawn with seed 0; what cannot be read is passed over."""
    paths = sorted(path for path in folder.rglob("*.jpg") if "extras" not in path.parts)
    for place in np.random.default_rng(0).permutation(len(paths))[:most]:
        try:
            yield decode(paths[place].read_bytes()).rgb
        except PhotoError:
            continue


def faceless(photos_rgb: list[np.ndarray]) -> Iterator[np.ndarray]:
    """Return three strips of each photo, and drawn clouds."""
    for photo_rgb in photos_rgb:
        height, width = photo_rgb.shape[:2]
        across, down = round(STRIP * width), round(STRIP * height * 0.8)
        for strip in (photo_rgb[:, :across], photo_rgb[:, -across:], photo_rgb[:down]):
            enlarge = LONG_PX / max(strip.shape[:2])
            yield np.asarray(cv2.resize(strip, None, fx=enlarge, fy=enlarge, interpolation=cv2.INTER_CUBIC))
    rng = np.random.default_rng(0)
    for _ in range(CLOUDS):
        side = int(rng.integers(4, 40))
        coarse = rng.integers(0, 256, (side, side, 3), np.uint8)
        yield np.asarray(cv2.resize(coarse, (400, 400), interpolation=cv2.INTER_CUBIC))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--each", type=int, default=100, help="photos a folder, at most")
    arguments = parser.parse_args()
    print("| photos | turned by | photos | found before | found now | upright |", "|---|---|---|---|---|---|", sep="\n")
    for folder in arguments.folders:
        photos_rgb = list(photos_of(folder, arguments.each))
        for turn in (0, *TURNS):
            lying = [turned_photo(photo_rgb, turn) for photo_rgb in photos_rgb]
            before = sum(bool(find_upright(photo_rgb, find_yunet)) for photo_rgb in lying)
            now = [find_faces(photo_rgb) for photo_rgb in lying]
            upright = sum(bool(faces) and (faces[0].turned + turn) % 360 == 0 for faces in now)
            print(f"| {folder.name} | {turn} | {len(lying)} | {before} | {sum(map(bool, now))} | {upright} |")
        empty = list(faceless(photos_rgb))
        before = sum(bool(find_upright(picture, find_yunet)) for picture in empty)
        now_found = sum(bool(find_faces(picture)) for picture in empty)
        print(f"| faceless of {folder.name} | 0 | {len(empty)} | {before} | {now_found} | |", flush=True)


if __name__ == "__main__":
    main()
