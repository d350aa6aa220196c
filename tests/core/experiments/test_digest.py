"""Lists of experiments, after changes that the server does not hear of."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from core import disk
from core.errors import DamagedFileError
from core.experiments import digest, listing, runs
from core.experiments.runs import Run
from core.remembered import forget
from tests import fakes

pytestmark = pytest.mark.usefixtures("runs_apart")


@pytest.fixture
def two(lab_home) -> tuple[Run, Run]:
    """Two experiments, looked at by this server and by none."""
    dataset = fakes.dataset(lab_home)
    made = fakes.run(lab_home, dataset), fakes.run(lab_home, dataset)
    fakes.age(lab_home.root)
    listing.list_all(lab_home)
    return made


def listed(lab_home) -> list[tuple[str, str, int | None]]:
    return [(row.id, row.name, row.correct) for row in listing.list_all(lab_home).rows]


def spoil(path: Path) -> None:
    """Write as many other bytes into a file, in place."""
    path.write_bytes(b"x" * path.stat().st_size)


@pytest.mark.parametrize("change", [spoil, Path.unlink])
def test_what_others_damage_is_seen_at_the_next_look_and_so_is_its_repair(lab_home, two, change) -> None:
    first, second = two
    for name in ("request.json", "status.json", "dataset.json", "predictions.json", "result.json"):
        whole = (second.path / name).read_bytes()
        change(second.path / name)
        # Without its result it is one that was not tested yet.
        untested = [(second.id, "", None)] if not (second.path / "result.json").exists() else []
        assert listed(lab_home) == [*untested, (first.id, "", 11)], name
        assert len(runs.damaged_runs(lab_home)) == 1 - len(untested)
        (second.path / name).write_bytes(whole)
        assert listed(lab_home) == [(second.id, "", 11), (first.id, "", 11)]
        assert runs.damaged_runs(lab_home) == []


def test_what_was_added_renamed_tested_moved_and_deleted_by_others_is_seen_at_the_next_look(lab_home, two) -> None:
    first, second = two
    third = fakes.run(lab_home, first.dataset, tested=False, state="running")
    assert listed(lab_home) == [(third.id, "", None), (second.id, "", 11), (first.id, "", 11)]
    third.job.write_result({"test_correct": 3, "test_total": 12})
    shutil.copy(first.path / "predictions.json", third.path)
    request = json.loads((second.path / "request.json").read_text(encoding="utf-8"))
    disk.write_json(second.path / "request.json", {**request, "name": "mine"}, schema=1)
    shutil.rmtree(first.path)
    assert listed(lab_home) == [(third.id, "", 3), (second.id, "mine", 11)]
    second.path.rename(second.path.with_name("20200101-000000-aaaaaa"))
    assert listed(lab_home) == [(third.id, "", 3), ("20200101-000000-aaaaaa", "mine", 11)]
    shutil.rmtree(lab_home.runs)
    assert listed(lab_home) == []


def test_a_server_that_has_just_begun_opens_no_file_that_grows_with_the_photos(lab_home, two, monkeypatch) -> None:
    before = listing.list_all(lab_home)
    forget()
    monkeypatch.setattr(digest, "_made", lambda *_: pytest.fail("it was opened"))
    assert listing.list_all(lab_home) == before
    assert before.rows[0].outcome == two[1].outcome()
    # So does one that somebody copied with its times.
    shutil.copytree(two[0].path, lab_home.runs / "20200101-000000-aaaaaa")
    assert len(listing.list_all(lab_home).rows) == 3


def test_a_digest_that_is_damaged_is_made_again(lab_home, two) -> None:
    kept = two[0].path / digest.FILE
    made = kept.read_bytes()
    without_result = made.replace(b'"test_correct"', b'"x"').decode()
    for content in ("", "no json", '{"schema": 1, "of": []}', '{"schema": 99}', without_result):
        kept.write_text(content, encoding="utf-8")
        forget()
        assert len(listed(lab_home)) == 2
        assert kept.read_bytes() == made


def test_a_digest_is_kept_only_of_files_that_were_not_changed_just_now(lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    assert run.digest().numbers == {"test_correct": 11, "test_total": 12}
    assert not (run.path / digest.FILE).exists()
    fakes.age(run.path)
    made = run.digest()
    assert (run.path / digest.FILE).exists()
    (run.path / digest.FILE).unlink()
    # Whoever tests it need not wait.
    digest.keep(run.path)
    forget()
    assert run.digest() == made


def test_a_folder_that_cannot_be_written_to_can_be_read(lab_home, monkeypatch) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    fakes.age(run.path)
    for refused in (PermissionError(13, "no"), FileNotFoundError(2, "gone")):
        monkeypatch.setattr(disk, "write_json", lambda *_, error=refused, **__: (_ for _ in ()).throw(error))
        forget()
        assert run.digest().numbers == {"test_correct": 11, "test_total": 12}
    (run.path / "dataset.json").write_text("[]", encoding="utf-8")
    with pytest.raises(DamagedFileError, match=r"dataset\.json"):
        run.digest()
