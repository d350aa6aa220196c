"""The flip board: every photo whose answer changes, with who it is and what each of the two says."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.config import TrainConfig
from core.experiments import listing
from core.experiments.runs import Run
from tests import fakes
from tests.pages import reading
from ui.test import prediction_cards
from ui.text import compare as words
from ui.text import test as test_words

PEOPLE = ("Ada", "<b>Bo</b>", "Chen")


def answers(run: Run, right: np.ndarray) -> None:
    """Let a run be right where `right` says so, and name the next person else."""
    given = run.predictions()
    assert given is not None
    probabilities = np.full_like(given.probabilities, 0.05)
    said = np.where(right, given.labels, (given.labels + 1) % len(PEOPLE))
    probabilities[np.arange(len(said)), said] = 0.9
    run.write_predictions(type(given)(probabilities, given.labels, given.names, given.sha256s, given.faces))


def script(root: str, before: str, now: str) -> None:
    from pathlib import Path

    from core.experiments import listing
    from core.experiments.runs import Run
    from core.workspace import Workspace
    from ui.compare import changed_photos

    workspace = Workspace(Path(root))
    rows = [listing.read_listed_run(Run(workspace.runs / each)) for each in (before, now)]
    changed_photos.board(workspace, *rows)


@pytest.fixture
def board(lab_home):
    dataset = fakes.dataset(lab_home, PEOPLE)
    before, now = (fakes.run(lab_home, dataset, config=TrainConfig(freeze_depth=depth)) for depth in (13, 10))

    def board(right_before: list[int], right_now: list[int]) -> tuple[str, str]:
        """Return the sentences, and the pictures as HTML."""
        n = len(dataset.of("test"))
        for run, places in ((before, right_before), (now, right_now)):
            answers(run, np.isin(np.arange(n), places))
        app = AppTest.from_function(script, args=(str(lab_home.root), before.id, now.id), default_timeout=30).run()
        assert not app.exception, app.exception
        drawn = reading.html(app)
        return " ".join(each.value for each in app.markdown), drawn

    assert listing.list_all(lab_home).tested
    return board


def test_photos_that_changed_are_there_with_both_answers(board):
    said, drawn = board([0, 1, 2, 5], [1, 2, 3, 4, 5])
    assert words.fixed(2, "B") in said
    assert words.broke(1, "B") in said
    figures = re.findall(r"<figure.*?</figure>", drawn, re.DOTALL)
    assert len(figures) == 3
    for figure in figures:
        # Each is right for one of the two.
        assert figure.count("lab-is-right") == figure.count("lab-is-wrong") == 1
    assert "<b>Bo</b>" not in drawn
    assert "&lt;b&gt;Bo&lt;/b&gt;" in drawn


def test_a_clear_difference_is_called_one_and_a_small_one_is_not(board):
    assert test_words.COULD_BE_LUCK in board([0, 1], [0, 1, 2])[0]
    assert test_words.CLEAR_DIFFERENCE in board([], list(range(12)))[0]


def test_no_photo_changed(board):
    said, drawn = board([0, 1], [0, 1])
    assert test_words.SAME_ANSWERS in said
    assert "<figure" not in drawn


def test_each_photo_says_who_it_is_and_what_both_said(board):
    def told(figure: str) -> tuple[str, list[tuple[str, str]]]:
        (who,) = re.findall(r"<strong[^>]*>([^<]*)</strong>", figure)
        answers = r'<b style="[^"]*">([AB])</b><span class="lab-ellipsis" title="([^"]*)">'
        return html.unescape(who), [(letter, html.unescape(name)) for letter, name in re.findall(answers, figure)]

    # Four photos of each person: 0 is of the first one, 5 of the second.
    _, drawn = board([5], [0])
    fixed, broken = re.findall(r"<figure.*?</figure>", drawn, re.DOTALL)
    assert told(fixed) == ("Ada", [("A", "<b>Bo</b>"), ("B", "Ada")])
    assert told(broken) == ("<b>Bo</b>", [("A", "<b>Bo</b>"), ("B", "Chen")])
    assert drawn.index('class="lab-is-wrong"') < drawn.index('class="lab-is-right"')
    assert "&lt;b&gt;Bo&lt;/b&gt;/test-1.png" in broken


def test_many_photos_come_a_page_at_a_time(lab_home, monkeypatch):
    monkeypatch.setattr(prediction_cards, "A_PAGE", 5)
    dataset = fakes.dataset(lab_home, PEOPLE)
    before, now = (fakes.run(lab_home, dataset, config=TrainConfig(freeze_depth=depth)) for depth in (13, 10))
    answers(before, np.zeros(12, bool))
    answers(now, np.ones(12, bool))
    app = AppTest.from_function(script, args=(str(lab_home.root), before.id, now.id), default_timeout=30).run()
    assert not app.exception, app.exception
    assert reading.html(app).count("<figure") == 5
    assert words.fixed(12, "B") in " ".join(each.value for each in app.markdown)


def test_an_experiment_with_other_photos_has_none_to_flip(lab_home):
    here = fakes.run(lab_home, fakes.dataset(lab_home, PEOPLE))
    there = fakes.run(lab_home, fakes.dataset(lab_home, ("Dora", "Emil"), "made2"))
    app = AppTest.from_function(script, args=(str(lab_home.root), here.id, there.id), default_timeout=30).run()
    assert not app.exception, app.exception
    assert [each.value for each in app.markdown] == [test_words.NONE_IN_BOTH]
    assert "<figure" not in reading.html(app)
