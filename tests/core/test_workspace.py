from __future__ import annotations

import shutil
from pathlib import Path

import platformdirs
import pytest

from core.errors import LabError
from core.workspace import Erased, Workspace


def _write(path: Path, n_bytes: int) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * n_bytes)
    return n_bytes


def test_personal_follows_lab_home_else_the_platform(lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Workspace.personal() == lab_home
    monkeypatch.delenv("LAB_HOME")
    assert Workspace.personal().root == Path(platformdirs.user_data_dir("vggface-lab", appauthor=False))


def test_erase_removes_all_of_the_users_and_counts_it(lab_home: Workspace) -> None:
    size = _write(lab_home.photos / "ab" / "ab12" / "original", 100)
    size += _write(lab_home.photos / "ab" / "ab12" / "crop-1.png", 10)
    size += _write(lab_home.photos / "cd" / "cd34" / "original", 200)
    size += _write(lab_home.datasets / "d1" / "1.json", 30)
    size += _write(lab_home.runs / "r1" / "events.jsonl", 40)
    size += _write(lab_home.jobs / "j1" / "request.json", 5)
    size += _write(lab_home.cache / "features.npy", 7)
    size += _write(lab_home.queue / "worker-helper.log", 11)
    _write(lab_home.weights / "vgg.h5", 1000)
    _write(lab_home.root / "not ours.txt", 1)
    assert lab_home.erase() == Erased(photos=2, bytes=size)
    left = {path.relative_to(lab_home.root).as_posix(): path.stat().st_size for path in _files(lab_home)}
    assert left == {"weights/vgg.h5": 1000, "not ours.txt": 1, "queue/worker-helper.log": 0}
    assert lab_home.erase() == Erased(photos=0, bytes=0)


def test_every_folder_is_erased_but_weights_and_queue(lab_home: Workspace) -> None:
    folders = [getattr(lab_home, name) for name, each in vars(Workspace).items() if isinstance(each, property)]
    assert len(folders) >= 9
    for folder in folders:
        _write(folder / "a" / "file", 1)
    lab_home.erase()
    assert {file.parent.parent for file in _files(lab_home)} == {lab_home.weights, lab_home.queue}


def test_erase_says_what_it_could_not_remove_and_the_next_one_does(
    lab_home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo that another program holds open on Windows must not stay without a word."""
    _write(lab_home.photos / "ab" / "ab12" / "original", 100)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "in use")

    with monkeypatch.context() as held_open:
        held_open.setattr(Path, "rename", refuse)
        held_open.setattr(shutil, "rmtree", lambda folder, ignore_errors: None)
        with pytest.raises(LabError, match=r"^1 files in .*photos.* could not be removed; close the programs"):
            lab_home.erase()
    with monkeypatch.context() as held_open:
        held_open.setattr(shutil, "rmtree", lambda folder, ignore_errors: None)
        with pytest.raises(LabError, match=r"^1 files in .*trash.* could not be removed"):
            lab_home.erase()
    lab_home.erase()
    assert _files(lab_home) == []


def _files(workspace: Workspace) -> list[Path]:
    return [path for path in workspace.root.rglob("*") if path.is_file()]
