"""The store: rows come back, pieces are whole or not there, the oldest go first, and none that is in use."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from core.features import folder as folders
from core.features import store as stores
from core.features.store import FeatureStore, Shelf

SHAPE = (2, 3, 4)
ROW_BYTES = 2 * 24


def keys(n: int, photo: int = 0) -> list[bytes]:
    """Return keys of different pictures of one photo."""
    start = bytes.fromhex(sha256(photo))[: folders.PHOTO_BYTES]
    return [start + hashlib.blake2b(bytes([i]), digest_size=folders.DIGEST_BYTES).digest() for i in range(n)]


def sha256(photo: int) -> str:
    return hashlib.sha256(bytes([photo])).hexdigest()


def rows(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, *SHAPE), np.float32)


def fill(folder: Path, name: str, photo: int = 0, n: int = 5) -> None:
    """Keep some rows, as a piece of work that ended."""
    with FeatureStore(folder) as store:
        store.shelf(name, SHAPE).add(keys(n, photo), rows(n, photo))


def known(folder: Path, name: str, photo: int = 0, n: int = 5) -> list[bool]:
    with FeatureStore(folder) as store:
        return store.shelf(name, SHAPE).knows(keys(n, photo)).tolist()


def test_what_was_kept_is_read_as_it_was_said_to_be(tmp_path):
    kept = rows(5)
    with FeatureStore(tmp_path) as store:
        said = store.shelf("net", SHAPE).add(keys(5), kept)
    np.testing.assert_allclose(said, kept, rtol=1e-3, atol=1e-6)
    with FeatureStore(tmp_path) as store:
        order = [4, 0, 3, 3]
        read = store.shelf("net", SHAPE).read([keys(5)[i] for i in order])
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, said[order])


def test_numbers_beyond_float16_keep_their_digits(tmp_path):
    kept = rows(3) * np.array([1e-2, 1, 1e7], np.float32).reshape(3, 1, 1, 1)
    with FeatureStore(tmp_path) as store:
        shelf = store.shelf("net", SHAPE)
        shelf.add(keys(3), kept)
        shelf.flush()
        for read, row in zip(shelf.read(keys(3)), kept, strict=True):
            np.testing.assert_allclose(read, row, rtol=1e-3, atol=1e-5 * np.abs(row).max())


def test_what_a_bfloat16_network_gives_loses_nothing():
    given = rows(50).astype(ml_dtypes.bfloat16).astype(np.float32)
    given[np.abs(given) < 2.0**-14] = 0  # where float16 has fewer digits
    np.testing.assert_array_equal(stores.rounded(given), given)


def test_a_shelf_is_told_by_its_name_and_the_format(tmp_path, monkeypatch):
    fill(tmp_path, "net")
    assert all(known(tmp_path, "net"))
    assert not any(known(tmp_path, "other"))
    monkeypatch.setattr(folders, "FORMAT", folders.FORMAT + 1)
    assert not any(known(tmp_path, "net"))


def test_a_piece_is_full_at_its_size_and_can_be_read_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(stores, "PIECE_BYTES", 2 * ROW_BYTES)
    with FeatureStore(tmp_path) as store:
        shelf = store.shelf("net", SHAPE)
        for key, row in zip(keys(5), rows(5), strict=True):
            shelf.add([key], row[None])
        assert shelf.knows(keys(5)).tolist() == [True] * 4 + [False]
    assert all(known(tmp_path, "net"))
    assert folders.used_bytes(tmp_path) == 5 * ROW_BYTES


KILLED = """
import os, sys, numpy as np
from pathlib import Path
from core.features.store import FeatureStore
store = FeatureStore(Path(sys.argv[1])).__enter__()
shelf = store.shelf("net", (2, 3, 4))
shelf.add([bytes(32)], np.ones((1, 2, 3, 4), np.float32))
shelf.flush()
shelf.add([bytes(31) + b"1"], np.ones((1, 2, 3, 4), np.float32))
os._exit(1)
"""


def test_a_death_leaves_whole_pieces_only(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert list(tmp_path.rglob(".tmp-*"))
    with FeatureStore(tmp_path) as store:
        shelf = store.shelf("net", SHAPE)
        assert shelf.knows([bytes(32), bytes(31) + b"1"]).tolist() == [True, False]
        np.testing.assert_array_equal(shelf.read([bytes(32)]), np.ones((1, *SHAPE)))
        assert not list(tmp_path.rglob(".tmp-*"))


@pytest.mark.parametrize("file", [folders.ROWS, folders.KEYS])
def test_a_damaged_piece_is_computed_again(tmp_path, file):
    fill(tmp_path, "net")
    (piece,) = folders.pieces(tmp_path)
    os.truncate(piece / file, 10)
    assert not any(known(tmp_path, "net"))
    assert folders.pieces(tmp_path) == []


def limited(monkeypatch: pytest.MonkeyPatch, n_rows: int) -> None:
    monkeypatch.setattr(stores, "PIECE_BYTES", ROW_BYTES)
    monkeypatch.setattr(folders, "limit_bytes", lambda folder: n_rows * ROW_BYTES)


def test_what_was_not_used_for_longest_goes_first(tmp_path, monkeypatch):
    limited(monkeypatch, 12)
    for age, name in enumerate(("oldest", "old", "new")):
        fill(tmp_path, name)
        for piece in (tmp_path / f"v1-{name}").iterdir():
            os.utime(piece, (age, age))
    assert all(known(tmp_path, "oldest"))  # used again
    fill(tmp_path, "newest", n=2)
    left = {name for name in ("oldest", "old", "new") if all(known(tmp_path, name))}
    assert left == {"oldest", "new"}


def test_nothing_in_use_goes_and_then_nothing_more_is_kept(tmp_path, monkeypatch):
    limited(monkeypatch, 5)
    fill(tmp_path, "used")
    with FeatureStore(tmp_path) as other:
        used = other.shelf("used", SHAPE)
        with FeatureStore(tmp_path) as store:
            shelf = store.shelf("net", SHAPE)
            shelf.add(keys(1), rows(1))
            shelf.flush()
            assert not shelf.knows(keys(1)).any()
            assert "full" in store.trouble
        assert used.read(keys(5)).shape == (5, *SHAPE)
    fill(tmp_path, "net", n=1)
    assert all(known(tmp_path, "net", n=1))


@pytest.mark.parametrize("at", ["write", "finish"])
def test_a_full_disk_ends_the_keeping_and_nothing_else(tmp_path, monkeypatch, at):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with FeatureStore(tmp_path) as store:
        shelf = store.shelf("net", SHAPE)
        with monkeypatch.context() as patch:
            patch.setattr(stores._NewPiece, at, full)
            added = shelf.add(keys(2), rows(2))
            shelf.flush()
        np.testing.assert_allclose(added, rows(2), rtol=1e-3, atol=1e-6)
        assert "disk is full" in store.trouble
        shelf.add(keys(2), rows(2))
        shelf.flush()
        assert not shelf.knows(keys(2)).any()
    assert not list(tmp_path.rglob(folders.ROWS))


def test_another_refusal_is_told(tmp_path, monkeypatch):
    def broken(self: Shelf, *_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(stores._NewPiece, "write", broken)
    with FeatureStore(tmp_path) as store, pytest.raises(OSError, match="Input"):
        store.shelf("net", SHAPE).add(keys(2), rows(2))


def test_a_folder_that_is_erased_meanwhile_does_not_come_back_with_rows(tmp_path):
    with FeatureStore(tmp_path / "features") as store:
        store.shelf("net", SHAPE).add(keys(2), rows(2))
        shutil.rmtree(tmp_path / "features")
    assert not list(tmp_path.rglob(folders.ROWS))


def test_nothing_stays_of_a_photo_that_is_gone(tmp_path):
    for photo in (0, 1):
        fill(tmp_path, "net", photo)
    folders.keep_only(tmp_path, [sha256(1), sha256(2)])
    assert not any(known(tmp_path, "net", 0))
    assert all(known(tmp_path, "net", 1))


def test_the_limit_is_a_share_of_what_is_free(tmp_path, monkeypatch):
    monkeypatch.setattr(folders.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1000}))
    assert folders.limit_bytes(tmp_path / "not" / "there") == 250
    folders.set_share(tmp_path, 0.5)
    assert folders.share_of(tmp_path) == 0.5
    fill(tmp_path, "net")
    assert folders.limit_bytes(tmp_path) == int(0.5 * (1000 + 5 * ROW_BYTES))
    folders.set_share(tmp_path, 0)
    assert folders.used_bytes(tmp_path) == 0
    (tmp_path / "limit.json").write_text("{", encoding="utf-8")
    assert folders.share_of(tmp_path) == folders.DEFAULT_SHARE
