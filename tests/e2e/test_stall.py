"""A computer that is too busy to answer for seconds: no click is lost, and no page goes blank."""

from __future__ import annotations

import signal
import sys

import pytest
from playwright.sync_api import expect

from tests import fakes
from tests.e2e.conftest import Server, Visitor
from ui.text import test as test_words
from ui.text import train as train_words

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a process is paused by a signal")
# In between, every live part of the page asks twice to be drawn anew.
STALLS_MS = 5000


@pytest.fixture(scope="module", autouse=True)
def photos(server: Server) -> None:
    fakes.run(server.workspace, fakes.dataset(server.workspace))


def stalls(visitor: Visitor) -> None:
    """Let the server stand still for a while."""
    process = visitor.server.process
    assert process
    process.send_signal(signal.SIGSTOP)
    visitor.page.wait_for_timeout(STALLS_MS)
    process.send_signal(signal.SIGCONT)


def stays_on_train(visitor: Visitor) -> None:
    title = visitor.page.get_by_role("heading", name=train_words.TRAIN_TITLE)
    visitor.waits_for(title)
    visitor.page.wait_for_timeout(3000)
    expect(title).to_be_visible(timeout=1000)


@pytest.mark.parametrize("after_ms", [0, 50, 150])
def test_the_button_to_the_next_page(visitor: Visitor, after_ms: int) -> None:
    visitor.open("test")
    visitor.waits_for(visitor.button(test_words.SET_IT_UP))
    visitor.page.wait_for_timeout(500)
    visitor.clicks(test_words.SET_IT_UP)
    visitor.page.wait_for_timeout(after_ms)
    stalls(visitor)
    stays_on_train(visitor)
