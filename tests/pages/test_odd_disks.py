"""Every page opens, and shows what there is, where nothing can be written: on a disk that is full, or read-only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.data.store import PhotoStore
from core.experiments import runs
from core.jobs import deletion
from core.workspace import Workspace
from tests import fakes
from tests.pages.test_app import PAGES
from tests.robustness.disks import filled, forbid_writing, mounted


@pytest.fixture
def disk(lab_home: Workspace) -> Iterator[Path]:
    """A disk with photos, their crops, a finished run, and one whose worker has died."""
    with mounted(lab_home.root, 16) as place:
        dataset = fakes.dataset(lab_home)
        for item in dataset.items:
            PhotoStore(lab_home.photos).crop(item.sha256, dataset.crop, item.face)
        fakes.run(lab_home, dataset)
        dead = fakes.run(lab_home, dataset, state="running", tested=False)
        assert not dead.job.is_locked()
        yield place


@pytest.fixture(params=["full", "read-only"])
def no_writing(request: pytest.FixtureRequest, disk: Path) -> Iterator[None]:
    if request.param == "full":
        with filled(disk, left=0):
            yield
    else:
        forbid_writing(disk)
        yield


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens(no_writing: None, open_page: Callable[..., AppTest], page: str) -> None:
    app = open_page(page)
    assert app.title
    assert not app.exception
    assert not app.error


def test_a_full_disk_can_be_emptied(disk: Path, lab_home: Workspace) -> None:
    run, dead = sorted(runs.list_runs(lab_home), key=lambda each: each.status().state)
    with filled(disk, left=0):
        deletion.delete_run(lab_home, run)
        assert runs.list_runs(lab_home) == [dead]
        deletion.erase_everything(lab_home)
        assert not any(path.is_file() for path in lab_home.photos.rglob("*"))
    assert runs.list_runs(lab_home) == []
