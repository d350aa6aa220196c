"""Compare faces by a network's features: which face of a group photo is whose, and which photo looks mislabeled.

Knows no network: features in, guesses out. They lie beside the data set's version as `v<n>-likeness.json`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from core import disk
from core.errors import LabError

if TYPE_CHECKING:
    from pathlib import Path

    from core.data.dataset import Dataset, Item
    from core.workspace import Workspace

SCHEMA = 1

# Being like one of the others counts against a face by this much. Measured with the bundled network on group photos
# made up of two to four faces, six photos a person known: right in 98 of 100 with drawn people (94 without this, 97
# where the others are strangers) and 99 with real ones; at 1 it is 93 where the others are strangers.
OTHERS_COUNT = 0.5
# The best face leads by this much, or somebody is asked. Then 93 to 98 of 100 guesses are sure, and 999 of 1000 right.
SURE_GAP = 0.05
# A photo is more like somebody else by this much before anybody is bothered. Of photos put with the wrong person 90 to
# 95 of 100 are found so, and 1 to 6 of 1000 good photos are listed as well (5 to 20 photos a person, drawn and real).
ODD_GAP = 0.06


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
class Mislabeled:
    """A photo of one face that looks more like somebody else of the data set than like its own person."""

    sha256: str
    name: str
    person: str
    looks_like: str


@dataclass(frozen=True)
class Similarity:
    """What a network says of the faces of a data set.

    Attributes:
        guesses: by `key_of` the photo, which is its SHA-256 unless it was brought for several people.
        mislabeled: photos of one face that look like somebody else; "strangers" in the file.
    """

    guesses: dict[str, Guess] = field(default_factory=dict)
    mislabeled: tuple[Mislabeled, ...] = ()


@dataclass(frozen=True)
class PhotoFeatures:
    """The faces of one photo as a network sees them.

    Attributes:
        key: see `similarity.key_of`.
        features: float, shape (n_faces, n_features), one row a face; of a face that somebody chose, that row alone.
        decided: somebody looked at the photo, so there is nothing to guess.
    """

    key: str
    sha256: str
    name: str
    person: str
    features: np.ndarray
    decided: bool = False


def guess_faces(photos: Sequence[PhotoFeatures]) -> dict[str, Guess]:
    """Guess which face of each photo with several is its person.

    A face is scored by its cosine to the mean of the person's single faces, less half of that to the most similar other
    person. Of somebody without a photo of one face, the face counts that comes back in the others; that is never sure.

    Returns:
        A guess by `key` for each photo with several faces; none where nothing speaks for any face.
    """
    centres = {person: _unit(total) for person, total in _totals(photos).items()}
    guesses = {}
    for photo in photos:
        if len(photo.features) < 2:
            continue
        faces = _unit(photo.features)
        known = photo.person in centres
        like = faces @ centres[photo.person] if known else _coming_back(photo, faces, photos)
        if like is None:
            continue
        scores = like - OTHERS_COUNT * _most_like(faces, centres, photo.person)
        best, second = np.sort(scores)[::-1][:2]
        guesses[photo.key] = Guess(
            face=int(scores.argmax()),
            sure=bool(known and best - second >= SURE_GAP),
            scores=tuple(round(float(score), 4) for score in scores),
        )
    return guesses


def find_mislabeled(photos: Sequence[PhotoFeatures]) -> tuple[Mislabeled, ...]:
    """Find single faces that are more like somebody else than like the other photos of their own person."""
    totals = _totals(photos)
    counts: dict[str, int] = defaultdict(int)
    for photo in photos:
        counts[photo.person] += len(photo.features) == 1
    centres = {person: _unit(total) for person, total in totals.items()}
    found = []
    for photo in photos:
        others = {person: centre for person, centre in centres.items() if person != photo.person}
        if photo.decided or len(photo.features) != 1 or counts[photo.person] < 2 or not others:
            continue
        face = _unit(photo.features[0])
        own = float(face @ _unit(totals[photo.person] - face))
        person, most = max(((name, float(face @ centre)) for name, centre in others.items()), key=lambda pair: pair[1])
        if most - own > ODD_GAP:
            found.append(Mislabeled(photo.sha256, photo.name, photo.person, person))
    return tuple(found)


def _totals(photos: Sequence[PhotoFeatures]) -> dict[str, np.ndarray]:
    """Add up the directions of each person's single faces."""
    totals: dict[str, np.ndarray] = {}
    for photo in photos:
        if len(photo.features) == 1:
            totals[photo.person] = totals.get(photo.person, 0) + _unit(photo.features[0])
    return totals


def _most_like(faces: np.ndarray, centres: Mapping[str, np.ndarray], person: str) -> np.ndarray:
    """Return each face's cosine to the most similar other person; 0 where there is none."""
    others = [faces @ centre for name, centre in centres.items() if name != person]
    return np.max(others, axis=0) if others else np.zeros(len(faces))


def _coming_back(photo: PhotoFeatures, faces: np.ndarray, photos: Sequence[PhotoFeatures]) -> np.ndarray | None:
    """Return how well each face is met again in the person's other photos; None where there are none."""
    others = [other for other in photos if other.person == photo.person and other is not photo and len(other.features)]
    if not others:
        return None
    return np.asarray(np.mean([(faces @ _unit(other.features).T).max(axis=1) for other in others], axis=0))


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12))


def key_of(dataset: Dataset, item: Item) -> str:
    """Return the name under which `Similarity.guesses` and `edits.choose_faces` know a photo.

    Its SHA-256; where the same photo was brought for two people, which may mean two faces of it, with the person.
    """
    everything = (*dataset.items, *dataset.extra_group_photos)
    several = len({other.person for other in everything if other.sha256 == item.sha256}) > 1
    return f"{item.sha256}/{item.person}" if several else item.sha256


def load_similarity(workspace: Workspace, dataset: Dataset) -> Similarity | None:
    """Return what was found out about this version of a data set; None where nobody compared its faces yet."""
    try:
        content = disk.read_json(_path(workspace, dataset.id, dataset.version), schema=SCHEMA)
    except (LabError, FileNotFoundError):
        return None
    guesses = {
        key: Guess(guess["face"], guess["sure"], tuple(guess["scores"])) for key, guess in content["guesses"].items()
    }
    return Similarity(guesses, tuple(Mislabeled(**odd) for odd in content["strangers"]))


def save_similarity(workspace: Workspace, dataset: Dataset, similarity: Similarity) -> None:
    """Keep what was found out about this version of a data set."""
    content = asdict(similarity)
    content["strangers"] = content.pop("mislabeled")
    disk.write_json(_path(workspace, dataset.id, dataset.version), content, schema=SCHEMA)


def with_new_name(similarity: Similarity, old: str, new: str) -> Similarity:
    """Return the similarity with a person's other name, or with two people as one."""
    guesses = {}
    for key, guess in similarity.guesses.items():
        sha256, of, person = key.partition("/")
        guesses[f"{sha256}/{new}" if of and person == old else key] = guess
    named = [
        replace(odd, **{role: new for role in ("person", "looks_like") if getattr(odd, role) == old})
        for odd in similarity.mislabeled
    ]
    return Similarity(guesses, tuple(odd for odd in named if odd.person != odd.looks_like))


def carry_over(workspace: Workspace, similarity: Similarity | None, edited: Dataset) -> None:
    """Keep of an earlier version's similarity what still holds after an edit; nothing where there was none."""
    if similarity is None:
        return
    guesses = {}
    for item in (*edited.items, *edited.extra_group_photos):
        if item.n_faces > 1 and not item.looked:
            key = key_of(edited, item)
            # A photo brought for two people who are one now was known with the name.
            guess = similarity.guesses.get(key) or similarity.guesses.get(f"{item.sha256}/{item.person}")
            if guess and item.n_faces == len(guess.scores):
                guesses[key] = guess
    doubtful = {(item.sha256, item.person) for item in edited.items if not item.looked}
    mislabeled = tuple(
        odd for odd in similarity.mislabeled if (odd.sha256, odd.person) in doubtful and odd.looks_like in edited.people
    )
    save_similarity(workspace, edited, Similarity(guesses, mislabeled))


def _path(workspace: Workspace, dataset_id: str, version: int) -> Path:
    return workspace.datasets / dataset_id / f"v{version}-likeness.json"
