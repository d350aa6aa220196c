"""Fold BatchNorm into the convolutions, check that nothing changed, turn the embedding, and write the file that ships.

The file has the layout of keras-vggface's weights, so that Keras loads it by layer name: one group a layer, its kernel
and bias inside, float16. Beside the thirteen convolutions it holds `embedding`, the layer that meets the teacher's
space; a network without a layer of that name passes over it.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py
import numpy as np
from layout import CONVOLUTIONS
from net import build_net, preprocess_vggface
from within import turn_embedding

from data import load_faces, shrink

if TYPE_CHECKING:
    import keras

TOLERANCE = 1e-3
LAYERS = (*CONVOLUTIONS, "embedding")


def load_average(checkpoint: Path) -> keras.Model:
    """Build the BatchNorm net with the running average of the weights in a checkpoint of train.py."""
    with np.load(checkpoint) as stored:
        net = build_net(batch_norm=True, width=stored["average/conv1_1/kernel"].shape[-1])
        for layer in net.layers:
            for variable in layer.weights:
                variable.assign(stored[f"average/{layer.name}/{variable.name}"])
    return net


def fold(net: keras.Model) -> keras.Model:
    """Return the plain net that computes the same as a BatchNorm net in inference."""
    plain = build_net(batch_norm=False, width=net.get_layer("conv1_1").filters)
    for name in CONVOLUTIONS:
        norm = net.get_layer(name.replace("conv", "bn"))
        gamma, beta, mean, variance = (
            np.asarray(vector, np.float64) for vector in (norm.gamma, norm.beta, norm.moving_mean, norm.moving_variance)
        )
        scale = gamma / np.sqrt(variance + norm.epsilon)
        kernel = np.asarray(net.get_layer(name).kernel, np.float64)  # (3, 3, in, out): the last axis is the filter
        plain.get_layer(name).set_weights([kernel * scale, beta - mean * scale])
    plain.get_layer("embedding").set_weights(net.get_layer("embedding").get_weights())
    return plain


def write_h5(plain: keras.Model, path: Path) -> None:
    """Write kernels and biases, float16, in the legacy Keras layout, beside the place and then into it."""
    partial = path.with_name(path.name + ".partial")
    with h5py.File(partial, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in LAYERS]
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.0.0"  # the version that made this layout; newer files have another
        for name in LAYERS:
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}/{part}:0".encode() for part in ("kernel", "bias")]
            for part, weights in zip(("kernel", "bias"), plain.get_layer(name).get_weights(), strict=True):
                group.create_dataset(f"{name}/{part}:0", data=weights.astype(np.float16), compression="gzip")
    partial.replace(path)


def read_h5(path: Path) -> keras.Model:
    """Build the plain net from the shipped file, float32.

    Raises:
        ValueError: a layer is missing or a weight did not change from its random start.
    """
    with h5py.File(path) as file:
        missing = sorted(set(LAYERS) - set(file))
        if missing:
            raise ValueError(f"{path} lacks the layers {missing}. Make it again with fold.py.")
        plain = build_net(batch_norm=False, width=file["conv1_1"]["conv1_1/kernel:0"].shape[-1])
        before = {name: plain.get_layer(name).get_weights()[0] for name in LAYERS}
        for name in LAYERS:
            plain.get_layer(name).set_weights([file[name][f"{name}/{part}:0"][:] for part in ("kernel", "bias")])
    unchanged = [name for name in LAYERS if np.array_equal(before[name], plain.get_layer(name).get_weights()[0])]
    if unchanged:
        raise ValueError(f"{path} left {unchanged} as they were.")
    return plain


def relative_difference(net: keras.Model, other: keras.Model, faces_rgb: np.ndarray) -> float:
    """Return the two nets' largest difference, relative to the largest value, of pooled features or embeddings."""
    inputs = preprocess_vggface(faces_rgb)
    outputs = [[np.asarray(part) for part in model(inputs, training=False)] for model in (net, other)]
    return max(float(np.abs(a - b).max() / np.abs(a).max()) for a, b in zip(*outputs, strict=True))


def main() -> None:
    """Fold a checkpoint into the file that ships."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, required=True, help="a checkpoint of train.py")
    parser.add_argument("--crops", type=Path, required=True, help="crops.npz")
    parser.add_argument("--descriptors", type=Path, nargs="+", required=True, help="descriptors.npz")
    parser.add_argument("--split", type=Path, required=True, help="split.json")
    parser.add_argument("--out", type=Path, required=True, help="the .h5 file to write")
    parser.add_argument("--size", type=int, default=96, help="size of the faces looked at in pixels")
    arguments = parser.parse_args()

    net = load_average(arguments.checkpoint)
    plain = fold(net)
    faces = load_faces(arguments.crops, arguments.descriptors, arguments.split)
    faces_rgb = shrink(faces.faces_rgb[::400][:64], arguments.size)
    difference = relative_difference(net, plain, faces_rgb)
    if difference > TOLERANCE:
        raise SystemExit(
            f"The folded net differs by {difference:.1e} of the largest value; {TOLERANCE:.0e} is allowed."
        )
    people = turn_embedding(plain, faces, arguments.size)
    print(f"the embedding was turned by photos of {people} people")
    write_h5(plain, arguments.out)
    rounded = relative_difference(plain, read_h5(arguments.out), faces_rgb)
    print(f"folded differs by {difference:.1e} of the largest value, rounded to float16 by {rounded:.1e}")
    size_mb = arguments.out.stat().st_size / 1e6
    print(f"{arguments.out}: {size_mb:.2f} MB, {plain.count_params():,} parameters, the embedding's among them")


if __name__ == "__main__":
    main()
