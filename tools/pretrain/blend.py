"""Faces of nobody: blend aligned faces of two people who train, and ask the teacher whom it sees.

Runs in the teacher's environment, after teacher.py; stopped at any time, the same command goes on. Pictures are not
kept, since train.py blends anew. The result is one .npz, a row a blend, beside `descriptors` and `names`:

    first, second  int32, shape (n,), rows of crops.npz
    share          float32, shape (n,), of the first face, 0.3 to 0.7; the rest is the second's
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from describing import describe_all
from sampling import nearest_candidates

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST_SHARE, MOST_SHARE = 0.3, 0.7
CANDIDATES = 20  # the nearest of so many is the partner: not too unlike, so that the blend looks like one face


def choose_pairs(
    directions: np.ndarray, trained: np.ndarray, people: np.ndarray, count: int, seed: int
) -> dict[str, np.ndarray]:
    """Choose whom to blend with whom, and how much of each.

    Args:
        directions: float32, shape (n, 128), of length 1 each, by which partners are near.
        trained: int, shape (k,), rows that may be blended.
        people: str, shape (n,).
        count: of blends; two of one person are left out, so that a few may be missing.
        seed: of everything drawn; more blends of one seed begin with the same ones.

    Returns:
        `first`, `second`, `share`.
    """
    first, second, share = [], [], []
    for batch in range(-(-count // 256)):
        rng = np.random.default_rng((seed, batch))
        seeds = rng.choice(len(trained), 256)
        for place in seeds:
            partner = nearest_candidates(
                directions[trained[[place]]], directions[trained], rng, np.array([place]), CANDIDATES
            )
            first.append(trained[place])
            second.append(trained[partner[0]])
        share.append(rng.uniform(LEAST_SHARE, MOST_SHARE, 256))
    pairs = {
        "first": np.array(first[:count], np.int32),
        "second": np.array(second[:count], np.int32),
        "share": np.concatenate(share)[:count].astype(np.float32),
    }
    two = people[pairs["first"]] != people[pairs["second"]]
    return {key: array[two] for key, array in pairs.items()}


def blend(faces_rgb: np.ndarray, pairs: dict[str, np.ndarray]) -> Iterator[np.ndarray]:
    """Yield each blend, uint8, shape (side_px, side_px, 3), RGB."""
    for first, second, share in zip(*(pairs[key] for key in ("first", "second", "share")), strict=True):
        mixed = share * faces_rgb[first].astype(np.float32) + (1 - share) * faces_rgb[second]
        yield np.rint(mixed).astype(np.uint8)


def main() -> None:
    """Choose, blend and describe."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--crops", type=Path, required=True, help="crops.npz")
    parser.add_argument("--descriptors", type=Path, required=True, help="descriptors.npz")
    parser.add_argument("--split", type=Path, required=True, help="split.json")
    parser.add_argument("--out", type=Path, required=True, help="blends.npz")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--mirror", action="store_true", help="describe the mirror images instead")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()

    from teacher import describe_chunk, describe_mirrored_chunk  # here, since dlib is nowhere but in its environment

    with np.load(arguments.crops) as crops:
        faces_rgb, people, boxes, sources = (crops[key] for key in ("faces_rgb", "people", "boxes", "sources"))
    box = boxes[np.flatnonzero(sources == "aaf")[0]]  # where the crop convention puts every face
    trained = np.flatnonzero(np.isin(people, json.loads(arguments.split.read_text(encoding="utf-8"))["trained"]))
    with np.load(arguments.descriptors) as described:
        descriptors = described["descriptors"]
    centred = descriptors - descriptors[trained].mean(axis=0)
    directions = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    pairs = choose_pairs(directions, trained, people, arguments.count, arguments.seed)
    names = np.array([f"{a}+{b}" for a, b in zip(pairs["first"], pairs["second"], strict=True)])
    faces = ((row, face_rgb, box) for row, face_rgb in enumerate(blend(faces_rgb, pairs)))
    describe = describe_mirrored_chunk if arguments.mirror else describe_chunk
    describe_all(faces, names, arguments.out, describe, arguments.processes, pairs)


if __name__ == "__main__":
    main()
