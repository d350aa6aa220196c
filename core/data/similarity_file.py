"""Which face of a group photo is whose, and who looks like somebody else: a guess, kept beside the data set."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from core import disk
from core.errors import LabError

if TYPE_CHECKING:
    from pathlib import Path

    from core.data.dataset import Dataset, Item
    from core.workspace import Workspace

SCHEMA = 1


@dataclass(frozen=True)
class Guess:
    """Which of several faces in a photo is its person.

    Attributes:
        face: its place in the list of faces, largest first.
        sure: False where two come close, so that the user should be asked.
        scores: how much each face is like the person, -1 to 1, in the order of the faces.
    """

    face: int
    sure: bool
    scores: tuple[float, ...]


@dataclass(frozen=True)
class Odd:
    """A photo of one face that looks more like somebody else of the data set than like its own person."""

    sha256: str
    name: str
    person: str
    looks_like: str


@dataclass(frozen=True)
class Likeness:
    """What a network says of the faces of a data set.

    Attributes:
        guesses: by `key_of` the photo, which is its SHA-256 unless it was brought for several people.
        strangers: photos that look like somebody else.
    """

    guesses: dict[str, Guess] = field(default_factory=dict)
    strangers: tuple[Odd, ...] = ()


def key_of(dataset: Dataset, item: Item) -> str:
    """Return the name under which `Likeness.guesses` and `edits.choose_faces` know a photo.

    Its SHA-256; where the same photo was brought for two people, which may mean two faces of it, with the person.
    """
    everything = (*dataset.items, *dataset.offered)
    several = len({other.person for other in everything if other.sha256 == item.sha256}) > 1
    return f"{item.sha256}/{item.person}" if several else item.sha256


def read_likeness(workspace: Workspace, dataset: Dataset) -> Likeness | None:
    """Return what was found out about this version of a data set; None where nobody compared its faces yet."""
    try:
        content = disk.read_json(_path(workspace, dataset.id, dataset.version), schema=SCHEMA)
    except (LabError, FileNotFoundError):
        return None
    guesses = {
        key: Guess(guess["face"], guess["sure"], tuple(guess["scores"])) for key, guess in content["guesses"].items()
    }
    return Likeness(guesses, tuple(Odd(**odd) for odd in content["strangers"]))


def write_likeness(workspace: Workspace, dataset: Dataset, likeness: Likeness) -> None:
    """Keep what was found out about this version of a data set."""
    disk.write_json(_path(workspace, dataset.id, dataset.version), asdict(likeness), schema=SCHEMA)


def renamed(likeness: Likeness, old: str, new: str) -> Likeness:
    """Return the likeness with a person's other name, or with two people as one."""
    guesses = {}
    for key, guess in likeness.guesses.items():
        sha256, of, person = key.partition("/")
        guesses[f"{sha256}/{new}" if of and person == old else key] = guess
    named = [
        replace(odd, **{role: new for role in ("person", "looks_like") if getattr(odd, role) == old})
        for odd in likeness.strangers
    ]
    return Likeness(guesses, tuple(odd for odd in named if odd.person != odd.looks_like))


def carry_over(workspace: Workspace, likeness: Likeness | None, edited: Dataset) -> None:
    """Keep of an earlier version's likeness what still holds after an edit; nothing where there was none."""
    if likeness is None:
        return
    guesses = {}
    for item in (*edited.items, *edited.offered):
        if item.n_faces > 1 and not item.looked:
            key = key_of(edited, item)
            # A photo brought for two people who are one now was known with the name.
            guess = likeness.guesses.get(key) or likeness.guesses.get(f"{item.sha256}/{item.person}")
            if guess and item.n_faces == len(guess.scores):
                guesses[key] = guess
    doubtful = {(item.sha256, item.person) for item in edited.items if not item.looked}
    strangers = tuple(
        odd for odd in likeness.strangers if (odd.sha256, odd.person) in doubtful and odd.looks_like in edited.people
    )
    write_likeness(workspace, edited, Likeness(guesses, strangers))


def _path(workspace: Workspace, dataset_id: str, version: int) -> Path:
    return workspace.datasets / dataset_id / f"v{version}-likeness.json"
