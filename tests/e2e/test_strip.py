"""The strip of layers by mouse and by keyboard; what it says reaches the training."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from core.experiments import runs
from tests import fakes
from tests.e2e.conftest import Server, Visitor
from ui.text import common
from ui.text import train as train_words


@pytest.fixture(scope="module", autouse=True)
def photos(server: Server) -> None:
    fakes.dataset(server.workspace)


def handle(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("slider", name=train_words.FREEZE)


def test_the_handle_is_dragged_and_python_hears_where_it_was_let_go(visitor: Visitor) -> None:
    visitor.open("train")
    expect(handle(visitor)).to_have_attribute("aria-valuenow", "5")
    row = visitor.page.locator(".strip .row").element_handle()
    visitor.drags_to(4)
    # It snaps at once, and no answer of the server pulls it back or draws it anew.
    for _ in range(20):
        assert handle(visitor).get_attribute("aria-valuenow") == "4"
        visitor.page.wait_for_timeout(50)
    assert row.evaluate("row => row.isConnected")
    visitor.sees("Blocks 1–4 are frozen.")
    visitor.photographs("dragged")

    # Another page and back: it stands where it was left.
    visitor.goes_to(common.PHOTOS)
    visitor.sees("36 faces ready")
    visitor.goes_to(common.TRAIN)
    expect(handle(visitor)).to_have_attribute("aria-valuenow", "4")


def test_by_keyboard_and_whoever_starts_at_once_is_heard(visitor: Visitor, server: Server) -> None:
    visitor.open("train")
    visitor.freezes(3)
    expect(handle(visitor)).to_have_attribute("aria-valuetext", re.compile("^Blocks 1–3 are frozen. Blocks 4–5 and"))
    # The last key was a moment ago, and the server has not heard of it yet.
    visitor.clicks(train_words.START_TRAINING)
    visitor.waits_for(visitor.button(common.STOP))
    (run,) = runs.list_runs(server.workspace)
    assert run.config.freeze_depth == 7
