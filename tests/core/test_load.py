from __future__ import annotations

from collections import deque

import psutil
import pytest

from core import load
from core.load import COMPUTING_USES, LEAST_LEFT, Reading, others_share, slowdown

# Before `conftest` puts another in its place.
others_lately = load.others_lately


@pytest.fixture(autouse=True)
def four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda: 4)
    monkeypatch.setattr(load, "_noted", deque(maxlen=100))


def test_what_this_process_takes_is_not_others() -> None:
    begin = Reading(at_s=100, busy_s=1000, own_s=10)
    assert others_share(begin, Reading(at_s=110, busy_s=1030, own_s=20)) == pytest.approx(0.5)
    assert others_share(begin, Reading(at_s=110, busy_s=1010, own_s=20)) == 0
    # Clocks of the system and of the process differ a little.
    assert others_share(begin, Reading(at_s=110, busy_s=1009, own_s=20)) == 0
    assert others_share(begin, Reading(at_s=110, busy_s=1041, own_s=10)) == 1
    assert others_share(begin, begin) == 0


def test_computing_takes_longer_than_others_leave_it_and_always_gets_something() -> None:
    slower = [slowdown(share, on_one_core=False) for share in (0, 0.3, 0.5, 0.8, 1)]
    assert slower == pytest.approx([1, 0.8 / 0.7, 1.6, 4, COMPUTING_USES / LEAST_LEFT])


def test_work_on_one_core_takes_longer_where_others_leave_little_more_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, slower in ((4, [1, 1, 1.25, 0.3125 / LEAST_LEFT]), (2, [1, 1.25, 2.5, 0.625 / LEAST_LEFT])):
        monkeypatch.setattr(psutil, "cpu_count", lambda cores=cores: cores)
        assert [slowdown(share, on_one_core=True) for share in (0, 0.5, 0.75, 1)] == pytest.approx(slower)


def test_the_newest_readings_count() -> None:
    for at_s, busy_s in ((0, 0), (900, 9999), (905, 9999), (910, 10019)):
        load._noted.append(Reading(at_s=at_s, busy_s=busy_s, own_s=0))
    assert others_lately() == pytest.approx(0.5)


def test_before_there_are_two_readings_nobody_is_known_to_be_busy() -> None:
    assert others_lately() == 0
    load.note()
    assert others_lately() == 0
    load._noted.append(Reading(at_s=load._noted[0].at_s + 1, busy_s=1e9, own_s=0))
    assert others_lately() == 1
    # Work of the lab's own comes between.
    load.forget_notes()
    load.note()
    assert others_lately() == 0
