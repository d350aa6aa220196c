from __future__ import annotations

import os
from pathlib import Path

import pytest

from core import jobfolder
from core.data import dataset as datasets
from core.data import edits, versions
from core.experiments import baseline, digest, runs
from core.jobs import deletion
from core.remembered import forget, remembered, remembered_of_files
from tests import fakes

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_remembered_is_computed_once_until_it_is_forgotten() -> None:
    asked = []

    @remembered(most=2)
    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    assert [double(1), double(1), double(2)] == [2, 2, 4]
    assert asked == [1, 2]
    forget()
    assert double(1) == 2
    assert asked == [1, 2, 1]


@remembered_of_files(lambda path: [str(path)], most=2)
def words(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def test_what_files_say_is_read_once_until_one_of_them_changes(tmp_path) -> None:
    path = tmp_path / "file"
    assert words(path) == []
    path.write_text("a b")
    fakes.age(tmp_path)
    first = words(path)
    assert first == ["a", "b"]
    assert words(path) is first
    path.write_text("a b c")
    assert words(path) == ["a", "b", "c"]
    path.unlink()
    assert words(path) == []


@pytest.mark.parametrize("ahead_s", [0, 1, -1])
def test_a_file_that_changes_twice_within_a_tick_of_its_disk_is_read_again(tmp_path, ahead_s) -> None:
    path = tmp_path / "file"
    path.write_text("a b")
    tick_ns = path.stat().st_mtime_ns + ahead_s * 10**9
    os.utime(path, ns=(tick_ns, tick_ns))
    assert words(path) == ["a", "b"]
    path.write_text("c d")
    os.utime(path, ns=(tick_ns, tick_ns))
    assert words(path) == ["c", "d"]


def test_what_was_read_while_it_was_deleted_is_not_kept() -> None:
    @remembered(most=2)
    def read() -> str:
        forget()  # as another tab does meanwhile
        return "a name"

    assert read() == "a name"
    assert read.cache_info().currsize == 0


def test_whatever_is_deleted_nothing_of_it_is_remembered(lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    first, second = fakes.run(lab_home, dataset), fakes.run(lab_home, dataset)
    second.write_config(second.requested_config)
    fakes.age(lab_home.root)
    of_runs = runs.damage, baseline._read, digest.digest, runs._resolved, runs._requested, runs._predictions
    caches = *of_runs, jobfolder._request, jobfolder._status, versions._read, datasets._parsed
    assert versions.list_datasets(lab_home) == [dataset]
    for delete in (lambda: deletion.delete_run(lab_home, first), lambda: deletion.erase_everything(lab_home)):
        assert runs.damage(second) is None
        assert second.predictions() is not None
        baseline.between(second, second)
        assert all(cache.cache_info().currsize > 0 for cache in caches)
        delete()
        left = [cache for cache in caches if cache.cache_info().currsize > 0]
        # Which photos nobody needs any more is looked up in the data sets that stay.
        assert left == [versions._read] * lab_home.datasets.exists()


def test_photos_that_are_removed_from_a_data_set_are_not_remembered(lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    fakes.age(lab_home.root)
    assert versions.list_datasets(lab_home) == [dataset]
    edits.remove_person(lab_home, dataset, "Ada", is_used=lambda _: False)
    assert versions._read.cache_info().currsize == 0


def test_nothing_made_of_the_users_files_is_remembered_in_another_way() -> None:
    files = [path for room in ("experiments", "sweeps", "jobs", "data") for path in (ROOT / "core" / room).glob("*.py")]
    assert len(files) > 40
    assert [path.name for path in files if "lru_cache" in path.read_text(encoding="utf-8")] == []
