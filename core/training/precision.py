"""The number format that a network computes in: what is faster here, measured once and kept in the workspace."""

from __future__ import annotations

import platform
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tensorflow as tf

from core.config import Precision
from core.errors import LabError
from core.schema import Finite, Schema
from core.workspace import Workspace

Format = Literal["float32", "bfloat16"]
# So many times as fast bfloat16 must be: it has three digits only, and a machine's other work moves what is measured.
CLEAR_GAIN = 1.2
# The part of a network that is timed: a layer in the middle of a VGG, forward and backward.
PICTURES, SIDE_PX, CHANNELS = 4, 28, 128
FEWEST_TURNS, LEAST_S = 5, 0.8


@dataclass(frozen=True)
class Measured:
    """The seconds of a piece of work in both formats, and where that was measured."""

    float32_s: Finite
    bfloat16_s: Finite
    tensorflow: str
    processor: str


FILE = Schema(Measured)


def resolve_precision(
    asked: Precision, workspace: Workspace, measure: Callable[[], tuple[float, float]] | None = None
) -> Format:
    """Turn "auto" into what computes clearly faster here; a tie is float32. The saved model is float32 in any case.

    No processor's flags are asked: those that multiply bfloat16 natively are several (AMX, AVX-512, AVX-NE-CONVERT,
    ARM), not every system tells them, and whether TensorFlow makes use of them is another question.

    Args:
        asked: what the settings say.
        workspace: keeps what was measured, for this processor and version of TensorFlow.
        measure: returns the seconds in float32 and in bfloat16.
    """
    if asked != "auto":
        return asked
    path = workspace.cache / "precision.json"
    here = tf.__version__, processor_name()
    try:
        measured = FILE.read(path)
    except (LabError, OSError):
        measured = None
    if measured is None or (measured.tensorflow, measured.processor) != here:
        try:
            measured = Measured(*(measure or _measure)(), *here)
        except tf.errors.OpError:  # this TensorFlow computes no bfloat16 here
            return "float32"
        with suppress(OSError):
            FILE.write(path, measured)
    return "bfloat16" if measured.float32_s >= CLEAR_GAIN * measured.bfloat16_s else "float32"


def processor_name() -> str:
    """Return what this computer's processor calls itself."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        told = ""
    found = re.search(r"^model name\s*:\s*(.+)$", told, re.MULTILINE)
    return found[1] if found else platform.processor() or platform.machine()


def least_seconds(works: Sequence[Callable[[], object]], clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Return the seconds of each work's quickest try; they take turns, so that what else runs here meets all."""
    for work in works:
        work()
    least, turns, begins_s = [float("inf")] * len(works), 0, clock()
    while turns < FEWEST_TURNS or clock() - begins_s < LEAST_S:
        for place, work in enumerate(works):
            began_s = clock()
            work()
            least[place] = min(least[place], clock() - began_s)
        turns += 1
    return least


def _measure() -> tuple[float, float]:
    float32_s, bfloat16_s = least_seconds([_layer(tf.float32), _layer(tf.bfloat16)])
    return float32_s, bfloat16_s


def _layer(dtype: tf.DType) -> Callable[[], object]:
    """Return a function that computes a layer and its gradients from float32 weights, as a training does."""
    pictures = tf.cast(tf.random.stateless_uniform((PICTURES, SIDE_PX, SIDE_PX, CHANNELS), (0, 1)), dtype)
    kernel = tf.random.stateless_normal((3, 3, CHANNELS, CHANNELS), (0, 2), stddev=0.03)

    def gradients(pictures: tf.Tensor, kernel: tf.Tensor) -> list[tf.Tensor]:
        shown = tf.nn.relu(tf.nn.conv2d(pictures, tf.cast(kernel, dtype), 1, "SAME"))
        loss = tf.reduce_sum(tf.cast(shown, tf.float32))
        return list(tf.gradients(loss, [pictures, kernel]))

    traced = tf.function(gradients, jit_compile=False)
    return lambda: [each.numpy() for each in traced(pictures, kernel)]
