"""How near the frozen layers of VGG-Face's shape come to what this machine can do at all, in GFLOP a second.

    python -m tools.benchmarks.limit                  # some minutes
    python -m tools.benchmarks.limit --layers         # and each layer alone

"the lab" is `FrozenLayers` with 13 layers as a training asks it: pictures drawn, computed, rounded as they are kept. It
is held against the best of several convolutions of its kind and of several matrix products, in the same TensorFlow and
format, all by turns, the quickest try of each. A FLOP is a multiplication or an addition. bfloat16 only where the lab
chooses it here. Prints a table in Markdown, and exits 1 where the lab has less than 0.85 of the best convolution in the
format that the lab chooses. `--processor` counts a second for each core at work, for a machine that others use.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tensorflow as tf

from core.config import TrainConfig
from core.models.architectures import architecture
from core.models.classifier import Classifier, build_classifier
from core.training.features import PREFIX_BATCH, FrozenLayers
from core.training.pictures import Pictures
from core.training.precision import Format, resolve_precision
from core.workspace import Workspace

BAR, NETWORK, ROUNDS = 0.85, "vggface-vgg16", 4
# Pictures, side, channels: those of the network's own layers from its second block on.
CONVOLUTIONS = ((8, 112, 128), (8, 56, 256), (8, 28, 512), (32, 28, 256), (32, 28, 512), (32, 14, 512))
SQUARES = (1024, 2048, 4096)
# What is done, and how many GFLOP that are.
Work = tuple[Callable[[], object], float]


def network_of(px: int, precision: Format) -> Classifier:
    """Build the network with all layers frozen, from nothing."""
    config = TrainConfig(backbone=NETWORK, pretrained=False, image_size_px=px)
    return build_classifier(config, 2, None, precision=precision)


def lab(px: int, precision: Format) -> Work:
    """Return what a training asks of the frozen layers."""
    faces = np.random.default_rng(0).integers(0, 255, (PREFIX_BATCH, px, px, 3)).astype(np.uint8)
    network = network_of(px, precision)
    layers, pictures = FrozenLayers(network, len(network.units), {}), Pictures(faces, ["00" * 32] * PREFIX_BATCH)
    macs = sum(architecture(NETWORK).macs(px))
    return lambda: layers(pictures, np.arange(PREFIX_BATCH)), 2e-9 * PREFIX_BATCH * macs


def convolution(pictures: int, side: int, channels: int, dtype: tf.DType) -> Work:
    """Return a convolution, 3 x 3, with as many channels as it takes."""
    shown = tf.cast(tf.random.stateless_normal((pictures, side, side, channels), (0, 1)), dtype)
    kernel = tf.cast(tf.random.stateless_normal((3, 3, channels, channels), (0, 2)), dtype)
    traced = tf.function(lambda: tf.nn.conv2d(shown, kernel, 1, "SAME"), jit_compile=False)
    return lambda: traced(), 2e-9 * 9 * pictures * side**2 * channels**2


def product(side: int, dtype: tf.DType) -> Work:
    """Return a product of two square matrices."""
    square = tf.cast(tf.random.stateless_normal((side, side), (0, 1)), dtype)
    traced = tf.function(lambda: tf.linalg.matmul(square, square), jit_compile=False)
    return lambda: traced(), 2e-9 * side**3


def speeds(works: dict[str, list[Work]], clock: Callable[[], float]) -> dict[str, float]:
    """Return the GFLOP a second of each name's best work; all take turns."""
    best = dict.fromkeys(works, 0.0)
    for round_ in range(ROUNDS + 1):
        for name, some in works.items():
            for work, gflop in some:
                began_s = clock()
                work()
                if round_:  # The first one is not like the others.
                    best[name] = max(best[name], gflop / (clock() - began_s))
    return best


def layer_lines(px: int, precision: Format, clock: Callable[[], float]) -> list[str]:
    """Return a line of the table for each layer alone, with the pooling before it."""
    network, macs = network_of(px, precision), architecture(NETWORK).macs(px)
    rng = np.random.default_rng(0)
    works: dict[str, list[Work]] = {}
    for depth, unit in enumerate(network.units):
        shape = network.feature_shape(depth) if depth else (px, px, 3)
        shown = tf.cast(rng.random((PREFIX_BATCH, *shape), np.float32), network.unit_inputs[depth].dtype)
        model = network.part(depth + 1, depth)
        traced = tf.function(lambda shown, model=model: model(shown, training=False), jit_compile=False)
        works[unit] = [(partial(traced, shown), 2e-9 * PREFIX_BATCH * macs[depth])]
    found = speeds(works, clock)
    seconds = {unit: works[unit][0][1] / found[unit] for unit in found}
    whole = sum(seconds.values())
    return [f"| {unit} | {found[unit]:.0f} | {seconds[unit] / whole:.0%} |" for unit in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--px", type=int, default=224)
    parser.add_argument("--layers", action="store_true", help="each layer alone as well")
    parser.add_argument("--processor", action="store_true", help="count the processor's seconds")
    asked = parser.parse_args()
    clock = time.process_time if asked.processor else time.perf_counter
    with TemporaryDirectory() as folder:
        chosen = resolve_precision("auto", Workspace(Path(folder)))
    formats: list[Format] = list(dict.fromkeys(("float32", chosen)))
    print(
        "| | matrix product | convolution | the lab | of the convolution | of the product |",
        "|---|---|---|---|---|---|",
        sep="\n",
    )
    for precision in formats:
        dtype = tf.as_dtype(precision)
        found = speeds(
            {
                "product": [product(side, dtype) for side in SQUARES],
                "convolution": [convolution(*shape, dtype) for shape in CONVOLUTIONS],
                "lab": [lab(asked.px, precision)],
            },
            clock,
        )
        share = found["lab"] / found["convolution"]
        numbers = " | ".join(f"{found[name]:.0f}" for name in ("product", "convolution", "lab"))
        print(f"| {precision} | {numbers} | {share:.2f} | {found['lab'] / found['product']:.2f} |")
        sys.stdout.flush()
    if asked.layers:
        print("", "| layer | GFLOP/s | of the time |", "|---|---|---|", *layer_lines(asked.px, chosen, clock), sep="\n")
    sys.exit(int(share < BAR))


if __name__ == "__main__":
    main()
