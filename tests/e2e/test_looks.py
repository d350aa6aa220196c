"""How every page looks: on a projector, in the dark, on a phone; and what names from users can do to it: nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from core.config import TrainConfig
from core.workspace import Workspace
from tests import fakes
from tests.e2e.conftest import SCREENSHOTS, Server, Visitor
from ui.text import common
from ui.text import train as train_words

NASTY = ("**Ada** <b>x</b>", "[Bo](http://a.b) www.a.b", ":smile: $x$ `c`", "<img src=x onerror=alert(1)>")
PAGES = {"start": "", "photos": "dataset", "train": "train", "test": "test", "library": "library"}
SCREENS = {"light": (1280, 720, "light"), "dark": (1280, 720, "dark"), "phone": (390, 844, "light")}


@pytest.fixture(scope="module")
def full(server: Server) -> Workspace:
    """A lab with photos, a finished experiment and one that failed, of people with names that try everything."""
    fakes.dataset(server.workspace, NASTY[:3], dataset_id="first1", name=NASTY[0])
    dataset = fakes.dataset(server.workspace, NASTY, name=NASTY[1])
    fakes.run(server.workspace, dataset, state="failed", message=f'Person "{NASTY[0]}" left.', tested=False)
    fakes.run(server.workspace, dataset, epochs=5, config=TrainConfig(pretrained=False, freeze_depth=7, epochs=5))
    return server.workspace


def test_names_are_text_everywhere(visitor: Visitor, full: Workspace) -> None:
    failed = next(path.name for path in full.runs.iterdir() if not (path / "result.json").exists())
    for path in (*PAGES.values(), f"train?run={failed}"):
        visitor.open(path)
        main = visitor.page.locator("[data-testid=stMain]")
        visitor.page.wait_for_timeout(1000)
        assert main.locator("b:text-is('x'), code:text-is('c'), .katex, img[src='x'], a[href*='a.b']").count() == 0
    # What was typed is what is read: on a page in HTML, and in a sentence.
    visitor.open("dataset")
    for name in NASTY:
        visitor.sees(name)
    visitor.open(f"train?run={failed}")
    said = visitor.page.get_by_role("alert").inner_text()
    assert f'Person "{NASTY[0]}" left.' in said.replace("\u2060", "")
    visitor.open("test")
    expect(visitor.page.locator(".js-plotly-plot")).to_be_visible()
    ticks = visitor.page.locator(".js-plotly-plot .xtick text").all_text_contents()
    assert ticks[0] == NASTY[0]


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_fits(chromium: Browser, server: Server, full: Workspace, screen: str) -> None:
    width, height, scheme = SCREENS[screen]
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    visitor = Visitor(context.new_page(), server, f"page-{screen}")
    SCREENSHOTS.mkdir(exist_ok=True)
    for name, path in PAGES.items():
        visitor.open(path)
        visitor.page.wait_for_timeout(1000)
        main = visitor.page.locator("[data-testid=stMain]")
        assert main.evaluate("main => main.scrollWidth <= main.clientWidth"), f"{name} is wider than the screen"
        tall = int(main.evaluate("main => main.scrollHeight"))
        visitor.page.set_viewport_size({"width": width, "height": max(height, min(tall + 80, 3000))})
        visitor.page.wait_for_timeout(500)
        visitor.page.screenshot(path=SCREENSHOTS / f"page-{name}-{screen}.png")
        visitor.page.set_viewport_size({"width": width, "height": height})
    # On a projector the button that starts is on the first screen.
    if screen != "phone":
        visitor.open("train")
        visitor.page.get_by_test_id("stRadioGroup").get_by_text(common.UNTRAINED, exact=True).click()
        expect(visitor.button(train_words.START_TRAINING)).to_be_in_viewport()
    context.close()
    assert not visitor.troubles
