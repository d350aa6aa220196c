"""What is said of a picture: the name, "not sure" to strangers, bars, and what tricks come to."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from core.experiments.listing import ListedRun
from core.live.messages import PATCHES, Because, Refused, Seen, SeenFace
from core.live.naming import FAMILIAR_FROM
from core.workspace import Workspace
from tests.core.live.faces import jpeg, seen, webcam
from tests.ui.photos.test_capture import FakeLink
from ui import jobs, server
from ui.test import live
from ui.test.live import Watched, _Asked
from ui.text import test as test_words
from ui.text import webcam as words

PEOPLE = ("Ada", "Bo")
PICTURE = base64.b64encode(jpeg(webcam())).decode()
FAMILIAR = (FAMILIAR_FROM, FAMILIAR_FROM)


def face(*answers: float, likeness: tuple[float, ...] | None = FAMILIAR, grey: int = 100) -> SeenFace:
    return msgspec.structs.replace(seen(grey), says=(answers or None,), likeness=(likeness,))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> _Asked:
    monkeypatch.setattr(live, "_title", lambda row: "1. all blocks frozen")
    dataset = SimpleNamespace(id="abc", people=PEOPLE, crop=None)
    row = SimpleNamespace(run=SimpleNamespace(dataset=dataset, model_path="model.keras"))
    monkeypatch.setattr(_Asked, "networks", lambda self: ())
    return _Asked((cast("ListedRun", row),), 0.5)


def hears(monkeypatch: pytest.MonkeyPatch, workspace: Workspace, asked: _Asked, *given: Any, **sent: Any) -> Watched:
    """Send a picture for each answer of the live process; return what came of it."""
    watched, link = Watched("run"), FakeLink(*given)
    monkeypatch.setattr(server, "live", lambda: link)
    for n in range(len(given)):
        live._heard(workspace, watched, asked, {"n": n, "jpeg": PICTURE, **sent})
    return watched


@pytest.mark.parametrize(
    ("of", "name"),
    [
        (face(0.9, 0.1), "Ada 0.90"),
        (face(0.9, 0.1, likeness=None), "Ada 0.90"),
        (face(0.9, 0.1, likeness=(0.5, 0.99)), test_words.NOT_SURE),
        (face(0.4, 0.45), test_words.NOT_SURE),
        (face(), "…"),
    ],
)
def test_a_name_needs_a_likely_answer_and_a_familiar_face(
    asked: _Asked, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch, of: SeenFace, name: str
) -> None:
    watched = hears(monkeypatch, lab_home, asked, Seen((of,)))
    assert watched.answer
    assert [each["name"] for each in watched.answer["faces"]] == [name]


def test_the_bars_say_why_there_is_no_name(asked: _Asked, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def note(*faces: SeenFace) -> str:
        answer = hears(monkeypatch, lab_home, asked, Seen(faces)).answer
        assert answer
        return str(answer["networks"][0]["note"])

    assert note() == words.NO_FACE
    assert note(face()) == words.OPENING
    assert note(face(0.1, 0.9, likeness=(0.9, 0.2))) == words.little_like("Bo")
    assert note(face(0.9, 0.1), face(0.9, 0.1)) == words.LARGEST
    assert note(face(0.9, 0.1)) == ""


def test_tricks_are_counted_and_pictures_without_the_right_name_kept_once(
    asked: _Asked, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [face(0.9, 0.1), face(0.1, 0.9, grey=50), face(0.1, 0.9, grey=51), face(0.4, 0.4, grey=90)]
    watched = hears(monkeypatch, lab_home, asked, *(Seen((each,)) for each in given), trick="hat", truth=0)
    assert live._data(watched, asked)["tricks"] == {"hat": words.tried(4, 2, 1)}
    pictures = jobs.fooled(lab_home, asked.rows[0].run.dataset)
    assert [(each.name, pictures.count(each.number)) for each in pictures.sitters()] == [("Ada", (2, 0))]


def test_a_stranger_is_counted_and_belongs_to_nobody(
    asked: _Asked, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = hears(monkeypatch, lab_home, asked, Seen((face(0.9, 0.1),)), trick="stranger", truth=-1)
    assert watched.fooling.tricks["stranger"].fooled == 1
    assert jobs.fooled(lab_home, asked.rows[0].run.dataset).sitters() == ()
    for odd in ({"trick": "hat", "truth": None}, {"trick": "?", "truth": 0}, {"truth": 0}):
        assert hears(monkeypatch, lab_home, asked, Seen((face(0.1, 0.9),)), **odd).fooling.tricks == {}


def test_an_answer_is_explained(asked: _Asked, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Asked, "networks", lambda self: (SimpleNamespace(),))
    monkeypatch.setattr(live, "Why", lambda *parts: parts)
    loss = tuple(tuple(float(column) for column in range(PATCHES)) for _ in range(PATCHES))
    link = FakeLink(Seen((face(0.9, 0.1),)), Because(loss, 0.9, 0.4, (0, 0, 1, 1)))
    monkeypatch.setattr(server, "live", lambda: link)
    watched = Watched("run")
    live._heard(lab_home, watched, asked, {"n": 1, "jpeg": PICTURE, "why": True})
    assert watched.answer == {
        "n": 1,
        "why": {"loss": loss, "box": (0, 0, 1, 1), "said": words.because("Ada", 0.9, 0.4)},
    }


def test_a_refusal_is_one_sentence(asked: _Asked, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = hears(monkeypatch, lab_home, asked, Refused("This experiment was deleted; choose another one."))
    assert watched.error == "This experiment was deleted; choose another one."
    assert hears(monkeypatch, lab_home, asked, Seen(()), truth="?").error
