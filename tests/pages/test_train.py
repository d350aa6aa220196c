from __future__ import annotations

import shutil

import pytest
import streamlit

from core import presets
from core.config import TrainConfig
from core.experiments import activation_files, runs, runtime_estimate
from core.jobs import queue
from core.models import registry, weights
from tests import fakes
from tests.pages import reading
from ui import navigation
from ui.state import Param, Widget
from ui.text import amounts, common
from ui.text import photos as photos_words
from ui.text import train as words
from ui.train import settings


def freeze(app, units: int, pretrained: bool = True) -> None:
    """Let go of the handle of the strip; AppTest draws no component, so its value is set where the page keeps it."""
    app.session_state[Widget.FREEZE.of("recommended", "face-vgg-mini", pretrained)] = units


def asked_of_helper(workspace) -> list:
    """Return what waits for a helper, but for the pictures under the strip, which nobody waits for."""
    return [job for job in queue.waiting(workspace, queue.HELPER) if job.request()["kind"] != "explain"]


def strip_of(app) -> dict:
    """Return what the strip draws."""
    return next(drawn for drawn in reading.components(app) if "stops" in drawn)


def test_too_early_it_leads_to_the_photos(open_page) -> None:
    app = open_page(navigation.TRAIN)
    assert app.info[0].value == words.NO_PHOTOS
    app.button(key=Widget.MISSING).click().run()
    assert app.title[0].value == photos_words.BRING


def test_photos_of_too_few_people_lead_back_to_the_photos(open_page, lab_home) -> None:
    fakes.dataset(lab_home, people=("Ada",))
    app = open_page(navigation.TRAIN)
    assert app.info[0].value == words.NOT_TRAINABLE
    app.button(key=Widget.MISSING).click().run()
    assert not app.exception


def test_only_photos_a_network_can_learn_from_are_offered(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    fakes.dataset(lab_home, dataset_id="enough1", name="enough")
    fakes.dataset(lab_home, people=("Ada",), dataset_id="few1", name="too few")
    app = open_page(navigation.TRAIN)
    assert not [box for box in app.selectbox if (box.key or "").startswith(Widget.TRAIN_ON)]
    app.button(key=Widget.START).click().run()
    assert runs.list_runs(lab_home)[0].dataset.id == "enough1"


def test_networks_that_are_not_here_are_folded_with_size_and_licence(open_page, lab_home, weights_here) -> None:
    weights_here.extend(["face-vgg-mini", "imagenet-vgg19"])
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    assert reading.widget(app, "selectbox", Widget.BACKBONE).options == ["Mini", "VGG19"]
    others = app.radio(key=Widget.MORE_NETWORKS)
    assert others.options[0] == "VGG-Face (59 MB)"
    assert len(others.options) == 5
    assert words.try_wider("Midi") not in reading.texts(app, "caption")
    weights_here.append("face-vgg-midi")
    assert words.try_wider("Midi") in reading.texts(open_page(navigation.TRAIN), "caption")
    assert "non-commercial research" in others.proto.captions[0]
    assert app.expander[0].label == words.MORE_NETWORKS


def test_a_folded_network_can_be_used_untrained_where_it_can_learn_so(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    app.radio(key=Widget.MORE_NETWORKS).set_value("imagenet-mobilenetv2").run()
    assert Widget.USE_UNTRAINED not in [button.key for button in app.button]
    app.radio(key=Widget.MORE_NETWORKS).set_value("imagenet-vgg16").run()
    app.button(key=Widget.USE_UNTRAINED).click().run()
    assert reading.widget(app, "selectbox", Widget.BACKBONE).value == "imagenet-vgg16"
    app.button(key=Widget.START).click().run()
    (run,) = runs.list_runs(lab_home)
    assert (run.config.backbone, run.config.pretrained) == ("imagenet-vgg16", False)


def test_a_network_is_brought_as_a_file_which_does_not_stay_with_the_page(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    uploader = next(found for found in app.get("file_uploader") if found.key.startswith(Widget.NETWORK_FILE))
    assert "rcmalli_vggface_tf_notop_vgg16.h5" in uploader.label
    uploader.set_value(("../../mine **x**.h5", b"no weights", "application/x-hdf5")).run()
    assert not app.exception
    (job,) = asked_of_helper(lab_home)
    request = job.request()
    assert (request["kind"], request["backbone"]) == ("import_weights", "vggface-vgg16")
    assert request["called"].endswith("mine **x**.h5")
    assert (job.path / "weights.h5").read_bytes() == b"no weights"
    assert request["file"] == str(job.path / "weights.h5")
    # Training goes on being possible while the file is checked, and an error is said once.
    assert app.button(key=Widget.START)
    job.set_state("failed", '"mine.h5" cannot be read as a weights file.')
    app.run()
    assert "cannot be read" in app.error[0].value
    assert len(app.error) == 1


def test_a_network_that_has_arrived_is_chosen(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    app.button(key=Widget.DOWNLOAD_MORE).click().run()
    (job,) = asked_of_helper(lab_home)
    weights_here.append("vggface-vgg16")
    job.set_state("done")
    app.run()
    assert reading.widget(app, "selectbox", Widget.BACKBONE).value == "vggface-vgg16"
    assert app.toast[0].value == words.network_is_here("VGG-Face")
    assert app.run().toast == []


def test_started_with_what_was_chosen(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    dataset = fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    assert words.FROZEN_STILL_WORK in " ".join(text.value for text in app.markdown)
    freeze(app, 10)
    reading.widget(app, "select_slider", Widget.IMAGE_SIZE).set_value(64)
    reading.widget(app, "number_input", Widget.EPOCHS).set_value(7)
    reading.widget(app, "number_input", Widget.PHOTOS_A_PERSON).set_value(3)
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
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    drawn = strip_of(app)
    assert (drawn["frozen"], drawn["stops"], drawn["fixed"]) == (13, [0, 2, 4, 7, 10, 13], False)
    said = drawn["said"][5]
    assert said["frozen"] == "All 5 blocks are frozen."
    # 128 features to 3 people
    assert said["rest"] == "Only the new last layers learn: 387 of 921,171 numbers (parameters)."
    app.button(key=Widget.START).click().run()
    (run,) = runs.list_runs(lab_home)
    assert run.config.train_per_class is None
    assert run.config.freeze_depth == 13


def test_without_weights_there_is_a_way_on_but_never_a_silent_start(open_page, lab_home, weights_here) -> None:
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    assert Widget.START not in [button.key for button in app.button]
    assert app.info[0].value == words.MISSING_HERE
    app.button(key=Widget.START_UNTRAINED).click().run()
    drawn = strip_of(app)
    assert (drawn["frozen"], drawn["learns"]) == (0, "fresh")
    assert drawn["states"]["frozen"] == words.FROZEN_AT_RANDOM
    app.button(key=Widget.START).click().run()
    (run,) = runs.list_runs(lab_home)
    assert run.config.pretrained is False
    assert run.config.freeze_depth == 0


def test_weights_are_downloaded_by_a_job_that_says_why_it_failed(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    # A published experiment asks for a network that is not here.
    app.radio(key=Widget.PRESET).set_value("notebook").run()
    assert reading.widget(app, "selectbox", Widget.BACKBONE).options == ["Mini", "VGG-Face (not on this computer yet)"]
    assert app.info[0].value == words.NOT_HERE
    assert app.button(key=Widget.DOWNLOAD).label == "Download it (59 MB)"
    app.button(key=Widget.DOWNLOAD).click().run()
    (job,) = asked_of_helper(lab_home)
    assert (job.request()["kind"], job.request()["backbone"]) == ("download", "vggface-vgg16")
    job.set_state("failed", "No network; import the file by hand.")
    app.run()
    assert "No network" in app.error[0].value
    weights_here.append("vggface-vgg16")
    app.run()
    assert app.button(key=Widget.START)


def test_a_preset_brings_its_own_settings(open_page, lab_home, weights_here) -> None:
    weights_here.append("imagenet-vgg16")
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    app.radio(key=Widget.PRESET).set_value("webcam").run()
    app.button(key=Widget.START).click().run()
    (run,) = runs.list_runs(lab_home)
    assert run.config == registry.check_config(run.config)
    assert (run.config.preset, run.config.freeze_depth, run.config.head.hidden) == ("webcam", 10, (1024,))
    assert (run.config.image_size_px, run.config.epochs, run.config.learning_rate) == (224, 10, 1e-4)


@pytest.mark.parametrize("name", list(presets.PRESETS))
def test_an_untouched_preset_is_trained_as_published(open_page, lab_home, weights_here, name) -> None:
    weights_here.extend(registry.BACKBONES)
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    app.radio(key=Widget.PRESET).set_value(name).run()
    assert len(app.radio(key=Widget.PRESET).proto.captions) == len(presets.PRESETS)
    app.button(key=Widget.START).click().run()
    assert runs.list_runs(lab_home)[0].config == registry.check_config(presets.preset(name))


def test_everything_else_is_under_advanced(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    reading.widget(app, "number_input", Widget.EPOCHS).set_value(6)
    app.run()
    reading.widget(app, "selectbox", Widget.OPTIMIZER).set_value("sgd")
    reading.widget(app, "number_input", Widget.MOMENTUM).set_value(0.9)
    reading.widget(app, "number_input", Widget.HEAD_EPOCHS).set_value(0)
    reading.widget(app, "text_input", Widget.HIDDEN).set_value("64, 32")
    reading.widget(app, "number_input", Widget.ROTATION).set_value(15.0)
    reading.widget(app, "number_input", Widget.STOP_EARLY).set_value(3)
    reading.widget(app, "toggle", Widget.KEEP_BEST).set_value(False)
    app.run()
    app.button(key=Widget.START).click().run()
    config = runs.list_runs(lab_home)[0].config
    assert (config.optimizer, config.momentum, config.head_epochs, config.epochs) == ("sgd", 0.9, 0, 6)
    assert (config.head.hidden, config.augment.rotation_deg) == ((64, 32), 15.0)
    assert (config.early_stopping_patience, config.reduce_lr_patience, config.keep_best) == (3, None, False)


def test_sizes_that_are_no_numbers_are_one_sentence(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    reading.widget(app, "text_input", Widget.HIDDEN).set_value("many, <b>").run()
    assert "whole numbers from 1 to 8192" in app.error[0].value
    assert app.button(key=Widget.START)


def test_what_it_sees_and_what_it_takes_are_always_visible(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    dataset = fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    drawn = strip_of(app)
    assert (drawn["faceTitle"], drawn["faceSaid"]) == (words.ALL_IT_SEES, "One face of 96 × 96 points, enlarged")
    assert drawn["face"].startswith("data:image/png;base64,")
    config = registry.check_config(presets.preset("recommended"))
    quick = words.takes(amounts.about(runtime_estimate.estimate_seconds(config, dataset, lab_home)))
    assert quick in [text.value for text in app.markdown]
    freeze(app, 0)
    reading.widget(app, "number_input", Widget.EPOCHS).set_value(1000)
    app.run()
    (slow,) = [text.value for text in app.markdown if text.value.startswith("Takes")]
    assert "min" in slow


def test_a_face_whose_photo_is_gone_is_left_out(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    fakes.dataset(lab_home)
    shutil.rmtree(lab_home.photos)
    app = open_page(navigation.TRAIN)
    assert strip_of(app)["face"] == ""
    assert app.button(key=Widget.START)


def test_single_layers_can_be_frozen(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    app.toggle(key=Widget.SINGLE_LAYERS).set_value(True).run()
    freeze(app, 11)
    app.run()
    drawn = strip_of(app)
    assert (drawn["frozen"], drawn["label"], len(drawn["stops"])) == (11, words.FREEZE_LAYERS, 14)
    assert (drawn["said"][11]["frozen"], drawn["said"][11]["learns"]) == ("Layers 1–11 are frozen.", "Layers 12–13")
    assert drawn["blocks"][4]["partly"][1] == "1 of 3 frozen"
    app.button(key=Widget.START).click().run()
    assert runs.list_runs(lab_home)[0].config.freeze_depth == 11


def test_where_the_handle_stands_outlives_a_visit_to_another_page(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    freeze(app, 4)
    app.run()
    assert strip_of(app)["frozen"] == 4
    app.switch_page(navigation.PHOTOS).run()
    app.switch_page(navigation.TRAIN).run()
    assert strip_of(app)["frozen"] == 4
    # What starts with nothing has a handle of its own.
    reading.widget(app, "radio", Widget.STARTS_WITH).set_value(False).run()
    assert strip_of(app)["frozen"] == 0


def test_single_layers_given_up_the_handle_stands_at_the_nearest_block(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    app.toggle(key=Widget.SINGLE_LAYERS).set_value(True).run()
    freeze(app, 11)
    app.toggle(key=Widget.SINGLE_LAYERS).set_value(False).run()
    assert strip_of(app)["frozen"] == 10
    app.button(key=Widget.START).click().run()
    assert runs.list_runs(lab_home)[0].config.freeze_depth == 10


def test_what_the_network_responds_to_is_asked_for_once(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    dataset = fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    (job,) = queue.waiting(lab_home, queue.HELPER)
    assert job.request()["kind"] == "explain"
    assert [block["map"] for block in strip_of(app)["blocks"]] == [""] * 5
    app.run()
    # What failed is not tried with every click.
    job.set_state("failed", "The disk is full.")
    app.run()
    assert queue.waiting(lab_home, queue.HELPER) == []
    assert not app.error
    for path in activation_files.activation_paths(lab_home, dataset, "face-vgg-mini", 96):
        path.write_bytes(fakes.photo(1))
    app.run()
    assert all(block["map"].startswith("data:image/png;base64,") for block in strip_of(app)["blocks"])
    reading.widget(app, "radio", Widget.STARTS_WITH).set_value(False).run()
    assert "map" not in strip_of(app)["blocks"][0]


def test_settings_chosen_elsewhere_stand_on_the_page(open_page, lab_home, weights_here) -> None:
    weights_here.append("face-vgg-mini")
    dataset = fakes.dataset(lab_home)
    base = presets.preset("recommended").with_changes(epochs=7, learning_rate=0.01, views=3, hidden=(64,))
    # As an earlier version of the lab trained: what has no widget goes along too.
    base = base.with_changes(min_steps=3, unfrozen_rate=0.5, zero_start=False)
    run = fakes.run(lab_home, dataset, epochs=5, config=base)
    app = open_page(navigation.TRAIN, run=run.id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streamlit, "session_state", app.session_state)
        settings.preset_to({"freeze_depth": 10, "train_per_class": 3}, base, dataset)
    app.query_params.clear()
    app.run()
    assert strip_of(app)["frozen"] == 10
    app.button(key=Widget.START).click().run()
    started = next(found for found in runs.list_runs(lab_home) if found.id != run.id)
    assert started.config == base.with_changes(freeze_depth=10, train_per_class=3)
    # One that is chosen by hand has today's again.
    app.button(key=Widget.ANOTHER).click().run()
    app.button(key=Widget.START).click().run()
    newest = max(runs.list_runs(lab_home), key=lambda found: found.created_at)
    assert (newest.config.min_steps, newest.came_from) == (presets.preset("recommended").min_steps, "")


def test_a_finished_experiment_shows_how_far_each_block_moved(open_page, lab_home) -> None:
    config = TrainConfig(freeze_depth=10, epochs=5)
    run = fakes.run(lab_home, fakes.dataset(lab_home), epochs=5, config=config)
    run.job.write_result({**run.summary(), "unit_movement": {"conv5_1": 0.03, "conv5_2": 0.03, "conv5_3": 0.03}})
    drawn = strip_of(open_page(navigation.TRAIN, run=run.id))
    assert drawn["fixed"]
    assert [block["moved"] for block in drawn["blocks"]] == [words.MOVED_NOT] * 4 + ["moved 3.0 %"]
    assert drawn["face"].startswith("data:image/png")


@pytest.mark.parametrize("name", list(registry.BACKBONES))
def test_every_network_can_be_chosen(open_page, lab_home, weights_here, name) -> None:
    weights_here.extend(registry.BACKBONES)
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    reading.widget(app, "selectbox", Widget.BACKBONE).set_value(name).run()
    assert Widget.MORE_NETWORKS not in [radio.key for radio in app.radio]
    app.button(key=Widget.START).click().run()
    assert not app.exception
    assert not app.error
    config = runs.list_runs(lab_home)[0].config
    assert (config.backbone, config.image_size_px) == (name, registry.backbone(name).usual_px)


def test_a_running_experiment_is_shown_without_being_asked_for(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="running", tested=False)
    with run.job.held():
        app = open_page(navigation.TRAIN)
        assert app.title[0].value == "Learning: round 4 of 5"
        assert app.query_params[Param.RUN] == run.id
        app.button(key=Widget.STOP).click().run()
        assert (run.path / "stop").exists()
        assert app.button(key=Widget.STOP).label == common.STOPPING
        app.button(key=Widget.ANOTHER).click().run()
        assert app.title[0].value == words.TRAIN_TITLE


def test_people_the_network_has_met_are_named_while_it_starts_with_what_it_knows(
    open_page, lab_home, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(weights, "BUNDLED", tmp_path)
    weights.write_people_list([fakes.PEOPLE[0]], tmp_path / "face-vgg-mini.people.txt")
    fakes.dataset(lab_home)
    app = open_page(navigation.TRAIN)
    said = [info.value for info in app.info if "has seen photos of" in info.value]
    assert len(said) == 1
    assert fakes.PEOPLE[0] in said[0]
    reading.widget(app, "radio", Widget.STARTS_WITH).set_value(False).run()
    assert not [info for info in app.info if "has seen photos of" in info.value]


def test_a_finished_experiment_leads_to_the_exam(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), epochs=5)
    app = open_page(navigation.TRAIN, run=run.id)
    assert app.title[0].value == "Finished after 5 rounds"
    app.button(key=Widget.TO_TEST).click().run()
    assert app.title[0].value == "Final exam: 11 of 12 right"


def test_an_interrupted_experiment_says_so_and_goes_on(open_page, lab_home) -> None:
    # "running" with nobody holding the lock: its worker was killed.
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="running", tested=False)
    app = open_page(navigation.TRAIN)
    assert app.title[0].value == "It was interrupted after 3 rounds"
    assert words.INTERRUPTED_HOW in [text.value for text in app.markdown]
    app.button(key=Widget.GO_ON_TRAINING).click().run()
    assert run.status().state == "queued"
    assert queue.waiting(lab_home, queue.TRAIN) == [run.job]
    assert app.title[0].value == words.GETTING_READY


def test_an_experiment_interrupted_before_its_first_round_can_be_started_once_more(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="interrupted", epochs=0, tested=False)
    app = open_page(navigation.TRAIN)
    assert words.INTERRUPTED_EARLY in [text.value for text in app.markdown]
    assert app.button(key=Widget.GO_ON_TRAINING).label == words.TRY_AGAIN
    app.button(key=Widget.GO_ON_TRAINING).click().run()
    assert run.status().state == "queued"


def test_a_failed_experiment_says_why_in_its_sentence_and_keeps_what_it_had(open_page, lab_home) -> None:
    run = fakes.run(
        lab_home, fakes.dataset(lab_home), state="failed", message="The disk is full; make room.", tested=False
    )
    app = open_page(navigation.TRAIN, run=run.id)
    assert app.title[0].value == "It could not go on"
    assert "The disk is full" in app.error[0].value
    assert words.KEPT in [text.value for text in app.markdown]
    assert common.RIGHT_ANSWERS in [text.value for text in app.subheader]
    assert Widget.TO_TEST not in [button.key for button in app.button]
    app.button(key=Widget.GO_ON_TRAINING).click().run()
    assert run.status().state == "queued"


def test_a_waiting_experiment_says_for_how_many_and_leads_to_the_one_that_runs(open_page, lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    first = fakes.run(lab_home, dataset, state="running", tested=False)
    queued = [fakes.run(lab_home, dataset, state="queued", epochs=0, tested=False) for _ in range(3)]
    for run in queued:
        queue.enqueue(lab_home, run.job)
    with first.job.held(), queue._lane_claimed(lab_home, queue.TRAIN):
        app = open_page(navigation.TRAIN, run=queued[1].id)
        assert app.title[0].value == words.WAITS
        # The other two that wait, without the one on the page.
        assert [button.key for button in app.button if button.key.startswith(Widget.TAKE_OUT)] == [
            Widget.TAKE_OUT.of(queued[0].id),
            Widget.TAKE_OUT.of(queued[2].id),
        ]
        app.button(key=Widget.TAKE_OUT.of(queued[2].id)).click().run()
        assert queued[2].status().state == "stopped"
        app.button(key=Widget.TO_RUNNING).click().run()
        assert app.title[0].value == "Learning: round 4 of 5"
        assert words.WAITING_TITLE in " ".join(text.value for text in app.markdown)


def test_nothing_of_a_queue_is_shown_while_nobody_waits(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="running", tested=False)
    with run.job.held():
        app = open_page(navigation.TRAIN)
        assert words.WAITING_TITLE not in " ".join(text.value for text in app.markdown)
        assert Widget.TO_RUNNING not in [button.key for button in app.button]


def test_an_address_that_names_nothing_shows_the_settings(open_page, lab_home) -> None:
    fakes.dataset(lab_home)
    assert open_page(navigation.TRAIN, run="../../etc").title[0].value == words.TRAIN_TITLE


def test_new_settings_do_not_hide_an_experiment_that_is_asked_for(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), epochs=5)
    app = open_page(navigation.TRAIN, run=run.id)
    app.button(key=Widget.ANOTHER).click().run()
    assert app.title[0].value == words.TRAIN_TITLE
    app.switch_page(navigation.START).run()
    app.button(key=Widget.GO_ON).click().run()
    app.switch_page(navigation.TRAIN)
    app.query_params[Param.RUN] = run.id
    app.run()
    assert app.title[0].value == "Finished after 5 rounds"


def test_settings_for_other_photos_do_not_stay(open_page, lab_home) -> None:
    first, second = fakes.dataset(lab_home), fakes.dataset(lab_home, dataset_id="second2", name="others")
    app = open_page(navigation.TRAIN)
    key = Widget.EPOCHS.of("recommended")
    app.number_input(key=key).set_value(3).run()
    shown = app.session_state["settings_of"]
    assert app.number_input(key=key).value == 3
    app.session_state["dataset"] = second.id if shown == first.id else first.id
    app.session_state["photos_step"] = "split"
    app.switch_page(navigation.PHOTOS).run()
    app.button(key=Widget.TRAIN_WITH_THESE).click().run()
    assert app.title[0].value == words.TRAIN_TITLE
    assert app.number_input(key=key).value == presets.preset("recommended").epochs


def test_what_is_computed_again_and_measured_in_part_is_said(open_page, lab_home) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    said = "The disk is full."
    run.job.emit("unkept", message=said)
    captions = " ".join(caption.value for caption in open_page(navigation.TRAIN, run=run.id).caption)
    assert said in captions
    assert words.practice_sample(17) not in captions
    run.job.emit("sample", photos=17)
    captions = " ".join(caption.value for caption in open_page(navigation.TRAIN, run=run.id).caption)
    assert words.practice_sample(17) in captions
