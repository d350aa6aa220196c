from __future__ import annotations

import pytest

from core.data import samples
from core.jobfolder import JobFolder
from core.sweeps.plan import SweepPlan
from core.sweeps.sweep import create_sweep
from tests import fakes
from tests.made_sweeps import first_right, make_sweep
from tests.pages import reading
from ui import navigation
from ui.state import Param, Widget
from ui.text import common
from ui.text import compare as compare_words
from ui.text import photos as photos_words
from ui.text import start as words
from ui.text import train as train_words
from ui.text import webcam as webcam_words


@pytest.fixture
def no_drawn_people(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(samples, "SAMPLE", tmp_path / "nothing")


@pytest.fixture
def drawn_people(tmp_path, monkeypatch) -> None:
    """Two people who come with the lab."""
    for seed, person in enumerate(("Ada", "Bruno")):
        home = tmp_path / "sample" / "train" / person
        home.mkdir(parents=True)
        (home / "01.jpg").write_bytes(fakes.photo(seed))
    monkeypatch.setattr(samples, "SAMPLE", tmp_path / "sample")


def test_try_it_brings_the_drawn_people_and_leads_to_train(open_page, lab_home, drawn_people) -> None:
    app = open_page(navigation.START)
    assert app.title[0].value == "Can a computer learn these two people from ten photos each?"
    assert words.DRAWN in [text.value for text in app.markdown]
    assert [button.label for button in app.button] == [words.TRY_IT, words.OWN_PHOTOS, words.WEBCAM]
    app.button(key=Widget.TRY_IT).click().run()
    assert app.title[0].value == photos_words.FINDING
    (job,) = [JobFolder(path) for path in lab_home.jobs.iterdir()]
    assert job.request()["source"] == str(samples.SAMPLE)
    # The worker is done: Train is next, with these people.
    dataset = fakes.dataset(lab_home)
    job.write_result({"dataset_id": dataset.id, "version": 1})
    job.set_state("done")
    app.switch_page(navigation.PHOTOS).run()
    assert app.title[0].value == train_words.TRAIN_TITLE


def test_empty_lab_asks_its_question_and_leads_to_photos(open_page, no_drawn_people) -> None:
    app = open_page(navigation.START)
    assert app.title[0].value == words.QUESTION
    assert common.STAYS_HERE in [text.value for text in app.markdown]
    assert [button.label for button in app.button] == [words.OWN_PHOTOS, words.WEBCAM]
    app.button(key=Widget.OWN_PHOTOS).click().run()
    assert app.title[0].value == photos_words.BRING


def test_with_work_there_it_goes_on_with_the_last_result(open_page, lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_page(navigation.START)
    assert app.title[0].value == "Can a computer learn these three people?"
    assert app.button(key=Widget.GO_ON).label == "Go on (last time: 11 of 12 right)"
    app.button(key=Widget.GO_ON).click().run()
    assert app.title[0].value == "Final exam: 11 of 12 right"


def test_a_running_experiment_is_gone_on_with_on_the_train_page(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="running", tested=False)
    with run.job.held():
        app = open_page(navigation.START)
        app.button(key=Widget.GO_ON).click().run()
        assert app.title[0].value == "Learning: round 4 of 5"


def test_a_comparison_is_gone_on_with_where_it_is_the_newest(open_page, lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    fakes.run(lab_home, dataset)
    sweep = make_sweep(lab_home, dataset, SweepPlan(depths=(10, 13), seeds=(0,)), first_right(lambda _: 0.5), done=1)
    app = open_page(navigation.START)
    assert '4 final exam, done"' in reading.html(app)
    app.button(key=Widget.GO_ON).click().run()
    assert app.title[0].value == compare_words.ended("stopped", 1, 2)
    assert app.query_params[Param.SWEEP] == sweep.id
    fakes.run(lab_home, dataset)
    assert open_page(navigation.START).button(key=Widget.GO_ON).label == "Go on (last time: 11 of 12 right)"


def test_before_its_first_try_a_comparison_has_no_exam_behind_it(open_page, lab_home) -> None:
    create_sweep(lab_home, fakes.dataset(lab_home), SweepPlan(depths=(10, 13), seeds=(0,)))
    app = open_page(navigation.START)
    assert app.button(key=Widget.GO_ON).label == "Go on (last time: comparison, 0 of 2 tries)"
    assert '4 final exam, next"' in reading.html(app)


def test_photos_alone_show_their_people(open_page, lab_home) -> None:
    fakes.dataset(lab_home)
    html = reading.html(open_page(navigation.START))
    assert "Bo **bold** &lt;b&gt;" in html
    assert "<b>bold" not in html


def test_the_steps_say_what_is_done_and_what_is_next(open_page, lab_home) -> None:
    assert "lab-done" not in reading.html(open_page(navigation.START)).split("</style>")[-1]
    dataset = fakes.dataset(lab_home)
    steps = reading.html(open_page(navigation.START))
    assert '2 check faces, done"' in steps
    assert '3 choose what may learn, next"' in steps
    fakes.run(lab_home, dataset)
    assert '4 final exam, done"' in reading.html(open_page(navigation.START))


@pytest.mark.parametrize(
    ("button", "title"),
    [(Widget.OWN_PHOTOS, photos_words.BRING), (Widget.WEBCAM, webcam_words.CAPTURE_TITLE)],
)
def test_own_photos_and_the_webcam_lead_to_the_form_though_there_are_photos(open_page, lab_home, button, title) -> None:
    fakes.dataset(lab_home)
    app = open_page(navigation.START)
    app.button(key=button).click().run()
    assert app.title[0].value == title
