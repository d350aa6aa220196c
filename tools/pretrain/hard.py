"""Choose the hard twenty, once: held-out people of LFW who look most alike to the teacher, in hard_twenty.txt.

No list says who is of one sex, age or origin, so the teacher's descriptors choose: of the held-out people with at least
ten photos the twenty whose mean directions are most alike. Eight photos of each are for practice, drawn from a seed;
all others are the final exam. The nine of them who are most alike stand first.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from data import directions

HARD_TWENTY = Path(__file__).with_name("hard_twenty.txt")
PEOPLE = 20
FEWEST_PHOTOS = 10
PRACTICE_PHOTOS = 8
HARDEST = 9  # of the twenty, in the first lines: those most alike


def tightest_group(directions: np.ndarray, count: int) -> list[int]:
    """Find the rows most alike to each other: begun at every row, the row most like those chosen joins.

    Args:
        directions: float, shape (n, dimensions), of length 1 each.
        count: how many rows, at least 2.

    Returns:
        The rows in the order they joined, of the beginning whose group has the highest mean likeness.
    """
    likeness = directions @ directions.T
    best, best_likeness = [], -np.inf
    for begun in range(len(directions)):
        group = [begun]
        while len(group) < count:
            to_group = likeness[:, group].mean(axis=1)
            to_group[group] = -np.inf
            group.append(int(to_group.argmax()))
        inside = likeness[np.ix_(group, group)].sum() - count
        if inside > best_likeness:
            best, best_likeness = group, inside
    return best


def write_list(practice: dict[str, list[str]], path: Path) -> None:
    """Write a person a line: LFW's name, then the numbers of the practice photos."""
    lines = ["# Made by hard.py: LFW's names and the numbers of the photos that are for practice; kept fixed."]
    lines += [" ".join([name, *numbers]) for name, numbers in practice.items()]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def read_list(path: Path = HARD_TWENTY) -> dict[str, list[str]]:
    """Return the numbers of the practice photos, such as "0007", by LFW's name, in the file's order."""
    lines = path.read_text(encoding="ascii").splitlines()
    return {line.split()[0]: line.split()[1:] for line in lines if line and not line.startswith("#")}


def choose(people: np.ndarray, names: np.ndarray, descriptors: np.ndarray, seed: int) -> dict[str, list[str]]:
    """Choose people and practice photos.

    Args:
        people, names: str, shape (n,), whose photo each is and its name, such as "Tony_Blair_0007".
        descriptors: float32, shape (n, 128); they are seen from the mean of all people's means.
        seed: of the practice photos.

    Returns:
        Practice photos by person.
    """
    found, counts = np.unique(people, return_counts=True)
    means = np.array([descriptors[people == name].mean(axis=0) for name in found])
    means = directions(means, means.mean(axis=0))
    enough = counts >= FEWEST_PHOTOS
    candidates = found[enough]
    rng = np.random.default_rng(seed)
    practice = {}
    group = tightest_group(means[enough], PEOPLE)
    nine = [group[place] for place in tightest_group(means[enough][group], HARDEST)]
    for name in candidates[[*nine, *(row for row in group if row not in nine)]]:
        drawn = rng.permutation(np.sort(names[people == name]))[:PRACTICE_PHOTOS]
        practice[str(name)] = sorted(photo.rsplit("_", 1)[1] for photo in drawn)
    return practice


def main() -> None:
    """Write the list."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--crops", type=Path, required=True, help="crops.npz")
    parser.add_argument("--descriptors", type=Path, required=True, help="descriptors.npz")
    parser.add_argument("--split", type=Path, required=True, help="split.json")
    parser.add_argument("--out", type=Path, default=HARD_TWENTY)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    held_out = json.loads(arguments.split.read_text(encoding="utf-8"))["held_out"]
    with np.load(arguments.crops) as crops, np.load(arguments.descriptors) as described:
        rows = np.isin(crops["people"], held_out)
        people, names, descriptors = crops["people"][rows], crops["names"][rows], described["descriptors"][rows]
    practice = choose(people, names, descriptors, arguments.seed)
    write_list(practice, arguments.out)
    print("\n".join(practice))


if __name__ == "__main__":
    main()
