"""What finding and cropping the faces of photos takes: milliseconds, and memory with the photos of large phones.

    python -m tools.benchmarks.cropping                   # about a minute
    python -m tools.benchmarks.cropping --photos 1000     # of 48 megapixels

Photos of 800 px with one drawn face each: milliseconds of one core, from the file to the crop on the disk. Then
photos of 48 megapixels (8064 x 6048; a few pictures under many names, each with bytes of its own) become a data set, as
a folder that somebody brings: seconds, and the most memory of this process and those it starts that no file stands
behind (RssAnon, Linux). Prints tables in Markdown, and exits 1 where a photo of 800 px takes longer than 33 ms, or the
memory, beyond what the processes have before their first photo, is more than three decoded photos each.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import threading
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import psutil

from core.config import SPLITS, CropConfig
from core.data import samples
from core.data.building import build_dataset
from core.data.photofolder import prepare
from core.data.store import PhotoStore
from core.data.yunet import use_one_core
from core.errors import PhotoError
from core.workspace import Workspace

BAR_MS, SMALL_PX, SMALL_PHOTOS = 33.0, 800, 30
LARGE = 8064, 6048
DECODED_BYTES = 3 * LARGE[0] * LARGE[1]
PHOTOS_HELD = 3


def photo(portrait: Path, width: int, height: int, seed: int) -> bytes:
    """Draw a photo of a drawn person: the face takes a fifth of the height, noise lies over everything; JPEG."""
    rng = np.random.default_rng(seed)
    around = cv2.resize(rng.integers(0, 255, (6, 8, 3), np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    side = round(0.5 * height)
    left, top = int(rng.integers(0, width - side)), int(rng.integers(0, height - side))
    around[top : top + side, left : left + side] = cv2.resize(cv2.imread(str(portrait)), (side, side))
    grain = rng.integers(0, 12, (height // 4, width // 4, 3), np.uint8)
    around = cv2.add(around, cv2.resize(grain, (width, height), interpolation=cv2.INTER_NEAREST))
    return bytes(cv2.imencode(".jpg", around, [cv2.IMWRITE_JPEG_QUALITY, 90])[1])


def small(folder: Path) -> float:
    """Prepare photos of 800 px on one core, as one of several processes does; print and return the median in ms."""
    use_one_core()
    people, store, took = samples.sample_people(), PhotoStore(folder / "photos"), []
    drawn = [photo(people[n % len(people)].portrait, SMALL_PX, SMALL_PX * 3 // 4, n) for n in range(SMALL_PHOTOS)]
    # One after the other, as the photos of a data set: what is drawn between two would take the processor's cache.
    for sha256 in [store.add(data) for data in drawn]:
        began_s = time.process_time()
        facts = prepare(store.folder(sha256).path, CropConfig())
        took.append(1000 * (time.process_time() - began_s))
        if isinstance(facts, PhotoError) or not facts.faces:
            raise SystemExit(f"Photo {len(took)} has no face.")
    print("| photos of 800 px | median ms | 9 of 10 within | bar |", "|---|---|---|---|", sep="\n")
    print(f"| {SMALL_PHOTOS} | {median(took):.0f} | {np.quantile(took, 0.9):.0f} | {BAR_MS:.0f} |\n", flush=True)
    return median(took)


class Peak(threading.Thread):
    """Watches this process and those it starts.

    Attributes:
        most: the most bytes they had at once.
        processes: how many there were then.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self.processes = 0, 1

    def run(self) -> None:
        while True:
            family = [psutil.Process(), *psutil.Process().children(recursive=True)]
            # Less has what only looks after shared memory.
            sizes = [size for each in family if (size := own_bytes(each.pid)) > 30e6]
            if sum(sizes) > self.most:
                self.most, self.processes = sum(sizes), len(sizes)
            time.sleep(0.1)


def own_bytes(pid: int) -> int:
    """Return the memory of a process that no file stands behind; 0 where it has ended."""
    try:
        found = re.search(
            r"^RssAnon:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"), re.MULTILINE
        )
    except OSError:
        return 0
    return 1024 * int(found[1]) if found else 0


def large(folder: Path, photos: int) -> float:
    """Make photos of 48 megapixels a data set; print what it took, and return the bytes a process took for photos."""
    people = samples.sample_people()[:3]
    drawn = [photo(person.portrait, *LARGE, seed) for seed, person in enumerate(people)]
    source = folder / "brought"
    for number in range(photos):
        split = SPLITS[number // len(people) % len(SPLITS)]
        path = source / split / people[number % len(people)].name / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(drawn[number % len(people)] + number.to_bytes(4, "big"))
    before, peak, began_s = own_bytes(os.getpid()), Peak(), time.perf_counter()
    del drawn
    peak.start()
    at: dict[str, float] = {}
    build_dataset(
        source,
        Workspace(folder),
        count_leaks=("validation", "test"),
        on_progress=lambda step, *_: at.__setitem__(step, time.perf_counter()),
    )
    took_s, read_s = time.perf_counter() - began_s, at["read"] - began_s
    each = (peak.most - before) / max(peak.processes - 1, 1)
    print(
        "| photos of 48 MP | seconds | of it reading | seconds a photo | memory | processes |",
        "|---|---|---|---|---|---|",
        sep="\n",
    )
    seconds = f"{took_s:.0f} | {read_s:.0f} | {took_s / photos:.2f}"
    print(f"| {photos} | {seconds} | {peak.most / 1e9:.2f} GB | {peak.processes} |")
    return each


def main() -> int:
    """Print the tables; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100, help="of 48 megapixels")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        small_ms = small(Path(folder) / "small")
        a_process = large(Path(folder) / "large", asked.photos)
    return int(small_ms > BAR_MS or a_process > PHOTOS_HELD * DECODED_BYTES)


if __name__ == "__main__":
    sys.exit(main())
