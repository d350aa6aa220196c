"""What happens to a reader in its own process is told, and the next input is read all the same."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apart import MOST_S, Apart


def read(inside: Path, what: str) -> str:
    if what == "die":
        os.abort()
    if what == "raise":
        raise ZeroDivisionError
    if what == "write":
        (inside.parent.parent / "outside").write_bytes(b"1")
    if what == "move":
        (inside / "new").write_bytes(b"1")
        (inside / "new").rename(inside.parent / "around" / "new")
    if what == "fill":
        bytearray(2**33)
    if what == "spin":
        ends_s = time.process_time() + MOST_S + 0.1
        while time.process_time() < ends_s:
            pass
    (inside / "mine").write_bytes(b"1")
    return f"read {what}"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    apart = Apart(read, tmp_path_factory.mktemp("apart") / "place")
    yield apart
    apart.close()


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("die", "ended with"),
        ("raise", "ZeroDivisionError"),
        ("write", "changed something outside"),
        ("move", "changed something outside"),
        pytest.param("fill", "MemoryError", marks=pytest.mark.skipif(os.name == "nt", reason="knows no limits")),
        ("spin", "took"),
    ],
)
def test_what_goes_wrong_is_told_and_the_next_input_is_read(reader: Apart, what: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        reader(what)
    assert reader("well") == "read well"
