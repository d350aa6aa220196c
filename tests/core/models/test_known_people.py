from __future__ import annotations

from pathlib import Path

import pytest

from core.models import known_people, weights


@pytest.fixture
def met(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "BUNDLED", tmp_path)
    known_people.write_list(["Ada_Lovelace", "Zoë_Ng"], tmp_path / "face-vgg-mini.people.txt")


@pytest.mark.parametrize("name", ["Ada_Lovelace", "ada lovelace", " Ada   Lovelace "])
def test_a_name_is_found_however_its_folder_writes_it(met: None, name: str) -> None:
    assert known_people.seen_people("face-vgg-mini", ["Bruno", name]) == (name,)


def test_the_list_holds_no_names(met: None) -> None:
    text = (weights.BUNDLED / "face-vgg-mini.people.txt").read_text(encoding="ascii")
    assert "ada" not in text.casefold()
    assert [len(line) for line in text.split()] == [16, 16]


def test_a_network_without_a_list_has_met_nobody_we_know_of(met: None) -> None:
    assert known_people.seen_people("imagenet-vgg16", ["Ada_Lovelace"]) == ()
