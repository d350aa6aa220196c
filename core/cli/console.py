"""What the commands of the command line share: an answer, progress, photos, and work done in this process."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from core.config import CropConfig, SplitConfig
from core.data import building, leaks, read
from core.data.dataset import Dataset
from core.data.labels import PeopleFrom
from core.errors import ConfigError, DatasetError, Stopped
from core.jobfolder import JobFolder
from core.visible import for_terminal
from core.workspace import Workspace


@dataclass(frozen=True)
class Answer:
    """The answer of a command: `facts` for `--json`, `text` for people."""

    facts: dict[str, Any]
    text: str


@contextmanager
def bar(what: str, unit: str = "photo") -> Iterator[Callable[[int, int], None]]:
    """Show progress on stderr; yield a function (done, total) that updates it."""
    with tqdm(desc=what, unit=unit, file=sys.stderr, leave=False, disable=None) as bar:

        def move(done: int, total: int) -> None:
            bar.total = total or None
            bar.update(done - bar.n)

        yield move


def check_free(path: Path) -> None:
    """Raise ConfigError where something is there already. Call it before minutes of cropping."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise ConfigError(f'"{path}" exists already and is not an empty folder; name a new one with --out.')


@contextmanager
def new_folder(path: Path) -> Iterator[None]:
    """Check that `path` does not exist yet; remove what is half-written there after an error."""
    check_free(path)
    try:
        yield
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise


def cropping(arguments: argparse.Namespace, size_px: int) -> CropConfig:
    crop = CropConfig(detector=arguments.detector, size_px=size_px)
    if getattr(arguments, "no_crop", False):
        crop = replace(crop, detector="none")
    return crop if arguments.margin is None else replace(crop, margin=arguments.margin)


def photos_of(arguments: argparse.Namespace, workspace: Workspace, image_size_px: int, *, seed: int) -> Dataset:
    """Crop and split the photos of DATA, as its options say."""
    split = SplitConfig(seed=seed)
    if arguments.fractions:
        train_fraction, validation_fraction, test_fraction = arguments.fractions
        split = SplitConfig(train_fraction, validation_fraction, test_fraction, seed=seed)
    crop = cropping(arguments, max(CropConfig.size_px, image_size_px))
    people_from = people_source(arguments)
    with bar("faces") as move:
        dataset = building.build_dataset(
            arguments.data,
            workspace,
            crop=crop,
            split=split,
            count_leaks=leaks.HELD_OUT if arguments.count_leaks else (),
            people_from=people_from,
            on_progress=lambda _step, done, total: move(done, total),
        )
    for sentence in leaks.sentences(dataset):
        print(for_terminal(sentence), file=sys.stderr)
    if any(leaks.leaking(dataset, split) for split in leaks.HELD_OUT):
        print("--count-leaks lets them count.", file=sys.stderr)
    return dataset


def people_source(arguments: argparse.Namespace) -> PeopleFrom:
    """Return where the names of people come from: as `--people-from` says, else from folders.

    Raises:
        DatasetError: no folders name people, but something else does; the message names the option.
    """
    asked: PeopleFrom | None = arguments.people_from
    found = None if asked else read.find_labels(arguments.data)
    if found:
        raise DatasetError(
            f'"{arguments.data.name}" has no folders of two people, but {found.said_by} {found.counts()}; '
            f"if that is right, add --people-from {found.way}."
        )
    return asked or "folders"


def work_here(job: JobFolder, workspace: Workspace, unit: str, progress: Callable[[], tuple[int, int]]) -> None:
    """Do a job in this process, with a bar that shows what `progress` returns: done, total."""
    from core.jobs import worker

    with bar("training", unit=unit) as move:
        stop_watching = _watch(progress, move)
        try:
            worker.work_on(job, workspace)
        except Stopped:
            pass
        finally:
            stop_watching()


def _watch(progress: Callable[[], tuple[int, int]], move: Callable[[int, int], None]) -> Callable[[], None]:
    """Update a bar from a thread, as a page would; return the function that ends it."""
    from threading import Event, Thread

    done = Event()

    def follow() -> None:
        while not done.wait(0.3):
            move(*progress())

    thread = Thread(target=follow, daemon=True)
    thread.start()

    def stop() -> None:
        done.set()
        thread.join()

    return stop
