"""Small disks for tests, which Linux makes of memory for whoever may mount them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(place: Path, megabytes: int) -> Iterator[Path]:
    """Mount a new disk at a new folder for the length of a `with`; skip the test where that cannot be done."""
    if sys.platform != "linux":
        pytest.skip("only Linux mounts a disk made of memory")
    place.mkdir(parents=True)
    made = _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place))
    if made.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {made.stderr.strip()}")
    try:
        yield place
    finally:
        # Lazily: a worker that is about to end may still have a file open.
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def forbid_writing(place: Path) -> None:
    """Make a mounted disk read-only, also for whoever may do anything."""
    made = _mount("-o", "remount,ro", str(place))
    assert made.returncode == 0, made.stderr


def _mount(*arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        pytest.skip(f"a small disk cannot be mounted here: {error}")


@contextmanager
def filled(disk: Path, *, left: int) -> Iterator[None]:
    """Fill a disk but for so many bytes, as whatever else a computer holds would."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        room = _free_bytes(disk) - left
        file.write(b"\1" * max(room, 0))
    assert _free_bytes(disk) <= max(left, 0) + 8192
    try:
        yield
    finally:
        filler.unlink()


def _free_bytes(disk: Path) -> int:
    return shutil.disk_usage(disk).free
