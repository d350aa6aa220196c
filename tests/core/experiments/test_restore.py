from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from core.errors import RunError
from core.experiments import archive, restore, runs
from core.experiments.runs import Run
from core.models import foreign_model
from core.workspace import Workspace
from tests import fakes
from tests.core.models.test_foreign_model import write_model


@pytest.fixture
def finished(lab_home: Workspace) -> Run:
    run = fakes.run(lab_home, fakes.dataset(lab_home), epochs=4)
    write_model(run.model_path)
    return run


@pytest.fixture(autouse=True)
def checked_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look into networks in this process, and start no other one for each test."""
    monkeypatch.setattr(foreign_model, "check_apart", foreign_model.check)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "another computer")


@pytest.fixture
def taken(finished: Run, tmp_path: Path) -> Path:
    return archive.pack_run(finished, tmp_path / "taken.zip")


def changed(taken: Path, name: str, content: object) -> io.BytesIO:
    """Return a copy of the zip in which one entry is another."""
    copy = io.BytesIO()
    with zipfile.ZipFile(taken) as zipped_file, zipfile.ZipFile(copy, "w") as out:
        for entry in zipped_file.namelist():
            if entry != name:
                out.writestr(entry, zipped_file.read(entry))
        if content is not None:
            out.writestr(name, content if isinstance(content, str | bytes) else json.dumps(content))
    copy.seek(0)
    return copy


def read(taken: Path, name: str) -> dict:
    with zipfile.ZipFile(taken) as zipped_file:
        return json.loads(zipped_file.read(name))


def test_an_experiment_comes_back_on_another_computer_as_it_was(finished, taken, elsewhere):
    back = restore.unpack_run(taken, elsewhere)
    assert runs.list_runs(elsewhere) == [back]
    assert back.id == finished.id
    assert back.status().state == "done"
    assert (back.created_at, back.config) == (finished.created_at, finished.config)
    assert back.dataset.people == finished.dataset.people
    assert [epoch.val_accuracy for epoch in back.history()] == [epoch.val_accuracy for epoch in finished.history()]
    ours, theirs = back.predictions(), finished.predictions()
    assert ours.probabilities.tolist() == theirs.probabilities.tolist()
    assert (ours.names, ours.sha256s) == (theirs.names, theirs.sha256s)
    assert (back.summary()["test_correct"], back.summary()["test_total"]) == (11, 12)
    assert back.model_path.read_bytes() == finished.model_path.read_bytes()
    with archive.opened(back.path) as pack:
        assert pack.people == finished.dataset.people
    assert sorted(path.name for path in elsewhere.runs.iterdir()) == [finished.id]


def test_what_it_did_comes_along(finished, elsewhere, tmp_path):
    head = {"epoch": 10, "val_accuracy": 0.9, "test_correct": 12}
    finished.job.write_result({**finished.summary(), "retrained": False, "head_only": head})
    summary = restore.unpack_run(archive.pack_run(finished, tmp_path / "again.zip"), elsewhere).summary()
    assert (summary["retrained"], summary["head_only"]) == (False, head)


def test_what_is_taken_along_holds_no_photo_and_no_place_of_this_computer(finished, taken, lab_home):
    with zipfile.ZipFile(taken) as zipped_file:
        names = zipped_file.namelist()
        texts = b"".join(zipped_file.read(name) for name in names if name != archive.MODEL)
    assert not [name for name in names if name.endswith((".png", ".jpg"))]
    assert str(lab_home.root).encode() not in texts
    assert b"holiday.mp4" not in texts


def test_what_is_here_already_is_said(finished, taken, lab_home):
    with pytest.raises(RunError, match="here already"):
        restore.unpack_run(taken, lab_home)
    shutil.rmtree(finished.path)
    assert restore.unpack_run(taken.open("rb"), lab_home).id == finished.id


@pytest.mark.parametrize("run_id", ["../../evil", "/etc", "", 7, None, "20240101-000000-abcdef/.."])
def test_an_id_never_decides_a_path(taken, elsewhere, run_id):
    known = read(taken, archive.HEADER)
    back = restore.unpack_run(changed(taken, archive.HEADER, {**known, "id": run_id}), elsewhere)
    assert back.path.parent == elsewhere.runs
    assert {path.name for path in elsewhere.root.iterdir()} == {"runs"}


def test_names_with_paths_in_the_zip_are_not_written(taken, elsewhere):
    back = restore.unpack_run(changed(taken, "../../evil.txt", "evil"), elsewhere)
    assert not list(elsewhere.root.parent.rglob("evil.txt"))
    assert {path.name for path in back.path.iterdir()} <= {
        "request.json", "status.json", "dataset.json", "config.json", "predictions.json", "result.json",
        "events.jsonl", "model.keras", "lock",
    }  # fmt: skip


def hostile() -> list[tuple[str, str, object]]:
    def inside(name: str, key: str, value: object) -> tuple[str, str, object]:
        return name, key, value

    return [
        inside(archive.DATASET, "id", "../../photos"),
        inside(archive.DATASET, "people", ["Ada"]),
        inside(archive.DATASET, "people", ["Ada", "Ada", "Bo"]),
        inside(archive.DATASET, "items", [{"sha256": "../../../etc"}]),
        inside(archive.DATASET, "people", 5),
        inside(archive.CONFIG, "epochs", -1),
        inside(archive.CONFIG, "backbone", "resnet-of-tomorrow"),
        inside(archive.CONFIG, "freeze_depth", 999),
        inside(archive.DATASET, "schema", 99),
        inside(archive.RESULT, "test_correct", "all"),
        inside(archive.RESULT, "kept_epoch", -1),
        inside(archive.RESULT, "head_only", {"epoch": 1}),
        inside(archive.PREDICTIONS, "labels", [9] * 12),
        inside(archive.PREDICTIONS, "labels", [0]),
        inside(archive.PREDICTIONS, "probabilities", [[float("nan")] * 3] * 12),
        inside(archive.PREDICTIONS, "sha256s", ["../" * 20 + "etc/passwd"] * 12),
        inside(archive.PREDICTIONS, "faces", ["x"] * 12),
        inside(archive.PREDICTIONS, "schema", 99),
        inside(archive.HEADER, "created_at", "yesterday"),
        inside(archive.HEADER, "name", "x" * 5000),
    ]


@pytest.mark.parametrize(("name", "key", "value"), hostile())
def test_what_does_not_fit_is_refused_whole(taken, elsewhere, name, key, value):
    copy = changed(taken, name, {**read(taken, name), key: value})
    with pytest.raises(RunError, match=r"cannot be brought back \(.*choose one that this lab made\.$"):
        restore.unpack_run(copy, elsewhere)
    assert not elsewhere.runs.exists() or list(elsewhere.runs.iterdir()) == []


@pytest.mark.parametrize("said", [[], [[0.5, 0.25, 0.25]], [[0.5, 0.5]] * 6, "nothing"])
def test_a_round_without_its_probabilities_is_refused(taken, elsewhere, said):
    with zipfile.ZipFile(taken) as zipped:
        events = [json.loads(line) for line in zipped.read(archive.EVENTS).splitlines()]
    for event in events:
        event |= {"val_probabilities": said} if event["event"] == "epoch" else {}
    with pytest.raises(RunError, match="a round in it is not whole"):
        restore.unpack_run(changed(taken, archive.EVENTS, "\n".join(map(json.dumps, events))), elsewhere)


@pytest.mark.parametrize(
    "name", [archive.DATASET, archive.CONFIG, archive.PREDICTIONS, archive.RESULT, archive.EVENTS, archive.MODEL]
)
def test_a_missing_or_broken_part_is_refused(taken, elsewhere, name):
    for content in (None, b"\xff\xfe broken", "[1]"):
        with pytest.raises(RunError):
            restore.unpack_run(changed(taken, name, content), elsewhere)
    assert not elsewhere.runs.exists() or list(elsewhere.runs.iterdir()) == []


def test_a_torn_zip_and_another_file_are_refused(taken, elsewhere, tmp_path):
    data = taken.read_bytes()
    for broken in (data[: len(data) // 2], b"", b"hello", data.replace(b"keras", b"kerax")):
        with pytest.raises(RunError):
            restore.unpack_run(io.BytesIO(broken), elsewhere)


def test_what_grows_while_it_is_unpacked_is_refused(taken, elsewhere, monkeypatch):
    bomb = io.BytesIO()
    with zipfile.ZipFile(taken) as zipped_file, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in zipped_file.namelist():
            out.writestr(entry, bytes(3_000_000) if entry == archive.MODEL else zipped_file.read(entry))
    with pytest.raises(RunError, match="packed otherwise"):
        restore.unpack_run(bomb, elsewhere)
    monkeypatch.setattr(archive, "LARGEST_TEXT_BYTES", 100)
    with pytest.raises(RunError, match="larger than"):
        restore.unpack_run(taken, elsewhere)


def test_a_network_that_holds_code_is_refused(taken, elsewhere, tmp_path):
    write_model(tmp_path / "bad.keras", {"class_name": "Lambda", "module": "keras.layers", "config": {}})
    copy = changed(taken, archive.MODEL, (tmp_path / "bad.keras").read_bytes())
    with pytest.raises(RunError, match="holds 'Lambda', which this lab never makes"):
        restore.unpack_run(copy, elsewhere)
    assert list(elsewhere.runs.iterdir()) == []


def test_a_network_is_looked_into_in_a_process_apart(finished, taken, elsewhere, monkeypatch):
    asked = []
    monkeypatch.setattr(foreign_model, "check_apart", lambda path: asked.append(path.name))
    restore.unpack_run(taken, elsewhere)
    assert asked == ["model.keras"]
