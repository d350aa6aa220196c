"""What the first page shows: the way through the lab, and where the last visit ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.config import CropConfig
from core.data import samples
from core.data.dataset import Dataset
from core.experiments import runs
from core.experiments.runs import Run
from core.jobfolder import OPEN_STATES
from core.sweeps import results
from core.sweeps.sweep import Sweep, list_sweeps
from core.workspace import Workspace
from ui import jobs, navigation, page, state
from ui.components import faces
from ui.state import Param, Widget
from ui.text import common
from ui.text import compare as compare_words
from ui.text import photos as photo_words
from ui.text import start as words

MOST_IN_LINE = 8


def newest(workspace: Workspace) -> Run | Sweep | None:
    """Return the run or the sweep that was begun last."""
    begun: list[Run | Sweep] = [*runs.list_runs(workspace), *list_sweeps(workspace)]
    return max(begun, key=lambda work: work.created_at, default=None)


def steps(last: Run | Sweep | None, found: Sequence[Dataset]) -> None:
    """Draw the way through the lab as one picture: what is done, what is next."""
    done = _steps_done(last, found)
    drawn = []
    for number, step in enumerate(words.STEPS, start=1):
        look, said, sign = "", "", ""
        if number <= done:
            look, said, sign = ' class="lab-done"', words.STEP_DONE, _icon("check")
        elif number == done + 1 and done:
            look, said = ' class="lab-next" aria-current="step"', words.STEP_NEXT
        label = f' aria-label="{number} {step}, {said}"' if said else ""
        drawn.append(f"<li{look}{label}><b>{number}</b>{step}{sign}</li>")
    st.html(f'<ol class="lab-steps">{"".join(drawn)}</ol>')


def _steps_done(last: Run | Sweep | None, found: Sequence[Dataset]) -> int:
    """Count the steps that the newest work has behind it."""
    if last is None:
        return 2 if found else 0
    tested = results.progress(last).done > 0 if isinstance(last, Sweep) else last.numbers() is not None
    return len(words.STEPS) if tested else len(words.STEPS) - 1


def _icon(name: str) -> str:
    return f'<span class="lab-icon" aria-hidden="true">{name}</span>'


def question(found: Sequence[Dataset]) -> str:
    """Return the lab's question; about the people of the newest photos, else about the drawn ones."""
    if found:
        return words.question_these(len(found[0].people))
    drawn = samples.sample_people()
    return words.question_drawn(len(drawn)) if drawn else words.QUESTION


def answer(found: Sequence[Dataset]) -> str:
    """Return the sentence under the question."""
    return words.DRAWN if not found and samples.sample_people() else words.ANSWER_IT


def lineup(workspace: Workspace, found: Sequence[Dataset]) -> None:
    """Draw one face of each person of the newest photos, with the name; of the drawn people where there are none."""
    if not found:
        drawn = samples.sample_people()
        faces.lineup(
            [(n, person.name, faces.thumbnail(str(person.portrait), faces.LARGE_PX)) for n, person in enumerate(drawn)]
        )
        return
    first = {item.person: item for item in reversed(found[0].of("train"))}
    shown = [(label, first[person]) for label, person in enumerate(found[0].people) if person in first]
    faces.lineup(
        [
            (label, item.person or "", faces.face_of(workspace, found[0], item.sha256, item.face, faces.LARGE_PX))
            for label, item in shown[:MOST_IN_LINE]
        ]
    )
    if said := common.some_of(MOST_IN_LINE, len(shown)):
        st.caption(said)


def ways_in(workspace: Workspace, last: Run | Sweep | None, found: Sequence[Dataset]) -> None:
    """Draw the buttons into the lab; the most likely one stands out."""
    drawn = bool(samples.sample_people())
    if last:
        _go_on(last)
    if drawn:
        _try_it(workspace, "secondary" if last or found else "primary")
    first = last is None and (bool(found) or not drawn)
    if st.button(words.OWN_PHOTOS, key=Widget.OWN_PHOTOS, type="primary" if first else "secondary"):
        _bring_photos()
    if st.button(words.WEBCAM, key=Widget.WEBCAM):
        st.session_state[Widget.SOURCE] = photo_words.SOURCE_WEBCAM
        _bring_photos()


def _bring_photos() -> None:
    state.BRINGING_PHOTOS.set(True)
    state.CROP_JOB.set(None)
    st.switch_page(navigation.PHOTOS)


def _go_on(last: Run | Sweep) -> None:
    if not st.button(words.go_on_with(last_result(last)), key=Widget.GO_ON, type="primary"):
        return
    if isinstance(last, Sweep):
        st.switch_page(navigation.COMPARE, query_params={Param.SWEEP: last.id})
    is_tested = last.numbers() and last.status().state not in OPEN_STATES
    st.switch_page(navigation.TEST if is_tested else navigation.TRAIN, query_params={Param.RUN: last.id})


def _try_it(workspace: Workspace, kind: Literal["primary", "secondary"]) -> None:
    """Bring the drawn people; when their faces are found, Train is next."""
    if st.button(words.TRY_IT, key=Widget.TRY_IT, type=kind):
        with page.errors_as_sentences():
            state.CROP_JOB.set(jobs.crop_folder(workspace, samples.sample_source(), CropConfig(), words.SAMPLE).id)
            state.TRAIN_NEXT.set(True)
            st.switch_page(navigation.PHOTOS)


def last_result(work: Run | Sweep) -> str:
    """Return a run's result in a few words, or its state; of a sweep, how far it came."""
    if isinstance(work, Sweep):
        done = results.progress(work)
        return compare_words.came_to(done.done, done.total)
    summary = work.numbers()
    if summary and summary["test_total"]:
        return common.exam(summary["test_correct"], summary["test_total"])
    return common.RUN_STATES[work.status().state]
