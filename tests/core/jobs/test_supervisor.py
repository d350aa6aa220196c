from __future__ import annotations

import os
import shutil
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import psutil
import pytest

from core import disk
from core.errors import LabError
from core.jobs import no_worker, queue, supervisor, workers
from core.jobs.no_worker import Trouble
from core.jobs.supervisor import Supervisor
from tests.core.jobs.conftest import Bench, wait_for
from tests.core.jobs.sample_jobs import COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.jobs.workers import WorkerInfo
    from core.workspace import Workspace


@pytest.fixture
def start(bench: Bench) -> Iterator[Callable[..., Supervisor]]:
    """Start supervisors that end with the test."""
    started: list[Supervisor] = []

    def start(command: tuple[str, ...] = COMMAND, **more: Callable[[Workspace], None]) -> Supervisor:
        started.append(Supervisor(bench.workspace, command=command, **more))
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.stop()


def _free_bytes(monkeypatch: pytest.MonkeyPatch, n_bytes: int) -> None:
    monkeypatch.setattr(supervisor.psutil, "virtual_memory", lambda: SimpleNamespace(available=n_bytes))


def _states(bench: Bench, lane: str) -> list[str]:
    return sorted(worker.state for worker in bench.living(lane))


def test_one_warm_worker_a_lane_and_stop_sends_them_away(bench: Bench, start: Callable[[], Supervisor]) -> None:
    boss = start()
    wait_for(lambda: [_states(bench, lane) for lane in queue.LANES] == [["idle"], ["idle"]])
    job = bench.submit("count", to=2)
    boss.ensure(queue.HELPER)
    wait_for(lambda: job.status().state == "done")
    assert boss.troubles() == []
    boss.stop()
    wait_for(lambda: bench.living() == [], 3)


def test_nothing_odd_on_disk_ends_it(bench: Bench, start: Callable[..., Supervisor], monkeypatch) -> None:
    """A folder that another program wrote may raise anything: while tidying, and while looking at who lives."""
    tidied, real = [], queue.repair

    def tidy(workspace: Workspace) -> None:
        tidied.append(workspace)
        raise KeyError("created_at")

    def odd_once(workspace: Workspace) -> None:
        monkeypatch.setattr(queue, "repair", real)
        raise TypeError("a lane that is no text")

    monkeypatch.setattr(queue, "repair", odd_once)
    start(tidy=tidy)
    wait_for(lambda: [_states(bench, lane) for lane in queue.LANES] == [["idle"], ["idle"]])
    wait_for(lambda: tidied == [bench.workspace])


def test_what_cannot_be_read_is_named_and_stops_nothing_else(bench: Bench, start: Callable[[], Supervisor]) -> None:
    """A status without its fields, a queued request without a lane, a worker's card without its own."""
    bare = bench.submit("count", to=1)
    disk.write_json(bare.path / "status.json", {}, schema=1)
    laneless = bench.submit("count", to=1)
    disk.write_json(laneless.path / "request.json", {"kind": "count", "created_at": 1.0}, schema=1)
    card = bench.workspace.queue / "workers" / "helper-1.json"
    disk.write_json(card, {}, schema=1)
    next_one = bench.submit("count", to=1)
    boss = start()
    wait_for(lambda: next_one.status().state == "done")
    wait_for(boss.troubles)
    (found,) = boss.troubles()
    assert found.kind == "unreadable"
    for path in (bare.path, laneless.path):
        assert f'"{path.relative_to(bench.workspace.root)}"' in found.what
    # Nobody misses the card of a worker that is dead.
    assert not card.exists()


def test_a_folder_that_cannot_be_written_is_told_until_it_can(bench: Bench, start: Callable[[], Supervisor]) -> None:
    bench.workspace.root.write_bytes(b"a file in its place")
    boss = start()
    wait_for(boss.troubles)
    assert [each.kind for each in boss.troubles()] == ["broken"]
    assert str(bench.workspace.root) in boss.troubles()[0].what
    bench.workspace.root.unlink()
    wait_for(lambda: _states(bench, queue.HELPER) == ["idle"])
    assert boss.troubles() == []


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no folder in which a file is open")
def test_a_folder_deleted_under_it_is_made_anew_with_one_new_worker_a_lane(
    bench: Bench, start: Callable[[], Supervisor]
) -> None:
    start()
    wait_for(lambda: [_states(bench, lane) for lane in queue.LANES] == [["idle"], ["idle"]])
    before = {psutil.Process(worker.pid) for worker in bench.living()}
    shutil.rmtree(bench.workspace.root)
    wait_for(lambda: [_states(bench, lane) for lane in queue.LANES] == [["idle"], ["idle"]])
    wait_for(lambda: not any(worker.is_running() and worker.status() != "zombie" for worker in before))
    new = bench.living()
    job = bench.submit("count", to=1)
    wait_for(lambda: job.status().state == "done")
    # Longer than a worker waits for a server that it does not find.
    time.sleep(11)
    assert bench.living() == new


def test_of_two_supervisors_one_leads_and_the_other_takes_over(bench: Bench, start: Callable[[], Supervisor]) -> None:
    two = [start(), start()]
    seen: set[str] = set()

    def look() -> bool:
        seen.update(worker.token for worker in bench.living())
        return len(seen) >= len(queue.LANES)

    wait_for(look)
    # Two leaders would have started twice as many by then.
    ends_s = time.monotonic() + 2.0
    while time.monotonic() < ends_s:
        look()
        time.sleep(0.02)
    assert len(seen) == len(queue.LANES)
    for each in two:
        wait_for(lambda: _states(bench, queue.HELPER) == ["idle"])
        each.stop()
    wait_for(lambda: bench.living() == [], 3)


def test_a_worker_at_work_outlasts_its_server(bench: Bench, start: Callable[[], Supervisor]) -> None:
    boss = start()
    job = bench.submit("count", to=30, pause_s=0.02)
    wait_for(job.events)
    boss.stop()
    assert job.status().state == "running"
    wait_for(lambda: job.status().state == "done")
    wait_for(lambda: bench.living() == [], 3)


def test_a_killed_server_ends_no_job_and_the_next_one_finds_its_worker(
    bench: Bench, start: Callable[[], Supervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_WITHOUT_SERVER_S", "1")
    _free_bytes(monkeypatch, 0)
    server = bench.server()
    wait_for(lambda: _states(bench, queue.TRAIN) == ["idle"])
    training = bench.submit("practise", queue.TRAIN, to=1_000_000, pause_s=0.02)
    wait_for(training.events)
    server.kill()
    server.wait()
    seen = len(training.events())
    # Nobody is left to work for but the training.
    wait_for(lambda: _states(bench, queue.HELPER) == [] and len(training.events()) > seen)
    assert training.status().state == "running"

    worker = bench.living(queue.TRAIN)
    if os.name != "nt":  # out of reach of the terminal the server was started from
        assert os.getsid(worker[0].pid) == worker[0].pid
    start()
    wait_for(lambda: _states(bench, queue.HELPER) == ["idle"])
    time.sleep(1.0)
    assert bench.living(queue.TRAIN) == worker
    assert len({event["pid"] for event in training.events()}) == 1
    training.ask_to_stop()
    wait_for(lambda: training.status().state == "stopped")
    wait_for(lambda: _states(bench, queue.TRAIN) == ["idle"])
    assert bench.living(queue.TRAIN) != worker


@pytest.mark.parametrize(("free_gb", "standby"), [(3, []), (5, ["idle"])])
def test_a_second_worker_stands_by_only_where_memory_allows(
    bench: Bench,
    start: Callable[[], Supervisor],
    monkeypatch: pytest.MonkeyPatch,
    free_gb: int,
    standby: list[str],
) -> None:
    _free_bytes(monkeypatch, free_gb * 1024**3)
    start()
    training = bench.submit("practise", queue.TRAIN, to=1_000_000, pause_s=0.02)
    next_one = bench.submit("practise", queue.TRAIN, to=1)
    wait_for(training.events)
    wait_for(lambda: _states(bench, queue.TRAIN) == [*standby, "working"])
    time.sleep(1.0)
    assert _states(bench, queue.TRAIN) == [*standby, "working"]
    assert next_one.status().state == "queued"
    training.ask_to_stop()
    wait_for(lambda: next_one.status().state == "done")


def test_a_dead_worker_is_replaced(bench: Bench, start: Callable[[], Supervisor]) -> None:
    start()
    job = bench.submit("count", to=1_000_000, pause_s=0.02)
    wait_for(job.events)
    (dead,) = bench.living(queue.HELPER)
    psutil.Process(dead.pid).kill()
    wait_for(lambda: _states(bench, queue.HELPER) == ["idle"])
    assert job.status().state == "interrupted"
    assert dead.token not in {worker.token for worker in workers.list_workers(bench.workspace)}


def test_workers_that_die_at_once_are_started_ever_less_often_and_the_reason_is_told(
    bench: Bench, start: Callable[[tuple[str, ...]], Supervisor]
) -> None:
    words = "import sys; print('started', sys.argv[1], flush=True); sys.exit('No module named tensorflow')"
    boss = start((sys.executable, "-c", words))
    time.sleep(4.5)
    both = boss.troubles()
    assert [(each.kind, each.lane, each.what) for each in both] == [
        ("dies", lane, "No module named tensorflow") for lane in queue.LANES
    ]
    assert all(abs(each.again_at - time.time()) <= 4 for each in both)
    text = (bench.workspace.queue / "worker-train.log").read_text(encoding="utf-8")
    assert 2 <= text.count("started") <= 3  # at about 0, 1 and 3 s


def test_a_server_that_is_not_in_charge_says_what_the_other_one_knows(
    bench: Bench, start: Callable[..., Supervisor]
) -> None:
    first = start((sys.executable, "-c", "import sys; sys.exit('No module named tensorflow')"))
    wait_for(lambda: len(first.troubles()) == 2)
    second = start()
    wait_for(lambda: second.troubles() == first.troubles())
    assert {each.what for each in second.troubles()} == {"No module named tensorflow"}
    first.stop()
    wait_for(lambda: _states(bench, queue.HELPER) == ["idle"])
    wait_for(lambda: second.troubles() == [] == no_worker.read(bench.workspace))


def test_a_file_of_troubles_that_cannot_be_read_says_nothing(lab_home: Workspace) -> None:
    disk.write_bytes(lab_home.queue / "troubles.json", b"{")
    with workers.in_charge(lab_home, timeout_s=1.0):
        assert Supervisor(lab_home).troubles() == []


def test_what_a_server_that_is_gone_has_said_is_said_no_more(lab_home: Workspace) -> None:
    found = [Trouble("unreadable", '"runs/odd"')]
    no_worker.write(lab_home, found)
    with workers.in_charge(lab_home, timeout_s=1.0):
        assert Supervisor(lab_home).troubles() == found
    assert Supervisor(lab_home).troubles() == []


def test_a_forgotten_marker_is_found_again(bench: Bench, start: Callable[[], Supervisor]) -> None:
    job = bench.submit("count", to=1)
    next((bench.workspace.queue / queue.HELPER).iterdir()).unlink()
    start()
    wait_for(lambda: job.status().state == "done")


def test_ensure_knows_its_lanes(bench: Bench) -> None:
    with pytest.raises(LabError, match="received 'fast'"):
        Supervisor(bench.workspace).ensure("fast")


def test_how_busy_others_are_is_noted_only_while_no_worker_works(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(supervisor.load, "note", lambda: told.append("noted"))
    monkeypatch.setattr(supervisor.load, "forget_notes", lambda: told.append("forgotten"))
    for states in ((), ("idle", "idle"), ("idle", "warming"), ("working", "idle")):
        supervisor._note_load([cast("WorkerInfo", SimpleNamespace(state=state)) for state in states])
    assert told == ["forgotten", "noted", "forgotten", "forgotten"]
