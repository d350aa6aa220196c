"""Photos found beside the folders of a split, in a folder of somebody known: offered, and used by nobody unasked."""

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

# Whoever uses one practises with it. In an exam it would make the exam another one: what a network got in the exam as
# it was published, or as earlier experiments had it, could not be held against what it gets now.
WHERE_TO: Split = "train"

Whose = tuple[str | None, str | None]  # a photo, and the person it is said to show


def spare(photo: SourcePhoto, sha256: str) -> LeftOut:
    """Return a photo of a source as one that is left out for now; nobody has looked at it yet."""
    return LeftOut(photo.name, photo.reason or "", sha256, photo.person, WHERE_TO, "spare", spare=True)


def with_spares(dataset: Dataset, spares: Sequence[LeftOut], facts: Mapping[str, PhotoFacts | PhotoError]) -> Dataset:
    """Return the data set with these photos among what it leaves out, each as what it is, which is what a review asks.

    Kinds: "unreadable", "no_face", "several_faces", "small_face"; "spare" where nothing is wrong. Not offered
    ("misplaced") is what its person has already, and what belongs together with one of the person's exam photos:
    practising with that would give the answer away.
    """
    there: set[Whose] = {(item.sha256, item.person) for item in dataset.items}
    too_near = _near_an_exam(dataset, spares, facts)
    found = []
    for entry in spares:
        key = entry.sha256, entry.person
        if key in there:
            found.append(replace(entry, kind="misplaced", reason="is there already"))
        elif key in too_near:
            found.append(replace(entry, kind="misplaced", reason="belongs together with a photo in an exam"))
        else:
            found.append(_as_what_it_is(entry, facts[entry.sha256 or ""], dataset.crop))
        there.add(key)
    return replace(dataset, left_out=tuple(sorted([*dataset.left_out, *found], key=lambda entry: entry.name)))


def _as_what_it_is(entry: LeftOut, known: PhotoFacts | PhotoError, crop: CropConfig) -> LeftOut:
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


def _near_an_exam(
    dataset: Dataset, spares: Sequence[LeftOut], facts: Mapping[str, PhotoFacts | PhotoError]
) -> set[Whose]:
    """Find those that are copies, or of the same minute, of a photo that their person has in an exam."""
    found: set[Whose] = set()
    for person in {entry.person for entry in spares}:
        exams = [item.sha256 for item in dataset.items if item.person == person and item.split != WHERE_TO]
        mine = [entry.sha256 for entry in spares if entry.person == person and entry.sha256]
        known = [fact for sha256 in (*exams, *mine) if isinstance(fact := facts[sha256], PhotoFacts)]
        labels = dict(zip((fact.sha256 for fact in known), group_photos(known), strict=True))
        taken = {labels[sha256] for sha256 in exams if sha256 in labels}
        found |= {(sha256, person) for sha256 in mine if labels.get(sha256) in taken}
    return found
