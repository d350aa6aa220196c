"""Check a drawn set: `faces` in the lab's environment, `likeness` in one with dlib and face_recognition_models."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

SPLITS = ("train", "validation", "test")


def sample_of(out: Path) -> list[Path]:
    """The photos of the six people, without the extras."""
    return sorted(path for split in SPLITS for path in (out / "sample" / split).glob("*/*.jpg"))


def photos_of(out: Path) -> list[Path]:
    """The photos of the sample and the strangers."""
    return sample_of(out) + sorted((out / "strangers").glob("*.jpg"))


def check_faces(out: Path) -> int:
    """Print every photo in which YuNet does not find exactly one face; gives their number."""
    from core.data.detection import find_faces

    wrong = 0
    photos = photos_of(out)
    for path in photos:
        count = len(find_faces(np.asarray(Image.open(path).convert("RGB"))))
        if count != 1:
            wrong += 1
            print(f"{path.relative_to(out)}: {count} faces")
    print(f"{len(photos) - wrong} of {len(photos)} photos hold exactly one face")
    return wrong


def describe(paths: list[Path]) -> tuple[np.ndarray, np.ndarray]:
    """128 numbers for each photo in which dlib finds a face, and the numbers of those photos."""
    import dlib  # type: ignore[import-not-found,unused-ignore]
    import face_recognition_models as models  # type: ignore[import-not-found,unused-ignore]

    detector: Any = dlib.cnn_face_detection_model_v1(models.cnn_face_detector_model_location())
    shape = dlib.shape_predictor(models.pose_predictor_five_point_model_location())
    net = dlib.face_recognition_model_v1(models.face_recognition_model_location())
    rows, kept = [], []
    for i, path in enumerate(paths):
        rgb = np.asarray(Image.open(path).convert("RGB"))
        found = [f.rect for f in detector(rgb, 0)]
        if found:
            box = max(found, key=lambda r: r.area())
            rows.append(np.array(net.compute_face_descriptor(rgb, shape(rgb, box))))
            kept.append(i)
    return np.array(rows), np.array(kept)


def check_likeness(out: Path, each: int) -> None:
    """Print how often the nearest mean of the other photos names the right one of six people."""
    paths = sample_of(out)
    people = sorted({p.parent.name for p in paths})
    rng = np.random.default_rng(0)
    features, kept = describe(paths)
    labels = np.array([people.index(paths[i].parent.name) for i in kept])
    print(f"dlib finds a face in {len(kept)} of {len(paths)} photos")
    table = np.zeros((len(people), len(people)), int)
    for _ in range(50):
        chosen = np.concatenate([rng.permutation(np.flatnonzero(labels == k))[:each] for k in range(len(people))])
        for i in chosen:
            rest = chosen[chosen != i]
            means = np.array([features[rest[labels[rest] == k]].mean(axis=0) for k in range(len(people))])
            table[labels[i], np.argmin(np.linalg.norm(means - features[i], axis=1))] += 1
    print(f"leave-one-out from {each} photos each: {np.trace(table) / table.sum():.3f}")
    print(json.dumps({name: dict(zip(people, row.tolist(), strict=True)) for name, row in
                      zip(people, table, strict=True)}, indent=1))  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """The command line; 1 when a photo does not hold exactly one face."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("faces", "likeness"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--each", type=int, default=6)
    arguments = parser.parse_args(argv)
    if arguments.what == "faces":
        return int(check_faces(arguments.out) > 0)
    check_likeness(arguments.out, arguments.each)
    return 0


if __name__ == "__main__":
    sys.exit(main())
