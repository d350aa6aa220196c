"""The live picture: one or two networks say who is before the webcam, and whoever sits there tries to fool them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import streamlit as st

from core.experiments.listing import ListedRun, RunList
from core.live import naming
from core.live.messages import Because, Network, Seen, SeenFace, Why
from core.schema import convert
from core.workspace import Workspace
from ui import jobs, page, server, state
from ui.charts import colours
from ui.components import camera
from ui.state import Param, Widget
from ui.test import fooling, new_photos
from ui.test.fooling import Fooling
from ui.text import common, runs
from ui.text import test as test_words
from ui.text import webcam as words

MOST_BARS = 8


@dataclass(frozen=True)
class _Picture:
    """What the browser sends with each picture.

    Attributes:
        trick: what is being tried; None where nothing is.
        truth: label of who really sits there, -1 for somebody else, None where nobody said.
        why: the answer to this picture is to be explained.
    """

    n: int
    jpeg: str
    trick: str | None = None
    truth: int | None = None
    why: bool = False


@dataclass
class Watched:
    """What a session has seen live of a run.

    Attributes:
        answer: to the newest picture, as live.js reads it.
        error: why there is none.
    """

    run_id: str
    answer: dict[str, Any] | None = None
    error: str = ""
    fooling: Fooling = field(default_factory=Fooling)


@dataclass(frozen=True)
class _Asked:
    """Who is asked: the run, the one beside it, and from which probability on a name is said."""

    rows: tuple[ListedRun, ...]
    sure_from: float

    @property
    def people(self) -> tuple[str, ...]:
        return self.rows[0].run.dataset.people

    def networks(self) -> tuple[Network, ...]:
        return tuple(Network(str(row.run.model_path), row.run.dataset.crop) for row in self.rows)


def is_asked_for() -> bool:
    """Return whether the address asks for the live picture."""
    return Param.LIVE in st.query_params


def offer(row: ListedRun) -> None:
    """Draw the way to the live picture of a run."""
    if row.run.model_path.exists() and st.button(
        words.TRY_LIVE, key=Widget.TRY_LIVE, icon=":material/videocam:", width="stretch"
    ):
        st.query_params[Param.LIVE] = "1"
        st.rerun()


def show(workspace: Workspace, listed: RunList, row: ListedRun) -> None:
    """Draw the live picture of a run."""
    st.fragment(_watching)(workspace, listed, row)


@page.errors_as_sentences()
def _watching(workspace: Workspace, listed: RunList, row: ListedRun) -> None:
    """Draw all of it, anew with each picture; what stands outside could lose a click to the picture that follows."""
    watched = state.LIVE.get()
    if watched is None or watched.run_id != row.id:
        watched = Watched(row.id)
        state.LIVE.set(watched)
    sure, beside, back = st.columns([1.6, 3, 1.2], gap="medium", vertical_alignment="bottom")
    with sure:
        sure_from = new_photos.sure_from(words.NOT_SURE_BELOW)
    with beside:
        second = _beside(listed, row)
    with back:
        if st.button(words.TO_RESULT, key=Widget.TO_RESULT, width="stretch"):
            del st.query_params[Param.LIVE]
            st.rerun()
    asked = _Asked((row, second) if second else (row,), sure_from)
    heard = partial(_heard, workspace, watched, asked)
    camera.live(_data(watched, asked), Widget.LIVE, on_picture=heard)
    if watched.error:
        page.show_error(watched.error)
    fooling.add(workspace, watched.fooling, row.run.dataset)


def _beside(listed: RunList, row: ListedRun) -> ListedRun | None:
    """Ask which other experiment looks at the same face."""
    people = row.run.dataset.people
    others = {other.id: other for other in listed.all_tested if other.id != row.id}
    same = {run_id: other for run_id, other in others.items() if other.run.dataset.people == people}
    offered = {**same, **others}
    if not offered:
        return None
    titles = {"": words.NOBODY_BESIDE} | {run_id: _title(other) for run_id, other in offered.items()}
    chosen = st.selectbox(
        words.BESIDE,
        list(titles),
        format_func=common.distinct(titles).__getitem__,
        key=Widget.LIVE_BESIDE.of(row.id, len(titles)),
    )
    return offered.get(chosen)


def _title(row: ListedRun) -> str:
    return common.numbered(row.number, runs.what_learned(row))


def _data(watched: Watched, asked: _Asked) -> dict[str, Any]:
    texts = {
        "freeze": words.FREEZE,
        "go": words.RELEASE,
        "why": words.WHY,
        "rate": words.RATE,
        "fool": words.FOOL,
        "who": words.FOOL_WHO,
        "how": words.FOOL_HOW,
        "stranger": words.STRANGER,
        "tricks": words.TRICKS,
        "trying": words.TRYING,
        "troubles": words.TROUBLES,
    }
    tricks = {
        name: words.tried(trick.looks, trick.fooled, trick.unsure) for name, trick in watched.fooling.tricks.items()
    }
    return {"people": _people(asked.people), "answer": watched.answer, "tricks": tricks, "texts": texts}


def _people(people: Sequence[str]) -> list[dict[str, str]]:
    return [{"name": person, "colour": colours.person_colour(label)} for label, person in enumerate(people)]


def _heard(workspace: Workspace, watched: Watched, asked: _Asked, sent: Any) -> None:
    """Answer a picture. What is wrong is told once."""
    n = sent.get("n") if isinstance(sent, Mapping) else None
    watched.error = ""
    with page.errors_as_sentences(partial(_failed, watched, n)):
        picture = convert(sent, _Picture, "a picture")
        jpeg = camera.jpeg_of(sent)
        if picture.why:
            watched.answer = {"n": n, "why": _why(asked, jpeg)}
            return
        seen = server.live().look(jpeg, asked.networks())
        watched.answer = _answer(n, seen, asked)
        if picture.trick in words.TRICKS and picture.truth is not None and len(seen.faces) == 1:
            face = seen.faces[0]
            tried = fooling.Tried(picture.trick, picture.truth, face, naming.label_of(face, asked.sure_from), jpeg)
            pictures = jobs.fooled(workspace, asked.rows[0].run.dataset)
            watched.fooling.count(pictures, asked.people, tried)


def _failed(watched: Watched, n: Any, sentence: str) -> None:
    watched.error, watched.answer = sentence, {"n": n, "faces": [], "networks": []}


def _answer(n: Any, seen: Seen, asked: _Asked) -> dict[str, Any]:
    faces = []
    for face in seen.faces:
        said, colour = _name(face, asked)
        faces.append({"box": face.box, "name": said, "colour": colour})
    return {"n": n, "faces": faces, "networks": [_bars(place, row, seen) for place, row in enumerate(asked.rows)]}


def _name(face: SeenFace, asked: _Asked) -> tuple[str, str]:
    """Return what stands over a face, and its colour."""
    if face.says[0] is None:
        return "…", colours.UNSURE
    label = naming.label_of(face, asked.sure_from)
    if label is None:
        return test_words.NOT_SURE, colours.UNSURE
    return f"{asked.people[label]} {face.says[0][label]:.2f}", colours.person_colour(label)


def _bars(place: int, row: ListedRun, seen: Seen) -> dict[str, Any]:
    """Return what a network says of the largest face, as live.js reads it."""
    people = _people(row.run.dataset.people)
    drawn: dict[str, Any] = {"title": _title(row), "people": people, "answers": None, "note": ""}
    if not seen.faces:
        return drawn | {"note": words.NO_FACE}
    answers = seen.faces[0].says[place]
    if answers is None:
        return drawn | {"note": words.OPENING}
    shown = list(range(len(people)))
    if len(people) > MOST_BARS:
        shown = sorted(shown, key=lambda label: -answers[label])[:MOST_BARS]
    note = words.LARGEST if len(seen.faces) > 1 else ""
    best = naming.likeliest(answers)
    if naming.is_stranger(seen.faces[0], place, best):
        note = words.little_like(people[best]["name"])
    return drawn | {
        "people": [people[label] for label in shown],
        "answers": [answers[label] for label in shown],
        "note": note,
    }


def _why(asked: _Asked, jpeg: bytes) -> dict[str, Any]:
    """Explain what the first network says of a picture."""
    seen = server.live().look(jpeg, asked.networks()[:1])
    nothing = {"loss": [], "box": [0, 0, 0, 0], "said": words.NO_REASON}
    if not seen.faces or seen.faces[0].says[0] is None:
        return nothing
    answers = seen.faces[0].says[0]
    label = naming.likeliest(answers)
    found = server.live().ask(Why(jpeg, asked.networks()[0], label))
    if not isinstance(found, Because) or not found.loss:
        return nothing
    said = words.because(asked.people[label], found.whole, found.covered)
    return {"loss": found.loss, "box": found.box, "said": said}
