from __future__ import annotations

from types import SimpleNamespace

import pytest

from core.data import edits
from core.data.versions import load_dataset
from tests import fakes
from ui import state
from ui.photos import editing


@pytest.fixture
def told(monkeypatch) -> list[str]:
    """What would be told of edits that could not be made."""
    sentences: list[str] = []
    monkeypatch.setattr(state, "EDIT_ERROR", SimpleNamespace(set=sentences.append))
    monkeypatch.setattr(state, "DATASET", SimpleNamespace(set=lambda _: None))
    return sentences


def test_a_second_click_on_the_page_as_it_was_counts_too(lab_home, told) -> None:
    drawn = fakes.dataset(lab_home)
    first, second = drawn.items[:2]
    editing.apply(lab_home, drawn, edits.leave_out, [first.sha256])
    editing.apply(lab_home, drawn, edits.leave_out, [second.sha256])
    newest = load_dataset(lab_home, drawn.id)
    assert newest.version == drawn.version + 2
    assert {first.sha256, second.sha256} <= {entry.sha256 for entry in newest.left_out}
    assert told == []


def test_what_is_gone_meanwhile_is_said(lab_home, told) -> None:
    drawn = fakes.dataset(lab_home)
    editing.apply(lab_home, drawn, edits.remove_person, "Ada")
    editing.apply(lab_home, drawn, edits.rename_person, "Ada", "Eve")
    (sentence,) = told
    assert sentence.startswith('There is nobody called "Ada"')
