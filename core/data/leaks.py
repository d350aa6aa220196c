"""Photos of an exam that also lie in practice: a network that has learned them by heart would get them right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from core.config import Split
from core.data.dataset import Dataset, Item
from core.data.groups import group_photos, near_pairs
from core.data.photofolder import PhotoFacts
from core.data.read import LeftOut
from core.data.splitting import Facts, UsedPhoto

LEAK = "leak"
EXAMS: Mapping[Split, str] = {"test": "final exam", "validation": "mock exam"}


def without_leaks(photos: Sequence[UsedPhoto], facts: Facts) -> tuple[list[UsedPhoto], list[LeftOut]]:
    """Take out of the exams what belongs together with a practice photo of the same person.

    That is the same file, a near copy, or a photo of the same minute, as `groups.group_photos` says. An exam of which
    nothing stays is one that the source lacks, so it is taken from practice; the reason says so.

    Args:
        photos: with the splits that their source gave.

    Returns:
        The photos that stay, and the others as left out, of kind "leak".
    """
    twins = _twins(photos, facts)
    stay = [photo for place, photo in enumerate(photos) if place not in twins]
    emptied = set(EXAMS) & ({photo.split for photo in photos} - {photo.split for photo in stay})
    left_out = []
    for place, twin in twins.items():
        photo, reason = photos[place], _reason(photos[place], twin, facts)
        if photo.split in emptied:
            reason += f"; as no other photo was left, the {EXAMS[photo.split]} was taken from practice"
        left_out.append(LeftOut(photo.name, reason, photo.sha256, photo.person, photo.split, LEAK, photo.face))
    return stay, left_out


def _twins(photos: Sequence[UsedPhoto], facts: Facts) -> dict[int, UsedPhoto]:
    """Return for each leaking photo, by its place, a practice photo of its group: the most alike."""
    people: dict[str, list[int]] = defaultdict(list)
    for place, photo in enumerate(photos):
        if photo.person is not None and isinstance(facts[photo.sha256], PhotoFacts):
            people[photo.person].append(place)
    twins = {}
    for places in people.values():
        if {photos[place].split for place in places} <= {"train"}:
            continue
        known = [fact for place in places if isinstance(fact := facts[photos[place].sha256], PhotoFacts)]
        groups: dict[int, list[UsedPhoto]] = defaultdict(list)
        labels = dict(zip(places, group_photos(known), strict=True))
        for place, label in labels.items():
            if photos[place].split == "train":
                groups[label].append(photos[place])
        for place, label in labels.items():
            if photos[place].split in EXAMS and groups[label]:
                ranks = [_alike(photos[place], other, facts) for other in groups[label]]
                twins[place] = groups[label][ranks.index(min(ranks))]
    return dict(sorted(twins.items()))


def _alike(one: UsedPhoto, other: UsedPhoto, facts: Facts) -> int:
    """Rank how much two photos are alike: 0 the same file, 1 a near copy, 2 of the same take."""
    if one.sha256 == other.sha256:
        return 0
    hashes = [fact.phash for photo in (one, other) if isinstance(fact := facts[photo.sha256], PhotoFacts)]
    return 1 if near_pairs(hashes) else 2


def _reason(photo: UsedPhoto, twin: UsedPhoto, facts: Facts) -> str:
    how = ("is the same photo as", "is nearly the same photo as", "belongs to the same take as")
    return f'{how[_alike(photo, twin, facts)]} "{twin.name}" in practice'


def leaking(dataset: Dataset, split: Split) -> list[LeftOut]:
    """Return the photos of an exam that do not count because they also lie in practice."""
    return [entry for entry in dataset.left_out if entry.kind == LEAK and entry.split == split]


def counted(dataset: Dataset) -> list[tuple[Item, Item]]:
    """Pair each exam photo that counts although it also lies in practice with the first such practice photo."""
    practice: dict[int, Item] = {}
    for item in dataset.of("train"):
        practice.setdefault(item.group, item)
    exams = [item for split in EXAMS for item in dataset.of(split)]
    return [(item, practice[item.group]) for item in exams if item.group in practice]


def warnings(dataset: Dataset) -> list[dict[str, str]]:
    """Return the photos that are used although something is wrong with them, as plain JSON values: name and reason."""
    leaks = counted(dataset)
    told = {(item.sha256, item.person) for pair in leaks for item in pair}
    rows = [
        (entry.name, entry.reason)
        for entry in dataset.to_review
        if entry.kind != "across_splits" or (entry.sha256, entry.person) not in told
    ]
    rows += [
        (item.name, f'counts in the {EXAMS[item.split]}, and lies in practice: "{twin.name}"') for item, twin in leaks
    ]
    return [{"name": name, "reason": reason} for name, reason in sorted(rows)]


def sentences(dataset: Dataset) -> list[str]:
    """Say what makes the exams less than they seem, a sentence each; none where all is well."""
    found = []
    for split, exam in EXAMS.items():
        if out := leaking(dataset, split):
            found.append(f"In practice too, so not counted in the {exam}: {_named(out)}.")
        if seen := [item for item, _ in counted(dataset) if item.split == split]:
            found.append(f"In practice too, and counted in the {exam} all the same: {_named(seen)}.")
    if shared := [entry for entry in dataset.to_review if entry.kind == "same_as_other_person"]:
        found.append(f"Look at these, they are alike and of two people: {_named(shared)}.")
    return found


def _named(entries: Sequence[LeftOut | Item], most: int = 3) -> str:
    names = ", ".join(f'"{entry.name}"' for entry in entries[:most])
    count = f"{len(entries)} photo{'' if len(entries) == 1 else 's'}"
    return f"{count} ({names}{'' if len(entries) <= most else ' and others'})"
