from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import DatasetError
from core.photos import samples


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


def test_strangers_are_faces_of_nobody_in_the_sample(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = samples.strangers()
    if not found:
        pytest.skip("this checkout has no strangers in data/")
    assert list(found) == sorted(found)
    ours = {path.read_bytes() for path in samples.SAMPLE.rglob("*.jpg")}
    assert not [path for path in found if path.read_bytes() in ours]
    monkeypatch.setattr(samples, "STRANGERS", tmp_path)
    assert samples.strangers() == ()
