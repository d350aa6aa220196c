"""Teach the student: distil the teacher's directions into a quarter-width VGG16, resumable after every epoch.

Everything random in epoch e is drawn from (seed, e). After each epoch a checkpoint with weights, their running average,
optimizer and history is written beside its place and renamed into it; a copy stays where the size changes. A resumed
run may be given longer stages, or other minutes: size and learning rate then go on along the new schedule.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from augment import augment
from net import build_net, preprocess_vggface

from data import Faces, load_faces, shrink

SPARE = 1.25  # crops are kept a quarter larger than the size that trains, so that zooming in loses nothing
CHECKPOINT = "checkpoint.npz"


@dataclass(frozen=True)
class Schedule:
    """How size and learning rate follow the progress of a run, the share of its pixels that are done, 0 to 1.

    Attributes:
        stages: size in pixels and number of epochs, in order.
        peak_rate: where the learning rate starts its cosine down to a hundredth.
    """

    stages: tuple[tuple[int, int], ...]
    peak_rate: float

    @classmethod
    def parse(cls, stages: str, peak_rate: float) -> Schedule:
        """Read stages such as "64:30,80:15,96:8": size in pixels, colon, epochs."""
        pairs = (stage.split(":") for stage in stages.split(","))
        return cls(tuple((int(size_px), int(epochs)) for size_px, epochs in pairs), peak_rate)

    @property
    def work(self) -> int:
        """Pixels a face of the whole run; the time of an epoch grows with size_px squared."""
        return sum(size_px**2 * epochs for size_px, epochs in self.stages)

    def size_px(self, progress: float) -> int:
        """Give the size of the stage that progress lies in."""
        left = progress * self.work + 1
        for size_px, epochs in self.stages:
            if left < size_px**2 * epochs:
                break
            left -= size_px**2 * epochs
        return size_px

    def rate(self, progress: float) -> float:
        """Give the learning rate."""
        return self.peak_rate * (0.01 + 0.99 * (1 + math.cos(math.pi * progress)) / 2)


def plan_work(schedule: Schedule, history: list[dict], left_s: float | None) -> float:
    """Give the pixels a face of the whole run: what the stages say, or what the time left allows at the last pace."""
    if left_s is None or not history:
        return schedule.work
    last = history[-8:]
    pixels_per_s = sum(epoch["size_px"] ** 2 for epoch in last) / sum(epoch["elapsed_s"] for epoch in last)
    return sum(epoch["size_px"] ** 2 for epoch in history) + max(left_s, 0) * pixels_per_s


class Student:
    """The net that learns, its running average, and one training step."""

    def __init__(self, weight_decay: float, average_decay: float) -> None:
        self.net = build_net(batch_norm=True)
        self.average = build_net(batch_norm=True)
        self.average.set_weights(self.net.get_weights())
        self.optimizer = keras.optimizers.AdamW(2e-3, weight_decay=weight_decay)
        self.optimizer.build(self.net.trainable_variables)
        self.average_decay = average_decay
        self.step = tf.function(self._step, reduce_retracing=True)
        self.embed_batch = tf.function(lambda faces: self.average(preprocess_vggface(faces), training=False))

    def _step(self, faces_rgb: tf.Tensor, targets: tf.Tensor, average_decay: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            _, embedding = self.net(preprocess_vggface(faces_rgb), training=True)
            cosine = tf.reduce_mean(tf.reduce_sum(embedding * targets, axis=1))
            likeness = tf.matmul(embedding, embedding, transpose_b=True)
            wanted = tf.matmul(targets, targets, transpose_b=True)
            loss = 1 - cosine + 2 * tf.reduce_mean(tf.square(likeness - wanted))
        variables = self.net.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        for mean, variable in zip(self.average.variables, self.net.variables, strict=True):
            mean.assign(mean.value * average_decay + variable.value * (1 - average_decay))
        return loss, cosine

    def train_epoch(self, batches: tf.data.Dataset, rates: np.ndarray, epoch: int) -> dict[str, float]:
        """Take one epoch's steps at the given learning rates, shape (steps,); gives the mean loss and cosine."""
        sums = np.zeros(2)
        for step, (rate, (faces_rgb, targets)) in enumerate(zip(rates, batches, strict=True), epoch * len(rates)):
            self.optimizer.learning_rate.assign(rate)
            decay = min(self.average_decay, (1 + step) / (10 + step))  # a young average forgets faster
            sums += [float(number) for number in self.step(faces_rgb, targets, tf.constant(decay, tf.float32))]
        return dict(zip(("loss", "cosine"), (sums / len(rates)).tolist(), strict=True))

    def watch(self, faces_rgb: np.ndarray, targets: np.ndarray, size_px: int) -> float:
        """Give the running average's mean cosine with the teacher on faces left as they are."""
        faces_rgb = shrink(faces_rgb, size_px)
        batches = np.array_split(faces_rgb, math.ceil(len(faces_rgb) / 125))
        embedding = np.concatenate([self.embed_batch(tf.constant(batch))[1].numpy() for batch in batches])
        return float((embedding * targets).sum(axis=1).mean())

    def save(self, path: Path, history: list[dict], settings: dict) -> None:
        """Write everything a resumed run needs, beside its place and then into it."""
        arrays = {
            f"{part}/{index:03d}": np.asarray(variable)
            for part, variables in self._parts().items()
            for index, variable in enumerate(variables)
        }
        described = json.dumps({"schema": 1, "history": history, "settings": settings})
        partial = path.with_suffix(".partial.npz")
        np.savez(partial, described=np.array(described), **arrays)
        partial.replace(path)

    def load(self, path: Path) -> list[dict]:
        """Read a checkpoint; gives its history."""
        with np.load(path) as stored:
            for part, variables in self._parts().items():
                for index, variable in enumerate(variables):
                    variable.assign(stored[f"{part}/{index:03d}"])
            return json.loads(str(stored["described"]))["history"]

    def _parts(self) -> dict[str, list[keras.Variable]]:
        return {"net": self.net.variables, "average": self.average.variables, "optimizer": self.optimizer.variables}


def make_batches(
    faces_rgb: tf.Tensor, targets: tf.Tensor, batch: int, size_px: int, seed: tuple[int, int]
) -> tf.data.Dataset:
    """Shuffle and augment one epoch's batches.

    Args:
        faces_rgb: uint8, shape (n, from_px, from_px, 3), RGB.
        targets: float32, shape (n, 128).
        seed: the run's seed and the epoch.
    """
    order = np.random.default_rng(seed).permutation(len(targets))
    rows = order[: len(order) // batch * batch].reshape(-1, batch).astype(np.int32)

    def make(step: tf.Tensor, rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        step_seed = tf.stack([seed[0], tf.cast(seed[1] * 100_000 + step, tf.int32)])
        return augment(tf.gather(faces_rgb, rows), size_px, step_seed), tf.gather(targets, rows)

    steps = np.arange(len(rows), dtype=np.int32)
    return tf.data.Dataset.from_tensor_slices((steps, rows)).map(make, num_parallel_calls=1).prefetch(2)


def train(
    student: Student, faces: Faces, schedule: Schedule, history: list[dict], arguments: argparse.Namespace
) -> None:
    """Go through the epochs that are still to come, with a log line and a checkpoint after each."""
    ends_s = None if arguments.minutes is None else time.monotonic() + 60 * arguments.minutes
    targets = tf.constant(faces.targets[faces.trained])
    steps = len(targets) // arguments.batch
    strangers = np.random.default_rng(arguments.seed).permutation(faces.held_out)[:500]
    settings = {key: str(value) if isinstance(value, Path) else value for key, value in vars(arguments).items()}
    stored, stored_px = None, 0
    while True:
        started_s = time.monotonic()
        epoch = len(history)
        work = plan_work(schedule, history, None if ends_s is None else ends_s - started_s)
        done = sum(earlier["size_px"] ** 2 for earlier in history)
        size_px = max(
            schedule.size_px(done / work), history[-1]["size_px"] if history else 0
        )  # never back, if pace changes
        if work - done < size_px**2 / 2:
            break
        if stored_px != round(size_px * SPARE):
            if stored_px:
                shutil.copyfile(
                    arguments.out / CHECKPOINT, arguments.out / f"checkpoint-{epoch:03d}-before-{size_px}px.npz"
                )
            stored_px = round(size_px * SPARE)
            stored = tf.constant(shrink(faces.faces_rgb[faces.trained], stored_px))
        progress = np.minimum((done + size_px**2 * np.arange(steps) / steps) / work, 1)
        rates = np.array([schedule.rate(share) for share in progress])
        if epoch == 0:
            rates *= np.arange(1, steps + 1) / steps
        batches = make_batches(stored, targets, arguments.batch, size_px, (arguments.seed, epoch))
        numbers = student.train_epoch(batches, rates, epoch)
        numbers |= {
            f"{name}_cosine": student.watch(faces.faces_rgb[rows], faces.targets[rows], size_px)
            for name, rows in (("watched", faces.watched), ("strangers", strangers))
        }
        numbers |= {"progress": (done + size_px**2) / work, "elapsed_s": time.monotonic() - started_s}
        history.append({"epoch": epoch, "size_px": size_px, "rate": float(rates[-1]), **numbers})
        print(
            f"{time.strftime('%H:%M:%S')} epoch {epoch + 1}, {size_px} px,",
            ", ".join(f"{name} {number:.4f}" for name, number in numbers.items()),
            flush=True,
        )
        student.save(arguments.out / CHECKPOINT, history, settings)
    print("done", flush=True)


def main() -> None:
    """Train, or go on training."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--crops", type=Path, required=True, help="crops.npz")
    parser.add_argument("--descriptors", type=Path, required=True, help="descriptors.npz")
    parser.add_argument("--split", type=Path, required=True, help="split.json")
    parser.add_argument("--out", type=Path, required=True, help="folder of the checkpoints")
    parser.add_argument("--stages", default="64:40,80:16,96:8", help="size in pixels:epochs, in order")
    parser.add_argument(
        "--minutes", type=float, help="stretch or shorten the stages to end about then; else as they are"
    )
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint, if there is one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=2e-3, help="peak learning rate of AdamW")
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--average-decay", type=float, default=0.998, help="of the running average of the weights")
    arguments = parser.parse_args()

    keras.utils.set_random_seed(arguments.seed)
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    arguments.out.mkdir(parents=True, exist_ok=True)
    checkpoint = arguments.out / CHECKPOINT
    if checkpoint.exists() and not arguments.resume:
        parser.error(f"{checkpoint} exists. Add --resume to go on from it, or give another --out.")
    faces = load_faces(arguments.crops, arguments.descriptors, arguments.split)
    schedule = Schedule.parse(arguments.stages, arguments.rate)
    student = Student(arguments.weight_decay, arguments.average_decay)
    history = student.load(checkpoint) if checkpoint.exists() else []
    print(
        f"{len(faces.trained)} faces train, {len(history)} epochs done;",
        f"stages {arguments.stages}, minutes {arguments.minutes}",
        flush=True,
    )
    train(student, faces, schedule, history, arguments)


if __name__ == "__main__":
    main()
