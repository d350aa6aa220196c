"""How sure is this? Every comparison with its numbers, why there are two exams, and the learning rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.evaluation.model_selection import Verdict
from core.sweeps.plan import SweepPlan, with_rates
from core.sweeps.recommendation import point_of
from core.sweeps.results import Line, Point, by_rate, results
from core.sweeps.sweep import Sweep
from core.workspace import Workspace
from ui import jobs, page
from ui.compare import selection
from ui.state import Widget
from ui.text import compare as words
from ui.text import escape, sweep_evidence
from ui.text.sweep_names import line_title, point_title
from ui.text.sweeps import Conclusion

# A third of the usual speed of learning, and three times as much.
RATES = (1 / 3, 1.0, 3.0)


@dataclass(frozen=True, eq=False)
class Shown:
    """What a complete comparison has shown, a network each."""

    lines: Sequence[Line]
    verdicts: Sequence[Verdict]
    conclusions: Sequence[Conclusion]


def how(workspace: Workspace, sweep: Sweep, shown: Shown, everything: Sequence[Sweep]) -> None:
    """Draw it folded; `everything` are all comparisons there are."""
    with st.expander(words.HOW_SURE):
        for line, verdict, said in zip(shown.lines, shown.verdicts, shown.conclusions, strict=True):
            if len(shown.lines) > 1:
                st.markdown(f"**{line_title(line.start)}**")
            in_table = sweep_evidence.comparisons(line, verdict)
            st.markdown("\n".join(f"- {escape.plain(note)}" for note in said.notes if note not in in_table))
            _table(line, verdict)
        st.markdown(escape.plain(shown.conclusions[0].why_two_exams))
        _rates(workspace, sweep, shown.lines, everything)


def _table(line: Line, verdict: Verdict) -> None:
    """Draw each point with its word and what that rests on; nothing where there is one point only."""
    if verdict.kind == "alone":
        return
    rows = [_row(line, setting, verdict) for setting in range(len(line.points))]
    st.dataframe(pd.DataFrame(rows, columns=list(words.SURE_COLUMNS)), hide_index=True, alt=words.HOW_SURE)


def _row(line: Line, setting: int, verdict: Verdict) -> tuple[str, ...]:
    standing, point = verdict.standings[setting], point_of(line, setting)
    return (
        point_title(line, point),
        f"{point.correct:.1f}",
        sweep_evidence.WORDS[standing.word],
        words.behind(standing.behind, verdict.total),
        point_title(line, point_of(line, standing.rival)),
        f"{standing.difference:+.1f}",
        words.between(*standing.interval),
        words.p_value(standing.worse_p),
        words.NEEDS_MORE[standing.needs_more],
    )


def _rates(workspace: Workspace, sweep: Sweep, drawn: Sequence[Line], everything: Sequence[Sweep]) -> None:
    """Draw the cross of points and learning rates, or the way to it."""
    if len(sweep.plan.rates) > 1:
        _cross(sweep, drawn)
        return
    st.markdown(words.RATES_WHY)
    rate = sweep.plan.rates[0]
    asked = with_rates(sweep.plan, tuple(factor * rate for factor in RATES))
    tried = _tried(sweep, asked, everything)
    if tried is None:
        if st.button(words.TRY_RATES, key=Widget.TRY_RATES):
            with page.errors_as_sentences():
                selection.open_one(jobs.sweep(workspace, sweep.dataset, asked))
        return
    if tried.status().state == "done":
        _cross(tried, drawn)
    else:
        st.markdown(words.RATES_RUN)
    if st.button(words.SEE_RATES, key=Widget.SEE_RATES):
        selection.open_one(tried)


def _tried(sweep: Sweep, asked: SweepPlan, everything: Sequence[Sweep]) -> Sweep | None:
    """Find the comparison that crosses this one with learning rates."""
    photos = (sweep.dataset.id, sweep.dataset.version)
    for other in everything:
        if (other.dataset.id, other.dataset.version) == photos and other.plan == asked:
            return other
    return None


def _cross(sweep: Sweep, drawn: Sequence[Line]) -> None:
    st.markdown(words.RATES_HOW)
    found = results(sweep)
    for line in drawn:
        if len(drawn) > 1:
            st.markdown(f"**{line_title(line.start)}**")
        crossed = by_rate(sweep.plan, found, line)
        best = [_best([points[point.place] for points in crossed.values()]) for point in line.points]
        table = {
            point_title(line, point): [
                _marked(points[point.place], points[point.place] is best[point.place]) for points in crossed.values()
            ]
            for point in line.points
        }
        named = pd.DataFrame({words.RATES_STOP: [f"{rate:.2g}" for rate in crossed], **table})
        st.dataframe(named, hide_index=True, alt=words.RATES_STOP)


def _best(tried: Sequence[Point]) -> Point | None:
    """Return the point with the best mock exam; of equal ones that with the smaller rate, as the chart does."""
    done = [point for point in tried if point.results]
    return max(done, key=lambda point: (point.validation_accuracy, -point.rate), default=None)


def _marked(point: Point, is_best: bool) -> str:
    if not point.results:
        return ""
    return f"{point.correct:.0f}{' ★' if is_best else ''}"
