"""The lab out of the box, without internet: the drawn people, the network that comes with it, all defaults."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from core.models.weights import find_weights
from core.photos import samples
from tests.e2e.conftest import Server, Visitor
from ui import words

WAITING_LIMIT_S = 60


@pytest.fixture(autouse=True)
def everything_came_with_the_lab(server: Server) -> None:
    if not samples.sample_people() or find_weights("face-vgg-mini", server.workspace) is None:
        pytest.skip("this checkout has no drawn people or no weights of face-vgg-mini in data/")


def test_three_clicks_to_the_first_result(visitor: Visitor) -> None:
    visitor.open()
    expect(visitor.page.locator(".lab-lineup img")).to_have_count(6)
    visitor.photographs("start")
    began_s = time.monotonic()

    visitor.clicks(words.TRY_IT)
    expect(visitor.page.get_by_role("heading", name=words.TRAIN_TITLE)).to_be_visible()
    found_s = time.monotonic()
    visitor.photographs("train")

    visitor.clicks(words.START_TRAINING)
    visitor.sees(words.ended("done", 20))
    trained_s = time.monotonic()
    visitor.photographs("trained")

    visitor.clicks(words.TO_EXAM)
    visitor.sees("Out of 100 new photos like these, expect between")
    expect(visitor.page.locator(".st-key-matrix_frame .js-plotly-plot")).to_be_visible()
    waited_s = time.monotonic() - began_s
    visitor.photographs("matrix")
    print(
        f"\n3 clicks; waited {found_s - began_s:.1f} s for the faces, {trained_s - found_s:.1f} s for the training, "
        f"{waited_s:.1f} s in all"
    )
    title = visitor.page.locator("h1").inner_text()
    right = int(title.split(":")[1].split("of")[0])
    assert title == f"{words.TEST_TITLE}: {words.exam(right, 72)}"
    assert right > 72 // 6 * 3, "three times as many as guessing"
    assert waited_s < WAITING_LIMIT_S
