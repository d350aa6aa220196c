"""A whole school: more people than a page draws one by one."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from core.data.dataset import Dataset
from core.evaluation import metrics
from core.experiments.predictions import Predictions
from core.jobfolder import JobFolder
from core.sweeps.plan import SweepPlan
from core.workspace import Workspace
from tests import fakes
from tests.made_sweeps import first_right, make_sweep
from tests.pages import reading
from ui import jobs, navigation
from ui.charts import colours, confusion_matrix
from ui.photos import naming
from ui.state import Param, Widget
from ui.text import common
from ui.text import photos as words
from ui.text import test as test_words

SCHOOL = tuple(f"Pupil {number:03}" for number in range(208))


@pytest.fixture
def school(lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    monkeypatch.setattr(fakes, "EACH", {"train": 1, "validation": 1, "test": 1})
    return fakes.dataset(lab_home, SCHOOL, test_each=1)


def test_every_page_opens_with_208_people_and_says_that_it_draws_some(open_page, lab_home, school) -> None:
    fakes.run(lab_home, school)
    newest = fakes.run(lab_home, school)
    sweep = make_sweep(lab_home, school, SweepPlan(depths=(13,), seeds=(0,)), first_right(lambda cell: 0.5))
    some = {
        navigation.START: common.some_of(8, 208),
        navigation.PHOTOS: "",
        navigation.TRAIN: common.some_of(48, 208),
        navigation.TEST: common.some_of(20, 208, test_words.MOST_CONFUSED),
        navigation.LIBRARY: "",
        navigation.COMPARE: "",
    }
    for page, said in some.items():
        named = {Param.SWEEP: sweep.id} if page == navigation.COMPARE else {Param.RUN: newest.id}
        app = open_page(page, **{str(name): value for name, value in named.items()})
        assert not app.exception, page
        assert not said or said in reading.texts(app, "caption"), page


def test_the_confusion_matrix_of_208_people_draws_twenty_in_colours_of_their_own(lab_home, school) -> None:
    predictions = fakes.run(lab_home, school).predictions()
    assert isinstance(predictions, Predictions)
    said = predictions.probabilities.argmax(axis=1)
    confusion = np.zeros((208, 208), np.int64)
    np.add.at(confusion, (predictions.labels, said), 1)
    figure = confusion_matrix.confusion_figure(confusion, SCHOOL)
    assert len(figure.layout.xaxis.ticktext) == metrics.MOST_PEOPLE == 20
    assert len({(colours.person_colour(label), colours.person_mark(label)) for label in range(100)}) == 100


def test_a_refused_zip_waits_again_and_who_is_too_many_is_asked_before_the_search(
    open_page, lab_home, monkeypatch
) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for person, photos in (("Ada", 3), ("Bo", 3), ("Chen", 1), ("Dayo", 2)):
            for number in range(photos):
                archive.writestr(f"{person}/{number}.png", fakes.photo(number))
    app = open_page(navigation.PHOTOS)
    app.segmented_control(key=Widget.SOURCE).set_value(words.SOURCE_ZIP).run()
    app.file_uploader[0].set_value(("class.zip", data.getvalue(), "application/zip")).run()
    app.button(key=Widget.FIND_FACES).click().run()
    (job,) = (JobFolder(path) for path in lab_home.jobs.iterdir() if JobFolder(path).exists())
    job.set_state("failed", "There are 4 people, at most 2 can be learned; choose whom to leave out.")
    monkeypatch.setattr(naming, "MAX_PEOPLE", 2)
    # Another visitor sees it too, where it was brought.
    app = open_page(navigation.PHOTOS)
    assert app.segmented_control(key=Widget.SOURCE).value == words.SOURCE_ZIP
    assert jobs.draft(lab_home, "zip").n_files() == 1
    assert words.too_many_people(4, 2) in reading.texts(app, "warning")
    (asked,) = app.multiselect
    assert asked.value == ["Chen", "Dayo"]
    asked.set_value(["Chen"]).run()
    app.button(key=Widget.FIND_FACES).click().run()
    assert jobs.open_job(lab_home, "crop") is None
    app.multiselect[0].set_value(["Ada", "Chen"]).run()
    app.button(key=Widget.FIND_FACES).click().run()
    assert not app.exception
    search = jobs.open_job(lab_home, "crop")
    assert search is not None
    assert search.request()["without"] == ["Ada", "Chen"]
