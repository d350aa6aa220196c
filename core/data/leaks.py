"""Leaks: validation and test photos that are also train photos. A network has learned them by heart.

They are left out of the split unless the user lets them count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from core.config import Split
from core.data.dataset import Dataset, Item
from core.data.groups import group_photos, near_pairs
from core.data.photofolder import PhotoFacts
from core.data.read import LeftOut
from core.data.splitting import SPLIT_WORDS, Facts, UsedPhoto

LEAK = "leak"
HELD_OUT: tuple[Split, ...] = ("test", "validation")


def without_leaks(
    photos: Sequence[UsedPhoto], facts: Facts, held_out: Collection[Split] = HELD_OUT
) -> tuple[list[UsedPhoto], list[LeftOut]]:
    """Leave out the validation and test photos that are in one group with a train photo of the same person.

    That is the same file, a near copy, or a photo of the same minute; see `groups.group_photos`. If nothing stays of a
    split, it will be taken from the train photos; the reason says so.

    Args:
        photos: with the splits that their source gave.
        held_out: the splits that are looked at.

    Returns:
        The photos that stay, and those left out, of kind "leak".
    """
    twins = _twins(photos, facts, held_out)
    stay = [photo for index, photo in enumerate(photos) if index not in twins]
    emptied = set(HELD_OUT) & ({photo.split for photo in photos} - {photo.split for photo in stay})
    left_out = []
    for index, twin in twins.items():
        photo, reason = photos[index], _reason(photos[index], twin, facts)
        if photo.split in emptied:
            reason += f"; as no other photo was left, the {SPLIT_WORDS[photo.split]} was taken from practice"
        left_out.append(LeftOut(photo.name, reason, photo.sha256, photo.person, photo.split, LEAK, photo.face))
    return stay, left_out


def _twins(photos: Sequence[UsedPhoto], facts: Facts, held_out: Collection[Split]) -> dict[int, UsedPhoto]:
    """Return for each leaking photo, by its index, the most similar train photo of its group."""
    people: dict[str, list[int]] = defaultdict(list)
    for index, photo in enumerate(photos):
        if photo.person is not None and isinstance(facts[photo.sha256], PhotoFacts):
            people[photo.person].append(index)
    twins = {}
    for indices in people.values():
        if {photos[index].split for index in indices} <= {"train"}:
            continue
        known = [fact for index in indices if isinstance(fact := facts[photos[index].sha256], PhotoFacts)]
        groups: dict[int, list[UsedPhoto]] = defaultdict(list)
        labels = dict(zip(indices, group_photos(known), strict=True))
        for index, label in labels.items():
            if photos[index].split == "train":
                groups[label].append(photos[index])
        for index, label in labels.items():
            if photos[index].split in held_out and groups[label]:
                ranks = [_distance(photos[index], other, facts) for other in groups[label]]
                twins[index] = groups[label][ranks.index(min(ranks))]
    return dict(sorted(twins.items()))


def without_exam_copies(
    new: Sequence[UsedPhoto], old: Sequence[UsedPhoto], facts: Facts
) -> tuple[list[UsedPhoto], list[LeftOut]]:
    """Leave out new train photos that are in one group with a validation or test photo of the same person.

    Args:
        new: photos that join train.
        old: photos of the data set, with their splits.

    Returns:
        The photos that stay, and those left out, of kind "leak".
    """
    stay, left_out = [], []
    for person in {photo.person for photo in new}:
        joining = [photo for photo in new if photo.person == person]
        exams = [photo for photo in old if photo.person == person and photo.split in HELD_OUT]
        known = [fact for photo in (*joining, *exams) if isinstance(fact := facts[photo.sha256], PhotoFacts)]
        labels = dict(zip((fact.sha256 for fact in known), group_photos(known), strict=True))
        taken = {labels.get(photo.sha256): photo for photo in exams}
        for photo in joining:
            twin = taken.get(labels.get(photo.sha256))
            if twin is None or twin.split is None:
                stay.append(photo)
                continue
            reason = f'belongs to the same take as "{twin.name}" in the {SPLIT_WORDS[twin.split]}'
            left_out.append(LeftOut(photo.name, reason, photo.sha256, person, photo.split, LEAK, photo.face))
    return stay, left_out


def _distance(one: UsedPhoto, other: UsedPhoto, facts: Facts) -> int:
    """Rank two photos of a group: 0 for the same file, 1 for near copies, 2 for photos of the same minute."""
    if one.sha256 == other.sha256:
        return 0
    hashes = [fact.phash for photo in (one, other) if isinstance(fact := facts[photo.sha256], PhotoFacts)]
    return 1 if near_pairs(hashes) else 2


def _reason(photo: UsedPhoto, twin: UsedPhoto, facts: Facts) -> str:
    how = ("is the same photo as", "is nearly the same photo as", "belongs to the same take as")
    return f'{how[_distance(photo, twin, facts)]} "{twin.name}" in practice'


def leaking(dataset: Dataset, split: Split) -> list[LeftOut]:
    """Return the photos that were left out of a split because they are also train photos."""
    return [entry for entry in dataset.left_out if entry.kind == LEAK and entry.split == split]


def counted(dataset: Dataset) -> list[tuple[Item, Item]]:
    """Return the leaks that the user lets count, each with the first train photo of its group."""
    train: dict[int, Item] = {}
    for item in dataset.of("train"):
        train.setdefault(item.group, item)
    held_out = [item for split in HELD_OUT for item in dataset.of(split)]
    return [(item, train[item.group]) for item in held_out if item.group in train]


def warnings(dataset: Dataset) -> list[dict[str, str]]:
    """Return the used photos that something is wrong with, as plain JSON values: name and reason."""
    leaks = counted(dataset)
    mentioned = {(item.sha256, item.person) for pair in leaks for item in pair}
    rows = [
        (entry.name, entry.reason)
        for entry in dataset.to_review
        if entry.kind != "across_splits" or (entry.sha256, entry.person) not in mentioned
    ]
    rows += [
        (item.name, f'counts in the {SPLIT_WORDS[item.split]}, and belongs with "{twin.name}" in practice')
        for item, twin in leaks
    ]
    return [{"name": name, "reason": reason} for name, reason in sorted(rows)]


def sentences(dataset: Dataset) -> list[str]:
    """Return a sentence for each thing that makes validation or test less reliable than it seems."""
    found = []
    for split in HELD_OUT:
        exam = SPLIT_WORDS[split]
        if out := leaking(dataset, split):
            found.append(f"Belong with practice photos, so not counted in the {exam}: {_named(out)}.")
        if counting := [item for item, _ in counted(dataset) if item.split == split]:
            found.append(f"Belong with practice photos, and counted in the {exam} all the same: {_named(counting)}.")
    if shared := [entry for entry in dataset.to_review if entry.kind == "same_as_other_person"]:
        found.append(f"Look at these, they are alike and of two people: {_named(shared)}.")
    return found


def _named(entries: Sequence[LeftOut | Item], most: int = 3) -> str:
    names = ", ".join(f'"{entry.name}"' for entry in entries[:most])
    count = f"{len(entries)} photo{'' if len(entries) == 1 else 's'}"
    return f"{count} ({names}{'' if len(entries) <= most else ' and others'})"
