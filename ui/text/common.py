"""Sentences that several pages say, and the words of the lesson."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.config import Split
from core.experiments.compare_runs import Setting
from core.jobfolder import State
from ui.text.amounts import count

LAB = "Face Lab"
START, PHOTOS, TRAIN, TEST = "Start", "Photos", "Train", "Test"
STAYS_HERE = "Photos stay on this computer."
ADVANCED = "Advanced"
STOP, GO_ON, STOPPING = "Stop", "Go on", "Stopping…"
SPLITS: dict[Split, str] = {"train": "practice", "validation": "mock exam", "test": "final exam"}
CHOOSE_FOLDER = "Choose a folder"
FOUND_SO_FAR = "{done} of {total} photos"
STEP_STARTING = "Starting"
PHOTO, REASON = "photo", "reason"
SURE = "Yes, really"
UNTRAINED = "untrained"
BLOCK, STAGE, LAYER = "block", "stage", "layer"
TO_EXAM = "See the final exam"
RIGHT_ANSWERS = "Right answers out of 100"
ERROR = "Error (loss)"
ROUND, GUESSING = "round", "guessing: 1 in {people}"
TO_RUNNING = "Watch it learn"
SETTINGS: dict[Setting, str] = {
    "network": "the network",
    "start": "what it starts with",
    "freeze": "frozen blocks",
    "size": "size of a face",
    "epochs": "rounds",
    "photos": "practice photos a person",
    "other": "advanced settings",
    "data": "the practice photos",
}
A_TRY = "a try of a comparison"
MUST_LEARN = "An untrained network must learn everything, so all blocks are unfrozen."
ALL_PHOTOS_EACH = "all photos"
LIBRARY = "My experiments"
WHO_IT_IS, WHO_IT_SAYS = "who it is", "who it says"
CELL_RIGHT, CELL_WRONG = "{true}: {count} right", "{true} taken for {predicted}: {count}"
RUN_STATES: dict[State, str] = {
    "queued": "waiting",
    "running": "running",
    "done": "finished",
    "failed": "failed",
    "stopped": "stopped",
    "interrupted": "interrupted",
}


def distinct(titles: Mapping[str, str], form: str = "{title} ({number})") -> dict[str, str]:
    """Return the same titles by id, numbered where two are alike: a widget tells its options apart by their titles."""
    written: dict[str, str] = {}
    for key, title in titles.items():
        apart, number = title, 1
        while apart in written.values():
            number += 1
            apart = form.format(title=title, number=number)
        written[key] = apart
    return written


def dataset(name: str, people: int) -> str:
    return f"{name} ({count(people, 'person', 'people')})"


def learns_from(photos: str) -> str:
    return f"It learns from: {photos}"


def largest_upload(megabytes: int) -> str:
    return f"up to {megabytes:,} MB a file"


def backbone(title: str, *, here: bool) -> str:
    return title if here else f"{title} (not on this computer yet)"


def accuracy_alt(practice: float | None, mock: float | None, rounds: int) -> str:
    """Describe the chart of right answers for those who cannot see it."""
    if practice is None or mock is None:
        return "Right answers over the rounds; no round is finished yet."
    return f"Right answers out of 100 after round {rounds}: practice {100 * practice:.0f}, mock exam {100 * mock:.0f}."


def border_alt(epoch: int, said: str) -> str:
    return f"A line at round {epoch}: {said}."


def loss_alt(practice: float | None, mock: float | None, rounds: int) -> str:
    if practice is None or mock is None:
        return "Error over the rounds; no round is finished yet."
    return f"Error after round {rounds}: practice {practice:.2f}, mock exam {mock:.2f}."


def matrix_alt(correct: int, total: int) -> str:
    return f"Who is taken for whom: {correct} of {total} photos lie on the diagonal, where the name is right."


def exam(correct: int, total: int) -> str:
    return f"{correct} of {total} right"


def some_of(shown: int, people: int, which: str = "") -> str:
    """Say that a drawing shows only some of the people; empty where it shows all. `which` follows their number."""
    return f"Shown are {shown:,} of {people:,} people{which and ' '}{which}." if shown < people else ""


def has_met(people: Sequence[str]) -> str:
    """Say whom a network has learned from before; a test on them says little."""
    shown = ", ".join(people[:5]) + (" …" if len(people) > 5 else "")
    return f"This network has seen photos of {shown} before. Its result with them will look too good."


def against_baseline(which: str, changed: Sequence[Setting], *, follows: bool) -> str:
    """Say what changes from the baseline of a new experiment; `follows` where the second follows from the first."""
    if follows:
        return f"Two things change against {which}: {names_of(changed)}. {MUST_LEARN}"
    if not changed:
        return f"Its settings are those of {which}."
    return f"One thing changes against {which}: {names_of(changed)}."


def names_of(changed: Sequence[Setting]) -> str:
    """List settings: "frozen blocks", "rounds and frozen blocks"."""
    names = [SETTINGS[setting] for setting in changed]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def which(first: int, last: int, what: str) -> str:
    """Name blocks (stages, layers) from one to another; `first` 1 is all of them."""
    if first == 1:
        return f"all {what}s"
    return f"{what} {first}" if first == last else f"{what}s {first}–{last}"


def retrained(first: int, last: int, what: str) -> str:
    """Say which blocks or layers learned on, in a few words; `first` is above `last` where none did."""
    if first > last:
        return f"all {what}s frozen"
    return f"all {what}s learn" if first == 1 else f"{which(first, last, what)} retrained"


def kept_as_was(first: int, last: int, what: str) -> str:
    """Say which blocks were let loose, but are in the network as they were before."""
    return f"{which(first, last, what)} {'kept as it was' if first == last != 1 else 'kept as they were'}"


def border(first: int, last: int, what: str) -> str:
    """Say at a line across the curves what begins to learn there."""
    if first == 1:
        return f"from here all {what}s learn"
    return f"from here {which(first, last, what)} {'learns' if first == last else 'learn'} too"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def rounds(epochs: int) -> str:
    return count(epochs, "round")


def photos_each(photos: int | None) -> str:
    return f"{count(photos, 'photo')} each" if photos else ALL_PHOTOS_EACH


def experiment(number: int) -> str:
    """Name an experiment within a sentence; what was made for a comparison has no number."""
    return f"experiment {number}" if number else A_TRY


def numbered(number: int, what: str) -> str:
    return f"{number}. {what}" if number else what
