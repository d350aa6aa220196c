"""The page Train while an experiment goes on, and afterwards: wall and curves, round by round."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.config import TrainConfig
from core.experiments import runs, runtime_estimate
from core.experiments.runs import Run
from tests import fakes
from ui import navigation
from ui.state import Widget
from ui.text import train as train_words
from ui.train import replay

FIVE = TrainConfig(pretrained=False, freeze_depth=10, epochs=5, image_size_px=48)


def wall_of(app) -> dict[str, Any]:
    """Return what the wall was told."""
    (wall,) = [found for found in app.get("bidi_component") if found.proto.component_name == "lab_wall"]
    return json.loads(wall.proto.json)


def right_answers(app) -> list[dict[str, Any]]:
    """Return the lines of the first chart, the one of right answers."""
    return json.loads(app.get("echarts_chart")[0].proto.spec)["series"]


def rounds_of(line: dict[str, Any]) -> list[int]:
    return [int((point["value"] if isinstance(point, dict) else point)[0]) for point in line["data"]]


def learn(run: Run, numbers: list[tuple[float, float, float, float]], says: Callable[[int], int] = lambda _: 0) -> None:
    """Append rounds: loss, right answers, both in the mock exam as well; all faces are taken for `says(round)`."""
    n, n_people = run.dataset.counts()["validation"], len(run.dataset.people)
    for epoch, (loss, accuracy, val_loss, val_accuracy) in enumerate(numbers):
        run.job.emit(
            "epoch",
            epoch=epoch,
            loss=loss,
            accuracy=accuracy,
            val_loss=val_loss,
            val_accuracy=val_accuracy,
            seconds=0.1,
            learning_rate=1e-3,
            val_probabilities=np.eye(n_people)[[says(epoch)] * n].tolist(),
        )


class Clock:
    """A clock that stands still until it is put forward."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr(replay, "time", standing)
    return standing


def test_while_frozen_layers_look_at_photos_it_says_how_far_they_are(open_page, lab_home) -> None:
    run = runs.create_run(runs.new_run_path(lab_home), fakes.dataset(lab_home), FIVE, state="running")
    run.job.emit("started", epochs=5, people=list(run.dataset.people))
    run.job.emit("phase", phase="prefix")
    run.job.emit("prefix", done=3, total=8)
    with run.job.held():
        progress = open_page(navigation.TRAIN).get("progress")[0].proto
    assert progress.value == 37
    assert progress.text.startswith(train_words.PICTURES_SO_FAR.format(percent=38))


def test_the_wall_shows_each_face_of_the_mock_exam_with_its_guess(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="running", tested=False)
    with run.job.held():
        app = open_page(navigation.TRAIN)
    told = wall_of(app)
    # All are taken for the first person; two faces of each of the three.
    assert [guess["name"] for guess in told["guesses"]] == ["Ada"] * 6
    assert [guess["right"] for guess in told["guesses"]] == [True, True, False, False, False, False]
    # Names are data, shown as text by the component.
    assert told["guesses"][2]["said"] == "Bo **bold** <b>. It says Ada: wrong."
    assert told["said"] == train_words.wall_alt(2, 6)
    # The faces themselves came once, beside it.
    hung = [html.proto.body for html in app.get("html") if "--lab-wall" in html.proto.body]
    assert len(hung) == 1
    assert "data:image/jpeg;base64," in hung[0]
    assert "jpeg" not in json.dumps(told)


def test_before_round_0_the_faces_hang_there_without_a_guess(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="running", epochs=-1, tested=False)
    with run.job.held():
        app = open_page(navigation.TRAIN)
    told = wall_of(app)
    assert told["said"] == train_words.SAYS_NOTHING
    assert [guess["name"] for guess in told["guesses"]] == [""] * 6


def test_a_wall_without_its_photos_is_grey(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), epochs=5)
    shutil.rmtree(lab_home.photos)
    app = open_page(navigation.TRAIN, run=run.id)
    assert len(wall_of(app)["guesses"]) == 6


def test_a_training_too_fast_to_be_seen_is_played_round_by_round(open_page, lab_home, clock) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="running", epochs=0, tested=False, config=FIVE)
    with run.job.held():
        app = open_page(navigation.TRAIN)
        assert rounds_of(right_answers(app)[0]) == [0]
    learn(run, [(1.0, 0.5, 1.0, 0.5)] * 6, says=lambda epoch: epoch % 3)
    run.job.set_state("done")

    for shown in (1, 2, 3):
        clock.now += 0.25
        app.run()
        assert app.title[0].value == train_words.REPLAY.format(epoch=shown, epochs=5)
        assert rounds_of(right_answers(app)[0]) == list(range(shown + 1))
        assert wall_of(app)["guesses"][0]["name"] == fakes.PEOPLE[shown % 3]
        assert app.get("progress")[0].proto.text == f"It finished in 1 s. This shows round {shown} of 5."
        assert Widget.STOP not in [button.key for button in app.button]
    # A click in between shows nothing earlier.
    clock.now += 0.05
    app.run()
    assert rounds_of(right_answers(app)[0]) == [0, 1, 2, 3]

    app.button(key=Widget.SKIP).click().run()
    assert app.title[0].value == "Finished after 5 rounds"
    assert rounds_of(right_answers(app)[0]) == [0, 1, 2, 3, 4, 5]


def test_who_comes_while_it_goes_on_begins_with_the_newest_round(open_page, lab_home, clock) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="running", epochs=4, tested=False)
    with run.job.held():
        app = open_page(navigation.TRAIN)
        assert rounds_of(right_answers(app)[0]) == [0, 1, 2, 3, 4]
        assert Widget.SKIP not in [button.key for button in app.button]


def test_what_is_left_is_foretold_by_the_settings_that_were_asked_for(open_page, lab_home, monkeypatch) -> None:
    """Trainings are told apart by what "auto" was asked for, not by what it became here."""
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="running", config=FIVE, tested=False)
    run.write_config(FIVE.with_changes(precision="bfloat16"))
    asked: list[TrainConfig] = []
    real = runtime_estimate.Forecast.next
    monkeypatch.setattr(
        runtime_estimate.Forecast, "next", lambda self, config: asked.append(config) or real(self, config)
    )
    with run.job.held():
        assert not open_page(navigation.TRAIN).exception
    assert asked == [FIVE]


def test_a_training_that_runs_ahead_says_so_and_can_be_stopped(open_page, lab_home, clock) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="running", epochs=0, tested=False, config=FIVE)
    with run.job.held():
        app = open_page(navigation.TRAIN)
        learn(run, [(1.0, 0.5, 1.0, 0.5)] * 5)
        clock.now += 0.25
        app.run()
        assert app.title[0].value == train_words.LEARNING.format(epoch=2, epochs=5)
        assert app.get("progress")[0].proto.text == train_words.IS_FASTER.format(newest=4)
        assert app.button(key=Widget.STOP)
        app.button(key=Widget.SKIP).click().run()
        assert rounds_of(right_answers(app)[0]) == [0, 1, 2, 3, 4]
        assert Widget.SKIP not in [button.key for button in app.button]


@pytest.mark.parametrize("state", ["stopped", "failed", "interrupted"])
def test_only_what_ended_well_is_played_to_its_end(open_page, lab_home, clock, state) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="running", epochs=0, tested=False, config=FIVE)
    with run.job.held():
        app = open_page(navigation.TRAIN)
    learn(run, [(1.0, 0.5, 1.0, 0.5)] * 5)
    run.job.set_state(state)
    clock.now += 0.25
    app.run()
    assert app.title[0].value == train_words.ended(state, 4)


def test_who_comes_back_later_finds_it_at_its_end(open_page, lab_home, clock) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="running", epochs=0, tested=False, config=FIVE)
    with run.job.held():
        app = open_page(navigation.TRAIN)
    learn(run, [(1.0, 0.5, 1.0, 0.5)] * 6)
    run.job.set_state("done")
    clock.now += 60
    app.run()
    assert app.title[0].value == "Finished after 5 rounds"


def test_afterwards_any_round_is_shown_again_curve_and_wall_together(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), epochs=-1, config=FIVE)
    learn(run, [(1.0, 0.5, 1.0, 0.5)] * 6, says=lambda epoch: epoch % 3)
    app = open_page(navigation.TRAIN, run=run.id)
    scrubber = app.slider(key=Widget.EPOCH_SHOWN.of(run.id, 5))
    assert (scrubber.min, scrubber.max, scrubber.value) == (0, 5, 5)
    assert train_words.SAYS_NOW in [text.value for text in app.subheader]
    scrubber.set_value(1).run()
    assert rounds_of(right_answers(app)[0]) == [0, 1]
    assert {guess["name"] for guess in wall_of(app)["guesses"]} == {fakes.PEOPLE[1]}
    assert train_words.SAID_THEN.format(epoch=1) in [text.value for text in app.subheader]


def test_it_can_be_played_again(open_page, lab_home, clock) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), epochs=5)
    app = open_page(navigation.TRAIN, run=run.id)
    app.button(key=Widget.PLAY_AGAIN).click().run()
    assert app.title[0].value == train_words.REPLAY.format(epoch=0, epochs=5)
    clock.now += 0.25
    app.run()
    assert app.title[0].value == train_words.REPLAY.format(epoch=1, epochs=5)


def test_the_experiment_before_stays_there_in_grey(open_page, lab_home, monkeypatch) -> None:
    dataset = fakes.dataset(lab_home)
    first = fakes.run(lab_home, dataset, epochs=2)
    second = fakes.run(lab_home, dataset, epochs=5)
    older, newer = sorted((first, second), key=lambda run: run.id)
    app = open_page(navigation.TRAIN, run=newer.id)
    *_, before = right_answers(app)
    assert before["name"] == "experiment 1"
    assert rounds_of(before) == [epoch.epoch for epoch in older.history()]
    app = open_page(navigation.TRAIN, run=older.id)
    assert len(right_answers(app)) == 2


BY_HEART = [(1.5 / (n + 1), min(1.0, 0.3 + 0.2 * n), 1.2 if n == 2 else 1.5, 0.5) for n in range(6)]
TOO_LITTLE = [(1.5 - 0.1 * n, 0.3 + 0.05 * n, 1.5 - 0.1 * n, 0.3 + 0.05 * n) for n in range(6)]


@pytest.mark.parametrize(
    ("numbers", "said", "tried", "line", "epoch"),
    [
        (BY_HEART, train_words.BY_HEART.format(epoch=2), train_words.BY_HEART_TRY, 1, 2),
        (TOO_LITTLE, train_words.TOO_LITTLE, train_words.TOO_LITTLE_TRY, 0, 5),
    ],
)
def test_what_the_curve_says_is_marked_with_what_to_try(open_page, lab_home, numbers, said, tried, line, epoch) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), epochs=-1, config=FIVE)
    learn(run, numbers)
    app = open_page(navigation.TRAIN, run=run.id)
    (sentence,) = [text.value for text in app.markdown if said in text.value]
    assert sentence.endswith(tried)
    assert right_answers(app)[line]["markPoint"]["data"][0]["coord"][0] == epoch


def test_a_curve_without_a_finding_says_nothing(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), epochs=5)
    app = open_page(navigation.TRAIN, run=run.id)
    assert not [
        text for text in app.markdown if train_words.BY_HEART_TRY in text.value or train_words.TOO_LITTLE in text.value
    ]
    assert all("markPoint" not in line for line in right_answers(app))


@pytest.mark.parametrize(
    ("numbers", "frozen", "tried"),
    [(BY_HEART, 13, train_words.BY_HEART_ALL_FROZEN), (TOO_LITTLE, 0, train_words.TOO_LITTLE_ALL_LEARNS)],
)
def test_what_cannot_be_tried_is_not_suggested(open_page, lab_home, numbers, frozen, tried) -> None:
    config = FIVE.with_changes(freeze_depth=frozen)
    run = fakes.run(lab_home, fakes.dataset(lab_home), epochs=-1, config=config)
    learn(run, numbers)
    app = open_page(navigation.TRAIN, run=run.id)
    (sentence,) = [text.value for text in app.markdown if text.value.startswith(":red[")]
    assert sentence.endswith(f" {tried}")
    assert "freeze" not in sentence
    assert "blocks" not in sentence


BORDER = TrainConfig(freeze_depth=10, epochs=20, head_epochs=2, image_size_px=48)


@pytest.mark.parametrize("tested", [True, False])
def test_the_border_stands_on_both_curves_with_its_words(open_page, lab_home, tested) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), epochs=5, config=BORDER, tested=tested, state="stopped")
    app = open_page(navigation.TRAIN, run=run.id)
    line = right_answers(app)[-1]
    assert line["markLine"]["data"] == [{"xAxis": 2}]
    assert line["markLine"]["label"]["formatter"] == "from here block 5 learns too"


def test_nothing_is_said_to_begin_where_it_ended_before(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), epochs=2, config=BORDER, state="stopped")
    run.job.write_result({**run.summary(), "kept_epoch": 2, "epochs_run": 2})
    app = open_page(navigation.TRAIN, run=run.id)
    assert all("markLine" not in line or line["data"] for line in right_answers(app))
    assert train_words.ended_before("block 5") in " ".join(text.value for text in app.markdown)


def test_the_last_block_is_drawn_over_all_frozen_in_grey_not_over_the_newest(open_page, lab_home, runs_apart) -> None:
    dataset = fakes.dataset(lab_home)
    other = fakes.dataset(lab_home, ("Ada", "Finn"), dataset_id="others")
    fakes.run(lab_home, dataset, epochs=3, config=FIVE.with_changes(pretrained=True, freeze_depth=13))
    fakes.run(lab_home, dataset, epochs=4, config=FIVE.with_changes(freeze_depth=0))
    fakes.run(lab_home, other, epochs=2, config=FIVE.with_changes(pretrained=True))
    run = fakes.run(lab_home, dataset, epochs=5, config=FIVE.with_changes(pretrained=True))
    *_, before = right_answers(open_page(navigation.TRAIN, run=run.id))
    assert before["name"] == "experiment 1"
    assert rounds_of(before) == [0, 1, 2, 3]
