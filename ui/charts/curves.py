"""Epochs to curves; text is at least 16 px.

Curves are ECharts options: they are redrawn several times a second, and Streamlit (1.67) gives a plotly chart whose
numbers changed a new identity, so that it flickers, where an ECharts chart keeps its own. Axes are fixed beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.evaluation.learning_curve import Mark
from ui.charts import colours
from ui.text import common

TEXT_PX = 16
_BEFORE = "rgba(140, 148, 156, 0.75)"
_RING_PX = 22
_OVER_PX = 20


class EpochNumbers(Protocol):
    """What a curve needs of one epoch; `core.experiments.runs.Epoch` is one."""

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
class Before:
    """The experiment that one is held against: its epochs, and what it is called."""

    name: str
    history: Sequence[EpochNumbers]


@dataclass(frozen=True)
class Border:
    """The last epoch of the new last layers alone, and what begins to learn there, in words."""

    epoch: int
    said: str


def accuracy_curves(
    history: Sequence[EpochNumbers],
    epochs: int,
    n_classes: int,
    *,
    before: Before | None = None,
    mark: Mark | None = None,
    border: Border | None = None,
) -> dict[str, Any]:
    """Draw right answers out of 100, train and validation, over the epochs, with the line of guessing.

    Args:
        history: the finished epochs, epoch 0 first; may be empty.
        epochs: the last epoch on the axis.
        n_classes: guessing gives 1 in `n_classes`.
        before: the experiment it is held against, whose validation is drawn in grey as far as the axis goes.
        mark: a spot to be marked.
        border: where more of the network begins to learn, drawn as a line with its words.

    Returns:
        An ECharts option, plain JSON values.
    """
    option = _curves(
        [epoch.epoch for epoch in history],
        [100 * epoch.accuracy for epoch in history],
        [100 * epoch.val_accuracy for epoch in history],
        decimals=0,
    )
    option["xAxis"] |= _epoch_axis(epochs)
    option["yAxis"] |= {"max": 100, "interval": 25}
    option["series"][0]["markLine"] = guessing_line(n_classes)
    if before and before.history:
        shown = [epoch for epoch in before.history if epoch.epoch <= epochs]
        option["series"].append(_grey(shown, before.name))
    if mark:
        _mark(option, mark)
    if border is not None:
        # Its words stand over the plot, where no curve can be.
        option["grid"]["top"] += _OVER_PX
        option["series"].append(_border(border))
    return option


def _border(border: Border) -> dict[str, Any]:
    """Return a line across the plot, without a curve of its own."""
    return {
        "type": "line",
        "name": border.said,
        "data": [],
        "tooltip": {"show": False},
        "markLine": {
            "silent": True,
            "animation": False,
            "symbol": "none",
            "data": [{"xAxis": border.epoch}],
            "lineStyle": {"type": "solid", "width": 2, "color": colours.NEUTRAL},
            "label": {
                "show": bool(border.said),
                "formatter": border.said,
                "position": "end",
                "fontSize": TEXT_PX,
                "fontWeight": "bold",
                "color": colours.NEUTRAL,
            },
        },
    }


def guessing_line(n_classes: int) -> dict[str, Any]:
    """Return a dotted line at what guessing gives, with its words."""
    said = common.GUESSING.format(people=n_classes)
    return {
        "silent": True,
        "symbol": "none",
        "data": [{"yAxis": 100 / n_classes}],
        "lineStyle": {"type": "dotted", "width": 2, "color": colours.NEUTRAL},
        "label": {"formatter": said, "position": "insideEndTop", "fontSize": TEXT_PX, "color": colours.NEUTRAL},
    }


def _grey(before: Sequence[EpochNumbers], name: str) -> dict[str, Any]:
    """Return the validation curve of the experiment before: behind the others, and out of their way."""
    line = _line(name, [e.epoch for e in before], [100 * e.val_accuracy for e in before], _BEFORE, "none", 0)
    line["endLabel"] |= {"formatter": name, "fontWeight": "normal", "color": colours.NEUTRAL}
    return line | {"z": 1, "tooltip": {"show": False}}


def _mark(option: dict[str, Any], mark: Mark) -> None:
    """Ring the spot, once the curve has come to it, and shade the epochs after it.

    What it shows is said beside the chart: a word in it would hide a curve.
    """
    train, validation = option["series"][:2]
    line = train if mark.finding == "underfitting" else validation
    points = [point["value"] if isinstance(point, dict) else point for point in line["data"]]
    spot = next((point for point in points if point[0] == mark.epoch and point[1] is not None), None)
    if spot is None:
        return
    line["markPoint"] = {
        "silent": True,
        "symbol": "circle",
        "symbolSize": _RING_PX,
        "itemStyle": {"color": "transparent", "borderColor": colours.WRONG, "borderWidth": 3},
        "label": {"show": False},
        "data": [{"coord": spot}],
    }
    if mark.epoch < points[-1][0]:
        line["markArea"] = {
            "silent": True,
            "itemStyle": {"color": colours.WRONG, "opacity": 0.1},
            "data": [[{"xAxis": mark.epoch}, {"xAxis": points[-1][0]}]],
        }


def loss_curves(
    history: Sequence[EpochNumbers],
    epochs: int,
    n_classes: int,
    *,
    mark: Mark | None = None,
    border: Border | None = None,
) -> dict[str, Any]:
    """Draw the error (cross-entropy), train and validation, over the epochs.

    The axis ends a little above what guessing costs or epoch 0 had, and doubles only when a later one leaves it.

    Args:
        history, epochs, n_classes, mark, border: as for `accuracy_curves`.

    Returns:
        An ECharts option, plain JSON values.
    """
    train, validation = [epoch.loss for epoch in history], [epoch.val_loss for epoch in history]
    start = [value for value in (*train[:1], *validation[:1]) if math.isfinite(value)]
    step = 0.5
    top = step * math.ceil(1.15 * max([math.log(n_classes), *start]) / step)
    highest = max([value for value in (*train, *validation) if math.isfinite(value)], default=0.0)
    while highest > top:
        top, step = 2 * top, 2 * step
    option = _curves([epoch.epoch for epoch in history], train, validation, decimals=2)
    option["xAxis"] |= _epoch_axis(epochs)
    option["yAxis"] |= {"max": top, "interval": step}
    if mark:
        _mark(option, mark)
    if border is not None:
        option["series"].append(_border(Border(border.epoch, "")))
    return option


def _curves(epochs: list[int], train: list[float], validation: list[float], *, decimals: int) -> dict[str, Any]:
    axis = {"type": "value", "min": 0, "axisLabel": {"fontSize": TEXT_PX}}
    name = {"name": common.ROUND, "nameLocation": "middle", "nameGap": 32, "nameTextStyle": {"fontSize": TEXT_PX}}
    return {
        "animationDuration": 0,
        "animationDurationUpdate": 200,
        "grid": {"left": 44, "right": 132, "top": 12, "bottom": 54, "outerBoundsMode": "none"},
        "tooltip": {"trigger": "axis", "valueFormatter": f"%.{decimals}f", "textStyle": {"fontSize": TEXT_PX}},
        "xAxis": {**axis, **name, "splitLine": {"show": False}},
        "yAxis": dict(axis),
        "series": [
            _line(common.SPLITS[split], epochs, values, colours.SPLIT_COLOURS[split], mark, decimals)
            for split, values, mark in (("train", train, "circle"), ("validation", validation, "diamond"))
        ],
    }


def _line(name: str, epochs: list[int], values: list[float], colour: str, symbol: str, decimals: int) -> dict[str, Any]:
    # JSON knows no nan and no inf: an epoch that diverged is a gap.
    points = [[x, y] if math.isfinite(y) else [x, None] for x, y in zip(epochs, values, strict=True)]
    last = values[-1] if values else math.nan
    # A mark on the newest point only; it also shows epoch 0, which is no line yet.
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


def _epoch_axis(epochs: int) -> dict[str, int]:
    """Return an axis of epochs whose few ticks are whole numbers."""
    return {"max": epochs, "interval": next(step for step in (1, 2, 5, 10, 20, 50, 100, 200) if epochs / step <= 6)}
