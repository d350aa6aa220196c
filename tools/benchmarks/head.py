"""Whether the new last layers learn all that frozen features know: the lab against logistic regression.

    python -m tools.benchmarks.head                      # ten sets, five seeds: some minutes
    python -m tools.benchmarks.head --lfw lfw-deepfunneled.tar --seeds 3
    python -m tools.benchmarks.head --network face-vgg-midi

Everything frozen, recommended settings. The rival is scikit-learn's logistic regression on the same features of the
same practice photos and their mirror images, standardised, with C picked on the mock exam. Prints a table in Markdown
and exits 1 where a bar is missed: the mean at most 0.01 below the rival, no set more than 0.03 below it, and at most
1.5 times the seconds of the settings before (one look a round, random start, features as they come).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from core.config import TrainConfig
from core.data.arrays import load_faces
from core.data.dataset import Dataset
from core.models import classifier, weights
from core.models.registry import check_config
from core.presets import preset
from core.training.shared import Shared
from core.workspace import Workspace
from tools.benchmarks import sets

MEAN_BELOW, SET_BELOW, TIMES = 0.01, 0.03, 1.5
STRENGTHS = (1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 10.0)


def rival(dataset: Dataset, workspace: Workspace, config: TrainConfig) -> float:
    """Return the share of right answers of logistic regression in the final exam."""
    config = check_config(config)
    found = weights.require_weights(config.backbone, workspace)
    network = classifier.build_classifier(config, len(dataset.people), found, precision="float32")
    pooled = keras.Sequential([network.prefix, keras.layers.GlobalAveragePooling2D()])
    faces = {
        split: load_faces(dataset, workspace, split, config.image_size_px) for split in ("train", "validation", "test")
    }

    def features(faces_rgb: np.ndarray) -> np.ndarray:
        return np.asarray(pooled.predict(faces_rgb.astype(np.float32), verbose=0))

    practice = np.concatenate([features(faces["train"].faces_rgb), features(faces["train"].faces_rgb[:, :, ::-1])])
    labels = np.tile(faces["train"].labels, 2)
    mock_exam, final_exam = features(faces["validation"].faces_rgb), features(faces["test"].faces_rgb)

    def strength(c: float) -> tuple[float, float, float]:
        model = make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=2000)).fit(practice, labels)
        right = model.score(mock_exam, faces["validation"].labels)
        error = log_loss(faces["validation"].labels, model.predict_proba(mock_exam), labels=model.classes_)
        return right, -error, model.score(final_exam, faces["test"].labels)

    best = max(strength(c) for c in STRENGTHS)
    keras.backend.clear_session()
    return best[2]


def measured(
    dataset: Dataset, workspace: Workspace, recommended: TrainConfig, seeds: range
) -> tuple[float, float, float, float]:
    """Return the rival's share, the lab's mean and standard deviation, and its seconds over those of before."""
    shared = Shared()
    # The first training of a process builds what later ones find ready, and features are asked for once.
    sets.train(dataset, workspace, recommended.with_changes(epochs=2), shared)
    before = recommended.with_changes(min_steps=1, scale_features=False, zero_start=False)
    taken = {}
    for name, config in (("before", before), ("now", recommended)):
        taken[name] = [sets.train(dataset, workspace, config.with_changes(seed=seed), shared) for seed in seeds]
    right = [result["test_accuracy"] for result, _ in taken["now"]]
    seconds = {name: float(np.median([took for _, took in each])) for name, each in taken.items()}
    return (
        rival(dataset, workspace, recommended),
        float(np.mean(right)),
        float(np.std(right, ddof=1)),
        seconds["now"] / seconds["before"],
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lfw", type=Path, default=sets.LFW, help="without it only the drawn people are measured")
    parser.add_argument("--network", default=TrainConfig().backbone)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", default="", metavar="TEXT", help="sets whose name holds this text")
    arguments = parser.parse_args()
    print(
        "| practice photos a person | logistic regression | the lab, everything frozen | difference | times as long |"
    )
    print("|---|---|---|---|---|")
    rows, recommended = [], preset("recommended").with_changes(backbone=arguments.network)
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "home")
        for chosen in sets.named(sets.head_sets(arguments.lfw), arguments.only):
            dataset = sets.build(chosen, Path(folder), workspace, arguments.lfw)
            theirs, ours, spread, times = measured(dataset, workspace, recommended, range(arguments.seeds))
            rows.append((ours - theirs, times))
            print(
                f"| {chosen.name} | {theirs:.3f} | {ours:.3f} ± {spread:.3f} | {ours - theirs:+.3f} | {times:.2f} |",
                flush=True,
            )
    differences, times_longer = (np.array(column) for column in zip(*rows, strict=True))
    kept = differences.mean() >= -MEAN_BELOW and differences.min() >= -SET_BELOW and times_longer.mean() <= TIMES
    print(
        f"\nMean difference {differences.mean():+.3f} (bar -{MEAN_BELOW}), "
        f"worst {differences.min():+.3f} (bar -{SET_BELOW}), "
        f"{times_longer.mean():.2f} times as long (bar {TIMES}): {'kept' if kept else 'MISSED'}."
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
