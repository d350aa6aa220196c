"""A class before a webcam: two people recorded in a minute, recognised live, and fooled. Then the bad days."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import psutil
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core import presets
from core.data import versions
from core.data.leaks import HELD_OUT
from core.data.takes import WEBCAM_DRAFT, Takes
from core.experiments import runs
from core.models.weights import import_weights
from tests import published
from tests.e2e.conftest import Launch, Server, Visitor, at_the_screen, middle
from tests.e2e.webcam import DESK, LATER, SAMPLE, WINDOW, Place, Webcam, frames
from ui.text import photos as photos_words
from ui.text import start as start_words
from ui.text import test as test_words
from ui.text import train as train_words
from ui.text import webcam as words

AMARA, EMIL, STRANGER = "Amara", "Emil", "Haruto"
ALLOWED, FAKE = "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"
A_PLACE = 10


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Webcam:
    made = Webcam(tmp_path_factory.mktemp("camera") / "now.mjpeg")
    made.shows_nobody()
    return made


@pytest.fixture(scope="module")
def with_camera(launch: Launch, camera: Webcam) -> Iterator[Browser]:
    browser = launch(ALLOWED, FAKE, f"--use-file-for-fake-video-capture={camera.path}")
    yield browser
    browser.close()


@pytest.fixture
def visitor(with_camera: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """A class before a laptop with a webcam."""
    with at_the_screen(with_camera, server, request) as somebody:
        yield somebody


def card(page: Page, place: int) -> Locator:
    return page.locator(".capture .card").nth(place)


def sits_down(visitor: Visitor, camera: Webcam, person: str, place: Place) -> None:
    """Let somebody sit down before the camera; the page is opened again, for Chromium reads its clip only then."""
    camera.shows(person, place)
    visitor.page.reload()
    expect(visitor.page.locator(".stage video")).to_be_visible()


def records(visitor: Visitor, place: int, until: str, *, with_space: bool = False) -> None:
    """Hold the button of a card until it says what comes next."""
    began_s = time.monotonic()
    mine, keyboard, mouse = card(visitor.page, place), visitor.page.keyboard, visitor.page.mouse
    hold = mine.locator(".hold")
    expect(hold).to_be_enabled()
    visitor.clicked += 1
    if with_space:
        hold.focus()
        keyboard.down("Space")
    else:
        mouse.move(*middle(hold))
        mouse.down()
    expect(mine.get_by_text(until)).to_be_visible()
    keyboard.up("Space") if with_space else mouse.up()
    visitor.waited_s += time.monotonic() - began_s


def names(visitor: Visitor) -> Locator:
    return visitor.page.locator(".live .box")


def test_two_people_are_recorded_recognised_and_fool_it(visitor: Visitor, camera: Webcam, server: Server) -> None:
    visitor.open()
    visitor.clicks(start_words.WEBCAM)
    visitor.sees(words.CAPTURE_TITLE)

    # Without a name and a tick nobody is recorded.
    expect(card(visitor.page, 0).locator(".hold")).to_be_disabled()
    for place, person in enumerate((AMARA, EMIL)):
        card(visitor.page, place).get_by_label(words.NAME).fill(person)
        card(visitor.page, place).get_by_label(words.AGREES).check()
    box = visitor.page.get_by_label(words.EACH)
    box.fill(str(A_PLACE))
    box.press("Enter")
    visitor.sees(words.HINTS["nobody"])
    visitor.photographs("cards")

    # Two places for each: the second one is the final exam.
    moved = words.moved(A_PLACE)[1]
    for place, person in enumerate((AMARA, EMIL)):
        for where, then in ((DESK, moved), (WINDOW, words.all_there(2 * A_PLACE)[0])):
            sits_down(visitor, camera, person, where)
            records(visitor, place, then, with_space=where is WINDOW)
            visitor.photographs(f"{person}-recorded")
    assert len(list(server.workspace.jobs.glob("draft-webcam/*/*.jpg"))) == 4 * A_PLACE

    # Everything is set: the training begins by itself, and the live picture opens after it.
    camera.shows(AMARA, LATER)
    visitor.clicks(words.START)
    visitor.sees(words.LIVE_TITLE)
    expect(names(visitor).get_by_text(AMARA)).to_be_visible()
    visitor.photographs("live")
    (dataset,) = versions.list_datasets(server.workspace)
    assert {item.split for item in dataset.items if "take 2-" in item.name} == {"test"}
    assert {item.split for item in dataset.items if "take 1-" in item.name} == {"train", "validation"}
    assert not (server.workspace.jobs / "draft-webcam").exists()

    # The picture is kept, and says what the answer rests on.
    visitor.clicks(words.FREEZE)
    visitor.clicks(words.WHY)
    expect(visitor.page.locator(".live .because")).to_contain_text(AMARA)
    visitor.photographs("why")
    visitor.clicks(words.RELEASE)
    expect(visitor.page.locator(".live .because")).to_be_empty()
    visitor.waits_for(visitor.page.locator(".live:not(.frozen) .rate", has_text="answers a second"))

    sits_down(visitor, camera, EMIL, LATER)
    expect(names(visitor).get_by_text(EMIL)).to_be_visible()

    # Somebody it never saw gets no name; and is taken, for the game, for Emil in disguise.
    sits_down(visitor, camera, STRANGER, LATER)
    expect(names(visitor).get_by_text(test_words.NOT_SURE)).to_be_visible()
    live = visitor.page.locator(".live")
    visitor.waits_for(live.locator(".rate", has_text="answers a second"))
    print(f"{live.get_attribute('data-rate')} answers a second, {live.get_attribute('data-delay')} ms to an answer")
    visitor.presses(live.get_by_role("button", name=EMIL, exact=True))
    visitor.presses(live.get_by_role("button", name=words.TRICKS["hat"]))
    visitor.waits_for(visitor.button(words.ADD_FOOLED))
    expect(live.get_by_role("button", name=words.TRICKS["hat"])).to_contain_text(test_words.NOT_SURE)
    visitor.photographs("fooled")

    # What fooled it becomes practice, never exam, in a new version.
    visitor.clicks(words.ADD_FOOLED)
    visitor.sees(train_words.TRAIN_TITLE)
    (after,) = versions.list_datasets(server.workspace)
    assert after.version == dataset.version + 1
    assert after.counts()["train"] > dataset.counts()["train"]
    for split in HELD_OUT:
        assert after.of(split) == dataset.of(split)
    visitor.photographs("train-again")


def test_the_published_experiment_runs_in_the_same_flow(visitor: Visitor, camera: Webcam, server: Server) -> None:
    """Its network's weights are imported first; the test makes them, so what they say is arbitrary."""
    preset = presets.preset("webcam")
    file = server.workspace.root / "weights.h5"
    published.write_published(file, preset.backbone, published.seeded_weights(preset.backbone))
    import_weights(preset.backbone, file, server.workspace)
    file.unlink()
    takes = Takes(server.workspace.jobs / WEBCAM_DRAFT)
    for number, person in enumerate((AMARA, EMIL), start=1):
        takes.set_sitter(number, person, agrees=True)
        for take, where in enumerate((DESK, WINDOW), start=1):
            for picture in frames(person, where)[::15]:
                takes.keep(number, take, picture)

    camera.shows(AMARA, LATER)
    visitor.open("dataset")
    visitor.presses(visitor.button(photos_words.PHOTO_STEPS[0]))
    visitor.presses(visitor.page.get_by_text(photos_words.SOURCE_WEBCAM, exact=True))
    expect(visitor.page.locator(".capture .box:visible")).to_be_visible()
    choice = visitor.page.get_by_role("combobox", name=words.TRAIN_WITH)
    # A list that opens while the page still scrolls closes again.
    choice.scroll_into_view_if_needed()
    visitor.page.wait_for_timeout(500)
    visitor.presses(choice)
    visitor.presses(visitor.page.get_by_role("option", name=train_words.PRESETS["webcam"][0]))
    visitor.clicks(words.START)
    visitor.sees(words.LIVE_TITLE)
    visitor.waits_for(visitor.page.locator(".live .network li").first)
    visitor.photographs("published")
    assert [run.config.preset for run in runs.list_runs(server.workspace)] == ["webcam", "recommended"]


def test_the_final_exam_of_one_minute_says_so_and_leads_to_the_live_picture(visitor: Visitor, server: Server) -> None:
    run = runs.list_runs(server.workspace)[-1]
    visitor.open(f"test?run={run.id}")
    visitor.sees(test_words.ONE_TAKE)
    visitor.photographs("exam-of-one-minute")
    visitor.clicks(words.TRY_LIVE)
    visitor.sees(words.LIVE_TITLE)

    # Another experiment beside it looks at the same face.
    expect(visitor.page.locator(".live .network ul")).to_have_count(1)
    visitor.presses(visitor.page.get_by_role("combobox", name=words.BESIDE))
    visitor.presses(visitor.page.get_by_role("option").nth(1))
    expect(visitor.page.locator(".live .network ul")).to_have_count(2)
    visitor.photographs("side-by-side")
    visitor.clicks(words.TO_RESULT)
    visitor.sees(test_words.ONE_TAKE)


def test_a_camera_goes_and_comes_and_belongs_to_one_tab(visitor: Visitor, camera: Webcam, server: Server) -> None:
    camera.shows(AMARA, DESK)
    visitor.open("dataset")
    visitor.presses(visitor.page.get_by_role("button", name=photos_words.PHOTO_STEPS[0]))
    visitor.presses(visitor.page.get_by_text(photos_words.SOURCE_WEBCAM, exact=True))
    box = visitor.page.locator(".capture .box:visible")
    expect(box).to_be_visible()

    # Another tab waits until this one is closed.
    second = visitor.page.context.new_page()
    second.goto(visitor.page.url)
    second.get_by_role("button", name=photos_words.PHOTO_STEPS[0]).click()
    second.get_by_text(photos_words.SOURCE_WEBCAM, exact=True).click()
    expect(second.get_by_text(words.TROUBLES["tab"])).to_be_visible()
    second.screenshot(path="screenshots/second-tab.png")
    second.close()

    # Unplugged in the middle: it says so, and goes on when the camera is there again.
    visitor.page.locator(".capture video").evaluate(
        "video => video.srcObject.getTracks()[0].dispatchEvent(new Event('ended'))"
    )
    visitor.sees(words.TROUBLES["unplugged"])
    expect(visitor.page.get_by_text(words.TROUBLES["unplugged"])).to_be_hidden()
    expect(box).to_be_visible()

    # What looks at the pictures is killed: another one does, and nobody notices.
    assert server.process
    children = psutil.Process(server.process.pid).children()
    (looks,) = [child for child in children if child.cmdline()[-2:] == ["core", "live"]]
    looks.kill()
    expect(box).to_be_visible()
    card(visitor.page, 0).get_by_label(words.NAME).fill(AMARA)
    card(visitor.page, 0).get_by_label(words.AGREES).check()
    visitor.page.mouse.move(*middle(card(visitor.page, 0).locator(".hold")))
    visitor.page.mouse.down()
    expect(card(visitor.page, 0).get_by_text(re.compile(r"([3-9]|\d\d) of 30"))).to_be_visible()
    visitor.page.mouse.up()


@pytest.mark.parametrize(
    ("arguments", "trouble"), [(("--deny-permission-prompts", FAKE), "refused"), ((ALLOWED,), "none")]
)
def test_without_a_camera_it_says_why_and_what_else_can_be_done(
    launch: Launch, server: Server, request: pytest.FixtureRequest, arguments: tuple[str, ...], trouble: str
) -> None:
    Takes(server.workspace.jobs / WEBCAM_DRAFT).clear()
    browser = launch(*arguments)
    with at_the_screen(browser, server, request) as visitor:
        visitor.open()
        visitor.clicks(start_words.WEBCAM)
        visitor.sees(words.TROUBLES[trouble])
        card(visitor.page, 0).get_by_label(words.NAME).fill(AMARA)
        card(visitor.page, 0).get_by_label(words.AGREES).check()
        visitor.presses(visitor.page.get_by_text(words.SINGLE, exact=True))
        visitor.sees(words.SINGLE_HOW)
        visitor.sees(words.shot(0))
        visitor.photographs("no-camera")
    browser.close()


def test_on_a_page_without_https_single_pictures_come_from_files(
    chromium: Browser, server: Server, request: pytest.FixtureRequest
) -> None:
    """The test takes from the page what browsers take from one that comes over the network without HTTPS."""
    takes = Takes(server.workspace.jobs / WEBCAM_DRAFT)
    takes.clear()
    with at_the_screen(chromium, server, request) as visitor:
        visitor.page.add_init_script(
            "Object.defineProperty(navigator, 'mediaDevices', {value: undefined});"
            "Object.defineProperty(window, 'isSecureContext', {value: false});"
        )
        visitor.open()
        visitor.clicks(start_words.WEBCAM)
        visitor.sees(words.TROUBLES["insecure"])
        card(visitor.page, 0).get_by_label(words.NAME).fill(AMARA)
        card(visitor.page, 0).get_by_label(words.AGREES).check()
        visitor.unfolds(words.SINGLE)
        visitor.sees(words.shot(0))
        visitor.page.locator("input[type=file]").set_input_files(SAMPLE / "test" / AMARA / "01.jpg")
        visitor.sees(words.shot(1))
        visitor.photographs("one-picture")
        assert takes.count(1) == (1, 0)
