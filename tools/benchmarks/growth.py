"""What a training takes, in seconds and memory, as photos, people and pictures grow.

    python -m tools.benchmarks.growth                                       # Mini, some minutes
    python -m tools.benchmarks.growth --network vggface-vgg16 --depth 10 --photos 250 500 1000 2000 --px 224

Each training is a process of its own, on drawn noise that needs no search for faces; the network starts from nothing.
Seconds are those from the first picture through the frozen layers to the last round. "memory" is the most that the
process held beyond what it had with the network built: numbers of its own (RssAnon), not files that are mapped. Prints
a table in Markdown, and exits 1 where a photo takes more than 1.15 times the seconds, or a training more than 3 GB.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

BAR, MOST_BYTES = 1.15, 3e9
SPLITS = {"train": 1.0, "validation": 0.1, "test": 0.1}


def draw(folder: Path, photos: int, people: int, px: int) -> None:
    """Write drawn photos: `photos` to train on and a tenth as many for each exam, at least one of each person."""
    rng = np.random.default_rng(0)
    for split, share in SPLITS.items():
        for number in range(max(people, int(share * photos))):
            coarse = rng.integers(0, 255, (6, 6, 3), np.uint8)
            path = folder / split / f"person-{number % people:03d}" / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(coarse).resize((px, px), Image.Resampling.BICUBIC).save(path)


def own_bytes() -> int:
    """Return the memory of this process that no file stands behind (Linux)."""
    found = re.search(r"^RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    return 1024 * int(found[1]) if found else 0


class Peak(threading.Thread):
    """Watches `own_bytes` ten times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = own_bytes()

    def run(self) -> None:
        while True:
            self.most = max(self.most, own_bytes())
            time.sleep(0.1)


def one(asked: argparse.Namespace, photos: int, people: int, px: int) -> None:
    """Train once and print what it took; in a process of its own."""
    from core.config import CropConfig, TrainConfig
    from core.data.building import build_dataset
    from core.experiments import runs
    from core.models.classifier import build_classifier
    from core.training.trainer import run_training
    from core.workspace import Workspace

    config = TrainConfig(
        backbone=asked.network, pretrained=False, freeze_depth=asked.depth, image_size_px=px, epochs=asked.rounds
    )
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "home")
        draw(Path(folder) / "photos", photos, people, px)
        dataset = build_dataset(Path(folder) / "photos", workspace, crop=CropConfig(detector="none", size_px=px))
        network = build_classifier(config, people, None, precision="float32")
        network.joined.predict_on_batch(np.zeros((32, px, px, 3), np.float32))
        before, peak = own_bytes(), Peak()
        peak.start()
        run = runs.create_run(runs.new_run_path(workspace), dataset, config, state="running")
        run_training(run.job, workspace)
        phases = [e["at"] for e in run.job.events() if e["event"] == "phase" and e["phase"] != "weights"]
        kept = sum(file.stat().st_size for file in workspace.features.rglob("rows"))
    print(json.dumps({"seconds": phases[-1] - phases[0], "bytes": peak.most - before, "kept": kept}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default="face-vgg-mini")
    parser.add_argument("--depth", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--photos", type=int, nargs="+", default=(50, 500, 5000))
    parser.add_argument("--people", type=int, nargs="+", default=(10,))
    parser.add_argument("--px", type=int, nargs="+", default=(96,))
    parser.add_argument("--one", type=int, nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(asked, *asked.one)
        return
    print("| px | people | photos | seconds | ms a photo | memory | kept |", "|---|---|---|---|---|---|---|", sep="\n")
    missed = False
    for px, people in [(px, people) for px in asked.px for people in asked.people]:
        a_photo = []
        for photos in asked.photos:
            command = [sys.executable, "-m", "tools.benchmarks.growth", *sys.argv[1:], "--one"]
            done = subprocess.run([*command, *map(str, (photos, people, px))], capture_output=True, check=True)
            took = json.loads(done.stdout.splitlines()[-1])
            a_photo.append(took["seconds"] / photos)
            missed |= a_photo[-1] > BAR * min(a_photo) or took["bytes"] > MOST_BYTES
            cells = (px, people, photos, f"{took['seconds']:.1f}", f"{1000 * a_photo[-1]:.1f}")
            print(f"| {' | '.join(map(str, cells))} | {took['bytes'] / 1e9:.2f} GB | {took['kept'] / 1e9:.2f} GB |")
            sys.stdout.flush()
    sys.exit(int(missed))


if __name__ == "__main__":
    main()
