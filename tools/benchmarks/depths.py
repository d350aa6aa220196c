"""Right answers against freeze depth, over several seeds: the table behind the default settings and the cards in docs/.

    python -m tools.benchmarks.depths data/sample --seeds 10
    python -m tools.benchmarks.depths data/sample --seeds 10 --untrained
    python -m tools.benchmarks.depths FOLDER --depths 10,13 --set learning_rate=0.003 --set epochs=30

Each seed draws the head, the order, the views, and (where the folder brings no split of its own) the split. The depth
is picked on the mock exam and reported on the final exam. One run after the other in one process, so seconds can be
compared with each other and with nothing else.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import numpy as np
from scipy.stats import binomtest

from core import runs
from core.config import SplitConfig, TrainConfig
from core.models import backbones
from core.models.units import architecture
from core.photos.dataset import build_dataset
from core.presets import preset
from core.training.trainer import run_training
from core.workspace import Workspace


def one_run(workspace: Workspace, data: Path, config: TrainConfig, place: Path) -> dict[str, Any]:
    """Train and test once; give the summary with the rights and wrongs of the final exam in the order of its photos."""
    dataset = build_dataset(data, workspace, split=SplitConfig(seed=config.seed))
    run = runs.create_run(place, dataset, config, state="running")
    began_s = time.perf_counter()
    run_training(run.job, workspace)
    seconds = time.perf_counter() - began_s
    predictions, summary = run.predictions(), run.summary()
    assert predictions is not None
    assert summary is not None
    keras.backend.clear_session()
    right = predictions.probabilities.argmax(axis=1) == predictions.labels
    return {**summary, "seconds": seconds, "right": right.tolist()}


def table(results: dict[int, list[dict[str, Any]]]) -> list[str]:
    """Give the table's lines: a depth a row."""
    lines = ["| frozen | mock exam | final exam | lowest | highest | seconds |", "|---|---|---|---|---|---|"]
    for depth, rows in results.items():
        validation = np.mean([row["val_accuracy"] for row in rows])
        test = np.array([row["test_accuracy"] for row in rows])
        seconds = np.median([row["seconds"] for row in rows])
        spread = f"{test.mean():.3f} ± {test.std(ddof=1):.3f}" if len(rows) > 1 else f"{test.mean():.3f}"
        lines.append(f"| {depth} | {validation:.3f} | {spread} | {test.min():.3f} | {test.max():.3f} | {seconds:.1f} |")
    return lines


def verdict(results: dict[int, list[dict[str, Any]]]) -> str:
    """Pick the depth with the best mock exam, and hold it against all frozen on the same photos and seeds."""
    means = {depth: np.mean([row["val_accuracy"] for row in rows]) for depth, rows in results.items()}
    # Of equals the deepest freeze: the fewest retrained layers.
    best = max(means, key=lambda depth: (round(means[depth], 6), depth))
    deepest = max(results)
    pairs = [
        (picked, frozen)
        for a, b in zip(results[best], results[deepest], strict=True)
        for picked, frozen in zip(a["right"], b["right"], strict=True)
    ]
    fixed = sum(picked and not frozen for picked, frozen in pairs)
    broken = sum(frozen and not picked for picked, frozen in pairs)
    p = binomtest(fixed, fixed + broken).pvalue if fixed + broken else 1.0
    return (
        f"Picked on the mock exam: {best} frozen. Against all {deepest} frozen, over all seeds and photos: "
        f"{fixed} fixed, {broken} broken (exact McNemar p = {p:.2g}; the seeds share photos, so p is too small)."
    )


def _changes(pairs: list[str]) -> dict[str, Any]:
    return {name: json.loads(value) for name, value in (pair.split("=", 1) for pair in pairs)}


def main() -> None:
    """Print the table and the verdict."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--preset", default="recommended")
    parser.add_argument("--backbone", default="face-vgg-mini")
    parser.add_argument("--depths", help="such as 0,4,13; all stops where missing")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--untrained", action="store_true")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=JSON", help="another setting")
    arguments = parser.parse_args()

    stops = architecture(arguments.backbone).stops()
    depths = [int(part) for part in arguments.depths.split(",")] if arguments.depths else list(stops)
    asked = preset(arguments.preset).with_changes(backbone=arguments.backbone, pretrained=not arguments.untrained)
    asked = asked.with_changes(**_changes(arguments.set))
    results: dict[int, list[dict[str, Any]]] = {depth: [] for depth in depths}
    with TemporaryDirectory(prefix="vggface-lab-") as scratch:
        workspace = Workspace(Path(scratch))
        for seed in range(arguments.seeds):
            for depth in depths:
                config = backbones.check_config(asked.with_changes(freeze_depth=depth, seed=seed))
                place = workspace.runs / f"{depth}-{seed}"
                results[depth].append(one_run(workspace, arguments.data, config, place))
    changed = {k: v for k, v in asked.to_dict().items() if v != TrainConfig().to_dict()[k]}
    print(f"{arguments.data.name}, {arguments.seeds} seeds, {asked.backbone}, changed: {changed or 'nothing'}")
    print(*table(results), sep="\n")
    print(verdict(results))


if __name__ == "__main__":
    main()
