from __future__ import annotations

import errno
import shutil
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from core import disk
from core.errors import LabError, Stopped
from core.jobfolder import JobFolder

if TYPE_CHECKING:
    from pathlib import Path

REQUEST = {"kind": "crop", "lane": "helper", "name": "Ωmega", "source": "photos.zip"}


@pytest.fixture
def job(tmp_path: Path) -> JobFolder:
    return JobFolder.create(tmp_path / "jobs" / "one", REQUEST)


def test_create_writes_the_request_and_queues(job: JobFolder) -> None:
    request = job.request()
    assert abs(time.time() - request.pop("created_at")) < 60
    assert request == REQUEST
    assert job.status().state == "queued"
    assert job.id == "one"
    assert job.exists()


def test_create_refuses_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    JobFolder.create(tmp_path / "empty", REQUEST, state="running")
    with pytest.raises(LabError, match=r'The folder "empty" already holds something; choose a new one\.'):
        JobFolder.create(tmp_path / "empty", REQUEST)


def test_a_new_name_stays_and_changes_nothing_else(job: JobFolder) -> None:
    before = job.request()
    job.rename("  Zoë's  <b>best</b>\n run ")
    assert job.request() == {**before, "name": "Zoë's <b>best</b> run"}
    job.rename(" ")
    assert job.request()["name"] == ""
    with pytest.raises(LabError, match="60 letters at most, received 61"):
        job.rename("x" * 61)


def test_a_folder_without_a_status_is_no_job(tmp_path: Path) -> None:
    assert not JobFolder(tmp_path).exists()
    assert not JobFolder(tmp_path / "missing").exists()


def test_running_is_believed_only_with_the_lock(job: JobFolder) -> None:
    with job.held():
        job.set_state("running")
        assert job.is_locked()
        assert job.status().state == "running"
    assert not job.is_locked()
    status = job.status()
    assert status.state == "interrupted"
    assert job.status() == status


def test_one_that_died_is_told_of_also_where_nothing_can_be_written(
    job: JobFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    job.set_state("running")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(disk, "write_json", refuse)
    assert job.status().state == "interrupted"
    assert job.stored_status().state == "running"


def test_a_last_word_written_between_two_looks_counts(job: JobFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    job.set_state("running")
    stored = JobFolder.stored_status

    def finish_after_the_first_look(self: JobFolder) -> object:
        monkeypatch.setattr(JobFolder, "stored_status", stored)
        status = stored(self)
        self.set_state("done")
        return status

    monkeypatch.setattr(JobFolder, "stored_status", finish_after_the_first_look)
    assert job.status().state == "done"


def test_two_cannot_hold_one_job(job: JobFolder) -> None:
    with (
        job.held(),
        pytest.raises(LabError, match='"one" is being worked on by another process'),
        job.held(timeout_s=0),
    ):
        pass


def test_a_process_that_dies_lets_go(job: JobFolder) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom core.jobfolder import JobFolder\n"
        "job = JobFolder(Path(sys.argv[1]))\n"
        "with job.held():\n    job.set_state('running')\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(job.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert job.status().state == "running"
        process.kill()
    assert job.status().state == "interrupted"


def test_events_carry_their_time_and_survive_a_torn_line(job: JobFolder) -> None:
    job.emit("batch", epoch=0, batch=1, batches=2)
    with (job.path / "events.jsonl").open("ab") as log:
        log.write(b'{"event": "epoch", "epo')
    job.emit("batch", epoch="one", batch=1, batches=2)  # as no version of the lab writes it
    job.emit("batch", epoch=1, batch=1, batches=2)
    job.emit("of a later version", epoch="one")
    events = job.events()
    assert [(event["event"], event["epoch"]) for event in events] == [
        ("batch", 0),
        ("batch", 1),
        ("of a later version", "one"),
    ]
    assert abs(time.time() - events[1]["at"]) < 60


def test_stopping_a_queued_job_stops_it_at_once(job: JobFolder) -> None:
    job.check_stop()
    job.ask_to_stop()
    assert job.status().state == "stopped"


def test_stopping_a_running_job_asks_its_worker(job: JobFolder) -> None:
    with job.held():
        job.set_state("running")
        job.ask_to_stop()
        assert job.status().state == "running"
        with pytest.raises(Stopped):
            job.check_stop()


def test_stopping_a_job_that_is_just_being_taken_leaves_its_state_to_the_worker(job: JobFolder) -> None:
    with job.held():
        asking = threading.Thread(target=job.ask_to_stop)
        asking.start()
        while not (job.path / "stop").exists():
            time.sleep(0.01)
        job.set_state("running")
        asking.join()
        assert job.status().state == "running"


def test_queue_again_forgets_the_wish_to_stop(job: JobFolder) -> None:
    job.ask_to_stop()
    job.queue_again()
    assert job.status().state == "queued"
    job.check_stop()


def test_queue_again_leaves_a_job_that_is_worked_on(job: JobFolder) -> None:
    with job.held():
        job.set_state("running")
        with pytest.raises(LabError, match="being worked on"):
            job.queue_again()
        assert job.status().state == "running"


def test_looking_for_a_lock_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        JobFolder(tmp_path / "gone").is_locked()
    assert list(tmp_path.iterdir()) == []


def test_one_that_was_deleted_cannot_go_on_and_says_so(job: JobFolder) -> None:
    shutil.rmtree(job.path)
    with pytest.raises(LabError, match='"one" is no longer here'):
        job.queue_again()
    assert not job.path.exists()


@pytest.mark.parametrize(
    "content", ["", '{"schema": 1}', '{"schema": 1, "kind": "crop", "lane": "helper", "created_at": 1}']
)
def test_a_damaged_one_says_why(job: JobFolder, content: str) -> None:
    assert job.damage() is None
    (job.path / "request.json").write_text(content, encoding="utf-8")
    assert str(job.damage()).startswith('The job "one" cannot be read: "request.json"')
    assert job.kind() == ("crop" if "crop" in content else "")
    (job.path / "request.json").unlink()
    assert job.damage() == 'The job "one" cannot be read ("request.json" is gone); delete it.'


def test_result(job: JobFolder) -> None:
    job.write_result({"dataset_id": "abc", "version": 1})
    assert job.result() == {"dataset_id": "abc", "version": 1}
