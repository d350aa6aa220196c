"""A result: a square a photo, the sentence with the range, the bar on a ruler, the verdict, published results."""

from __future__ import annotations

import streamlit as st

from core import presets
from core.config import TrainConfig
from core.evaluation import metrics
from core.evaluation.metrics import TestResult, Verdict
from core.experiments.runs import Run
from ui.charts import colours
from ui.text import common, runs
from ui.text import test as words

MOST_SQUARES = 240
# The bar is never narrower than this (of 100).
NARROWEST = 3
VERDICTS: dict[Verdict, tuple[str, str]] = {
    "clear": (words.CLEARLY_BETTER, colours.RIGHT),
    "luck": (words.NOT_CLEARLY_BETTER, colours.UNSURE),
    "one_take": (words.ONE_TAKE, colours.UNSURE),
}


def result(result: TestResult) -> None:
    """Say what a result means."""
    if result.total == 0:
        st.info(words.NO_LABELS, icon=":material/info:")
        return
    if result.total <= MOST_SQUARES:
        st.html(squares(result.correct, result.total))
    _sentence(result)
    if result.verdict == "one_take":
        # Photos of one minute are worth one each: an interval would pretend to more.
        st.markdown(" ".join(_notes(result)))
        return
    line, also = st.columns([4, 3], gap="large", vertical_alignment="center")
    with line:
        _ruler(result)
    also.markdown(" ".join(_notes(result)))


def surprise(run: Run) -> None:
    """Draw `runs.surprise` as a warning, if there is one."""
    if said := runs.surprise(run):
        st.warning(said, icon=":material/info:")


def squares(correct: int, total: int) -> str:
    """Return a square a photo as HTML, the right ones first."""
    right, wrong = "<i></i>" * correct, '<i class="lab-is-wrong"></i>' * (total - correct)
    style = f"--lab-right:{colours.RIGHT};--lab-wrong:{colours.WRONG}"
    said = common.exam(correct, total)
    return f'<div class="lab-squares" role="img" aria-label="{said}" style="{style}">{right}{wrong}</div>'


def _sentence(result: TestResult) -> None:
    verdict, colour = VERDICTS[result.verdict]
    if result.is_rough and result.verdict == "clear":
        verdict = words.better_but_rough(result.total)
    expected = "" if result.verdict == "one_take" else words.expect(*result.expected_of_100)
    st.html(f'<p class="lab-reading">{expected} <span style="--lab-colour:{colour}">{verdict}</span></p>')


def _notes(result: TestResult) -> list[str]:
    said = [words.majority(result.majority_correct, result.total)]
    if len({person.photos for person in result.per_person if person.photos}) > 1:
        said.append(words.BALANCED.format(percent=round(100 * result.balanced_accuracy)))
    if result.is_rough and result.verdict != "clear":
        said.append(words.rough(result.total))
    return said


def _blur(low: float, at: float, high: float, colour: str) -> str:
    """Return the bar from `low` to `high` as HTML, deepest at `at`; all of 100."""
    width = max(high - low, NARROWEST)
    left = min(low, 100 - width)
    style = f"left:{left:.1f}%;width:{width:.1f}%;--lab-band:{colour};--lab-peak:{100 * (at - left) / width:.0f}%"
    return f'<div class="lab-blur" style="{style}"></div>'


def _ruler(result: TestResult) -> None:
    low, high = result.expected_of_100
    guess, colour = 100 * result.guessing, VERDICTS[result.verdict][1]
    ticks = "".join(f'<small style="left:{at}%">{at}</small>' for at in (0, 25, 50, 75, 100))
    edge = " lab-at-edge" if guess < 8 else ""
    st.html(
        f'<div class="lab-expect" role="img" aria-label="{words.expect(low, high)}"><hr>'
        f"{_blur(low, 100 * result.accuracy, high, colour)}"
        f'<div class="lab-tick{edge}" style="left:{guess:.1f}%"><span>{words.GUESSING_HERE}</span></div>{ticks}</div>'
    )


def published(config: TrainConfig, result: TestResult) -> None:
    """Draw published results beside this one, where there are any."""
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
        st.html(f'<div class="lab-published">{"".join(_published_row(*row) for row in rows)}</div>')
        st.markdown(words.NO_WINNER)


def _published_row(whose: str, correct: int, total: int, interval: tuple[float, float]) -> str:
    low, high = (100 * end for end in interval)
    bar = _blur(low, 100 * correct / total, high, colours.RIGHT)
    return f'<b>{whose}</b><div class="lab-track">{bar}</div><span>{common.exam(correct, total)}</span>'
