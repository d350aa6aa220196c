"""A class compares: it guesses, watches the chart fill in, survives a crash in the middle, and reads one headline."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from core.data import samples
from core.models.weights import find_weights
from core.sweeps.results import progress
from core.sweeps.sweep import list_sweeps
from tests.e2e.conftest import Server, Visitor, asks_for_three_stops
from ui.text import common
from ui.text import compare as compare_words
from ui.text import start as start_words
from ui.text import train as train_words

EXAM = 144
ROUNDS = 8
# All blocks learn, block 5 learns, all blocks frozen. Five tries each, for with two the photos could not tell.
TRIES = 15
COMPARISON_MS = 300_000
VOTES = (1, 3, 2)
HEADLINE = re.compile(rf"(is enough|is best): \d+ of {EXAM}|^Keep all blocks frozen|^These photos cannot tell")


@pytest.fixture(autouse=True)
def everything_came_with_the_lab(server: Server) -> None:
    if not samples.sample_people() or find_weights("face-vgg-mini", server.workspace) is None:
        pytest.skip("this checkout has no drawn people or no weights of face-vgg-mini in data/")


def asks_for_less(visitor: Visitor) -> None:
    """Leave out three of the six stops and some tries, and train for fewer rounds."""
    asks_for_three_stops(visitor, TRIES // 3)
    rounds = visitor.page.get_by_label(train_words.EPOCHS)
    rounds.fill(str(ROUNDS))
    rounds.press("Enter")


def hands_up(visitor: Visitor) -> None:
    """Click + under each stop as often as hands are up."""
    more = visitor.page.locator(".sweep-votes button").filter(has_text="+")
    expect(more).to_have_count(len(VOTES))
    for place, hands in enumerate(VOTES):
        for _ in range(hands):
            visitor.presses(more.nth(place))


def bars(visitor: Visitor) -> list[str]:
    """Read the numbers on the bars of guesses."""
    return visitor.page.locator('.sweep [data-key^="guess-"]').all_text_contents()


def waits_for_tries(visitor: Visitor, least: int) -> None:
    visitor.sees(re.compile(rf"^[{least}-9] of {TRIES} tries"))


def test_guess_watch_and_read(visitor: Visitor, server: Server) -> None:
    visitor.open()
    visitor.clicks(start_words.TRY_IT)
    visitor.sees(train_words.TRAIN_TITLE)

    # First the class guesses. All six stops would take minutes; three are enough for a story.
    visitor.goes_to(compare_words.COMPARE)
    visitor.sees(compare_words.QUESTIONS["depth"])
    expect(visitor.button(train_words.START_TRAINING)).to_be_in_viewport()
    visitor.photographs("guess")
    asks_for_less(visitor)
    hands_up(visitor)
    visitor.photographs("guessed")
    visitor.clicks(train_words.START_TRAINING)

    # The chart fills in, the guesses stay as bars.
    visitor.sees(compare_words.RUNS)
    assert bars(visitor) == [str(hands) for hands in VOTES]
    waits_for_tries(visitor, 1)
    visitor.photographs("fills-in")
    # Nobody can vote any more, and Train says why it is busy.
    expect(visitor.page.locator(".sweep-votes button")).to_have_count(0)
    visitor.goes_to(common.TRAIN)
    visitor.sees(compare_words.ON_TRAIN)
    visitor.clicks(compare_words.TO_COMPARISON)
    waits_for_tries(visitor, 2)

    # The worker dies in the middle. What is done is still there, in a fresh tab too.
    server.worker("train").kill()
    visitor.sees(re.compile(rf"^It was interrupted after \d of {TRIES} tries"))
    (sweep,) = list_sweeps(server.workspace)
    done = progress(sweep).done
    assert 0 < done < TRIES
    visitor.open("compare")
    visitor.sees(compare_words.ended("interrupted", done, TRIES))
    visitor.waits_for(visitor.page.locator(".sweep svg"))
    visitor.photographs("interrupted")
    tried = {run.id for _, run in sweep.members() if run.status().state == "done"}
    finished_at = {run_id: (server.workspace.runs / run_id / "result.json").stat().st_mtime_ns for run_id in tried}

    # It goes on with what is missing, and only with that.
    visitor.clicks(common.GO_ON)
    headline = visitor.page.get_by_role("heading", level=1, name=HEADLINE)
    expect(headline).to_be_visible(timeout=COMPARISON_MS)
    visitor.photographs("headline")
    for run_id, at in finished_at.items():
        assert (server.workspace.runs / run_id / "result.json").stat().st_mtime_ns == at
    assert progress(sweep).done == TRIES
    assert bars(visitor) == [str(hands) for hands in VOTES]

    # One stop is recommended; the way on is on the first screen. Every stop can be looked at.
    visitor.sees("take this one")
    expect(visitor.button(compare_words.USE_STOP)).to_be_in_viewport()
    visitor.presses(visitor.page.locator('.sweep [role="button"][data-place="1"]').first)
    visitor.sees("Block 5 learns:")
    visitor.unfolds(compare_words.HOW_SURE)
    visitor.sees("paired analysis")
    visitor.photographs("how-sure")
    visitor.clicks(compare_words.USE_STOP)
    visitor.sees(train_words.TRAIN_TITLE)
    visitor.sees("Blocks 1–4 are frozen.")

    # It can be found again, and goes away as a whole.
    visitor.goes_to(common.LIBRARY)
    visitor.sees(compare_words.COMPARISONS)
    visitor.clicks(compare_words.OPEN)
    visitor.waits_for(visitor.page.get_by_role("heading", level=1, name=HEADLINE))
