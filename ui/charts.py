"""Figures on a page: their words, what they say to those who cannot see them, a button to keep the picture."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.evaluation import curves as lines
from core.evaluation import figures, metrics
from core.evaluation.learning import Mark
from core.runs import Epoch
from ui import state, words

ACCURACY_PX, LOSS_PX = 250, 165


def curves(
    history: Sequence[Epoch],
    epochs: int,
    people: int,
    key: str,
    *,
    before: Sequence[Epoch] = (),
    mark: Mark | None = None,
) -> None:
    """Draw right answers over error. The same `key` on every tick keeps the charts from flickering.

    Args:
        before: the rounds of the experiment before, drawn in grey.
        mark: a spot to be marked on both.
    """
    last = history[-1] if history else None
    st.subheader(words.RIGHT_ANSWERS, anchor=False)
    st.echarts_chart(
        lines.accuracy_curves(history, epochs, people, words.accuracy_labels(people), before=before, mark=mark),
        key=f"{key}-accuracy",
        height=ACCURACY_PX,
        renderer="svg",
        alt=words.accuracy_alt(*((last.accuracy, last.val_accuracy, last.epoch) if last else (None, None, 0))),
    )
    st.subheader(words.ERROR, anchor=False)
    st.echarts_chart(
        lines.loss_curves(history, epochs, people, words.LOSS_LABELS, mark=mark),
        key=f"{key}-loss",
        height=LOSS_PX,
        renderer="svg",
        alt=words.loss_alt(*((last.loss, last.val_loss, last.epoch) if last else (None, None, 0))),
    )


def matrix(
    result: metrics.TestResult, people: Sequence[str], run_id: str, faces: Sequence[str]
) -> tuple[int, int] | None:
    """Draw the confusion matrix; give the (true, predicted) labels of the cell that was clicked, if one was."""
    figure = figures.confusion_figure(result.confusion, people, words.MATRIX_LABELS, faces)
    key = f"{state.Widget.MATRIX}-{run_id}"
    picture = {"format": "png", "scale": 2, "filename": key}
    # On a phone the matrix keeps its size and scrolls sideways.
    with st.container(key=state.Widget.MATRIX_FRAME):
        chosen = st.plotly_chart(
            figure,
            key=key,
            alt=words.matrix_alt(result.correct, result.total),
            config={"displaylogo": False, "modeBarButtons": [["toImage"]], "toImageButtonOptions": picture},
            on_select="rerun",
            selection_mode="points",
            width="content",
        )
    points = chosen["selection"]["points"]
    if not points:
        return None
    true, predicted, _ = points[0]["customdata"]
    return int(true), int(predicted)
