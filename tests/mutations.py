"""Files that are nearly right: valid ones with bytes changed, and zips whose headers lie; drawn so that they shrink."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from functools import partial

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# The same files every time. What takes long is told by `tests.apart`.
tried = partial(
    settings,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
_NUMBERS = (
    b"\0",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
)
_PLACES = st.integers(0, 2**20)
_LENGTHS = st.integers(0, 300)
_PIECES = st.sampled_from(_NUMBERS) | st.binary(max_size=12)
_WAYS = ("flip", "write", "insert", "remove", "cut", "repeat", "swap", "graft")
_CHANGES = st.tuples(st.sampled_from(_WAYS), _PLACES, _PLACES, _LENGTHS, _PIECES)


@st.composite
def changed(draw: st.DrawFn, seeds: Sequence[bytes], *, most: int = 5) -> bytes:
    """Draw one of these files with up to `most` changes: bytes flipped, added, gone, swapped, or those of another."""
    data = draw(st.sampled_from(seeds))
    for way, place, other, length, piece in draw(st.lists(_CHANGES, max_size=most)):
        data = _change(data, way, place % (len(data) + 1), other, length, piece, seeds)
    return data


def _change(data: bytes, way: str, at: int, other: int, length: int, piece: bytes, seeds: Sequence[bytes]) -> bytes:
    head, tail = data[:at], data[at:]
    if way == "flip":
        return head + bytes(byte ^ (1 << other % 8) for byte in tail[:1]) + tail[1:]
    if way == "write":
        return head + piece + tail[len(piece) :]
    if way == "insert":
        return head + piece + tail
    if way == "remove":
        return head + tail[length:]
    if way == "cut":
        return head
    if way == "repeat":
        return head + tail[:length] * (2 + other % 3) + tail[length:]
    if way == "swap":
        return head + tail[length : 2 * length] + tail[:length] + tail[2 * length :]
    graft = seeds[other % len(seeds)]
    return head + graft[at % (len(graft) + 1) :]


ODD_NAMES = (
    "../x.png", "../../etc/x.png", "/etc/x.png", "C:\\x.png", "\\\\host\\x.png", "NUL", "con/aux.png", "a\0b.png", "",
    ".", "..", "/", "anna", "anna/", "anna/../../x.png", "./1.png", "__MACOSX/._1.png", ".hidden", "x" * 300 + ".png",
    "a/" * 60 + "1.png", "\u202egnp.1", "\u200b", "\ud7ff", "\U0001f600/1.png", "ä/ö.png", "a\nb.png",
    "train/anna/1.png", "test/1.png", "validation/", "people.csv", "model.keras", "run/experiment.json",
)  # fmt: skip
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# Offset and format of what a header says: of a file (its own, the list's), and of the list's end.
_FIELDS: dict[bytes, tuple[tuple[int, str], ...]] = {
    b"PK\3\4": ((4, "H"), (6, "H"), (8, "H"), (14, "I"), (18, "I"), (22, "I"), (26, "H"), (28, "H")),
    b"PK\1\2": (
        *((6, "H"), (8, "H"), (10, "H"), (12, "H"), (14, "H"), (16, "I"), (20, "I"), (24, "I"), (28, "H")),
        *((30, "H"), (32, "H"), (38, "I"), (42, "I")),
    ),
    b"PK\5\6": ((4, "H"), (8, "H"), (10, "H"), (12, "I"), (16, "I"), (20, "H")),
}
_LIES = st.tuples(
    st.sampled_from(sorted(_FIELDS)),
    st.integers(0, 9),
    st.integers(0, 12),
    st.sampled_from([0, 1, 8, 9, 12, 14, 20, 63, 99, 0x800, 0x801, 0xFFFF, 0xFFFFFFFE, 0xFFFFFFFF, 3 * 10**9])
    | st.integers(0, 2**32 - 1),
)


@st.composite
def zips(draw: st.DrawFn, files: Mapping[str, bytes], *, keep: bool = False) -> bytes:
    """Draw a zip of some of these files, under their names or odd ones, some twice, whose headers may lie.

    Args:
        keep: all files are there under their own names, in front of what is drawn.
    """
    names, contents = st.sampled_from(sorted(files)), st.sampled_from(sorted(files.values())) | st.binary(max_size=40)
    drawn = st.tuples(names | st.sampled_from(ODD_NAMES), contents, st.sampled_from(_METHODS))
    members = [(name, files[name], zipfile.ZIP_STORED) for name in files] if keep else []
    data = zip_of([*members, *draw(st.lists(drawn, max_size=3 if keep else 6))])
    for signature, number, field, value in draw(st.lists(_LIES, max_size=3)):
        data = _lie(data, signature, number, field, value)
    return data


def zip_of(members: Sequence[tuple[str, bytes, int]]) -> bytes:
    """Write a zip of (name, content, method), whatever the names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, content, method in members:
            info = zipfile.ZipInfo("-")
            info.filename, info.compress_type = name, method
            archive.writestr(info, content)
    return file.getvalue()


def _lie(data: bytes, signature: bytes, number: int, field: int, value: int) -> bytes:
    places = [at for at in range(len(data)) if data.startswith(signature, at)]
    if not places:
        return data
    offset, form = _FIELDS[signature][field % len(_FIELDS[signature])]
    size = struct.calcsize(form)
    at = places[number % len(places)] + offset
    return data[:at] + (value % 256**size).to_bytes(size, "little") + data[at + size :]
