from __future__ import annotations

import io

import numpy as np
from PIL import Image

from core.jobs import queue
from tests.pages import made
from ui import places, words
from ui.state import Param, Widget


def html(app) -> str:
    return " ".join(part.body for part in app.get("html"))


def said(app) -> str:
    return " ".join(text.value for text in app.markdown)


def opens(app, view: str):
    app.session_state[Widget.VIEW] = view
    return app.run()


def test_too_early_it_leads_to_train(open_page) -> None:
    app = open_page(places.TEST)
    assert app.info[0].value == words.NO_RUNS
    app.button(key=Widget.MISSING).click().run()
    assert app.title[0].value == words.TRAIN_TITLE


def test_while_it_still_runs_it_leads_to_the_running_experiment(open_page, lab_home) -> None:
    run = made.run(lab_home, made.dataset(lab_home), state="running", tested=False)
    with run.job.held():
        app = open_page(places.TEST)
        assert app.info[0].value == words.STILL_RUNNING
        app.button(key=Widget.MISSING).click().run()
        assert app.title[0].value == "Learning: round 4 of 5"


def test_the_result_is_said_first_and_honestly(open_page, lab_home) -> None:
    made.run(lab_home, made.dataset(lab_home))
    app = open_page(places.TEST)
    assert app.title[0].value == "Final exam: 11 of 12 right"
    assert "Out of 100 new photos like these, expect between 65 and 99." in said(app)  # Wilson, 11 of 12
    assert words.CLEARLY_BETTER in said(app)
    assert "Always guessing the most frequent person gives 4 of 12." in said(app)
    assert html(app).count("<i></i>") == 11
    assert html(app).count('<i class="lab-is-wrong"></i>') == 1


def test_every_photo_the_worst_first(open_page, lab_home) -> None:
    made.run(lab_home, made.dataset(lab_home))
    app = opens(open_page(places.TEST), words.EVERY_PHOTO)
    cards = html(app).split('<div class="lab-card"')[1:]
    assert len(cards) == 12
    assert words.WRONG_SIGN in cards[0]
    assert "is Ada" in cards[0]
    assert all(words.RIGHT_SIGN in card for card in cards[1:])
    assert "Bo **bold** &lt;b&gt;" in html(app)
    assert "<b>" not in "".join(cards)


def test_a_photo_that_was_deleted_leaves_its_prediction(open_page, lab_home) -> None:
    run = made.run(lab_home, made.dataset(lab_home))
    predictions = run.predictions()
    assert predictions
    sha = predictions.sha256s[0]
    (lab_home.photos / sha[:2] / sha / "original").unlink()
    app = opens(open_page(places.TEST), words.EVERY_PHOTO)
    assert not app.exception
    assert html(app).count('<div class="lab-card"') == 12


def test_experiments_can_be_opened_again(open_page, lab_home) -> None:
    dataset = made.dataset(lab_home)
    first, second = made.run(lab_home, dataset), made.run(lab_home, dataset, state="stopped")
    app = open_page(places.TEST, run=first.id)
    assert app.query_params[Param.RUN] == first.id
    assert len(app.selectbox[0].options) == 2
    app.selectbox[0].set_value(second.id).run()
    assert app.query_params[Param.RUN] == second.id
    assert not app.exception


def test_new_photos_are_asked_about_and_answered_with_bars(open_page, lab_home) -> None:
    run = made.run(lab_home, made.dataset(lab_home))
    app = opens(open_page(places.TEST), words.NEW_PHOTOS)
    assert words.only_knows(3) in said(app)
    app.button(key=Widget.ASK).click().run()
    assert app.warning[0].value == words.NO_PHOTOS_CHOSEN
    app.file_uploader[0].set_value([("me.png", made.photo(1), "image/png")])
    app.run()
    app.button(key=Widget.ASK).click().run()
    assert not app.exception
    (job,) = queue.waiting(lab_home, queue.HELPER)
    assert job.request()["model"] == str(run.path)
    Image.open(io.BytesIO(made.photo(1))).save(job.path / "face-0.png")
    probabilities = dict(zip(made.PEOPLE, np.array([0.2, 0.1, 0.7]).tolist(), strict=True))
    job.write_result(
        {
            "people": list(made.PEOPLE),
            "predictions": [{"name": "me.png", "face": None, "true": None, "probabilities": probabilities}],
            "left_out": [{"name": "x.txt", "reason": "is no photo"}],
        }
    )
    job.set_state("done")
    app.run()
    assert not app.exception
    assert html(app).count('<div class="lab-card"') == 1
    assert "Chen :smile:" in html(app)
    assert "70</span>" in html(app)
    assert app.dataframe[0].value[words.REASON].tolist() == ["is no photo"]


def test_a_look_that_failed_says_why(open_page, lab_home) -> None:
    made.run(lab_home, made.dataset(lab_home))
    app = opens(open_page(places.TEST), words.NEW_PHOTOS)
    app.file_uploader[0].set_value([("me.png", made.photo(1), "image/png")])
    app.run()
    app.button(key=Widget.ASK).click().run()
    (job,) = queue.waiting(lab_home, queue.HELPER)
    job.set_state("failed", "No face to look at.")
    app.run()
    assert "No face to look at" in app.error[0].value


def test_many_people_get_a_table_beside_the_matrix(open_page, lab_home) -> None:
    people = tuple(f"Person {n:02}" for n in range(23))
    made.run(lab_home, made.dataset(lab_home, people))
    app = open_page(places.TEST)
    assert not app.exception
    assert len(app.dataframe[0].value) == 3


def test_an_exam_without_names_counts_nothing(open_page, lab_home) -> None:
    dataset = made.dataset(lab_home)
    run = made.run(lab_home, dataset)
    predictions = run.predictions()
    assert predictions
    unlabelled = type(predictions)(
        predictions.probabilities,
        np.full_like(predictions.labels, -1),
        predictions.names,
        predictions.sha256s,
        predictions.faces,
    )
    run.write_predictions(unlabelled)
    app = open_page(places.TEST)
    assert not app.exception
    assert app.title[0].value == words.TEST_TITLE
    assert app.info[0].value == words.NO_LABELS
