from __future__ import annotations

import pytest


@pytest.fixture
def schedule(program):
    return program("schedule")


def run(schedule, plan, history=()):
    """Return the sizes of all epochs to come."""
    history = list(history)
    while (upcoming := schedule.next_epoch(plan, history, None)) is not None:
        history.append({"size_px": upcoming[0], "elapsed_s": 1.0})
    return [epoch["size_px"] for epoch in history]


def test_every_stage_gets_its_epochs(schedule) -> None:
    assert run(schedule, schedule.Schedule.parse("32:3,64:2", 1e-3)) == [32, 32, 32, 64, 64]


def test_a_longer_plan_goes_on_and_never_back_to_smaller_faces(schedule) -> None:
    sizes = run(schedule, schedule.Schedule.parse("32:6,64:2", 1e-3), [{"size_px": 64, "elapsed_s": 1.0}])
    assert sizes == [64] * len(sizes)
    assert len(sizes) == 3 or len(sizes) == 4  # 6 * 32 ** 2 pixels are an epoch and a half at 64 px


def test_the_rate_falls_from_its_peak_to_a_hundredth(schedule) -> None:
    plan = schedule.Schedule.parse("32:4", 2e-3)
    rates = [plan.rate(progress) for progress in (0, 0.25, 0.5, 0.75, 1)]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == pytest.approx(2e-3)
    assert rates[-1] == pytest.approx(2e-5)


def test_the_time_left_decides_how_much_work_remains(schedule) -> None:
    plan = schedule.Schedule.parse("32:1000", 1e-3)
    history = [{"size_px": 32, "elapsed_s": 10.0}]
    assert schedule.plan_work(plan, history, 30.0) == pytest.approx(4 * 32**2)
