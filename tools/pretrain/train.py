"""Teach the student: distil the teacher's directions into a narrow VGG16, resumable after every epoch, on CPU or GPU.

Everything random in epoch e is drawn from (seed, e). After each epoch a checkpoint with weights, their running average,
optimizer and history is written beside its place and renamed into it; a copy stays where the size changes. A resumed
run may be given longer stages, other minutes, blends or losses: it then goes on along the new schedule.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from augment import augment
from layout import WIDTH
from sampling import Lessons, draw_batches
from schedule import Schedule, next_epoch
from student import Net, Student, Wanted

from data import Faces, load_blends, load_faces, shrink

if TYPE_CHECKING:
    from collections.abc import Iterator

SPARE = 1.25  # crops are kept a quarter larger than the size that trains, so that zooming in loses nothing
CHECKPOINT = "checkpoint.npz"
FINISHED = "average.npz"  # the running average alone: what fold.py needs, small enough to carry
CALIBRATION = 384  # faces from which a net that starts from a file takes its BatchNorms
REFIT = 6000  # faces that its embedding is fitted to
WATCHED = 500  # faces of each kind that are watched


@dataclass(frozen=True)
class Course:
    """How lessons are drawn.

    Attributes:
        batch: lessons a step.
        near: share of a batch that is near to its others.
        hard: how much further than usual faces are moved, shrunk and darkened.
        seed: of everything drawn.
    """

    batch: int
    near: float
    hard: float
    seed: int

    def views(
        self, stored: torch.Tensor, lessons: Lessons, size_px: int, epoch: int
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Yield one epoch's batches: views, float32, shape (batch, 3, size_px, size_px), and targets, (batch, 128).

        Args:
            stored: uint8, shape (faces, 3, from_px, from_px), RGB, on the device that trains.
            lessons: their rows are rows of `stored`.
            size_px: side of the views.
            epoch: with the seed decides everything random.
        """
        rng = np.random.default_rng((self.seed, epoch))
        generator = torch.Generator(stored.device)
        targets = torch.from_numpy(lessons.targets).to(stored.device)
        for rows in draw_batches(lessons.targets, self.batch, self.near, rng):
            first, second, share, places = (
                torch.from_numpy(array).to(stored.device)
                for array in (lessons.first[rows], lessons.second[rows], lessons.share[rows], rows)
            )
            generator.manual_seed(int(rng.integers(2**62)))
            faces = stored[second].float().lerp(stored[first].float(), share[:, None, None, None])
            yield augment(faces, size_px, generator, self.hard), targets[places]


def store(faces_rgb: np.ndarray, size_px: int, device: str) -> torch.Tensor:
    """Put crops, uint8, shape (n, from_px, from_px, 3), shrunk to SPARE times the size, where training finds them."""
    small_px = min(round(size_px * SPARE), faces_rgb.shape[1])
    return torch.from_numpy(shrink(faces_rgb, small_px)).permute(0, 3, 1, 2).to(device)


def train_epoch(
    student: Student, views: Iterator[tuple[torch.Tensor, torch.Tensor]], rates: np.ndarray, steps_done: int
) -> dict[str, float]:
    """Take one epoch's steps at the given learning rates, shape (steps,); return the mean loss and cosine."""
    sums = torch.zeros(2, device=student.device)
    for step, (rate, (faces_rgb, targets)) in enumerate(zip(rates, views, strict=True), steps_done):
        sums += student.step(faces_rgb, targets, float(rate), step)
    return dict(zip(("loss", "cosine"), (sums / len(rates)).tolist(), strict=True))


def watched_rows(faces: Faces, seed: int) -> dict[str, np.ndarray]:
    """Choose the faces, left as they are, whose cosine with the teacher is told: of training, of AAF, and strangers.

    Where training faces stand far above strangers, more people would help; where they stand low too, width or time.
    """
    rng = np.random.default_rng(seed)
    return {
        "strangers": rng.permutation(faces.held_out)[:WATCHED],
        "trained": rng.permutation(faces.trained)[:WATCHED],
        "watched": faces.watched,
    }


def watch(student: Student, faces: Faces, watched: dict[str, np.ndarray], size_px: int) -> dict[str, float]:
    """Return the running average's mean cosine with the teacher on each kind of watched faces, left as they are."""
    found = {}
    for name, rows in watched.items():
        embedding = student.embed(shrink(faces.faces_rgb[rows], size_px))
        found[f"{name}_cosine"] = float((embedding * faces.targets[rows]).sum(axis=1).mean())
    return found


def tell(what: str, numbers: dict[str, float]) -> None:
    """Print a line of the log."""
    print(
        f"{time.strftime('%H:%M:%S')} {what}, {', '.join(f'{name} {n:.4f}' for name, n in numbers.items())}", flush=True
    )


def train(student: Student, faces: Faces, lessons: Lessons, history: list[dict], arguments: argparse.Namespace) -> None:
    """Go through the epochs that are still to come, with a log line and a checkpoint after each."""
    schedule = Schedule.parse(arguments.stages, arguments.rate)
    course = Course(arguments.batch, arguments.near, arguments.hard, arguments.seed)
    ends_s = None if arguments.minutes is None else time.monotonic() + 60 * arguments.minutes
    steps = len(lessons.targets) // arguments.batch
    watched = watched_rows(faces, arguments.seed)
    stored, stored_for_px = None, 0
    if arguments.start and not history:
        size_px = schedule.size_px(0)
        tell(f"before epoch 1, {size_px} px", watch(student, faces, watched, size_px))
    while True:
        started_s, epoch = time.monotonic(), len(history)
        upcoming = next_epoch(schedule, history, None if ends_s is None else ends_s - started_s)
        if upcoming is None:
            break
        size_px, before, after = upcoming
        if stored_for_px != size_px:
            if stored_for_px:
                keep_copy(arguments.out, epoch, size_px)
            stored, stored_for_px = store(faces.faces_rgb[faces.trained], size_px, student.device), size_px
        rates = np.array([schedule.rate(share) for share in before + (after - before) * np.arange(steps) / steps])
        if epoch == 0:
            rates *= np.arange(1, steps + 1) / steps
        views = course.views(stored, lessons, size_px, epoch)
        numbers = train_epoch(student, views, rates, epoch * steps)
        numbers |= watch(student, faces, watched, size_px) | {
            "progress": after,
            "elapsed_s": time.monotonic() - started_s,
        }
        history.append({"epoch": epoch, "size_px": size_px, "rate": float(rates[-1]), **numbers})
        tell(f"epoch {epoch + 1}, {size_px} px", numbers)
        save(student, arguments, history)
    if history:
        arrays = {f"average/{name}": array for name, array in student.average.arrays().items()}
        np.savez_compressed(arguments.out / FINISHED, **arrays)
    print("done", flush=True)


def keep_copy(folder: Path, epoch: int, size_px: int) -> None:
    """Keep the checkpoint that stands before another size begins."""
    shutil.copyfile(folder / CHECKPOINT, folder / f"checkpoint-{epoch:03d}-before-{size_px}px.npz")


def save(student: Student, arguments: argparse.Namespace, history: list[dict]) -> None:
    """Write everything a resumed run needs, beside its place and then into it."""
    described = json.dumps({"schema": 2, "history": history, "settings": vars(arguments)}, default=str)
    partial = arguments.out / f"partial-{CHECKPOINT}"
    np.savez(partial, described=np.array(described), **student.arrays())
    partial.replace(arguments.out / CHECKPOINT)


def load(student: Student, path: Path) -> list[dict]:
    """Go on from a checkpoint; return its history."""
    with np.load(path) as stored:
        arrays = dict(stored)
    described = arrays.pop("described")
    student.set_arrays(arrays)
    return json.loads(str(described))["history"]


def begin(student: Student, faces: Faces, lessons: Lessons, arguments: argparse.Namespace) -> None:
    """Take the weights of --start, a shipped .h5 or a checkpoint, as the first ones."""
    if arguments.start.suffix == ".npz":
        with np.load(arguments.start) as stored:
            student.net.set_arrays({name.removeprefix("average/"): stored[name] for name in stored})
    else:
        size_px = int(arguments.stages.split(":")[0])
        rows = np.random.default_rng(arguments.seed).permutation(faces.trained)[:REFIT]
        views = store(faces.faces_rgb[rows[:CALIBRATION]], size_px, student.device).float()
        generator = torch.Generator(student.device).manual_seed(arguments.seed)
        targets = torch.from_numpy(faces.targets[rows]).to(student.device)
        student.net.start_from_shipped(
            arguments.start, augment(views, size_px, generator), targets[:CALIBRATION], arguments.seed
        )
        student.net.eval()
        small = store(faces.faces_rgb[rows], size_px, student.device)
        with torch.no_grad():
            pooled = torch.cat(
                [student.net.pooled(augment(batch.float(), size_px, generator)) for batch in small.split(256)]
            )
        student.net.fit_embedding(pooled, targets)
    student.average.load_state_dict(student.net.state_dict())


def load_guide(path: Path, device: str) -> Net:
    """Build the net, of whatever width, whose running average a checkpoint holds."""
    with np.load(path) as stored:
        arrays = {name.removeprefix("average/"): stored[name] for name in stored if name.startswith("average/")}
    guide = Net(arrays["conv1_1/kernel"].shape[-1])
    guide.set_arrays(arrays)
    return guide.to(device, memory_format=torch.channels_last).eval().requires_grad_(False)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--crops", type=Path, required=True, help="crops.npz, or a folder of pack.py")
    parser.add_argument(
        "--descriptors", type=Path, nargs="+", required=True, help="one file or more; their mean counts"
    )
    parser.add_argument("--split", type=Path, required=True, help="split.json")
    parser.add_argument("--blends", type=Path, nargs="+", help="blends.npz, one file or more; their mean counts")
    parser.add_argument("--out", type=Path, required=True, help="folder of the checkpoints")
    parser.add_argument("--start", type=Path, help="weights to begin from: a shipped .h5, or a checkpoint")
    parser.add_argument("--guide", type=Path, help="checkpoint of a wider net that teaches beside the teacher")
    parser.add_argument("--width", type=int, default=WIDTH, help="filters of the first block; VGG16 has 64")
    parser.add_argument("--stages", default="64:40,80:16,96:8", help="size in pixels:epochs, in order")
    parser.add_argument("--minutes", type=float, help="stretch or shorten the stages to end about then")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint, if there is one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=2e-3, help="peak learning rate of AdamW")
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--average-decay", type=float, default=0.998, help="of the running average of the weights")
    parser.add_argument("--likeness", type=float, default=2.0, help="weight of the likenesses within a batch")
    parser.add_argument("--neighbours", type=float, default=0.0, help="weight of the loss on neighbours")
    parser.add_argument("--features", type=float, default=0.0, help="weight of the likenesses of pooled features")
    parser.add_argument("--guidance", type=float, default=0.5, help="the guide's share of what is wanted")
    parser.add_argument("--near", type=float, default=0.0, help="share of a batch that is near to its others")
    parser.add_argument("--hard", type=float, default=1.0, help="how much harder than usual crops are")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    if (arguments.out / CHECKPOINT).exists() and not arguments.resume:
        parser.error(f"{arguments.out / CHECKPOINT} exists. Add --resume to go on from it, or give another --out.")
    return arguments


def main() -> None:
    """Train, or go on training."""
    arguments = parse_arguments()
    torch.manual_seed(arguments.seed)
    torch.backends.cudnn.benchmark = True
    arguments.out.mkdir(parents=True, exist_ok=True)
    checkpoint = arguments.out / CHECKPOINT
    faces = load_faces(arguments.crops, arguments.descriptors, arguments.split)
    lessons = Lessons.of_faces(faces.targets[faces.trained])
    if arguments.blends:
        lessons = lessons.joined(load_blends(arguments.blends, faces))
    wanted = Wanted(arguments.likeness, arguments.neighbours, arguments.guidance, arguments.features)
    student = Student(arguments.width, wanted, arguments.weight_decay, arguments.average_decay, arguments.device)
    student.guide = load_guide(arguments.guide, arguments.device) if arguments.guide else None
    history = []
    if checkpoint.exists():
        history = load(student, checkpoint)
    elif arguments.start:
        begin(student, faces, lessons, arguments)
    print(
        f"{len(faces.trained)} faces and {len(lessons.targets) - len(faces.trained)} blends train,",
        f"{len(history)} epochs done; stages {arguments.stages}, minutes {arguments.minutes}",
        flush=True,
    )
    train(student, faces, lessons, history, arguments)


if __name__ == "__main__":
    main()
