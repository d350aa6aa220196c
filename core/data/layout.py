"""Find people and splits in the folder names of a source; only the photos' paths are looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.config import MIN_PEOPLE, Split
from core.errors import DatasetError

Parts = tuple[str, ...]

SPLIT_FOLDERS: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "val": "validation",
    "valid": "validation",
    "test": "test",
    "testing": "test",
}
ARRANGEMENT = "put the photos of each person into a folder with that person's name, and bring the folder around them"
BESIDE = "lies beside practice, mock exam and final exam"


@dataclass(frozen=True)
class Place:
    """Where a photo belongs: its person and its split, each None where the folders do not say.

    Attributes:
        person: with spaces where the folder's name has underscores.
        reason: why the photo is left out, to follow its name in a sentence; None if it is used. With a person, it is an
            extra photo (see `extras`).
    """

    person: str | None = None
    split: Split | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.person is not None:
            # A name of underscores alone stays what it is.
            object.__setattr__(self, "person", " ".join(self.person.replace("_", " ").split()) or self.person)


def arrange(paths: Sequence[Parts]) -> list[Place]:
    """Find each photo's person and split.

    The layout is a folder per person, or train, validation and test with a folder per person each. Outer folders around
    that are skipped; folders inside a person's folder are that person's. Photos directly in "test" (or in its only
    folder, if that is no person's) are unlabelled test photos. Left out are photos of people who are not in train, and
    photos beside the split folders; the latter get a person if a folder around them is named like one in train.

    Args:
        paths: the parts of each photo's path inside its source, file name last.

    Returns:
        A place per photo, in the same order.

    Raises:
        DatasetError: no folder names a person, or there is a validation or test folder without a train folder.
    """
    outer = _outer_folders(paths)
    inside = [path[len(outer) :] if path[: len(outer)] == outer else None for path in paths]
    tops = {path[0] for path in inside if path and len(path) > 1}
    if not tops:
        raise DatasetError(f"The photos lie in no folder that names a person ({found_names(paths)}); {ARRANGEMENT}.")
    splits = {top: split for top in tops if (split := _split_of(top))}
    if "train" in splits.values():
        return _arrange_splits(inside, splits)
    if len(splits) == len(tops):
        named = ", ".join(f'"{top}"' for top in sorted(tops))
        raise DatasetError(f'There is {named} but no folder "train"; add it, or {ARRANGEMENT}.')
    loose = Place(reason="lies in no person's folder")
    return [Place(person=path[0]) if path and len(path) > 1 else loose for path in inside]


def folders_name_people(paths: Sequence[Parts]) -> bool:
    """Return whether the folders of these photos name at least two people."""
    try:
        return len({place.person for place in arrange(paths)} - {None}) >= MIN_PEOPLE
    except DatasetError:
        return False


def found_names(paths: Sequence[Parts], most: int = 3) -> str:
    """Return the number of photos with the names of the first, as "24 photos: "1.jpg", "2.jpg" and others"."""
    names = ", ".join(f'"{"/".join(path)}"' for path in sorted(paths)[:most])
    photos = f"{len(paths)} photo{'' if len(paths) == 1 else 's'}"
    return f"{photos}: {names}{'' if len(paths) <= most else ' and others'}"


def arrange_new(paths: Sequence[Parts]) -> list[Place]:
    """Find person and split of photos to predict, in any layout; nothing is left out.

    Returns:
        A place per photo, in the same order. The person is the name of the photo's outermost folder that is neither
        around all photos nor a split's; None if there is no such folder.
    """
    outer = _outer_folders(paths)
    inside = [path[len(outer) :] if path[: len(outer)] == outer else path[-1:] for path in paths]
    tops = {path[0] for path in inside if len(path) > 1}
    splits = {top: split for top in tops if (split := _split_of(top))}
    if "train" not in splits.values() and len(splits) < len(tops):
        splits = {}
    places = []
    for path in inside:
        split = splits.get(path[0]) if len(path) > 1 else None
        rest = path[1:] if split else path
        places.append(Place(person=rest[0] if len(rest) > 1 else None, split=split))
    return places


def _split_of(folder: str) -> Split | None:
    return SPLIT_FOLDERS.get(folder.casefold())


def _outer_folders(paths: Sequence[Parts], people: frozenset[str] = frozenset()) -> Parts:
    """Return the folders around everything: one inside the other, none of them a split's or a person's."""
    outer: Parts = ()
    inner = list(paths)
    while True:
        tops = {path[0] for path in inner if len(path) > 1}
        if len(tops) != 1 or not any(len(path) > 2 for path in inner):
            return outer
        (top,) = tops
        if _split_of(top) == "train" or top in people:
            return outer
        outer += (top,)
        inner = [path[1:] for path in inner if len(path) > 1]


def _arrange_splits(inside: Sequence[Parts | None], splits: dict[str, Split]) -> list[Place]:
    """Place the photos of a source with split folders; `inside` has None for photos not in the folder around these."""
    members: dict[Split, list[Parts]] = defaultdict(list)
    for path in inside:
        if path and len(path) > 1 and path[0] in splits:
            members[splits[path[0]]].append(path[1:])
    outer = {"train": _outer_folders(members["train"])}
    people = _people(members["train"], outer["train"])
    if not people:
        loose = found_names([(path[-1],) for path in members["train"]])
        raise DatasetError(f'The folder "train" holds photos but no folders of people ({loose}); in it, {ARRANGEMENT}.')
    for split in ("validation", "test"):
        outer[split] = _outer_folders(members[split], people)
    if not _people(members["test"], outer["test"]) & people:
        outer["test"] = _one_folder_deeper(members["test"], outer["test"])
    by_folded = {person.casefold(): person for person in sorted(people)}

    def place(path: Parts | None) -> Place:
        if not path or len(path) < 2 or path[0] not in splits:
            known = (by_folded[folder.casefold()] for folder in (path or ())[:-1] if folder.casefold() in by_folded)
            return Place(person=next(known, None), reason=BESIDE)
        split = splits[path[0]]
        around = outer[split]
        rest = path[1:][len(around) :] if path[1 : 1 + len(around)] == around else path[-1:]
        return _place_in_split(rest, split, people, by_folded)

    return [place(path) for path in inside]


def _place_in_split(rest: Parts, split: Split, people: frozenset[str], by_folded: dict[str, str]) -> Place:
    if len(rest) < 2:
        return Place(split="test") if split == "test" else Place(reason=f'lies in no person\'s folder of "{split}"')
    person = rest[0] if rest[0] in people else by_folded.get(rest[0].casefold())
    if person is None:
        return Place(reason=f'shows "{rest[0]}", of whom there are no photos to train with')
    return Place(person=person, split=split)


def _people(paths: Sequence[Parts], outer: Parts) -> frozenset[str]:
    depth = len(outer)
    return frozenset(path[depth] for path in paths if len(path) > depth + 1 and path[:depth] == outer)


def _one_folder_deeper(paths: Sequence[Parts], outer: Parts) -> Parts:
    """Step into the only folder of a test split without folders of people: its photos are unlabelled."""
    folders = _people(paths, outer)
    return (*outer, *folders) if len(folders) == 1 else outer
