"""The thin lab as somebody uses it: bring photos, train, watch, be interrupted, read the exam. One server for all."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import ClassPhotos, Server, Visitor
from ui.text import common
from ui.text import experiments as experiments_words
from ui.text import photos as photos_words
from ui.text import start as start_words
from ui.text import test as test_words
from ui.text import train as train_words


def starts_training(visitor: Visitor, rounds: int) -> None:
    """Choose the untrained mini network and start it."""
    visitor.page.get_by_role("link", name=common.TRAIN, exact=True).click()
    if visitor.button(train_words.ANOTHER).is_visible():
        visitor.clicks(train_words.ANOTHER)
    expect(visitor.page.get_by_role("heading", name=train_words.TRAIN_TITLE)).to_be_visible()
    visitor.page.get_by_test_id("stRadioGroup").get_by_text(common.UNTRAINED, exact=True).click()
    visitor.sees("No block is frozen.")
    size = visitor.page.get_by_role("slider", name=train_words.IMAGE_SIZE)
    size.focus()
    size.press("Home")
    visitor.sees(train_words.pixels(32))
    box = visitor.page.get_by_label(train_words.EPOCHS)
    box.fill(str(rounds))
    box.press("Enter")
    visitor.photographs("settings")
    visitor.clicks(train_words.START_TRAINING)


def test_from_a_zip_to_the_final_exam(visitor: Visitor, class_photos: ClassPhotos, server: Server) -> None:
    visitor.open()
    visitor.photographs("start")
    visitor.clicks(start_words.OWN_PHOTOS)

    # The teacher brings a zip. It is on disk while it is worked on, and gone afterwards.
    visitor.page.get_by_text(photos_words.SOURCE_ZIP, exact=True).click()
    expect(visitor.page.locator("input[type=file]")).to_have_count(1)
    visitor.page.locator("input[type=file]").set_input_files(class_photos.path)
    visitor.sees(class_photos.path.name)
    if class_photos.are_faces:
        visitor.unfolds(common.ADVANCED)
        visitor.page.get_by_text(photos_words.DETECTORS["none"]).click()
    visitor.photographs("zip-chosen")
    visitor.clicks(photos_words.FIND_FACES)
    expect(visitor.page.locator(".lab-wall img").first).to_be_visible()
    visitor.photographs("faces-appear")
    visitor.sees(f"{6 * 12} faces ready")
    for person in class_photos.people:
        visitor.sees(person)
    assert not list(server.workspace.jobs.glob("*/upload.zip"))
    check = visitor.page.get_by_role("button", name=re.compile("^Check the "))
    check.or_(visitor.button(photos_words.LOOK_CLOSER)).click()
    visitor.photographs("look")
    visitor.clicks(photos_words.CONTINUE)
    expect(visitor.page.locator(".lab-stack img").first).to_be_visible()
    visitor.photographs("stacks")

    # Training starts, and the curve gains points while it runs.
    starts_training(visitor, rounds=40)
    first = visitor.waits_for_rounds(3)
    assert visitor.waits_for_rounds(first + 2) <= 40
    visitor.photographs("live")

    # A refresh in the middle changes nothing: it is still running, and goes on. So it is for a visit without the
    # experiment's address.
    visitor.page.reload()
    shown = visitor.waits_for_rounds(first + 2)
    visitor.sees("Learning: round")
    visitor.open("train")
    visitor.waits_for_rounds(shown + 1)
    visitor.sees("Learning: round")

    # It ends, and the exam says in words what it is worth.
    visitor.sees(train_words.ended("done", 40))
    assert visitor.rounds_on_chart() == 40
    visitor.photographs("finished")
    visitor.clicks(common.TO_EXAM)
    visitor.sees("Out of 100 new photos like these, expect between")
    visitor.photographs("exam")

    # Who is taken for whom: a click on a square shows its photos.
    matrix = visitor.page.locator(".st-key-matrix_frame .js-plotly-plot")
    expect(matrix).to_be_visible()
    # Before the first row and column stand the faces.
    matrix.locator(".nsewdrag").first.click(position={"x": 64 + 20, "y": 64 + 20})
    visitor.sees(f"{class_photos.people[0]}, ")
    visitor.page.get_by_role("tab", name=test_words.EVERY_PHOTO).click()
    expect(visitor.page.locator(".lab-card").first).to_be_visible()
    visitor.photographs("every-photo")

    # New photos get a name each.
    visitor.page.get_by_role("tab", name=test_words.NEW_PHOTOS).click()
    visitor.sees(test_words.only_knows(6))
    visitor.page.locator("input[type=file]").set_input_files([class_photos.one, class_photos.one])
    expect(visitor.page.locator(".lab-card").nth(1)).to_be_visible()
    visitor.photographs("new-photos")
    assert not list(server.workspace.jobs.glob("*/upload.zip"))

    # The network goes home on a stick.
    with visitor.page.expect_download() as download:
        visitor.clicks(experiments_words.TAKE_MODEL)
    taken = Path(download.value.path())
    with zipfile.ZipFile(taken) as archive:
        assert "model.keras" in archive.namelist()


def test_a_second_experiment_is_stopped(visitor: Visitor) -> None:
    visitor.open()
    starts_training(visitor, rounds=1000)
    visitor.waits_for_rounds(3)
    visitor.clicks(common.STOP)
    visitor.sees("You stopped it after")
    visitor.photographs("stopped")
    # What it had learned by then has been tested.
    visitor.clicks(common.TO_EXAM)
    visitor.sees("Out of 100 new photos like these, expect between")


def test_two_tabs_show_the_same_experiment(visitor: Visitor) -> None:
    visitor.open()
    starts_training(visitor, rounds=1000)
    visitor.waits_for_rounds(3)
    other = Visitor(visitor.page.context.new_page(), visitor.server, "other_tab")
    other.open("train")
    other.waits_for_rounds(3)
    other.clicks(common.STOP)
    other.sees("You stopped it after")
    visitor.sees("You stopped it after")
    assert not other.troubles


def test_a_killed_worker_shows_and_goes_on(visitor: Visitor, server: Server) -> None:
    visitor.open()
    starts_training(visitor, rounds=1000)
    before = visitor.waits_for_rounds(3)
    server.worker("train").kill()
    visitor.sees("It was interrupted after")
    visitor.sees(train_words.INTERRUPTED_HOW)
    visitor.photographs("interrupted")
    visitor.clicks(common.GO_ON)
    visitor.sees("Learning: round")
    visitor.waits_for_rounds(before + 2)
    visitor.clicks(common.STOP)
    visitor.sees("You stopped it after")


def test_a_killed_server_finds_its_training_again(visitor: Visitor, server: Server) -> None:
    visitor.open()
    starts_training(visitor, rounds=1000)
    before = visitor.waits_for_rounds(3)
    worker = server.worker("train")
    server.kill()
    visitor.page.wait_for_timeout(1000)
    server.start()
    # The tab that was open all the while connects by itself and goes on showing the same training by the same worker.
    visitor.waits_for_rounds(before + 2)
    visitor.sees("Learning: round")
    assert server.worker("train").pid == worker.pid
    visitor.troubles.clear()  # of course it could not reach a server that was not there

    # So does a new one.
    visitor.open("train")
    visitor.waits_for_rounds(before + 3)
    visitor.photographs("found-again")
    visitor.clicks(common.STOP)
    visitor.sees("You stopped it after")


@pytest.mark.parametrize("page", ["dataset", "train"])
def test_a_fresh_server_opens_any_page_by_its_address(visitor: Visitor, server: Server, page: str) -> None:
    visitor.page.goto("about:blank")
    server.stop()
    server.start()
    visitor.open(page)
    expect(visitor.page.get_by_role("link", name=common.PHOTOS, exact=True)).to_be_visible()
    expect(visitor.page.get_by_role("link", name="dataset")).to_have_count(0)


def test_the_first_visitor_of_a_fresh_server_loses_nothing_typed(visitor: Visitor, server: Server) -> None:
    visitor.page.goto("about:blank")
    server.stop()
    server.start()
    visitor.open("train")
    if visitor.button(train_words.ANOTHER).is_visible():
        visitor.clicks(train_words.ANOTHER)
    box = visitor.page.get_by_label(train_words.EPOCHS)
    box.fill("7")
    box.press("Enter")
    visitor.page.wait_for_timeout(2000)
    expect(box).to_have_value("7")
