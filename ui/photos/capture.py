"""A webcam as a way to bring photos: who sits there is recorded in two places, then the training begins by itself."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from core import presets
from core.config import TrainConfig
from core.data.dataset import Dataset
from core.data.takes import TAKES, Sitter, Takes
from core.errors import LabError
from core.jobfolder import JobFolder
from core.live.recording import Hint, Recorder, placed_badly
from core.models import weights
from core.schema import convert
from core.workspace import Workspace
from ui import jobs, page, server, state
from ui.components import camera
from ui.photos import single_pictures
from ui.state import Widget
from ui.text import train as train_words
from ui.text import webcam as words

FEWEST, MOST = 10, 1000
USUAL_CARDS = 2
# So many pictures a person are worth a training: the eight single ones.
ENOUGH = len(words.SHOTS)
# Troubles that leave the single pictures. With the camera in another tab of the lab, they would take it from there.
ALONE = ("refused", "none", "taken", "unplugged", "insecure")
# Who records into which folder, and when the last picture came; after this time it is anybody's turn.
TURN_S = 2.0
_TURNS: dict[Path, tuple[str, float]] = {}
_TURNS_LOCK = threading.Lock()
WITH = (TrainConfig().preset, "webcam")


@dataclass(frozen=True)
class _Who:
    number: int
    name: str
    agrees: bool


@dataclass(frozen=True)
class _Record:
    number: int
    take: int


@dataclass(frozen=True)
class _Picture:
    """What the browser sends with each picture."""

    n: int
    jpeg: str
    who: tuple[_Who, ...]
    record: _Record | None


@dataclass
class Sitting:
    """What a session knows of its recording; the pictures themselves are on disk.

    Attributes:
        recorders: what was seen, by card and take.
        answer: to the newest picture, as capture.js reads it.
        trouble: what is wrong with the camera; "" where nothing is.
        error: why a picture could not be kept.
        cards: how many cards there are at least.
    """

    recorders: dict[tuple[int, int], Recorder] = field(default_factory=dict)
    answer: dict[str, Any] | None = None
    trouble: str = ""
    error: str = ""
    cards: int = USUAL_CARDS
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def recorder(self, number: int, take: int) -> Recorder:
        return self.recorders.setdefault((number, take), Recorder())

    def take_turn(self, takes: Takes) -> None:
        """Let this session be the one that records.

        Raises:
            LabError: another one does: two at once would mix up whose pictures are whose.
        """
        now_s = time.monotonic()
        with _TURNS_LOCK:
            whose, last_s = _TURNS.get(takes.path, (self.id, now_s))
            if whose != self.id and now_s - last_s < TURN_S:
                raise LabError(words.SOMEBODY_RECORDS)
            _TURNS[takes.path] = self.id, now_s

    def forget(self, number: int) -> None:
        self.recorders = {key: recorder for key, recorder in self.recorders.items() if key[0] != number}


def form(workspace: Workspace, into: Dataset | None) -> JobFolder | None:
    """Draw the cards, and the button that starts; what it queues is opened from here."""
    st.fragment(_recording)(workspace, into)
    return None


@page.errors_as_sentences()
def _recording(workspace: Workspace, into: Dataset | None) -> None:
    """Draw all of it, anew with each picture; what stands outside could lose a click to the picture that follows."""
    # Forgotten where somebody erased everything meanwhile.
    sitting: Sitting = state.SITTING.get() or Sitting()
    state.SITTING.set(sitting)
    takes = jobs.takes(workspace)
    camera.capture(
        _data(takes, sitting, _numbers(takes, sitting)),
        Widget.CAPTURE,
        on_picture=partial(_heard, takes, sitting),
        on_who=partial(_told, takes, sitting),
        on_again=partial(_again, takes, sitting),
        on_trouble=lambda wrong: setattr(sitting, "trouble", wrong if wrong in words.TROUBLES else ""),
    )
    if sitting.error:
        page.show_error(sitting.error)
    _below(workspace, takes, sitting, into)
    if sitting.trouble in ALONE:
        wrong = single_pictures.take(takes, may_use_camera=sitting.trouble != "insecure")
        if wrong is not None:
            sitting.error = wrong
            st.rerun(scope="fragment")


def _numbers(takes: Takes, sitting: Sitting) -> list[int]:
    known = [sitter.number for sitter in takes.sitters()]
    return sorted({*known, *range(1, sitting.cards + 1)})


def _data(takes: Takes, sitting: Sitting, numbers: list[int]) -> dict[str, Any]:
    cards, target = [], takes.target
    for number in numbers:
        sitter, counts = takes.sitter(number), takes.count(number)
        seen = [sitting.recorder(number, take) for take in range(1, TAKES + 1)]
        note = words.skipped(sum(each.blurred for each in seen), sum(each.equal for each in seen))
        cards.append(
            {"number": number, "name": sitter.name, "agrees": sitter.agrees, "counts": list(counts), "note": note}
            | {"all": words.all_there(sum(counts))}
        )
    texts = {
        "name": words.NAME,
        "agrees": words.AGREES,
        "hold": words.HOLD,
        "again": words.AGAIN,
        "counter": words.COUNTER,
        "count": words.COUNT,
        "done": words.DONE,
        "moved": words.moved(target),
        "first": words.FIRST,
        "wait": words.WAIT,
        "troubles": words.TROUBLES,
    }
    return {"cards": cards, "target": target, "answer": sitting.answer, "texts": texts}


def _heard(takes: Takes, sitting: Sitting, sent: Any) -> None:
    """Look at a picture, and keep it where its person agreed and it is worth it. What is wrong is told once."""
    if state.SITTING.get() is not sitting:
        # The last picture of a recording that was taken over, or erased, meanwhile.
        return
    with page.errors_as_sentences(partial(_failed, sitting, sent)):
        picture = convert(sent, _Picture, "a picture")
        sitting.take_turn(takes)
        _said(takes, picture.who)
        faces, kept, hint = _judged(takes, sitting, picture, camera.jpeg_of(sent))
        sitting.answer = {"n": picture.n, "box": faces, "kept": kept, "hint": words.HINTS[hint] if hint else ""}
        sitting.error = ""


def _told(takes: Takes, sitting: Sitting, sent: Any) -> None:
    """Take down who sits there where no picture is sent, for there is no camera."""
    with page.errors_as_sentences(partial(_failed, sitting, sent)):
        _said(takes, convert(sent, tuple[_Who, ...], "who sits there"))


def _said(takes: Takes, cards: Sequence[_Who]) -> None:
    """Take down who sits there, and who agreed."""
    for who in cards:
        takes.set_sitter(who.number, who.name, agrees=who.agrees)


def _failed(sitting: Sitting, sent: Any, sentence: str) -> None:
    sitting.error = sentence
    n = sent.get("n") if isinstance(sent, Mapping) else None
    sitting.answer = {"n": n, "box": None, "kept": False, "hint": ""}


def _judged(
    takes: Takes, sitting: Sitting, picture: _Picture, jpeg: bytes
) -> tuple[tuple[float, ...] | None, bool, Hint | None]:
    """Return where the largest face is, whether the picture was kept, and what could be better."""
    seen = server.live().look(jpeg)
    box = seen.faces[0].box if seen.faces else None
    record = picture.record
    sitter = takes.sitter(record.number) if record else Sitter(0)
    if record is None or not (sitter.agrees and sitter.name) or not 1 <= record.take <= TAKES:
        return box, False, placed_badly(seen.faces)
    keep, hint = sitting.recorder(record.number, record.take).judge(seen.faces, record=True)
    if keep:
        takes.keep(record.number, record.take, jpeg)
    return box, keep, hint


def _again(takes: Takes, sitting: Sitting, number: Any) -> None:
    if isinstance(number, int):
        takes.forget_pictures(number)
        sitting.forget(number)


def _below(workspace: Workspace, takes: Takes, sitting: Sitting, into: Dataset | None) -> None:
    """Draw what stands under the cards: more people, how many pictures, with which settings, and the start."""
    last, lacking = _numbers(takes, sitting)[-1], missing(takes)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button(words.ANOTHER_PERSON, key=Widget.CAPTURE_MORE):
            sitting.cards = last + 1
            st.rerun(scope="fragment")
        if last > USUAL_CARDS and st.button(words.ONE_LESS, key=Widget.CAPTURE_LESS):
            takes.drop(last)
            sitting.forget(last)
            sitting.cards = last - 1
            st.rerun(scope="fragment")
        st.number_input(
            words.EACH,
            FEWEST,
            MOST,
            min(max(takes.target, FEWEST), MOST),
            step=10,
            key=Widget.CAPTURE_EACH,
            width=260,
            on_change=lambda: takes.set_target(int(st.session_state[Widget.CAPTURE_EACH])),
        )
        preset = _with(workspace) if into is None else ""
        pressed = st.button(words.START, key=Widget.CAPTURE_START, type="primary", disabled=bool(lacking), width=160)
    st.caption(lacking or (words.JOINS if into else words.STARTED))
    if pressed:
        state.SITTING.set(None)
        job = jobs.add_takes(workspace, takes, into) if into else jobs.crop_takes(workspace, takes, words.WEBCAM_SET)
        state.CROP_JOB.set(job.id)
        state.TRAIN_NEXT.set(False)
        state.TRAIN_AT_ONCE.set(preset)
        st.rerun()


def _with(workspace: Workspace) -> str:
    """Ask for the settings where there is a choice: those of the published experiment need their network's weights."""
    here = [name for name in WITH if weights.has_weights(presets.preset(name).backbone, workspace)]
    if len(here) < 2:
        return here[0] if here else ""
    return st.selectbox(
        words.TRAIN_WITH,
        here,
        format_func=lambda name: train_words.PRESETS[name][0],
        key=Widget.CAPTURE_WITH,
        width=260,
    )


def missing(takes: Takes) -> str:
    """Say what is missing before a training can start; empty where nothing is."""
    kept = [(sitter, sum(takes.count(sitter.number))) for sitter in takes.sitters()]
    kept = [(sitter, n) for sitter, n in kept if n]
    names = Counter(sitter.name.casefold() for sitter, _ in kept if sitter.name)
    twice = next((sitter.name for sitter, _ in kept if names[sitter.name.casefold()] > 1), "")
    ready = sum(n >= ENOUGH for _, n in kept)
    if unasked := next((sitter for sitter, _ in kept if sitter.name and not sitter.agrees), None):
        return words.disagrees(unasked.name)
    nameless = any(not sitter.name for sitter, _ in kept)
    return words.missing(nameless, twice, ready, ENOUGH)
