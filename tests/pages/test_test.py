from __future__ import annotations

import dataclasses
import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core import presets
from core.config import TrainConfig
from core.experiments import baseline, runs, suggestions
from core.jobs import queue
from core.sweeps.plan import SweepPlan
from core.sweeps.sweep import create_sweep
from tests import fakes
from tests.made_sweeps import first_right, make_sweep
from tests.pages import reading
from ui import navigation
from ui.state import Param, Widget
from ui.text import common
from ui.text import compare as compare_words
from ui.text import experiments as experiments_words
from ui.text import test as words
from ui.text import train as train_words

LAST_BLOCK = TrainConfig(freeze_depth=10)


def open_view(app, view: str):
    app.session_state[Widget.VIEW] = view
    return app.run()


def test_too_early_it_leads_to_train(open_page) -> None:
    app = open_page(navigation.TEST)
    assert app.info[0].value == experiments_words.NO_RUNS
    app.button(key=Widget.MISSING).click().run()
    assert app.title[0].value == train_words.TRAIN_TITLE


def test_while_it_still_runs_it_leads_to_the_running_experiment(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="running", tested=False)
    with run.job.held():
        app = open_page(navigation.TEST)
        assert app.info[0].value == experiments_words.STILL_RUNNING
        app.button(key=Widget.MISSING).click().run()
        assert app.title[0].value == "Learning: round 4 of 5"


def test_the_result_is_said_first_and_honestly(open_page, lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_page(navigation.TEST)
    assert app.title[0].value == "Final exam: 11 of 12 right"
    assert "Out of 100 new photos like these, expect between 65 and 99." in reading.html(app)  # Wilson, 11 of 12
    # 12 photos are few: that guessing is beaten, and no more.
    assert "Better than guessing. How good, 12 photos can't say." in reading.html(app)
    assert words.CLEARLY_BETTER not in reading.html(app)
    assert words.rough(12) not in reading.markdown(app)
    assert "Always guessing the most frequent person gives 4 of 12." in reading.markdown(app)
    assert reading.html(app).count("<i></i>") == 11
    assert reading.html(app).count('<i class="lab-is-wrong"></i>') == 1


def test_every_photo_the_worst_first(open_page, lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_view(open_page(navigation.TEST), words.EVERY_PHOTO)
    cards = reading.html(app).split('<div class="lab-card"')[1:]
    assert len(cards) == 12
    assert words.WRONG_SIGN in cards[0]
    assert "is Ada" in cards[0]
    assert all(words.RIGHT_SIGN in card for card in cards[1:])
    assert "Bo **bold** &lt;b&gt;" in reading.html(app)
    assert "<b>" not in "".join(cards)


def test_a_photo_that_was_deleted_leaves_its_prediction(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    predictions = run.predictions()
    assert predictions
    sha = predictions.sha256s[0]
    (lab_home.photos / sha[:2] / sha / "original").unlink()
    app = open_view(open_page(navigation.TEST), words.EVERY_PHOTO)
    assert not app.exception
    assert reading.html(app).count('<div class="lab-card"') == 12


def test_experiments_can_be_opened_again(open_page, lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    first, second = fakes.run(lab_home, dataset), fakes.run(lab_home, dataset, state="stopped")
    app = open_page(navigation.TEST, run=first.id)
    assert app.query_params[Param.RUN] == first.id
    assert len(app.selectbox[0].options) == 2
    app.selectbox[0].set_value(second.id).run()
    assert app.query_params[Param.RUN] == second.id
    assert not app.exception


def test_new_photos_are_asked_about_and_answered_with_bars(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_view(open_page(navigation.TEST), words.NEW_PHOTOS)
    assert words.only_knows(3) in reading.markdown(app)
    app.file_uploader[0].set_value([("me.png", fakes.photo(1), "image/png")])
    app.run()
    assert not app.exception
    (job,) = queue.waiting(lab_home, queue.HELPER)
    assert job.request()["model"] == str(run.path)
    Image.open(io.BytesIO(fakes.photo(1))).save(job.path / "face-0.png")
    probabilities = dict(zip(fakes.PEOPLE, np.array([0.2, 0.1, 0.7]).tolist(), strict=True))
    job.write_result(
        {
            "people": list(fakes.PEOPLE),
            "predictions": [{"name": "me.png", "face": None, "true": None, "probabilities": probabilities}],
            "left_out": [{"name": "x.txt", "reason": "is no photo"}],
        }
    )
    job.set_state("done")
    app.run()
    assert not app.exception
    assert reading.html(app).count('<div class="lab-card"') == 1
    assert "Chen :smile:" in reading.html(app)
    assert "70 %</span>" in reading.html(app)
    assert app.dataframe[0].value[common.REASON].tolist() == ["is no photo"]


def test_a_look_shows_how_far_it_is(open_page, lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_view(open_page(navigation.TEST), words.NEW_PHOTOS)
    app.file_uploader[0].set_value([("me.png", fakes.photo(1), "image/png"), ("me.png", fakes.photo(2), "image/png")])
    app.run()
    (job,) = queue.waiting(lab_home, queue.HELPER)
    with zipfile.ZipFile(job.request()["photos"]) as archive:
        assert archive.namelist() == ["me.png", "me (2).png"]
    assert bars(app) == [common.STEP_STARTING]
    job.emit("progress", done=1, total=2)
    app.run()
    assert bars(app) == ["Looking at the photos: 1 of 2 photos"]
    job.emit("progress", done=2, total=2)
    app.run()
    assert bars(app) == [words.ANSWERING]


def bars(app: AppTest) -> list[str]:
    return [bar.proto.text for bar in app.get("progress")]


def test_a_look_that_failed_says_why(open_page, lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_view(open_page(navigation.TEST), words.NEW_PHOTOS)
    app.file_uploader[0].set_value([("me.png", fakes.photo(1), "image/png")])
    app.run()
    (job,) = queue.waiting(lab_home, queue.HELPER)
    job.set_state("failed", "No face to look at.")
    app.run()
    assert "No face to look at" in app.error[0].value


def test_many_people_get_a_table_beside_the_matrix(open_page, lab_home) -> None:
    people = tuple(f"Person {n:02}" for n in range(23))
    fakes.run(lab_home, fakes.dataset(lab_home, people))
    app = open_page(navigation.TEST)
    assert not app.exception
    assert len(app.dataframe[0].value) == 3


def test_an_exam_without_names_counts_nothing(open_page, lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    run = fakes.run(lab_home, dataset)
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
    app = open_page(navigation.TEST)
    assert not app.exception
    assert app.title[0].value == words.TEST_TITLE
    assert app.info[0].value == words.NO_LABELS


def test_photos_are_filtered_sorted_and_taken_along_as_a_table(open_page, lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_view(open_page(navigation.TEST), words.EVERY_PHOTO)
    app.segmented_control(key=Widget.SHOW).set_value("wrong").run()
    assert reading.html(app).count('<div class="lab-card"') == 1
    app.segmented_control(key=Widget.SHOW).set_value("not_sure").run()
    assert app.info[-1].value == words.NONE_LIKE_THIS
    app.segmented_control(key=Widget.SHOW).set_value("all").run()
    person = next(box for box in app.selectbox if str(box.key).startswith(Widget.ONE_PERSON))
    person.set_value(2).run()
    assert reading.html(app).count('<div class="lab-card"') == 4
    app.selectbox(key=Widget.ORDER).set_value("name").run()
    assert not app.exception


def test_an_exam_without_names_gives_its_predictions(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    given = run.predictions()
    assert given
    unnamed = type(given)(given.probabilities, np.full_like(given.labels, -1), given.names, given.sha256s, given.faces)
    run.write_predictions(unnamed)
    app = open_page(navigation.TEST)
    assert [tab.label for tab in app.tabs] == [words.EVERY_PHOTO, words.NEW_PHOTOS]
    assert reading.html(app).count('<div class="lab-card"') == 12
    assert words.RIGHT_SIGN not in reading.html(app)


def finish_prediction(job, photos: int, *, leaning: float = 0.8, faces_a_photo: int = 1) -> None:
    """Do the worker's part of a prediction: the first person gets the probability `leaning` on every face."""
    rows = []
    for number in range(photos * faces_a_photo):
        Image.open(io.BytesIO(fakes.photo(number))).save(job.path / f"face-{number}.png")
        photo = number // faces_a_photo + 1
        Image.open(io.BytesIO(fakes.photo(photo))).convert("RGB").save(job.path / f"photo-{photo}.jpg")
        rest = (1 - leaning) / (len(fakes.PEOPLE) - 1)
        probabilities = {person: leaning if n == 0 else rest for n, person in enumerate(fakes.PEOPLE)}
        face = {"box": [10.0 * number, 10.0, 20.0, 20.0], "landmarks": None, "score": None}
        rows.append(
            {"name": f"{photo}.jpg", "photo": photo, "size_px": [100, 50], "face": face, "true": None}
            | {"predicted": fakes.PEOPLE[0], "probabilities": probabilities}
        )
    job.write_result({"people": list(fakes.PEOPLE), "predictions": rows, "left_out": []})
    job.set_state("done")


def test_strangers_come_one_by_one_and_get_a_name_too(open_page, lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_view(open_page(navigation.TEST), words.NEW_PHOTOS)
    app.button(key=Widget.STRANGER).click().run()
    assert not app.exception
    (job,) = queue.waiting(lab_home, queue.HELPER)
    finish_prediction(job, photos=24)
    app.run()
    assert words.strangers_named(1, 1) in reading.markdown(app)
    assert reading.html(app).count('<div class="lab-card"') == 1
    for _ in range(2):
        app.button(key=Widget.STRANGER).click().run()
    assert words.strangers_named(3, 3) in reading.markdown(app)
    assert reading.html(app).count('<div class="lab-card"') == 3
    assert len(list(lab_home.jobs.iterdir())) == 1


def test_who_leans_towards_nobody_is_not_sure(open_page, lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_view(open_page(navigation.TEST), words.NEW_PHOTOS)
    app.button(key=Widget.STRANGER).click().run()
    (job,) = queue.waiting(lab_home, queue.HELPER)
    finish_prediction(job, photos=24, leaning=0.45)
    app.run()
    assert words.strangers_named(0, 1) in reading.markdown(app)
    card = reading.html(app).split('<div class="lab-card"')[1]
    assert f'<div class="lab-says">{words.NOT_SURE}</div>' in card
    assert f"{words.LEANS_TOWARDS} Ada" in card


def test_how_sure_it_must_be_is_chosen_with_a_slider(open_page, lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_view(open_page(navigation.TEST), words.NEW_PHOTOS)
    assert words.not_sure_below(50) in reading.captions(app)
    app.button(key=Widget.STRANGER).click().run()
    (job,) = queue.waiting(lab_home, queue.HELPER)
    finish_prediction(job, photos=24, leaning=0.6)
    app.run()
    assert words.strangers_named(1, 1) in reading.markdown(app)
    app.slider(key=Widget.SURE_FROM).set_value(65).run()
    assert words.not_sure_below(65) in reading.captions(app)
    assert words.strangers_named(0, 1) in reading.markdown(app)
    assert f'<div class="lab-says">{words.NOT_SURE}</div>' in reading.html(app)


def test_every_face_of_a_group_photo_is_framed_and_named(open_page, lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_view(open_page(navigation.TEST), words.NEW_PHOTOS)
    app.file_uploader[0].set_value([("all.jpg", fakes.photo(1), "image/png")])
    app.run()
    (job,) = queue.waiting(lab_home, queue.HELPER)
    finish_prediction(job, photos=1, faces_a_photo=3)
    app.run()
    assert not app.exception
    assert reading.html(app).count('<div class="lab-box"') == 3
    assert "left:20.00%;top:20.00%;width:20.00%;height:40.00%" in reading.html(app)
    assert reading.html(app).count('<div class="lab-card"') == 3


def test_the_same_in_numbers_is_folded(open_page, lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_page(navigation.TEST)
    scores, percent = (frame.value for frame in app.dataframe)
    assert tuple(scores.columns) == words.SCORES_COLUMNS
    assert scores["photos"].tolist() == [4, 4, 4]
    assert percent.to_numpy().sum() == pytest.approx(300)
    assert scores[words.SCORES_COLUMNS[4]].tolist() == [86, 89, 100]  # F1 of 3 and 4 found, one name too many
    assert app.expander[0].label == words.NUMBERS


def predict(run, wrong: set[int]) -> None:
    """Let a run be wrong about some of its test photos, and right about the others."""
    given = run.predictions()
    probabilities = 0 * given.probabilities
    for place, label in enumerate(given.labels):
        probabilities[place, (label + (place in wrong)) % probabilities.shape[1]] = 1
    run.write_predictions(dataclasses.replace(given, probabilities=probabilities))


def test_the_result_is_held_against_the_one_before(open_page, lab_home, runs_apart) -> None:
    dataset = fakes.dataset(lab_home)
    before, now = fakes.run(lab_home, dataset, config=TrainConfig()), fakes.run(lab_home, dataset, config=LAST_BLOCK)
    predict(before, {0, 1, 2, 3, 4, 5, 6})
    predict(now, {11})
    app = open_page(navigation.TEST)
    assert "Experiment 1: all blocks frozen, 5 of 12. Now: block 5 retrained, 11 of 12." in reading.texts(
        app, "markdown"
    )
    assert f"7 photos are right now that were wrong; 1 the other way. {words.COULD_BE_LUCK}" in reading.texts(
        app, "markdown"
    )
    fixed, broken = reading.html(app).split('<section class="lab-fixed"')[1].split('<section class="lab-broken"')
    assert fixed.count("<figure>") == 7
    assert ">Bo **bold** &lt;b&gt;</s>" in fixed
    assert f"{words.RIGHT_SIGN} Ada</b>" in fixed
    assert broken.count("<figure>") == 1
    app = open_page(navigation.TEST, run=before.id)
    assert "Now: " not in reading.markdown(app)


def test_an_earlier_one_can_be_chosen_to_hold_it_against(open_page, lab_home, runs_apart) -> None:
    dataset = fakes.dataset(lab_home)
    for config in (TrainConfig(), TrainConfig(pretrained=False, freeze_depth=0), LAST_BLOCK):
        run = fakes.run(lab_home, dataset, config=config)
    app = open_page(navigation.TEST)
    # Not against the newest, an untrained one, but against the one that differs in one thing.
    assert "Experiment 1: all blocks frozen, 11 of 12. Now: block 5 retrained, 11 of 12." in reading.texts(
        app, "markdown"
    )
    against = app.selectbox(key=Widget.HELD_AGAINST.of(run.id, 2))
    assert against.options == ["2. 11 of 12 right, untrained, all blocks learn", "1. 11 of 12 right, all blocks frozen"]
    against.select_index(0).run()
    now = "Now: it had seen faces before, block 5 retrained, 11 of 12."
    assert f"Experiment 2: it was untrained, 11 of 12. {now}" in reading.markdown(app)
    assert common.MUST_LEARN in reading.markdown(app)


def test_where_two_things_changed_nothing_is_held_against_it_by_itself(open_page, lab_home, runs_apart) -> None:
    dataset = fakes.dataset(lab_home)
    for config in (TrainConfig(), LAST_BLOCK.with_changes(train_per_class=3)):
        run = fakes.run(lab_home, dataset, config=config)
    app = open_page(navigation.TEST)
    assert words.NOTHING_FAIR in reading.markdown(app)
    assert "Now: " not in reading.markdown(app)
    app.selectbox(key=Widget.HELD_AGAINST.of(run.id, 1)).select_index(0).run()
    assert "Experiment 1: all blocks frozen, 6 photos each, 11 of 12." in reading.markdown(app)
    assert words.too_many_differ(("freeze", "photos")) in reading.markdown(app)


def test_other_photos_are_never_held_against_though_they_share_an_exam_photo(open_page, lab_home, runs_apart) -> None:
    other = fakes.dataset(lab_home, ("Ada", "Finn"), dataset_id="others")
    fakes.run(lab_home, other, config=TrainConfig())
    dataset = fakes.dataset(lab_home)
    shared = {item.sha256 for item in other.of("test")} & {item.sha256 for item in dataset.of("test")}
    assert shared
    fakes.run(lab_home, dataset, config=LAST_BLOCK)
    app = open_page(navigation.TEST)
    assert "Now: " not in reading.markdown(app)
    assert words.NOTHING_FAIR not in reading.markdown(app)


def add_to_summary(run, **summary: object) -> None:
    run.job.write_result({**run.summary(), **summary})


BORDER = LAST_BLOCK.with_changes(epochs=20, head_epochs=10)


def test_what_did_not_retrain_is_found_under_retrained_nowhere(open_page, lab_home, runs_apart) -> None:
    dataset = fakes.dataset(lab_home)
    frozen = fakes.run(lab_home, dataset, config=BORDER.with_changes(freeze_depth=13))
    add_to_summary(frozen, kept_epoch=10, epochs_run=20)
    run = fakes.run(lab_home, dataset, config=BORDER)
    add_to_summary(
        run, kept_epoch=10, epochs_run=20, unit_movement=dict.fromkeys(("conv5_1", "conv5_2", "conv5_3"), 0.0)
    )
    app = open_page(navigation.TEST)
    assert "Now: block 5 kept as it was, 11 of 12." in reading.markdown(app)
    assert [warning.value for warning in app.warning] == [train_words.tried_to_learn("block 5")]
    others = [(navigation.TEST, {"run": frozen.id}), (navigation.LIBRARY, {}), (navigation.TRAIN, {"run": run.id})]
    pages = [app, *(open_page(page, **query) for page, query in others)]
    for page in pages:
        assert "retrained" not in everything_on(page)
    assert "hardly moved" not in everything_on(pages[-1])


def everything_on(app: AppTest) -> str:
    """Return all texts of a page, what is drawn by a component and what can be chosen as well; not its styles."""
    boxes = [option for box in app.selectbox for option in box.options]
    tables = [frame.value.to_csv() for frame in app.dataframe]
    strips = [
        {key: value for key, value in drawn.items() if key != "states"} | {"state": drawn["states"][drawn["learns"]]}
        for drawn in reading.components(app)
        if "states" in drawn
    ]
    texts = [text.value for kind in (app.markdown, app.caption, app.title, app.subheader, app.warning) for text in kind]
    drawn = [part.body for part in app.get("html") if "<style" not in part.body]
    return " ".join([*texts, *boxes, *tables, *drawn, json.dumps(strips)])


def test_a_run_that_was_better_before_its_blocks_learned_says_so_with_both_numbers(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), config=BORDER)
    head = {"epoch": 10, "val_accuracy": 1.0, "test_correct": 12}
    add_to_summary(run, retrained=True, kept_epoch=12, epochs_run=20, head_only=head)
    told = "Retraining did not help: the frozen network was better (12 against 11 of 12)."
    assert [warning.value for warning in open_page(navigation.TEST).warning] == [told]
    assert told in reading.markdown(open_page(navigation.TRAIN, run=run.id))
    add_to_summary(run, head_only={**head, "test_correct": 11})
    assert not open_page(navigation.TEST).warning


def test_fewer_photos_are_said_in_numbers(open_page, lab_home, runs_apart) -> None:
    dataset = fakes.dataset(lab_home)
    for config in (LAST_BLOCK, LAST_BLOCK.with_changes(train_per_class=3)):
        fakes.run(lab_home, dataset, config=config)
    app = open_page(navigation.TEST)
    assert "Experiment 1: 6 photos each, 11 of 12. Now: 3 photos each, 11 of 12." in reading.markdown(app)
    assert "3 photos each" in app.selectbox[0].options[0]


def test_more_changed_photos_than_fit_are_counted(open_page, lab_home, runs_apart) -> None:
    dataset = fakes.dataset(lab_home, tuple(f"Person {n}" for n in range(8)))
    before, now = fakes.run(lab_home, dataset), fakes.run(lab_home, dataset)
    predict(before, set(range(24)))
    predict(now, {30, 31})
    app = open_page(navigation.TEST)
    assert "Experiment 1: 8 of 32. Now, with the same settings: 30 of 32." in reading.markdown(app)
    assert f"24 photos are right now that were wrong; 2 the other way. {words.CLEAR_DIFFERENCE}" in reading.texts(
        app, "markdown"
    )
    assert reading.html(app).split('class="lab-before"')[1].count("<figure>") == 11
    assert "+ 15" in reading.html(app)


@pytest.fixture
def only_mini(weights_here: list[str]) -> None:
    weights_here.append("face-vgg-mini")


def test_photos_of_real_people_are_tried_with_a_wider_network(
    open_page, lab_home, runs_apart, weights_here, monkeypatch
) -> None:
    weights_here.extend(["face-vgg-mini", "face-vgg-midi"])
    dataset = fakes.dataset(lab_home)
    fakes.run(lab_home, dataset, config=TrainConfig())
    app = open_page(navigation.TEST)
    assert f"**{words.IDEAS['wider'][0]}.**" in reading.markdown(app)
    assert f"One thing changes against experiment 1: {common.SETTINGS['network']}." in reading.markdown(app)
    app.button(key=Widget.NEXT_IDEA).click().run()
    app.switch_page(navigation.TRAIN).run()
    assert reading.widget(app, "selectbox", Widget.BACKBONE).value == "face-vgg-midi"
    app.button(key=Widget.START).click().run()
    assert runs.list_runs(lab_home)[0].requested_config == TrainConfig(backbone="face-vgg-midi", freeze_depth=13)
    # The drawn people were made for the narrow one.
    monkeypatch.setattr(suggestions, "are_drawn", lambda people: True)
    assert f"**{words.IDEAS['wider'][0]}.**" not in reading.markdown(open_page(navigation.TEST))


def test_a_wider_network_is_no_idea_where_all_were_right(open_page, lab_home, weights_here) -> None:
    weights_here.extend(["face-vgg-mini", "face-vgg-midi"])
    run = fakes.run(lab_home, fakes.dataset(lab_home), config=TrainConfig())
    predict(run, set())
    run.job.write_result({"test_correct": 12, "test_total": 12})
    app = open_page(navigation.TEST)
    assert app.button(key=Widget.NEXT_IDEA)
    assert f"**{words.IDEAS['wider'][0]}.**" not in reading.markdown(app)


def test_an_idea_sets_up_the_next_experiment(open_page, lab_home, runs_apart, only_mini) -> None:
    dataset = fakes.dataset(lab_home)
    for config in (TrainConfig(epochs=7), TrainConfig(epochs=7, pretrained=False, freeze_depth=0)):
        fakes.run(lab_home, dataset, config=config)
    app = open_page(navigation.TEST)
    assert app.button(key=Widget.NEXT_IDEA).label == words.SET_IT_UP
    assert "Next idea: **Let block 5 learn.** Is it better when the last block learns too?" in reading.texts(
        app, "markdown"
    )
    # From the one with all blocks frozen, not from the untrained one on the page.
    assert "One thing changes against experiment 1: frozen blocks." in reading.markdown(app)
    app.button(key=Widget.NEXT_IDEA).click().run()
    assert not app.exception
    assert app.title[0].value == train_words.TRAIN_TITLE
    # AppTest itself stays on the page it was on; the choices go along.
    app.switch_page(navigation.TRAIN).run()
    assert "This is experiment 3. One thing changes against experiment 1: frozen blocks." in reading.texts(
        app, "caption"
    )
    app.button(key=Widget.START).click().run()
    started = runs.list_runs(lab_home)[0]
    assert started.requested_config == TrainConfig(epochs=7, freeze_depth=10)
    assert started.came_from == runs.list_runs(lab_home)[-1].id


def test_an_untrained_network_changes_two_things_and_says_why(open_page, lab_home, runs_apart, only_mini) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home), config=TrainConfig())
    app = open_page(navigation.TEST)
    assert "**Start untrained.** How much does it help that the network has seen faces before?" in reading.texts(
        app, "markdown"
    )
    assert (
        f"Two things change against experiment 1: what it starts with and frozen blocks. {common.MUST_LEARN}"
        in reading.markdown(app)
    )


def test_three_photos_each_out_of_a_comparison_change_one_thing(open_page, lab_home, runs_apart, only_mini) -> None:
    dataset = fakes.dataset(lab_home)
    for config in (TrainConfig(), TrainConfig(pretrained=False, freeze_depth=0)):
        fakes.run(lab_home, dataset, config=config)
    plan = SweepPlan(depths=(4, 10, 13), seeds=(0, 1))
    sweep = make_sweep(lab_home, dataset, plan, first_right(lambda cell: 0.5))
    shown = next(run for cell, run in sweep.members() if (cell.depth, cell.seed) == (4, 1))
    app = open_page(navigation.TEST, run=shown.id)
    assert "**Three photos each.**" in reading.markdown(app)
    assert f"One thing changes against {common.A_TRY}: practice photos a person." in reading.markdown(app)
    app.button(key=Widget.NEXT_IDEA).click().run()
    app.switch_page(navigation.TRAIN).run()
    app.button(key=Widget.START).click().run()
    started = runs.list_runs(lab_home)[0]
    assert baseline.between(shown, started) == ("photos",)
    assert baseline.count_between(shown, started) == 1


def test_all_stops_at_once_are_prepared_with_the_photos_of_the_result(
    open_page, lab_home, runs_apart, only_mini
) -> None:
    dataset = fakes.dataset(lab_home)
    other = fakes.dataset(lab_home, people=("Dora", "Emil"), dataset_id="made2", name="others")
    create_sweep(lab_home, other, SweepPlan())
    for config in (TrainConfig(pretrained=False, freeze_depth=0), LAST_BLOCK):
        fakes.run(lab_home, dataset, config=config)
    app = open_page(navigation.TEST)
    assert f"**{words.IDEAS['sweep'][0]}.**" in reading.markdown(app)
    app.button(key=Widget.NEXT_IDEA).click().run()
    assert not app.exception
    assert app.title[0].value == compare_words.QUESTIONS["depth"]
    assert app.session_state["dataset"] == dataset.id


def test_the_last_idea_is_a_stranger(open_page, lab_home, runs_apart, only_mini) -> None:
    dataset = fakes.dataset(lab_home)
    nothing, few = TrainConfig(pretrained=False, freeze_depth=0), LAST_BLOCK.with_changes(train_per_class=3)
    create_sweep(lab_home, dataset, SweepPlan())
    for config in (nothing, few, LAST_BLOCK):
        fakes.run(lab_home, dataset, config=config)
    app = open_page(navigation.TEST)
    assert app.button(key=Widget.NEXT_IDEA).label == words.IDEAS["stranger"][0]
    app.button(key=Widget.NEXT_IDEA).click().run()
    assert not app.exception
    (job,) = queue.waiting(lab_home, queue.HELPER)
    assert words.only_knows(3) in reading.markdown(app)
    finish_prediction(job, 3)
    app.run()
    assert reading.html(app).count('<div class="lab-card"') == 1
    assert Widget.NEXT_IDEA not in [button.key for button in app.button]


def test_the_notebooks_own_results_stand_beside_a_repetition(open_page, lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home), config=presets.preset("notebook"))
    app = open_page(navigation.TEST)
    assert words.NO_WINNER in reading.markdown(app)
    published = reading.html(app).split('class="lab-published"')[1]
    assert [f"{correct} of 12 right</span>" in published for correct in (9, 10, 12, 11)] == [True] * 4


def test_photos_of_one_minute_prove_nothing(open_page, lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    together = dataclasses.replace(
        dataset, version=2, items=tuple(dataclasses.replace(item, group=1) for item in dataset.items)
    )
    fakes.run(lab_home, together)
    app = open_page(navigation.TEST)
    assert words.ONE_TAKE in reading.html(app)
    assert words.CLEARLY_BETTER not in reading.html(app)
    assert "expect between" not in reading.html(app)
    assert 'class="lab-blur"' not in reading.html(app)
