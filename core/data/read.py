"""Read a folder or zip of photos: whose each photo is, its split, its bytes. One photo in memory at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.config import Split
from core.data.filetype import HEAD_BYTES, archive_name, why_not_a_photo
from core.data.labels import TABLE_ENDINGS, FoundLabels, PeopleFrom, labels_from_names, labels_from_table
from core.data.layout import ARRANGEMENT, Parts, Place, arrange, arrange_new, folders_name_people, found_names
from core.data.sources import Entry, EntryError, Source, is_zip, open_source
from core.errors import DatasetError
from core.visible import visible

if TYPE_CHECKING:
    from pathlib import Path

MAX_PHOTO_BYTES = 200_000_000
MAX_TABLE_BYTES = 10_000_000
# What Windows, macOS, Linux, Android and the makers of network disks leave behind; what begins with a dot goes anyway.
_IGNORED = {
    *("__macosx", "icon\r", "network trash folder", "temporary items"),
    *("$recycle.bin", "recycler", "system volume information", "thumbs.db", "ehthumbs.db", "desktop.ini", "$extend"),
    *("lost+found", "lost.dir", "found.000"),
    *("@eadir", "@tmp", "@sharebin", "@recycle", "@recently-snapshot", "@__thumb", "#recycle", "#snapshot"),
}
_LONGEST_NAME = 255
# If a file named like a photo is none, the user is told why.
_PHOTO_NAMES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif", ".heic", ".heif")


@dataclass(frozen=True)
class SourcePhoto:
    """A photo of a source.

    Attributes:
        name: its path inside the source, for showing only.
        person, split: None where the source does not say.
        data: the whole file; it may only be named like a photo, which decoding then finds out.
        reason: why it is left out until the user decides, as of `layout.Place`; None if it is used.
    """

    name: str
    person: str | None
    split: Split | None
    data: bytes
    reason: str | None = None


@dataclass(frozen=True)
class LeftOut:
    """A file that is not used, or a photo that needs a look.

    Attributes:
        name: its path inside the source.
        reason: follows the name in a sentence.
        sha256: of the photo in the store; None where it was not kept.
        person: whose photo it is; None if unknown.
        split: the split it had or would have; None where that is open.
        kind: of unused files "unreadable", "not_a_photo", "no_face", "too_few" (its person has too few photos),
            "removed" (by the user), "leak" (see `leaks`), "misplaced". Of photos that need a look, the first that
            applies: "several_faces", "small_face", "turned", "same_as_other_person", "across_splits". Of extra photos:
            see `extras.with_extras`. Empty in files of early versions.
        face: index of the face to use; None is the whole photo.
        n_faces: of an extra photo, the number of faces found.
        extra: it lies beside the split folders and is left out until the user decides; see `extras`.
    """

    name: str
    reason: str
    sha256: str | None = None
    person: str | None = None
    split: Split | None = None
    kind: str = ""
    face: int | None = 0
    n_faces: int = 0
    extra: bool = False

    @property
    def is_extra_group_photo(self) -> bool:
        """Whether this is an extra photo of several faces; it is used as soon as the user chooses one of them."""
        return self.extra and self.kind == "several_faces"


@dataclass(frozen=True)
class _Found:
    entry: Entry
    parts: Parts
    place: Place


class PhotoReader:
    """The files of a source, in the order of their names. Each is read when the iteration reaches it.

    Attributes:
        people: how many photos of each person are named, before any is decoded.

    Raises:
        DatasetError: on construction, if the source as a whole cannot be used.
    """

    def __init__(
        self,
        source: Path,
        arrange_paths: Callable[[Sequence[Parts]], list[Place]],
        advice: str,
        *,
        without: Collection[str] = (),
        on_entry: Callable[[], None] = lambda: None,
    ) -> None:
        self._source = source
        with open_source(source, on_entry) as files:
            entries = {entry: parts for entry in files.entries() if (parts := _shown_parts(entry.parts))}
            ordered = sorted(entries, key=lambda entry: entries[entry])
            self._unusable = {}
            for entry in ordered:
                on_entry()
                if why := _why_not(files, entry):
                    self._unusable[entry] = why
        photos = [entry for entry in ordered if entry not in self._unusable]
        if not photos:
            first = f'"{"/".join(entries[ordered[0]])}" {self._unusable[ordered[0]][0]}' if ordered else "it is empty"
            raise DatasetError(f'There are no photos in "{source.name}": {first}; {advice}.')
        places = dict(zip(photos, arrange_paths([entries[entry] for entry in photos]), strict=True))
        self._left_out = {entry for entry, place in places.items() if place.person in without}
        self._found = [_Found(entry, entries[entry], places.get(entry, Place())) for entry in ordered]
        used = [place for entry, place in places.items() if entry not in self._left_out and place.reason is None]
        self.people = Counter(place.person for place in used if place.person is not None)

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[SourcePhoto | LeftOut]:
        with open_source(self._source) as files:
            for found in self._found:
                name, place = "/".join(found.parts), found.place
                if found.entry in self._unusable and not _is_named_like_a_photo(found):
                    reason, kind = self._unusable[found.entry]
                    yield LeftOut(name, reason, kind=kind)
                    continue
                if found.entry in self._left_out:
                    yield LeftOut(name, "shows somebody whom you left out", kind="removed")
                    continue
                if place.reason is not None and place.person is None:
                    yield LeftOut(name, place.reason, kind="misplaced")
                    continue
                try:
                    data = files.read(found.entry)
                except EntryError as error:
                    yield LeftOut(name, str(error), person=place.person, split=place.split, kind="unreadable")
                else:
                    yield SourcePhoto(name, place.person, place.split, data, place.reason)


def read_source(
    source: Path,
    people_from: PeopleFrom = "folders",
    *,
    without: Collection[str] = (),
    on_entry: Callable[[], None] = lambda: None,
) -> PhotoReader:
    """Read the photos of people for a data set.

    Layout: a folder per person, or train, validation and test with a folder per person each; see `layout.arrange`.
    Whether a file is a photo is decided by its content. Other files come as `LeftOut`, unless they are named
    like a photo. Hidden files and those of operating systems (`__MACOSX`, `$RECYCLE.BIN`, `Thumbs.db`) are skipped.

    Args:
        source: a folder or a zip file.
        people_from: "names" takes people from file names, "csv" from a table beside the photos; see `labels`.
        without: people whose photos are left out unread.
        on_entry: called for every file looked at before the first photo comes; may raise `Stopped`.

    Raises:
        DatasetError: there is no such source, it is no zip, is encrypted, holds no photos, has an unknown layout, or is
            too large when unpacked.
    """
    check_kind(source)
    if people_from == "folders":
        return PhotoReader(source, arrange, ARRANGEMENT, without=without, on_entry=on_entry)

    def named(paths: Sequence[Parts]) -> list[Place]:
        found = labels_from_names(paths) if people_from == "names" else labels_from_table(paths, _tables(source))
        if found is None:
            raise DatasetError(f"{why_no_labels(people_from, source.name, paths)}; {ARRANGEMENT}.")
        return list(found.places)

    return PhotoReader(source, named, ARRANGEMENT, without=without, on_entry=on_entry)


def why_no_labels(people_from: PeopleFrom, name: str, paths: Sequence[Parts]) -> str:
    """Return why names or tables give no labels, with what was found instead."""
    what = "The names of the photos" if people_from == "names" else "No CSV file"
    missing = "begin with no names of two people" if people_from == "names" else "tells who is on the photos"
    return f'{what} in "{name}" {missing} ({found_names(paths)})'


def count_people(source: Path) -> Counter[str]:
    """Return how many photos of each person the folders of a source name. Quick: no photo is opened.

    Raises:
        DatasetError: the source cannot be opened or listed, or its folders name nobody.
    """
    return Counter(place.person for place in arrange(_photo_paths(source)) if place.person and not place.reason)


def _photo_paths(source: Path) -> list[Parts]:
    """Return the paths of all files that are named like photos, in order."""
    check_kind(source)
    with open_source(source) as files:
        shown = [parts for entry in files.entries() if (parts := _shown_parts(entry.parts))]
    return sorted(parts for parts in shown if parts[-1].casefold().endswith(_PHOTO_NAMES))


def find_labels(source: Path) -> FoundLabels | None:
    """Find out whether a table or the file names say who is on the photos of a source, where folders do not.

    Quick: only names of photos are looked at, and tables read.

    Returns:
        The labels, for the user to confirm. None if folders name two people, or nothing does.

    Raises:
        DatasetError: the source cannot be opened or listed.
    """
    paths = _photo_paths(source)
    if not paths or folders_name_people(paths):
        return None
    return labels_from_table(paths, _tables(source)) or labels_from_names(paths)


def _tables(source: Path) -> dict[str, bytes]:
    """Read the tables of a source, except those too large for a list of photos."""
    found = {}
    with open_source(source) as files:
        for entry in files.entries():
            parts = _shown_parts(entry.parts)
            if parts and parts[-1].casefold().endswith(TABLE_ENDINGS) and entry.size <= MAX_TABLE_BYTES:
                with suppress(EntryError):
                    found["/".join(parts)] = files.read(entry)
    return found


def check_kind(source: Path) -> None:
    """Raise DatasetError if a source is a file but no zip; the message names other kinds of archives."""
    if not source.is_file() or is_zip(source):
        return
    with source.open("rb") as file:
        archive = archive_name(file.read(HEAD_BYTES))
    if archive:
        raise DatasetError(f'"{source.name}" is a {archive}, which is not read here; unpack it, or pack it as a zip.')
    raise DatasetError(f'"{source.name}" is neither a folder nor a zip; {ARRANGEMENT}, as it is or as a zip.')


def read_photos(source: Path, *, on_entry: Callable[[], None] = lambda: None) -> PhotoReader:
    """Read photos to predict: one photo file, or a folder or zip of photos in any layout.

    Args:
        source: a photo, a folder or a zip file.
        on_entry: as for `read_source`.

    Returns:
        The photos. Their person is the name of their folder, None if they are in none. It need not be a person that a
        model knows.

    Raises:
        DatasetError: as `read_source`, except for the layout.
    """
    return PhotoReader(source, arrange_new, "bring photos that show a face", on_entry=on_entry)


def _why_not(files: Source, entry: Entry) -> tuple[str, str] | None:
    """Return why a file cannot be read as a photo, and the `LeftOut.kind`; None for a photo."""
    try:
        reason = why_not_a_photo(files.read(entry, HEAD_BYTES))
    except EntryError as error:
        return str(error), "unreadable"
    if reason is not None:
        return reason, "not_a_photo"
    if entry.size > MAX_PHOTO_BYTES:
        megabytes, most = entry.size // 1_000_000, MAX_PHOTO_BYTES // 1_000_000
        return f"is too large ({megabytes} MB; at most {most} MB are read); make it smaller", "unreadable"
    return None


def _is_named_like_a_photo(found: _Found) -> bool:
    return found.parts[-1].casefold().endswith(_PHOTO_NAMES) and found.entry.size <= MAX_PHOTO_BYTES


def shown_name(name: str) -> str:
    """Return a typed name as folder names are shown and compared: NFC, trimmed, no control characters.

    Raises:
        DatasetError: nothing is left of it.
    """
    shown = visible(name)[:_LONGEST_NAME]
    if not shown:
        raise DatasetError(f"A name needs at least one letter, received {name!r}; type one.")
    return shown


def is_ignored(parts: Parts) -> bool:
    """Return whether a file is hidden, or belongs to an operating system or network disk."""
    return any(part.startswith(".") or part.casefold() in _IGNORED for part in parts)


def _shown_parts(parts: Parts) -> Parts | None:
    """Return a path in the form in which it is shown and compared; None for a file to skip."""
    if is_ignored(parts):
        return None
    return tuple(_shown(part) for part in parts) or None


def _shown(part: str) -> str:
    return visible(part)[:_LONGEST_NAME] or "(no name)"
