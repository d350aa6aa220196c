"""Whether letting blocks learn destroys what they know, at every stop of the strip.

    python -m tools.benchmarks.unfreeze                  # four sets, six stops, five seeds: about half an hour
    python -m tools.benchmarks.unfreeze --wide           # the same in the real VGG16's shapes, one set and one seed

Recommended settings. Two bars: the mock exam of each of the first three rounds after the border is at most 0.10 below
the last round before it, in every training; and at each stop of each set the mean final exam of the seeds is at least
that of the new last layers alone, less 0.01. Prints a table in Markdown and exits 1 where a bar is missed.

`--wide` needs no download: Mini's channels are each repeated four times, with the weights divided among the copies
(Chen et al., "Net2Net", ICLR 2016), which gives VGG-Face's shapes, Mini's answers, and something to lose.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np

from core.data.dataset import Dataset
from core.models import weights, weights_file
from core.models.registry import backbone
from core.presets import preset
from core.training.shared import Shared
from core.workspace import Workspace
from tools.benchmarks import sets

FALL, LOSS, ROUNDS, COPIES = 0.10, 0.01, 3, 4


def measured(
    dataset: Dataset, workspace: Workspace, network: str, seeds: range
) -> list[tuple[int, float, float, float, float]]:
    """Return for each stop: frozen units, deepest fall, right answers of the head and of all as shares, and spread."""
    stops = backbone(network).architecture.freeze_boundaries()
    shared, rows = Shared(stops), []
    for depth in stops[:-1]:
        found = []
        for seed in seeds:
            config = preset("recommended").with_changes(backbone=network, freeze_depth=depth, seed=seed)
            result, _ = sets.train(dataset, workspace, config, shared)
            border = result["head_only"]["epoch"]
            mock = [row["val_accuracy"] for row in result["history"]]
            fall = mock[border] - min(mock[border + 1 : border + 1 + ROUNDS])
            found.append((fall, result["head_only"]["test_correct"] / result["test_total"], result["test_accuracy"]))
        falls, head, right = (np.array(column) for column in zip(*found, strict=True))
        spread = float(right.std(ddof=1)) if len(right) > 1 else float("nan")
        rows.append((depth, float(falls.max()), float(head.mean()), float(right.mean()), spread))
    return rows


def widen(workspace: Workspace, path: Path) -> None:
    """Write Mini as VGG-Face's VGG16 that answers alike, and import it as its weights."""
    mini = weights_file.read_layers(weights.require_weights("face-vgg-mini", workspace).path, "face-vgg-mini")
    rng = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        names = [layer.name for layer in backbone("vggface-vgg16").architecture.weight_layers]
        file.attrs["layer_names"] = [name.encode() for name in names]
        for name in names:
            kernel, bias = mini[name]
            inputs = 1 if kernel.shape[2] == 3 else COPIES
            wide = np.repeat(np.repeat(kernel, inputs, axis=2) / inputs, COPIES, axis=3)
            # Copies that learn the same for ever would still be Mini.
            wide = wide * (1 + 0.02 * rng.standard_normal(wide.shape))
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}/kernel:0".encode(), f"{name}/bias:0".encode()]
            group.create_dataset(f"{name}/kernel:0", data=wide.astype(np.float32))
            group.create_dataset(f"{name}/bias:0", data=np.repeat(bias, COPIES).astype(np.float32))
    weights.import_weights("vggface-vgg16", path, workspace)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lfw", type=Path, default=sets.LFW, help="without it only the drawn people are measured")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", default="", metavar="TEXT", help="sets whose name holds this text")
    parser.add_argument("--wide", action="store_true", help="VGG16's real shapes")
    arguments = parser.parse_args()
    print(
        "| practice photos a person | frozen layers | deepest fall | new last layers alone | final exam | difference |"
    )
    print("|---|---|---|---|---|---|")
    falls, losses = [], []
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "home")
        network, chosen, seeds = (
            "face-vgg-mini",
            sets.named(sets.unfreeze_sets(arguments.lfw), arguments.only),
            range(arguments.seeds),
        )
        if arguments.wide:
            widen(workspace, Path(folder) / "wide.h5")
            network, chosen, seeds = "vggface-vgg16", chosen[:1], range(1)
        for each in chosen:
            dataset = sets.build(each, Path(folder), workspace, arguments.lfw)
            for depth, fall, head, right, spread in measured(dataset, workspace, network, seeds):
                falls.append(fall)
                losses.append(head - right)
                row = f"{fall:.3f} | {head:.3f} | {right:.3f} ± {spread:.3f} | {right - head:+.3f}"
                print(f"| {each.name} | {depth} | {row} |", flush=True)
    kept = max(falls) <= FALL and max(losses) <= LOSS
    print(
        f"\nDeepest fall {max(falls):.3f} (bar {FALL}), largest loss {max(losses):.3f} (bar {LOSS}): "
        f"{'kept' if kept else 'MISSED'}."
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
