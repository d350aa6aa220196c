"""A disk that fills while photos are brought, cropped and trained, and one that forbids writing.

Each time one sentence says so, nothing that was brought before is lost, and it goes on once there is room.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from core.__main__ import main
from core.data.store import sha256_of
from core.data.uploads import Upload
from core.data.versions import list_datasets
from core.errors import DatasetError, RefusedError
from core.experiments import archive, restore, runs
from core.jobfolder import JobFolder
from core.jobs import queue
from core.jobs.supervisor import Supervisor
from core.jobs.worker import work_on
from core.workspace import Workspace
from tests import fakes
from tests.core.jobs.conftest import wait_for
from tests.core.models.test_foreign_model import write_model
from tests.patterns import write_people
from tests.robustness import story
from tests.robustness.disks import filled, forbid_writing, mounted
from ui import jobs, server

FULL = r"The disk.* is full; delete what you no longer need, then do it again. What was saved before is safe."

SHUT = (
    r'".*" may not be opened or changed \(Read-only file system\); allow it, or choose another folder with LAB_HOME, '
    "then do it again."
)


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with mounted(tmp_path / "disk", 64) as place:
        monkeypatch.setenv("LAB_HOME", str(place / "lab"))
        yield place


def bring(workspace: Workspace, person: int) -> None:
    upload = Upload(workspace.jobs / "draft-cards")
    photos = [story.photo(person, number) for number in range(story.PHOTOS)]
    upload.add(person, [(name, io.BytesIO(data)) for name, data in photos])
    upload.set_person(person, story.PEOPLE[person])


def brought(people: int) -> set[str]:
    return {sha256_of(story.photo(person, n)[1]) for person in range(people) for n in range(story.PHOTOS)}


def kept(workspace: Workspace) -> set[str]:
    return {sha256_of(data) for data in story.kept_files(workspace)}


def search(workspace: Workspace) -> JobFolder:
    """Queue the search for faces, as the page does."""
    return jobs.crop_draft(workspace, Upload(workspace.jobs / "draft-cards"), story.CROP, "The class")


def fails(job: JobFolder, workspace: Workspace) -> None:
    """Do a job and see it say that the disk is full, there and then and in its folder."""
    with pytest.raises(RefusedError, match=FULL):
        work_on(job, workspace)
    status = job.status()
    assert status.state == "failed"
    assert re.fullmatch(FULL, status.message)
    assert not (job.path / "traceback.txt").exists()


def goes_on(job: JobFolder, workspace: Workspace) -> None:
    queue.resubmit(workspace, job)
    work_on(job, workspace)
    assert job.status().state == "done"


@pytest.fixture
def workspace(disk: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace on a small disk, whose jobs the test does itself."""
    monkeypatch.setattr(server, "workers", lambda: Mock(spec=Supervisor))
    return Workspace.personal()


def test_it_fills_while_photos_are_brought(disk: Path, workspace: Workspace) -> None:
    bring(workspace, 0)
    with (
        filled(disk, left=20_000),
        pytest.raises(DatasetError, match=r"could not be kept \(No space left on device\); make room on the disk"),
    ):
        bring(workspace, 1)
    assert kept(workspace) == brought(1)
    bring(workspace, 1)
    assert kept(workspace) == brought(2)


@pytest.mark.parametrize("left", [30_000, 200_000])
def test_it_fills_while_photos_are_cropped(disk: Path, workspace: Workspace, left: int) -> None:
    for person in range(2):
        bring(workspace, person)
    job = search(workspace)
    with filled(disk, left=left):
        fails(job, workspace)
        assert kept(workspace) >= brought(2)
    assert list_datasets(workspace) == []
    goes_on(job, workspace)
    assert set(list_datasets(workspace)[0].sha256s()) == brought(2)


@pytest.mark.slow
@pytest.mark.parametrize("left", [300_000, 2_000_000])
def test_it_fills_while_a_network_is_trained(disk: Path, workspace: Workspace, left: int) -> None:
    for person in range(2):
        bring(workspace, person)
    work_on(search(workspace), workspace)
    run = jobs.train(workspace, list_datasets(workspace)[0], story.CONFIG)
    with filled(disk, left=left):
        fails(run.job, workspace)
    assert kept(workspace) == brought(2)
    goes_on(run.job, workspace)
    assert run.predictions() is not None
    assert [runs.Run(each.path).id for each in runs.list_runs(workspace)] == [run.id]


def test_it_fills_while_an_experiment_is_brought_back(disk: Path, workspace: Workspace, tmp_path: Path) -> None:
    elsewhere = Workspace(tmp_path / "elsewhere")
    run = fakes.run(elsewhere, fakes.dataset(elsewhere))
    write_model(run.model_path)
    taken = archive.pack_run(run, tmp_path / "taken.zip")
    with filled(disk, left=20_000), pytest.raises(RefusedError, match=FULL):
        restore.unpack_run(taken, workspace)
    assert runs.list_runs(workspace) == []
    assert restore.unpack_run(taken, workspace).id == run.id


def test_a_server_says_that_no_worker_finds_room_and_goes_on_by_itself(disk: Path, workspace: Workspace) -> None:
    bring(workspace, 0)
    bring(workspace, 1)
    job = search(workspace)
    boss = Supervisor(workspace)
    with filled(disk, left=0):
        boss.start()
        wait_for(boss.troubles, 60)
        assert all(re.fullmatch(FULL, trouble.what) for trouble in boss.troubles())
        assert job.status().state == "queued"
    try:
        wait_for(lambda: job.status().state == "done", 60)
    finally:
        boss.stop()
    assert set(list_datasets(workspace)[0].sha256s()) == brought(2)


def test_a_server_says_that_its_folder_is_read_only(disk: Path, workspace: Workspace) -> None:
    bring(workspace, 0)
    bring(workspace, 1)
    job = search(workspace)
    forbid_writing(disk)
    boss = Supervisor(workspace)
    boss.start()
    try:
        wait_for(boss.troubles)
    finally:
        boss.stop()
    assert [each.kind for each in boss.troubles()] == ["refused"]
    assert re.fullmatch(SHUT, boss.troubles()[0].what)
    assert job.status().state == "queued"
    assert kept(workspace) == brought(2)


def test_the_command_line_says_that_the_folder_is_read_only(
    disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_people(tmp_path / "people", people=2, photos=4)
    forbid_writing(disk)
    crop = ["crop", str(tmp_path / "people"), "--out", str(disk / "crops"), "--image-size", "64"]
    train = ["train", str(tmp_path / "people"), "--out", str(disk / "run"), "--no-crop", "--image-size", "48"]
    for command in (crop, train):
        assert main(command) == 2
        assert re.fullmatch(SHUT, capsys.readouterr().err.strip().splitlines()[-1])
