"""My experiments: the table, what can be done with one of them, and how everything goes away."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import TrainConfig
from core.experiments import archive, runs
from core.features import folder
from core.jobs import queue
from tests import fakes
from tests.core.models.test_foreign_model import write_model
from ui import navigation
from ui.state import Param, Widget
from ui.text import common
from ui.text import experiments as words
from ui.text import test as test_words
from ui.text import train as train_words


def named(widget: Widget, run: runs.Run) -> str:
    return f"{widget}-{run.id}"


def test_empty_it_leads_to_train_and_still_brings_back_and_erases(open_page) -> None:
    app = open_page(navigation.LIBRARY)
    assert app.info[0].value == words.NO_EXPERIMENTS
    assert app.file_uploader
    app.button(key=Widget.ERASE_SURE).click().run()
    assert app.success[0].value.startswith("Erased: 0 photos")
    app.button(key=Widget.MISSING).click().run()
    assert app.title[0].value == train_words.TRAIN_TITLE


def test_how_much_disk_may_be_used_is_shown_and_chosen(open_page, lab_home) -> None:
    app = open_page(navigation.LIBRARY)
    choice = app.selectbox(key=Widget.KEPT_SHARE)
    assert (choice.value, choice.options) == (folder.DEFAULT_SHARE, ["nothing", "10%", "25%", "50%"])
    choice.select(0.0).run()
    assert folder.share_of(lab_home.features) == 0
    assert words.kept_now(0, 0) in [caption.value for caption in app.caption]
    assert open_page(navigation.LIBRARY).selectbox(key=Widget.KEPT_SHARE).value == 0


def test_while_the_first_one_runs_it_is_in_the_list_without_a_result(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="running", tested=False)
    with run.job.held():
        app = open_page(navigation.LIBRARY)
        shown = app.dataframe[0].value.iloc[0]
        assert shown["right answers"] == common.RUN_STATES["running"]
        assert not [button for button in app.button if button.key == Widget.OPEN_TEST]
        app.button(key=Widget.OPEN_CURVES).click().run()
        assert app.title[0].value == "Learning: round 4 of 5"


def test_the_table_says_what_each_experiment_was_and_gave(open_page, lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    fakes.run(lab_home, dataset, state="failed", message="x", tested=False)
    tested = fakes.run(lab_home, dataset)
    app = open_page(navigation.LIBRARY, run=tested.id)
    table = app.dataframe[0].value
    assert tuple(table.columns) == words.LIBRARY_COLUMNS
    assert sorted(table["right answers"]) == ["11 of 12 right", "failed"]
    assert sorted(table["no."]) == [1, 2]
    assert set(table["photos"]) == {"class"}
    assert set(table["photos each"]) == {"6"}
    assert set(table["what learned"]) == {"untrained, 4 blocks frozen"}
    assert 92 in table["out of 100"].tolist()
    assert app.query_params[Param.RUN] == tested.id
    app.button(key=Widget.OPEN_TEST).click().run()
    assert app.title[0].value == "Final exam: 11 of 12 right"


def test_the_table_says_what_differs_and_from_which(open_page, lab_home, runs_apart) -> None:
    dataset = fakes.dataset(lab_home)
    frozen = TrainConfig()
    for config in (frozen, frozen.with_changes(freeze_depth=10), frozen.with_changes(epochs=3, train_per_class=3)):
        fakes.run(lab_home, dataset, config=config)
    fakes.run(lab_home, fakes.dataset(lab_home, ("Eva", "Finn"), dataset_id="others", name="family"), config=frozen)
    fakes.run(lab_home, dataset, config=frozen.with_changes(freeze_depth=7), state="queued", tested=False)
    table = open_page(navigation.LIBRARY).dataframe[0].value
    assert table["no."].tolist() == [5, 4, 3, 2, 1]
    assert table["photos"].tolist() == ["class", "family", "class", "class", "class"]
    assert table["photos each"].tolist() == ["6", "6", "3", "6", "6"]
    assert table["what differs"].tolist() == [
        "against 2: frozen blocks",
        words.FIRST_ONE,
        words.NOT_TO_COMPARE,
        "against 1: frozen blocks",
        words.FIRST_ONE,
    ]
    # What waits has retrained nothing yet.
    assert table["what learned"].tolist()[0] == "3 blocks frozen"
    assert table["what learned"].tolist()[-2] == "block 5 retrained"


def test_a_new_name_is_shown_as_text(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_page(navigation.LIBRARY)
    app.text_input(key=named(Widget.RENAME_AS, run)).set_value("**best** :smile: <b>x</b>")
    app.button(key=named(Widget.RENAME_SAVE, run)).click().run()
    assert not app.exception
    assert run.name == "**best** :smile: <b>x</b>"
    assert app.dataframe[0].value["experiment"].tolist() == [run.name]
    assert app.subheader[0].value.startswith(r"\*\*best\*\*")
    app.switch_page(navigation.TEST).run()
    assert any(r"\*\*best\*\*" in caption.value for caption in app.caption)


def test_one_is_deleted_the_other_stays(open_page, lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    kept, gone = fakes.run(lab_home, dataset), fakes.run(lab_home, dataset)
    app = open_page(navigation.LIBRARY, run=gone.id)
    app.button(key=Widget.DELETE_RUN_SURE).click().run()
    assert not app.exception
    assert runs.list_runs(lab_home) == [kept]
    assert app.query_params[Param.RUN] == kept.id


def test_one_that_waits_is_stopped_first(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="queued", tested=False)
    queue.enqueue(lab_home, run.job)
    app = open_page(navigation.LIBRARY)
    app.button(key=Widget.DELETE_RUN_SURE).click().run()
    assert not app.exception
    assert queue.waiting(lab_home, queue.TRAIN) == []
    assert app.info[0].value == words.NO_EXPERIMENTS


def test_what_was_taken_along_comes_back_and_is_tested_with(open_page, lab_home, tmp_path: Path) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    write_model(run.model_path)
    taken = archive.pack_run(run, tmp_path / "taken.zip").read_bytes()
    lab_home.erase()
    app = open_page(navigation.LIBRARY)
    app.file_uploader[0].set_value(("taken.zip", taken, "application/zip"))
    app.run()
    assert not app.exception
    assert not app.error
    assert app.dataframe[0].value["right answers"].tolist() == ["11 of 12 right"]
    app.button(key=Widget.OPEN_TEST).click().run()
    assert not app.exception
    assert app.title[0].value == "Final exam: 11 of 12 right"
    app.switch_page(navigation.TEST)
    app.session_state[Widget.VIEW] = test_words.EVERY_PHOTO
    app.run()
    assert not app.exception
    assert sum(part.body.count('<div class="lab-card"') for part in app.get("html")) == 12


def test_another_zip_is_refused_in_one_sentence(open_page, lab_home) -> None:
    app = open_page(navigation.LIBRARY)
    app.file_uploader[0].set_value(("x.zip", b"no zip", "application/zip"))
    app.run()
    assert not app.exception
    assert "choose one that this lab made" in app.error[0].value


@pytest.mark.parametrize("file", ["config.json", "request.json", "status.json"])
def test_a_damaged_one_is_said_and_can_be_deleted(open_page, lab_home, file) -> None:
    dataset = fakes.dataset(lab_home)
    kept, broken = fakes.run(lab_home, dataset), fakes.run(lab_home, dataset)
    (broken.path / file).write_text("no json", encoding="utf-8")
    app = open_page(navigation.LIBRARY)
    assert "is not a file of this lab" in app.error[0].value
    app.button(key=Widget.DELETE_DAMAGED_SURE.of(broken.id)).click().run()
    assert not app.exception
    assert not app.error
    assert runs.list_runs(lab_home) == [kept]


def test_erasing_everything_says_photos_and_megabytes(open_page, lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_page(navigation.LIBRARY)
    app.button(key=Widget.ERASE_SURE).click().run()
    assert app.success[0].value.startswith("Erased: 36 photos, ")
    assert app.success[0].value.endswith("in all.")
    assert not lab_home.runs.exists()
    app.run()
    assert not app.success
