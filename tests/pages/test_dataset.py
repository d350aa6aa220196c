from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from core.config import SplitConfig
from core.data import edits, versions
from core.data.dataset import Dataset
from core.data.read import LeftOut
from core.data.similarity import Guess, Mislabeled, Similarity, save_similarity
from core.data.store import PhotoStore
from core.data.versions import load_dataset, save_dataset
from core.errors import DatasetError
from core.jobfolder import JobFolder
from tests import fakes
from tests.pages import reading
from ui import ended_jobs, jobs, navigation
from ui.state import Widget
from ui.text import common, escape
from ui.text import photos as words
from ui.text import train as train_words


def a_zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("Ada/1.png", fakes.photo(1))
    return data.getvalue()


def only_job(lab_home) -> JobFolder:
    (path,) = (path for path in lab_home.jobs.iterdir() if path.is_dir())
    return JobFolder(path)


def choose_way(app, way: str):
    return app.segmented_control(key=Widget.SOURCE).set_value(way).run()


FLAT = ("anna_1.png", "anna_2.png", "anna_3.png", "Ben 1.png", "Ben (2).png")


def flat_zip(*more: tuple[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for number, name in enumerate(FLAT):
            archive.writestr(f"us/{name}", fakes.photo(number))
        for name, content in more:
            archive.writestr(name, content)
    return data.getvalue()


@pytest.mark.parametrize("way", [words.SOURCE_DROP, words.SOURCE_ZIP, words.SOURCE_FOLDER])
def test_a_flat_folder_is_understood_after_a_question(open_page, lab_home, tmp_path, way) -> None:
    app = choose_way(open_page(navigation.PHOTOS), way)
    if way == words.SOURCE_DROP:
        app.file_uploader[0].set_value([(f"us/{name}", fakes.photo(n), "image/png") for n, name in enumerate(FLAT)])
    elif way == words.SOURCE_ZIP:
        app.file_uploader[0].set_value(("us.zip", flat_zip(), "application/zip"))
    else:
        (tmp_path / "us").mkdir()
        for n, name in enumerate(FLAT):
            (tmp_path / "us" / name).write_bytes(fakes.photo(n))
        app.text_input(key=Widget.FOLDER).set_value(str(tmp_path / "us"))
        app.button(key=Widget.FIND_FACES).click()
    app.run()
    assert words.is_this_right(escape.plain("anna 3, Ben 2")) in reading.texts(app, "markdown", "caption")
    assert words.said_by("") in reading.texts(app, "markdown", "caption")
    assert not lab_home.jobs.is_dir() or not [path for path in lab_home.jobs.iterdir() if JobFolder(path).exists()]
    app.button(key=Widget.FIND_FACES).click().run()
    assert not app.exception
    (job,) = [JobFolder(path) for path in lab_home.jobs.iterdir() if JobFolder(path).exists()]
    assert (job.request()["kind"], job.request()["people_from"]) == ("crop", "names")
    assert app.title[0].value == words.FINDING


def test_a_table_beside_the_photos_is_asked_about_and_no_is_taken_for_an_answer(open_page, lab_home) -> None:
    table = "file,who\n" + "\n".join(f"{name},{'Zoe' if n % 2 else 'Ada'}" for n, name in enumerate(FLAT))
    app = choose_way(open_page(navigation.PHOTOS), words.SOURCE_ZIP)
    app.file_uploader[0].set_value(("us.zip", flat_zip(("us/who.csv", table.encode())), "application/zip"))
    app.run()
    assert words.is_this_right(escape.plain("Ada 3, Zoe 2")) in reading.texts(app, "markdown", "caption")
    assert words.said_by(escape.plain("us/who.csv")) in reading.texts(app, "markdown", "caption")
    app.button(key=Widget.OTHER_PEOPLE).click().run()
    assert "Zoe 2" not in reading.texts(app, "markdown", "caption")
    assert app.info[0].value == words.THEN_FOLDERS
    app.button(key=Widget.FIND_FACES).click().run()
    (job,) = [JobFolder(path) for path in lab_home.jobs.iterdir() if JobFolder(path).exists()]
    assert job.request()["people_from"] == "folders"


@pytest.mark.parametrize(
    ("name", "content", "archive"),
    [
        ("photos.rar", b"Rar!\x1a\x07\x01\0 and more", "RAR archive"),
        ("photos.7z", b"7z\xbc\xaf\x27\x1c and more", "7z archive"),
        ("me.png", fakes.photo(1), None),
    ],
)
def test_what_is_no_zip_is_called_by_its_name_and_not_kept(open_page, lab_home, name, content, archive) -> None:
    app = choose_way(open_page(navigation.PHOTOS), words.SOURCE_ZIP)
    app.file_uploader[0].set_value((name, content, "application/octet-stream"))
    app.run()
    assert [error.value for error in app.error] == [escape.plain(words.no_zip(name, archive))]
    app.button(key=Widget.FIND_FACES).click().run()
    assert app.warning[0].value == words.NO_SOURCE_ZIP


def leaking(lab_home) -> Dataset:
    """Write a data set with two final-exam photos and a mock-exam photo that do not count, and a turned one."""
    dataset = fakes.dataset(lab_home)
    store = PhotoStore(lab_home.photos)
    reason = 'is the same photo as "Ada/train-0.png" in practice'
    out = [
        LeftOut(f"{split}/Ada/{n}.png", reason, store.add(fakes.photo(900 + n)), "Ada", split, "leak", None)
        for n, split in enumerate(("test", "test", "validation"))
    ]
    turned = replace(dataset.to_review[0], kind="turned", reason="lay on its side and was turned by 90 degrees")
    dataset = replace(dataset, left_out=(*dataset.left_out, *out), to_review=(turned,))
    save_dataset(lab_home, dataset)
    return dataset


def test_exam_photos_from_practice_are_said_and_let_count_with_a_click(open_page, lab_home, monkeypatch) -> None:
    dataset = leaking(lab_home)
    asked = Edits(monkeypatch, "count_leaks", "confirm").asked
    app = open_page(navigation.PHOTOS)
    said = f"{words.leak(2, 'final exam')} {words.leak(1, 'mock exam')}"
    assert [warning.value for warning in app.warning] == [said]
    app.button(key=Widget.SEE_LEAKS).click().run()
    assert said in [warning.value for warning in app.warning]
    assert words.question("leak", 3) in [header.value for header in app.subheader]
    # The one with a small face asks; these do not.
    assert app.title[0].value == words.checked(len(dataset.items), 1)
    assert len(buttons_of(app, Widget.LET_COUNT)) == 3
    buttons_of(app, Widget.LET_COUNT)[2].click().run()
    app.button(key=f"{Widget.ALL_OF_KIND}-leak").click().run()
    assert words.question("turned", 1) in [header.value for header in app.subheader]
    buttons_of(app, Widget.KEEP)[0].click().run()
    out = [entry.sha256 for entry in dataset.left_out if entry.kind == "leak"]
    assert [call[:-1] for call in asked] == [
        ("count_leaks", [out[2]], False),
        ("count_leaks", out, False),
        ("confirm", [dataset.items[0].sha256], False),
    ]


def test_exam_photos_that_were_let_count_are_said(open_page, lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    practice = next(item for item in dataset.items if item.split == "train")
    exam = [item for item in dataset.items if item.split == "test"][:2]
    items = [replace(item, group=practice.group, looked=True) if item in exam else item for item in dataset.items]
    save_dataset(lab_home, replace(dataset, items=tuple(items)))
    app = open_split(open_page(navigation.PHOTOS))
    assert words.leak_counts(2, "final exam") in [warning.value for warning in app.warning]
    assert Widget.SEE_LEAKS not in [button.key for button in app.button]


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
    app = open_page(navigation.PHOTOS)
    assert app.title[0].value == words.BRING
    assert [button.disabled for button in app.button if Widget.STEP in button.key] == [False, True, True]
    choose_way(app, way)
    app.button(key=Widget.FIND_FACES).click().run()
    assert app.warning[0].value == missing


def test_person_by_person_becomes_a_zip_with_a_folder_each(open_page, lab_home) -> None:
    app = open_page(navigation.PHOTOS)
    app.button(key=Widget.ANOTHER_PERSON).click().run()
    names = [field for field in app.text_input if Widget.CARD_NAME in field.key]
    assert len(names) == len(app.file_uploader) == 3
    names[0].set_value(" Ada ").run()
    app.file_uploader[0].set_value([("me.png", fakes.photo(1), "image/png"), ("me.png", fakes.photo(2), "image/png")])
    app.run()
    # On disk, and out of the widget.
    assert app.file_uploader[0].value == []
    app.file_uploader[2].set_value([("me.png", fakes.photo(3), "image/png")])
    app.run()
    app.button(key=Widget.FIND_FACES).click().run()
    assert app.warning[0].value == words.NAMELESS
    next(field for field in app.text_input if field.key.endswith("-3")).set_value("Val").run()
    app.button(key=Widget.FIND_FACES).click().run()
    assert not app.exception
    job = only_job(lab_home)
    assert (job.request()["kind"], job.request()["name"]) == ("crop", words.MY_PHOTOS)
    with zipfile.ZipFile(job.request()["source"]) as archive:
        # "Val" is a person here, not the mock exam: inside "train" the name says so.
        assert archive.namelist() == ["train/Ada/me.png", "train/Ada/me (2).png", "train/Val/me.png"]


def test_a_dropped_folder_keeps_its_folders(open_page, lab_home) -> None:
    app = choose_way(open_page(navigation.PHOTOS), words.SOURCE_DROP)
    app.file_uploader[0].set_value(
        [("us/Ada/1.png", fakes.photo(1), "image/png"), ("us/Bo/1.png", fakes.photo(2), "image/png")]
    )
    app.run()
    assert any(escape.plain(words.brought("us", 2, 2)) in part.value for part in app.markdown)
    assert app.file_uploader[0].value == []
    app.button(key=Widget.FIND_FACES).click().run()
    job = only_job(lab_home)
    assert job.request()["name"] == "us"
    with zipfile.ZipFile(job.request()["source"]) as archive:
        assert archive.namelist() == ["us/Ada/1.png", "us/Bo/1.png"]


def test_photos_can_join_those_that_are_there(open_page, lab_home) -> None:
    fakes.dataset(lab_home)
    app = open_page(navigation.PHOTOS)
    app.button(key=f"{Widget.STEP}-bring").click().run()
    app.selectbox(key=Widget.INTO).set_value("made1").run()
    choose_way(app, words.SOURCE_ZIP)
    app.file_uploader[0].set_value(("more.zip", a_zip(), "application/zip"))
    app.run()
    app.button(key=Widget.FIND_FACES).click().run()
    assert not app.exception
    request = only_job(lab_home).request()
    assert (request["kind"], request["dataset_id"], request["version"]) == ("add", "made1", 1)
    assert app.title[0].value == words.FINDING


def test_a_zip_is_queued_with_its_settings_and_leaves_the_memory(open_page, lab_home) -> None:
    app = choose_way(open_page(navigation.PHOTOS), words.SOURCE_ZIP)
    app.radio(key=Widget.DETECTOR).set_value("haar")
    app.slider(key=Widget.MARGIN).set_value(50)
    app.file_uploader[0].set_value(("class.zip", a_zip(), "application/zip"))
    app.run()
    app.button(key=Widget.FIND_FACES).click().run()
    assert not app.exception
    request = only_job(lab_home).request()
    assert (request["kind"], request["lane"], request["name"]) == ("crop", "helper", "class")
    assert (request["crop"]["detector"], request["crop"]["margin"]) == ("haar", 0.5)
    assert app.title[0].value == words.FINDING
    only_job(lab_home).ask_to_stop()
    app.run()
    assert app.title[0].value == words.BRING
    assert app.file_uploader[0].value is None
    assert app.info[0].value == words.CROP_STOPPED
    assert jobs.draft(lab_home, "zip").pile(0).names == ("class.zip",)
    app.button(key=Widget.DROP_DRAFT).click().run()
    assert jobs.draft(lab_home, "zip").n_files() == 0


def test_a_published_collection_is_queued_with_how_many_were_asked_for(open_page, lab_home) -> None:
    app = open_page(navigation.PHOTOS)
    app.segmented_control(key=Widget.SOURCE).set_value(words.SOURCE_INTERNET).run()
    assert any("University of Massachusetts" in caption.value for caption in app.caption)
    app.radio(key=Widget.COLLECTION).set_value("olivetti").run()
    assert any("AT&T" in caption.value for caption in app.caption)
    app.number_input[0].set_value(4)
    app.number_input[1].set_value(8)
    app.button(key=Widget.FIND_FACES).click().run()
    assert not app.exception
    request = only_job(lab_home).request()
    assert (request["kind"], request["collection"], request["people"], request["photos"]) == ("fetch", "olivetti", 4, 8)
    only_job(lab_home).emit("progress", step="download", done=2_000_000, total=4_300_000)
    app.run()
    assert app.title[0].value == words.FINDING


def test_a_folder_is_queued_by_its_path(open_page, lab_home, tmp_path) -> None:
    app = open_page(navigation.PHOTOS)
    choose_way(app, words.SOURCE_FOLDER)
    # As Explorer copies it.
    app.text_input(key=Widget.FOLDER).set_value(f'"{tmp_path}"').run()
    app.button(key=Widget.FIND_FACES).click().run()
    assert only_job(lab_home).request()["source"] == str(tmp_path)


def test_a_search_that_is_going_on_is_found_again_and_can_be_stopped(open_page, lab_home) -> None:
    job = JobFolder.create(lab_home.jobs / "j1", {"kind": "crop", "lane": "helper", "source": "x"}, state="queued")
    with job.held():
        job.set_state("running")
        job.emit("progress", step="crop", done=30, total=120)
        app = open_page(navigation.PHOTOS)
        assert app.title[0].value == words.FINDING
        app.button(key=Widget.STOP_CROP).click().run()
        assert (job.path / "stop").exists()
        assert app.button(key=Widget.STOP_CROP).label == common.STOPPING


def test_a_search_that_failed_says_why_above_the_form(open_page, lab_home) -> None:
    app = choose_way(open_page(navigation.PHOTOS), words.SOURCE_ZIP)
    app.file_uploader[0].set_value(("class.zip", a_zip(), "application/zip"))
    app.run()
    app.button(key=Widget.FIND_FACES).click().run()
    only_job(lab_home).set_state("failed", 'Person "<b>anna" has 1 photo; add photos.')
    app.run()
    assert not app.exception
    (error,) = app.error
    assert r"\<b\>anna" in error.value
    assert app.title[0].value == words.BRING


def test_the_end_of_a_search_is_told_once(open_page, lab_home, tmp_path) -> None:
    fakes.dataset(lab_home)
    app = open_page(navigation.PHOTOS)
    app.button(key=f"{Widget.STEP}-bring").click().run()
    choose_way(app, words.SOURCE_FOLDER)
    app.text_input(key=Widget.FOLDER).set_value(str(tmp_path)).run()
    app.button(key=Widget.FIND_FACES).click().run()
    only_job(lab_home).set_state("failed", "There are no photos here; bring others.")
    app.run()
    assert len(app.error) == 1
    app.run()
    assert not app.error


def test_after_a_refresh_the_end_of_a_search_is_found_on_disk(open_page, lab_home) -> None:
    fakes.dataset(lab_home, dataset_id="found1", name="found")
    fakes.dataset(lab_home, ("Dayo", "Emil"), dataset_id="newer1", name="newer")
    job = JobFolder.create(lab_home.jobs / "j1", {"kind": "crop", "lane": "helper", "source": "x"}, state="done")
    job.write_result({"dataset_id": "found1", "version": 1})
    app = open_page(navigation.PHOTOS)
    assert app.selectbox[0].value == "found1"
    assert open_page(navigation.PHOTOS).selectbox[0].value == "newer1"


def an_interrupted_search(lab_home) -> JobFolder:
    path = lab_home.jobs / "j1"
    request = {"kind": "crop", "lane": "helper", "source": str(path / ended_jobs.UPLOAD)}
    job = JobFolder.create(path, request, state="interrupted")
    (path / ended_jobs.UPLOAD).write_bytes(a_zip())
    return job


def test_an_interrupted_search_keeps_its_photos_and_goes_on(open_page, lab_home) -> None:
    job = an_interrupted_search(lab_home)
    app = open_page(navigation.PHOTOS)
    app.run()
    assert any(words.SEARCH_CUT_OFF in part.value for part in app.markdown)
    app.button(key=Widget.GO_ON_SEARCHING).click().run()
    assert not app.exception
    assert app.title[0].value == words.FINDING
    assert job.status().state == "queued"
    assert (job.path / ended_jobs.UPLOAD).exists()


def test_an_interrupted_search_can_be_left_or_has_lost_its_photos(open_page, lab_home) -> None:
    app = open_page(navigation.PHOTOS)
    job = an_interrupted_search(lab_home)
    app.run()
    app.button(key=Widget.LEAVE_SEARCH).click().run()
    assert not job.path.exists()
    job = an_interrupted_search(lab_home)
    (job.path / ended_jobs.UPLOAD).unlink()
    app.run()
    assert app.info[0].value == words.CROP_INTERRUPTED
    assert not app.run().info


def test_the_drawn_people_stopped_do_not_lead_own_photos_past_the_review(open_page, lab_home) -> None:
    fakes.dataset(lab_home)
    app = open_page(navigation.START)
    app.button(key=Widget.TRY_IT).click().run()
    only_job(lab_home).ask_to_stop()
    app.switch_page(navigation.PHOTOS).run()
    assert app.info[0].value == words.CROP_STOPPED
    own = JobFolder.create(lab_home.jobs / "own", {"kind": "crop", "lane": "helper", "source": "x"}, state="done")
    own.write_result({"dataset_id": "made1", "version": 1})
    app.run()
    assert app.title[0].value == "36 faces ready, 1 photo needs a look."


def test_faces_are_checked_first_and_nobody_has_to_look(open_page, lab_home) -> None:
    fakes.dataset(lab_home)
    app = open_page(navigation.PHOTOS)
    assert app.title[0].value == "36 faces ready, 1 photo needs a look."
    wall = next(part.body for part in app.get("html") if "lab-people" in part.body)
    assert wall.count("<img") == 36
    assert "Bo **bold** &lt;b&gt;" in wall
    app.button(key=Widget.CONTINUE).click().run()
    assert app.title[0].value == words.STACKS
    # That was a decision: the next visit goes on from there.
    app.switch_page(navigation.TRAIN).run()
    app.switch_page(navigation.PHOTOS).run()
    assert app.title[0].value == words.STACKS


def open_split(app):
    return app.button(key=f"{Widget.STEP}-split").click().run()


def test_photos_are_shown_as_three_stacks_with_what_they_allow(open_page, lab_home) -> None:
    fakes.dataset(lab_home)
    app = open_split(open_page(navigation.PHOTOS))
    assert app.title[0].value == words.STACKS
    stacks = next(part.body for part in app.get("html") if "lab-stacks" in part.body)
    assert "18 photos" in stacks
    assert "Bo **bold** &lt;b&gt;" in stacks
    assert "<b>" not in stacks
    said = [part.value for part in app.markdown]
    assert words.allows("Ada", 12, 4) in said
    assert words.advice(18, False, True, "all") in said
    app.segmented_control(key=Widget.SIMILAR).set_value(words.DIFFERENT).run()
    assert words.advice(18, False, False, "some") in [part.value for part in app.markdown]
    app.button(key=Widget.TRAIN_WITH_THESE).click().run()
    assert app.title[0].value == train_words.TRAIN_TITLE


def test_of_several_the_chosen_one_is_shown_and_others_can_be_brought(open_page, lab_home) -> None:
    fakes.dataset(lab_home, dataset_id="old1", name="old")
    fakes.dataset(lab_home, ("Dayo", "Emil"), dataset_id="new1", name="new")
    app = open_split(open_page(navigation.PHOTOS))
    app.selectbox[0].set_value("old1").run()
    assert any("18 photos" in part.body for part in app.get("html"))
    app.button(key=Widget.BRING_OTHERS).click().run()
    assert app.title[0].value == words.BRING


def test_deleting_photos_takes_their_experiments_and_leaves_others_and_what_waits(open_page, lab_home) -> None:
    kept = fakes.run(lab_home, fakes.dataset(lab_home, ("Dayo", "Emil"), dataset_id="kept1", name="kept"))
    gone = fakes.run(lab_home, fakes.dataset(lab_home))
    draft = jobs.draft(lab_home, "zip")
    draft.set_zip("class.zip", io.BytesIO(a_zip()))
    app = open_page(navigation.PHOTOS)
    app.button(key=Widget.DELETE_DATASET_SURE).click().run()
    assert not app.exception
    assert [dataset.id for dataset in versions.list_datasets(lab_home)] == ["kept1"]
    assert kept.path.exists()
    assert not gone.path.exists()
    assert draft.n_files() == 1
    assert app.title[0].value == "24 faces ready, 1 photo needs a look."


def test_erasing_everything_leaves_nothing_and_says_how_much_it_was(open_page, lab_home) -> None:
    fakes.run(lab_home, fakes.dataset(lab_home))
    app = open_page(navigation.PHOTOS)
    app.button(key=Widget.ERASE_SURE).click().run()
    assert app.success[0].value.startswith("Erased: 36 photos")
    assert app.title[0].value == words.BRING
    assert not lab_home.runs.exists()
    assert not lab_home.photos.exists()


@pytest.mark.parametrize("sure", [Widget.ERASE_SURE, Widget.DELETE_DATASET_SURE])
def test_an_experiment_that_waits_is_stopped_and_goes_too(open_page, lab_home, sure) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home), state="queued", tested=False)
    app = open_page(navigation.PHOTOS)
    app.button(key=sure).click().run()
    assert not app.exception
    assert not app.error
    assert not run.path.exists()
    assert versions.list_datasets(lab_home) == []


class Edits:
    """Fakes of edits: keep what was asked, and return the data set unchanged."""

    def __init__(self, monkeypatch, *names: str) -> None:
        self.asked: list[tuple[object, ...]] = []
        for name in names:
            monkeypatch.setattr(edits, name, self.edit(name))

    def edit(self, name: str):
        def fake(workspace, dataset, *how, is_used, **named):
            self.asked.append((name, *how, is_used(dataset), named))
            return dataset

        return fake


def group_photo(lab_home, **changes) -> Dataset:
    """Write a data set whose first photo shows two faces, and which left three files out."""
    dataset = fakes.dataset(lab_home)
    first, *others = dataset.items
    group = LeftOut(first.name, "shows 2 faces", first.sha256, "Ada", "train", "several_faces", 0)
    left_out = (
        LeftOut("Ada/garden.jpg", "shows no face", others[0].sha256, "Ada", kind="no_face"),
        LeftOut("Ada/film.mp4", "is a video", kind="not_a_photo"),
        LeftOut("Zoe/1.jpg", "is too few", others[1].sha256, "Zoe", kind="too_few"),
    )
    items = (replace(first, n_faces=2, face=0), *others)
    dataset = replace(dataset, items=items, to_review=(group,), left_out=left_out, **changes)
    save_dataset(lab_home, dataset)
    return dataset


def open_review(app):
    return app.button(key=Widget.LOOK_AT_THEM).click().run()


def buttons_of(app, widget: Widget):
    return [button for button in app.button if button.key.startswith(f"{widget}-")]


def test_a_group_photo_is_decided_with_a_click_and_our_guesses_with_one(open_page, lab_home, monkeypatch) -> None:
    dataset = group_photo(lab_home)
    first = dataset.items[0]
    app = open_page(navigation.PHOTOS)
    assert app.title[0].value == "36 faces ready, 3 photos need a look."
    assert app.button(key=Widget.LOOK_AT_THEM).label == "Check the 3 photos"
    # Of those that are used, the one that needs a look stands out in the wall.
    (wall,) = [part.body for part in app.get("html") if '<div class="lab-people">' in part.body]
    assert wall.count('class="lab-to-check"') == 1
    assert f'title="{first.name}: {words.TO_CHECK}"' in wall
    open_review(app)
    # Nobody compared the faces yet: that is asked for at once, and the photo can be decided meanwhile.
    assert only_job(lab_home).request()["kind"] == "compare"
    assert [button.proto.type for button in buttons_of(app, Widget.THIS_FACE)] == ["primary", "secondary"]
    save_similarity(lab_home, dataset, Similarity({first.sha256: Guess(1, True, (0.1, 0.9))}))
    only_job(lab_home).set_state("done")
    asked = Edits(monkeypatch, "choose_face", "choose_faces").asked
    app.run()
    assert [button.proto.type for button in buttons_of(app, Widget.THIS_FACE)] == ["secondary", "primary"]
    buttons_of(app, Widget.THIS_FACE)[1].click().run()
    app.button(key=Widget.TAKE_GUESSES).click().run()
    assert not app.exception
    assert asked == [
        ("choose_face", first.sha256, 1, False, {"of": "Ada"}),
        ("choose_faces", {first.sha256: 1}, False, {}),
    ]


def test_two_close_faces_are_asked(open_page, lab_home) -> None:
    dataset = group_photo(lab_home)
    save_similarity(lab_home, dataset, Similarity({dataset.items[0].sha256: Guess(1, False, (0.8, 0.9))}))
    app = open_review(open_page(navigation.PHOTOS))
    assert words.CANNOT_TELL in [caption.value for caption in app.caption]
    assert [button.proto.type for button in buttons_of(app, Widget.THIS_FACE)] == ["secondary", "secondary"]
    assert Widget.TAKE_GUESSES not in [button.key for button in app.button]


def test_other_questions_have_their_decisions(open_page, lab_home, monkeypatch) -> None:
    dataset = group_photo(lab_home)
    stranger, no_face = dataset.items[5], dataset.left_out[0]
    odd = Mislabeled(stranger.sha256, stranger.name, "Ada", dataset.people[1])
    save_similarity(lab_home, dataset, Similarity({}, (odd,)))
    asked = Edits(monkeypatch, "use_photo", "leave_out", "move_photos", "confirm").asked
    app = open_review(open_page(navigation.PHOTOS))
    buttons_of(app, Widget.USE_WHOLE)[0].click().run()
    app.button(key=f"{Widget.ALL_OF_KIND}-no_face").click().run()
    for button in (0, 1):
        buttons_of(app, Widget.IT_IS)[button].click().run()
    assert not app.exception
    assert [call[:-1] for call in asked] == [
        ("use_photo", no_face.sha256, None, False),
        ("leave_out", [no_face.sha256], False),
        ("confirm", [stranger.sha256], False),
        ("move_photos", [stranger.sha256], dataset.people[1], False),
    ]
    assert any(words.waits("Zoe", 1) == part.value for part in app.markdown)
    # Who has too few photos gets more: the form is set to join them.
    app.button(key=Widget.BRING_OTHERS).click().run()
    assert app.selectbox(key=Widget.INTO).value == dataset.id


def extra_photos(lab_home) -> Dataset:
    """Write a data set with five photos of Ada beside its stacks, and a used one with a small face."""
    dataset = fakes.dataset(lab_home)
    store = PhotoStore(lab_home.photos)
    kinds = ("several_faces", "small_face", "spare", "no_face", "unreadable")
    spares = tuple(
        LeftOut(f"more/Ada/{kind}.jpg", "lies beside", store.add(fakes.photo(900 + n)), "Ada", "train", kind,
                None if kind == "no_face" else 0, n_faces=2 if kind == "several_faces" else 1, extra=True)
        for n, kind in enumerate(kinds)
    )  # fmt: skip
    dataset = replace(dataset, left_out=spares)
    save_dataset(lab_home, dataset)
    return dataset


def test_photos_beside_the_stacks_are_asked_each_as_what_it_is(open_page, lab_home, monkeypatch) -> None:
    dataset = extra_photos(lab_home)
    several, small, spare, no_face, unreadable = (entry.sha256 for entry in dataset.left_out)
    save_similarity(lab_home, dataset, Similarity({str(several): Guess(1, True, (0.1, 0.9))}))
    app = open_page(navigation.PHOTOS)
    assert app.title[0].value == "36 faces ready, 6 photos need a look."
    asked = Edits(monkeypatch, "choose_face", "choose_faces", "use_photo", "leave_out", "confirm").asked
    open_review(app)
    assert words.question("spare", 1) in [part.value for part in app.subheader]
    assert words.SPARE_HOW in [part.value for part in app.markdown]
    (listed,) = [part for part in app.expander if part.label == words.question("unreadable", 1)]
    assert listed.proto.expanded, "it counts among what needs a look"
    buttons_of(app, Widget.THIS_FACE)[1].click().run()
    app.button(key=Widget.TAKE_GUESSES).click().run()
    # Of the two small faces one is used already, so it is kept; no button answers for both.
    assert len(buttons_of(app, Widget.KEEP)) == 1
    assert Widget.ALL_OF_KIND.of("small_face") not in [button.key for button in app.button]
    assert [button.label for button in buttons_of(app, Widget.USE_AGAIN)] == [words.USE] * 2
    for button in (0, 1):
        buttons_of(app, Widget.USE_AGAIN)[button].click().run()
    buttons_of(app, Widget.USE_WHOLE)[0].click().run()
    for kind in ("spare", "unreadable"):
        app.button(key=Widget.ALL_OF_KIND.of(kind)).click().run()
    assert not app.exception
    assert asked == [
        ("choose_face", several, 1, False, {"of": "Ada"}),
        ("choose_faces", {several: 1}, False, {}),
        ("use_photo", small, 0, False, {"of": "Ada"}),
        ("use_photo", spare, 0, False, {"of": "Ada"}),
        ("use_photo", no_face, None, False, {"of": "Ada"}),
        ("leave_out", [spare], False, {}),
        ("leave_out", [unreadable], False, {}),
    ]
    assert len(buttons_of(app, Widget.LEAVE_OUT)) == 5


def test_names_that_may_mean_one_person_are_offered_for_merging(open_page, lab_home, monkeypatch) -> None:
    fakes.dataset(lab_home, ("Leila", "Leïla", "Emil"))
    asked = Edits(monkeypatch, "rename_person").asked
    app = open_review(open_page(navigation.PHOTOS))
    (merge,) = buttons_of(app, Widget.MERGE_NAMES)
    merge.click().run()
    assert asked == [("rename_person", "Leïla", "Leila", False, {})]
    buttons_of(app, Widget.TWO_PEOPLE)[0].click().run()
    assert buttons_of(app, Widget.MERGE_NAMES) == []


def test_people_and_photos_can_be_changed(open_page, lab_home, monkeypatch) -> None:
    run = fakes.run(lab_home, fakes.dataset(lab_home))
    first = run.dataset.items[0]
    asked = Edits(monkeypatch, "rename_person", "remove_person", "remove_photos", "move_photos", "rename_dataset").asked
    app = open_page(navigation.PHOTOS)
    app.button(key=Widget.CHANGE_PEOPLE).click().run()
    next(field for field in app.text_input if Widget.NEW_NAME in field.key).set_value(" Adam  B ").run()
    next(box for box in app.selectbox if Widget.SAME_AS in box.key).set_value("Chen :smile:").run()
    app.button(key=Widget.REMOVE_PERSON_SURE).click().run()
    app.checkbox[0].check().run()
    app.button(key=Widget.REMOVE_PHOTOS).click().run()
    assert not app.exception
    # An experiment used them, so its version stays.
    next(field for field in app.text_input if Widget.CALLED in field.key).set_value("Us").run()
    assert asked.pop() == ("rename_dataset", "Us", True, {})
    assert asked == [
        ("rename_person", "Ada", "Adam B", True, {}),
        ("rename_person", "Ada", "Chen :smile:", True, {}),
        ("remove_person", "Ada", True, {}),
        ("remove_photos", [first.sha256], True, {"of": "Ada"}),
    ]


def test_a_removal_says_before_what_keeps_the_photos_and_takes_it_too(open_page, lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    run = fakes.run(lab_home, dataset)
    app = open_page(navigation.PHOTOS)
    app.button(key=Widget.CHANGE_PEOPLE).click().run()
    assert words.kept_by(1, 0) in [caption.value for caption in app.caption]
    app.button(key=Widget.REMOVE_PERSON_ALL).click().run()
    assert not app.exception
    assert not run.path.exists()
    left = load_dataset(lab_home, dataset.id)
    assert dataset.people[0] not in left.people
    assert {path.parent.name for path in lab_home.photos.glob("*/*/original")} == left.sha256s()


def test_an_edit_that_cannot_be_made_says_why_once(open_page, lab_home, monkeypatch) -> None:
    fakes.dataset(lab_home)

    def fails(*_, **__):
        raise DatasetError("Person <b> is needed.")

    monkeypatch.setattr(edits, "remove_person", fails)
    app = open_page(navigation.PHOTOS)
    app.button(key=Widget.CHANGE_PEOPLE).click().run()
    app.button(key=Widget.REMOVE_PERSON_SURE).click().run()
    assert r"\<b\>" in app.error[0].value
    assert not app.run().error


def test_another_way_of_finding_faces_crops_again(open_page, lab_home) -> None:
    fakes.dataset(lab_home)
    app = open_page(navigation.PHOTOS)
    assert app.button(key=Widget.FIND_AGAIN).disabled
    app.radio(key=Widget.DETECTOR.of("made1", 1)).set_value("haar").run()
    app.button(key=Widget.FIND_AGAIN).click().run()
    request = only_job(lab_home).request()
    assert (request["kind"], request["dataset_id"], request["crop"]["detector"]) == ("recrop", "made1", "haar")
    assert request["crop"]["size_px"] == 40
    assert app.title[0].value == words.FINDING


def test_stacks_are_dealt_again_and_groups_parted(open_page, lab_home, monkeypatch) -> None:
    dataset = fakes.dataset(lab_home)
    first, second, *others = dataset.items
    save_dataset(lab_home, replace(dataset, items=(first, replace(second, group=first.group), *others)))
    asked = Edits(monkeypatch, "resplit", "ungroup").asked
    app = open_split(open_page(navigation.PHOTOS))
    next(field for field in app.number_input if "-train-" in field.key).set_value(50).run()
    app.button(key=Widget.SPLIT_AGAIN).click().run()
    buttons_of(app, Widget.UNGROUP)[0].click().run()
    assert not app.exception
    assert asked[0][1] == SplitConfig(0.5, 0.15, 0.35)
    assert asked[1][0] == "ungroup"
    assert {first.sha256, second.sha256} <= set(asked[1][1])


def test_what_the_command_line_allows_can_be_shown_too(open_page, lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    crop = replace(dataset.crop, margin=1.5)
    save_dataset(lab_home, replace(dataset, split=SplitConfig(0.95, 0.02, 0.03), crop=crop))
    app = open_page(navigation.PHOTOS)
    assert app.slider[0].value == 150
    open_split(app)
    assert not app.exception
    assert [field.value for field in app.number_input] == [95, 2, 3]
    # Another data set's fractions are its own.
    fakes.dataset(lab_home, ("Dayo", "Emil"), dataset_id="other1", name="other")
    app.run()
    app.selectbox[0].set_value("other1").run()
    assert [field.value for field in app.number_input] == [60, 15, 25]


def test_a_photo_that_lies_twice_in_a_folder_can_be_changed(open_page, lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    first, second, *others = dataset.items
    save_dataset(lab_home, replace(dataset, items=(first, replace(second, sha256=first.sha256), *others)))
    app = open_page(navigation.PHOTOS)
    app.button(key=Widget.CHANGE_PEOPLE).click().run()
    assert not app.exception


def test_too_few_photos_lead_to_more_not_to_training(open_page, lab_home) -> None:
    dataset = fakes.dataset(lab_home)
    save_dataset(lab_home, replace(dataset, people=("Ada",), items=dataset.items[:2]))
    app = open_split(open_page(navigation.PHOTOS))
    assert app.warning[0].value == words.NOT_ENOUGH
    assert Widget.TRAIN_WITH_THESE not in [button.key for button in app.button]
    app.button(key=Widget.BRING_OTHERS).click().run()
    assert app.title[0].value == words.BRING


def test_training_says_which_photos_where_the_chosen_ones_are_not_enough(open_page, lab_home) -> None:
    fakes.dataset(lab_home, dataset_id="enough1", name="enough")
    few = fakes.dataset(lab_home, ("Dayo", "Emil"), dataset_id="few1", name="few")
    save_dataset(lab_home, replace(few, people=("Dayo",), items=few.items[:2]))
    app = open_page(navigation.TRAIN)
    assert common.learns_from(escape.plain("enough (3 people)")) in [caption.value for caption in app.caption]


def test_two_data_sets_of_one_name_are_told_apart(open_page, lab_home) -> None:
    """A picker knows its options by what is written on them; two alike were one."""
    for dataset_id, people in (("first1", ("Ada", "Bo")), ("second1", ("Dayo", "Emil"))):
        fakes.dataset(lab_home, people, dataset_id=dataset_id, name="us")
    app = open_page(navigation.PHOTOS)
    assert app.selectbox[0].options == ["us (2 people)", "us (2 people) · 2"]
    app.selectbox[0].set_value("first1").run()
    app.button(key=Widget.CHANGE_PEOPLE).click().run()
    assert app.selectbox(key=f"{Widget.WHOM}-first1").value == "Ada"
    app.run()
    assert app.selectbox(key=f"{Widget.WHOM}-first1").value == "Ada"
    app.button(key=f"{Widget.STEP}-bring").click().run()
    assert len(set(app.selectbox(key=Widget.INTO).options)) == 3


def test_photos_that_look_alike_can_be_parted_where_somebody_waits_for_more(open_page, lab_home, monkeypatch) -> None:
    dataset = fakes.dataset(lab_home)
    alike = [LeftOut(f"Zoe/{n}.jpg", "are alike", dataset.items[n].sha256, "Zoe", kind="too_few") for n in range(3)]
    save_dataset(lab_home, replace(dataset, left_out=tuple(alike)))
    asked = Edits(monkeypatch, "ungroup_person").asked
    app = open_review(open_page(navigation.PHOTOS))
    buttons_of(app, Widget.UNGROUP)[0].click().run()
    assert asked == [("ungroup_person", "Zoe", False, {})]
