from __future__ import annotations

import io
import zipfile

import pytest

from core.jobfolder import JobFolder
from core.photos import dataset as datasets
from tests.pages import made
from ui import jobs, places, text, words
from ui.state import Widget


def a_zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("Ada/1.png", made.photo(1))
    return data.getvalue()


def the_job(lab_home) -> JobFolder:
    (path,) = lab_home.jobs.iterdir()
    return JobFolder(path)


def comes_by(app, way: str):
    return app.segmented_control(key=Widget.SOURCE).set_value(way).run()


@pytest.mark.parametrize(
    ("way", "missing"),
    [
        (words.SOURCE_PEOPLE, words.NO_SOURCE_PEOPLE),
        (words.SOURCE_DROP, words.NO_SOURCE_DROP),
        (words.SOURCE_ZIP, words.NO_SOURCE_ZIP),
        (words.SOURCE_FOLDER, words.NO_SOURCE_FOLDER),
    ],
)
def test_empty_lab_shows_the_form_and_says_what_is_missing(open_page, way, missing) -> None:
    app = open_page(places.PHOTOS)
    assert app.title[0].value == words.BRING
    assert [button.disabled for button in app.button if Widget.STEP in button.key] == [False, True, True]
    comes_by(app, way)
    app.button(key=Widget.FIND_FACES).click().run()
    assert app.warning[0].value == missing


def test_person_by_person_becomes_a_zip_with_a_folder_each(open_page, lab_home) -> None:
    app = open_page(places.PHOTOS)
    app.button(key=Widget.ANOTHER_PERSON).click().run()
    names = [field for field in app.text_input if Widget.CARD_NAME in field.key]
    assert len(names) == len(app.file_uploader) == 3
    names[0].set_value(" Ada ").run()
    app.file_uploader[0].set_value([("me.png", made.photo(1), "image/png"), ("me.png", made.photo(2), "image/png")])
    app.run()
    # On disk, and out of the widget.
    assert app.file_uploader[0].value == []
    app.file_uploader[2].set_value([("me.png", made.photo(3), "image/png")])
    app.run()
    app.button(key=Widget.FIND_FACES).click().run()
    assert app.warning[0].value == words.NAMELESS
    next(field for field in app.text_input if field.key.endswith("-3")).set_value("Val").run()
    app.button(key=Widget.FIND_FACES).click().run()
    assert not app.exception
    job = the_job(lab_home)
    assert (job.request()["kind"], job.request()["name"]) == ("crop", words.MY_PHOTOS)
    with zipfile.ZipFile(job.path / jobs.UPLOAD) as archive:
        # "Val" is a person here, not the mock exam: inside "train" the name says so.
        assert archive.namelist() == ["train/Ada/me.png", "train/Ada/me (2).png", "train/Val/me.png"]


def test_a_dropped_folder_keeps_its_folders(open_page, lab_home) -> None:
    app = comes_by(open_page(places.PHOTOS), words.SOURCE_DROP)
    app.file_uploader[0].set_value(
        [("us/Ada/1.png", made.photo(1), "image/png"), ("us/Bo/1.png", made.photo(2), "image/png")]
    )
    app.run()
    assert any(text.plain(words.brought("us", 2, 2)) in part.value for part in app.markdown)
    assert app.file_uploader[0].value == []
    app.button(key=Widget.FIND_FACES).click().run()
    job = the_job(lab_home)
    assert job.request()["name"] == "us"
    with zipfile.ZipFile(job.path / jobs.UPLOAD) as archive:
        assert archive.namelist() == ["us/Ada/1.png", "us/Bo/1.png"]


def test_photos_can_join_those_that_are_there(open_page, lab_home) -> None:
    made.dataset(lab_home)
    app = open_page(places.PHOTOS)
    app.button(key=f"{Widget.STEP}-bring").click().run()
    app.selectbox(key=Widget.INTO).set_value("made1").run()
    comes_by(app, words.SOURCE_ZIP)
    app.file_uploader[0].set_value(("more.zip", a_zip(), "application/zip"))
    app.run()
    app.button(key=Widget.FIND_FACES).click().run()
    assert not app.exception
    request = the_job(lab_home).request()
    assert (request["kind"], request["dataset_id"], request["version"]) == ("add", "made1", 1)
    assert app.title[0].value == words.FINDING


def test_a_zip_is_queued_with_its_settings_and_leaves_the_memory(open_page, lab_home) -> None:
    app = comes_by(open_page(places.PHOTOS), words.SOURCE_ZIP)
    app.radio(key=Widget.DETECTOR).set_value("haar")
    app.slider(key=Widget.MARGIN).set_value(50)
    app.file_uploader[0].set_value(("class.zip", a_zip(), "application/zip"))
    app.run()
    app.button(key=Widget.FIND_FACES).click().run()
    assert not app.exception
    request = the_job(lab_home).request()
    assert (request["kind"], request["lane"], request["name"]) == ("crop", "helper", "class")
    assert (request["crop"]["detector"], request["crop"]["margin"]) == ("haar", 0.5)
    assert app.title[0].value == words.FINDING
    the_job(lab_home).ask_to_stop()
    app.run()
    assert app.title[0].value == words.BRING
    assert app.file_uploader[0].value is None
    assert app.info[0].value == words.CROP_STOPPED
    assert not (the_job(lab_home).path / jobs.UPLOAD).exists()


def test_a_published_collection_is_queued_with_how_many_were_asked_for(open_page, lab_home) -> None:
    app = open_page(places.PHOTOS)
    app.segmented_control(key=Widget.SOURCE).set_value(words.SOURCE_INTERNET).run()
    assert any("University of Massachusetts" in caption.value for caption in app.caption)
    app.radio(key=Widget.COLLECTION).set_value("olivetti").run()
    assert any("AT&T" in caption.value for caption in app.caption)
    app.number_input[0].set_value(4)
    app.number_input[1].set_value(8)
    app.button(key=Widget.FIND_FACES).click().run()
    assert not app.exception
    request = the_job(lab_home).request()
    assert (request["kind"], request["collection"], request["people"], request["photos"]) == ("fetch", "olivetti", 4, 8)
    the_job(lab_home).emit("progress", step="download", done=2_000_000, total=4_300_000)
    app.run()
    assert app.title[0].value == words.FINDING


def test_a_folder_is_queued_by_its_path(open_page, lab_home, tmp_path) -> None:
    app = open_page(places.PHOTOS)
    comes_by(app, words.SOURCE_FOLDER)
    # As Explorer copies it.
    app.text_input(key=Widget.FOLDER).set_value(f'"{tmp_path}"').run()
    app.button(key=Widget.FIND_FACES).click().run()
    assert the_job(lab_home).request()["source"] == str(tmp_path)


def test_a_search_that_is_going_on_is_found_again_and_can_be_stopped(open_page, lab_home) -> None:
    job = JobFolder.create(lab_home.jobs / "j1", {"kind": "crop", "lane": "helper", "source": "x"}, state="queued")
    with job.held():
        job.set_state("running")
        job.emit("progress", step="crop", done=30, total=120)
        app = open_page(places.PHOTOS)
        assert app.title[0].value == words.FINDING
        app.button(key=Widget.STOP_CROP).click().run()
        assert (job.path / "stop").exists()
        assert app.button(key=Widget.STOP_CROP).label == words.STOPPING


def test_a_search_that_failed_says_why_above_the_form(open_page, lab_home) -> None:
    app = comes_by(open_page(places.PHOTOS), words.SOURCE_ZIP)
    app.file_uploader[0].set_value(("class.zip", a_zip(), "application/zip"))
    app.run()
    app.button(key=Widget.FIND_FACES).click().run()
    the_job(lab_home).set_state("failed", 'Person "<b>anna" has 1 photo; add photos.')
    app.run()
    assert not app.exception
    (error,) = app.error
    assert r"\<b\>anna" in error.value
    assert app.title[0].value == words.BRING


def test_faces_are_checked_first_and_nobody_has_to_look(open_page, lab_home) -> None:
    made.dataset(lab_home)
    app = open_page(places.PHOTOS)
    assert app.title[0].value == "36 faces ready, 2 photos need a look."
    wall = next(part.body for part in app.get("html") if "lab-people" in part.body)
    assert wall.count("<img") == 36
    assert "Bo **bold** &lt;b&gt;" in wall
    app.button(key=Widget.CONTINUE).click().run()
    assert app.title[0].value == words.STACKS
    # It was looked at: the next visit goes on from there.
    app.switch_page(places.TRAIN).run()
    app.switch_page(places.PHOTOS).run()
    assert app.title[0].value == words.STACKS


def the_split(app):
    return app.button(key=f"{Widget.STEP}-split").click().run()


def test_photos_are_shown_as_three_stacks_with_what_they_allow(open_page, lab_home) -> None:
    made.dataset(lab_home)
    app = the_split(open_page(places.PHOTOS))
    assert app.title[0].value == words.STACKS
    stacks = next(part.body for part in app.get("html") if "lab-stacks" in part.body)
    assert "18 photos" in stacks
    assert "Bo **bold** &lt;b&gt;" in stacks
    assert "<b>" not in stacks
    said = [part.value for part in app.markdown]
    assert words.allows("Ada", 12) in said
    assert words.advice(18, False, True, "all") in said
    app.segmented_control(key=Widget.SIMILAR).set_value(words.DIFFERENT).run()
    assert words.advice(18, False, False, "some") in [part.value for part in app.markdown]
    app.button(key=Widget.TRAIN_WITH_THESE).click().run()
    assert app.title[0].value == words.TRAIN_TITLE


def test_of_several_the_chosen_one_is_shown_and_others_can_be_brought(open_page, lab_home) -> None:
    made.dataset(lab_home, dataset_id="old1", name="old")
    made.dataset(lab_home, ("Dayo", "Emil"), dataset_id="new1", name="new")
    app = the_split(open_page(places.PHOTOS))
    app.selectbox[0].set_value("old1").run()
    assert any("18 photos" in part.body for part in app.get("html"))
    app.button(key=Widget.BRING_OTHERS).click().run()
    assert app.title[0].value == words.BRING


def test_deleting_photos_takes_their_experiments_and_leaves_the_others(open_page, lab_home) -> None:
    kept = made.run(lab_home, made.dataset(lab_home, ("Dayo", "Emil"), dataset_id="kept1", name="kept"))
    gone = made.run(lab_home, made.dataset(lab_home))
    app = open_page(places.PHOTOS)
    app.button(key=Widget.DELETE_DATASET_SURE).click().run()
    assert not app.exception
    assert [dataset.id for dataset in datasets.list_datasets(lab_home)] == ["kept1"]
    assert kept.path.exists()
    assert not gone.path.exists()
    assert app.title[0].value == "24 faces ready, 2 photos need a look."


def test_erasing_everything_leaves_nothing_and_says_how_much_it_was(open_page, lab_home) -> None:
    made.run(lab_home, made.dataset(lab_home))
    app = open_page(places.PHOTOS)
    app.button(key=Widget.ERASE_SURE).click().run()
    assert app.success[0].value.startswith("Erased: 36 photos")
    assert app.title[0].value == words.BRING
    assert not lab_home.runs.exists()
    assert not lab_home.photos.exists()


@pytest.mark.parametrize("sure", [Widget.ERASE_SURE, Widget.DELETE_DATASET_SURE])
def test_an_experiment_that_waits_is_stopped_and_goes_too(open_page, lab_home, sure) -> None:
    run = made.run(lab_home, made.dataset(lab_home), state="queued", tested=False)
    app = open_page(places.PHOTOS)
    app.button(key=sure).click().run()
    assert not app.exception
    assert not app.error
    assert not run.path.exists()
    assert datasets.list_datasets(lab_home) == []
