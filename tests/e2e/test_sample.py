"""The lab out of the box, without internet: the drawn people, the network that comes with it, all defaults."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from core.data import samples
from core.models.weights import find_weights
from tests.e2e.conftest import Server, Visitor
from ui.text import common
from ui.text import start as start_words
from ui.text import train as train_words

WAITING_LIMIT_S = 60


@pytest.fixture(autouse=True)
def everything_came_with_the_lab(server: Server) -> None:
    if not samples.sample_people() or find_weights("face-vgg-mini", server.workspace) is None:
        pytest.skip("this checkout has no drawn people or no weights of face-vgg-mini in data/")


def test_the_class_offline(visitor: Visitor) -> None:
    """Three clicks to the first result; then the same with the last block free to learn."""
    visitor.open()
    expect(visitor.page.locator(".lab-lineup img")).to_have_count(6)
    visitor.photographs("start")
    began_s = time.monotonic()

    visitor.clicks(start_words.TRY_IT)
    visitor.waits_for(visitor.page.get_by_role("heading", name=train_words.TRAIN_TITLE))
    found_s = time.monotonic()
    visitor.photographs("train")

    visitor.clicks(train_words.START_TRAINING)
    visitor.sees(train_words.ended("done", 20))
    trained_s = time.monotonic()
    visitor.photographs("trained")

    visitor.clicks(common.TO_EXAM)
    first = visitor.reads_right_answers(144)
    waited_s = time.monotonic() - began_s
    visitor.photographs("matrix")
    assert visitor.clicked == 3
    print(
        f"\nfirst result: 3 clicks; waited {found_s - began_s:.1f} s for the faces, {trained_s - found_s:.1f} s "
        f"for the training, {waited_s:.1f} s in all"
    )
    assert first > 144 // 6 * 3, "three times as many as guessing"
    assert waited_s < WAITING_LIMIT_S

    visitor.goes_to(common.TRAIN)
    visitor.freezes(4)
    visitor.sees("Blocks 1–4 are frozen.")
    visitor.photographs("four-blocks-frozen")
    visitor.clicks(train_words.START_TRAINING)
    visitor.sees(train_words.ended("done", 20))
    visitor.photographs("trained-again")
    visitor.clicks(common.TO_EXAM)
    assert visitor.reads_right_answers(144) > 144 // 6 * 3
    visitor.photographs("second-exam")
