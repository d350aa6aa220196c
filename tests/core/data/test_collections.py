"""The real fetchers of scikit-learn, against small archives in the published layout served from 127.0.0.1."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import scipy.io
from PIL import Image
from sklearn.datasets import _lfw, _olivetti_faces
from sklearn.datasets._base import RemoteFileMetadata

from core.data import collections
from core.data.versions import load_dataset
from core.errors import ConfigError, DatasetError, Stopped
from core.jobfolder import JobFolder
from core.jobs import kinds
from tests.patterns import pattern

PEOPLE = {"George_W_Bush": 500, "Ada_Lovelace": 5, "Zoe_Few": 2}


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, RemoteFileMetadata]]:
    """Archives laid out as the real ones: names and folders the same, pictures drawn; by file name."""
    folder = tmp_path_factory.mktemp("published")
    with tarfile.open(folder / "lfw-funneled.tgz", "w:gz") as archive:
        for number, (person, photos) in enumerate(PEOPLE.items()):
            file = io.BytesIO()
            Image.fromarray(pattern(number, 0, size_px=250)).save(file, "JPEG")
            for photo in range(photos):
                entry = tarfile.TarInfo(f"lfw_funneled/{person}/{person}_{photo + 1:04}.jpg")
                entry.size = file.getbuffer().nbytes
                archive.addfile(entry, io.BytesIO(file.getvalue()))
    for name in ("pairsDevTrain.txt", "pairsDevTest.txt", "pairs.txt"):
        (folder / name).write_text("0\n", encoding="ascii")
    faces = np.stack([pattern(n // 10, n, size_px=64).mean(axis=2).T.ravel() for n in range(400)], axis=1)
    scipy.io.savemat(folder / "olivettifaces.mat", {"faces": faces.astype(np.uint8)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {
        file.name: RemoteFileMetadata(
            file.name,
            f"http://127.0.0.1:{server.server_port}/{file.name}",
            hashlib.sha256(file.read_bytes()).hexdigest(),
        )
        for file in folder.iterdir()
    }
    server.shutdown()


class InThisProcess:
    """Stands for the process of its own, so that the fetchers find the addresses of the test."""

    exitcode = 0

    def __init__(self, target, args, daemon) -> None:
        self._work = partial(target, *args)

    def start(self) -> None:
        self._work()

    def is_alive(self) -> bool:
        return False


@pytest.fixture
def internet(published, monkeypatch) -> None:
    """The internet as far as the fetchers know it."""
    monkeypatch.setattr(_lfw, "FUNNELED_ARCHIVE", published["lfw-funneled.tgz"])
    monkeypatch.setattr(
        _lfw, "TARGETS", tuple(remote for name, remote in published.items() if name.startswith("pairs"))
    )
    monkeypatch.setattr(_olivetti_faces, "FACES", published["olivettifaces.mat"])
    monkeypatch.setattr(collections, "Process", InThisProcess)


def nothing(*_: object) -> None: ...


def test_lfw_comes_as_a_folder_a_person_those_with_most_photos_first(internet, tmp_path) -> None:
    collections.fetch("lfw", tmp_path / "kept", tmp_path / "out", people=2, photos=4, on_progress=nothing)
    assert sorted(home.name for home in (tmp_path / "out").iterdir()) == ["Ada Lovelace", "George W Bush"]
    assert len(list((tmp_path / "out" / "Ada Lovelace").iterdir())) == 4


def test_what_is_here_is_not_fetched_again(internet, tmp_path, monkeypatch) -> None:
    collections.fetch("lfw", tmp_path / "kept", tmp_path / "one", people=2, photos=4, on_progress=nothing)
    nowhere = RemoteFileMetadata("lfw-funneled.tgz", "http://127.0.0.1:9/", "0")
    monkeypatch.setattr(_lfw, "FUNNELED_ARCHIVE", nowhere)
    collections.fetch("lfw", tmp_path / "kept", tmp_path / "two", people=2, photos=5, on_progress=nothing)
    assert len(list((tmp_path / "two" / "Ada Lovelace").iterdir())) == 5


def test_more_people_than_have_so_many_photos_are_refused(internet, tmp_path) -> None:
    with pytest.raises(DatasetError, match="Only 2 people there have 4 photos or more, received 3"):
        collections.fetch("lfw", tmp_path / "kept", tmp_path / "out", people=3, photos=4, on_progress=nothing)


def test_olivetti_comes_upright_and_grey(internet, tmp_path) -> None:
    collections.fetch("olivetti", tmp_path / "kept", tmp_path / "out", people=3, photos=10, on_progress=nothing)
    homes = sorted((tmp_path / "out").iterdir())
    assert [len(list(home.iterdir())) for home in homes] == [10, 10, 10]
    with Image.open(homes[1] / "01.png") as face:
        drawn = pattern(1, 10, size_px=64).mean(axis=2)
        # scikit-learn stretches each face to the full range; how the picture lies must be as it was drawn.
        assert np.corrcoef(np.asarray(face).ravel(), drawn.ravel())[0, 1] > 0.999


def test_a_job_ends_in_a_data_set_and_leaves_no_other_photos(internet, lab_home) -> None:
    request = {"kind": "fetch", "lane": "helper", "collection": "olivetti", "people": 3, "photos": 5}
    job = JobFolder.create(lab_home.jobs / "one", request)
    kinds.fetch(job, lab_home)
    dataset = load_dataset(lab_home, job.result()["dataset_id"])
    assert len(dataset.people) == 3
    assert len(dataset.items) == 15
    assert dataset.crop.detector == "none"
    assert not (job.path / "photos").exists()


@pytest.mark.parametrize(
    ("people", "photos", "words"),
    [(1, 5, "People must be 2 to 40"), (41, 5, "People must be 2 to 40"), (3, 2, "Photos must be 3 to 10")],
)
def test_a_wish_that_cannot_be_met_is_refused_before_anything_is_fetched(tmp_path, people, photos, words) -> None:
    with pytest.raises(ConfigError, match=words):
        collections.fetch(
            "olivetti", tmp_path / "kept", tmp_path / "out", people=people, photos=photos, on_progress=nothing
        )
    assert not (tmp_path / "kept").exists()


@pytest.mark.filterwarnings("ignore:Retry downloading")
def test_no_network_is_one_sentence(internet, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(_olivetti_faces, "FACES", RemoteFileMetadata("olivettifaces.mat", "http://127.0.0.1:9/x", "0"))
    monkeypatch.setattr(collections, "RETRIES", 1)
    with pytest.raises(DatasetError, match=r"its server cannot be reached\); check the internet connection"):
        collections.fetch("olivetti", tmp_path / "kept", tmp_path / "out", people=3, photos=5, on_progress=nothing)


@pytest.mark.slow
def test_a_wish_to_stop_ends_the_process_that_fetches(tmp_path) -> None:
    def stop(step: str, done: int, total: int) -> None:
        assert (step, total) == ("download", 4_300_000)
        raise Stopped

    with pytest.raises(Stopped):
        collections.fetch("olivetti", tmp_path / "kept", tmp_path / "out", people=3, photos=5, on_progress=stop)
