"""What a user should look at before training: photos with an open question, unequal numbers, groups of photos.

`to_review` raises the questions while a data set is built or edited; the functions after it answer a page.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from core.data.detection import Face
from core.data.groups import WEBCAM, near_pairs
from core.data.photofolder import PhotoFacts
from core.data.read import LeftOut
from core.errors import PhotoError

if TYPE_CHECKING:
    from core.data.dataset import Dataset, Item

# Of the face's longer side in the photo; most of a crop of less is guessed.
SMALL_FACE_PX = 40
# In shorter names one letter makes another name: Anna and Anja, Tim and Tom.
LONG_NAME = 5
# With 8 photos the default split is 5 train, 1 validation, 2 test; with fewer, one test photo decides about a person.
GOOD_FROM = 8
# From this ratio on, always guessing the most frequent person starts to look clever.
UNEQUAL_FROM = 2.0
# The kinds of `LeftOut`, in the order in which a review goes through them.
KINDS = (
    "leak",
    "several_faces",
    "same_as_other_person",
    "small_face",
    "turned",
    "across_splits",
    "spare",
    "no_face",
    "too_few",
    "unreadable",
    "misplaced",
    "not_a_photo",
    "removed",
)
# Photos of the other kinds wait for no decision.
ASKING = tuple(kind for kind in KINDS if kind not in ("leak", "misplaced", "not_a_photo", "removed"))

Reason = tuple[str, str]  # its kind, and what follows the photo's name in a sentence


def to_review(items: Sequence[Item], facts: Mapping[str, PhotoFacts | PhotoError]) -> list[LeftOut]:
    """Return the used photos that need a look, each with all its reasons; `kind` is that of the first.

    Reasons: several faces; a very small face; a photo that was turned; a near copy among another person's photos; a
    group in two splits. Photos that the user has reviewed are not listed.
    """
    reasons: dict[int, list[Reason]] = defaultdict(list)
    for index, item in enumerate(items):
        reasons[index] += _of_one(item, facts[item.sha256])
    for index, other in _across_people(items, facts):
        reason = f'looks the same as "{items[other].name}" of "{items[other].person}"'
        reasons[index].append(("same_as_other_person", reason))
    for index, other in _across_splits(items, facts):
        reason = f'belongs together with "{items[other].name}" in another part of the split'
        reasons[index].append(("across_splits", reason))
    return [
        LeftOut(
            item.name,
            "; ".join(reason for _, reason in reasons[index]),
            item.sha256,
            item.person,
            item.split,
            reasons[index][0][0],
            item.face,
        )
        for index, item in enumerate(items)
        if reasons[index] and not item.looked
    ]


def similar_names(people: Sequence[str]) -> list[tuple[str, str]]:
    """Return pairs of people whose names differ so little that they may mean one person.

    They differ in case, spaces, signs or accents ("Zoë" and "zoe"), or by one letter if both have at least 5. Names
    that differ in a digit ("Class 1", "Class 2") do not count: they were numbered on purpose.

    Returns:
        Pairs in the order of `people`.
    """
    bare = [_bare(name) for name in people]
    return [
        (people[one], people[two]) for one, two in combinations(range(len(people)), 2) if _alike(bare[one], bare[two])
    ]


def _bare(name: str) -> str:
    """Return a name's letters and digits alone, without case and accents."""
    split = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o").replace("ł", "l"))
    return "".join(sign for sign in split if sign.isalnum())


def _alike(one: str, two: str) -> bool:
    if one == two:
        return bool(one)
    shorter, longer = sorted((one, two), key=len)
    if len(shorter) < LONG_NAME or len(longer) - len(shorter) > 1:
        return False
    same = next((index for index, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]), len(shorter))
    differing = longer[same], shorter[same] if len(one) == len(two) else ""
    skip = 1 if len(one) == len(two) else 0
    return shorter[same + skip :] == longer[same + 1 :] and not any(sign.isdigit() for sign in differing)


def why_small(face: Face) -> str | None:
    """Return that a face is very small, to follow the photo's name in a sentence; None if it is not."""
    side_px = round(max(face.width, face.height))
    return f"shows a face of only {side_px} pixels" if side_px < SMALL_FACE_PX else None


def why_turned(face: Face) -> str | None:
    """Return how a photo was turned, to follow its name in a sentence; None if it was upright."""
    lay = "stood on its head" if face.turned == 180 else "lay on its side"
    return f"{lay} and was turned by {face.turned} degrees" if face.turned else None


def _of_one(item: Item, facts: PhotoFacts | PhotoError) -> list[Reason]:
    if item.face is None or isinstance(facts, PhotoError) or item.face >= len(facts.faces):
        return []
    found = [("several_faces", f"shows {item.n_faces} faces, the largest was taken")] if item.n_faces > 1 else []
    face = facts.faces[item.face]
    said = (("small_face", why_small(face)), ("turned", why_turned(face)))
    return found + [(kind, why) for kind, why in said if why]


def _across_people(items: Sequence[Item], facts: Mapping[str, PhotoFacts | PhotoError]) -> list[tuple[int, int]]:
    """Pair each photo with its first near copy among other people's photos, in both directions."""
    named = [
        (index, known.phash)
        for index, item in enumerate(items)
        if item.person is not None and isinstance(known := facts[item.sha256], PhotoFacts)
    ]
    first: dict[int, int] = {}
    for one, two in near_pairs([phash for _, phash in named]):
        index, other = named[one][0], named[two][0]
        if items[index].person != items[other].person and not _two_faces_of_one_photo(items[index], items[other]):
            first.setdefault(index, other)
            first.setdefault(other, index)
    return sorted(first.items())


def _two_faces_of_one_photo(one: Item, other: Item) -> bool:
    """Return whether this is one photo brought for two people, each with a face of their own."""
    return one.sha256 == other.sha256 and one.face != other.face


def _needs_look(item: Item, other: Item) -> bool:
    """Return whether a photo needs a look because of another of its group: not if that is a leak that counts."""
    decided = item.split == "train" and other.looked
    return item.split != other.split and not decided


def _across_splits(items: Sequence[Item], facts: Mapping[str, PhotoFacts | PhotoError]) -> list[tuple[int, int]]:
    """Pair each photo with the first of its group that is in another split.

    A take of the webcam is practice and mock exam by design, so nobody is asked about it.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for index, item in enumerate(items):
        fact = facts.get(item.sha256)
        if not (isinstance(fact, PhotoFacts) and (fact.camera or "").startswith(f"{WEBCAM} take ")):
            members[item.group].append(index)
    pairs = []
    for indices in members.values():
        for index in indices:
            others = [other for other in indices if _needs_look(items[index], items[other])]
            pairs += [(index, other) for other in others[:1]]
    return pairs


def by_kind(dataset: Dataset) -> dict[str, tuple[LeftOut, ...]]:
    """Return the photos by kind of question, in the order of `KINDS`; those without a kind are "misplaced"."""
    entries = [*dataset.to_review, *dataset.left_out]
    kinds = {kind: tuple(entry for entry in entries if (entry.kind or "misplaced") == kind) for kind in KINDS}
    return {kind: found for kind, found in kinds.items() if found}


def open_questions(dataset: Dataset) -> int:
    """Return how many photos wait for a decision. Files that are not in the store do not count."""
    found = by_kind(dataset)
    return sum(entry.sha256 is not None for kind in ASKING for entry in found.get(kind, ()))


def undecided_photos(dataset: Dataset) -> frozenset[tuple[str | None, str | None]]:
    """Return SHA-256 and person of the used photos that wait for a decision."""
    return frozenset((entry.sha256, entry.person) for entry in dataset.to_review if entry.kind in ASKING)


def item_of(dataset: Dataset, entry: LeftOut) -> Item | None:
    """Return the item that a question is about, extra group photos included; None if its photo is not used."""
    items = (*dataset.items, *dataset.extra_group_photos)
    return next((item for item in items if (item.sha256, item.person) == (entry.sha256, entry.person)), None)


@dataclass(frozen=True)
class ClassBalance:
    """Whether the people have about the same number of photos.

    Attributes:
        fewest, most: the person with the fewest (most) photos and their number; of equals the first in label order.
        unequal: the most are at least `UNEQUAL_FROM` times the fewest.
    """

    fewest: tuple[str, int]
    most: tuple[str, int]
    unequal: bool


def class_balance(dataset: Dataset) -> ClassBalance | None:
    """Count the photos of each person; None if there are no people."""
    if not dataset.people:
        return None
    counted = Counter(item.person for item in dataset.items)
    numbers = [(person, counted[person]) for person in dataset.people]
    fewest, most = min(numbers, key=lambda pair: pair[1]), max(numbers, key=lambda pair: pair[1])
    return ClassBalance(fewest, most, most[1] >= UNEQUAL_FROM * max(fewest[1], 1))


def photo_groups(dataset: Dataset) -> list[tuple[Item, ...]]:
    """Return the groups of two or more photos, in the order of the data set."""
    members: dict[int, list[Item]] = defaultdict(list)
    for item in dataset.items:
        members[item.group].append(item)
    return [tuple(items) for items in members.values() if len(items) > 1]
