from __future__ import annotations

from pathlib import Path

from core.experiments import baseline, runs
from core.jobs import deletion
from core.remembered import forget, remembered
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


def test_whatever_is_deleted_nothing_of_it_is_remembered(lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    first, second = fakes.run(lab_home, dataset), fakes.run(lab_home, dataset)
    caches = runs._damage, baseline._read
    for delete in (lambda: deletion.delete_run(lab_home, first), lambda: deletion.erase_everything(lab_home)):
        assert runs.damage(second) is None
        baseline.between(second, second)
        assert all(cache.cache_info().currsize > 0 for cache in caches)
        delete()
        assert [cache.cache_info().currsize for cache in caches] == [0, 0]


def test_nothing_made_of_the_users_files_is_remembered_in_another_way() -> None:
    files = [path for room in ("experiments", "sweeps", "jobs", "data") for path in (ROOT / "core" / room).glob("*.py")]
    assert len(files) > 40
    assert [path.name for path in files if "lru_cache" in path.read_text(encoding="utf-8")] == []
