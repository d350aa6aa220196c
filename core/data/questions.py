"""What a search for faces left to decide: photos that need a look, by the kind of the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.data.dataset import Dataset, Item
    from core.data.read import LeftOut

# In the order in which a review goes through them; the first asks nothing, it may be let count; nor do the last three.
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
ASKING = tuple(kind for kind in KINDS if kind not in ("leak", "misplaced", "not_a_photo", "removed"))


def by_kind(dataset: Dataset) -> dict[str, tuple[LeftOut, ...]]:
    """Return the photos of each kind of question, in the order of `KINDS`; what has no kind comes as "misplaced"."""
    entries = [*dataset.to_review, *dataset.left_out]
    kinds = {kind: tuple(entry for entry in entries if (entry.kind or "misplaced") == kind) for kind in KINDS}
    return {kind: found for kind, found in kinds.items() if found}


def open_questions(dataset: Dataset) -> int:
    """Return how many photos wait for a decision. A file that never came out of its zip waits for none."""
    found = by_kind(dataset)
    return sum(entry.sha256 is not None for kind in ASKING for entry in found.get(kind, ()))


def to_check(dataset: Dataset) -> frozenset[tuple[str | None, str | None]]:
    """Return the photos in use that wait for a decision, by their content and whose photo each is said to be."""
    return frozenset((entry.sha256, entry.person) for entry in dataset.to_review if entry.kind in ASKING)


def item_of(dataset: Dataset, entry: LeftOut) -> Item | None:
    """Return the item that a question is about; None where its photo is not used, nor `Dataset.offered`."""
    items = (*dataset.items, *dataset.offered)
    return next((item for item in items if (item.sha256, item.person) == (entry.sha256, entry.person)), None)
