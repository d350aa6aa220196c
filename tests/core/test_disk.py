from __future__ import annotations

import errno
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from core import disk


def test_json_comes_back_with_any_script_and_its_schema(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "names.json"
    disk.write_json(path, {"people": ["Zoë Ωmega", "李小龍", 'O"Neil\n'], "n": 3}, schema=1)
    content = json.loads(disk.read_bytes(path))
    assert content == {"schema": 1, "people": ["Zoë Ωmega", "李小龍", 'O"Neil\n'], "n": 3}
    assert "李小龍" in path.read_text(encoding="utf-8")


def test_a_write_that_breaks_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    disk.write_bytes(path, b"old")
    with suppress(RuntimeError), disk.replacing(path) as beside:
        beside.write_bytes(b"ne")
        assert path.read_bytes() == b"old"
        assert beside.suffix == path.suffix
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


KILLED = """
import os, signal, sys
from pathlib import Path
from core import disk
root = Path(sys.argv[1])
with disk.replacing(root / "runs" / "checkpoint.npz") as beside, disk.temporary_folder(root) as folder:
    beside.write_bytes(b"half")
    (folder / "original.jpg").write_bytes(b"photo")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="knows no SIGKILL")
def test_what_a_killed_process_left_is_cleared_and_what_a_living_one_needs_stays(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    with disk.temporary_folder(tmp_path) as mine, disk.replacing(tmp_path / "runs" / "model.keras") as beside:
        beside.write_bytes(b"half")
        before = {path for path in tmp_path.rglob("*") if path.is_file()}
        assert len(before) == 3
        disk.clear_temporary(tmp_path)
        assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2
        disk.clear_temporary(tmp_path, deep=True)
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == [beside]
        assert mine.is_dir()
    assert {path.name for path in tmp_path.rglob("*")} == {"runs", "model.keras"}


def test_what_can_be_found_out_again_need_not_be_written(tmp_path: Path) -> None:
    for code in (errno.ENOSPC, errno.EROFS, errno.EACCES):
        with disk.unless_refused():
            raise OSError(code, "refused")
    with pytest.raises(FileNotFoundError), disk.unless_refused():
        (tmp_path / "deleted" / "file").write_bytes(b"1")


def test_readers_see_the_old_or_the_new_file_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    for number in range(50):
        disk.write_json(path, {"number": number, "padding": "x" * 10_000}, schema=1)
        with disk.replacing(path) as beside:
            beside.write_bytes(b'{"schema": 1, "numb')
            assert json.loads(disk.read_bytes(path))["number"] == number
            beside.write_bytes(path.read_bytes())


def test_a_file_that_is_in_use_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to replace a file that a reader has open at that moment."""
    refusals = iter([True, True, False])
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if next(refusals):
            raise PermissionError(13, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(PermissionError):
        disk.write_bytes(tmp_path / "a", b"1")
    monkeypatch.setattr(disk, "_REFUSES_WHILE_OPEN", True)
    disk.write_bytes(tmp_path / "b", b"2")
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_a_torn_last_line_spoils_neither_what_came_before_nor_what_comes_after(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    assert disk.read_lines(path) == []
    disk.append_line(path, {"n": 1, "text": "ä\nö\r"})
    disk.append_line(path, {"n": 2})
    whole = path.read_bytes()
    for cut in range(1, len(b'{"n": 2}\n') + 1):
        path.write_bytes(whole[:-cut])
        before = disk.read_lines(path)
        # Without its line end only, the last entry is whole.
        assert before == [{"n": 1, "text": "ä\nö\r"}] + ([{"n": 2}] if cut == 1 else [])
        disk.append_line(path, {"n": 3})
        assert disk.read_lines(path) == [*before, {"n": 3}]


def test_a_log_that_grew_is_not_parsed_from_its_beginning_again(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "events.jsonl"
    for n in range(5):
        disk.append_line(path, {"n": n})
    assert len(disk.read_lines(path)) == 5
    parsed = []
    loads = json.loads
    monkeypatch.setattr(disk.json, "loads", lambda line: parsed.append(line) or loads(line))
    disk.append_line(path, {"n": 5})
    assert [entry["n"] for entry in disk.read_lines(path)] == [0, 1, 2, 3, 4, 5]
    assert [line for line in parsed if line] == [b'{"n": 5}']


def test_a_log_made_anew_under_the_same_path_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for n in range(3):
        disk.append_line(path, {"n": n})
    disk.read_lines(path)
    path.rename(tmp_path / "old")
    for n in range(10, 16):
        disk.append_line(path, {"n": n})
    assert [entry["n"] for entry in disk.read_lines(path)] == [10, 11, 12, 13, 14, 15]
    path.unlink()
    assert disk.read_lines(path) == []


def test_what_a_caller_does_to_the_list_is_not_seen_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    disk.append_line(path, {"n": 1})
    disk.read_lines(path).clear()
    assert disk.read_lines(path) == [{"n": 1}]


def test_a_folder_is_made_whole_or_not_at_all_and_removed_at_once(tmp_path, monkeypatch):
    home = tmp_path / "home"
    assert disk.folders_in(home) == []
    with pytest.raises(FileNotFoundError), disk.making_folder(home / "job") as beside:
        (beside / "no folder" / "request.json").write_text("{}", encoding="utf-8")
    assert list(home.iterdir()) == []
    with disk.making_folder(home / "job") as beside:
        (beside / "request.json").write_text("{}", encoding="utf-8")
        assert disk.folders_in(home) == []
    assert [path.name for path in disk.folders_in(home)] == ["job"]
    assert (home / "job" / "request.json").exists()
    # Death while files go: nothing is left under the folder's name.
    monkeypatch.setattr(disk.shutil, "rmtree", lambda *_, **__: None)
    disk.remove_folder(home / "job")
    disk.remove_folder(home / "unknown")
    assert disk.folders_in(home) == []
    assert len(list(home.iterdir())) == 1
