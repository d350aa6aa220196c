"""Compare: guess, start, watch, read; every state a comparison can be in."""

from __future__ import annotations

import shutil

import pytest

from core.experiments import runs
from core.jobs import queue
from core.presets import preset
from core.sweeps.plan import USUAL_SEEDS, Cell, Start, SweepPlan, with_rates
from core.sweeps.sweep import create_sweep, list_sweeps
from tests import fakes, made_sweeps
from tests.pages import reading
from ui import navigation
from ui.compare import prepare
from ui.state import Param, Widget
from ui.text import compare as words
from ui.text import escape, sweep_evidence
from ui.text import photos as photos_words
from ui.text import train as train_words

MINI = "face-vgg-mini"
# Three people with as many photos each in the final exam as it takes to tell that a stop is as good.
EXAM_EACH, EXAM = 24, 72


@pytest.fixture
def dataset(lab_home, weights_here):
    weights_here.append(MINI)
    return fakes.dataset(lab_home, test_each=EXAM_EACH)


def chart(app) -> str:
    """Return the drawing, as the page sends it."""
    return next(str(drawn["wide"]) for drawn in reading.components(app) if "wide" in drawn)


def last_block_is_enough(cell: Cell) -> float:
    """Right answers as somebody hopes for: all with the last block retrained, none with everything frozen."""
    return 0.0 if cell.depth == 13 else 1.0


def finished(workspace, dataset, plan: SweepPlan | None = None, **options):
    plan = plan or SweepPlan()
    return made_sweeps.make_sweep(workspace, dataset, plan, made_sweeps.first_right(last_block_is_enough), **options)


# Before the start


def test_too_early_it_leads_to_the_photos(open_page) -> None:
    app = open_page(navigation.COMPARE)
    assert app.info[0].value == train_words.NO_PHOTOS
    app.button(key=Widget.MISSING).click().run()
    assert app.title[0].value == photos_words.BRING


def test_one_click_starts_what_a_lesson_needs(open_page, lab_home, dataset) -> None:
    app = open_page(navigation.COMPARE)
    assert app.title[0].value == words.QUESTIONS["depth"]
    assert "6 stops, 7 tries each" in reading.texts(app)
    assert "by chance: 24" in chart(app)
    app.button(key=Widget.START_COMPARISON).click().run()
    assert not app.exception
    (sweep,) = list_sweeps(lab_home)
    assert sweep.plan == SweepPlan(seeds=USUAL_SEEDS)
    assert (sweep.dataset, sweep.guesses) == (dataset, {})
    assert queue.waiting(lab_home, queue.TRAIN) == [sweep.job]
    assert app.query_params[Param.SWEEP] == sweep.id
    assert app.title[0].value == train_words.WAITS


def test_guesses_go_with_it_and_the_next_one_is_guessed_at_anew(open_page, lab_home, dataset) -> None:
    app = open_page(navigation.COMPARE)
    key = prepare.votes_key(SweepPlan(seeds=USUAL_SEEDS), dataset)
    app.session_state[key] = [0, 0, 1, 0, 21, 3]
    app.run()
    app.button(key=Widget.START_COMPARISON).click().run()
    (sweep,) = list_sweeps(lab_home)
    assert sweep.guesses == {2: 1, 4: 21, 5: 3}
    assert ">21<" in chart(app)
    assert key not in app.session_state


def test_what_is_chosen_under_advanced_is_compared(open_page, lab_home, dataset) -> None:
    app = open_page(navigation.COMPARE)
    reading.widget(app, "selectbox", Widget.COMPARE_WHAT).set_value("photos").run()
    assert app.title[0].value == words.QUESTIONS["photos"]
    reading.widget(app, "selectbox", Widget.COMPARE_FROZEN).set_value(10)
    reading.widget(app, "button_group", Widget.COMPARE_SEEDS).set_value(1)
    reading.widget(app, "number_input", Widget.COMPARE_EPOCHS).set_value(7)
    reading.widget(app, "selectbox", Widget.COMPARE_SECOND).set_value(Start(MINI, pretrained=False)).run()
    app.button(key=Widget.START_COMPARISON).click().run()
    assert not app.exception
    plan = list_sweeps(lab_home)[0].plan
    assert (plan.axis, plan.photos, plan.depths, plan.seeds) == ("photos", (1, 2, 3, 5, None), (10,), (0,))
    assert plan.starts == (Start(MINI), Start(MINI, pretrained=False))
    assert (plan.base.epochs, plan.base.head_epochs) == (7, 3)


def test_sizes_are_compared_up_to_what_the_network_knows(open_page, lab_home, dataset) -> None:
    app = open_page(navigation.COMPARE)
    reading.widget(app, "selectbox", Widget.COMPARE_WHAT).set_value("size").run()
    app.button(key=Widget.START_COMPARISON).click().run()
    plan = list_sweeps(lab_home)[0].plan
    assert (plan.axis, plan.sizes_px, plan.depths) == ("size", (32, 48, 64, 96), (13,))


def test_some_stops_can_be_left_out_but_two_must_stay(open_page, lab_home, dataset) -> None:
    app = open_page(navigation.COMPARE)
    reading.widget(app, "button_group", Widget.COMPARE_STOPS).set_value([0]).run()
    assert app.error[0].value == escape.plain(words.TWO_STOPS)
    assert Widget.START_COMPARISON not in reading.button_keys(app)
    reading.widget(app, "button_group", Widget.COMPARE_STOPS).set_value([13, 0, 10]).run()
    app.button(key=Widget.START_COMPARISON).click().run()
    assert list_sweeps(lab_home)[0].plan.depths == (0, 10, 13)


def test_every_single_layer_can_be_a_stop(open_page, lab_home, dataset) -> None:
    app = open_page(navigation.COMPARE)
    reading.widget(app, "toggle", Widget.COMPARE_LAYERS).set_value(True).run()
    assert app.title[0].value == words.QUESTION_LAYERS
    app.button(key=Widget.START_COMPARISON).click().run()
    assert list_sweeps(lab_home)[0].plan.depths == tuple(range(14))


def test_networks_that_cannot_be_compared_are_one_sentence(open_page, dataset, weights_here) -> None:
    weights_here.append("vggface2-resnet50")
    app = open_page(navigation.COMPARE)
    reading.widget(app, "selectbox", Widget.COMPARE_SECOND).set_value(Start("vggface2-resnet50")).run()
    assert "needs an image size of 197 px or more" in app.error[0].value
    assert Widget.START_COMPARISON not in reading.button_keys(app)


def test_the_network_is_the_one_of_train_where_it_is_here(open_page, lab_home, dataset, weights_here) -> None:
    weights_here.append("imagenet-vgg16")
    app = open_page(navigation.TRAIN)
    reading.widget(app, "selectbox", Widget.BACKBONE).set_value("imagenet-vgg16").run()
    app.switch_page(navigation.COMPARE).run()
    assert reading.widget(app, "selectbox", Widget.COMPARE_NETWORK).value == Start("imagenet-vgg16")
    weights_here.remove("imagenet-vgg16")
    app.run()
    assert reading.widget(app, "selectbox", Widget.COMPARE_NETWORK).value == Start(MINI)


def test_without_weights_there_is_a_way_on_but_never_a_silent_start(open_page, lab_home, weights_here) -> None:
    fakes.dataset(lab_home)
    app = open_page(navigation.COMPARE)
    assert app.info[0].value == train_words.MISSING_HERE
    assert Widget.START_COMPARISON not in reading.button_keys(app)
    app.button(key=Widget.START_UNTRAINED).click().run()
    app.button(key=Widget.START_COMPARISON).click().run()
    assert list_sweeps(lab_home)[0].plan.starts == (Start(MINI, pretrained=False),)


def test_a_network_that_is_not_here_is_brought_as_on_train(open_page, lab_home, dataset) -> None:
    app = open_page(navigation.COMPARE)
    reading.widget(app, "selectbox", Widget.COMPARE_NETWORK).set_value(Start("vggface-vgg16")).run()
    assert app.info[0].value == train_words.NOT_HERE
    app.button(key=Widget.DOWNLOAD).click().run()
    (job,) = queue.waiting(lab_home, queue.HELPER)
    assert (job.request()["kind"], job.request()["backbone"]) == ("download", "vggface-vgg16")


def test_photos_chosen_last_are_compared(open_page, lab_home, dataset) -> None:
    other = fakes.dataset(lab_home, people=("Dora", "Emil"), dataset_id="made2", name="others")
    app = open_page(navigation.COMPARE)
    picker = reading.widget(app, "selectbox", Widget.COMPARE_ON)
    chosen = next(each for each in (dataset.id, other.id) if each != picker.value)
    picker.set_value(chosen).run()
    app.button(key=Widget.START_COMPARISON).click().run()
    assert list_sweeps(lab_home)[0].dataset.id == chosen


# While it runs


def test_while_it_runs_the_chart_fills_in(open_page, lab_home, dataset) -> None:
    sweep = finished(lab_home, dataset, done=7, guesses={4: 9})
    running = sweep.members()[7][1]
    for job in (sweep.job, running.job):
        job.set_state("running")
    running.job.emit("started", epochs=20, people=list(dataset.people))
    with sweep.job.held(), running.job.held():
        app = open_page(navigation.COMPARE)
        assert app.title[0].value == words.RUNS
        said = app.get("progress")[0].proto.text
        assert said.startswith("7 of 18 tries · now: block 5 learns")
        assert said.endswith("left")
        drawn = chart(app)
        assert ">9<" in drawn
        # A refresh and another tab find the same.
        again = open_page(navigation.COMPARE)
        assert again.title[0].value == words.RUNS
        app.button(key=Widget.STOP_COMPARISON).click().run()
        assert (sweep.path / "stop").exists()
        assert app.button(key=Widget.STOP_COMPARISON).disabled


def test_one_that_waits_says_that_something_else_trains_first(open_page, lab_home, dataset) -> None:
    run = fakes.run(lab_home, dataset, state="running", tested=False)
    with run.job.held():
        sweep = create_sweep(lab_home, dataset, SweepPlan())
        queue.enqueue(lab_home, sweep.job)
        app = open_page(navigation.COMPARE)
        assert words.TRAINS_FIRST in reading.texts(app)
        app.button(key=Widget.TO_RUNNING).click().run()
        assert app.query_params[Param.RUN] == run.id
        assert app.title[0].value == "Learning: round 4 of 5"


def test_one_that_waits_for_another_comparison_leads_to_it(open_page, lab_home, dataset) -> None:
    first = create_sweep(lab_home, dataset, SweepPlan())
    first.job.set_state("running")
    second = create_sweep(lab_home, dataset, SweepPlan(seeds=(7,)))
    with first.job.held():
        app = open_page(navigation.COMPARE, sweep=second.id)
        assert app.title[0].value == train_words.WAITS
        app.button(key=Widget.TO_RUNNING).click().run()
        assert app.query_params[Param.SWEEP] == first.id


def test_one_that_is_stopped_before_its_turn_can_go_on(open_page, lab_home, dataset) -> None:
    sweep = create_sweep(lab_home, dataset, SweepPlan())
    queue.enqueue(lab_home, sweep.job)
    app = open_page(navigation.COMPARE)
    app.button(key=Widget.STOP_COMPARISON).click().run()
    assert app.title[0].value == words.ended("stopped", 0, 18)
    assert queue.waiting(lab_home, queue.TRAIN) == []
    app.button(key=Widget.GO_ON_COMPARING).click().run()
    assert queue.waiting(lab_home, queue.TRAIN) == [sweep.job]


# At its end


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("stopped", "You stopped it after 7 of 18 tries"),
        ("interrupted", "It was interrupted after 7 of 18 tries"),
        ("failed", "It could not finish: 7 of 18 tries"),
        ("running", "It was interrupted after 7 of 18 tries"),  # its worker died
    ],
)
def test_one_that_was_cut_short_keeps_what_is_done_and_goes_on(open_page, lab_home, dataset, state, said) -> None:
    sweep = finished(lab_home, dataset, done=7, guesses={0: 3})
    sweep.job.set_state(state, "**No space** left." if state == "failed" else "")
    app = open_page(navigation.COMPARE)
    assert app.title[0].value == said
    assert "So far" in reading.texts(app)
    assert chart(app).count("not tried yet") == 0
    assert [error.value for error in app.error] == ([r"\*\*No space\*\* left\."] if state == "failed" else [])
    app.button(key=Widget.GO_ON_COMPARING).click().run()
    assert not app.exception
    assert queue.waiting(lab_home, queue.TRAIN) == [sweep.job]
    assert app.title[0].value == train_words.WAITS


def test_it_ends_in_one_headline_and_says_how_sure_that_is(open_page, lab_home, dataset) -> None:
    sweep = finished(lab_home, dataset, guesses={4: 7})
    app = open_page(navigation.COMPARE)
    assert app.title[0].value == f"Retraining block 5 is enough: {EXAM} of {EXAM}."
    said = reading.texts(app)
    assert "3 people" in said or "three people" in said
    assert f"**Block 5 learns:** {EXAM}, {EXAM} and {EXAM} of {EXAM} right. As good." in said
    assert "take this one" in chart(app)
    table = next(frame.value for frame in app.dataframe if words.SURE_COLUMNS[0] in frame.value)
    assert table["right"].tolist()[:2] == ["0.0", f"{EXAM}.0"]
    assert table["verdict"].tolist()[:2] == [sweep_evidence.WORDS["clearly_worse"], sweep_evidence.WORDS["as_good"]]
    assert "at most 3 of 72 right answers behind any other" in said
    # What stands in the table is not said a second time.
    assert escape.plain(sweep_evidence.METHOD[0]) in said
    assert "Against retraining block 5" not in said
    assert app.query_params[Param.SWEEP] == sweep.id


def test_what_cannot_be_told_says_so_and_recommends_nothing(open_page, lab_home, dataset) -> None:
    outcome = made_sweeps.first_right(lambda cell: (60 + 4 * ((cell.seed + cell.depth) % 3)) / EXAM)
    made_sweeps.make_sweep(lab_home, dataset, SweepPlan(depths=(0, 10, 13)), outcome)
    app = open_page(navigation.COMPARE)
    assert app.title[0].value == "These photos cannot tell which is best."
    assert "take this one" not in chart(app)
    table = next(frame.value for frame in app.dataframe if words.SURE_COLUMNS[0] in frame.value)
    assert set(table["verdict"]) == {sweep_evidence.WORDS["cannot_tell"]}
    assert set(table["what would help"]) <= {"more tries", "more exam photos"}


def test_a_stop_that_did_not_learn_is_named(open_page, lab_home, dataset) -> None:
    """Old runs do not say it: that a round of the new last layers alone was kept follows from its number."""
    sweep = finished(lab_home, dataset)
    for cell, run in sweep.members():
        if cell.depth == 0 and cell.seed < 2:
            run.job.write_result({**run.summary(), "kept_epoch": 9, "epochs_run": 20})
    app = open_page(navigation.COMPARE)
    sentence = "in 2 of 3 tries, a round was kept from before all blocks that were to learn did."
    assert escape.plain(sentence) in reading.texts(app)


def test_a_stop_that_was_clicked_is_told_and_can_be_used(open_page, lab_home, dataset) -> None:
    sweep = finished(lab_home, dataset)
    app = open_page(navigation.COMPARE)
    app.session_state[Widget.STOPS.of(sweep.id)] = 2
    app.run()
    assert "**Blocks 3 to 5 learn:**" in reading.texts(app)
    reading.widget(app, "button", Widget.USE_POINT).click().run()
    assert app.title[0].value == train_words.TRAIN_TITLE
    app.switch_page(navigation.TRAIN).run()
    app.button(key=Widget.START).click().run()
    trained = runs.list_runs(lab_home)[0].config
    assert trained == sweep.plan.config(next(cell for cell in sweep.plan.cells() if cell.depth == 4))


def test_the_exam_of_a_stop_is_opened(open_page, lab_home, dataset) -> None:
    finished(lab_home, dataset)
    app = open_page(navigation.COMPARE)
    reading.widget(app, "button", Widget.POINT_TEST).click().run()
    assert not app.exception
    assert app.title[0].value == f"Final exam: {EXAM} of {EXAM} right"


def test_photos_that_are_gone_cannot_be_used_any_more(open_page, lab_home, dataset) -> None:
    sweep = finished(lab_home, dataset)
    shutil.rmtree(lab_home.datasets)
    app = open_page(navigation.COMPARE, sweep=sweep.id)
    assert app.title[0].value.startswith("Retraining block 5")
    assert Widget.USE_POINT not in reading.button_keys(app)
    assert Widget.POINT_TEST in reading.button_keys(app)


def test_two_networks_have_a_headline_each(open_page, lab_home, dataset) -> None:
    plan = SweepPlan(starts=(Start(MINI), Start(MINI, pretrained=False)))

    def outcome(cell: Cell) -> float:
        return last_block_is_enough(cell) if cell.start.pretrained else 0.25

    made_sweeps.make_sweep(lab_home, dataset, plan, made_sweeps.first_right(outcome))
    app = open_page(navigation.COMPARE)
    assert "block 5 is enough" in app.title[0].value
    assert "nothing is clearly better than guessing: 18 of 72" in app.header[0].value
    assert reading.texts(app).count("of 72 right.") >= 2
    assert "Mini, untrained" in chart(app)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (SweepPlan(depths=(13,), photos=(1, 3, None)), "3 practice photos of each person are enough: 72 of 72."),
        (SweepPlan(depths=(13,), sizes_px=(32, 64, 96)), "Faces of 64 × 64 points are enough: 72 of 72."),
    ],
)
def test_other_questions_have_their_headline_too(open_page, lab_home, dataset, plan, said) -> None:
    outcome = made_sweeps.first_right(lambda cell: 0.0 if cell.photos == 1 or cell.size_px == 32 else 1.0)
    made_sweeps.make_sweep(lab_home, dataset, plan, outcome)
    app = open_page(navigation.COMPARE)
    assert app.title[0].value == said
    assert not app.error


def test_other_learning_rates_are_a_comparison_of_their_own(open_page, lab_home, dataset) -> None:
    first = finished(lab_home, dataset)
    app = open_page(navigation.COMPARE)
    assert words.RATES_WHY in reading.texts(app)
    app.button(key=Widget.TRY_RATES).click().run()
    assert not app.exception
    assert app.title[0].value == train_words.WAITS
    crossed = next(sweep for sweep in list_sweeps(lab_home) if sweep.id != first.id)
    rate = first.plan.rates[0]
    assert crossed.plan.rates == pytest.approx((rate / 3, rate, 3 * rate))
    assert crossed.plan == with_rates(first.plan, crossed.plan.rates)
    # What was tried already is not tried again.
    assert len({run.id for _, run in crossed.members()} & {run.id for _, run in first.members()}) == 6
    # Where it came from, it is not offered once more.
    app = open_page(navigation.COMPARE, sweep=first.id)
    assert words.RATES_RUN in reading.texts(app)
    assert Widget.TRY_RATES not in reading.button_keys(app)
    app.button(key=Widget.SEE_RATES).click().run()
    assert app.query_params[Param.SWEEP] == crossed.id


def test_the_cross_of_stops_and_learning_rates_marks_the_best(open_page, lab_home, dataset) -> None:
    rate = preset("recommended").learning_rate
    plan = with_rates(SweepPlan(), (rate / 3, rate))

    def outcome(cell: Cell) -> float:
        return 0.5 if cell.rate < rate else last_block_is_enough(cell)

    made_sweeps.make_sweep(lab_home, dataset, plan, made_sweeps.first_right(outcome))
    app = open_page(navigation.COMPARE)
    table = next(frame.value for frame in app.dataframe if words.RATES_STOP in frame.value)
    assert table["block 5 learns"].tolist() == ["36", "72 ★"]
    assert table["all blocks frozen"].tolist() == ["36 ★", "0"]


def test_a_deleted_try_is_said_and_made_again(open_page, lab_home, dataset) -> None:
    sweep = finished(lab_home, dataset)
    shutil.rmtree(sweep.members()[4][1].path)
    app = open_page(navigation.COMPARE)
    assert app.title[0].value == "1 try is missing"
    assert app.button(key=Widget.GO_ON_COMPARING).label == words.MAKE_AGAIN
    app.button(key=Widget.GO_ON_COMPARING).click().run()
    assert queue.waiting(lab_home, queue.TRAIN) == [sweep.job]


@pytest.mark.parametrize("file", ["cells.json", "request.json", "dataset.json", "status.json"])
def test_a_damaged_one_hides_no_other(open_page, lab_home, dataset, file) -> None:
    kept = finished(lab_home, dataset, done=3)
    broken = finished(lab_home, dataset, SweepPlan(seeds=(8,)))
    (broken.path / file).write_text("no json", encoding="utf-8")
    app = open_page(navigation.COMPARE, sweep=broken.id)
    assert app.query_params[Param.SWEEP] == kept.id
    assert app.title[0].value == words.ended("stopped", 3, 18)


def test_a_damaged_try_counts_as_missing(open_page, lab_home, dataset) -> None:
    sweep = finished(lab_home, dataset)
    (sweep.members()[0][1].path / "predictions.json").write_text("no json", encoding="utf-8")
    app = open_page(navigation.COMPARE)
    assert app.title
    assert not app.exception


# Several


def test_the_address_names_one_else_an_open_one_is_shown_else_the_newest(open_page, lab_home, dataset) -> None:
    old = finished(lab_home, dataset)
    new = finished(lab_home, dataset, SweepPlan(seeds=(8,)), done=2)
    old, new = sorted((old, new), key=lambda sweep: sweep.id)
    assert open_page(navigation.COMPARE).query_params[Param.SWEEP] == new.id
    assert open_page(navigation.COMPARE, sweep=old.id).query_params[Param.SWEEP] == old.id
    old.job.set_state("queued")
    assert open_page(navigation.COMPARE).query_params[Param.SWEEP] == old.id


def test_photos_chosen_anew_do_not_show_the_comparison_of_others(open_page, lab_home, dataset) -> None:
    finished(lab_home, dataset)
    other = fakes.dataset(lab_home, people=("Dora", "Emil"), dataset_id="made2", name="others")
    app = open_page(navigation.TRAIN)
    app.session_state["dataset"] = other.id
    app.switch_page(navigation.COMPARE).run()
    assert app.title[0].value == words.QUESTIONS["depth"]


def test_a_new_one_is_prepared_and_an_earlier_one_opened_again(open_page, lab_home, dataset) -> None:
    sweep = finished(lab_home, dataset)
    app = open_page(navigation.COMPARE)
    app.button(key=Widget.NEW_COMPARISON).click().run()
    assert app.title[0].value == words.QUESTIONS["depth"]
    assert Param.SWEEP not in app.query_params
    reading.widget(app, "button_group", Widget.COMPARE_SEEDS).set_value(3).run()
    assert words.all_done_before(18) in reading.texts(app)
    reading.widget(app, "selectbox", Widget.COMPARISON).set_value(sweep.id).run()
    assert app.title[0].value.startswith("Retraining block 5")


def test_one_that_is_deleted_in_another_tab_makes_room_for_a_new_one(open_page, lab_home, dataset) -> None:
    sweep = finished(lab_home, dataset)
    app = open_page(navigation.COMPARE)
    shutil.rmtree(sweep.path)
    app.run()
    assert not app.exception
    assert app.title[0].value == words.QUESTIONS["depth"]


def test_what_is_folded_is_drawn_when_it_is_opened(open_page, lab_home, dataset) -> None:
    finished(lab_home, dataset)
    app = open_page(navigation.COMPARE)
    closed = len(app.get("html"))
    app.session_state[Widget.FLIP_BOARD] = True
    app.session_state[Widget.BESIDE] = True
    app.run()
    assert not app.exception
    assert len(app.get("html")) > closed
    assert reading.widget(app, "selectbox", Widget.FLIP_BEFORE).options[0].startswith(f"All blocks learn: {EXAM} right")


# On other pages


def test_train_says_that_a_comparison_runs_and_shows_none_of_its_tries(open_page, lab_home, dataset) -> None:
    sweep = finished(lab_home, dataset, done=2)
    running = sweep.members()[2][1]
    for job in (sweep.job, running.job):
        job.set_state("running")
    with sweep.job.held(), running.job.held():
        app = open_page(navigation.TRAIN)
        assert app.title[0].value == train_words.TRAIN_TITLE
        assert words.ON_TRAIN in reading.texts(app)
        # What is started now waits, and leads to what it waits for.
        app.button(key=Widget.START).click().run()
        assert not app.exception
        app.switch_page(navigation.TRAIN).run()
        assert not app.exception
        app.switch_page(navigation.COMPARE).run()
        assert app.query_params[Param.SWEEP] == sweep.id


def test_an_experiment_that_waits_is_not_confused_by_a_comparison_that_waits(open_page, lab_home, dataset) -> None:
    run = fakes.run(lab_home, dataset, state="queued", tested=False, epochs=0)
    queue.enqueue(lab_home, run.job)
    sweep = create_sweep(lab_home, dataset, SweepPlan())
    queue.enqueue(lab_home, sweep.job)
    app = open_page(navigation.TRAIN)
    assert not app.exception
    assert app.query_params[Param.RUN] == run.id
    assert train_words.WAITING_TITLE not in reading.texts(app)


def test_my_experiments_list_the_comparison_not_its_tries(open_page, lab_home, dataset) -> None:
    sweep = finished(lab_home, dataset)
    alone = fakes.run(lab_home, dataset)
    app = open_page(navigation.LIBRARY)
    experiments, comparisons = (frame.value for frame in app.dataframe)
    assert len(experiments) == 1
    assert comparisons["tries"].tolist() == ["18 of 18"]
    app.button(key=Widget.OPEN_COMPARISON).click().run()
    assert app.query_params[Param.SWEEP] == sweep.id
    assert app.title[0].value.startswith("Retraining block 5")
    app = open_page(navigation.LIBRARY)
    app.button(key=Widget.DELETE_COMPARISON_SURE).click().run()
    assert not app.exception
    assert list_sweeps(lab_home) == []
    assert runs.list_runs(lab_home, of_sweeps=True) == [alone]
    assert words.COMPARISONS not in reading.texts(app)


def test_with_a_comparison_alone_nobody_is_told_that_nothing_was_trained(open_page, lab_home, dataset) -> None:
    finished(lab_home, dataset, done=4)
    app = open_page(navigation.LIBRARY)
    assert not app.info
    assert app.dataframe[0].value["tries"].tolist() == ["4 of 18"]


def test_a_comparison_gets_a_name_of_its_own(open_page, lab_home, dataset) -> None:
    sweep = finished(lab_home, dataset)
    app = open_page(navigation.LIBRARY)
    app.text_input(key=f"{Widget.RENAME_AS}-{sweep.id}").set_value("**4b** <b>x</b>")
    app.button(key=f"{Widget.RENAME_SAVE}-{sweep.id}").click().run()
    assert not app.exception
    assert app.dataframe[-1].value["comparison"].tolist() == ["**4b** <b>x</b>"]
    assert any(caption.value.startswith(r"\*\*4b\*\*") for caption in app.caption)


def test_a_damaged_comparison_is_said_and_can_be_deleted(open_page, lab_home, dataset) -> None:
    kept, broken = finished(lab_home, dataset), finished(lab_home, dataset)
    (broken.path / "request.json").write_text("no json", encoding="utf-8")
    app = open_page(navigation.LIBRARY)
    assert "is not a file of this lab" in app.error[0].value
    app.button(key=Widget.DELETE_DAMAGED_SURE.of(broken.id)).click().run()
    assert not app.exception
    assert not app.error
    assert not broken.path.exists()
    assert list_sweeps(lab_home) == [kept]


def test_without_an_experiment_test_shows_a_try_of_a_comparison(open_page, lab_home, dataset) -> None:
    finished(lab_home, dataset)
    app = open_page(navigation.TEST)
    assert app.title[0].value.startswith("Final exam: ")
