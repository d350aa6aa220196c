"""Prepare many photos in several processes. A photo that crashes a process costs that photo only."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TYPE_CHECKING

import psutil

from core.data.photofolder import PhotoFacts, prepare
from core.data.yunet import use_one_core
from core.errors import PhotoError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from core.config import CropConfig

# Starting processes takes about a second; so do this many photos.
FEW_PHOTOS = 8
# A process takes 0.2 GB with a photo of 12 megapixels, and 1 GB with the largest that is read.
MOST_PROCESSES, BYTES_A_PROCESS = 8, 1_000_000_000

Prepared = tuple["Path", PhotoFacts | PhotoError]


def prepare_all(folders: Sequence[Path], config: CropConfig) -> Generator[Prepared, None, None]:
    """Prepare photos in as many processes as cores and memory allow; few photos in this one.

    Args:
        folders: the photos' folders in the store, each once.

    Yields:
        A photo's folder and the result of `photofolder.prepare`, in the order they are done. A photo on which a process
        dies (a crash inside a decoder, no memory left) gives a `PhotoError`; the others go on.
    """
    room = psutil.virtual_memory().available // BYTES_A_PROCESS
    processes = max(1, min(os.cpu_count() or 1, MOST_PROCESSES, room))
    if len(folders) < FEW_PHOTOS or processes == 1:
        for path in folders:
            yield path, prepare(path, config)
        return
    waiting = iter(folders)
    suspects = yield from _prepare_in_pool(waiting, config, processes)
    for path in suspects:
        yield path, _prepare_alone(path, config)
    rest = list(waiting)
    if rest:
        yield from prepare_all(rest, config)


def _pool(processes: int) -> ProcessPoolExecutor:
    # spawn: a fork of a process with threads (TensorFlow, Streamlit) may hang, and Windows has nothing else.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_start_process)


def _start_process() -> None:
    use_one_core()
    # Ctrl-C ends the parent process, which then ends these.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process once its parent has died: nothing else would end it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _prepare_in_pool(
    waiting: Iterator[Path], config: CropConfig, processes: int
) -> Generator[Prepared, None, list[Path]]:
    """Yield as `prepare_all` does. Return the photos in progress when a process died; empty if none did."""
    pool = _pool(processes)
    in_progress: dict[Future[PhotoFacts | PhotoError], Path] = {}
    submitting: list[Path] = []

    def submit(n_photos: int) -> None:
        for path in islice(waiting, n_photos):
            submitting.append(path)
            in_progress[pool.submit(prepare, path, config)] = path
            submitting.clear()

    try:
        # Only a few are submitted at a time, so that stopping takes no longer than a photo.
        submit(2 * processes)
        while in_progress:
            for future in wait(in_progress, return_when=FIRST_COMPLETED).done:
                result = future.result()
                yield in_progress.pop(future), result
                submit(1)
    except BrokenProcessPool:
        return [*in_progress.values(), *submitting]
    finally:
        pool.shutdown(cancel_futures=True)
    return []


def _prepare_alone(path: Path, config: CropConfig) -> PhotoFacts | PhotoError:
    """Prepare a photo in a process of its own, which may crash."""
    try:
        with _pool(1) as pool:
            return pool.submit(prepare, path, config).result()
    except BrokenProcessPool:
        return PhotoError("made the program that reads photos crash; leave it out or save it again in another format")
