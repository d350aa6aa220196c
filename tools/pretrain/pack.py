"""Pack crops as JPEG into parts small enough to carry to a machine with a GPU, and unpack them there.

A part is an .npz: `names` and `people`, str, shape (n,); `jpegs`, uint8, the files one after the other; `ends`, int64,
shape (n,), where each ends. The parts of a folder, in the order of their names, are the rows of crops.npz.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

SIDE_PX = 112
QUALITY = 88


def pack(crops: dict[str, np.ndarray], folder: Path, part_mib: float) -> list[Path]:
    """Write faces-00.npz, faces-01.npz ... into an empty or new folder, each at most about part_mib.

    Args:
        crops: `faces_rgb`, uint8, shape (n, from_px, from_px, 3), `names` and `people`, str, shape (n,).
        folder: made if it is not there.
        part_mib: how large a part may be, in MiB; one face at least is in each.

    Returns:
        The parts written.

    Raises:
        FileExistsError: the folder holds parts already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if list(folder.glob("faces-*.npz")):
        raise FileExistsError(f"{folder} holds parts already. Remove them, or give another --out.")
    written: list[Path] = []
    jpegs: list[bytes] = []
    start = size = 0
    for row, face_rgb in enumerate(crops["faces_rgb"]):
        jpeg = _encode(face_rgb)
        if jpegs and size + len(jpeg) > part_mib * 2**20 * 0.95:  # names take the rest
            written.append(_write(folder / f"faces-{len(written):02d}.npz", crops, start, jpegs))
            start, size, jpegs = row, 0, []
        jpegs.append(jpeg)
        size += len(jpeg)
    written.append(_write(folder / f"faces-{len(written):02d}.npz", crops, start, jpegs))
    return written


def _encode(face_rgb: np.ndarray) -> bytes:
    small = cv2.resize(face_rgb, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return jpeg.tobytes()


def _write(path: Path, crops: dict[str, np.ndarray], start: int, jpegs: list[bytes]) -> Path:
    rows = slice(start, start + len(jpegs))
    np.savez_compressed(
        path,
        names=crops["names"][rows],
        people=crops["people"][rows],
        jpegs=np.frombuffer(b"".join(jpegs), np.uint8),
        ends=np.cumsum([len(jpeg) for jpeg in jpegs]),
    )
    return path


def unpack(folder: Path) -> dict[str, np.ndarray]:
    """Return `faces_rgb`, uint8, shape (n, 112, 112, 3), RGB, `names` and `people` of a folder of parts.

    Raises:
        FileNotFoundError: the folder holds no parts.
    """
    paths = sorted(folder.glob("faces-*.npz"))
    if not paths:
        raise FileNotFoundError(f"{folder} holds no faces-00.npz. Fill it with pack.py.")
    found: dict[str, list[np.ndarray]] = {"faces_rgb": [], "names": [], "people": []}
    for path in paths:
        with np.load(path) as part:
            found["names"].append(part["names"])
            found["people"].append(part["people"])
            jpegs = np.split(part["jpegs"], part["ends"][:-1])
        found["faces_rgb"] += [cv2.imdecode(jpeg, cv2.IMREAD_COLOR)[None, :, :, ::-1] for jpeg in jpegs]
    return {name: np.concatenate(arrays) for name, arrays in found.items()}


def main() -> None:
    """Pack crops.npz."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--crops", type=Path, required=True, help="crops.npz")
    parser.add_argument("--out", type=Path, required=True, help="folder of the parts")
    parser.add_argument("--part-mib", type=float, default=50, help="how large a part may be, in MiB")
    arguments = parser.parse_args()
    with np.load(arguments.crops) as stored:
        crops = {key: stored[key] for key in ("faces_rgb", "names", "people")}
    for path in pack(crops, arguments.out, arguments.part_mib):
        print(f"{path}: {path.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
