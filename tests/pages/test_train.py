from __future__ import annotations

import pytest

from core import runs
from core.jobs import queue
from core.models import backbones, seen, weights
from core.models.weights import FoundWeights
from tests.pages import made
from ui import places, words
from ui.state import Param, Widget


@pytest.fixture
def weights_here(monkeypatch, tmp_path) -> list[str]:
    """Names of the networks whose weights are on this computer; a test fills it."""
    here: list[str] = []

    def find(name: str, workspace) -> FoundWeights | None:
        return FoundWeights(tmp_path / name, "0" * 64, verified=True) if name in here else None

    monkeypatch.setattr(weights, "find_weights", find)
    return here


def widget(app, kind: str, key: Widget):
    """Find a widget whose key begins with `key`; what decides its default follows in the key."""
    return next(found for found in app.get(kind) if (found.key or "").split("-")[0] == key)


def test_too_early_it_leads_to_the_photos(open_page) -> None:
    app = open_page(places.TRAIN)
    assert app.info[0].value == words.NO_PHOTOS
    app.button(key=Widget.MISSING).click().run()
    assert app.title[0].value == words.BRING


def test_networks_on_this_computer_come_first(open_page, lab_home, weights_here) -> None:
    weights_here.append("imagenet-vgg19")
    made.dataset(lab_home)
    app = open_page(places.TRAIN)
    options = widget(app, "selectbox", Widget.BACKBONE).options
    assert options[0] == "VGG19"
    assert all("not on this computer" in option for option in options[1:])


def test_started_with_what_was_chosen(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    dataset = made.dataset(lab_home)
    app = open_page(places.TRAIN)
    assert words.FROZEN_STILL_WORK in [text.value for text in app.markdown]
    widget(app, "select_slider", Widget.FREEZE).set_value(4)
    widget(app, "select_slider", Widget.IMAGE_SIZE).set_value(64)
    widget(app, "number_input", Widget.EPOCHS).set_value(7)
    widget(app, "number_input", Widget.PHOTOS_A_PERSON).set_value(3)
    app.run()
    app.button(key=Widget.START).click().run()
    assert not app.exception
    (run,) = runs.list_runs(lab_home)
    config = run.config
    assert (config.backbone, config.pretrained, config.freeze_depth) == ("face-vgg-mini", True, 10)
    assert (config.image_size_px, config.epochs, config.train_per_class) == (64, 7, 3)
    assert run.dataset == dataset
    assert queue.waiting(lab_home, queue.TRAIN) == [run.job]
    assert app.title[0].value == words.GETTING_READY
    assert app.query_params[Param.RUN] == run.id


def test_all_photos_and_everything_frozen_are_the_default(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    made.dataset(lab_home)
    app = open_page(places.TRAIN)
    said = " ".join(text.value for text in app.markdown)
    assert "**All 5 blocks are frozen.**" in said
    assert "387 numbers (trainable parameters). 920,784 are frozen." in said  # 128 features to 3 people
    app.button(key=Widget.START).click().run()
    (run,) = runs.list_runs(lab_home)
    assert run.config.train_per_class is None
    assert run.config.freeze_depth == 13


def test_without_weights_there_is_a_way_on_but_never_a_silent_start(open_page, lab_home, weights_here) -> None:
    made.dataset(lab_home)
    app = open_page(places.TRAIN)
    assert Widget.START not in [button.key for button in app.button]
    assert app.info[0].value == words.MISSING_HERE
    app.button(key=Widget.START_WITH_NOTHING).click().run()
    assert "**Nothing is frozen.**" in " ".join(text.value for text in app.markdown)
    app.button(key=Widget.START).click().run()
    (run,) = runs.list_runs(lab_home)
    assert run.config.pretrained is False
    assert run.config.freeze_depth == 0


def test_weights_are_downloaded_by_a_job_that_says_why_it_failed(open_page, lab_home, weights_here) -> None:
    made.dataset(lab_home)
    app = open_page(places.TRAIN)
    widget(app, "selectbox", Widget.BACKBONE).set_value("vggface-vgg16").run()
    assert app.info[0].value == words.NOT_HERE
    assert app.button(key=Widget.DOWNLOAD).label == "Download it (59 MB)"
    app.button(key=Widget.DOWNLOAD).click().run()
    (job,) = queue.waiting(lab_home, queue.HELPER)
    assert (job.request()["kind"], job.request()["backbone"]) == ("download", "vggface-vgg16")
    job.set_state("failed", "No network; import the file by hand.")
    app.run()
    assert "No network" in app.error[0].value
    weights_here.append("vggface-vgg16")
    app.run()
    assert app.button(key=Widget.START)


def test_a_preset_brings_its_own_settings(open_page, lab_home, weights_here) -> None:
    weights_here.append("imagenet-vgg16")
    made.dataset(lab_home)
    app = open_page(places.TRAIN)
    app.selectbox(key=Widget.PRESET).set_value("webcam").run()
    app.button(key=Widget.START).click().run()
    (run,) = runs.list_runs(lab_home)
    assert run.config == backbones.check_config(run.config)
    assert (run.config.preset, run.config.freeze_depth, run.config.head.hidden) == ("webcam", 10, (1024,))
    assert (run.config.image_size_px, run.config.epochs, run.config.learning_rate) == (224, 10, 1e-4)


def test_single_layers_can_be_frozen(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    made.dataset(lab_home)
    app = open_page(places.TRAIN)
    app.toggle(key=Widget.SINGLE_LAYERS).set_value(True).run()
    widget(app, "select_slider", Widget.FREEZE_LAYERS).set_value(11).run()
    assert "**Layers 1–11 are frozen.** Layers 12–13" in " ".join(text.value for text in app.markdown)
    app.button(key=Widget.START).click().run()
    assert runs.list_runs(lab_home)[0].config.freeze_depth == 11


@pytest.mark.parametrize("name", list(backbones.BACKBONES))
def test_every_network_can_be_chosen(open_page, lab_home, weights_here, name) -> None:
    weights_here.extend(backbones.BACKBONES)
    made.dataset(lab_home)
    app = open_page(places.TRAIN)
    widget(app, "selectbox", Widget.BACKBONE).set_value(name).run()
    app.button(key=Widget.START).click().run()
    assert not app.exception
    assert not app.error
    config = runs.list_runs(lab_home)[0].config
    assert (config.backbone, config.image_size_px) == (name, backbones.backbone(name).usual_px)


def test_a_running_experiment_is_shown_without_being_asked_for(open_page, lab_home) -> None:
    run = made.run(lab_home, made.dataset(lab_home), state="running", tested=False)
    with run.job.held():
        app = open_page(places.TRAIN)
        assert app.title[0].value == "Learning: round 4 of 5"
        assert app.query_params[Param.RUN] == run.id
        app.button(key=Widget.STOP).click().run()
        assert (run.path / "stop").exists()
        assert app.button(key=Widget.STOP).label == words.STOPPING
        app.button(key=Widget.ANOTHER).click().run()
        assert app.title[0].value == words.TRAIN_TITLE


def test_people_the_network_has_met_are_named_while_it_starts_with_what_it_knows(
    open_page, lab_home, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(weights, "BUNDLED", tmp_path)
    seen.write_list([made.PEOPLE[0]], tmp_path / "face-vgg-mini.people.txt")
    made.dataset(lab_home)
    app = open_page(places.TRAIN)
    said = [info.value for info in app.info if "has seen photos of" in info.value]
    assert len(said) == 1
    assert made.PEOPLE[0] in said[0]
    app.radio[0].set_value(False).run()
    assert not [info for info in app.info if "has seen photos of" in info.value]


def test_a_finished_experiment_leads_to_the_exam(open_page, lab_home) -> None:
    run = made.run(lab_home, made.dataset(lab_home), rounds=5)
    app = open_page(places.TRAIN, run=run.id)
    assert app.title[0].value == "Finished after 5 rounds"
    app.button(key=Widget.TO_EXAM).click().run()
    assert app.title[0].value == "Final exam: 11 of 12 right"


def test_an_interrupted_experiment_says_so_and_goes_on(open_page, lab_home) -> None:
    # "running" with nobody holding the lock: its worker was killed.
    run = made.run(lab_home, made.dataset(lab_home), state="running", tested=False)
    app = open_page(places.TRAIN)
    assert app.title[0].value == "It was interrupted after 3 rounds"
    assert words.INTERRUPTED_HOW in [text.value for text in app.markdown]
    app.button(key=Widget.GO_ON_TRAINING).click().run()
    assert run.status().state == "queued"
    assert queue.waiting(lab_home, queue.TRAIN) == [run.job]
    assert app.title[0].value == words.GETTING_READY


def test_a_failed_experiment_says_why_in_its_sentence(open_page, lab_home) -> None:
    run = made.run(
        lab_home, made.dataset(lab_home), state="failed", message="The disk is full; make room.", tested=False
    )
    app = open_page(places.TRAIN, run=run.id)
    assert app.title[0].value == "It could not go on"
    assert "The disk is full" in app.error[0].value
    assert Widget.TO_EXAM not in [button.key for button in app.button]


def test_an_address_that_names_nothing_shows_the_settings(open_page, lab_home) -> None:
    made.dataset(lab_home)
    assert open_page(places.TRAIN, run="../../etc").title[0].value == words.TRAIN_TITLE


def test_new_settings_do_not_hide_an_experiment_that_is_asked_for(open_page, lab_home) -> None:
    run = made.run(lab_home, made.dataset(lab_home), rounds=5)
    app = open_page(places.PHOTOS)
    app.button(key=Widget.TRAIN_WITH_THESE).click().run()
    assert app.title[0].value == words.TRAIN_TITLE
    app.switch_page(places.START).run()
    app.button(key=Widget.GO_ON).click().run()
    app.switch_page(places.TRAIN)
    app.query_params[Param.RUN] = run.id
    app.run()
    assert app.title[0].value == "Finished after 5 rounds"
