from __future__ import annotations

from tests.pages import made
from ui import places, words
from ui.state import Widget


def test_empty_lab_asks_its_question_and_leads_to_photos(open_page) -> None:
    app = open_page(places.START)
    assert app.title[0].value == words.QUESTION
    assert words.STAYS_HERE in [text.value for text in app.markdown]
    assert [button.label for button in app.button] == [words.OWN_PHOTOS]
    app.button(key=Widget.OWN_PHOTOS).click().run()
    assert app.title[0].value == words.BRING


def test_with_work_there_it_goes_on_with_the_last_result(open_page, lab_home) -> None:
    made.run(lab_home, made.dataset(lab_home))
    app = open_page(places.START)
    assert app.title[0].value == "Can a computer learn these three people?"
    assert app.button(key=Widget.GO_ON).label == "Go on (last time: 11 of 12 right)"
    app.button(key=Widget.GO_ON).click().run()
    assert app.title[0].value == "Final exam: 11 of 12 right"


def test_a_running_experiment_is_gone_on_with_on_the_train_page(open_page, lab_home) -> None:
    run = made.run(lab_home, made.dataset(lab_home), state="running", tested=False)
    with run.job.held():
        app = open_page(places.START)
        app.button(key=Widget.GO_ON).click().run()
        assert app.title[0].value == "Learning: round 4 of 5"


def test_photos_alone_show_their_people(open_page, lab_home) -> None:
    made.dataset(lab_home)
    html = " ".join(part.body for part in open_page(places.START).get("html"))
    assert "Bo **bold** &lt;b&gt;" in html
    assert "<b>bold" not in html
