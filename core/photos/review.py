"""Photos that are used although somebody should look at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from core.errors import PhotoError
from core.photos.groups import near_pairs
from core.photos.intake import LeftOut
from core.photos.manifest import Item
from core.photos.photofolder import PhotoFacts

# Of the face's longer side in the photo; most of a crop of less is guessed.
SMALL_FACE_PX = 40


def to_review(items: Sequence[Item], facts: Mapping[str, PhotoFacts | PhotoError]) -> list[LeftOut]:
    """List the photos to look at, each with all its reasons.

    Several faces; a very small face; a (near) copy among another person's photos; photos that belong together on two
    sides of a split that the source gave.
    """
    reasons: dict[int, list[str]] = defaultdict(list)
    for place, item in enumerate(items):
        reasons[place] += _of_one(item, facts[item.sha256])
    for place, other in _across_people(items, facts):
        reasons[place].append(f'looks the same as "{items[other].name}" of "{items[other].person}"')
    for place, other in _across_splits(items):
        reasons[place].append(f'belongs together with "{items[other].name}" in another part of the split')
    return [
        LeftOut(item.name, "; ".join(reasons[place]), item.sha256) for place, item in enumerate(items) if reasons[place]
    ]


def _of_one(item: Item, facts: PhotoFacts | PhotoError) -> list[str]:
    if item.face is None or isinstance(facts, PhotoError):
        return []
    face = facts.faces[item.face]
    side_px = round(max(face.width, face.height))
    several = [f"shows {item.n_faces} faces, the largest was taken"] if item.n_faces > 1 else []
    return several + ([f"shows a face of only {side_px} pixels"] if side_px < SMALL_FACE_PX else [])


def _across_people(items: Sequence[Item], facts: Mapping[str, PhotoFacts | PhotoError]) -> list[tuple[int, int]]:
    """Pair each photo with the first that looks the same among another person's, in both directions."""
    named = [
        (place, known.phash)
        for place, item in enumerate(items)
        if item.person is not None and isinstance(known := facts[item.sha256], PhotoFacts)
    ]
    first: dict[int, int] = {}
    for one, two in near_pairs([phash for _, phash in named]):
        place, other = named[one][0], named[two][0]
        if items[place].person != items[other].person:
            first.setdefault(place, other)
            first.setdefault(other, place)
    return sorted(first.items())


def _across_splits(items: Sequence[Item]) -> list[tuple[int, int]]:
    """Pair each photo with the first of its group that is in another split."""
    members: dict[int, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        members[item.group].append(place)
    pairs = []
    for places in members.values():
        for place in places:
            others = [other for other in places if items[other].split != items[place].split]
            pairs += [(place, other) for other in others[:1]]
    return pairs
