"""Print what a network that ships reaches on held-out people, beside the bars: one command, no teacher needed.

    python bars.py --lfw lfw-deepfunneled.tar [--net face-vgg-mini.h5 other.h5]

Three tests at 96 px, each face and its mirror image added up. Pairs: the embedding, as in evaluate.py. Twenty: ten
practice photos each, the convolutions alone, logistic regression, ten draws, as in evaluate.py. Hard twenty: those of
hard_twenty.txt, their eight practice photos, all their others the final exam, and ten other draws of eight; and once
more with every photo made poor (poor.py).
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from crops import crop_lfw
from evaluate import compute_features, draw_exam, judge_classifier, judge_pairs, judge_twenty
from fold import read_h5
from hard import HARDEST, PRACTICE_PHOTOS, read_list
from poor import spoil
from split import SEED, held_out_people

if TYPE_CHECKING:
    import keras

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "weights" / "face-vgg-mini.h5"
SIZE_PX = 96
# The hard twenty: 0.85, or a tenth more than Mini has, whichever is higher.
BARS = {"pairs": 0.95, "twenty": 0.97, "hard twenty": 0.98}


@dataclass(frozen=True)
class HeldOut:
    """Photos of people whom the networks never met, in the order of their names.

    Attributes:
        faces_rgb: uint8, shape (n, 152, 152, 3), RGB.
        names, people: str, shape (n,).
        twenty: those with many photos.
    """

    faces_rgb: np.ndarray
    names: np.ndarray
    people: np.ndarray
    twenty: tuple[str, ...]

    def only(self, group: list[str]) -> HeldOut:
        """Return the photos of a few of them."""
        rows = np.isin(self.people, group)
        return HeldOut(self.faces_rgb[rows], self.names[rows], self.people[rows], self.twenty)


def load_held_out(lfw_path: Path, crops_path: Path | None, processes: int) -> HeldOut:
    """Crop the held-out people's photos, or take them from crops.npz where it is there."""
    twenty, held_out = held_out_people(lfw_path, np.random.default_rng(SEED))
    if crops_path:
        with np.load(crops_path) as crops:
            rows = np.flatnonzero(np.isin(crops["people"], held_out))
            return HeldOut(*(crops[key][rows] for key in ("faces_rgb", "names", "people")), tuple(twenty))
    with ProcessPoolExecutor(processes) as pool:
        jobs = [(lfw_path, first, processes, frozenset(held_out)) for first in range(processes)]
        cropped = sorted((row for part in pool.map(crop_lfw, jobs) for row in part), key=lambda row: row[0])
    names, people, faces_rgb, _ = zip(*cropped, strict=True)
    return HeldOut(np.stack(faces_rgb), np.array(names), np.array(people), tuple(twenty))


def judge_hard(features: np.ndarray, held_out: HeldOut, practice: dict[str, list[str]]) -> dict[str, float]:
    """Return top-1 of logistic regression on the hard twenty: the fixed draw, by person, ten draws, the hardest nine.

    Args:
        features: float, shape (n, dimensions), row for row as held_out.
        held_out: all photos.
        practice: numbers of the practice photos by person.
    """
    photos = [f"{person}_{number}" for person, numbers in practice.items() for number in numbers]
    told = {}
    for label, group in (("hard twenty", list(practice)), ("hard nine", list(practice)[:HARDEST])):
        inside = np.isin(held_out.people, group)
        for_practice = np.isin(held_out.names, photos)
        draw = np.flatnonzero(inside & for_practice), np.flatnonzero(inside & ~for_practice)
        told[label], told[f"{label}, by person"] = judge_classifier(features, held_out.people, *draw)
    draws = [
        judge_classifier(features, held_out.people, *draw_exam(held_out.people, tuple(practice), PRACTICE_PHOTOS, seed))
        for seed in range(10)
    ]
    told["hard twenty, ten draws"], told["hard twenty, ten draws, by person"] = np.mean(draws, axis=0).tolist()
    return told


def look_twice(net: keras.Model, faces_rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return pooled features and embeddings, shape (n, dimensions) each, faces and mirror images added up."""
    looks = [compute_features(net, faces, SIZE_PX) for faces in (faces_rgb, faces_rgb[:, :, ::-1])]
    pooled, embedding = (one + other for one, other in zip(*looks, strict=True))
    return pooled, embedding


def measure(net_path: Path, held_out: HeldOut, seed: int) -> dict[str, float]:
    """Return every figure of one network by its name."""
    net, practice = read_h5(net_path), read_list()
    pooled, embedding = look_twice(net, held_out.faces_rgb)
    figures = dict(zip(("pairs", "pairs, standard error"), judge_pairs(embedding, held_out.people, seed), strict=True))
    top1, spread, _ = judge_twenty(pooled, held_out.people, held_out.twenty)
    figures |= {"twenty": top1, "twenty, deviation of the draws": spread}
    figures |= judge_hard(pooled, held_out, practice)
    by_embedding = judge_hard(embedding, held_out, practice)
    figures |= {f"{name}, embedding": by_embedding[name] for name in ("hard twenty", "hard nine")}
    inside = held_out.only(list(practice))
    poor, _ = look_twice(net, spoil(inside.faces_rgb))
    return figures | {f"poor photos, {name}": figure for name, figure in judge_hard(poor, inside, practice).items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lfw", type=Path, required=True, help="lfw-deepfunneled.tar")
    parser.add_argument("--crops", type=Path, help="crops.npz of crops.py, which saves the cropping")
    parser.add_argument("--net", type=Path, nargs="+", default=[SHIPPED], help="files that ship, beside each other")
    parser.add_argument("--seed", type=int, default=0, help="of the pairs")
    parser.add_argument("--processes", type=int, default=2, help="that crop")
    arguments = parser.parse_args()

    held_out = load_held_out(arguments.lfw, arguments.crops, arguments.processes)
    print(f"{len(held_out.people)} photos of {len(np.unique(held_out.people))} people, none of them trained on")
    measured = [measure(path, held_out, arguments.seed) for path in arguments.net]
    print(f"{'':<48}{'bar':>6}", *(f"{path.stem:>18}" for path in arguments.net))
    for name in measured[0]:
        bar = f"{BARS[name]:.2f}" if name in BARS else ""
        print(f"{name:<48}{bar:>6}", *(f"{figures[name]:>18.4f}" for figures in measured))


if __name__ == "__main__":
    main()
