from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from core import memory
from core.memory import LOW_BYTES, cause_of_death, note

PLENTY = 8 * LOW_BYTES


@pytest.fixture
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in the place of the system's own count, which stands at 3."""
    file = tmp_path / "memory.events"
    file.write_text("low 9\noom 8\noom_kill 3\noom_group_kill 7\n", encoding="utf-8")
    monkeypatch.setattr(memory, "_counters", lambda: [tmp_path / "no such file", file])
    return file


def _noted(path: Path, monkeypatch: pytest.MonkeyPatch, free_bytes: int) -> Path:
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: SimpleNamespace(available=free_bytes))
    note(path)
    return path


def test_little_memory_left_is_the_cause(tmp_path: Path, counter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cause_of_death(_noted(tmp_path / "heartbeat", monkeypatch, 400_000_000)) == (
        "The system ended this work, probably for want of memory (0.4 GB were left); "
        "choose smaller faces or more frozen blocks, or close other programs, and start it again."
    )


def test_with_plenty_left_only_the_systems_own_count_is(
    tmp_path: Path, counter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _noted(tmp_path / "heartbeat", monkeypatch, PLENTY)
    assert cause_of_death(path) == ""
    counter.write_text("oom_kill 4\n", encoding="utf-8")
    assert "probably for want of memory; choose smaller faces" in cause_of_death(path)
    counter.unlink()
    assert cause_of_death(path) == ""


def test_what_the_system_ended_long_after_the_last_beat_was_something_else(
    tmp_path: Path, counter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _noted(tmp_path / "heartbeat", monkeypatch, PLENTY)
    counter.write_text("oom_kill 4\n", encoding="utf-8")
    long_ago_s = time.time() - 10 * memory.SOON_S
    monkeypatch.setattr(memory.psutil, "boot_time", lambda: 0.0)
    os.utime(path, (long_ago_s, long_ago_s))
    assert cause_of_death(path) == ""


def test_where_the_system_counts_nothing_only_what_was_left_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_counters", list)
    assert cause_of_death(_noted(tmp_path / "heartbeat", monkeypatch, PLENTY)) == ""
    assert cause_of_death(_noted(tmp_path / "heartbeat", monkeypatch, LOW_BYTES - 1)) != ""


def test_a_computer_that_was_started_again_ended_it_itself(
    tmp_path: Path, counter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _noted(tmp_path / "heartbeat", monkeypatch, 0)
    os.utime(path, (1.0, 1.0))
    assert cause_of_death(path) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows such limits")
def test_a_limit_of_the_process_itself_is_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    me = psutil.Process()
    before = me.rlimit(psutil.RLIMIT_AS)
    me.rlimit(psutil.RLIMIT_AS, (me.memory_info().vms + LOW_BYTES // 2, before[1]))
    try:
        note(tmp_path / "heartbeat")
    finally:
        me.rlimit(psutil.RLIMIT_AS, before)
    assert "want of memory (0.3 GB were left)" in cause_of_death(tmp_path / "heartbeat")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", json.dumps({"free_bytes": None})])
def test_a_note_that_is_missing_or_torn_says_nothing(tmp_path: Path, text: str) -> None:
    assert cause_of_death(tmp_path / "none") == ""
    (tmp_path / "heartbeat").write_text(text, encoding="utf-8")
    assert cause_of_death(tmp_path / "heartbeat") == ""


@pytest.mark.skipif(not Path("/proc/vmstat").exists(), reason="only Linux counts")
def test_the_systems_own_count_is_found() -> None:
    assert any(memory._killed(file) is not None for file in memory._counters())


def test_whoever_reads_a_note_reads_a_whole_one(tmp_path: Path, counter: Path) -> None:
    path = tmp_path / "heartbeat"
    note(path)
    with ThreadPoolExecutor(1) as pool:
        noting = pool.submit(lambda: [note(path) for _ in range(300)])
        while not noting.done():
            assert json.loads(path.read_bytes())["killed"] == 3


def test_a_note_brings_no_deleted_folder_back(tmp_path: Path, counter: Path) -> None:
    with pytest.raises(FileNotFoundError):
        note(tmp_path / "deleted" / "heartbeat")
    assert not (tmp_path / "deleted").exists()
