"""Figures on a page: their words, what they say to those who cannot see them, a button to keep the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.evaluation import curves as lines
from core.evaluation import figures, metrics
from core.evaluation.learning_curve import Mark
from core.experiments.history import Epoch
from ui import state
from ui.text import common

ACCURACY_PX, LOSS_PX = 250, 165


@dataclass(frozen=True)
class Before:
    """The experiment that one is held against: its rounds, and what it is called."""

    name: str
    history: Sequence[Epoch]


@dataclass(frozen=True)
class Border:
    """The last round of the new last layers alone, and what begins to learn there, in words."""

    epoch: int
    said: str


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
    last, at = history[-1] if history else None, border.epoch if border else None
    labels = common.accuracy_labels(people, before.name if before else "", border.said if border else "")
    said = common.accuracy_alt(*((last.accuracy, last.val_accuracy, last.epoch) if last else (None, None, 0)))
    if border:
        said = f"{said} {common.border_alt(border.epoch, border.said)}"
    st.subheader(common.RIGHT_ANSWERS, anchor=False)
    st.echarts_chart(
        lines.accuracy_curves(
            history, epochs, people, labels, before=before.history if before else (), mark=mark, border=at
        ),
        key=f"{key}-accuracy",
        height=ACCURACY_PX,
        renderer="svg",
        alt=said,
    )
    st.subheader(common.ERROR, anchor=False)
    st.echarts_chart(
        lines.loss_curves(history, epochs, people, common.LOSS_LABELS, mark=mark, border=at),
        key=f"{key}-loss",
        height=LOSS_PX,
        renderer="svg",
        alt=common.loss_alt(*((last.loss, last.val_loss, last.epoch) if last else (None, None, 0))),
    )


def matrix(
    result: metrics.TestResult, people: Sequence[str], run_id: str, faces: Sequence[str]
) -> tuple[int, int] | None:
    """Draw the confusion matrix; give the (true, predicted) labels of the cell that was clicked, if one was."""
    figure = figures.confusion_figure(result.confusion, people, common.MATRIX_LABELS, faces)
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
