"""Plotly figures on a page: their words, what they say to those who cannot see them, a button to keep the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.evaluation import figures, metrics
from core.runs import Epoch
from ui import state, words

ACCURACY_PX, LOSS_PX = 380, 250


def curves(history: Sequence[Epoch], epochs: int, people: int, key: str) -> None:
    """Draw right answers and error side by side. The same `key` on every tick keeps the charts from flickering."""
    last = history[-1] if history else None
    wide, narrow = st.columns([3, 2], gap="medium")
    with wide:
        st.subheader(words.RIGHT_ANSWERS, anchor=False)
        _show(
            figures.accuracy_curves(history, epochs, people, words.accuracy_labels(people), height_px=ACCURACY_PX),
            key=f"{key}-accuracy",
            alt=words.accuracy_alt(*((last.accuracy, last.val_accuracy, last.epoch) if last else (None, None, 0))),
        )
    with narrow:
        st.subheader(words.ERROR, anchor=False)
        _show(
            figures.loss_curves(history, epochs, people, words.LOSS_LABELS, height_px=LOSS_PX),
            key=f"{key}-loss",
            alt=words.loss_alt(*((last.loss, last.val_loss, last.epoch) if last else (None, None, 0))),
        )


def matrix(result: metrics.TestResult, people: Sequence[str], run_id: str) -> tuple[int, int] | None:
    """Draw the confusion matrix; give the (true, predicted) labels of the cell that was clicked, if one was."""
    figure = figures.confusion_figure(result.confusion, people, words.MATRIX_LABELS)
    chosen = _show(
        figure,
        key=f"{state.Widget.MATRIX}-{run_id}",
        alt=words.matrix_alt(result.correct, result.total),
        on_select="rerun",
        selection_mode="points",
        width="content",
    )
    points = chosen["selection"]["points"] if chosen else []
    if not points:
        return None
    true, predicted, _ = points[0]["customdata"]
    return int(true), int(predicted)


def _show(figure: go.Figure, *, key: str, alt: str, **options: Any) -> Any:
    keep_picture = {"format": "png", "scale": 2, "filename": key}
    config = {"displaylogo": False, "modeBarButtons": [["toImage"]], "toImageButtonOptions": keep_picture}
    return st.plotly_chart(figure, key=key, alt=alt, config=config, **options)
