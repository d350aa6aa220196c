"""Zips are written whatever the clock says."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest

from core.zips import NewZip


@pytest.mark.parametrize(("now", "year"), [(0, 1980), (1_700_000_000, 2023), (7_000_000_000, 2107)])
def test_a_zip_is_written_in_any_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: int, year: int) -> None:
    monkeypatch.setattr(time, "localtime", lambda *seconds, real=time.gmtime: real(now))
    (tmp_path / "file").write_bytes(b"1")
    with NewZip(tmp_path / "new.zip", zipfile.ZIP_DEFLATED) as new:
        new.writestr("text", "2" * 100)
        new.write(tmp_path / "file", "file", zipfile.ZIP_STORED)
        with new.open("stream", "w", force_zip64=True) as entry:
            entry.write(b"3")
    with zipfile.ZipFile(tmp_path / "new.zip") as read:
        assert [read.read(name)[:1] for name in ("text", "file", "stream")] == [b"2", b"1", b"3"]
        assert read.getinfo("text").date_time[0] == read.getinfo("stream").date_time[0] == year
        assert read.getinfo("text").compress_type == zipfile.ZIP_DEFLATED
        assert read.getinfo("text").compress_size < 100
