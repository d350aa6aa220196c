"""Extra photos: those beside the split folders, of a known person. Left out until the user decides to use them.

In files they are called "spare".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.config import CropConfig, Split
from core.data.dataset import Dataset
from core.data.groups import group_photos
from core.data.layout import BESIDE
from core.data.photofolder import PhotoFacts, chosen_face
from core.data.read import LeftOut, SourcePhoto
from core.data.review import why_small
from core.errors import PhotoError

# Extras become train photos only: more validation or test photos would make results incomparable with earlier ones.
WHERE_TO: Split = "train"

Key = tuple[str | None, str | None]  # SHA-256 and person


def as_extra(photo: SourcePhoto, sha256: str) -> LeftOut:
    """Return an extra photo of a source as left out; its faces were not looked for yet."""
    return LeftOut(photo.name, photo.reason or "", sha256, photo.person, WHERE_TO, "spare", extra=True)


def with_extras(dataset: Dataset, extras: Sequence[LeftOut], facts: Mapping[str, PhotoFacts | PhotoError]) -> Dataset:
    """Return the data set with these photos in `left_out`, each with the kind of question it raises.

    Kinds: "unreadable", "no_face", "several_faces", "small_face"; "spare" where nothing is wrong. "misplaced" cannot be
    used: the person has the photo already, or it is in a group with one of the person's validation or test photos, so
    training with it would be a leak.
    """
    known: set[Key] = {(item.sha256, item.person) for item in dataset.items}
    leaking = _near_held_out(dataset, extras, facts)
    found = []
    for entry in extras:
        key = entry.sha256, entry.person
        if key in known:
            found.append(replace(entry, kind="misplaced", reason="is there already"))
        elif key in leaking:
            found.append(replace(entry, kind="misplaced", reason="belongs together with a photo in an exam"))
        else:
            found.append(_with_kind(entry, facts[entry.sha256 or ""], dataset.crop))
        known.add(key)
    return replace(dataset, left_out=tuple(sorted([*dataset.left_out, *found], key=lambda entry: entry.name)))


def _with_kind(entry: LeftOut, known: PhotoFacts | PhotoError, crop: CropConfig) -> LeftOut:
    if isinstance(known, PhotoError):
        return replace(entry, kind="unreadable", reason=str(known))
    try:
        face = chosen_face(known, crop)
    except PhotoError as error:
        return replace(entry, kind="no_face", reason=str(error), face=None, n_faces=0)
    kind, reason = "spare", BESIDE
    if len(known.faces) > 1:
        kind, reason = "several_faces", f"shows {len(known.faces)} faces; {BESIDE}"
    elif face is not None and (why := why_small(known.faces[face])):
        kind, reason = "small_face", f"{why}; {BESIDE}"
    return replace(entry, kind=kind, reason=reason, face=face, n_faces=len(known.faces))


def _near_held_out(
    dataset: Dataset, extras: Sequence[LeftOut], facts: Mapping[str, PhotoFacts | PhotoError]
) -> set[Key]:
    """Return the extras that are in one group with a validation or test photo of their person."""
    found: set[Key] = set()
    for person in {entry.person for entry in extras}:
        held_out = [item.sha256 for item in dataset.items if item.person == person and item.split != WHERE_TO]
        mine = [entry.sha256 for entry in extras if entry.person == person and entry.sha256]
        known = [fact for sha256 in (*held_out, *mine) if isinstance(fact := facts[sha256], PhotoFacts)]
        labels = dict(zip((fact.sha256 for fact in known), group_photos(known), strict=True))
        held_out_groups = {labels[sha256] for sha256 in held_out if sha256 in labels}
        found |= {(sha256, person) for sha256 in mine if labels.get(sha256) in held_out_groups}
    return found
