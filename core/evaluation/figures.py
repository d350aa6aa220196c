"""Numbers to plotly figures. Words come in from outside, so that the lab's sentences have one home.

Text is at least 16 px. Names are escaped: plotly reads a little HTML in every text. Axes are fixed beforehand, so that
a figure redrawn while a training runs does not jump.
"""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import plotly.graph_objects as go

from core.evaluation import colours, metrics

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT_PX = 16
_NEUTRAL = "#8C8C8C"
_GRID = "rgba(140, 140, 140, 0.25)"
_LONGEST_NAME = 20
_BREAK_AFTER = 10


class EpochNumbers(Protocol):
    """What a curve needs of one round; `core.runs.Epoch` is one."""

    @property
    def epoch(self) -> int: ...
    @property
    def loss(self) -> float: ...
    @property
    def accuracy(self) -> float: ...
    @property
    def val_loss(self) -> float: ...
    @property
    def val_accuracy(self) -> float: ...


@dataclass(frozen=True)
class CurveLabels:
    """The words on a chart of curves: its two lines, the axis below, and (accuracy only) the line of guessing."""

    practice: str
    mock_exam: str
    epochs: str
    guessing: str = ""


@dataclass(frozen=True)
class ConfusionLabels:
    """The words on a confusion matrix. `right` and `wrong` are templates with {count}, {true} and {predicted}."""

    true: str
    predicted: str
    right: str
    wrong: str


def accuracy_curves(
    history: Sequence[EpochNumbers], epochs: int, n_classes: int, labels: CurveLabels, *, height_px: int = 360
) -> go.Figure:
    """Draw right answers out of 100, practice and mock exam, over the rounds, with the line of guessing.

    Args:
        history: the finished rounds, round 0 first; may be empty.
        epochs: the last round on the axis.
        n_classes: guessing gives 1 in `n_classes`.
    """
    figure = _curves(
        [epoch.epoch for epoch in history],
        [100 * epoch.accuracy for epoch in history],
        [100 * epoch.val_accuracy for epoch in history],
        epochs,
        100.0,
        labels,
        height_px,
    )
    guess = 100 / n_classes
    figure.add_hline(y=guess, line={"dash": "dot", "color": _NEUTRAL, "width": 2})
    figure.add_annotation(
        x=epochs,
        y=guess,
        text=labels.guessing,
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        font={"size": TEXT_PX},
    )
    figure.update_yaxes(tickvals=[0, 25, 50, 75, 100])
    return figure


def loss_curves(
    history: Sequence[EpochNumbers], epochs: int, n_classes: int, labels: CurveLabels, *, height_px: int = 240
) -> go.Figure:
    """Draw the error (cross-entropy), practice and mock exam, over the rounds.

    The axis ends a little above what guessing costs or round 0 had, and doubles only when a later round leaves it.
    """
    practice, mock = [epoch.loss for epoch in history], [epoch.val_loss for epoch in history]
    start = [value for value in (*practice[:1], *mock[:1]) if math.isfinite(value)]
    top = 1.25 * max([math.log(n_classes), *start])
    highest = max([value for value in (*practice, *mock) if math.isfinite(value)], default=0.0)
    while highest > top:
        top *= 2
    return _curves([epoch.epoch for epoch in history], practice, mock, epochs, top, labels, height_px)


def _curves(
    rounds: list[int],
    practice: list[float],
    mock: list[float],
    epochs: int,
    top: float,
    labels: CurveLabels,
    height_px: int,
) -> go.Figure:
    figure = go.Figure()
    whole_numbers = top == 100.0
    lines = [
        (labels.practice, practice, colours.SPLIT_COLOURS["train"], "circle"),
        (labels.mock_exam, mock, colours.SPLIT_COLOURS["validation"], "diamond"),
    ]
    for (name, values, colour, symbol), shift in zip(lines, _apart(practice, mock, top, height_px), strict=True):
        figure.add_scatter(
            x=rounds,
            y=values,
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 3},
            # A mark on the newest point only; it also shows round 0, which is no line yet.
            marker={"size": [0] * (len(rounds) - 1) + [11], "color": colour, "symbol": symbol, "opacity": 1},
            hovertemplate="%{y:.0f}" if whole_numbers else "%{y:.2f}",
            cliponaxis=False,
        )
        if values:
            figure.add_annotation(
                x=rounds[-1],
                y=min(values[-1], top) if math.isfinite(values[-1]) else top,
                text=f"<b>{name} {values[-1]:.0f}</b>" if whole_numbers else f"{name} {values[-1]:.2f}",
                font={"size": TEXT_PX, "color": colour},
                showarrow=False,
                xanchor="left",
                xshift=10,
                yshift=shift,
            )
    figure.update_xaxes(
        range=[0, epochs],
        title={"text": labels.epochs, "standoff": 6},
        tickmode="array",
        tickvals=_round_ticks(epochs),
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_yaxes(range=[0, top], gridcolor=_GRID, zeroline=False, fixedrange=True, nticks=5)
    return _dressed(figure, height_px, {"l": 48, "r": 132, "t": 12, "b": 52})


def _apart(first: list[float], second: list[float], top: float, height_px: int) -> tuple[float, float]:
    """Give the shifts (px, upwards) that keep the labels at two line ends from covering each other."""
    if not first or not second or not (math.isfinite(first[-1]) and math.isfinite(second[-1])):
        return 0.0, 0.0
    gap_px = (first[-1] - second[-1]) / top * (height_px - 64)
    missing = max(0.0, TEXT_PX + 6 - abs(gap_px)) / 2
    return (missing, -missing) if gap_px >= 0 else (-missing, missing)


def _round_ticks(epochs: int) -> list[int]:
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500) if epochs / step <= 6)
    return list(range(0, epochs + 1, step))


def _dressed(figure: go.Figure, height_px: int, margin: dict[str, int]) -> go.Figure:
    figure.update_layout(
        height=height_px,
        margin=margin,
        showlegend=False,
        hovermode="closest",
        font={"size": TEXT_PX},
        hoverlabel={"font": {"size": TEXT_PX}},
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        uirevision="same",
    )
    figure.update_xaxes(tickfont={"size": TEXT_PX}, title={"font": {"size": TEXT_PX}})
    figure.update_yaxes(tickfont={"size": TEXT_PX}, title={"font": {"size": TEXT_PX}})
    return figure


def confusion_figure(confusion: np.ndarray, people: Sequence[str], labels: ConfusionLabels) -> go.Figure:
    """Draw the confusion matrix: rows the true people, columns the predicted; above 20 people the 20 most confused.

    Every cell carries an invisible marker, so that a click selects it (heatmaps give no selection in Streamlit); its
    `customdata` is [true label, predicted label, what the cell says].

    Args:
        confusion: int, shape (n_classes, n_classes).
        people: n_classes names in label order.
    """
    shown = metrics.most_confused(confusion)
    counts = confusion[np.ix_(shown, shown)]
    names = [_short(people[label]) for label in shown]
    broken = [name.replace(" ", "<br>", 1) if len(name) > _BREAK_AFTER else name for name in names]
    cells = [(row, column) for row in range(len(shown)) for column in range(len(shown))]
    side_px = max(30, min(64, 520 // max(len(shown), 1)))
    figure = go.Figure()
    on_diagonal = np.eye(len(shown), dtype=bool)
    for part, colour in ((on_diagonal, colours.RIGHT), (~on_diagonal, colours.WRONG)):
        figure.add_heatmap(
            z=np.where(part & (counts > 0), counts, np.nan),
            zmin=0,
            zmax=max(int(counts[part].max(initial=0)), 1),
            colorscale=[[0.0, _faint(colour)], [1.0, colour]],
            showscale=False,
            texttemplate="%{z}",
            textfont={"size": TEXT_PX + 2},
            hoverinfo="skip",
            xgap=3,
            ygap=3,
        )
    figure.add_scatter(
        x=[column for _, column in cells],
        y=[row for row, _ in cells],
        mode="markers",
        marker={"symbol": "square", "size": side_px - 4, "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=[_cell(int(shown[row]), int(shown[column]), confusion, people, labels) for row, column in cells],
        hovertemplate="%{customdata[2]}<extra></extra>",
    )
    ticks = {"tickmode": "array", "tickvals": list(range(len(shown))), "fixedrange": True}
    edges = [-0.5, len(shown) - 0.5]
    said = {"text": labels.predicted, "standoff": 4}
    figure.update_xaxes(**ticks, ticktext=names, range=edges, side="top", title=said, tickangle=-45)
    figure.update_yaxes(**ticks, ticktext=broken, range=edges[::-1], title={"text": labels.true, "standoff": 8})
    figure.update_layout(xaxis={"showgrid": False, "zeroline": False}, yaxis={"showgrid": False, "zeroline": False})
    figure.add_shape(type="rect", x0=edges[0], y0=edges[0], x1=edges[1], y1=edges[1], line={"color": _GRID, "width": 1})
    # Room for names beside the rows and slanting away over the last column (plotly hides a name that does not fit).
    slanted_px = round(0.7 * _text_px(names))
    margin = {"l": _text_px(broken) + 50, "r": slanted_px, "t": slanted_px + 50, "b": 12}
    figure.update_layout(width=side_px * len(shown) + margin["l"] + margin["r"])
    return _dressed(figure, side_px * len(shown) + margin["t"] + margin["b"], margin)


def _text_px(names: Sequence[str]) -> int:
    """Give about the width of the longest line, in px."""
    return 9 * max((len(line) for name in names for line in html.unescape(name).split("<br>")), default=0) + 8


def _cell(
    true: int, predicted: int, confusion: np.ndarray, people: Sequence[str], labels: ConfusionLabels
) -> tuple[int, int, str]:
    template = labels.right if true == predicted else labels.wrong
    count = int(confusion[true, predicted])
    said = template.format(count=count, true=html.escape(people[true]), predicted=html.escape(people[predicted]))
    return true, predicted, said


def _short(name: str) -> str:
    return html.escape(name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…")


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.18)"
