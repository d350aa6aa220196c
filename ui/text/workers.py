"""Words for why no work can begin in the background."""

from __future__ import annotations

import time
from pathlib import Path

from core.jobs.no_worker import Trouble
from core.jobs.queue import HELPER, TRAIN
from ui.text import common

_NOTHING = "Nothing new can begin"
_WORK = {TRAIN: "No training can begin", HELPER: "Photos cannot be searched or asked about"}


def trouble(found: Trouble, home: Path) -> str:
    """Say why work waits, or what is left out of it; `home` is the folder of the lab's data."""
    if found.kind == "dies":
        return (
            f"{_WORK.get(found.lane, _NOTHING)}: the program for it ends by itself ({found.what}). "
            f"The lab tries again {_soon(found.again_at - time.time())}. "
            "If this stays, close the lab and start it anew; "
            f'more stands in "{found.log}".'
        )
    if found.kind == "refused":
        return f"{_NOTHING}: {found.what} The lab goes on by itself as soon as it can."
    if found.kind == "unreadable":
        return f"Left out, because it cannot be read: {found.what}. {common.LIBRARY} says why, and can delete it."
    return (
        f'{_NOTHING}: something is wrong with the lab\'s folder "{home}" ({found.what}). '
        "The lab goes on by itself as soon as it can; if this stays, close it and start it anew."
    )


def _soon(seconds: float) -> str:
    return f"in {seconds:.0f} s" if seconds >= 1 else "now"
