"""What pages ask workers for: the request, the file beside it, and that it goes away again."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.config import CropConfig
from core.data.store import PhotoStore
from core.jobfolder import State
from core.jobs import queue
from core.workspace import Workspace
from tests import fakes
from tests.drawn import encoded, picture
from ui import ended_jobs, jobs, server
from ui.components import faces


class Upload(io.BytesIO):
    """Stands for an uploaded file: bytes with a name."""

    def __init__(self, name: str, data: bytes) -> None:
        super().__init__(data)
        self.name = name


@pytest.fixture(autouse=True)
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nobody:
        def ensure(self, lane: str) -> None: ...

    monkeypatch.setattr(server, "workers", Nobody)


def test_a_zip_lies_in_its_job_until_the_job_has_ended(lab_home: Workspace) -> None:
    draft = jobs.draft(lab_home, "zip")
    draft.set_zip("../my class.zip", io.BytesIO(b"PK"))
    ended_jobs.remove_uploads(lab_home)
    job = jobs.crop_draft(lab_home, draft, CropConfig(margin=0.5), "my class")
    assert not draft.path.exists()
    request = job.request()
    source = Path(request["source"])
    assert source.is_relative_to(job.path)
    assert source.read_bytes() == b"PK"
    assert request["name"] == "my class"
    assert CropConfig(**request["crop"]) == CropConfig(margin=0.5)
    assert queue.waiting(lab_home, queue.HELPER) == [job]
    ended_jobs.remove_uploads(lab_home)
    assert source.exists()
    job.set_state("done")
    ended_jobs.remove_uploads(lab_home)
    assert not source.exists()


@pytest.mark.parametrize("state", ["failed", "stopped"])
def test_what_was_brought_for_a_search_without_an_end_waits_again_as_it_was(lab_home: Workspace, state: State) -> None:
    draft = jobs.draft(lab_home, "cards")
    for number, person in ((1, "Ada"), (2, "Bo")):
        draft.add(number, [("me.jpg", io.BytesIO(person.encode()))])
        draft.set_person(number, person)
    piles = draft.piles()
    job = jobs.crop_draft(lab_home, draft, CropConfig(), "us")
    assert draft.piles() == ()
    # Meanwhile somebody brings others: they stay, and these wait until there is room.
    draft.add(1, [("other.jpg", io.BytesIO(b"other"))])
    job.set_state(state)
    ended_jobs.remove_uploads(lab_home)
    assert [pile.names for pile in draft.piles()] == [("other.jpg",)]
    draft.clear()
    ended_jobs.remove_uploads(lab_home)
    assert draft.piles() == piles
    with zipfile.ZipFile(draft.packed()) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"Ada/me.jpg": b"Ada", "Bo/me.jpg": b"Bo"}
    assert not (job.path / ended_jobs.DRAFT).exists()


def test_photos_of_one_name_are_all_asked_about(lab_home: Workspace) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    job = jobs.predict(lab_home, run, [Upload("me.jpg", b"1"), Upload("me.jpg", b"2"), Upload("you.jpg", b"3")])
    with zipfile.ZipFile(job.request()["photos"]) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "me.jpg": b"1",
            "me (2).jpg": b"2",
            "you.jpg": b"3",
        }


def test_another_tab_that_clears_up_meanwhile_takes_nothing(lab_home: Workspace) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home))

    class Watched(Upload):
        def getbuffer(self) -> memoryview:
            ended_jobs.remove_uploads(lab_home)
            ended_jobs.remove_ended(lab_home)
            assert queue.open_jobs(lab_home) == []  # nobody may take what is not whole
            return super().getbuffer()

    job = jobs.predict(lab_home, run, [Watched("me.jpg", b"1"), Watched("you.jpg", b"2")])
    with zipfile.ZipFile(job.request()["photos"]) as archive:
        assert archive.namelist() == ["me.jpg", "you.jpg"]
    assert [path.name for path in lab_home.jobs.iterdir()] == [job.id]


def test_a_file_that_cannot_be_written_leaves_no_job(lab_home: Workspace) -> None:
    class Broken(Upload):
        def read(self, *_: object) -> bytes:
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        jobs.import_weights(lab_home, "vggface-vgg16", Broken("weights.h5", b""))
    assert list(lab_home.jobs.iterdir()) == []


def test_the_next_look_forgets_the_last_one(lab_home: Workspace) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    first = jobs.predict(lab_home, run, [Upload("me.jpg", b"1")])
    crop = jobs.crop_folder(lab_home, Path("photos"), CropConfig())
    first.set_state("done")
    crop.set_state("done")
    second = jobs.predict(lab_home, run, [Upload("me.jpg", b"1")])
    assert not first.path.exists()
    assert crop.exists()
    assert jobs.open_job(lab_home, "predict") == second


def test_the_newest_open_job_of_a_kind_is_found_on_disk(lab_home: Workspace) -> None:
    assert jobs.open_job(lab_home, "crop") is None
    old = jobs.crop_folder(lab_home, Path("a"), CropConfig())
    new = jobs.crop_folder(lab_home, Path("b"), CropConfig())
    assert jobs.open_job(lab_home, "crop") == new
    new.set_state("done")
    assert jobs.open_job(lab_home, "crop") == old
    assert jobs.job(lab_home, "no such job") is None
    assert jobs.job(lab_home, None) is None
    assert json.loads((old.path / "request.json").read_text())["source"] == "a"


def test_faces_on_the_wall_are_the_newest_of_this_search(lab_home: Workspace) -> None:
    assert faces.newest_crops(lab_home.photos, 0, 5) == []
    for age, name in enumerate(("aa1", "aa2", "bb1", "bb2")):
        crop = lab_home.photos / name[:2] / name / "crop-x.png"
        crop.parent.mkdir(parents=True)
        crop.write_bytes(b"")
        os.utime(crop.parent, (1000 - age, 1000 - age))
    (lab_home.photos / "cc" / "cc1").mkdir(parents=True)  # a photo without a crop yet
    newest = faces.newest_crops(lab_home.photos, 998, 2)
    assert [path.parent.name for path in newest] == ["aa1", "aa2"]


def test_faces_that_go_away_while_the_wall_is_drawn_are_passed_over(
    lab_home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = PhotoStore(lab_home.photos)
    crops = [store.crop(store.add(fakes.photo(seed)), CropConfig("none", size_px=40), None) for seed in range(3)]
    gone = crops[0].parent

    def scan_and_remove(path: str) -> list[os.DirEntry[str]]:
        found = list(os.scandir(path))
        if str(path) == str(gone.parent):
            shutil.rmtree(gone)
        return found

    monkeypatch.setattr(faces, "os", SimpleNamespace(scandir=scan_and_remove, DirEntry=os.DirEntry))
    newest = faces.newest_crops(lab_home.photos, 0, 5)
    assert set(newest) == set(crops[1:])
    assert len(faces.small_copies(crops)) == 2


def test_pictures_of_a_network_are_asked_for_once_and_older_wishes_step_back(lab_home: Workspace) -> None:
    dataset = fakes.dataset(lab_home)
    first = jobs.explain(lab_home, dataset, "face-vgg-mini", 96)
    assert jobs.explain(lab_home, dataset, "face-vgg-mini", 96) == first
    other = jobs.explain(lab_home, dataset, "face-vgg-mini", 64)
    assert (first.path / "stop").exists()
    assert not (other.path / "stop").exists()


def test_the_webcams_pictures_lie_in_their_job_and_come_back_where_it_fails(lab_home: Workspace) -> None:
    takes = jobs.takes(lab_home)
    for number, name in ((1, "Ada"), (2, "Bo")):
        takes.set_sitter(number, name, agrees=True)
        for take in (1, 1, 1, 1, 1, 2):
            takes.keep(number, take, encoded(picture(number), "JPEG"))
    job = jobs.crop_takes(lab_home, takes, "Webcam")
    assert takes.sitters() == ()
    request, source = job.request(), Path(job.request()["source"])
    assert (request["kind"], request["count_leaks"]) == ("crop", ["validation"])
    assert sorted({str(path.parent.relative_to(source)) for path in source.rglob("*.jpg")}) == [
        f"{split}/{name}" for split in ("test", "train", "validation") for name in ("Ada", "Bo")
    ]
    job.set_state("failed", "no face")
    ended_jobs.remove_uploads(lab_home)
    assert [(each.name, takes.count(each.number)) for each in takes.sitters()] == [("Ada", (5, 1)), ("Bo", (5, 1))]
    assert not (takes.path / "photos").exists()


def test_what_fooled_a_network_becomes_practice_only(lab_home: Workspace) -> None:
    dataset = SimpleNamespace(id="abc", version=2)
    fooled = jobs.fooled(lab_home, dataset)
    fooled.set_sitter(1, "Ada", agrees=True)
    fooled.keep(1, 1, encoded(picture(1), "JPEG"))
    job = jobs.add_fooled(lab_home, fooled, dataset)
    request = job.request()
    assert (request["kind"], request["dataset_id"], request["train_only"]) == ("add", "abc", True)
    (path,) = Path(request["source"]).rglob("*.jpg")
    assert path.parent == Path(request["source"]) / "train" / "Ada"
