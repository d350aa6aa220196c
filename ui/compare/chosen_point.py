"""One point of a sweep (a freeze boundary, a number of photos, a size): its results, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.data.dataset import Dataset
from core.data.versions import list_datasets
from core.sweeps import recommendation
from core.sweeps.results import Line, Point, Result, labelled_test_items
from core.sweeps.sweep import Sweep
from core.workspace import Workspace
from ui import navigation
from ui.state import Param, Widget
from ui.text import compare as words
from ui.text.sweep_evidence import WORDS
from ui.text.sweep_names import line_title, point_title
from ui.train import settings


def opened(workspace: Workspace, sweep: Sweep, drawn: Sequence[Line], place: int) -> None:
    """Draw the results of the point at `place`, a row for each network, with the ways on."""
    dataset = next((each for each in list_datasets(workspace) if each.id == sweep.dataset.id), None)
    for number, line in enumerate(drawn):
        _row(sweep, line, line.points[place], number, dataset if dataset and dataset.is_trainable else None)


def _row(sweep: Sweep, line: Line, point: Point, number: int, dataset: Dataset | None) -> None:
    what = point_title(line, point)
    if len(sweep.plan.starts) > 1:
        what = f"{line_title(line.start)}, {what}"
    with st.container(horizontal=True, vertical_alignment="center"):
        if not point.results:
            st.markdown(f"**{what}:** {words.NOTHING_THERE}", width="content")
            return
        correct = [result.correct for result in point.results]
        total = len(labelled_test_items(sweep.dataset))
        word = _word(sweep, line, point)
        st.markdown(words.stop(what, correct, total, point.seconds, word), width="content")
        if dataset and st.button(words.USE_STOP, key=Widget.USE_POINT.of(number), type="primary"):
            settings.preset_to({}, sweep.plan.config(point.results[0].cell), dataset)
            st.switch_page(navigation.TRAIN)
        if st.button(words.SEE_EXAM, key=Widget.POINT_TEST.of(number)):
            st.switch_page(navigation.TEST, query_params={Param.RUN: usual(point).run_id})


def _word(sweep: Sweep, line: Line, point: Point) -> str:
    found = recommendation.verdict_of(line, sweep.dataset)
    if found is None or found.kind == "alone":
        return ""
    return WORDS[found.standings[recommendation.place_of(line, point.place)].word]


def usual(point: Point) -> Result:
    """Return the result in the middle, neither the best nor the worst. The point has at least one."""
    ranked = sorted(point.results, key=lambda result: result.correct)
    return ranked[(len(ranked) - 1) // 2]
