"""Say how good the net is on people it has never seen, beside an untrained net and the teacher.

Two tests. Pairs: same person or not, LFW photos of held-out people, as many same as different, ten folds that share no
person; each fold is judged by the threshold that is best on the other nine. Twenty: the held-out people with many
photos, ten practice photos each, logistic regression on frozen features, top-1 on all their other photos, ten seeds.
"""

from __future__ import annotations

import argparse
import os
from itertools import combinations, islice
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from fold import load_average, read_h5
from layout import EMBEDDING
from net import build_net, preprocess_vggface
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from data import Faces, load_faces, shrink

FOLDS = 10
PAIRS_PER_FOLD = 300  # same, and as many different; LFW's own protocol
MOST_PHOTOS = 25  # of one person, among the pairs
PRACTICE_PHOTOS = 10
SEEDS = 10


def draw_same(rows_of: dict[str, np.ndarray], rng: np.random.Generator) -> list[tuple[int, int]]:
    """Draw one fold's pairs of one person: one new pair a person in turn, so that nobody's many photos fill the fold.

    Raises:
        ValueError: the fold's people have too few pairs.
    """
    few = {name: rng.permutation(rows)[:MOST_PHOTOS] for name, rows in rows_of.items()}
    queues = [list(rng.permutation(list(combinations(rows, 2)))) for rows in few.values() if len(rows) > 1]
    if sum(map(len, queues)) < PAIRS_PER_FOLD:
        raise ValueError(f"A fold needs {PAIRS_PER_FOLD} pairs of one person. Received: {sum(map(len, queues))}.")
    turns = (queue[turn] for turn in range(max(map(len, queues))) for queue in queues if turn < len(queue))
    return [tuple(map(int, pair)) for pair in islice(turns, PAIRS_PER_FOLD)]


def draw_different(rows_of: dict[str, np.ndarray], rng: np.random.Generator) -> list[tuple[int, int]]:
    """Draw one fold's pairs of two people, each person as likely as the other."""
    names = sorted(rows_of)
    two = [rng.choice(len(names), 2, replace=False) for _ in range(PAIRS_PER_FOLD)]
    return [(int(rng.choice(rows_of[names[a]])), int(rng.choice(rows_of[names[b]]))) for a, b in two]


def draw_pairs(people: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw balanced pairs in folds that share no person.

    Args:
        people: str, shape (n,), whose photo each row is.

    Returns:
        rows, int, shape (6000, 2); same, bool, shape (6000,); folds, int, shape (6000,).

    Raises:
        ValueError: a fold's people have too few photos.
    """
    rng = np.random.default_rng(seed)
    names = rng.permutation(np.unique(people))
    pairs: list[tuple[int, int]] = []
    for fold in range(FOLDS):
        rows_of = {name: np.flatnonzero(people == name) for name in names[fold::FOLDS]}
        pairs += draw_same(rows_of, rng) + draw_different(rows_of, rng)
    same = np.tile(np.repeat([True, False], PAIRS_PER_FOLD), FOLDS)
    return np.array(pairs), same, np.repeat(np.arange(FOLDS), 2 * PAIRS_PER_FOLD)


def best_threshold(likeness: np.ndarray, same: np.ndarray) -> float:
    """Find the threshold with the most right answers where likeness at or above it means the same person."""
    order = np.argsort(-likeness, kind="stable")
    right = np.cumsum(np.where(same[order], 1, -1))
    return float(likeness[order][np.argmax(right)])


def judge_pairs(features: np.ndarray, people: np.ndarray, seed: int) -> tuple[float, float]:
    """Return mean and standard error over the folds of the accuracy on pairs.

    Args:
        features: float, shape (n, dimensions); compared by the cosine.
        people: str, shape (n,).
    """
    rows, same, folds = draw_pairs(people, seed)
    directions = features / np.linalg.norm(features, axis=1, keepdims=True)
    likeness = (directions[rows[:, 0]] * directions[rows[:, 1]]).sum(axis=1)
    accuracies = []
    for fold in range(FOLDS):
        inside = folds == fold
        threshold = best_threshold(likeness[~inside], same[~inside])
        accuracies.append(np.mean((likeness[inside] >= threshold) == same[inside]))
    return float(np.mean(accuracies)), float(np.std(accuracies, ddof=1) / np.sqrt(FOLDS))


def draw_exam(people: np.ndarray, group: tuple[str, ...], practice: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw the rows of everybody's practice photos, and of all their others; two int arrays."""
    rng = np.random.default_rng(seed)
    shuffled = [rng.permutation(np.flatnonzero(people == name)) for name in group]
    return np.concatenate([rows[:practice] for rows in shuffled]), np.concatenate(
        [rows[practice:] for rows in shuffled]
    )


def judge_classifier(
    features: np.ndarray, people: np.ndarray, practice: np.ndarray, exam: np.ndarray
) -> tuple[float, float]:
    """Return top-1 accuracy of a logistic regression: of all photos of the exam, and the mean by person.

    Args:
        features: float, shape (n, dimensions).
        people: str, shape (n,).
        practice, exam: int, rows.
    """
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    right = classifier.fit(features[practice], people[practice]).predict(features[exam]) == people[exam]
    by_person = [right[people[exam] == name].mean() for name in np.unique(people[exam])]
    return float(right.mean()), float(np.mean(by_person))


def judge_twenty(features: np.ndarray, people: np.ndarray, twenty: tuple[str, ...]) -> tuple[float, float, float]:
    """Return top-1 accuracy of a logistic regression: mean and deviation over the seeds, and the mean by person."""
    judged = [
        judge_classifier(features, people, *draw_exam(people, twenty, PRACTICE_PHOTOS, seed)) for seed in range(SEEDS)
    ]
    accuracies, by_person = zip(*judged, strict=True)
    return float(np.mean(accuracies)), float(np.std(accuracies, ddof=1)), float(np.mean(by_person))


def compute_features(net: keras.Model, faces_rgb: np.ndarray, size_px: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pooled features and the embeddings, each float32, shape (n, 128), of crops as they are."""
    faces_rgb = shrink(faces_rgb, size_px)
    batches = [
        [np.asarray(part) for part in net(preprocess_vggface(faces_rgb[start : start + 128]), training=False)]
        for start in range(0, len(faces_rgb), 128)
    ]
    pooled, embedding = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    return pooled, embedding


def print_row(name: str, pair_features: np.ndarray, frozen_features: np.ndarray, faces: Faces, seed: int) -> None:
    """Judge one recogniser by both tests and print a row of the table."""
    people = faces.people[faces.held_out]
    pairs, error = judge_pairs(pair_features, people, seed)
    top1, spread, by_person = judge_twenty(frozen_features, people, faces.twenty)
    print(f"{name:<34} {pairs:.4f} ± {error:.4f}   {top1:.4f} ± {spread:.4f}   {by_person:.4f}", flush=True)


def print_student(net: keras.Model, faces: Faces, sizes_px: list[int], seed: int) -> None:
    """Print the net's rows: at each size alone and with the mirror image, and all of these looks added up."""
    faces_rgb = faces.faces_rgb[faces.held_out]
    looks = np.zeros((len(faces_rgb), EMBEDDING), np.float32)
    for size_px in sizes_px:
        pooled, embedding = compute_features(net, faces_rgb, size_px)
        mirrored, other = compute_features(net, faces_rgb[:, :, ::-1], size_px)
        looks += embedding + other
        print_row(f"student, {size_px} px", embedding, embedding, faces, seed)
        print_row(f"  face and mirror image, {size_px} px", embedding + other, embedding + other, faces, seed)
        print_row(f"  without its embedding, {size_px} px", pooled - pooled.mean(axis=0), pooled, faces, seed)
        both = pooled + mirrored
        print_row(f"  that and mirror image, {size_px} px", both - both.mean(axis=0), both, faces, seed)
    if len(sizes_px) > 1:
        print_row(f"all sizes and mirror images ({2 * len(sizes_px)})", looks, looks, faces, seed)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--net", type=Path, required=True, help="the exported .h5, or a checkpoint of train.py (.npz)")
    parser.add_argument("--crops", type=Path, required=True, help="crops.npz")
    parser.add_argument("--descriptors", type=Path, nargs="+", required=True, help="descriptors.npz")
    parser.add_argument("--split", type=Path, required=True, help="split.json")
    parser.add_argument("--sizes", type=int, nargs="+", default=[96], help="in pixels")
    parser.add_argument("--seed", type=int, default=0, help="of the pairs and of the untrained net")
    parser.add_argument("--net-only", action="store_true", help="leave out the untrained net and the teacher")
    arguments = parser.parse_args()

    faces = load_faces(arguments.crops, arguments.descriptors, arguments.split)
    faces_rgb, people = faces.faces_rgb[faces.held_out], faces.people[faces.held_out]
    keras.utils.set_random_seed(arguments.seed)
    untrained = build_net(batch_norm=False)
    net = read_h5(arguments.net) if arguments.net.suffix == ".h5" else load_average(arguments.net)

    print(f"{len(people)} photos of {len(np.unique(people))} people, none of them trained on; twenty people among them")
    print(f"{'':<34} pairs, ten folds   top-1 of 20, frozen   by person")
    print_student(net, faces, arguments.sizes, arguments.seed)
    if not arguments.net_only:
        pooled, _ = compute_features(untrained, faces_rgb, arguments.sizes[0])
        print_row(f"untrained, {arguments.sizes[0]} px", pooled - pooled.mean(axis=0), pooled, faces, arguments.seed)
        targets = faces.targets[faces.held_out]
        print_row("teacher, 150 px", targets, targets, faces, arguments.seed)


if __name__ == "__main__":
    main()
