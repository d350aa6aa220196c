"""The page to hand in: whole in itself, escaped, and honest about what is not finished."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from core.models.registry import backbone
from core.sweeps import recommendation, results
from core.sweeps.plan import Cell, Start, SweepPlan
from core.sweeps.sweep import Sweep, create_sweep
from core.workspace import Workspace
from tests import fakes
from tests.made_sweeps import Outcome, first_right, make_sweep
from ui.compare import report
from ui.text import sweep_evidence as evidence
from ui.text import sweep_report as words
from ui.text.sweeps import RECOMMENDED, conclusion

PEOPLE = ("Ada", '<b onclick="x">Bo</b>', "Chen & Co", "Dora", "Emil", "Fay")
PLAN = SweepPlan(depths=(0, 10, 13), seeds=(0, 1, 2))
VOID = {"meta", "br", "img", "hr", "input", "link"}
CLEAR = first_right(lambda cell: {0: 0.3, 10: 1.0, 13: 0.4}[cell.depth])


class Page(HTMLParser):
    """Reads a page, and sees that what is opened is closed."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.recommended: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in VOID:
            self._open.append((tag, ("class", "recommended") in attributes))

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_endtag(self, tag):
        opened, _ = self._open.pop()
        assert opened == tag

    def handle_data(self, data):
        if self._open and self._open[-1][0] != "style":
            self.texts.append(data)
            if any(marked for _, marked in self._open):
                self.recommended.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def dataset(workspace):
    return fakes.dataset(workspace, PEOPLE, name="<i>class</i>")


def read(sweep: Sweep) -> Page:
    return Page(report.report(sweep))


def test_it_needs_nothing_else_and_runs_nothing(workspace, dataset):
    page = report.report(make_sweep(workspace, dataset, PLAN, CLEAR))
    read = Page(page)
    assert not {"script", "link", "img", "iframe", "object"} & set(read.tags)
    assert not [name for name, _ in read.attributes if name in ("src", "href", "srcset") or name.startswith("on")]
    assert "@import" not in page
    assert not re.findall(r"url\((?!data:)", page)
    assert set(re.findall(r"https?://[^\"' <]+", page)) <= {"http://www.w3.org/2000/svg"}


def test_names_are_text(workspace, dataset):
    sweep = make_sweep(workspace, dataset, PLAN, CLEAR)
    page = report.report(sweep)
    assert '<b onclick="x">' not in page
    assert '<b onclick="x">Bo</b>' in read(sweep).text
    assert "Chen & Co" in read(sweep).text


def test_it_says_what_the_lab_said_and_marks_what_to_take(workspace, dataset):
    sweep = make_sweep(workspace, dataset, PLAN, CLEAR)
    page = read(sweep)
    assert "Retraining block 5 is best: 24 of 24." in page.text
    assert page.recommended[0] == "block 5 learns"
    assert page.text.count(RECOMMENDED) >= 1
    for part in (words.NAME, words.DATE, words.OWN_WORDS, *words.QUESTIONS):
        assert part in page.text


@pytest.mark.parametrize("outcome", [first_right(lambda cell: 1 / 6), first_right(lambda cell: 0.2)])
def test_nothing_is_to_be_taken_where_nothing_was_learned(workspace, dataset, outcome: Outcome):
    sweep = make_sweep(workspace, dataset, PLAN, outcome)
    (line,) = results.lines(PLAN, results.results(sweep))
    verdict = recommendation.verdict_of(line, dataset)
    assert verdict is not None
    assert verdict.kind == "nothing_learned"
    assert recommendation.recommended_place(line, dataset) is None
    page = read(sweep)
    assert page.recommended == []
    assert RECOMMENDED not in page.text


def level(cell: Cell, n: int) -> tuple[np.ndarray, float]:
    """Let all stops be about as good, in tries that differ a lot."""
    return np.arange(n) < n * (0.6 + 0.15 * ((cell.seed + cell.depth) % 3)), 0.5


def test_nothing_is_to_be_taken_where_the_photos_cannot_tell(workspace, dataset):
    page = read(make_sweep(workspace, dataset, PLAN, level))
    assert "These photos cannot tell which is best." in page.text
    assert "Enough, or as good, means: at most 1 of 24 right answers behind any other." in page.text
    assert page.text.count(words.WORDS["cannot_tell"]) >= 3
    assert page.recommended == []
    assert RECOMMENDED not in page.text


def test_stops_that_did_not_learn_are_named(workspace, dataset):
    sweep = make_sweep(workspace, dataset, PLAN, CLEAR)
    for cell, run in sweep.members():
        if cell.depth == 0:
            run.job.write_result({**run.summary(), "retrained": False})
    (line,) = results.lines(PLAN, results.results(sweep))
    (sentence,) = conclusion(line, dataset).unlearned
    assert "in 3 of 3 tries, a round was kept from before" in sentence
    assert sentence in read(sweep).text


def test_an_unfinished_sweep_says_so_and_shows_what_there_is(workspace, dataset):
    # The second takes over what the first has done.
    for done in (0, 4):
        page = read(make_sweep(workspace, dataset, PLAN, CLEAR, done=done))
        assert f"Not finished: {done} of 9 tries." in page.text
        assert page.text.count(words.NOT_YET) == (18 if done == 0 else 3)
        assert page.recommended == []


@pytest.mark.parametrize(
    ("other", "name"),
    [
        (Start("face-vgg-mini", pretrained=False), "Mini, untrained"),
        (Start("imagenet-mobilenetv2"), "MobileNetV2"),
    ],
)
def test_two_networks_have_a_headline_a_table_and_their_doubts_each(workspace, dataset, other, name):
    plan = replace(PLAN, starts=(Start("face-vgg-mini"), other), depths=(13, 10))
    sweep = make_sweep(workspace, dataset, plan, mixed)
    page = report.report(sweep)
    read = Page(page)
    assert read.tags.count("table") == 2
    headings = re.findall(r'<section><h2 class="soft">([^<]*)</h2><h1>([^<]*)</h1>', page)
    said = [conclusion(line, dataset) for line in results.lines(plan, results.results(sweep))]
    assert headings == list(zip(["Mini", name], [each.headline for each in said], strict=True))
    assert re.findall("<caption>([^<]*)</caption>", page) == ["Mini", name]
    # What is sure of one network stands below its name, what holds for both above both, once.
    notes = [html.unescape(note) for note in re.findall("<li>([^<]*)</li>", page)]
    first, second = notes.index("Mini:"), notes.index(f"{name}:")
    assert notes.count(evidence.WHY_TWO_EXAMS) == notes.count(evidence.METHOD[0]) == 1
    assert max(notes.index(evidence.WHY_TWO_EXAMS), notes.index(evidence.METHOD[0])) < first < second < len(notes) - 1
    own = [note for note in said[0].notes if note not in said[1].notes]
    assert own
    assert notes[first + 1 : second] == own


def test_of_two_networks_one_may_be_unfinished(workspace, dataset):
    plan = replace(PLAN, starts=(Start("face-vgg-mini"), Start("face-vgg-mini", pretrained=False)))
    members = make_sweep(workspace, dataset, plan, CLEAR, done=0).members()
    done = max(place for place, (cell, _) in enumerate(members) if cell.start.pretrained) + 1
    page = read(make_sweep(workspace, dataset, plan, CLEAR, done=done))
    assert f"Not finished: {done} of 18 tries." in page.text
    assert page.tags.count("h1") == 1
    assert page.tags.count("table") == 2
    assert "Mini:" in page.text
    assert "Mini, untrained:" not in page.text


def test_the_name_of_a_sweep_is_text(workspace, dataset):
    name = "</title><script>alert(1)</script> & co"
    page = report.report(create_sweep(workspace, dataset, PLAN, name=name))
    assert "script" not in Page(page).tags
    assert "&lt;script&gt;" in page
    assert f"Face Lab: {name}" in read(create_sweep(workspace, dataset, PLAN, name=name)).text


def test_photos_of_each_person_on_the_axis(workspace, dataset):
    plan = SweepPlan(depths=(13,), photos=(1, 3, None), seeds=(0, 1))
    page = read(make_sweep(workspace, dataset, plan, first_right(lambda cell: 1.0 if cell.photos != 1 else 0.4)))
    assert "practice photos" in page.text
    assert "3 photos" in page.text


def mixed(cell: Cell, n: int) -> tuple[np.ndarray, float]:
    """Let every try have other photos right, so that every comparison has something to tell."""
    rng = np.random.default_rng((cell.depth, cell.seed, cell.start.pretrained))
    return rng.random(n) < 0.6 + cell.depth / 100, 0.5 + cell.depth / 100


DEEP = "imagenet-vgg19"
SHEETS = {
    "usual": SweepPlan(),
    "photos": SweepPlan(depths=(10,), photos=(1, 2, 3, 5, None)),
    "two networks": SweepPlan(starts=(Start("face-vgg-mini"), Start("face-vgg-mini", pretrained=False))),
    "every layer": SweepPlan(depths=tuple(range(14))),
    "every layer of two networks, five tries": SweepPlan(
        starts=(Start(DEEP), Start(DEEP, pretrained=False)),
        depths=tuple(range(len(backbone(DEEP).architecture.units) + 1)),
        seeds=(0, 1, 2, 3, 4),
    ),
    "unfinished": SweepPlan(depths=(0, 13)),
}


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", SHEETS)
def test_it_prints_on_one_sheet(workspace, name, tmp_path):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed on this machine")
    dataset = fakes.dataset(workspace, tuple(f"Maximiliane-Josephine Nr. {number}" for number in range(14)))
    sweep = make_sweep(workspace, dataset, SHEETS[name], mixed, done=1 if name == "unfinished" else None)
    page, printed = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_text(report.report(sweep), encoding="utf-8")
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    subprocess.run([chromium, *arguments, f"--print-to-pdf={printed}", page.as_uri()], check=True, capture_output=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) == 1
