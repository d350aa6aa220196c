"""What is kept of a webcam's pictures: only of who agreed, only what is worth it, and nothing after the start."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from core.data.takes import Takes
from core.errors import LabError, PhotoError
from core.live.link import Link
from core.live.messages import Refused, Seen
from core.workspace import Workspace
from tests.core.live.faces import jpeg, seen, webcam
from tests.drawn import encoded, picture
from ui import jobs, server, state
from ui.photos import capture, single_pictures
from ui.photos.capture import Sitting
from ui.text import webcam as words

PICTURE = jpeg(webcam())


class FakeLink(Link):
    """Stands for the live process: gives its answers one after the other, the last one for ever."""

    def __init__(self, *answers: Any) -> None:
        super().__init__()
        self.answers = list(answers)

    def ask(self, question: object) -> Any:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def takes(lab_home: Workspace) -> Takes:
    return jobs.takes(lab_home)


@pytest.fixture
def sitting(monkeypatch: pytest.MonkeyPatch) -> Sitting:
    made = Sitting()
    monkeypatch.setattr(type(state.SITTING), "get", lambda key: made if key is state.SITTING else key.default)
    return made


def answers(monkeypatch: pytest.MonkeyPatch, *given: Any) -> None:
    link = FakeLink(*given)
    monkeypatch.setattr(server, "live", lambda: link)


def sent(n: int = 1, *, name: str = "Ada", agrees: bool = True, take: int | None = 1) -> dict[str, Any]:
    record = None if take is None else {"number": 1, "take": take}
    who = [{"number": 1, "name": name, "agrees": agrees}, {"number": 2, "name": "", "agrees": False}]
    return {"n": n, "jpeg": base64.b64encode(PICTURE).decode(), "who": who, "record": record}


def test_a_picture_is_kept_while_its_person_holds_the_button(
    takes: Takes, sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, Seen((seen(50),)), Seen((seen(90),)), Seen((seen(91),)), Seen((seen(150),)))
    for n in range(3):
        capture._heard(takes, sitting, sent(n))
    assert sitting.answer == {"n": 2, "box": seen().box, "kept": False, "hint": ""}
    capture._heard(takes, sitting, sent(3, take=None))
    assert takes.count(1) == (2, 0)
    assert [(each.number, each.name, each.agrees) for each in takes.sitters()] == [(1, "Ada", True)]
    note = capture._data(takes, sitting, [1, 2])["cards"][0]["note"]
    assert note == words.skipped(0, 1)


@pytest.mark.parametrize("who", [{"name": ""}, {"agrees": False}, {"take": 3}, {"take": None}])
def test_nobody_is_recorded_without_a_name_and_a_tick(
    takes: Takes, sitting: Sitting, monkeypatch: pytest.MonkeyPatch, who: dict[str, Any]
) -> None:
    answers(monkeypatch, Seen((seen(),)))
    capture._heard(takes, sitting, sent(**who))
    assert takes.count(1) == (0, 0)
    assert sitting.answer
    assert sitting.answer["box"] == seen().box


def test_what_is_wrong_with_a_picture_is_said(takes: Takes, sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, Seen((seen(), seen())), Refused("No."), LabError("It died."), Seen((seen(),)))
    capture._heard(takes, sitting, sent(1))
    assert (sitting.answer or {})["hint"] == words.HINTS["several"]
    for n, error in ((2, "No."), (3, "It died.")):
        capture._heard(takes, sitting, sent(n))
        assert (sitting.error, (sitting.answer or {})["n"]) == (error, n)
    for odd in (None, 7, "x", {"n": 4}, {**sent(4), "who": "?"}):
        capture._heard(takes, sitting, odd)
        assert "is damaged" in sitting.error
    capture._heard(takes, sitting, sent(5))
    assert (sitting.error, takes.count(1)) == ("", (1, 0))


def test_the_last_picture_of_a_recording_that_is_over_is_forgotten(
    takes: Takes, sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, Seen((seen(),)))
    capture._heard(takes, Sitting(), sent())
    assert not takes.path.exists()


def test_what_is_missing_is_said_before_the_start(takes: Takes) -> None:
    def record(number: int, name: str, pictures: int) -> str:
        takes.set_sitter(number, name, agrees=True)
        for _ in range(pictures):
            takes.keep(number, 1, PICTURE)
        return capture.missing(takes)

    assert record(1, "Ada", 8) == words.missing(False, "", 1, capture.ENOUGH)
    assert record(2, "ada", 8) == words.missing(False, "Ada", 2, capture.ENOUGH)
    assert record(2, "Bo", 0) == ""
    assert record(3, "", 1) == words.missing(True, "", 2, capture.ENOUGH)
    takes.set_sitter(1, "Ada", agrees=False)
    assert capture.missing(takes) == words.disagrees("Ada"), "who takes the tick away is not trained with"


def test_of_two_who_record_at_once_the_second_waits_its_turn(
    takes: Takes, sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their cards have the same numbers: each would name the other's pictures."""
    answers(monkeypatch, Seen((seen(50),)), Seen((seen(90),)))
    other = Sitting()
    other.take_turn(takes)
    capture._heard(takes, sitting, sent())
    assert (sitting.error, takes.sitters()) == (words.SOMEBODY_RECORDS, ())
    monkeypatch.setattr(capture, "TURN_S", 0.0)
    capture._heard(takes, sitting, sent())
    assert (sitting.error, takes.count(1)) == ("", (1, 0))
    other.take_turn(Takes(takes.path.with_name("another")))


def test_who_sits_there_is_taken_down_without_a_camera_too(takes: Takes, sitting: Sitting) -> None:
    capture._told(takes, sitting, [{"number": 2, "name": "Bo", "agrees": True}])
    assert [each.name for each in takes.sitters()] == ["Bo"]
    capture._told(takes, sitting, "?")
    assert "is damaged" in sitting.error


def test_single_pictures_are_two_places_and_a_bad_one_is_taken_again(
    takes: Takes, monkeypatch: pytest.MonkeyPatch
) -> None:
    takes.set_sitter(1, "Ada", agrees=True)
    answers(monkeypatch, Seen(()), Seen((seen(),)))
    wrong = single_pictures.keep(takes, 1, 0, PICTURE)
    assert wrong == words.NO_FACE_IN_SHOT.format(hint=words.HINTS["nobody"].lower())
    assert [single_pictures.keep(takes, 1, taken, PICTURE) for taken in range(len(words.SHOTS))] == [""] * 8
    assert takes.count(1) == (5, 3)


def test_a_photo_of_any_kind_becomes_a_picture_of_a_webcams_size() -> None:
    large = encoded(picture(1, 3000, 2000), "PNG")
    found = Image.open(io.BytesIO(single_pictures.as_webcam(large)))
    assert (found.format, found.size) == ("JPEG", (1280, 853))
    with pytest.raises(PhotoError):
        single_pictures.as_webcam(b"no picture")
