"""What the authors of a repeated experiment got, beside what came out here."""

from __future__ import annotations

import streamlit as st

from core import presets
from core.config import TrainConfig
from core.evaluation.metrics import TestResult
from ui import reading, words


def beside(config: TrainConfig, result: TestResult) -> None:
    """Draw the published results beside this one; nothing where none were published."""
    theirs = presets.PUBLISHED.get(config.preset)
    if theirs is None or result.total == 0:
        return
    with st.container(border=True):
        st.markdown(f"**{words.PUBLISHED}**")
        st.markdown(words.PUBLISHED_HOW)
        rows = [(words.THEIRS, correct, theirs.total) for correct in theirs.correct]
        if result.total <= reading.MOST_SQUARES:
            rows.append((words.OURS, result.correct, result.total))
        st.html(f'<div class="lab-published">{"".join(_row(*row) for row in rows)}</div>')
        st.markdown(words.NO_WINNER)


def _row(whose: str, correct: int, total: int) -> str:
    return f"<b>{whose}</b>{reading.squares(correct, total)}<span>{words.exam(correct, total)}</span>"
