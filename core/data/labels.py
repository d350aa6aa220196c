"""Label photos that are in no folder of a person: by their file names, or by a table (CSV) beside them."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from core.config import MIN_PEOPLE, Split
from core.data.layout import SPLIT_FOLDERS, Parts, Place

PeopleFrom = Literal["folders", "names", "csv"]

TABLE_ENDINGS = (".csv", ".tsv")
# A name must begin at least so many file names.
FEWEST_OF_ONE = 2
# Names and tables count only if they label more than this fraction of the photos. The other photos are left out.
MOST_OF_ALL = 0.5
# A whole name, then its number: "anna_01", "Anna 2", "anna-3", "anna (4)", "anna (4) copy".
_NUMBERED = re.compile(r"^(?P<name>[^\W\d_].*?)[\s_.\-]*\(?\d*\)?(?:[\s_.\-]*(?:copy|kopie|copie))?$", re.IGNORECASE)
_FIRST_WORD = re.compile(r"^[^\W\d_]+")
# What cameras, phones and programs call their pictures.
_NO_NAMES = frozenset({
    "bild", "bilder", "camera", "cimg", "clipboard", "dcim", "dji", "download", "dsc", "dscf", "dscn", "face",
    "fb", "file", "foto", "fotos", "frame", "gopr", "gopro", "image", "images", "img", "imgp", "immagine",
    "jpeg", "jpg", "kamera", "mvimg", "p", "pano", "photo", "photos", "pic", "pics", "picture", "pictures",
    "png", "portrait", "pxl", "received", "sam", "scan", "screenshot", "selfie", "signal", "snap", "snapchat",
    "thumb", "thumbnail", "unnamed", "untitled", "vid", "wa", "whatsapp", "wechat", "wp",
})  # fmt: skip
_LABEL_HEADERS = frozenset({
    "class", "identity", "klasse", "label", "labels", "name", "names", "nom", "nombre", "person", "people",
    "student", "subject", "target", "wer", "who",
})  # fmt: skip
_SPLIT_HEADERS = frozenset({"fold", "part", "partition", "set", "split", "subset", "usage"})


@dataclass(frozen=True)
class FoundLabels:
    """The labels of a source's photos that file names or a table give.

    Attributes:
        way: where the labels come from.
        people: number of photos by name.
        places: one per photo, in the order of the paths given.
        table: name of the table; empty for file names.
    """

    way: PeopleFrom
    people: dict[str, int]
    places: tuple[Place, ...]
    table: str = ""

    @property
    def said_by(self) -> str:
        """The beginning of a sentence: who or what says whose the photos are."""
        return f'"{self.table}" says' if self.table else "the file names say"

    def counts(self, most: int = 6) -> str:
        """Return the people with their numbers, as "anna 8, ben 8"."""
        named = [f"{person} {photos}" for person, photos in self.people.items()]
        return ", ".join(named[:most]) + (f" and {len(named) - most} more" if len(named) > most else "")


def labels_from_names(paths: Sequence[Parts]) -> FoundLabels | None:
    """Find people in file names that begin with a name: "anna_01.jpg", "Anna 2.jpg". Case does not matter.

    Args:
        paths: the parts of each photo's path inside its source, file name last.

    Returns:
        The labels; None unless at least two people have two photos each and more than half of the photos have a name.
    """
    stems = [PurePosixPath(path[-1]).stem for path in paths]
    names = _numbered_names(stems)
    if len(names) < MIN_PEOPLE:
        names = _first_words(stems)
    found = [_beginning_with(stem, names) for stem in stems]
    return _found_labels("names", paths, found, reason="has no name of a person in front")


def _numbered_names(stems: Sequence[str]) -> dict[str, str]:
    """Return the names before a number: by their folded form, the most frequent spelling."""
    whole = [match["name"] for stem in stems if (match := _NUMBERED.match(stem))]
    return _spelled([name for name in whole if _may_be_a_name(name)])


def _first_words(stems: Sequence[str]) -> dict[str, str]:
    words = [match[0] for stem in stems if (match := _FIRST_WORD.match(stem))]
    return _spelled([word for word in words if _may_be_a_name(word)])


def _spelled(names: Sequence[str]) -> dict[str, str]:
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        spellings[_folded(name)][_shown(name)] += 1
    return {
        key: min(counts, key=lambda name, counts=counts: (-counts[name], name))  # type: ignore[misc]
        for key, counts in spellings.items()
        if counts.total() >= FEWEST_OF_ONE
    }


def _may_be_a_name(name: str) -> bool:
    first = _FIRST_WORD.match(name)
    return first is not None and first[0].casefold() not in _NO_NAMES and len(name) > 1


def _shown(name: str) -> str:
    return " ".join(re.split(r"[\s_]+", name.strip(" _.-")))


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def _beginning_with(stem: str, names: Mapping[str, str]) -> str | None:
    """Return the longest name that begins a file name as a whole word."""
    folded = _folded(stem)
    fitting = [key for key in names if re.match(rf"{re.escape(key)}(?![^\W\d_])", folded)]
    return names[max(fitting, key=len)] if fitting else None


def labels_from_table(paths: Sequence[Parts], tables: Mapping[str, bytes]) -> FoundLabels | None:
    """Find people in a table with a row per photo: a column of file names, one of labels, optionally one of splits.

    Args:
        paths: as for `labels_from_names`.
        tables: content of the CSV files of the source, by name.

    Returns:
        The labels of the table that names most photos; None if none names two people and more than half of the photos.
    """
    found = [labels for name, data in tables.items() if (labels := _of_table(paths, name, data))]
    return max(found, key=lambda labels: sum(labels.people.values()), default=None)


def _of_table(paths: Sequence[Parts], name: str, data: bytes) -> FoundLabels | None:
    rows = _rows(data)
    width = max(map(len, rows), default=0)
    columns = [[row[place].strip() if place < len(row) else "" for row in rows] for place in range(width)]
    if len(columns) < 2:
        return None
    known = {_key("/".join(path[-depth:])) for path in paths for depth in range(1, len(path) + 1)}
    files = max(columns, key=lambda column: sum(_key(cell) in known for cell in column))
    rest = [column for column in columns if column is not files]
    rows_used = [place for place, cell in enumerate(files) if _key(cell) in known]
    labels = _label_column(rest, rows_used)
    if labels is None:
        return None
    splits = next((column for column in rest if _head(column) in _SPLIT_HEADERS and column is not labels), None)
    cells_of = {_key(files[row]): (labels[row], splits[row] if splits else "") for row in reversed(rows_used)}
    found = [_label_of(path, cells_of) for path in paths]
    given = [SPLIT_FOLDERS.get(split.casefold()) for _, split in found]
    return _found_labels(
        "csv",
        paths,
        [label or None for label, _ in found],
        reason=f'is not named in "{name}"',
        table=name,
        splits=given,
    )


def _rows(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    lines = text.splitlines()
    # The sniffer of `csv` takes letters for delimiters; a table of two columns has one of these in its first line.
    delimiter = max(",;\t|", key=lines[0].count) if lines else ","
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter) if any(cell.strip() for cell in row)]
    except csv.Error:
        return []


def _key(file: str) -> str:
    """Return a path in the form in which tables and folders are compared: any case, any slash, no ending."""
    path = PurePosixPath(file.strip().replace("\\", "/").casefold())
    return str(path.with_suffix("")) if path.name else ""


def _head(column: Sequence[str]) -> str:
    return column[0].casefold() if column else ""


def _label_column(columns: Sequence[Sequence[str]], rows: Sequence[int]) -> Sequence[str] | None:
    """Return the column with a header of labels; else the one with the fewest different cells, at least two."""

    def kinds(column: Sequence[str]) -> int:
        return len({column[row] for row in rows} - {""})

    fit = [column for column in columns if kinds(column) >= MIN_PEOPLE and _head(column) not in _SPLIT_HEADERS]
    called = [column for column in fit if _head(column) in _LABEL_HEADERS and kinds(column) < max(len(rows), 3)]
    return min(called or fit, key=kinds, default=None)


def _label_of(path: Parts, cells_of: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Return label and split of a photo in a table: looked up by its whole path first, by its bare name last."""
    keys = (_key("/".join(path[-depth:])) for depth in range(len(path), 0, -1))
    return next((cells_of[key] for key in keys if key in cells_of), ("", ""))


def _found_labels(
    way: PeopleFrom,
    paths: Sequence[Parts],
    people: Sequence[str | None],
    *,
    reason: str,
    table: str = "",
    splits: Sequence[Split | None] | None = None,
) -> FoundLabels | None:
    counts = Counter(person for person in people if person is not None)
    if len(counts) < MIN_PEOPLE or counts.total() <= MOST_OF_ALL * len(paths):
        return None
    given = splits if splits and any(splits) else _split_folders(paths)
    places = [
        Place(person=person, split=split) if person else Place(reason=reason)
        for person, split in zip(people, given, strict=True)
    ]
    return FoundLabels(way, dict(sorted(counts.items(), key=lambda pair: pair[0].casefold())), tuple(places), table)


def _split_folders(paths: Sequence[Parts]) -> list[Split | None]:
    """Return the split that each photo's folders name; None for all unless there is a folder "train"."""
    named = [
        next((SPLIT_FOLDERS[folder.casefold()] for folder in path[:-1] if folder.casefold() in SPLIT_FOLDERS), None)
        for path in paths
    ]
    return named if "train" in named else [None] * len(paths)
