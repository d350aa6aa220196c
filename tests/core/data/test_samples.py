from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from core.data import edits, review, samples
from core.data.building import build_dataset
from core.data.dataset import Dataset
from core.errors import DatasetError
from core.workspace import Workspace
from tests.drawn import used

FIXED = {"train": 10, "validation": 4, "test": 24}


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for person in ("Bruno", "Ada"):
        home = tmp_path / "sample" / "train" / person
        home.mkdir(parents=True)
        for number in (2, 1):
            (home / f"{number:02}.jpg").write_bytes(b"")
    monkeypatch.setattr(samples, "SAMPLE", tmp_path / "sample")
    return tmp_path / "sample"


def test_people_come_in_label_order_with_their_first_photo(drawn: Path) -> None:
    people = samples.sample_people()
    assert [person.name for person in people] == ["Ada", "Bruno"]
    assert people[0].portrait == drawn / "train" / "Ada" / "01.jpg"
    assert samples.sample_source() == drawn


def test_an_installation_without_them_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "SAMPLE", tmp_path / "nothing")
    assert samples.sample_people() == ()
    with pytest.raises(DatasetError, match="bring your own photos"):
        samples.sample_source()


@pytest.mark.slow
def test_the_photos_beside_the_stacks_ask_seven_questions_and_leave_the_exams_alone(lab_home: Workspace) -> None:
    if not samples.sample_people():
        pytest.skip("this checkout has no drawn people in data/")
    dataset = build_dataset(samples.sample_source(), lab_home)
    assert {person: splits_of(dataset, person) for person in dataset.people} == dict.fromkeys(dataset.people, FIXED)
    assert dataset.counts()["test"] == 144
    assert dataset.to_review == ()
    assert {entry.name.removeprefix("extras/"): entry.kind for entry in dataset.left_out} == {
        "Amara/with a friend.jpg": "several_faces",
        "Leila/sisters.jpg": "several_faces",
        "Bruno/sideways.jpg": "spare",
        "Emil/tiny.jpg": "small_face",
        "Haruto/nobody there.jpg": "no_face",
        "Nadia/from behind.jpg": "no_face",
        "Amara/not a photo.jpg": "unreadable",
    }
    assert review.open_questions(dataset) == 7
    out = dataset
    for entry in dataset.left_out:
        out = edits.leave_out(lab_home, out, [entry.sha256 or ""], is_used=used, of=entry.person)
    assert out.items == dataset.items
    assert review.open_questions(out) == 0
    after, who = out, Counter[str]()
    for entry in dataset.left_out:
        if entry.kind != "unreadable":
            face = {"several_faces": 1, "no_face": None}.get(entry.kind, 0)
            after = edits.use_photo(lab_home, after, entry.sha256 or "", face, is_used=used, of=entry.person)
            who[entry.person or ""] += 1
    for person in dataset.people:
        assert splits_of(after, person) == FIXED | {"train": 10 + who[person]}
    assert set(dataset.items) <= set(after.items)
    assert review.open_questions(after) == 0


def splits_of(dataset: Dataset, person: str) -> dict[str, int]:
    return Counter(item.split for item in dataset.items if item.person == person)


def test_strangers_are_faces_of_nobody_in_the_sample(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = samples.strangers()
    if not found:
        pytest.skip("this checkout has no strangers in data/")
    assert list(found) == sorted(found)
    ours = {path.read_bytes() for path in samples.SAMPLE.rglob("*.jpg")}
    assert not [path for path in found if path.read_bytes() in ours]
    monkeypatch.setattr(samples, "STRANGERS", tmp_path)
    assert samples.strangers() == ()
