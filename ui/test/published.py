"""What the authors of a repeated experiment got, beside what came out here."""

from __future__ import annotations

import streamlit as st

from core import presets
from core.config import TrainConfig
from core.evaluation import metrics
from core.evaluation.metrics import TestResult
from ui.charts import colours
from ui.test import reading
from ui.text import common
from ui.text import test as words


def beside(config: TrainConfig, result: TestResult) -> None:
    """Draw the published results beside this one; nothing where none were published."""
    theirs = presets.PUBLISHED.get(config.preset)
    if theirs is None or result.total == 0:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{words.PUBLISHED}**")
        st.markdown(words.PUBLISHED_HOW)
        rows = [
            (words.theirs(number), correct, theirs.total, metrics.wilson_interval(correct, theirs.total))
            for number, correct in enumerate(theirs.correct, start=1)
        ]
        rows.append((words.OURS, result.correct, result.total, result.interval))
        st.html(f'<div class="lab-published">{"".join(_row(*row) for row in rows)}</div>')
        st.markdown(words.NO_WINNER)


def _row(whose: str, correct: int, total: int, interval: tuple[float, float]) -> str:
    low, high = (100 * end for end in interval)
    bar = reading.blur(low, 100 * correct / total, high, colours.RIGHT)
    return f'<b>{whose}</b><div class="lab-track">{bar}</div><span>{common.exam(correct, total)}</span>'
