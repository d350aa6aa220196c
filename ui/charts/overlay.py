"""Several runs in one figure: their validation curves, and the right answers of all trials of a sweep.

On the page curves are ECharts options, as in `curves.py`; in a file that is exported they are plotly figures. Text is
at least 16 px.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from ui.charts import colours
from ui.charts.curves import TEXT_PX, EpochNumbers, guessing_line
from ui.text import common, sweep_report, sweeps

# One run, one letter, one colour, one mark; none of the colours is a person's or a stack's.
LETTERS = ("A", "B", "C", "D")
COLOURS = ("#2F7ED8", "#C6437C", "#2E8F5B", "#A87400")
MOST = len(LETTERS)
_MARKS = ("circle", "rect", "triangle", "pin")
_DASHES = ("solid", "dashed", "dotted", "solid")
_PLOTLY_MARKS = ("circle", "square", "triangle-up", "star")
_PLOTLY_DASHES = ("solid", "dash", "dot", "dashdot")
_GRID = "rgba(140, 140, 140, 0.3)"
_NAME_PX = 230
_BAR_PX = (4, 26)


@dataclass(frozen=True)
class Curve:
    """One run's epochs, epoch 0 first.

    Attributes:
        name: stands at the end of its line.
        border: the last epoch before more of the network began to learn; None where there is none.
    """

    name: str
    history: Sequence[EpochNumbers]
    border: int | None = None

    @property
    def has_border(self) -> bool:
        """Whether the epochs go on behind the border."""
        return self.border is not None and bool(self.history) and self.history[-1].epoch > self.border

    @property
    def points(self) -> list[tuple[int, float | None]]:
        """Epoch and right answers out of 100 in validation; None where an epoch has no number."""
        shares = [(epoch.epoch, 100 * epoch.val_accuracy) for epoch in self.history]
        return [(epoch, share if math.isfinite(share) else None) for epoch, share in shares]


def validation_curves(curves: Sequence[Curve], n_classes: int | None = None) -> dict[str, Any]:
    """Draw the right answers of several runs in validation, out of 100, each named at the end of its line.

    Args:
        curves: `MOST` at most, in the order of the letters.
        n_classes: guessing gives 1 in so many; None where the runs have not the same number of people.

    Returns:
        An ECharts option, plain JSON values.
    """
    axis = {"type": "value", "min": 0, "axisLabel": {"fontSize": TEXT_PX}}
    name = {"name": common.ROUND, "nameLocation": "middle", "nameGap": 32, "nameTextStyle": {"fontSize": TEXT_PX}}
    series = [_line(place, curve) for place, curve in enumerate(curves)]
    if series and n_classes:
        series[0]["markLine"] = guessing_line(n_classes)
    return {
        "animationDuration": 0,
        "grid": {"left": 44, "right": _NAME_PX + 14, "top": 12, "bottom": 54, "outerBoundsMode": "none"},
        "tooltip": {"trigger": "axis", "valueFormatter": "%.0f", "textStyle": {"fontSize": TEXT_PX}},
        "xAxis": {**axis, **name, "max": _last_epoch(curves), "minInterval": 1, "splitLine": {"show": False}},
        "yAxis": {**axis, "max": 100, "interval": 25},
        "series": series,
    }


def _line(place: int, curve: Curve) -> dict[str, Any]:
    points, colour = [list(point) for point in curve.points], COLOURS[place]
    # A mark at the end only: the letters, the marks and the dashes tell lines apart where colours do not.
    marked = [*points[:-1], {"value": points[-1], "symbolSize": 12}] if points else []
    return {
        **_bar_at_border(curve, colour),
        "type": "line",
        "name": f"{LETTERS[place]} {curve.name}",
        "data": marked,
        "symbol": _MARKS[place],
        "symbolSize": 0,
        "itemStyle": {"color": colour},
        "lineStyle": {"color": colour, "width": 3, "type": _DASHES[place]},
        "endLabel": {
            "show": bool(points) and points[-1][1] is not None,
            "formatter": "{a}",
            "width": _NAME_PX,
            "overflow": "truncate",
            "fontSize": TEXT_PX,
            "fontWeight": "bold",
            "lineHeight": 20,
            "color": colour,
        },
        "labelLayout": {"moveOverlap": "shiftY"},
        "emphasis": {"disabled": True},
    }


def _bar_at_border(curve: Curve, colour: str) -> dict[str, Any]:
    """Return a short bar across a line where more of its network begins to learn; nothing where nothing does."""
    spot = next((list(point) for point in curve.points if point[0] == curve.border and point[1] is not None), None)
    if spot is None or not curve.has_border:
        return {}
    return {
        "markPoint": {
            "silent": True,
            "symbol": "rect",
            "symbolSize": list(_BAR_PX),
            "itemStyle": {"color": colour},
            "label": {"show": False},
            "data": [{"coord": spot}],
        }
    }


def _last_epoch(curves: Sequence[Curve]) -> int:
    return max([epoch.epoch for curve in curves for epoch in curve.history], default=1) or 1


def validation_figure(curves: Sequence[Curve]) -> go.Figure:
    """Draw the same as a plotly figure; of any number of runs, whose colours repeat with other dashes."""
    figure = go.Figure()
    for place, curve in enumerate(curves):
        colour, dash = COLOURS[place % MOST], _PLOTLY_DASHES[place // MOST % len(_PLOTLY_DASHES)]
        figure.add_scatter(
            x=[epoch for epoch, _ in curve.points],
            y=[share for _, share in curve.points],
            mode="lines",
            name=html.escape(curve.name),
            line={"color": colour, "width": 3, "dash": dash},
        )
    _dress(figure, common.ROUND, sweep_report.RIGHT_IN_MOCK_EXAM)
    # Epochs are whole; a handful of ticks is enough.
    figure.update_xaxes(tick0=0, dtick=max(1, round(_last_epoch(curves) / 6)))
    figure.update_yaxes(range=[0, 101])
    return figure


@dataclass(frozen=True)
class Tried:
    """One line of a sweep: its name, and for each point the right answers of its trials."""

    name: str
    right: tuple[tuple[int, ...], ...]


def sweep_figure(tried: Sequence[Tried], points: Sequence[str], axis: str, total: int, guessing: int) -> go.Figure:
    """Draw the trials of a sweep: a dot each, a bar at their mean, the lines of guessing and of all photos right.

    Args:
        tried: one or two lines, each with as many points as there are names in `points`.
        axis: what the points are.
        total, guessing: photos of the final exam, and how many of them guessing gets right.
    """
    figure = go.Figure()
    for line, one in enumerate(tried):
        aside = 0.0 if len(tried) == 1 else 0.18 * (2 * line - 1)
        spots = [
            (place + aside + _beside(k, len(dots)), n)
            for place, dots in enumerate(one.right)
            for k, n in enumerate(dots)
        ]
        figure.add_scatter(
            x=[x for x, _ in spots],
            y=[n for _, n in spots],
            mode="markers",
            name=html.escape(one.name),
            marker={"color": COLOURS[line], "size": 13, "symbol": _PLOTLY_MARKS[line], "opacity": 0.75},
            hovertemplate="%{y}<extra></extra>",
        )
        means = [(place + aside, sum(dots) / len(dots)) for place, dots in enumerate(one.right) if dots]
        figure.add_scatter(
            x=[x for x, _ in means],
            y=[mean for _, mean in means],
            mode="markers",
            name=sweep_report.MEAN,
            showlegend=line == 0,
            marker={"symbol": "line-ew", "size": 34, "line": {"width": 4, "color": "#1F2933"}},
            hovertemplate="%{y:.1f}<extra></extra>",
        )
    for height, said, dash in ((total, sweeps.ALL_RIGHT, "solid"), (guessing, sweeps.BY_CHANCE, "dot")):
        figure.add_hline(
            y=height,
            line={"color": colours.NEUTRAL, "width": 2, "dash": dash},
            annotation={"text": html.escape(said.format(right=height, total=total)), "font": {"size": TEXT_PX}},
            annotation_position="top left",
        )
    _dress(figure, axis, sweep_report.RIGHT_IN_FINAL_EXAM)
    names = [html.escape(name) for name in points]
    figure.update_xaxes(
        tickmode="array", tickvals=list(range(len(points))), ticktext=names, range=[-0.6, len(points) - 0.4]
    )
    figure.update_yaxes(range=[0, total * 1.08])
    return figure


def _beside(place: int, of: int) -> float:
    """Put dots of one point side by side, so that equal ones are both seen."""
    return 0.07 * (place - (of - 1) / 2)


def _dress(figure: go.Figure, below: str, beside: str) -> None:
    text = {"size": TEXT_PX}
    figure.update_xaxes(title={"text": html.escape(below), "font": text}, tickfont=text, showgrid=False, zeroline=False)
    figure.update_yaxes(
        title={"text": html.escape(beside), "font": text}, tickfont=text, gridcolor=_GRID, zeroline=False
    )
    figure.update_layout(
        template="none",
        font=text,
        hoverlabel={"font": text},
        legend={"font": text},
        margin={"l": 70, "r": 30, "t": 30, "b": 70},
        height=520,
    )
