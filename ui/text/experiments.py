"""What the page My experiments says."""

from __future__ import annotations

from collections.abc import Sequence

from core.experiments.compare_runs import Setting
from ui.text import common
from ui.text.amounts import count, size

ON_DISK = "What is on this computer"
DELETE_DATASET = "Delete these photos and all experiments with them"
ERASE = "Erase everything: all photos, all experiments"
KEPT_SHARE = "Free disk that may be used to train faster"
KEPT_HOW = "What frozen layers make of a face is kept, so that the next experiment need not ask them again."
ALL_OF_IT = "All photos and all experiments"
NO_RUNS = "No experiment has finished yet."
STILL_RUNNING = "The experiment is still running. The final exam comes at its end."
TO_TRAIN = "Train a network"
RUN = "Experiment"
TAKE_MODEL = "Take it along (zip)"
LIBRARY_HOW = "Everything you trained. Choose a row to open it again."
LIBRARY_COLUMNS = (
    "no.", "experiment", "photos", "photos each", "what learned", "what differs", "right answers", "out of 100",
    "seconds",
)  # fmt: skip
FIRST_ONE = "the first with these photos"
NOT_TO_COMPARE = "more than one setting"
NO_EXPERIMENTS = "You have not trained anything yet."
OPEN_CURVES = "See how it learned"
RENAME, RENAME_AS, RENAME_SAVE = "Rename", "New name", "Save"
DELETE_RUN = "Delete"
TAKE_HOW = "The network, its names and its results. No photos."
BRING_BACK = "Bring back an experiment from another computer"
BRING_BACK_HOW = "Choose the zip you took along. Its photos are not in it, so some pictures stay empty."
BRING_BACK_FILE = "Zip of an experiment"
BROUGHT_BACK = "It is back in the list."
ERASING = "Stopping all work, then deleting"
DELETING = "Stopping what works with it, then deleting"


def practice_each(fewest: int, most: int) -> str:
    """Return how many practice photos each person has."""
    return f"{most}" if fewest == most else f"{fewest}–{most}"


def differs(number: int, changed: Sequence[Setting]) -> str:
    """Say in a few words in what an experiment differs from its baseline, in a table with numbers."""
    which = f"{number}" if number else common.A_TRY
    return f"against {which}: {common.names_of(changed) or 'the same settings'}"


def all_of(photos: str) -> str:
    return f"{photos}: all its photos and experiments"


def share(of_free: float) -> str:
    """Return a share of the free disk as a choice."""
    return f"{of_free:.0%}" if of_free else "nothing"


def kept_now(used: int, limit: int) -> str:
    """Say how much disk what frozen layers gave takes, in bytes, and how much it may take."""
    return f"{size(used)} are used now, {size(limit)} may be."


def gone_for_good(what: str) -> str:
    return f"**{what}** will be gone for good."


def erased(photos: int, n_bytes: int) -> str:
    return f"Erased: {count(photos, 'photo')}, {size(n_bytes)} in all."
