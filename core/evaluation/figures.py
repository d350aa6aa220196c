"""Numbers to figures. Words come in from outside, so that the lab's sentences have one home; text is at least 16 px.

Curves are ECharts options: they are redrawn every second, and Streamlit (1.67) gives a plotly chart whose numbers
changed a new identity, so that it flickers, where an ECharts chart keeps its own. Their axes are fixed beforehand. The
confusion matrix is a plotly figure, which can tell which cell was clicked.
"""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import plotly.graph_objects as go

from core.evaluation import colours, metrics

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT_PX = 16
_GRID = "rgba(140, 140, 140, 0.25)"
_NONE = "rgba(0, 0, 0, 0)"
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
    history: Sequence[EpochNumbers], epochs: int, n_classes: int, labels: CurveLabels
) -> dict[str, Any]:
    """Draw right answers out of 100, practice and mock exam, over the rounds, with the line of guessing.

    Args:
        history: the finished rounds, round 0 first; may be empty.
        epochs: the last round on the axis.
        n_classes: guessing gives 1 in `n_classes`.

    Returns:
        An ECharts option, plain JSON values.
    """
    option = _curves(
        [epoch.epoch for epoch in history],
        [100 * epoch.accuracy for epoch in history],
        [100 * epoch.val_accuracy for epoch in history],
        labels,
        decimals=0,
    )
    option["xAxis"] |= _round_axis(epochs)
    option["yAxis"] |= {"max": 100, "interval": 25}
    option["series"][0]["markLine"] = {
        "silent": True,
        "symbol": "none",
        "data": [{"yAxis": 100 / n_classes}],
        "lineStyle": {"type": "dotted", "width": 2, "color": colours.NEUTRAL},
        "label": {
            "formatter": labels.guessing,
            "position": "insideEndTop",
            "fontSize": TEXT_PX,
            "color": colours.NEUTRAL,
        },
    }
    return option


def loss_curves(history: Sequence[EpochNumbers], epochs: int, n_classes: int, labels: CurveLabels) -> dict[str, Any]:
    """Draw the error (cross-entropy), practice and mock exam, over the rounds.

    The axis ends a little above what guessing costs or round 0 had, and doubles only when a later round leaves it.

    Returns:
        An ECharts option, plain JSON values.
    """
    practice, mock = [epoch.loss for epoch in history], [epoch.val_loss for epoch in history]
    start = [value for value in (*practice[:1], *mock[:1]) if math.isfinite(value)]
    step = 0.5
    top = step * math.ceil(1.15 * max([math.log(n_classes), *start]) / step)
    highest = max([value for value in (*practice, *mock) if math.isfinite(value)], default=0.0)
    while highest > top:
        top, step = 2 * top, 2 * step
    option = _curves([epoch.epoch for epoch in history], practice, mock, labels, decimals=2)
    option["xAxis"] |= _round_axis(epochs)
    option["yAxis"] |= {"max": top, "interval": step}
    return option


def _curves(
    rounds: list[int], practice: list[float], mock: list[float], labels: CurveLabels, *, decimals: int
) -> dict[str, Any]:
    axis = {"type": "value", "min": 0, "axisLabel": {"fontSize": TEXT_PX}}
    name = {"name": labels.epochs, "nameLocation": "middle", "nameGap": 32, "nameTextStyle": {"fontSize": TEXT_PX}}
    return {
        "animationDuration": 0,
        "animationDurationUpdate": 200,
        "grid": {"left": 44, "right": 132, "top": 12, "bottom": 54, "outerBoundsMode": "none"},
        "tooltip": {"trigger": "axis", "valueFormatter": f"%.{decimals}f", "textStyle": {"fontSize": TEXT_PX}},
        "xAxis": {**axis, **name, "splitLine": {"show": False}},
        "yAxis": dict(axis),
        "series": [
            _line(labels.practice, rounds, practice, colours.SPLIT_COLOURS["train"], "circle", decimals),
            _line(labels.mock_exam, rounds, mock, colours.SPLIT_COLOURS["validation"], "diamond", decimals),
        ],
    }


def _line(name: str, rounds: list[int], values: list[float], colour: str, symbol: str, decimals: int) -> dict[str, Any]:
    # JSON knows no nan and no inf: a round that diverged is a gap.
    points = [[x, y] if math.isfinite(y) else [x, None] for x, y in zip(rounds, values, strict=True)]
    last = values[-1] if values else math.nan
    # A mark on the newest point only; it also shows round 0, which is no line yet.
    marked = [*points[:-1], {"value": points[-1], "symbolSize": 11}] if points else []
    return {
        "type": "line",
        "name": name,
        "data": marked,
        "symbol": symbol,
        "symbolSize": 0,
        "itemStyle": {"color": colour},
        "lineStyle": {"color": colour, "width": 3},
        "endLabel": {
            "show": math.isfinite(last),
            "formatter": f"{name} {last:.{decimals}f}",
            "fontSize": TEXT_PX,
            "fontWeight": "bold",
            "color": colour,
        },
        "labelLayout": {"moveOverlap": "shiftY"},
        "emphasis": {"disabled": True},
    }


def _round_axis(epochs: int) -> dict[str, int]:
    """Give an axis of rounds whose few ticks are whole numbers."""
    return {"max": epochs, "interval": next(step for step in (1, 2, 5, 10, 20, 50, 100, 200) if epochs / step <= 6)}


def confusion_figure(
    confusion: np.ndarray, people: Sequence[str], labels: ConfusionLabels, faces: Sequence[str] = ()
) -> go.Figure:
    """Draw the confusion matrix: rows the true people, columns the predicted; above 20 people the 20 most confused.

    Every cell carries an invisible marker, so that a click selects it (heatmaps give no selection in Streamlit); its
    `customdata` is [true label, predicted label, what the cell says]. Names are escaped: plotly reads a little HTML.

    Args:
        confusion: int, shape (n_classes, n_classes).
        people: n_classes names in label order.
        faces: a picture of each as an address, in label order, drawn beside the rows and over the columns; none at all
            leaves the names alone.
    """
    shown = metrics.most_confused(confusion)
    side_px = max(30, min(64, 520 // max(len(shown), 1)))
    figure = go.Figure()
    _add_counts(figure, confusion[np.ix_(shown, shown)])
    cells = [(row, column) for row in range(len(shown)) for column in range(len(shown))]
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
    _lay_out(figure, [_short(people[label]) for label in shown], labels, side_px, 1 if faces else 0)
    for place, label in enumerate(shown if faces else ()):
        for x, y in ((-1, place), (place, -1)):
            _add_face(figure, x, y, faces[label], colours.person_colour(int(label)))
    return figure


def _add_face(figure: go.Figure, x: int, y: int, picture: str, colour: str) -> None:
    """Put a face where a cell would be, framed in the person's colour."""
    figure.add_shape(
        type="rect",
        x0=x - 0.45,
        x1=x + 0.45,
        y0=y - 0.45,
        y1=y + 0.45,
        layer="below",
        line={"width": 0},
        fillcolor=colour,
    )
    figure.add_layout_image(
        source=picture, xref="x", yref="y", x=x, y=y, sizex=0.8, sizey=0.8, xanchor="center", yanchor="middle"
    )


def _add_counts(figure: go.Figure, counts: np.ndarray) -> None:
    """Add the numbers, right and wrong in colours of their own; a cell where nothing happened stays empty."""
    on_diagonal = np.eye(len(counts), dtype=bool)
    for part, scale in ((on_diagonal, colours.RIGHT_SCALE), (~on_diagonal, colours.WRONG_SCALE)):
        figure.add_heatmap(
            z=np.where(part & (counts > 0), counts, np.nan),
            zmin=1,
            zmax=max(int(counts[part].max(initial=0)), 2),
            colorscale=scale,
            showscale=False,
            texttemplate="%{z}",
            textfont={"size": TEXT_PX + 2, "color": "white"},
            hoverinfo="skip",
            xgap=3,
            ygap=3,
        )


def _lay_out(figure: go.Figure, names: list[str], labels: ConfusionLabels, side_px: int, before: int) -> None:
    """Fix the axes; `before` is how many cells of room there are before the first row and column."""
    n, edges = len(names), [-0.5, len(names) - 0.5]
    spread = [edges[0] - before, edges[1]]
    broken = [name.replace(" ", "<br>", 1) if len(name) > _BREAK_AFTER else name for name in names]
    text = {"size": TEXT_PX}
    axis = {"tickmode": "array", "tickvals": list(range(n)), "tickfont": text, "showgrid": False, "zeroline": False}
    said = {"text": labels.predicted, "standoff": 4, "font": text}
    figure.update_xaxes(**axis, ticktext=names, range=spread, side="top", title=said, tickangle=-45, fixedrange=True)
    true = {"text": labels.true, "standoff": 6, "font": text}
    figure.update_yaxes(**axis, ticktext=broken, range=spread[::-1], title=true, fixedrange=True)
    figure.add_shape(type="rect", x0=edges[0], y0=edges[0], x1=edges[1], y1=edges[1], line={"color": _GRID, "width": 1})
    # Room for names beside the rows and slanting away over the last column (plotly hides a name that does not fit).
    slanted_px = round(0.7 * _text_px(names))
    margin = {"l": _text_px(broken) + 36, "r": slanted_px, "t": slanted_px + 50, "b": 12}
    figure.update_layout(
        width=side_px * (n + before) + margin["l"] + margin["r"],
        height=side_px * (n + before) + margin["t"] + margin["b"],
        margin=margin,
        showlegend=False,
        hovermode="closest",
        font=text,
        hoverlabel={"font": text},
        paper_bgcolor=_NONE,
        plot_bgcolor=_NONE,
        modebar={"bgcolor": _NONE},
    )


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
