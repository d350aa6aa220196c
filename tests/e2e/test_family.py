"""A family brings a folder from a phone, mends what is asked about, trains, adds somebody, and erases everything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.data import samples
from core.models.weights import find_weights
from tests.e2e.conftest import Server, Visitor
from tests.e2e.family import Family, compose
from ui.text import common
from ui.text import experiments as experiments_words
from ui.text import photos as photos_words
from ui.text import start as start_words
from ui.text import test as test_words
from ui.text import train as train_words

ROUNDS = "20"


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Family:
    if not samples.sample_people() or find_weights("face-vgg-mini", server.workspace) is None:
        pytest.skip("this checkout has no drawn people or no weights of face-vgg-mini in data/")
    return compose(tmp_path_factory.mktemp("family"))


def trains_and_sits_the_exam(visitor: Visitor) -> None:
    visitor.clicks(photos_words.TRAIN_WITH_THESE)
    visitor.clicks(train_words.START_TRAINING)
    visitor.sees(train_words.ended("done", int(ROUNDS)))
    visitor.clicks(common.TO_EXAM)
    visitor.sees("Out of 100 new photos like these, expect between")


def test_family(visitor: Visitor, server: Server, family: Family) -> None:
    visitor.open()
    visitor.clicks(start_words.OWN_PHOTOS)

    # The folder as it came from the phone.
    visitor.presses(visitor.page.get_by_text(photos_words.SOURCE_DROP, exact=True))
    visitor.page.locator("input[webkitdirectory]").set_input_files(family.folder)
    visitor.sees(f"{family.folder.name}: ")
    visitor.photographs("brought")
    visitor.clicks(photos_words.FIND_FACES)
    visitor.waits_for(visitor.page.locator(".lab-wall img").first)
    visitor.photographs("faces-appear")
    visitor.sees(re.compile(r"\d+ faces ready, \d+ photos need a look"))
    visitor.photographs("checked")

    # Two spellings are one person; in group photos it says whom it takes for whom; the garden is nobody.
    visitor.presses(visitor.page.get_by_role("button", name=re.compile("^Check the ")))
    visitor.clicks(photos_words.call_both("Leila"))
    expect(visitor.page.get_by_text(family.other_spelling)).to_have_count(0)
    guesses = visitor.page.get_by_role("button", name=re.compile("^Take (all )?our"))
    visitor.waits_for(guesses)
    visitor.sees(photos_words.OUR_GUESS)
    visitor.photographs("look")
    visitor.presses(guesses)
    visitor.presses(visitor.button(photos_words.LEAVE_OUT).last)
    visitor.photographs("looked")
    visitor.clicks(photos_words.CONTINUE)
    for person in family.people:
        visitor.sees(person)
    visitor.waits_for(visitor.page.locator(".lab-stack img").first)
    visitor.photographs("stacks")
    trains_and_sits_the_exam(visitor)
    visitor.photographs("exam")

    # A photo of two of them that nobody has seen: each face gets a name.
    visitor.presses(visitor.page.get_by_role("tab", name=test_words.NEW_PHOTOS))
    visitor.page.locator("input[type=file]").set_input_files(family.together)
    visitor.waits_for(visitor.page.locator(".lab-card").nth(1))
    said = " ".join(visitor.page.locator(".lab-card .lab-says").all_inner_texts())
    assert "Amara" in said
    visitor.photographs("together")

    # Grandmother comes for tea.
    visitor.goes_to(common.PHOTOS)
    visitor.clicks(photos_words.PHOTO_STEPS[0])
    visitor.presses(visitor.page.get_by_label(photos_words.INTO))
    visitor.presses(visitor.page.get_by_role("option", name=re.compile(family.folder.name)))
    visitor.presses(visitor.page.get_by_text(photos_words.SOURCE_PEOPLE, exact=True))
    name = visitor.page.get_by_label(photos_words.NAME_OF).first
    name.fill("Grandmother")
    name.press("Enter")
    visitor.page.locator("input[type=file]").first.set_input_files(sorted(family.grandmother.iterdir()))
    visitor.sees("10 photos")
    visitor.photographs("grandmother")
    visitor.clicks(photos_words.FIND_FACES)
    visitor.sees("faces ready")
    visitor.sees("Grandmother")
    visitor.clicks(photos_words.CONTINUE)
    visitor.waits_for(visitor.page.locator(".lab-stack img").first)
    trains_and_sits_the_exam(visitor)
    visitor.photographs("four-people")

    # Nothing of it stays.
    visitor.goes_to(common.PHOTOS)
    visitor.unfolds(experiments_words.ON_DISK)
    visitor.clicks(experiments_words.ERASE)
    visitor.clicks(common.SURE)
    visitor.sees("Erased: ")
    visitor.photographs("erased")
    assert files_left(server.workspace.root) == []


def files_left(root: Path) -> list[str]:
    """Return what could still show a face or a name."""
    places = ("photos", "datasets", "runs", "jobs", "cache")
    return [str(path) for place in places for path in (root / place).rglob("*") if path.is_file()]
