"""Decide who is held out of training, before anything is trained, and write it down.

Held out are: everybody in LFW's peopleDevTest.txt, six named people, and seeded further people, until twenty of those
held out have at least twenty photos each. Of AAF everybody trains but a seeded 500, who show how distillation goes.
"""

from __future__ import annotations

import argparse
import json
import tarfile
from pathlib import Path

import numpy as np

SIX = ("Colin_Powell", "George_W_Bush", "Gerhard_Schroeder", "Jennifer_Capriati", "Serena_Williams", "Tony_Blair")
TWENTY = 20
MANY_PHOTOS = 20
WATCHED = 500
SEED = 20


def read_people(lfw_path: Path, list_name: str) -> dict[str, int]:
    """Read one of LFW's official lists: person -> number of photos."""
    with tarfile.open(lfw_path) as tar:
        member = next(member for member in tar if Path(member.name).name == list_name)
        lines = tar.extractfile(member).read().decode("utf-8").splitlines()[1:]
    return {name: int(photos) for name, photos in (line.split("\t") for line in lines if line.strip())}


def twenty_people(test: dict[str, int], train: dict[str, int], rng: np.random.Generator) -> list[str]:
    """Choose the twenty: the six, then from the test list, then from the training list; all with many photos."""
    chosen = list(SIX)
    for photos_of in (test, train):
        candidates = sorted(name for name, photos in photos_of.items() if photos >= MANY_PHOTOS and name not in chosen)
        chosen += [candidates[index] for index in rng.permutation(len(candidates))[: TWENTY - len(chosen)]]
    return chosen


def held_out_people(lfw_path: Path, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Return the twenty, and everybody held out, sorted."""
    test, train = (read_people(lfw_path, f"peopleDev{part}.txt") for part in ("Test", "Train"))
    twenty = twenty_people(test, train, rng)
    return twenty, sorted({*test, *twenty})


def main() -> None:
    """Write split.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--crops", type=Path, required=True, help="crops.npz")
    parser.add_argument("--lfw", type=Path, required=True, help="lfw-deepfunneled.tar")
    parser.add_argument("--out", type=Path, required=True, help="split.json")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()

    rng = np.random.default_rng(arguments.seed)
    twenty, held_out = held_out_people(arguments.lfw, rng)
    with np.load(arguments.crops) as crops:
        people, sources = crops["people"], crops["sources"]
    watched = sorted(rng.permutation(people[sources == "aaf"])[:WATCHED].tolist())
    trained = sorted(set(people.tolist()) - set(held_out) - set(watched))
    split = {
        "schema": 1,
        "seed": arguments.seed,
        "twenty": twenty,
        "held_out": held_out,
        "watched": watched,
        "trained": trained,
    }
    arguments.out.write_text(json.dumps(split, indent=1), encoding="utf-8")
    print(f"{len(trained)} people train, {len(held_out)} of LFW held out, {len(watched)} of AAF watched")
    print("the twenty:", ", ".join(twenty))


if __name__ == "__main__":
    main()
