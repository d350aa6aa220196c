"""Figures on a page: their words, what they say to those who cannot see them, a button to keep the picture."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.evaluation.learning_curve import Mark
from core.evaluation.metrics import TestResult
from core.experiments.history import Epoch
from ui import state
from ui.charts.confusion_matrix import confusion_figure
from ui.charts.curves import Before, Border, accuracy_curves, loss_curves
from ui.text import common

ACCURACY_PX, LOSS_PX = 250, 165


def curves(
    history: Sequence[Epoch],
    epochs: int,
    people: int,
    key: str,
    *,
    before: Before | None = None,
    mark: Mark | None = None,
    border: Border | None = None,
) -> None:
    """Draw right answers over error. The same `key` on every tick keeps the charts from flickering.

    Args:
        before: the experiment it is held against, drawn in grey.
        mark: a spot to be marked on both.
        border: where more of the network begins to learn.
    """
    last = history[-1] if history else None
    said = common.accuracy_alt(*((last.accuracy, last.val_accuracy, last.epoch) if last else (None, None, 0)))
    if border:
        said = f"{said} {common.border_alt(border.epoch, border.said)}"
    st.subheader(common.RIGHT_ANSWERS, anchor=False)
    st.echarts_chart(
        accuracy_curves(history, epochs, people, before=before, mark=mark, border=border),
        key=f"{key}-accuracy",
        height=ACCURACY_PX,
        renderer="svg",
        alt=said,
    )
    st.subheader(common.ERROR, anchor=False)
    st.echarts_chart(
        loss_curves(history, epochs, people, mark=mark, border=border),
        key=f"{key}-loss",
        height=LOSS_PX,
        renderer="svg",
        alt=common.loss_alt(*((last.loss, last.val_loss, last.epoch) if last else (None, None, 0))),
    )


def matrix(result: TestResult, people: Sequence[str], run_id: str, faces: Sequence[str]) -> tuple[int, int] | None:
    """Draw the confusion matrix; return the (true, predicted) labels of the cell that was clicked, if one was."""
    figure = confusion_figure(result.confusion, people, faces)
    key = f"{state.Widget.MATRIX}-{run_id}"
    picture = {"format": "png", "scale": 2, "filename": key}
    # On a phone the matrix keeps its size and scrolls sideways.
    with st.container(key=state.Widget.MATRIX_FRAME):
        chosen = st.plotly_chart(
            figure,
            key=key,
            alt=common.matrix_alt(result.correct, result.total),
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
