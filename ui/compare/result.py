"""A comparison that is over: one headline, the chart, what each point did, and how sure all of that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.evaluation.model_selection import Verdict
from core.sweeps import recommendation
from core.sweeps.results import Line, Progress, lines, progress, results
from core.sweeps.sweep import Sweep
from core.workspace import Workspace
from ui import jobs, page
from ui.compare import chosen_point, details, evidence, selection
from ui.components import sweep_chart
from ui.components.sweep_chart.chart import chart_of
from ui.state import Widget
from ui.text import common, escape, sweeps
from ui.text import compare as words
from ui.text import test as test_words
from ui.text.sweeps import Conclusion


@dataclass(frozen=True, eq=False)
class Reading:
    """What a comparison has shown.

    Attributes:
        lines: a network each.
        verdicts: a line each; None where tries are missing.
        conclusions: sentences of the lines that have a verdict.
    """

    sweep: Sweep
    progress: Progress
    lines: tuple[Line, ...]
    verdicts: tuple[Verdict | None, ...]
    conclusions: tuple[Conclusion, ...]

    @property
    def is_complete(self) -> bool:
        return self.progress.done == self.progress.total and None not in self.verdicts

    @property
    def recommended(self) -> int | None:
        """The recommended place of the first network; None before there is a verdict, and where it names none."""
        return recommendation.recommended_place(self.lines[0], self.sweep.dataset) if self.is_complete else None


def _reading(sweep: Sweep) -> Reading:
    drawn, dataset = lines(sweep.plan, results(sweep)), sweep.dataset
    verdicts = tuple(recommendation.verdict_of(line, dataset) for line in drawn)
    sentences = tuple(
        sweeps.conclusion(line, dataset, is_named=len(drawn) > 1)
        for line, verdict in zip(drawn, verdicts, strict=True)
        if verdict is not None
    )
    return Reading(sweep, progress(sweep), drawn, verdicts, sentences)


def read(workspace: Workspace, sweep: Sweep, everything: Sequence[Sweep]) -> None:
    """Draw a comparison that is over, complete or not; `everything` are all comparisons there are."""
    found = _reading(sweep)
    st.fragment(_answer)(workspace, found)
    if found.is_complete:
        for said in found.conclusions:
            st.markdown(f"1. {said.question_one}\n2. {said.question_two}")
        verdicts = [verdict for verdict in found.verdicts if verdict]
        evidence.how(workspace, sweep, evidence.Shown(found.lines, verdicts, found.conclusions), everything)
    details.look(workspace, sweep, found.lines, found.recommended)
    selection.others(everything, sweep)


@page.errors_as_sentences()
def _answer(workspace: Workspace, found: Reading) -> None:
    """Draw headline and chart, in the places where they were while it ran."""
    # Close together, so that what to do with the answer is on the first screen of a projector.
    with st.container(gap="xsmall"):
        with st.container(gap="xsmall"):
            if found.is_complete:
                _headlines(found.conclusions)
            else:
                _cut_short(workspace, found)
        with st.container(gap="xsmall"):
            if found.is_complete:
                st.caption(f"{found.conclusions[0].setting} {found.conclusions[0].margin}".rstrip())
            else:
                _so_far(found)
        _chart(workspace, found)


def _chart(workspace: Workspace, found: Reading) -> None:
    """Draw the chart and, under it, the point that was clicked, else the recommended one."""
    chart = chart_of(
        found.sweep.plan, found.lines, found.sweep.dataset, votes=found.sweep.guesses, recommended=found.recommended
    )
    opened = sweep_chart.choose(chart, Widget.STOPS.of(found.sweep.id))
    shown = found.recommended if opened is None else opened
    if shown is not None:
        chosen_point.opened(workspace, found.sweep, found.lines, shown)
    elif any(point.results for line in found.lines for point in line.points):
        st.caption(words.CLICK_A_STOP)


def _headlines(conclusions: Sequence[Conclusion]) -> None:
    for number, said in enumerate(conclusions):
        # A page has one title.
        (st.header if number else st.title)(said.headline, anchor=False)
        st.markdown(said.second)
        for sentence in said.unlearned:
            st.markdown(f":material/info: {escape.plain(sentence)}")


def _cut_short(workspace: Workspace, found: Reading) -> None:
    """Say how it ended, with the way on beside it."""
    now = found.progress
    if now.done == now.total:
        # Nobody said who is on the photos of the final exam.
        st.title(words.FINISHED, anchor=False)
        st.markdown(test_words.NO_LABELS)
        return
    title, on = st.columns([5, 1], vertical_alignment="center")
    title.title(words.ended(now.state, now.done, now.total), anchor=False)
    if message := found.sweep.status().message:
        page.show_error(message)
    is_gone = now.state == "done"
    st.markdown(words.GONE_HOW if is_gone else words.GO_ON_HOW)
    with on:
        label = words.MAKE_AGAIN if is_gone else common.GO_ON
        if st.button(label, key=Widget.GO_ON_COMPARING, type="primary", width="stretch"):
            with page.errors_as_sentences():
                jobs.resume_sweep(workspace, found.sweep)
                st.rerun()


def _so_far(found: Reading) -> None:
    for line in found.lines:
        said = sweeps.so_far(line, found.sweep.dataset)
        if said:
            st.markdown(said)
