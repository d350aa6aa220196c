"""How many pictures of a webcam a second are answered, without a browser: faces found, cropped, named by networks.

    python -m tools.benchmarks.watching                  # Mini, and VGG-Face's shape at 224 px, some seconds each

Asks the live process as a page does, one picture after the other, 640 x 480 pixels, with one drawn person in it. The
networks start from nothing: what they say is arbitrary, what it costs is not. A page adds about 40 ms a picture for
the way through browser and Streamlit (docs/webcam.md). Prints a table in Markdown, and exits 1 where Mini's row
leaves a page with less than 8 answers a second.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from core.config import CropConfig, TrainConfig
from core.data import samples
from core.live.link import Link
from core.live.messages import Look, Network, Seen

PICTURES = 60
WAY_MS, LEAST_A_SECOND = 40.0, 8.0
NETWORKS = {"face-vgg-mini": 96, "vggface-vgg16": 224}


def picture() -> bytes:
    """Return a webcam's picture of a drawn person, JPEG."""
    portrait = cv2.imread(str(samples.sample_people()[0].portrait))
    around = cv2.copyMakeBorder(cv2.resize(portrait, (480, 480)), 0, 0, 80, 80, cv2.BORDER_REPLICATE)
    return bytes(cv2.imencode(".jpg", around)[1])


def save(folder: Path, backbone: str, size_px: int) -> Network:
    """Save an untrained network for two people."""
    from core.models.classifier import build_classifier
    from core.models.saved import save_model

    config = TrainConfig(backbone=backbone, pretrained=False, image_size_px=size_px, freeze_depth=0)
    path = folder / f"{backbone}.keras"
    save_model(build_classifier(config, 2, None, precision="float32"), path)
    return Network(str(path), CropConfig())


def milliseconds(link: Link, question: Look) -> list[float]:
    """Ask until every network is open, then time the answers."""
    while not isinstance(seen := link.ask(question), Seen) or None in seen.faces[0].says:
        time.sleep(0.1)
    took = []
    for _ in range(PICTURES):
        began_s = time.perf_counter()
        link.ask(question)
        took.append(1000 * (time.perf_counter() - began_s))
    return took


def main() -> int:
    """Print the table; return the exit code."""
    link, jpeg, mini_ms = Link(), picture(), 0.0
    print("| asked | median ms | 9 of 10 within | pictures a second |\n|---|---|---|---|")
    with TemporaryDirectory() as folder:
        networks = {name: save(Path(folder), name, size_px) for name, size_px in NETWORKS.items()}
        asked = {"the face only": ()} | {name: (network,) for name, network in networks.items()}
        for name, some in (asked | {"both": tuple(networks.values())}).items():
            took = milliseconds(link, Look(jpeg, some))
            median = float(np.median(took))
            mini_ms = median if name == "face-vgg-mini" else mini_ms
            print(f"| {name} | {median:.0f} | {np.quantile(took, 0.9):.0f} | {1000 / median:.1f} |", flush=True)
    link.close()
    return 0 if 1000 / (mini_ms + WAY_MS) >= LEAST_A_SECOND else 1


if __name__ == "__main__":
    sys.exit(main())
