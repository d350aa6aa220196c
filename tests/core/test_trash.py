"""Deletion that goes on after death."""

from __future__ import annotations

import errno
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from core import disk, trash

KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from core import disk, trash
root, step = Path(sys.argv[1]), int(sys.argv[2])
steps = 0
def dying(real):
    def do(*arguments, **named):
        global steps
        steps += 1
        if steps == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)
    return do
shutil.rmtree, Path.rename, Path.unlink = dying(shutil.rmtree), dying(Path.rename), dying(Path.unlink)
disk.write_json = dying(disk.write_json)
trash.remove(root, [root / "runs" / "a", root / "datasets" / "b", root / "note.txt"])
"""


def fill(root: Path) -> None:
    for name in ("runs/a/model.keras", "runs/a/deep/er.json", "datasets/b/v1.json", "runs/stays/model.keras"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    (root / "note.txt").write_text("x")


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_everything_named_goes_and_nothing_else(tmp_path: Path) -> None:
    fill(tmp_path)
    gone = [tmp_path / name for name in ("runs/a", "datasets/b", "never was", "note.txt")]
    trash.remove(tmp_path, gone)
    assert files(tmp_path) == {"runs/stays/model.keras"}


@pytest.mark.skipif(sys.platform == "win32", reason="knows no SIGKILL")
@pytest.mark.parametrize("step", range(2, 9))
def test_a_deletion_that_was_killed_is_finished(tmp_path: Path, step: int) -> None:
    fill(tmp_path)
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), str(step)], check=False)
    trash.finish(tmp_path)
    assert files(tmp_path) == {"runs/stays/model.keras"}
    assert not (tmp_path / trash.FOLDER).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="knows no SIGKILL")
def test_one_that_was_not_written_down_has_not_begun(tmp_path: Path) -> None:
    fill(tmp_path)
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), "1"], check=False)
    trash.finish(tmp_path)
    assert len(files(tmp_path)) == 5


@pytest.mark.parametrize("name", ["../outside.txt", ".", ""])
def test_a_note_reaches_nothing_outside(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.txt").write_text("x")
    root = tmp_path / "home"
    fill(root)
    disk.write_json(root / trash.FOLDER / "1.json", {"paths": [name]}, schema=1)
    trash.finish(root)
    assert (tmp_path / "outside.txt").exists()
    assert len(files(root)) == 5


def test_what_is_made_anew_in_the_same_place_is_not_taken_for_what_was_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A data set of the same photos gets the same folder; a file that was held open must not cost it later."""
    fill(tmp_path)
    with monkeypatch.context() as held_open:
        held_open.setattr(trash.shutil, "rmtree", lambda *_, **__: None)
        trash.remove(tmp_path, [tmp_path / "datasets", tmp_path / "runs" / "a"])
    fill(tmp_path)
    trash.finish(tmp_path)
    assert files(tmp_path) == {
        "runs/a/model.keras", "runs/a/deep/er.json", "datasets/b/v1.json", "runs/stays/model.keras", "note.txt",
    }  # fmt: skip


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
def test_a_full_disk_is_emptied_without_a_note_and_a_read_only_one_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.write_bytes(b"1")
    (folder / "inside").mkdir(parents=True)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, "refused")

    monkeypatch.setattr(disk, "write_json", refuse)
    with pytest.raises(OSError) if code == errno.EROFS else nullcontext():
        trash.remove(tmp_path, [file, folder])
    assert file.exists() == folder.exists() == (code == errno.EROFS)


def test_what_cannot_be_moved_is_removed_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "rename", refuse)
    trash.remove(tmp_path, [tmp_path / "runs" / "a", tmp_path / "note.txt"])
    assert files(tmp_path) == {"datasets/b/v1.json", "runs/stays/model.keras"}
